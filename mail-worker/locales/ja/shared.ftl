# Words that every mail uses.

# The apps of an account: "Tapo", "Tapo、Kasa", "Tapo、Kasa、Deco".
list-middle = { $list }、{ $item }
list-last = { $list }、{ $item }

# How long a link lives.
lifetime-minutes = { $count }分
lifetime-hours = { $count }時間

# A point in time, always in UTC.
month-name = { $month }月
date-time = { $year }年{ month-name }{ $day }日 { $hour }:{ $minute }（UTC）

# Between a label and what it names, in the text part.
colon = ：

# Where a request came from.
app-label = アプリ
device-label = デバイス
time-label = 日時
browser-on-system = { $browser }（{ $system }）
unknown-device = 不明なデバイス

not-you-heading = お心当たりがありませんか？
plain-url-hint = ボタンが機能しない場合は、次のアドレスをコピーしてブラウザに貼り付けてください。
support-hint = ご不明な点がありますか？
support-text = { $brand } サポート
