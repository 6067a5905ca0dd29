# The mail with the reset link. A subject has at most 40 characters, a preheader's point at most 35.
reset-link-subject = 重設您的 { $account } 密碼
reset-link-preheader-point = 僅能使用一次，有效期 { $lifetime }。
reset-link-preheader-rest = 如果您並未提出此要求，您的密碼仍維持不變。
reset-link-heading = 重設您的密碼
reset-link-intro = 有人要求重設您用於 { $apps } 的 { $account }（{ $address }）的密碼。如果是您本人，請在這裡設定新密碼：
reset-link-button = 重設密碼
reset-link-works-once = 此按鈕僅能使用一次，在收到這封郵件後 { $lifetime }內有效。
reset-link-facts-heading = 要求來源
reset-link-not-you = 您的密碼仍維持不變，只有能讀取您郵件的人才能變更。您也可以立即停用連結：
reset-link-revoke = 我並未提出此要求
