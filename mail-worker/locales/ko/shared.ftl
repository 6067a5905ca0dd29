# Words that every mail uses.

# The apps of an account: "Tapo", "Tapo 및 Kasa", "Tapo, Kasa 및 Deco".
list-middle = { $list }, { $item }
list-last = { $list } 및 { $item }

# How long a link lives.
lifetime-minutes = { $count }분
lifetime-hours = { $count }시간

# A point in time, always in UTC.
month-name = { $month }월
date-time = { $year }년 { month-name } { $day }일 { $hour }:{ $minute }(UTC)

# Between a label and what it names, in the text part.
colon = :

# Where a request came from.
app-label = 앱
device-label = 기기
time-label = 시간
browser-on-system = { $system }의 { $browser }
unknown-device = 알 수 없는 기기

not-you-heading = 본인이 아니신가요?
plain-url-hint = 버튼이 작동하지 않으면 다음 주소를 복사하여 브라우저에 붙여 넣으세요.
support-hint = 궁금한 점이 있으신가요?
support-text = { $brand } 지원
