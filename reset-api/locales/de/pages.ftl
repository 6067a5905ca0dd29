# Die Seiten. Jede Zeile kennt { $brand }, { $account }, { $apps } und { $sender }; eine Überschrift nur { $account }.
error-title = Fehler: { $title }
mistakes-heading = Da stimmt etwas nicht
mistake-prefix = Fehler:
account-line = Ein Konto ({ $account }) für { $apps }.
support-hint = Fragen?
support-text = { $brand }-Support
to-app = Zurück zu { $brand }

# „Tapo“, „Tapo und Kasa“, „Tapo, Kasa und Deco“.
list-middle = { $list }, { $item }
list-last = { $list } und { $item }

# Zeitspannen.
length-seconds = { $count ->
    [one] { $count } Sekunde
   *[other] { $count } Sekunden
}
length-minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}
length-hours = { $count ->
    [one] { $count } Stunde
   *[other] { $count } Stunden
}

# Passwort vergessen
forgot-heading = Passwort vergessen?
forgot-text = Geben Sie die E-Mail-Adresse Ihres Kontos ({ $account }) ein. Wir senden Ihnen einen Link, mit dem Sie ein neues Passwort wählen.
email-label = E-Mail-Adresse
forgot-button = Link senden
address-empty = Geben Sie Ihre E-Mail-Adresse ein
address-too-long = Die E-Mail-Adresse ist zu lang
address-no-at = Geben Sie eine E-Mail-Adresse wie name@example.org ein
address-bad-local-part = Vor dem @ steht ein Zeichen, das in einer E-Mail-Adresse nicht vorkommen kann
address-bad-domain = Nach dem @ muss ein Domänenname wie example.org stehen
ask-unavailable = Wir konnten Ihre Anfrage nicht annehmen. Es wurde nichts gesendet. Versuchen Sie es gleich noch einmal

# Posteingang
inbox-heading = Sehen Sie in Ihren Posteingang
inbox-text = Wenn { $address } zu einem Konto ({ $account }) gehört, ist eine Mail mit einem Link unterwegs. Meist kommt sie innerhalb einer Minute an.
inbox-lifetime = Der Link funktioniert einmal, { $lifetime } lang ab der Ankunft der Mail.
resend-button = Noch einmal senden
resend-in = Noch einmal senden in { $time }
resend-note = Eine weitere Mail können Sie nach { $wait } anfordern.
change-button = Andere Adresse verwenden
wait-heading = Bitte warten Sie einen Moment
wait-text = Wenn Sie gerade einen Link für { $address } angefordert haben, ist er unterwegs oder schon im Posteingang, und er funktioniert. Sie können ihn in { $wait } noch einmal anfordern.
nothing-heading = Noch immer nichts da?
nothing-address = Prüfen Sie die Adresse auf Tippfehler, und ob Ihr Konto diese Adresse hat.
nothing-spam = Sehen Sie im Spam-Ordner nach.
nothing-sender = Sehen Sie nach Ihren Filtern, und lassen Sie Mails von { $sender } zu.
nothing-company = Eine Firma oder Schule kann unsere Mails blockieren: Fragen Sie dort nach.
nothing-wait = Manche Mailserver lassen uns warten. Lassen Sie der Mail die angezeigte Zeit, bevor Sie sie noch einmal anfordern.

# Neues Passwort
new-password-heading = Neues Passwort wählen
new-password-text = Für das Konto { $address } ({ $account }), das { $apps } nutzen.
new-password-label = Neues Passwort
confirm-label = Noch einmal dasselbe Passwort
rule-length = { $count ->
    [one] Mindestens ein Zeichen; jedes ist erlaubt, auch Leerzeichen
   *[other] Mindestens { $count } Zeichen; jedes ist erlaubt, auch Leerzeichen
}
rule-strength = Schwer zu erraten: ein paar ungewöhnliche Wörter genügen
rule-names = Ohne Ihre E-Mail-Adresse und ohne den Namen der App
show-button = Zeigen
hide-button = Verbergen
save-button = Speichern
link-until = Dieser Link funktioniert einmal, bis { $time } Uhr.
link-until-utc = Dieser Link funktioniert einmal, bis { $time } Uhr (UTC).
password-empty = Geben Sie ein neues Passwort ein
password-differs = Die beiden Passwörter sind nicht gleich
password-too-short = { $count ->
    [one] Verwenden Sie mindestens ein Zeichen
   *[other] Verwenden Sie mindestens { $count } Zeichen
}
password-too-long = Das Passwort ist zu lang
password-too-weak = Dieses Passwort ist leicht zu erraten. Verwenden Sie ein paar ungewöhnliche Wörter
password-has-address = Lassen Sie Ihre E-Mail-Adresse aus dem Passwort weg
password-has-brand = Lassen Sie den Namen der App aus dem Passwort weg

