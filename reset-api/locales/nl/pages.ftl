# The pages. Every string may mention { $brand }, { $account }, { $apps } and { $sender }; a heading only { $account }.
error-title = Fout: { $title }
mistakes-heading = Er is een probleem
mistake-prefix = Fout:
account-line = Eén { $account } voor { $apps }.
support-hint = Vragen?
support-text = { $brand }-ondersteuning
to-app = Terug naar { $brand }

# "Tapo", "Tapo en Kasa", "Tapo, Kasa en Deco".
list-middle = { $list }, { $item }
list-last = { $list } en { $item }

# Lengths of time.
length-seconds = { $count ->
    [one] { $count } seconde
   *[other] { $count } seconden
}
length-minutes = { $count ->
    [one] { $count } minuut
   *[other] { $count } minuten
}
length-hours = { $count ->
    [one] { $count } uur
   *[other] { $count } uur
}

# Forgot password
forgot-heading = Wachtwoord vergeten?
forgot-text = Vul het e-mailadres van je { $account } in. We sturen je een link om een nieuw wachtwoord te kiezen.
email-label = E-mailadres
forgot-button = Link versturen
address-empty = Vul je e-mailadres in
address-too-long = Het e-mailadres is te lang
address-no-at = Vul een e-mailadres in zoals naam@example.org
address-bad-local-part = Het deel voor de @ bevat een teken dat niet in een e-mailadres mag staan
address-bad-domain = Het deel na de @ moet een domein zijn, zoals example.org
ask-unavailable = We konden je aanvraag niet verwerken. Er is niets verstuurd. Probeer het zo weer

# Check your inbox
inbox-heading = Controleer je inbox
inbox-text = Als { $address } bij een { $account } hoort, is er een e-mail met een link onderweg. Meestal komt die binnen een minuut aan.
inbox-lifetime = De link werkt één keer, tot { $lifetime } na aankomst van de e-mail.
resend-button = Opnieuw versturen
resend-in = Opnieuw versturen over { $time }
resend-note = Over { $wait } kun je nog een e-mail aanvragen.
change-button = Ander adres gebruiken
wait-heading = Wacht even
wait-text = Als je net een link voor { $address } hebt aangevraagd, is die onderweg of al in je inbox, en hij werkt. Over { $wait } kun je het opnieuw vragen.
nothing-heading = Nog steeds niets?
nothing-address = Controleer of er geen typefout in het adres staat en of je account dit adres gebruikt.
nothing-spam = Kijk in je map met spam of ongewenste e-mail.
nothing-sender = Kijk naar je filters en sta e-mail van { $sender } toe.
nothing-company = Een adres van een bedrijf of school blokkeert onze e-mail misschien: vraag het aan de beheerder.
nothing-wait = Sommige mailservers laten ons wachten. Wacht de aangegeven tijd af voordat je het opnieuw vraagt.

# New password
new-password-heading = Kies een nieuw wachtwoord
new-password-text = Voor de { $account } { $address }, gebruikt door { $apps }.
new-password-label = Nieuw wachtwoord
confirm-label = Nog een keer hetzelfde wachtwoord
rule-length = { $count ->
    [one] Minstens { $count } teken; alles mag, ook spaties
   *[other] Minstens { $count } tekens; alles mag, ook spaties
}
rule-strength = Moeilijk te raden: een paar ongewone woorden werken goed
rule-names = Zonder je e-mailadres of de naam van de app
show-button = Tonen
hide-button = Verbergen
save-button = Opslaan
link-until = Deze link werkt één keer, tot { $time }.
link-until-utc = Deze link werkt één keer, tot { $time } UTC.
password-empty = Vul een nieuw wachtwoord in
password-differs = De twee wachtwoorden zijn niet hetzelfde
password-too-short = { $count ->
    [one] Gebruik minstens { $count } teken
   *[other] Gebruik minstens { $count } tekens
}
password-too-long = Het wachtwoord is te lang
password-too-weak = Dit wachtwoord is makkelijk te raden. Gebruik een paar ongewone woorden
password-has-address = Gebruik je e-mailadres niet in het wachtwoord
password-has-brand = Gebruik de naam van de app niet in het wachtwoord

