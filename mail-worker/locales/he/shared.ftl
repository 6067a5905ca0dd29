# Words that every mail uses.

# The apps of an account: "Tapo", "Tapo ו-Kasa", "Tapo, Kasa ו-Deco".
list-middle = { $list }, { $item }
list-last = { $list } ו-{ $item }

# How long a link lives.
lifetime-minutes = { $count ->
    [one] דקה אחת
    [two] שתי דקות
   *[other] { $count } דקות
}
lifetime-hours = { $count ->
    [one] שעה אחת
    [two] שעתיים
   *[other] { $count } שעות
}

# A point in time, always in UTC.
month-name = { $month ->
    [1] ינואר
    [2] פברואר
    [3] מרץ
    [4] אפריל
    [5] מאי
    [6] יוני
    [7] יולי
    [8] אוגוסט
    [9] ספטמבר
    [10] אוקטובר
    [11] נובמבר
   *[12] דצמבר
}
date-time = { $day } ב{ month-name } { $year }, { $hour }:{ $minute } (UTC)

# Between a label and what it names, in the text part.
colon = :

# Where a request came from.
app-label = אפליקציה
device-label = מכשיר
time-label = זמן
browser-on-system = { $browser } ב-{ $system }
unknown-device = מכשיר לא מוכר

not-you-heading = לא ביצעת את הפעולה?
plain-url-hint = אם הלחצן לא פועל, יש להעתיק את הכתובת הזו לדפדפן:
support-hint = יש שאלות?
support-text = התמיכה של { $brand }
