# The notice after a change. A subject has at most 40 characters, a preheader's point at most 35.
password-changed-subject = { $account } şifreniz değiştirildi
password-changed-preheader-point = Siz değilseniz hesabı kilitleyin.
password-changed-preheader-rest = Bunu siz yaptıysanız bir şey yapmanız gerekmez.
password-changed-heading = Şifreniz değiştirildi
password-changed-intro = { $apps } için kullanılan { $account } hesabınızın ({ $address }) şifresi değiştirildi. Bunu siz yaptıysanız her uygulamada yeni şifreyle oturum açmanız yeterlidir.
password-changed-facts-heading = Değişikliğin kaynağı
password-changed-not-you = O hâlde hesabınıza başka biri girmiş olabilir. Düğmeye basın: bundan sonra kimse yeni şifreyle oturum açamaz ve size kendi şifrenizi belirlemeniz için bir bağlantı göndeririz.
password-changed-button = Bunu ben yapmadım
