# Words that every mail uses.

# The apps of an account: "Tapo", "Tapo 和 Kasa", "Tapo、Kasa 和 Deco".
list-middle = { $list }、{ $item }
list-last = { $list } 和 { $item }

# How long a link lives.
lifetime-minutes = { $count } 分鐘
lifetime-hours = { $count } 小時

# A point in time, always in UTC.
month-name = { $month }月
date-time = { $year }年{ month-name }{ $day }日 { $hour }:{ $minute }（UTC）

# Between a label and what it names, in the text part.
colon = ：

# Where a request came from.
app-label = 應用程式
device-label = 裝置
time-label = 時間
browser-on-system = { $system } 上的 { $browser }
unknown-device = 未知的裝置

not-you-heading = 不是您本人嗎？
plain-url-hint = 如果按鈕沒有作用，請將此網址複製到瀏覽器：
support-hint = 有疑問嗎？
support-text = { $brand } 支援
