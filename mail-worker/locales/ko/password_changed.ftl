# The notice after a change. A subject has at most 40 characters, a preheader's point at most 35.
password-changed-subject = { $account } 비밀번호가 변경되었습니다
password-changed-preheader-point = 본인이 아니신가요? 지금 계정을 잠그세요.
password-changed-preheader-rest = 직접 변경했다면 아무것도 하지 않아도 됩니다.
password-changed-heading = 비밀번호가 변경되었습니다
password-changed-intro = { $apps }에서 사용하는 { $account }({ $address })의 비밀번호가 변경되었습니다. 직접 변경했다면 각 앱에 새 비밀번호로 로그인하기만 하면 됩니다.
password-changed-facts-heading = 변경이 이루어진 곳
password-changed-not-you = 그렇다면 다른 사람이 회원님의 계정에 접속했을 수 있습니다. 버튼을 누르세요. 그러면 아무도 새 비밀번호로 로그인할 수 없게 되며, 비밀번호를 직접 설정할 수 있는 링크를 메일로 보내 드립니다.
password-changed-button = 본인이 아닙니다
