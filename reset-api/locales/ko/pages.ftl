# The pages. Every string may mention { $brand }, { $account }, { $apps } and { $sender }; a heading only { $account }.
error-title = 오류: { $title }
mistakes-heading = 문제가 있습니다
mistake-prefix = 오류:
account-line = { $account } 하나로 { $apps } 앱을 사용할 수 있습니다.
support-hint = 궁금한 점이 있으신가요?
support-text = { $brand } 지원
to-app = { $brand } 앱으로 돌아가기

# "Tapo", "Tapo 및 Kasa", "Tapo, Kasa 및 Deco".
list-middle = { $list }, { $item }
list-last = { $list } 및 { $item }

# Lengths of time.
length-seconds = { $count }초
length-minutes = { $count }분
length-hours = { $count }시간

# Forgot password
forgot-heading = 비밀번호를 잊으셨나요?
forgot-text = { $account }의 이메일 주소를 입력하세요. 새 비밀번호를 설정할 수 있는 링크를 보내 드립니다.
email-label = 이메일 주소
forgot-button = 링크 보내기
address-empty = 이메일 주소를 입력하세요
address-too-long = 이메일 주소가 너무 깁니다
address-no-at = 이메일 주소를 name@example.org 형식으로 입력하세요
address-bad-local-part = @ 앞부분에 이메일 주소에 사용할 수 없는 문자가 있습니다
address-bad-domain = @ 뒷부분은 example.org와 같은 도메인이어야 합니다
ask-unavailable = 요청을 접수하지 못했습니다. 아무것도 전송되지 않았습니다. 잠시 후 다시 시도하세요

# Check your inbox
inbox-heading = 받은편지함을 확인하세요
inbox-text = { $address } 주소가 { $account }에 등록되어 있다면 링크가 포함된 메일이 곧 도착합니다. 보통 1분 이내에 도착합니다.
inbox-lifetime = 링크는 메일이 도착한 후 { $lifetime } 동안 한 번만 사용할 수 있습니다.
resend-button = 다시 보내기
resend-in = { $time } 후 다시 보내기
resend-note = { $wait } 후에 메일을 다시 요청할 수 있습니다.
change-button = 다른 주소 사용
wait-heading = 잠시 기다려 주세요
wait-text = 방금 { $address } 주소로 링크를 요청했다면 링크가 전송 중이거나 이미 받은편지함에 있으며, 사용할 수 있습니다. { $wait } 후에 다시 요청할 수 있습니다.
nothing-heading = 아직 도착하지 않았나요?
nothing-address = 주소를 잘못 입력하지 않았는지, 회원님의 계정에 등록된 주소가 맞는지 확인하세요.
nothing-spam = 스팸 또는 정크 메일함을 확인하세요.
nothing-sender = 메일 필터를 확인하고 { $sender }에서 보내는 메일을 허용하세요.
nothing-company = 회사나 학교의 이메일 주소에서는 이 메일이 차단될 수 있습니다. 담당 관리자에게 문의하세요.
nothing-wait = 일부 메일 서버에서는 전송이 지연될 수 있습니다. 표시된 시간만큼 기다린 후 다시 요청하세요.

# New password
new-password-heading = 새 비밀번호 설정
new-password-text = { $apps }에서 사용하는 { $account }({ $address })의 비밀번호입니다.
new-password-label = 새 비밀번호
confirm-label = 같은 비밀번호 다시 입력
rule-length = { $count }자 이상(공백을 포함해 어떤 문자든 사용 가능)
rule-strength = 추측하기 어려울 것: 흔하지 않은 단어 몇 개면 충분합니다
rule-names = 이메일 주소나 앱 이름을 포함하지 않을 것
show-button = 표시
hide-button = 숨기기
save-button = 저장
link-until = 이 링크는 { $time }까지 한 번만 사용할 수 있습니다.
link-until-utc = 이 링크는 { $time }(UTC)까지 한 번만 사용할 수 있습니다.
password-empty = 새 비밀번호를 입력하세요
password-differs = 두 비밀번호가 일치하지 않습니다
password-too-short = { $count }자 이상 사용하세요
password-too-long = 비밀번호가 너무 깁니다
password-too-weak = 추측하기 쉬운 비밀번호입니다. 흔하지 않은 단어를 몇 개 사용하세요
password-has-address = 비밀번호에 이메일 주소를 포함하지 마세요
password-has-brand = 비밀번호에 앱 이름을 포함하지 마세요

# Done
done-heading = 비밀번호가 재설정되었습니다
done-text = 새 비밀번호로 로그인하세요. 이 비밀번호는 { $apps }에 적용됩니다.
done-mail = 확인 메일을 보내 드렸습니다. 앞으로 비밀번호를 변경하지 않았는데 이런 메일을 받으면 메일에 있는 버튼을 누르세요.

