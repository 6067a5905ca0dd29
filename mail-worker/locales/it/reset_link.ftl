# The mail with the reset link. A subject has at most 40 characters, a preheader's point at most 35.
reset-link-subject = Reimposta la password di { $account }
reset-link-preheader-point = Vale una volta, per { $lifetime }.
reset-link-preheader-rest = Se non l’hai richiesto tu, la tua password è ancora la stessa.
reset-link-heading = Reimposta la tua password
reset-link-intro = Qualcuno ha chiesto di reimpostare la password del tuo { $account } ({ $address }), usato da { $apps }. Se eri tu, scegli qui una nuova password:
reset-link-button = Reimposta password
reset-link-works-once = Il pulsante funziona una sola volta, per { $lifetime } dall’arrivo di questa email.
reset-link-facts-heading = Origine della richiesta
reset-link-not-you = La tua password è ancora la stessa e può cambiarla solo chi legge la tua posta. Puoi anche annullare subito il link:
reset-link-revoke = Non ho fatto questa richiesta
