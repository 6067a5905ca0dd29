# The mail with the reset link. A subject has at most 40 characters, a preheader's point at most 35.
reset-link-subject = { $account } şifrenizi sıfırlayın
reset-link-preheader-point = { $lifetime } boyunca bir kez geçerli.
reset-link-preheader-rest = Bunu siz istemediyseniz şifreniz aynı kalır.
reset-link-heading = Şifrenizi sıfırlayın
reset-link-intro = { $apps } için kullanılan { $account } hesabınızın ({ $address }) şifresini sıfırlama isteği aldık. Bu isteği siz yaptıysanız buradan yeni bir şifre belirleyin:
reset-link-button = Şifreyi sıfırla
reset-link-works-once = Düğme, bu e-posta ulaştıktan sonra { $lifetime } boyunca yalnızca bir kez çalışır.
reset-link-facts-heading = İsteğin kaynağı
reset-link-not-you = Şifreniz hâlâ aynı ve onu yalnızca e-postalarınızı okuyan biri değiştirebilir. Dilerseniz bağlantıyı hemen geçersiz kılabilirsiniz:
reset-link-revoke = Bunu ben istemedim
