# The pages. Every string may mention { $brand }, { $account }, { $apps } and { $sender }; a heading only { $account }.
error-title = エラー：{ $title }
mistakes-heading = 問題があります
mistake-prefix = エラー：
account-line = 1つの { $account } で { $apps } をご利用いただけます。
support-hint = ご不明な点がありますか？
support-text = { $brand } サポート
to-app = { $brand } に戻る

# "Tapo", "Tapo、Kasa", "Tapo、Kasa、Deco".
list-middle = { $list }、{ $item }
list-last = { $list }、{ $item }

# Lengths of time.
length-seconds = { $count }秒
length-minutes = { $count }分
length-hours = { $count }時間

# Forgot password
forgot-heading = パスワードをお忘れですか？
forgot-text = お使いの { $account } のメールアドレスを入力してください。新しいパスワードを設定するためのリンクをお送りします。
email-label = メールアドレス
forgot-button = リンクを送信
address-empty = メールアドレスを入力してください
address-too-long = メールアドレスが長すぎます
address-no-at = メールアドレスを name@example.org の形式で入力してください
address-bad-local-part = @ の前の部分に、メールアドレスに使用できない文字が含まれています
address-bad-domain = @ の後の部分は、example.org のようなドメインである必要があります
ask-unavailable = リクエストを受け付けられませんでした。何も送信されていません。しばらくしてからもう一度お試しください

# Check your inbox
inbox-heading = 受信トレイをご確認ください
inbox-text = { $address } が { $account } に登録されている場合は、リンクを記載したメールがまもなく届きます。通常は1分以内に届きます。
inbox-lifetime = リンクは、メールが届いてから{ $lifetime }以内に1回だけ使えます。
resend-button = 再送信
resend-in = 再送信できるまで { $time }
resend-note = { $wait }後に、もう一度メールをリクエストできます。
change-button = 別のアドレスを使用
wait-heading = しばらくお待ちください
wait-text = { $address } 宛てのリンクをリクエストしたばかりの場合、そのリンクは送信中か、すでに受信トレイに届いており、有効です。{ $wait }後にもう一度リクエストできます。
nothing-heading = まだ届きませんか？
nothing-address = アドレスに入力ミスがないか、またアカウントのアドレスと同じかをご確認ください。
nothing-spam = 迷惑メールフォルダをご確認ください。
nothing-sender = フィルタの設定を確認し、{ $sender } からのメールを許可してください。
nothing-company = 会社や学校のアドレスでは、当社のメールがブロックされることがあります。管理者にお問い合わせください。
nothing-wait = メールサーバーによっては、送信を待たされることがあります。表示されている時間が過ぎてから、もう一度リクエストしてください。

# New password
new-password-heading = 新しいパスワードの設定
new-password-text = { $apps } で使用している { $account }（{ $address }）のパスワードです。
new-password-label = 新しいパスワード
confirm-label = 同じパスワードをもう一度入力
rule-length = { $count }文字以上（スペースを含め、どの文字でも使えます）
rule-strength = 推測されにくいもの（あまり使われない単語をいくつか組み合わせると効果的です）
rule-names = メールアドレスやアプリの名前を含まないもの
show-button = 表示
hide-button = 非表示
save-button = 保存
link-until = このリンクは、{ $time } までに1回だけ使えます。
link-until-utc = このリンクは、{ $time }（UTC）までに1回だけ使えます。
password-empty = 新しいパスワードを入力してください
password-differs = 2つのパスワードが一致しません
password-too-short = { $count }文字以上にしてください
password-too-long = パスワードが長すぎます
password-too-weak = このパスワードは推測されやすいものです。あまり使われない単語をいくつか使ってください
password-has-address = パスワードにメールアドレスを含めないでください
password-has-brand = パスワードにアプリの名前を含めないでください