# Fertig
done-heading = Ihr Passwort ist zurückgesetzt
done-text = Melden Sie sich mit dem neuen Passwort an. Es gilt für { $apps }.
done-mail = Eine Mail an Sie bestätigt das. Sollten Sie je eine bekommen, ohne Ihr Passwort geändert zu haben, tippen Sie auf die Schaltfläche darin.

# Das war ich nicht
revoke-links-heading = Das waren Sie nicht?
revoke-links-text = Ihr Passwort ist unverändert, und niemand kann es ändern, ohne Ihre Mails zu lesen. Zur Sicherheit können Sie den Link jetzt ungültig machen:
revoke-links-ends = Kein Link, den wir Ihnen gesendet haben, funktioniert dann noch.
revoke-links-keeps = Ihr Passwort bleibt, wie es ist.
revoke-links-button = Link ungültig machen
revoke-change-heading = Sie haben Ihr Passwort nicht geändert?
revoke-change-text = Dann ist vielleicht jemand anderes in Ihrem Konto ({ $account }). Sperren Sie es jetzt:
revoke-change-locks = Niemand kann sich dann noch mit dem neuen Passwort anmelden.
revoke-change-mails = Sie erhalten einen Link, um selbst eines zu wählen.
revoke-change-button = Das war ich nicht
revoke-nothing = Es geschieht nichts, bevor Sie auf die Schaltfläche tippen.
revoked-links-heading = Der Link ist ungültig
revoked-links-text = Kein Link, den wir Ihnen gesendet haben, funktioniert noch. Ihr Passwort ist unverändert.
revoked-change-heading = Ihr Konto ist gesperrt
revoked-change-text = Niemand kann sich mit dem gesetzten Passwort anmelden. Wir haben Ihnen einen Link gesendet, um ein neues zu wählen.
revoked-change-next = Ändern Sie auch das Passwort Ihres Postfachs: Wer Ihre Mails liest, kann einen Link anfordern.
revoke-over-heading = Hier gibt es nichts mehr zu beenden
revoke-over-text = Dieser Link ist abgelaufen, und mit ihm die Links aus derselben Mail. Wenn Sie sich Sorgen machen, ändern Sie Ihr Passwort in der App.

# Links, die nicht funktionieren
new-link-heading = Neuen Link anfordern
expired-heading = Dieser Link ist abgelaufen
expired-text = Zum Schutz Ihres Kontos funktionieren Links nur eine begrenzte Zeit. Ihr Passwort ist unverändert.
ended-heading = Dieser Link ist ungültig
ended-text = Eine spätere Änderung an Ihrem Konto hat ihn beendet. Nur der letzte Link oder ein neuer funktioniert.
used-heading = Dieser Link wurde schon benutzt
used-text = Mit ihm wurde ein neues Passwort gesetzt, und jeder Link funktioniert einmal. Melden Sie sich mit diesem Passwort an. Wenn nicht Sie es gesetzt haben, fordern Sie jetzt einen neuen Link an.
unknown-heading = Das ist kein Link von uns
unknown-text = Vielleicht fehlt ein Teil: Öffnen Sie ihn noch einmal aus der Mail, oder kopieren Sie ihn ganz.
reopen-heading = Öffnen Sie den Link noch einmal
reopen-text = Zum Schutz Ihres Links merkt sich diese Seite ihn nicht. Öffnen Sie ihn noch einmal aus der Mail: Er funktioniert noch, wenn Sie ihn nicht benutzt haben.

# Andere Ablehnungen
throttled-heading = Zu viele Versuche
throttled-text = Bitte warten Sie { $wait }, gehen Sie dann zurück und versuchen Sie es noch einmal. Ihr Link ist nicht verloren.
unavailable-heading = Bitte versuchen Sie es gleich noch einmal
unavailable-text = Etwas hinter dieser Seite ist gerade nicht erreichbar. Es wurde nichts geändert, und Ihr Link funktioniert noch: Gehen Sie zurück und versuchen Sie es in { $wait } noch einmal.
not-found-heading = Diese Seite gibt es nicht
not-found-text = Vielleicht ist in der Adresse ein Tippfehler, oder ein Teil fehlt.
malformed-heading = Das hat nicht geklappt
malformed-text = Das Formular kam nicht so an, wie diese Seite es sendet. Es wurde nichts geändert: Gehen Sie zurück und versuchen Sie es noch einmal.
cross-site-heading = Von einer anderen Website gesendet
cross-site-text = Eine andere Website wollte in Ihrem Namen ein Formular senden. Wir haben nichts getan. Wenn Sie selbst ein neues Passwort möchten, fordern Sie hier einen Link an.
broken-heading = Etwas ist schiefgegangen
broken-text = Der Fehler liegt bei uns. Gehen Sie zurück, und versuchen Sie es gleich noch einmal.
