# Words that every mail uses.

# The apps of an account: "Tapo", "Tapo et Kasa", "Tapo, Kasa et Deco".
list-middle = { $list }, { $item }
list-last = { $list } et { $item }

# How long a link lives.
lifetime-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
lifetime-hours = { $count ->
    [one] { $count } heure
   *[other] { $count } heures
}

# A point in time, always in UTC.
month-name = { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
}
date-time = { $day ->
    [1] 1er { month-name } { $year }, { $hour }:{ $minute } UTC
   *[other] { $day } { month-name } { $year }, { $hour }:{ $minute } UTC
}

# Between a label and what it names, in the text part.
colon =  :

# Where a request came from.
app-label = Application
device-label = Appareil
time-label = Heure
browser-on-system = { $browser } sous { $system }
unknown-device = Appareil inconnu

not-you-heading = Ce n’était pas vous ?
plain-url-hint = Si le bouton ne fonctionne pas, copiez cette adresse dans votre navigateur :
support-hint = Des questions ?
support-text = Assistance { $brand }
