# Words that every mail uses.

# The apps of an account: "Tapo", "Tapo and Kasa", "Tapo, Kasa and Deco".
list-middle = { $list }, { $item }
list-last = { $list } and { $item }

# How long a link lives.
lifetime-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
lifetime-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}

# A point in time, always in UTC.
month-name = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
date-time = { $day } { month-name } { $year }, { $hour }:{ $minute } UTC

# Between a label and what it names, in the text part.
colon = :

# Where a request came from.
app-label = App
device-label = Device
time-label = Time
browser-on-system = { $browser } on { $system }
unknown-device = Unknown device

not-you-heading = Not you?
plain-url-hint = If the button does not work, copy this address into your browser:
support-hint = Questions?
support-text = { $brand } support
