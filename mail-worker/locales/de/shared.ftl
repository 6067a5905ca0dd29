# Wörter, die jede Mail braucht.

# Die Apps eines Kontos: „Tapo“, „Tapo und Kasa“, „Tapo, Kasa und Deco“.
list-middle = { $list }, { $item }
list-last = { $list } und { $item }

# Wie lange ein Link gilt.
lifetime-minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}
lifetime-hours = { $count ->
    [one] { $count } Stunde
   *[other] { $count } Stunden
}

# Ein Zeitpunkt, immer in UTC.
month-name = { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
}
date-time = { $day }. { month-name } { $year }, { $hour }:{ $minute } Uhr (UTC)

# Zwischen einer Beschriftung und dem, was sie benennt, im Textteil.
colon = :

# Woher eine Anfrage kam.
app-label = App
device-label = Gerät
time-label = Zeit
browser-on-system = { $browser } unter { $system }
unknown-device = Unbekanntes Gerät

not-you-heading = Nicht Sie?
plain-url-hint = Wenn die Schaltfläche nicht funktioniert, kopieren Sie diese Adresse in Ihren Browser:
support-hint = Fragen?
support-text = { $brand }-Support
