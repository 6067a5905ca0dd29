# The pages. Every string may mention { $brand }, { $account }, { $apps } and { $sender }; a heading only { $account }.
error-title = Errore: { $title }
mistakes-heading = C’è un problema
mistake-prefix = Errore:
account-line = Un solo { $account } per { $apps }.
support-hint = Domande?
support-text = Assistenza { $brand }
to-app = Torna a { $brand }

# "Tapo", "Tapo e Kasa", "Tapo, Kasa e Deco".
list-middle = { $list }, { $item }
list-last = { $list } e { $item }

# Lengths of time.
length-seconds = { $count ->
    [one] { $count } secondo
   *[other] { $count } secondi
}
length-minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minuti
}
length-hours = { $count ->
    [one] { $count } ora
   *[other] { $count } ore
}

# Forgot password
forgot-heading = Hai dimenticato la password?
forgot-text = Inserisci l’indirizzo email del tuo { $account }. Ti invieremo un link per scegliere una nuova password.
email-label = Indirizzo email
forgot-button = Invia link
address-empty = Inserisci il tuo indirizzo email
address-too-long = L’indirizzo email è troppo lungo
address-no-at = Inserisci un indirizzo email nel formato nome@example.org
address-bad-local-part = La parte prima della @ contiene un carattere non ammesso in un indirizzo email
address-bad-domain = La parte dopo la @ deve essere un dominio, ad esempio example.org
ask-unavailable = Non abbiamo potuto accettare la tua richiesta. Non è stato inviato nulla. Riprova tra poco

# Check your inbox
inbox-heading = Controlla la posta in arrivo
inbox-text = Se { $address } appartiene a un { $account }, un’email con un link è in arrivo. Di solito arriva entro un minuto.
inbox-lifetime = Il link funziona una sola volta, per { $lifetime } dall’arrivo dell’email.
resend-button = Invia di nuovo
resend-in = Invia di nuovo tra { $time }
resend-note = Puoi richiedere un’altra email tra { $wait }.
change-button = Usa un altro indirizzo
wait-heading = Attendi un momento
wait-text = Se hai appena richiesto un link per { $address }, è in arrivo o già nella tua posta in arrivo, e funziona. Puoi richiederne un altro tra { $wait }.
nothing-heading = Ancora niente?
nothing-address = Controlla che l’indirizzo non contenga errori di battitura e che sia quello del tuo account.
nothing-spam = Guarda nella cartella dello spam o della posta indesiderata.
nothing-sender = Controlla i tuoi filtri e consenti le email di { $sender }.
nothing-company = Un indirizzo aziendale o scolastico potrebbe bloccare le nostre email: rivolgiti a chi lo gestisce.
nothing-wait = Alcuni server di posta ci fanno attendere. Lascia passare il tempo indicato prima di ripetere la richiesta.

# New password
new-password-heading = Scegli una nuova password
new-password-text = Per il { $account } { $address }, usato da { $apps }.
new-password-label = Nuova password
confirm-label = Di nuovo la stessa password
rule-length = { $count ->
    [one] Almeno { $count } carattere; va bene qualsiasi carattere, anche gli spazi
   *[other] Almeno { $count } caratteri; va bene qualsiasi carattere, anche gli spazi
}
rule-strength = Difficile da indovinare: vanno bene alcune parole poco comuni
rule-names = Senza il tuo indirizzo email né il nome dell’app
show-button = Mostra
hide-button = Nascondi
save-button = Salva
link-until = Questo link funziona una sola volta. Valido fino a: { $time }.
link-until-utc = Questo link funziona una sola volta. Valido fino a: { $time } UTC.
password-empty = Inserisci una nuova password
password-differs = Le due password non coincidono
password-too-short = { $count ->
    [one] Usa almeno { $count } carattere
   *[other] Usa almeno { $count } caratteri
}
password-too-long = La password è troppo lunga
password-too-weak = Questa password è facile da indovinare. Usa alcune parole poco comuni
password-has-address = Non includere il tuo indirizzo email nella password
password-has-brand = Non includere il nome dell’app nella password

