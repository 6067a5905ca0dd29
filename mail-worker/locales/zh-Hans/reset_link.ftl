# The mail with the reset link. A subject has at most 40 characters, a preheader's point at most 35.
reset-link-subject = 重置您的 { $account } 密码
reset-link-preheader-point = 仅可使用一次，有效期为 { $lifetime }。
reset-link-preheader-rest = 如果您没有提出此请求，您的密码仍保持不变。
reset-link-heading = 重置您的密码
reset-link-intro = 有人请求重置您用于 { $apps } 的 { $account }（{ $address }）的密码。如果是您本人操作，请在此处设置新密码：
reset-link-button = 重置密码
reset-link-works-once = 此按钮仅可使用一次，在收到此邮件后 { $lifetime }内有效。
reset-link-facts-heading = 请求来源
reset-link-not-you = 您的密码仍保持不变，只有能查看您邮件的人才能更改。您也可以立即停用此链接：
reset-link-revoke = 我没有提出此请求
