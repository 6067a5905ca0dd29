# The mail with the reset link. A subject has at most 40 characters, a preheader's point at most 35.
reset-link-subject = { $account } 비밀번호 재설정
reset-link-preheader-point = { $lifetime } 동안 한 번만 사용할 수 있습니다.
reset-link-preheader-rest = 직접 요청하지 않았다면 비밀번호는 그대로입니다.
reset-link-heading = 비밀번호 재설정
reset-link-intro = { $apps }에서 사용하는 { $account }({ $address })의 비밀번호를 재설정해 달라는 요청이 있었습니다. 직접 요청했다면 여기에서 새 비밀번호를 설정하세요.
reset-link-button = 비밀번호 재설정
reset-link-works-once = 이 버튼은 메일이 도착한 후 { $lifetime } 동안 한 번만 사용할 수 있습니다.
reset-link-facts-heading = 요청이 이루어진 곳
reset-link-not-you = 비밀번호는 그대로이며, 회원님의 메일을 읽을 수 있는 사람만 변경할 수 있습니다. 링크를 지금 바로 무효화할 수도 있습니다.
reset-link-revoke = 요청한 적이 없습니다
