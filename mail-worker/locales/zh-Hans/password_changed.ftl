# The notice after a change. A subject has at most 40 characters, a preheader's point at most 35.
password-changed-subject = 您的 { $account } 密码已更改
password-changed-preheader-point = 不是您本人操作？请立即锁定账号。
password-changed-preheader-rest = 如果是您本人操作，则无需采取任何措施。
password-changed-heading = 您的密码已更改
password-changed-intro = 您用于 { $apps } 的 { $account }（{ $address }）的密码已更改。如果是您本人操作，只需在每个应用中使用新密码登录，无需采取其他措施。
password-changed-facts-heading = 更改来源
password-changed-not-you = 那么可能有其他人登录了您的账号。请点按此按钮：之后任何人都无法再使用这个新密码登录，我们还会通过邮件向您发送链接，供您自行设置密码。
password-changed-button = 不是我本人操作