# This was not me
revoke-links-heading = 직접 요청하지 않으셨나요?
revoke-links-text = 비밀번호는 그대로이며, 회원님의 메일을 읽지 않고는 아무도 변경할 수 없습니다. 안전을 위해 링크를 지금 무효화할 수 있습니다.
revoke-links-ends = 지금까지 메일로 보내 드린 모든 링크를 더 이상 사용할 수 없게 됩니다.
revoke-links-keeps = 비밀번호는 그대로 유지됩니다.
revoke-links-button = 링크 무효화
revoke-change-heading = 비밀번호를 직접 변경하지 않으셨나요?
revoke-change-text = 그렇다면 다른 사람이 회원님의 { $account }에 접속했을 수 있습니다. 지금 계정을 잠그세요.
revoke-change-locks = 아무도 새 비밀번호로 로그인할 수 없게 됩니다.
revoke-change-mails = 비밀번호를 직접 설정할 수 있는 링크를 메일로 보내 드립니다.
revoke-change-button = 본인이 아닙니다
revoke-nothing = 버튼을 누르기 전에는 아무것도 변경되지 않습니다.
revoked-links-heading = 링크가 무효화되었습니다
revoked-links-text = 지금까지 메일로 보내 드린 모든 링크를 더 이상 사용할 수 없습니다. 비밀번호는 그대로입니다.
revoked-change-heading = 계정이 잠겼습니다
revoked-change-text = 앞서 설정된 비밀번호로는 아무도 로그인할 수 없습니다. 새 비밀번호를 설정할 수 있는 링크를 메일로 보내 드렸습니다.
revoked-change-next = 메일 계정의 비밀번호도 변경하세요. 회원님의 메일을 읽는 사람은 누구나 링크를 요청할 수 있습니다.
revoke-over-heading = 무효화할 링크가 없습니다
revoke-over-text = 이 링크와 함께 받은 링크는 모두 더 이상 유효하지 않습니다. 걱정되면 앱에서 비밀번호를 변경하세요.

# Links that do not work
new-link-heading = 새 링크 받기
expired-heading = 만료된 링크입니다
expired-text = 계정을 안전하게 보호하기 위해 링크는 제한된 시간 동안만 사용할 수 있습니다. 비밀번호는 그대로입니다.
ended-heading = 무효화된 링크입니다
ended-text = 이후 계정에 변경 사항이 있어 링크가 무효화되었습니다. 가장 최근에 받은 링크나 새 링크만 사용할 수 있습니다.
used-heading = 이미 사용된 링크입니다
used-text = 이 링크로 새 비밀번호가 설정되었으며, 각 링크는 한 번만 사용할 수 있습니다. 그 비밀번호로 로그인하세요. 직접 설정한 것이 아니라면 지금 새 링크를 받으세요.
unknown-heading = 저희가 보낸 링크가 아닙니다
unknown-text = 링크의 일부가 빠졌을 수 있습니다. 메일에서 다시 열거나 전체를 복사하세요.
reopen-heading = 링크를 다시 여세요
reopen-text = 링크를 안전하게 보호하기 위해 이 페이지에는 링크가 저장되지 않습니다. 메일에서 다시 여세요. 아직 사용하지 않았다면 그대로 사용할 수 있습니다.

# Other refusals
throttled-heading = 시도 횟수가 너무 많습니다
throttled-text = { $wait } 동안 기다린 후 이전 페이지로 돌아가 다시 시도하세요. 링크는 사라지지 않았습니다.
unavailable-heading = 잠시 후 다시 시도하세요
unavailable-text = 이 페이지에 필요한 서비스를 지금은 사용할 수 없습니다. 변경된 내용은 없으며 링크는 계속 사용할 수 있습니다. 이전 페이지로 돌아가 { $wait } 후에 다시 시도하세요.
not-found-heading = 페이지를 찾을 수 없습니다
not-found-text = 주소를 잘못 입력했거나 일부가 빠졌을 수 있습니다.
malformed-heading = 처리하지 못했습니다
malformed-text = 양식이 이 페이지에서 보내는 형식으로 도착하지 않았습니다. 변경된 내용은 없습니다. 이전 페이지로 돌아가 다시 시도하세요.
cross-site-heading = 다른 사이트에서 전송됨
cross-site-text = 다른 웹사이트에서 회원님의 이름으로 양식을 보내려고 했습니다. 아무것도 실행하지 않았습니다. 직접 새 비밀번호를 설정하려면 여기에서 링크를 요청하세요.
broken-heading = 문제가 발생했습니다
broken-text = 저희 쪽의 오류입니다. 이전 페이지로 돌아가 잠시 후 다시 시도하세요.