# Done
done-heading = Je wachtwoord is opnieuw ingesteld
done-text = Log in met je nieuwe wachtwoord. Het geldt voor { $apps }.
done-mail = We hebben je een bevestiging gemaild. Krijg je er ooit een zonder dat je je wachtwoord hebt gewijzigd, druk dan op de knop erin.

# This was not me
revoke-links-heading = Heb je dit niet aangevraagd?
revoke-links-text = Je wachtwoord is nog hetzelfde, en niemand kan het wijzigen zonder je e-mail te lezen. Voor de zekerheid kun je de link nu intrekken:
revoke-links-ends = alle links die we je hebben gemaild werken niet meer;
revoke-links-keeps = je wachtwoord blijft zoals het is.
revoke-links-button = Link intrekken
revoke-change-heading = Heb je je wachtwoord niet gewijzigd?
revoke-change-text = Dan heeft iemand anders misschien toegang tot je { $account }. Blokkeer je account nu:
revoke-change-locks = niemand kan nog inloggen met het nieuwe wachtwoord;
revoke-change-mails = we mailen je een link om zelf een wachtwoord te kiezen.
revoke-change-button = Dit was ik niet
revoke-nothing = Er gebeurt niets tot je op de knop drukt.
revoked-links-heading = De link is ingetrokken
revoked-links-text = Geen enkele link die we je hebben gemaild werkt nog. Je wachtwoord is nog hetzelfde.
revoked-change-heading = Je account is geblokkeerd
revoked-change-text = Niemand kan inloggen met het wachtwoord dat was ingesteld. We hebben je een link gemaild om een nieuw wachtwoord te kiezen.
revoked-change-next = Wijzig ook het wachtwoord van je mailbox: wie je e-mail leest, kan een link aanvragen.
revoke-over-heading = Er valt niets meer in te trekken
revoke-over-text = Deze link werkt niet meer, net als de links die erbij hoorden. Maak je je zorgen, wijzig dan je wachtwoord in de app.

# Links that do not work
new-link-heading = Nieuwe link aanvragen
expired-heading = Deze link is verlopen
expired-text = Links werken beperkte tijd, om je account veilig te houden. Je wachtwoord is nog hetzelfde.
ended-heading = Deze link is ingetrokken
ended-text = Een latere wijziging in je account heeft hem ingetrokken. Alleen de laatste link, of een nieuwe, werkt.
used-heading = Deze link is al gebruikt
used-text = Er is een nieuw wachtwoord mee ingesteld, en elke link werkt één keer. Log in met dat wachtwoord. Heb jij dat niet ingesteld, vraag dan nu een nieuwe link aan.
unknown-heading = Deze link is niet van ons
unknown-text = Misschien ontbreekt er een stuk: open hem opnieuw vanuit de e-mail, of kopieer hem helemaal.
reopen-heading = Open de link nog een keer
reopen-text = Om je link veilig te houden, onthoudt deze pagina hem niet. Open hem opnieuw vanuit de e-mail: hij werkt nog als je hem niet hebt gebruikt.

# Other refusals
throttled-heading = Te veel pogingen
throttled-text = Wacht { $wait }, ga dan terug en probeer het opnieuw. Je link is niet verloren.
unavailable-heading = Probeer het zo weer
unavailable-text = Een dienst die deze pagina nodig heeft, is even niet beschikbaar. Er is niets gewijzigd en je link werkt nog: ga terug en probeer het over { $wait } opnieuw.
not-found-heading = Deze pagina bestaat niet
not-found-text = Misschien staat er een typefout in het adres of is het afgebroken.
malformed-heading = Dat is niet gelukt
malformed-text = Het formulier kwam niet aan zoals deze pagina het verstuurt. Er is niets gewijzigd: ga terug en probeer het opnieuw.
cross-site-heading = Verstuurd vanaf een andere site
cross-site-text = Een andere website wilde namens jou een formulier versturen. We hebben niets gedaan. Wil je zelf een nieuw wachtwoord, vraag dan hier een link aan.
broken-heading = Er is iets misgegaan
broken-text = De fout ligt bij ons. Ga terug en probeer het zo opnieuw.
