# The mail with the reset link. A subject has at most 40 characters, a preheader's point at most 35.
reset-link-subject = Redefina a senha do { $account }
reset-link-preheader-point = Funciona uma vez, por { $lifetime }.
reset-link-preheader-rest = Se não foi você que pediu, sua senha continua a mesma.
reset-link-heading = Redefina sua senha
reset-link-intro = Alguém pediu para redefinir a senha do seu { $account } ({ $address }), usado por { $apps }. Se foi você, escolha uma nova senha aqui:
reset-link-button = Redefinir senha
reset-link-works-once = O botão funciona uma única vez, por { $lifetime } após a chegada deste e-mail.
reset-link-facts-heading = Origem do pedido
reset-link-not-you = Sua senha continua a mesma, e só quem lê seus e-mails pode alterá-la. Você também pode cancelar o link agora mesmo:
reset-link-revoke = Não fiz este pedido
