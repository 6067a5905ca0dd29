# The notice after a change. A subject has at most 40 characters, a preheader's point at most 35.
password-changed-subject = { $account } のパスワードが変更されました
password-changed-preheader-point = お心当たりがなければ、すぐにアカウントをロックしてください。
password-changed-preheader-rest = ご自身で変更した場合、対応は必要ありません。
password-changed-heading = パスワードが変更されました
password-changed-intro = { $apps } で使用している { $account }（{ $address }）のパスワードが変更されました。ご自身で変更した場合は、各アプリに新しいパスワードでログインするだけで、ほかに必要な対応はありません。
password-changed-facts-heading = 変更元
password-changed-not-you = その場合、ほかの人があなたのアカウントに入っている可能性があります。ボタンを押してください。新しいパスワードでは誰もログインできなくなり、ご自身でパスワードを設定するためのリンクをメールでお送りします。
password-changed-button = 自分ではありません
