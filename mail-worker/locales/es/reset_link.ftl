# The mail with the reset link. A subject has at most 40 characters, a preheader's point at most 35.
reset-link-subject = Restablece la contraseña de { $account }
reset-link-preheader-point = Sirve una vez, durante { $lifetime }.
reset-link-preheader-rest = Si no lo has solicitado, tu contraseña sigue siendo la misma.
reset-link-heading = Restablece tu contraseña
reset-link-intro = Alguien ha solicitado restablecer la contraseña de tu { $account } ({ $address }), que se usa en { $apps }. Si fuiste tú, elige aquí una contraseña nueva:
reset-link-button = Restablecer contraseña
reset-link-works-once = El botón funciona una sola vez, durante { $lifetime } desde la llegada de este correo.
reset-link-facts-heading = Origen de la solicitud
reset-link-not-you = Tu contraseña sigue siendo la misma y solo puede cambiarla quien lea tu correo. También puedes anular el enlace ahora mismo:
reset-link-revoke = No lo he solicitado
