# Words that every mail uses.

# The apps of an account: "Tapo", "Tapo y Kasa", "Tapo, Kasa y Deco".
list-middle = { $list }, { $item }
list-last = { $list } y { $item }

# How long a link lives.
lifetime-minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minutos
}
lifetime-hours = { $count ->
    [one] { $count } hora
   *[other] { $count } horas
}

# A point in time, always in UTC.
month-name = { $month ->
    [1] enero
    [2] febrero
    [3] marzo
    [4] abril
    [5] mayo
    [6] junio
    [7] julio
    [8] agosto
    [9] septiembre
    [10] octubre
    [11] noviembre
   *[12] diciembre
}
date-time = { $day } de { month-name } de { $year }, { $hour }:{ $minute } UTC

# Between a label and what it names, in the text part.
colon = :

# Where a request came from.
app-label = Aplicación
device-label = Dispositivo
time-label = Hora
browser-on-system = { $browser } en { $system }
unknown-device = Dispositivo desconocido

not-you-heading = ¿No fuiste tú?
plain-url-hint = Si el botón no funciona, copia esta dirección en tu navegador:
support-hint = ¿Tienes preguntas?
support-text = Asistencia de { $brand }
