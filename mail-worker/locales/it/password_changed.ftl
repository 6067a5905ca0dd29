# The notice after a change. A subject has at most 40 characters, a preheader's point at most 35.
password-changed-subject = Password di { $account } modificata
password-changed-preheader-point = Non eri tu? Blocca l’account.
password-changed-preheader-rest = Se eri tu, non devi fare nulla.
password-changed-heading = La tua password è stata modificata
password-changed-intro = La password del tuo { $account } ({ $address }), usato da { $apps }, è stata modificata. Se eri tu, devi solo accedere con la nuova password in ogni app.
password-changed-facts-heading = Origine della modifica
password-changed-not-you = Allora qualcun altro potrebbe avere accesso al tuo account. Premi il pulsante: nessuno potrà più accedere con la nuova password e ti invieremo un link per sceglierne una tua.
password-changed-button = Non ero io
