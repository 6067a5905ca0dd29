# Words that every mail uses.

# The apps of an account: "Tapo", "Tapo وKasa", "Tapo وKasa وDeco".
list-middle = { $list } و{ $item }
list-last = { $list } و{ $item }

# How long a link lives. Genitive: it follows "لمدة".
lifetime-minutes = { $count ->
    [zero] { $count } دقيقة
    [one] دقيقة واحدة
    [two] دقيقتين
    [few] { $count } دقائق
    [many] { $count } دقيقة
   *[other] { $count } دقيقة
}
lifetime-hours = { $count ->
    [zero] { $count } ساعة
    [one] ساعة واحدة
    [two] ساعتين
    [few] { $count } ساعات
    [many] { $count } ساعة
   *[other] { $count } ساعة
}

# A point in time, always in UTC.
month-name = { $month ->
    [1] يناير
    [2] فبراير
    [3] مارس
    [4] أبريل
    [5] مايو
    [6] يونيو
    [7] يوليو
    [8] أغسطس
    [9] سبتمبر
    [10] أكتوبر
    [11] نوفمبر
   *[12] ديسمبر
}
date-time = { $day } { month-name } { $year }، الساعة { $hour }:{ $minute } بتوقيت UTC

# Between a label and what it names, in the text part.
colon = :

# Where a request came from.
app-label = التطبيق
device-label = الجهاز
time-label = الوقت
browser-on-system = { $browser } على { $system }
unknown-device = جهاز غير معروف

not-you-heading = ألم يكن هذا أنت؟
plain-url-hint = إذا لم يعمل الزر، يُرجى نسخ هذا العنوان إلى المتصفح:
support-hint = هل لديك أسئلة؟
support-text = دعم { $brand }
