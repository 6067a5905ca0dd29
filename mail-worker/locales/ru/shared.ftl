# Words that every mail uses.

# The apps of an account: "Tapo", "Tapo и Kasa", "Tapo, Kasa и Deco".
list-middle = { $list }, { $item }
list-last = { $list } и { $item }

# How long a link lives. Accusative: "действует 1 минуту", "на 1 минуту".
lifetime-minutes = { $count ->
    [one] { $count } минуту
    [few] { $count } минуты
    [many] { $count } минут
   *[other] { $count } минуты
}
lifetime-hours = { $count ->
    [one] { $count } час
    [few] { $count } часа
    [many] { $count } часов
   *[other] { $count } часа
}

# A point in time, always in UTC.
month-name = { $month ->
    [1] января
    [2] февраля
    [3] марта
    [4] апреля
    [5] мая
    [6] июня
    [7] июля
    [8] августа
    [9] сентября
    [10] октября
    [11] ноября
   *[12] декабря
}
date-time = { $day } { month-name } { $year } г., { $hour }:{ $minute } UTC

# Between a label and what it names, in the text part.
colon = :

# Where a request came from.
app-label = Приложение
device-label = Устройство
time-label = Время
browser-on-system = { $browser }, { $system }
unknown-device = Неизвестное устройство

not-you-heading = Это были не вы?
plain-url-hint = Если кнопка не работает, скопируйте этот адрес в браузер:
support-hint = Есть вопросы?
support-text = Поддержка { $brand }
