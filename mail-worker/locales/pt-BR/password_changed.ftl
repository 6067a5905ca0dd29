# The notice after a change. A subject has at most 40 characters, a preheader's point at most 35.
password-changed-subject = A senha do { $account } foi alterada
password-changed-preheader-point = Não foi você? Bloqueie sua conta.
password-changed-preheader-rest = Se foi você, não é preciso fazer nada.
password-changed-heading = Sua senha foi alterada
password-changed-intro = A senha do seu { $account } ({ $address }), usado por { $apps }, foi alterada. Se foi você, basta entrar com a nova senha em cada app.
password-changed-facts-heading = Origem da alteração
password-changed-not-you = Então outra pessoa pode ter acesso à sua conta. Toque no botão: ninguém mais poderá entrar com a nova senha, e enviaremos um link para você escolher a sua.
password-changed-button = Não fui eu
