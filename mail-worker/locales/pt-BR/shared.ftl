# Words that every mail uses.

# The apps of an account: "Tapo", "Tapo e Kasa", "Tapo, Kasa e Deco".
list-middle = { $list }, { $item }
list-last = { $list } e { $item }

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
    [1] janeiro
    [2] fevereiro
    [3] março
    [4] abril
    [5] maio
    [6] junho
    [7] julho
    [8] agosto
    [9] setembro
    [10] outubro
    [11] novembro
   *[12] dezembro
}
date-time = { $day } de { month-name } de { $year }, { $hour }:{ $minute } UTC

# Between a label and what it names, in the text part.
colon = :

# Where a request came from.
app-label = App
device-label = Dispositivo
time-label = Horário
browser-on-system = { $browser } no { $system }
unknown-device = Dispositivo desconhecido

not-you-heading = Não foi você?
plain-url-hint = Se o botão não funcionar, copie este endereço para o navegador:
support-hint = Dúvidas?
support-text = Suporte { $brand }
