# The notice after a change. A subject has at most 40 characters, a preheader's point at most 35.
password-changed-subject = Contraseña de { $account } cambiada
password-changed-preheader-point = ¿No fuiste tú? Bloquea tu cuenta.
password-changed-preheader-rest = Si fuiste tú, no tienes que hacer nada.
password-changed-heading = Se ha cambiado tu contraseña
password-changed-intro = Se ha cambiado la contraseña de tu { $account } ({ $address }), que se usa en { $apps }. Si fuiste tú, solo tienes que iniciar sesión con la contraseña nueva en cada aplicación.
password-changed-facts-heading = Origen del cambio
password-changed-not-you = Entonces es posible que otra persona haya entrado en tu cuenta. Pulsa el botón: nadie podrá volver a iniciar sesión con la contraseña nueva y te enviaremos un enlace para que elijas la tuya.
password-changed-button = No fui yo
