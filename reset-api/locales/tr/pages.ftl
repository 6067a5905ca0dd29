# The pages. Every string may mention { $brand }, { $account }, { $apps } and { $sender }; a heading only { $account }.
error-title = Hata: { $title }
mistakes-heading = Bir sorun var
mistake-prefix = Hata:
account-line = { $apps } için tek bir { $account }.
support-hint = Sorularınız mı var?
support-text = { $brand } desteği
to-app = Uygulamaya dön: { $brand }

# "Tapo", "Tapo ve Kasa", "Tapo, Kasa ve Deco".
list-middle = { $list }, { $item }
list-last = { $list } ve { $item }

# Lengths of time.
length-seconds = { $count ->
    [one] { $count } saniye
   *[other] { $count } saniye
}
length-minutes = { $count ->
    [one] { $count } dakika
   *[other] { $count } dakika
}
length-hours = { $count ->
    [one] { $count } saat
   *[other] { $count } saat
}

# Forgot password
forgot-heading = Şifrenizi mi unuttunuz?
forgot-text = { $account } hesabınızın e-posta adresini girin. Size yeni bir şifre belirlemeniz için bağlantı göndereceğiz.
email-label = E-posta adresi
forgot-button = Bağlantı gönder
address-empty = E-posta adresinizi girin
address-too-long = E-posta adresi çok uzun
address-no-at = ad@example.org biçiminde bir e-posta adresi girin
address-bad-local-part = @ işaretinden önceki bölümde e-posta adresinde kullanılamayan bir karakter var
address-bad-domain = @ işaretinden sonraki bölüm example.org gibi bir alan adı olmalıdır
ask-unavailable = İsteğinizi alamadık. Hiçbir şey gönderilmedi. Birazdan yeniden deneyin

# Check your inbox
inbox-heading = Gelen kutunuzu kontrol edin
inbox-text = { $address } adresi bir { $account } hesabına aitse bağlantı içeren bir e-posta yoldadır. Genellikle bir dakika içinde ulaşır.
inbox-lifetime = Bağlantı, e-posta ulaştıktan sonra { $lifetime } boyunca yalnızca bir kez çalışır.
resend-button = Yeniden gönder
resend-in = Yeniden gönder ({ $time })
resend-note = { $wait } sonra başka bir e-posta isteyebilirsiniz.
change-button = Başka bir adres kullan
wait-heading = Lütfen biraz bekleyin
wait-text = { $address } için az önce bağlantı istediyseniz yoldadır veya gelen kutunuza ulaşmıştır ve çalışır. { $wait } sonra yeniden isteyebilirsiniz.
nothing-heading = Hâlâ gelmedi mi?
nothing-address = Adreste yazım hatası olmadığını ve hesabınızda bu adresin kullanıldığını kontrol edin.
nothing-spam = Spam veya gereksiz e-posta klasörünüze bakın.
nothing-sender = Filtrelerinizi kontrol edin ve { $sender } adresinden gelen e-postalara izin verin.
nothing-company = Şirket veya okul adresleri e-postalarımızı engelliyor olabilir: yöneticisine danışın.
nothing-wait = Bazı e-posta sunucuları bizi bekletir. Yeniden istemeden önce belirtilen süre kadar bekleyin.

# New password
new-password-heading = Yeni bir şifre belirleyin
new-password-text = { $apps } için kullanılan { $account } hesabı: { $address }.
new-password-label = Yeni şifre
confirm-label = Aynı şifre, bir kez daha
rule-length = { $count ->
    [one] En az { $count } karakter; boşluk dâhil her karakter olur
   *[other] En az { $count } karakter; boşluk dâhil her karakter olur
}
rule-strength = Tahmini zor: yaygın olmayan birkaç sözcük işe yarar
rule-names = E-posta adresiniz veya uygulamanın adı olmadan
show-button = Göster
hide-button = Gizle
save-button = Kaydet
link-until = Bu bağlantı yalnızca bir kez çalışır. Son geçerlilik: { $time }.
link-until-utc = Bu bağlantı yalnızca bir kez çalışır. Son geçerlilik: { $time } UTC.
password-empty = Yeni bir şifre girin
password-differs = İki şifre aynı değil
password-too-short = { $count ->
    [one] En az { $count } karakter kullanın
   *[other] En az { $count } karakter kullanın
}
password-too-long = Şifre çok uzun
password-too-weak = Bu şifreyi tahmin etmek kolay. Yaygın olmayan birkaç sözcük kullanın
password-has-address = Şifrede e-posta adresinizi kullanmayın
password-has-brand = Şifrede uygulamanın adını kullanmayın

