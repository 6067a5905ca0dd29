# Der Hinweis nach einer Änderung. Der Betreff hat höchstens 40 Zeichen, der Kern des Vorschautexts höchstens 35.
password-changed-subject = Passwort geändert: { $account }
password-changed-preheader-point = Nicht Sie? Sperren Sie das Konto.
password-changed-preheader-rest = Wenn Sie das waren, ist nichts weiter zu tun.
password-changed-heading = Ihr Passwort wurde geändert
password-changed-intro = Das Passwort Ihres Kontos { $account } ({ $address }) für { $apps } wurde geändert. Wenn Sie das waren, melden Sie sich nur noch in jeder App mit dem neuen Passwort an.
password-changed-facts-heading = Woher die Änderung kam
password-changed-not-you = Dann war vielleicht jemand anderes in Ihrem Konto. Tippen Sie auf die Schaltfläche: Danach kann sich niemand mehr mit dem neuen Passwort anmelden, und Sie erhalten einen Link, um selbst eines zu wählen.
password-changed-button = Das war ich nicht
