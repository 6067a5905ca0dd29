# The pages. Every string may mention { $brand }, { $account }, { $apps } and { $sender }; a heading only { $account }.
error-title = Błąd: { $title }
mistakes-heading = Wystąpił problem
mistake-prefix = Błąd:
account-line = Jedno konto { $account } do { $apps }.
support-hint = Masz pytania?
support-text = Pomoc { $brand }
to-app = Wróć do { $brand }

# "Tapo", "Tapo i Kasa", "Tapo, Kasa i Deco".
list-middle = { $list }, { $item }
list-last = { $list } i { $item }

# Lengths of time. Accusative: they follow "przez" or "za".
length-seconds = { $count ->
    [one] { $count } sekundę
    [few] { $count } sekundy
    [many] { $count } sekund
   *[other] { $count } sekundy
}
length-minutes = { $count ->
    [one] { $count } minutę
    [few] { $count } minuty
    [many] { $count } minut
   *[other] { $count } minuty
}
length-hours = { $count ->
    [one] { $count } godzinę
    [few] { $count } godziny
    [many] { $count } godzin
   *[other] { $count } godziny
}

# Forgot password
forgot-heading = Nie pamiętasz hasła?
forgot-text = Wpisz adres e-mail swojego konta { $account }. Wyślemy Ci link do ustawienia nowego hasła.
email-label = Adres e-mail
forgot-button = Wyślij link
address-empty = Wpisz swój adres e-mail
address-too-long = Adres e-mail jest za długi
address-no-at = Wpisz adres e-mail w formacie nazwa@example.org
address-bad-local-part = Część przed znakiem @ zawiera znak niedozwolony w adresie e-mail
address-bad-domain = Część po znaku @ musi być domeną, na przykład example.org
ask-unavailable = Nie udało się przyjąć Twojej prośby. Nic nie zostało wysłane. Spróbuj ponownie za chwilę

# Check your inbox
inbox-heading = Sprawdź skrzynkę odbiorczą
inbox-text = Jeśli adres { $address } należy do konta { $account }, wiadomość z linkiem jest już w drodze. Zwykle dociera w ciągu minuty.
inbox-lifetime = Link działa jeden raz, przez { $lifetime } od nadejścia wiadomości.
resend-button = Wyślij ponownie
resend-in = Wyślij ponownie za { $time }
resend-note = O kolejną wiadomość możesz poprosić za { $wait }.
change-button = Użyj innego adresu
wait-heading = Poczekaj chwilę
wait-text = Jeśli właśnie poproszono o link dla { $address }, jest on w drodze lub już w skrzynce odbiorczej i działa. Ponownie możesz o niego poprosić za { $wait }.
nothing-heading = Nadal nic?
nothing-address = Sprawdź, czy w adresie nie ma literówki i czy to adres z Twojego konta.
nothing-spam = Zajrzyj do folderu ze spamem lub wiadomościami-śmieciami.
nothing-sender = Sprawdź filtry i zezwól na wiadomości od { $sender }.
nothing-company = Poczta firmowa lub szkolna może blokować nasze wiadomości: zapytaj jej administratora.
nothing-wait = Niektóre serwery pocztowe każą nam czekać. Odczekaj podany czas, zanim poprosisz ponownie.

# New password
new-password-heading = Ustaw nowe hasło
new-password-text = Do konta { $account } ({ $address }), używanego w { $apps }.
new-password-label = Nowe hasło
confirm-label = To samo hasło jeszcze raz
rule-length = { $count ->
    [one] Co najmniej { $count } znak; dowolny, także spacja
    [few] Co najmniej { $count } znaki; dowolne, także spacje
    [many] Co najmniej { $count } znaków; dowolne, także spacje
   *[other] Co najmniej { $count } znaku; dowolne, także spacje
}
rule-strength = Trudne do odgadnięcia: dobrze sprawdzi się kilka rzadkich słów
rule-names = Bez Twojego adresu e-mail i nazwy aplikacji
show-button = Pokaż
hide-button = Ukryj
save-button = Zapisz
link-until = Ten link działa jeden raz. Ważny do: { $time }.
link-until-utc = Ten link działa jeden raz. Ważny do: { $time } UTC.
password-empty = Wpisz nowe hasło
password-differs = Hasła nie są takie same
password-too-short = { $count ->
    [one] Użyj co najmniej { $count } znaku
    [few] Użyj co najmniej { $count } znaków
    [many] Użyj co najmniej { $count } znaków
   *[other] Użyj co najmniej { $count } znaku
}
password-too-long = Hasło jest za długie
password-too-weak = To hasło łatwo odgadnąć. Użyj kilku rzadkich słów
password-has-address = Nie używaj w haśle swojego adresu e-mail
password-has-brand = Nie używaj w haśle nazwy aplikacji

