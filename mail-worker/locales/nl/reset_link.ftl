# The mail with the reset link. A subject has at most 40 characters, a preheader's point at most 35.
reset-link-subject = Stel je { $account }-wachtwoord opnieuw in
reset-link-preheader-point = Werkt één keer, { $lifetime } lang.
reset-link-preheader-rest = Als je dit niet hebt aangevraagd, is je wachtwoord nog hetzelfde.
reset-link-heading = Stel je wachtwoord opnieuw in
reset-link-intro = Iemand heeft gevraagd om het wachtwoord van je { $account } ({ $address }), gebruikt door { $apps }, opnieuw in te stellen. Als jij dit was, kies dan hier een nieuw wachtwoord:
reset-link-button = Wachtwoord opnieuw instellen
reset-link-works-once = De knop werkt één keer, tot { $lifetime } na aankomst van deze e-mail.
reset-link-facts-heading = Waar de aanvraag vandaan kwam
reset-link-not-you = Je wachtwoord is nog hetzelfde, en alleen wie je e-mail leest kan het wijzigen. Je kunt de link ook meteen intrekken:
reset-link-revoke = Ik heb dit niet aangevraagd
