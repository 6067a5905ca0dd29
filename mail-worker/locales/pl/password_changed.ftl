# The notice after a change. A subject has at most 40 characters, a preheader's point at most 35.
password-changed-subject = Hasło do { $account } zostało zmienione
password-changed-preheader-point = To nie Ty? Zablokuj teraz konto.
password-changed-preheader-rest = Jeśli to Ty, nie musisz nic robić.
password-changed-heading = Twoje hasło zostało zmienione
password-changed-intro = Hasło do Twojego konta { $account } ({ $address }), używanego w { $apps }, zostało zmienione. Jeśli to Ty, wystarczy zalogować się nowym hasłem w każdej aplikacji.
password-changed-facts-heading = Skąd dokonano zmiany
password-changed-not-you = W takim razie ktoś inny mógł uzyskać dostęp do Twojego konta. Naciśnij przycisk: nikt już nie zaloguje się nowym hasłem, a my wyślemy Ci link do ustawienia własnego.
password-changed-button = To nie ja