# Done
done-heading = Şifre sıfırlandı
done-text = Yeni şifrenizle oturum açın. Bu şifre { $apps } için geçerlidir.
done-mail = Size bunu bildiren bir e-posta gönderdik. Şifrenizi değiştirmediğiniz hâlde böyle bir e-posta alırsanız içindeki düğmeye basın.

# This was not me
revoke-links-heading = Bunu siz istemediniz mi?
revoke-links-text = Şifreniz hâlâ aynı ve e-postalarınızı okumadan kimse onu değiştiremez. Güvende olmak için bağlantıyı şimdi geçersiz kılabilirsiniz:
revoke-links-ends = size gönderdiğimiz tüm bağlantılar çalışmaz olur;
revoke-links-keeps = şifreniz olduğu gibi kalır.
revoke-links-button = Bağlantıyı geçersiz kıl
revoke-change-heading = Şifrenizi siz değiştirmediniz mi?
revoke-change-text = O hâlde { $account } hesabınıza başka biri girmiş olabilir. Hesabı şimdi kilitleyin:
revoke-change-locks = artık kimse yeni şifreyle oturum açamaz;
revoke-change-mails = size kendi şifrenizi belirlemeniz için bir bağlantı göndeririz.
revoke-change-button = Bunu ben yapmadım
revoke-nothing = Siz düğmeye basana kadar hiçbir şey olmaz.
revoked-links-heading = Bağlantı geçersiz kılındı
revoked-links-text = Size gönderdiğimiz bağlantıların hiçbiri artık çalışmıyor. Şifreniz hâlâ aynı.
revoked-change-heading = Hesabınız kilitlendi
revoked-change-text = Belirlenen şifreyle kimse oturum açamaz. Yeni bir şifre belirlemeniz için size bağlantı gönderdik.
revoked-change-next = E-posta hesabınızın şifresini de değiştirin: e-postalarınızı okuyan biri bağlantı isteyebilir.
revoke-over-heading = Geçersiz kılınacak bir şey kalmadı
revoke-over-text = Bu bağlantı ve onunla gelen bağlantılar artık geçerli değil. Endişeniz varsa uygulamada şifrenizi değiştirin.

# Links that do not work
new-link-heading = Yeni bağlantı al
expired-heading = Bu bağlantının süresi doldu
expired-text = Hesabınızın güvenliği için bağlantılar sınırlı süre çalışır. Şifreniz hâlâ aynı.
ended-heading = Bu bağlantı geçersiz kılındı
ended-text = Hesabınızdaki daha yeni bir değişiklik onu geçersiz kıldı. Yalnızca son bağlantı veya yeni bir bağlantı çalışır.
used-heading = Bu bağlantı zaten kullanıldı
used-text = Bu bağlantıyla yeni bir şifre belirlendi ve her bağlantı bir kez çalışır. O şifreyle oturum açın. Şifreyi siz belirlemediyseniz şimdi yeni bir bağlantı alın.
unknown-heading = Bu bizim bağlantımız değil
unknown-text = Bir bölümü eksik olabilir: e-postadan yeniden açın veya tamamını kopyalayın.
reopen-heading = Bağlantıyı bir kez daha açın
reopen-text = Bağlantınızın güvenliği için bu sayfa onu saklamaz. E-postadan yeniden açın: kullanmadıysanız hâlâ çalışır.

# Other refusals
throttled-heading = Çok fazla deneme
throttled-text = Lütfen { $wait } bekleyin, sonra geri dönüp yeniden deneyin. Bağlantınız kaybolmadı.
unavailable-heading = Lütfen birazdan yeniden deneyin
unavailable-text = Bu sayfanın ihtiyaç duyduğu bir hizmete şu anda ulaşılamıyor. Hiçbir şey değişmedi ve bağlantınız hâlâ çalışıyor: geri dönüp { $wait } sonra yeniden deneyin.
not-found-heading = Böyle bir sayfa yok
not-found-text = Adres yanlış yazılmış veya eksik olabilir.
malformed-heading = Bu işe yaramadı
malformed-text = Form, bu sayfanın gönderdiği biçimde ulaşmadı. Hiçbir şey değişmedi: geri dönüp yeniden deneyin.
cross-site-heading = Başka bir siteden gönderildi
cross-site-text = Başka bir web sitesi sizin adınıza form göndermek istedi. Hiçbir şey yapmadık. Yeni şifreyi siz istiyorsanız buradan bağlantı isteyin.
broken-heading = Bir sorun oluştu
broken-text = Hata bizden kaynaklanıyor. Geri dönüp birazdan yeniden deneyin.
