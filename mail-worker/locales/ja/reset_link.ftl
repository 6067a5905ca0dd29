# The mail with the reset link. A subject has at most 40 characters, a preheader's point at most 35.
reset-link-subject = { $account } のパスワードの再設定
reset-link-preheader-point = { $lifetime }以内に1回だけ使えます。
reset-link-preheader-rest = お心当たりがない場合も、パスワードは変わっていません。
reset-link-heading = パスワードの再設定
reset-link-intro = { $apps } で使用している { $account }（{ $address }）のパスワードの再設定がリクエストされました。ご自身によるものであれば、こちらで新しいパスワードを設定してください。
reset-link-button = パスワードを再設定
reset-link-works-once = このボタンは、メールが届いてから{ $lifetime }以内に1回だけ使えます。
reset-link-facts-heading = リクエスト元
reset-link-not-you = パスワードは変わっておらず、変更できるのはあなたのメールを読める人だけです。リンクを今すぐ無効にすることもできます。
reset-link-revoke = リクエストしていません
