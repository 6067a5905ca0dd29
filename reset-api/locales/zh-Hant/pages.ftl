# The pages. Every string may mention { $brand }, { $account }, { $apps } and { $sender }; a heading only { $account }.
error-title = 錯誤：{ $title }
mistakes-heading = 發生問題
mistake-prefix = 錯誤：
account-line = 一個 { $account } 即可用於 { $apps }。
support-hint = 有疑問嗎？
support-text = { $brand } 支援
to-app = 返回 { $brand }

# "Tapo", "Tapo 和 Kasa", "Tapo、Kasa 和 Deco".
list-middle = { $list }、{ $item }
list-last = { $list } 和 { $item }

# Lengths of time.
length-seconds = { $count } 秒
length-minutes = { $count } 分鐘
length-hours = { $count } 小時

# Forgot password
forgot-heading = 忘記密碼？
forgot-text = 請輸入您 { $account } 的電子郵件地址。我們會將連結寄給您，讓您設定新密碼。
email-label = 電子郵件地址
forgot-button = 傳送連結
address-empty = 請輸入您的電子郵件地址
address-too-long = 電子郵件地址過長
address-no-at = 請輸入格式如 name@example.org 的電子郵件地址
address-bad-local-part = @ 前面的部分含有電子郵件地址不允許的字元
address-bad-domain = @ 後面的部分必須是網域，例如 example.org
ask-unavailable = 我們無法受理您的要求，也未寄出任何內容。請稍後再試一次

# Check your inbox
inbox-heading = 請查看您的收件匣
inbox-text = 如果 { $address } 屬於某個 { $account }，內含連結的郵件就會寄達，通常在一分鐘內就會收到。
inbox-lifetime = 連結僅能使用一次，在收到郵件後 { $lifetime }內有效。
resend-button = 重新傳送
resend-in = { $time } 後可重新傳送
resend-note = 您可以在 { $wait }後再次索取郵件。
change-button = 使用其他地址
wait-heading = 請稍候
wait-text = 如果您剛才已為 { $address } 索取連結，則連結正在寄送中或已在您的收件匣中，而且可以使用。您可以在 { $wait }後再次索取。
nothing-heading = 還是沒收到嗎？
nothing-address = 請檢查地址是否輸入錯誤，以及您的帳號是否使用這個地址。
nothing-spam = 請查看垃圾郵件資料夾。
nothing-sender = 請檢查您的郵件篩選器，並允許來自 { $sender } 的郵件。
nothing-company = 公司或學校的地址可能會封鎖我們的郵件：請洽詢其管理人員。
nothing-wait = 有些郵件伺服器會讓我們等候。請等候畫面顯示的時間，再重新索取。

# New password
new-password-heading = 設定新密碼
new-password-text = 適用於 { $apps } 所使用的 { $account }（{ $address }）。
new-password-label = 新密碼
confirm-label = 再次輸入相同的密碼
rule-length = 至少 { $count } 個字元；任何字元皆可，包括空格
rule-strength = 不易猜中：使用幾個不常見的詞即可
rule-names = 不含您的電子郵件地址或應用程式名稱
show-button = 顯示
hide-button = 隱藏
save-button = 儲存
link-until = 此連結僅能使用一次，有效期限至 { $time }。
link-until-utc = 此連結僅能使用一次，有效期限至 { $time }（UTC）。
password-empty = 請輸入新密碼
password-differs = 兩次輸入的密碼不相同
password-too-short = 請使用至少 { $count } 個字元
password-too-long = 密碼過長
password-too-weak = 這個密碼很容易猜中。請使用幾個不常見的詞
password-has-address = 密碼請勿包含您的電子郵件地址
password-has-brand = 密碼請勿包含應用程式名稱

# Done
done-heading = 密碼已重設
done-text = 請使用新密碼登入。新密碼適用於 { $apps }。
done-mail = 我們已寄給您一封確認郵件。日後如果您並未變更密碼卻收到這類郵件，請按下郵件中的按鈕。

# This was not me
revoke-links-heading = 您並未提出此要求嗎？
revoke-links-text = 您的密碼仍維持不變，無法讀取您郵件的人都不能變更密碼。為了安全起見，您可以立即停用連結：
revoke-links-ends = 我們寄給您的所有連結都會失效；
revoke-links-keeps = 您的密碼維持不變。
revoke-links-button = 停用連結
revoke-change-heading = 您並未變更密碼嗎？
revoke-change-text = 那麼可能有其他人登入了您的 { $account }。請立即鎖定：
revoke-change-locks = 任何人都無法再使用這個新密碼登入；
revoke-change-mails = 我們會將連結寄給您，讓您自行設定密碼。
revoke-change-button = 不是我本人
revoke-nothing = 在您按下按鈕之前，不會有任何變更。
revoked-links-heading = 連結已停用
revoked-links-text = 我們寄給您的所有連結都已失效。您的密碼仍維持不變。
revoked-change-heading = 您的帳號已鎖定
revoked-change-text = 任何人都無法使用先前設定的那個密碼登入。我們已將連結寄給您，讓您設定新密碼。
revoked-change-next = 請一併變更您信箱的密碼：能讀取您郵件的人都可以索取連結。
revoke-over-heading = 已無可停用的連結
revoke-over-text = 此連結已失效，同一封郵件中的其他連結也已失效。如果您仍不放心，請在應用程式中變更密碼。

# Links that do not work
new-link-heading = 取得新連結
expired-heading = 此連結已過期
expired-text = 為了保護您的帳號，連結僅在限定時間內有效。您的密碼仍維持不變。
ended-heading = 此連結已停用
ended-text = 您的帳號之後有其他變更，因此這個連結已停用。只有最新的連結或新取得的連結可以使用。
used-heading = 此連結已使用過
used-text = 已有人透過此連結設定新密碼，而每個連結僅能使用一次。請使用該密碼登入。如果不是您本人設定的，請立即取得新連結。
unknown-heading = 這不是我們的連結
unknown-text = 連結可能不完整：請從郵件中重新開啟，或複製完整連結。
reopen-heading = 請重新開啟連結
reopen-text = 為了保護您的連結，此頁面不會記住連結。請從郵件中重新開啟：如果您尚未使用過，連結仍然有效。

# Other refusals
throttled-heading = 嘗試次數過多
throttled-text = 請等候 { $wait }，然後返回上一頁再試一次。您的連結不會因此失效。
unavailable-heading = 請稍後再試一次
unavailable-text = 此頁面所需的服務暫時無法使用。未進行任何變更，您的連結仍然有效：請返回上一頁，並在 { $wait }後再試一次。
not-found-heading = 找不到此頁面
not-found-text = 網址可能輸入錯誤或不完整。
malformed-heading = 操作未成功
malformed-text = 收到的表單與此頁面傳送的格式不符。未進行任何變更：請返回上一頁再試一次。
cross-site-heading = 來自其他網站的要求
cross-site-text = 另一個網站試圖以您的名義傳送表單。我們並未執行任何動作。如果是您本人需要新密碼，請在這裡索取連結。
broken-heading = 發生錯誤
broken-text = 這是我們的錯誤。請返回上一頁，稍後再試一次。
