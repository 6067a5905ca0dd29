# Words that every mail uses.

# The apps of an account: "Tapo", "Tapo 和 Kasa", "Tapo、Kasa 和 Deco".
list-middle = { $list }、{ $item }
list-last = { $list } 和 { $item }

# How long a link lives.
lifetime-minutes = { $count } 分钟
lifetime-hours = { $count } 小时

# A point in time, always in UTC.
month-name = { $month }月
date-time = { $year }年{ month-name }{ $day }日 { $hour }:{ $minute }（UTC）

# Between a label and what it names, in the text part.
colon = ：

# Where a request came from.
app-label = 应用
device-label = 设备
time-label = 时间
browser-on-system = { $system } 上的 { $browser }
unknown-device = 未知设备

not-you-heading = 不是您本人操作？
plain-url-hint = 如果按钮无法使用，请将此网址复制到浏览器中：
support-hint = 有疑问？
support-text = { $brand } 支持
