# The pages. Every string may mention { $brand }, { $account }, { $apps } and { $sender }; a heading only { $account }.
error-title = Erro: { $title }
mistakes-heading = Há um problema
mistake-prefix = Erro:
account-line = Um só { $account } para { $apps }.
support-hint = Dúvidas?
support-text = Suporte { $brand }
to-app = Voltar para { $brand }

# "Tapo", "Tapo e Kasa", "Tapo, Kasa e Deco".
list-middle = { $list }, { $item }
list-last = { $list } e { $item }

# Lengths of time.
length-seconds = { $count ->
    [one] { $count } segundo
   *[other] { $count } segundos
}
length-minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minutos
}
length-hours = { $count ->
    [one] { $count } hora
   *[other] { $count } horas
}

# Forgot password
forgot-heading = Esqueceu sua senha?
forgot-text = Digite o endereço de e-mail do seu { $account }. Enviaremos um link para você escolher uma nova senha.
email-label = Endereço de e-mail
forgot-button = Enviar link
address-empty = Digite seu endereço de e-mail
address-too-long = O endereço de e-mail é longo demais
address-no-at = Digite um endereço de e-mail no formato nome@example.org
address-bad-local-part = A parte antes do @ contém um caractere que não é permitido em um endereço de e-mail
address-bad-domain = A parte depois do @ deve ser um domínio, como example.org
ask-unavailable = Não foi possível receber seu pedido. Nada foi enviado. Tente novamente em instantes

# Check your inbox
inbox-heading = Confira sua caixa de entrada
inbox-text = Se { $address } pertencer a um { $account }, um e-mail com um link está a caminho. Ele costuma chegar em até um minuto.
inbox-lifetime = O link funciona uma única vez, por { $lifetime } após a chegada do e-mail.
resend-button = Reenviar
resend-in = Reenviar em { $time }
resend-note = Você poderá pedir outro e-mail em { $wait }.
change-button = Usar outro endereço
wait-heading = Aguarde um momento
wait-text = Se você acabou de pedir um link para { $address }, ele está a caminho ou já está na sua caixa de entrada, e funciona. Você poderá pedir novamente em { $wait }.
nothing-heading = Ainda não chegou?
nothing-address = Confira se não há erro de digitação no endereço e se é este o da sua conta.
nothing-spam = Procure na pasta de spam ou lixo eletrônico.
nothing-sender = Verifique seus filtros e permita e-mails de { $sender }.
nothing-company = Um endereço de empresa ou de escola pode bloquear nossos e-mails: fale com quem o administra.
nothing-wait = Alguns servidores de e-mail nos fazem esperar. Aguarde o tempo indicado antes de pedir novamente.

# New password
new-password-heading = Escolha uma nova senha
new-password-text = Para o { $account } { $address }, usado por { $apps }.
new-password-label = Nova senha
confirm-label = A mesma senha mais uma vez
rule-length = { $count ->
    [one] Pelo menos { $count } caractere; vale qualquer um, até espaços
   *[other] Pelo menos { $count } caracteres; vale qualquer um, até espaços
}
rule-strength = Difícil de adivinhar: algumas palavras incomuns funcionam bem
rule-names = Sem seu endereço de e-mail nem o nome do app
show-button = Mostrar
hide-button = Ocultar
save-button = Salvar
link-until = Este link funciona uma única vez. Válido até: { $time }.
link-until-utc = Este link funciona uma única vez. Válido até: { $time } UTC.
password-empty = Digite uma nova senha
password-differs = As duas senhas não são iguais
password-too-short = { $count ->
    [one] Use pelo menos { $count } caractere
   *[other] Use pelo menos { $count } caracteres
}
password-too-long = A senha é longa demais
password-too-weak = Esta senha é fácil de adivinhar. Use algumas palavras incomuns
password-has-address = Não inclua seu endereço de e-mail na senha
password-has-brand = Não inclua o nome do app na senha

# Done
done-heading = Senha redefinida
done-text = Entre com sua nova senha. Ela vale para { $apps }.
done-mail = Enviamos um e-mail de confirmação para você. Se algum dia receber um sem ter alterado sua senha, toque no botão que ele contém.

# This was not me
revoke-links-heading = Você não fez este pedido?
revoke-links-text = Sua senha continua a mesma, e ninguém pode alterá-la sem ler seus e-mails. Por segurança, você pode cancelar o link agora:
revoke-links-ends = todos os links que enviamos a você deixarão de funcionar;
revoke-links-keeps = sua senha continuará a mesma.
revoke-links-button = Cancelar o link
revoke-change-heading = Você não alterou sua senha?
revoke-change-text = Então outra pessoa pode ter acesso ao seu { $account }. Bloqueie-o agora:
revoke-change-locks = ninguém mais poderá entrar com a nova senha;
revoke-change-mails = enviaremos um link para você escolher a sua.
revoke-change-button = Não fui eu
revoke-nothing = Nada acontece até você tocar no botão.
revoked-links-heading = O link foi cancelado
revoked-links-text = Nenhum link que enviamos a você funciona mais. Sua senha continua a mesma.
revoked-change-heading = Sua conta está bloqueada
revoked-change-text = Ninguém pode entrar com a senha que foi definida. Enviamos um link para você escolher uma nova.
revoked-change-next = Altere também a senha do seu e-mail: quem lê seus e-mails pode pedir um link.
revoke-over-heading = Não há mais nada a cancelar
revoke-over-text = Este link não é mais válido, nem os que chegaram com ele. Se algo preocupa você, altere sua senha no app.

# Links that do not work
new-link-heading = Obter um novo link
expired-heading = Este link expirou
expired-text = Os links funcionam por tempo limitado, para proteger sua conta. Sua senha continua a mesma.
ended-heading = Este link foi cancelado
ended-text = Uma alteração mais recente na sua conta o cancelou. Só funciona o link mais recente ou um novo.
used-heading = Este link já foi usado
used-text = Ele definiu uma nova senha, e cada link funciona uma única vez. Entre com essa senha. Se não foi você que a definiu, obtenha um novo link agora.
unknown-heading = Este link não é nosso
unknown-text = Talvez falte uma parte dele: abra-o novamente pelo e-mail ou copie-o por inteiro.
reopen-heading = Abra o link mais uma vez
reopen-text = Para proteger seu link, esta página não o guarda. Abra-o novamente pelo e-mail: ele ainda funciona se você não o usou.

# Other refusals
throttled-heading = Tentativas demais
throttled-text = Aguarde { $wait }, volte e tente novamente. Seu link não foi perdido.
unavailable-heading = Tente novamente em instantes
unavailable-text = Um serviço necessário para esta página está indisponível no momento. Nada foi alterado, e seu link ainda funciona: volte e tente novamente em { $wait }.
not-found-heading = Esta página não existe
not-found-text = Talvez o endereço tenha um erro de digitação ou esteja incompleto.
malformed-heading = Não funcionou
malformed-text = O formulário não chegou da forma como esta página o envia. Nada foi alterado: volte e tente novamente.
cross-site-heading = Enviado de outro site
cross-site-text = Outro site tentou enviar um formulário em seu nome. Não fizemos nada. Se é você que quer uma nova senha, peça um link aqui.
broken-heading = Algo deu errado
broken-text = O erro é nosso. Volte e tente novamente em instantes.
