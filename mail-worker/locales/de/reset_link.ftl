# Die Mail mit dem Link. Der Betreff hat höchstens 40 Zeichen, der Kern des Vorschautexts höchstens 35.
reset-link-subject = Passwort zurücksetzen: { $account }
reset-link-preheader-point = Gilt einmal, { $lifetime } lang.
reset-link-preheader-rest = Wenn Sie das nicht angefordert haben, bleibt Ihr Passwort, wie es ist.
reset-link-heading = Passwort zurücksetzen
reset-link-intro = Jemand möchte das Passwort Ihres Kontos { $account } ({ $address }) für { $apps } zurücksetzen. Wenn Sie das waren, wählen Sie hier ein neues Passwort:
reset-link-button = Passwort zurücksetzen
reset-link-works-once = Die Schaltfläche funktioniert einmal, { $lifetime } lang ab der Ankunft dieser Mail.
reset-link-facts-heading = Woher die Anfrage kam
reset-link-not-you = Ihr Passwort ist unverändert, und nur wer Ihre Mails liest, kann es ändern. Sie können den Link auch sofort ungültig machen:
reset-link-revoke = Das war ich nicht
