# Words that every mail uses.

# The apps of an account: "Tapo", "Tapo e Kasa", "Tapo, Kasa e Deco".
list-middle = { $list }, { $item }
list-last = { $list } e { $item }

# How long a link lives.
lifetime-minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minuti
}
lifetime-hours = { $count ->
    [one] { $count } ora
   *[other] { $count } ore
}

# A point in time, always in UTC.
month-name = { $month ->
    [1] gennaio
    [2] febbraio
    [3] marzo
    [4] aprile
    [5] maggio
    [6] giugno
    [7] luglio
    [8] agosto
    [9] settembre
    [10] ottobre
    [11] novembre
   *[12] dicembre
}
date-time = { $day } { month-name } { $year }, { $hour }:{ $minute } UTC

# Between a label and what it names, in the text part.
colon = :

# Where a request came from.
app-label = App
device-label = Dispositivo
time-label = Ora
browser-on-system = { $browser } su { $system }
unknown-device = Dispositivo sconosciuto

not-you-heading = Non eri tu?
plain-url-hint = Se il pulsante non funziona, copia questo indirizzo nel browser:
support-hint = Domande?
support-text = Assistenza { $brand }
