# Words that every mail uses.

# The apps of an account: "Tapo", "Tapo i Kasa", "Tapo, Kasa i Deco".
list-middle = { $list }, { $item }
list-last = { $list } i { $item }

# How long a link lives. Accusative: it follows "przez".
lifetime-minutes = { $count ->
    [one] { $count } minutę
    [few] { $count } minuty
    [many] { $count } minut
   *[other] { $count } minuty
}
lifetime-hours = { $count ->
    [one] { $count } godzinę
    [few] { $count } godziny
    [many] { $count } godzin
   *[other] { $count } godziny
}

# A point in time, always in UTC.
month-name = { $month ->
    [1] stycznia
    [2] lutego
    [3] marca
    [4] kwietnia
    [5] maja
    [6] czerwca
    [7] lipca
    [8] sierpnia
    [9] września
    [10] października
    [11] listopada
   *[12] grudnia
}
date-time = { $day } { month-name } { $year }, { $hour }:{ $minute } UTC

# Between a label and what it names, in the text part.
colon = :

# Where a request came from.
app-label = Aplikacja
device-label = Urządzenie
time-label = Czas
browser-on-system = { $browser } w systemie { $system }
unknown-device = Nieznane urządzenie

not-you-heading = To nie Ty?
plain-url-hint = Jeśli przycisk nie działa, skopiuj ten adres do przeglądarki:
support-hint = Masz pytania?
support-text = Pomoc { $brand }
