# The notice after a change. A subject has at most 40 characters, a preheader's point at most 35.
password-changed-subject = 您的 { $account } 密碼已變更
password-changed-preheader-point = 不是您本人嗎？請立即鎖定帳號。
password-changed-preheader-rest = 如果是您本人，則無須採取任何動作。
password-changed-heading = 您的密碼已變更
password-changed-intro = 您用於 { $apps } 的 { $account }（{ $address }）的密碼已變更。如果是您本人，只要在每個應用程式中使用新密碼登入即可，無須採取其他動作。
password-changed-facts-heading = 變更來源
password-changed-not-you = 那麼可能有其他人登入了您的帳號。請按下按鈕：之後任何人都無法再使用這個新密碼登入，我們也會將連結寄給您，讓您自行設定密碼。
password-changed-button = 不是我本人