# Done
done-heading = Password reimpostata
done-text = Accedi con la nuova password. Vale per { $apps }.
done-mail = Ti abbiamo inviato un’email di conferma. Se mai ne ricevi una senza aver cambiato la password, premi il pulsante che contiene.

# This was not me
revoke-links-heading = Non hai fatto questa richiesta?
revoke-links-text = La tua password è ancora la stessa e nessuno può cambiarla senza leggere la tua posta. Per maggiore sicurezza puoi annullare il link ora:
revoke-links-ends = tutti i link che ti abbiamo inviato smetteranno di funzionare;
revoke-links-keeps = la tua password resterà la stessa.
revoke-links-button = Annulla il link
revoke-change-heading = Non hai cambiato la password?
revoke-change-text = Allora qualcun altro potrebbe avere accesso al tuo { $account }. Bloccalo ora:
revoke-change-locks = nessuno potrà più accedere con la nuova password;
revoke-change-mails = ti invieremo un link per sceglierne una tua.
revoke-change-button = Non ero io
revoke-nothing = Non succede nulla finché non premi il pulsante.
revoked-links-heading = Il link è stato annullato
revoked-links-text = Nessuno dei link che ti abbiamo inviato funziona più. La tua password è ancora la stessa.
revoked-change-heading = Il tuo account è bloccato
revoked-change-text = Nessuno può accedere con la password che era stata impostata. Ti abbiamo inviato un link per sceglierne una nuova.
revoked-change-next = Cambia anche la password della tua casella di posta: chi legge la tua posta può richiedere un link.
revoke-over-heading = Non c’è più nulla da annullare
revoke-over-text = Questo link non è più valido, come quelli arrivati insieme. Se hai dubbi, cambia la password nell’app.

# Links that do not work
new-link-heading = Ottieni un nuovo link
expired-heading = Questo link è scaduto
expired-text = I link funzionano per un tempo limitato, per proteggere il tuo account. La tua password è ancora la stessa.
ended-heading = Questo link è stato annullato
ended-text = Una modifica più recente al tuo account l’ha annullato. Funziona solo l’ultimo link o uno nuovo.
used-heading = Questo link è già stato usato
used-text = Ha impostato una nuova password, e ogni link funziona una sola volta. Accedi con quella password. Se non l’hai impostata tu, ottieni subito un nuovo link.
unknown-heading = Questo non è un nostro link
unknown-text = Forse ne manca una parte: aprilo di nuovo dall’email o copialo per intero.
reopen-heading = Apri di nuovo il link
reopen-text = Per proteggere il tuo link, questa pagina non lo conserva. Aprilo di nuovo dall’email: funziona ancora se non l’hai usato.

# Other refusals
throttled-heading = Troppi tentativi
throttled-text = Attendi { $wait }, poi torna indietro e riprova. Il tuo link non è andato perso.
unavailable-heading = Riprova tra poco
unavailable-text = Un servizio necessario a questa pagina non è al momento disponibile. Non è stato modificato nulla e il tuo link funziona ancora: torna indietro e riprova tra { $wait }.
not-found-heading = Questa pagina non esiste
not-found-text = Forse l’indirizzo contiene un errore di battitura o è incompleto.
malformed-heading = Non ha funzionato
malformed-text = Il modulo non è arrivato come lo invia questa pagina. Non è stato modificato nulla: torna indietro e riprova.
cross-site-heading = Inviato da un altro sito
cross-site-text = Un altro sito web ha tentato di inviare un modulo a tuo nome. Non abbiamo fatto nulla. Se vuoi davvero una nuova password, richiedi un link qui.
broken-heading = Qualcosa è andato storto
broken-text = L’errore è nostro. Torna indietro e riprova tra poco.
