# Words that every mail uses.

# The apps of an account: "Tapo", "Tapo ve Kasa", "Tapo, Kasa ve Deco".
list-middle = { $list }, { $item }
list-last = { $list } ve { $item }

# How long a link lives.
lifetime-minutes = { $count ->
    [one] { $count } dakika
   *[other] { $count } dakika
}
lifetime-hours = { $count ->
    [one] { $count } saat
   *[other] { $count } saat
}

# A point in time, always in UTC.
month-name = { $month ->
    [1] Ocak
    [2] Şubat
    [3] Mart
    [4] Nisan
    [5] Mayıs
    [6] Haziran
    [7] Temmuz
    [8] Ağustos
    [9] Eylül
    [10] Ekim
    [11] Kasım
   *[12] Aralık
}
date-time = { $day } { month-name } { $year } { $hour }:{ $minute } UTC

# Between a label and what it names, in the text part.
colon = :

# Where a request came from.
app-label = Uygulama
device-label = Cihaz
time-label = Zaman
browser-on-system = { $browser } ({ $system })
unknown-device = Bilinmeyen cihaz

not-you-heading = Siz değil miydiniz?
plain-url-hint = Düğme çalışmazsa bu adresi tarayıcınıza kopyalayın:
support-hint = Sorularınız mı var?
support-text = { $brand } desteği
