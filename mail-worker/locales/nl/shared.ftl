# Words that every mail uses.

# The apps of an account: "Tapo", "Tapo en Kasa", "Tapo, Kasa en Deco".
list-middle = { $list }, { $item }
list-last = { $list } en { $item }

# How long a link lives.
lifetime-minutes = { $count ->
    [one] { $count } minuut
   *[other] { $count } minuten
}
lifetime-hours = { $count ->
    [one] { $count } uur
   *[other] { $count } uur
}

# A point in time, always in UTC.
month-name = { $month ->
    [1] januari
    [2] februari
    [3] maart
    [4] april
    [5] mei
    [6] juni
    [7] juli
    [8] augustus
    [9] september
    [10] oktober
    [11] november
   *[12] december
}
date-time = { $day } { month-name } { $year }, { $hour }:{ $minute } UTC

# Between a label and what it names, in the text part.
colon = :

# Where a request came from.
app-label = App
device-label = Apparaat
time-label = Tijd
browser-on-system = { $browser } op { $system }
unknown-device = Onbekend apparaat

not-you-heading = Was jij dit niet?
plain-url-hint = Als de knop niet werkt, kopieer dan dit adres naar je browser:
support-hint = Vragen?
support-text = { $brand }-ondersteuning