# Done
done-heading = Hasło zostało zresetowane
done-text = Zaloguj się nowym hasłem. Obowiązuje ono w { $apps }.
done-mail = Wysłaliśmy Ci wiadomość z potwierdzeniem. Jeśli kiedyś ją otrzymasz, a zmiana hasła nie będzie Twoja, naciśnij przycisk w tej wiadomości.

# This was not me
revoke-links-heading = To nie Twoja prośba?
revoke-links-text = Twoje hasło pozostaje bez zmian i nikt nie może go zmienić, nie czytając Twojej poczty. Dla pewności możesz teraz unieważnić link:
revoke-links-ends = wszystkie linki, które Ci wysłaliśmy, przestaną działać;
revoke-links-keeps = Twoje hasło pozostanie bez zmian.
revoke-links-button = Unieważnij link
revoke-change-heading = To nie Twoja zmiana hasła?
revoke-change-text = W takim razie ktoś inny mógł uzyskać dostęp do Twojego konta { $account }. Zablokuj je teraz:
revoke-change-locks = nikt już nie zaloguje się nowym hasłem;
revoke-change-mails = wyślemy Ci link do ustawienia własnego.
revoke-change-button = To nie ja
revoke-nothing = Nic się nie stanie, dopóki nie naciśniesz przycisku.
revoked-links-heading = Link został unieważniony
revoked-links-text = Żaden link, który Ci wysłaliśmy, już nie działa. Twoje hasło pozostaje bez zmian.
revoked-change-heading = Twoje konto jest zablokowane
revoked-change-text = Nikt nie może zalogować się hasłem, które zostało ustawione. Wysłaliśmy Ci link do ustawienia nowego.
revoked-change-next = Zmień też hasło do swojej poczty: kto ją czyta, może poprosić o link.
revoke-over-heading = Nie ma już czego unieważniać
revoke-over-text = Ten link jest już nieważny, podobnie jak linki, które z nim przyszły. W razie obaw zmień hasło w aplikacji.

# Links that do not work
new-link-heading = Otrzymaj nowy link
expired-heading = Ten link wygasł
expired-text = Dla bezpieczeństwa Twojego konta linki działają przez ograniczony czas. Twoje hasło pozostaje bez zmian.
ended-heading = Ten link został unieważniony
ended-text = Unieważniła go nowsza zmiana na Twoim koncie. Działa tylko ostatni link lub nowy.
used-heading = Ten link został już użyty
used-text = Ustawiono nim nowe hasło, a każdy link działa jeden raz. Zaloguj się tym hasłem. Jeśli ustawił je ktoś inny, poproś teraz o nowy link.
unknown-heading = To nie jest nasz link
unknown-text = Być może brakuje jego części: otwórz go ponownie z wiadomości lub skopiuj w całości.
reopen-heading = Otwórz link jeszcze raz
reopen-text = Aby chronić Twój link, ta strona go nie zapamiętuje. Otwórz go ponownie z wiadomości: nadal działa, jeśli nie został użyty.

# Other refusals
throttled-heading = Zbyt wiele prób
throttled-text = Poczekaj { $wait }, a potem wróć i spróbuj ponownie. Twój link nie przepadł.
unavailable-heading = Spróbuj ponownie za chwilę
unavailable-text = Usługa potrzebna tej stronie jest chwilowo niedostępna. Nic się nie zmieniło, a Twój link nadal działa: wróć i spróbuj ponownie za { $wait }.
not-found-heading = Nie ma takiej strony
not-found-text = Być może w adresie jest literówka lub brakuje jego części.
malformed-heading = Nie udało się
malformed-text = Formularz nie dotarł w takiej postaci, w jakiej wysyła go ta strona. Nic się nie zmieniło: wróć i spróbuj ponownie.
cross-site-heading = Wysłano z innej strony
cross-site-text = Inna strona internetowa próbowała wysłać formularz w Twoim imieniu. Nic nie zostało zrobione. Jeśli to Ty potrzebujesz nowego hasła, poproś o link tutaj.
broken-heading = Coś poszło nie tak
broken-text = To nasz błąd. Wróć i spróbuj ponownie za chwilę.