# Done
done-heading = パスワードが再設定されました
done-text = 新しいパスワードでログインしてください。このパスワードは { $apps } で使えます。
done-mail = 確認のメールをお送りしました。今後、パスワードを変更していないのにこのメールが届いた場合は、メール内のボタンを押してください。

# This was not me
revoke-links-heading = リクエストにお心当たりがありませんか？
revoke-links-text = パスワードは変わっておらず、あなたのメールを読まない限り誰も変更できません。念のため、リンクを今すぐ無効にできます。
revoke-links-ends = これまでにメールでお送りしたリンクは、すべて使えなくなります。
revoke-links-keeps = パスワードは今のまま変わりません。
revoke-links-button = リンクを無効にする
revoke-change-heading = パスワードの変更にお心当たりがありませんか？
revoke-change-text = その場合、ほかの人があなたの { $account } に入っている可能性があります。今すぐロックしてください。
revoke-change-locks = 新しいパスワードでは誰もログインできなくなります。
revoke-change-mails = ご自身でパスワードを設定するためのリンクをメールでお送りします。
revoke-change-button = 自分ではありません
revoke-nothing = ボタンを押すまで、何も変更されません。
revoked-links-heading = リンクを無効にしました
revoked-links-text = これまでにメールでお送りしたリンクは、すべて使えなくなりました。パスワードは変わっていません。
revoked-change-heading = アカウントをロックしました
revoked-change-text = 設定されたパスワードでは誰もログインできません。新しいパスワードを設定するためのリンクをメールでお送りしました。
revoked-change-next = メールアカウントのパスワードも変更してください。あなたのメールを読める人なら、リンクをリクエストできてしまいます。
revoke-over-heading = 無効にするリンクはありません
revoke-over-text = このリンクは無効になっており、同じメールに記載されたほかのリンクも無効です。ご心配な場合は、アプリでパスワードを変更してください。

# Links that do not work
new-link-heading = 新しいリンクを取得
expired-heading = このリンクは期限切れです
expired-text = アカウントを保護するため、リンクには有効期限があります。パスワードは変わっていません。
ended-heading = このリンクは無効になりました
ended-text = その後アカウントに変更があったため、無効になりました。使えるのは、最新のリンクか、新しく取得したリンクだけです。
used-heading = このリンクは使用済みです
used-text = このリンクで新しいパスワードが設定されました。各リンクは1回だけ使えます。そのパスワードでログインしてください。ご自身で設定していない場合は、今すぐ新しいリンクを取得してください。
unknown-heading = これは当社のリンクではありません
unknown-text = リンクの一部が欠けている可能性があります。メールからもう一度開くか、全体をコピーしてください。
reopen-heading = リンクをもう一度開いてください
reopen-text = リンクを保護するため、このページはリンクを記憶しません。メールからもう一度開いてください。まだ使用していなければ、引き続き使えます。

# Other refusals
throttled-heading = 試行回数が多すぎます
throttled-text = { $wait }待ってから、前のページに戻ってもう一度お試しください。リンクは失われていません。
unavailable-heading = しばらくしてからもう一度お試しください
unavailable-text = このページに必要なサービスが一時的に利用できません。何も変更されておらず、リンクも引き続き使えます。前のページに戻り、{ $wait }後にもう一度お試しください。
not-found-heading = ページが見つかりません
not-found-text = アドレスの入力ミスか、一部が欠けている可能性があります。
malformed-heading = 処理できませんでした
malformed-text = フォームが、このページから送信される形式で届きませんでした。何も変更されていません。前のページに戻ってもう一度お試しください。
cross-site-heading = 別のサイトから送信されました
cross-site-text = 別のウェブサイトが、あなたの名前でフォームを送信しようとしました。何も実行していません。ご自身で新しいパスワードを希望する場合は、ここでリンクをリクエストしてください。
broken-heading = エラーが発生しました
broken-text = 当社側の問題です。前のページに戻り、しばらくしてからもう一度お試しください。
