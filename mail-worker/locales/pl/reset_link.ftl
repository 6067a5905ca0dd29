# The mail with the reset link. A subject has at most 40 characters, a preheader's point at most 35.
reset-link-subject = Resetowanie hasła do { $account }
reset-link-preheader-point = Działa raz, przez { $lifetime }.
reset-link-preheader-rest = Jeśli to nie Twoja prośba, hasło pozostaje bez zmian.
reset-link-heading = Zresetuj hasło
reset-link-intro = Otrzymaliśmy prośbę o zresetowanie hasła do Twojego konta { $account } ({ $address }), używanego w { $apps }. Jeśli to Ty, ustaw tutaj nowe hasło:
reset-link-button = Zresetuj hasło
reset-link-works-once = Przycisk działa jeden raz, przez { $lifetime } od nadejścia tej wiadomości.
reset-link-facts-heading = Skąd wysłano prośbę
reset-link-not-you = Twoje hasło pozostaje bez zmian i może je zmienić tylko ktoś, kto czyta Twoją pocztę. Możesz też od razu unieważnić link:
reset-link-revoke = To nie moja prośba
