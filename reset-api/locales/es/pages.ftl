# The pages. Every string may mention { $brand }, { $account }, { $apps } and { $sender }; a heading only { $account }.
error-title = Error: { $title }
mistakes-heading = Hay un problema
mistake-prefix = Error:
account-line = Una sola cuenta { $account } para { $apps }.
support-hint = ¿Tienes preguntas?
support-text = Asistencia de { $brand }
to-app = Volver a { $brand }

# "Tapo", "Tapo y Kasa", "Tapo, Kasa y Deco".
list-middle = { $list }, { $item }
list-last = { $list } y { $item }

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
forgot-heading = ¿Has olvidado tu contraseña?
forgot-text = Introduce la dirección de correo electrónico de tu { $account }. Te enviaremos un enlace para que elijas una contraseña nueva.
email-label = Dirección de correo electrónico
forgot-button = Enviar enlace
address-empty = Introduce tu dirección de correo electrónico
address-too-long = La dirección de correo electrónico es demasiado larga
address-no-at = Introduce una dirección de correo electrónico con el formato nombre@example.org
address-bad-local-part = La parte anterior a la @ contiene un carácter no permitido en una dirección de correo electrónico
address-bad-domain = La parte posterior a la @ debe ser un dominio, como example.org
ask-unavailable = No hemos podido tramitar tu solicitud. No se ha enviado nada. Vuelve a intentarlo dentro de un momento

# Check your inbox
inbox-heading = Revisa tu bandeja de entrada
inbox-text = Si { $address } pertenece a una cuenta { $account }, un correo con un enlace está en camino. Suele llegar en menos de un minuto.
inbox-lifetime = El enlace funciona una sola vez, durante { $lifetime } desde la llegada del correo.
resend-button = Reenviar
resend-in = Reenviar en { $time }
resend-note = Puedes solicitar otro correo dentro de { $wait }.
change-button = Usar otra dirección
wait-heading = Espera un momento
wait-text = Si acabas de solicitar un enlace para { $address }, está en camino o ya en tu bandeja de entrada, y funciona. Puedes volver a solicitarlo dentro de { $wait }.
nothing-heading = ¿Aún no ha llegado?
nothing-address = Comprueba que la dirección no tenga erratas y que sea la de tu cuenta.
nothing-spam = Mira en la carpeta de spam o correo no deseado.
nothing-sender = Revisa tus filtros y permite los correos de { $sender }.
nothing-company = Una dirección de empresa o de un centro educativo puede bloquear nuestros correos: consulta a quien la gestione.
nothing-wait = Algunos servidores de correo nos hacen esperar. Deja pasar el tiempo indicado antes de volver a solicitarlo.

# New password
new-password-heading = Elige una contraseña nueva
new-password-text = Para la cuenta { $account } { $address }, que se usa en { $apps }.
new-password-label = Contraseña nueva
confirm-label = La misma contraseña otra vez
rule-length = { $count ->
    [one] Al menos { $count } carácter; vale cualquiera, también los espacios
   *[other] Al menos { $count } caracteres; vale cualquiera, también los espacios
}
rule-strength = Difícil de adivinar: unas cuantas palabras poco comunes funcionan bien
rule-names = Sin tu dirección de correo electrónico ni el nombre de la aplicación
show-button = Mostrar
hide-button = Ocultar
save-button = Guardar
link-until = Este enlace funciona una sola vez. Válido hasta: { $time }.
link-until-utc = Este enlace funciona una sola vez. Válido hasta: { $time } UTC.
password-empty = Introduce una contraseña nueva
password-differs = Las dos contraseñas no coinciden
password-too-short = { $count ->
    [one] Usa al menos { $count } carácter
   *[other] Usa al menos { $count } caracteres
}
password-too-long = La contraseña es demasiado larga
password-too-weak = Esta contraseña es fácil de adivinar. Usa unas cuantas palabras poco comunes
password-has-address = No incluyas tu dirección de correo electrónico en la contraseña
password-has-brand = No incluyas el nombre de la aplicación en la contraseña

