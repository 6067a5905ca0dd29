# The pages. Every string may mention { $brand }, { $account }, { $apps } and { $sender }; a heading only { $account }.
error-title = 错误：{ $title }
mistakes-heading = 出现问题
mistake-prefix = 错误：
account-line = 一个 { $account } 即可用于 { $apps }。
support-hint = 有疑问？
support-text = { $brand } 支持
to-app = 返回 { $brand }

# "Tapo", "Tapo 和 Kasa", "Tapo、Kasa 和 Deco".
list-middle = { $list }、{ $item }
list-last = { $list } 和 { $item }

# Lengths of time.
length-seconds = { $count } 秒
length-minutes = { $count } 分钟
length-hours = { $count } 小时

# Forgot password
forgot-heading = 忘记密码？
forgot-text = 请输入您 { $account } 的电子邮件地址。我们会向您发送链接，供您设置新密码。
email-label = 电子邮件地址
forgot-button = 发送链接
address-empty = 请输入您的电子邮件地址
address-too-long = 电子邮件地址过长
address-no-at = 请输入格式如 name@example.org 的电子邮件地址
address-bad-local-part = @ 前面的部分含有电子邮件地址不允许使用的字符
address-bad-domain = @ 后面的部分必须是域名，例如 example.org
ask-unavailable = 我们无法受理您的请求，未发送任何内容。请稍后重试

# Check your inbox
inbox-heading = 请查看您的收件箱
inbox-text = 如果 { $address } 属于某个 { $account }，包含链接的邮件即会送达，通常一分钟内即可收到。
inbox-lifetime = 链接仅可使用一次，在收到邮件后 { $lifetime }内有效。
resend-button = 重新发送
resend-in = { $time } 后可重新发送
resend-note = 您可以在 { $wait }后再次请求发送邮件。
change-button = 使用其他地址
wait-heading = 请稍候
wait-text = 如果您刚刚为 { $address } 请求了链接，则链接正在发送途中或已在您的收件箱中，并且可以使用。您可以在 { $wait }后再次请求。
nothing-heading = 仍未收到？
nothing-address = 请检查地址是否输入有误，以及您的账号是否使用此地址。
nothing-spam = 请查看垃圾邮件文件夹。
nothing-sender = 请检查您的邮件过滤规则，并允许接收来自 { $sender } 的邮件。
nothing-company = 公司或学校的邮箱可能会拦截我们的邮件：请咨询其管理人员。
nothing-wait = 有些邮件服务器会让我们等待。请等待页面显示的时间，然后再次请求。

# New password
new-password-heading = 设置新密码
new-password-text = 适用于 { $apps } 所使用的 { $account }（{ $address }）。
new-password-label = 新密码
confirm-label = 再次输入相同的密码
rule-length = 至少 { $count } 个字符；任何字符均可，包括空格
rule-strength = 不易猜到：使用几个不常见的词即可
rule-names = 不包含您的电子邮件地址或应用名称
show-button = 显示
hide-button = 隐藏
save-button = 保存
link-until = 此链接仅可使用一次，有效期至 { $time }。
link-until-utc = 此链接仅可使用一次，有效期至 { $time }（UTC）。
password-empty = 请输入新密码
password-differs = 两次输入的密码不一致
password-too-short = 请使用至少 { $count } 个字符
password-too-long = 密码过长
password-too-weak = 此密码很容易猜到。请使用几个不常见的词
password-has-address = 密码中请勿包含您的电子邮件地址
password-has-brand = 密码中请勿包含应用名称

# Done
done-heading = 密码已重置
done-text = 请使用新密码登录。新密码适用于 { $apps }。
done-mail = 我们已向您发送确认邮件。今后如果您没有更改密码却收到此类邮件，请点按邮件中的按钮。

# This was not me
revoke-links-heading = 您没有提出此请求？
revoke-links-text = 您的密码仍保持不变，无法查看您邮件的人都不能更改密码。为安全起见，您可以立即停用此链接：
revoke-links-ends = 我们发送给您的所有链接都会失效；
revoke-links-keeps = 您的密码保持不变。
revoke-links-button = 停用链接
revoke-change-heading = 您没有更改密码？
revoke-change-text = 那么可能有其他人登录了您的 { $account }。请立即锁定：
revoke-change-locks = 任何人都无法再使用这个新密码登录；
revoke-change-mails = 我们会通过邮件向您发送链接，供您自行设置密码。
revoke-change-button = 不是我本人操作
revoke-nothing = 在您点按按钮之前，不会有任何变化。
revoked-links-heading = 链接已停用
revoked-links-text = 我们发送给您的所有链接均已失效。您的密码仍保持不变。
revoked-change-heading = 您的账号已锁定
revoked-change-text = 任何人都无法使用此前设置的那个密码登录。我们已通过邮件向您发送链接，供您设置新密码。
revoked-change-next = 请同时更改您邮箱的密码：能查看您邮件的人都可以请求链接。
revoke-over-heading = 没有可停用的链接
revoke-over-text = 此链接已失效，同一封邮件中的其他链接也已失效。如果您仍不放心，请在应用中更改密码。

# Links that do not work
new-link-heading = 获取新链接
expired-heading = 此链接已过期
expired-text = 为保护您的账号，链接仅在限定时间内有效。您的密码仍保持不变。
ended-heading = 此链接已停用
ended-text = 您的账号之后发生了更改，因此这个链接已停用。只有最新的链接或新获取的链接可以使用。
used-heading = 此链接已被使用
used-text = 已有人通过此链接设置了新密码，而每个链接仅可使用一次。请使用该密码登录。如果不是您本人设置的，请立即获取新链接。
unknown-heading = 这不是我们的链接
unknown-text = 链接可能不完整：请从邮件中重新打开，或复制完整链接。
reopen-heading = 请重新打开链接
reopen-text = 为保护您的链接，此页面不会记住链接。请从邮件中重新打开：如果您尚未使用过，链接仍然有效。

# Other refusals
throttled-heading = 尝试次数过多
throttled-text = 请等待 { $wait }，然后返回重试。您的链接不会因此失效。
unavailable-heading = 请稍后重试
unavailable-text = 此页面所需的服务暂时不可用。未进行任何更改，您的链接仍然有效：请返回，并在 { $wait }后重试。
not-found-heading = 找不到此页面
not-found-text = 网址可能输入有误或不完整。
malformed-heading = 操作未成功
malformed-text = 收到的表单与此页面发送的格式不符。未进行任何更改：请返回重试。
cross-site-heading = 来自其他网站的请求
cross-site-text = 另一个网站试图以您的名义发送表单。我们未执行任何操作。如果是您本人需要新密码，请在此处请求链接。
broken-heading = 出错了
broken-text = 这是我们的错误。请返回，稍后重试。