# Done
done-heading = Contraseña restablecida
done-text = Inicia sesión con tu contraseña nueva. Es válida para { $apps }.
done-mail = Te hemos enviado un correo para confirmarlo. Si alguna vez recibes uno sin haber cambiado tu contraseña, pulsa el botón que contiene.

# This was not me
revoke-links-heading = ¿No lo has solicitado?
revoke-links-text = Tu contraseña sigue siendo la misma y nadie puede cambiarla sin leer tu correo. Para mayor seguridad, puedes anular el enlace ahora:
revoke-links-ends = todos los enlaces que te hemos enviado dejarán de funcionar;
revoke-links-keeps = tu contraseña seguirá siendo la misma.
revoke-links-button = Anular el enlace
revoke-change-heading = ¿No has cambiado tu contraseña?
revoke-change-text = Entonces es posible que otra persona haya entrado en tu { $account }. Bloquea la cuenta ahora:
revoke-change-locks = nadie podrá volver a iniciar sesión con la contraseña nueva;
revoke-change-mails = te enviaremos un enlace para que elijas la tuya.
revoke-change-button = No fui yo
revoke-nothing = No pasará nada hasta que pulses el botón.
revoked-links-heading = El enlace se ha anulado
revoked-links-text = Ya no funciona ninguno de los enlaces que te hemos enviado. Tu contraseña sigue siendo la misma.
revoked-change-heading = Tu cuenta está bloqueada
revoked-change-text = Nadie puede iniciar sesión con la contraseña que se estableció. Te hemos enviado un enlace para que elijas una nueva.
revoked-change-next = Cambia también la contraseña de tu correo: quien lo lea puede solicitar un enlace.
revoke-over-heading = No queda nada que anular
revoke-over-text = Este enlace ya no es válido, ni tampoco los que llegaron con él. Si algo te preocupa, cambia tu contraseña en la aplicación.

# Links that do not work
new-link-heading = Obtener un enlace nuevo
expired-heading = Este enlace ha caducado
expired-text = Los enlaces funcionan durante un tiempo limitado para proteger tu cuenta. Tu contraseña sigue siendo la misma.
ended-heading = Este enlace se ha anulado
ended-text = Lo ha anulado un cambio más reciente en tu cuenta. Solo funciona el último enlace o uno nuevo.
used-heading = Este enlace ya se ha usado
used-text = Con él se estableció una contraseña nueva, y cada enlace funciona una sola vez. Inicia sesión con esa contraseña. Si no la estableciste tú, obtén ahora un enlace nuevo.
unknown-heading = Este enlace no es nuestro
unknown-text = Es posible que falte una parte: vuelve a abrirlo desde el correo o cópialo entero.
reopen-heading = Abre el enlace otra vez
reopen-text = Para proteger tu enlace, esta página no lo guarda. Vuelve a abrirlo desde el correo: sigue funcionando si no lo has usado.

# Other refusals
throttled-heading = Demasiados intentos
throttled-text = Espera { $wait }, vuelve atrás e inténtalo de nuevo. Tu enlace no se ha perdido.
unavailable-heading = Vuelve a intentarlo dentro de un momento
unavailable-text = Un servicio que esta página necesita no está disponible por ahora. No se ha cambiado nada y tu enlace sigue funcionando: vuelve atrás e inténtalo de nuevo dentro de { $wait }.
not-found-heading = Esta página no existe
not-found-text = Es posible que la dirección tenga una errata o esté incompleta.
malformed-heading = No ha funcionado
malformed-text = El formulario no ha llegado tal como lo envía esta página. No se ha cambiado nada: vuelve atrás e inténtalo de nuevo.
cross-site-heading = Enviado desde otro sitio
cross-site-text = Otro sitio web ha intentado enviar un formulario en tu nombre. No hemos hecho nada. Si eres tú quien quiere una contraseña nueva, solicita un enlace aquí.
broken-heading = Algo ha salido mal
broken-text = El error es nuestro. Vuelve atrás e inténtalo de nuevo dentro de un momento.
