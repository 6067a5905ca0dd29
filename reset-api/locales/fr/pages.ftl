# The pages. Every string may mention { $brand }, { $account }, { $apps } and { $sender }; a heading only { $account }.
error-title = Erreur : { $title }
mistakes-heading = Un problème est survenu
mistake-prefix = Erreur :
account-line = Un seul { $account } pour { $apps }.
support-hint = Des questions ?
support-text = Assistance { $brand }
to-app = Retour à { $brand }

# "Tapo", "Tapo et Kasa", "Tapo, Kasa et Deco".
list-middle = { $list }, { $item }
list-last = { $list } et { $item }

# Lengths of time.
length-seconds = { $count ->
    [one] { $count } seconde
   *[other] { $count } secondes
}
length-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
length-hours = { $count ->
    [one] { $count } heure
   *[other] { $count } heures
}

# Forgot password
forgot-heading = Mot de passe oublié ?
forgot-text = Saisissez l’adresse e-mail de votre { $account }. Nous vous enverrons un lien pour choisir un nouveau mot de passe.
email-label = Adresse e-mail
forgot-button = Envoyer le lien
address-empty = Saisissez votre adresse e-mail
address-too-long = L’adresse e-mail est trop longue
address-no-at = Saisissez une adresse e-mail au format nom@example.org
address-bad-local-part = La partie avant le @ contient un caractère interdit dans une adresse e-mail
address-bad-domain = La partie après le @ doit être un domaine tel que example.org
ask-unavailable = Nous n’avons pas pu traiter votre demande. Rien n’a été envoyé. Réessayez dans un instant

# Check your inbox
inbox-heading = Consultez votre boîte de réception
inbox-text = Si { $address } correspond à un { $account }, un e-mail contenant un lien est en route. Il arrive généralement en moins d’une minute.
inbox-lifetime = Le lien fonctionne une seule fois, pendant { $lifetime } après l’arrivée de l’e-mail.
resend-button = Renvoyer
resend-in = Renvoyer dans { $time }
resend-note = Vous pourrez demander un autre e-mail dans { $wait }.
change-button = Utiliser une autre adresse
wait-heading = Veuillez patienter un instant
wait-text = Si vous venez de demander un lien pour { $address }, il est en route ou déjà dans votre boîte de réception, et il fonctionne. Vous pourrez refaire une demande dans { $wait }.
nothing-heading = Toujours rien ?
nothing-address = Vérifiez que l’adresse ne contient pas de faute de frappe et qu’il s’agit bien de celle de votre compte.
nothing-spam = Regardez dans votre dossier de spam ou de courrier indésirable.
nothing-sender = Vérifiez vos filtres et autorisez les e-mails de { $sender }.
nothing-company = Une adresse professionnelle ou scolaire peut bloquer nos e-mails : adressez-vous à la personne qui la gère.
nothing-wait = Certains serveurs de messagerie nous font attendre. Laissez passer le délai indiqué avant de refaire une demande.

# New password
new-password-heading = Choisissez un nouveau mot de passe
new-password-text = Pour le { $account } { $address }, utilisé par { $apps }.
new-password-label = Nouveau mot de passe
confirm-label = Le même mot de passe encore une fois
rule-length = { $count ->
    [one] Au moins { $count } caractère ; tous sont acceptés, même les espaces
   *[other] Au moins { $count } caractères ; tous sont acceptés, même les espaces
}
rule-strength = Difficile à deviner : quelques mots peu courants conviennent bien
rule-names = Sans votre adresse e-mail ni le nom de l’application
show-button = Afficher
hide-button = Masquer
save-button = Enregistrer
link-until = Ce lien fonctionne une seule fois, jusqu’à { $time }.
link-until-utc = Ce lien fonctionne une seule fois, jusqu’à { $time } UTC.
password-empty = Saisissez un nouveau mot de passe
password-differs = Les deux mots de passe ne sont pas identiques
password-too-short = { $count ->
    [one] Utilisez au moins { $count } caractère
   *[other] Utilisez au moins { $count } caractères
}
password-too-long = Le mot de passe est trop long
password-too-weak = Ce mot de passe est facile à deviner. Utilisez quelques mots peu courants
password-has-address = Votre adresse e-mail ne doit pas figurer dans le mot de passe
password-has-brand = Le nom de l’application ne doit pas figurer dans le mot de passe

# Done
done-heading = Mot de passe réinitialisé
done-text = Connectez-vous avec votre nouveau mot de passe. Il est valable pour { $apps }.
done-mail = Nous vous avons envoyé un e-mail de confirmation. Si vous en recevez un jour un semblable sans avoir modifié votre mot de passe, appuyez sur le bouton qu’il contient.

# This was not me
revoke-links-heading = Vous n’avez rien demandé ?
revoke-links-text = Votre mot de passe est inchangé, et personne ne peut le modifier sans lire vos e-mails. Par précaution, vous pouvez désactiver le lien maintenant :
revoke-links-ends = tous les liens que nous vous avons envoyés cesseront de fonctionner ;
revoke-links-keeps = votre mot de passe restera inchangé.
revoke-links-button = Désactiver le lien
revoke-change-heading = Vous n’avez pas modifié votre mot de passe ?
revoke-change-text = Dans ce cas, quelqu’un d’autre a peut-être accès à votre { $account }. Verrouillez-le maintenant :
revoke-change-locks = plus personne ne pourra se connecter avec le nouveau mot de passe ;
revoke-change-mails = nous vous enverrons un lien pour choisir le vôtre.
revoke-change-button = Ce n’était pas moi
revoke-nothing = Rien ne se passe tant que vous n’appuyez pas sur le bouton.
revoked-links-heading = Le lien est désactivé
revoked-links-text = Plus aucun lien que nous vous avons envoyé ne fonctionne. Votre mot de passe est inchangé.
revoked-change-heading = Votre compte est verrouillé
revoked-change-text = Personne ne peut se connecter avec le mot de passe qui avait été défini. Nous vous avons envoyé un lien pour en choisir un nouveau.
revoked-change-next = Modifiez aussi le mot de passe de votre messagerie : toute personne qui lit vos e-mails peut demander un lien.
revoke-over-heading = Plus rien à désactiver
revoke-over-text = Ce lien n’est plus valable, pas plus que ceux qui sont arrivés avec lui. En cas de doute, modifiez votre mot de passe dans l’application.

# Links that do not work
new-link-heading = Obtenir un nouveau lien
expired-heading = Ce lien a expiré
expired-text = Les liens ne fonctionnent que pendant une durée limitée, pour protéger votre compte. Votre mot de passe est inchangé.
ended-heading = Ce lien a été désactivé
ended-text = Une modification plus récente de votre compte l’a désactivé. Seul le dernier lien, ou un nouveau, fonctionne.
used-heading = Ce lien a déjà été utilisé
used-text = Il a servi à définir un nouveau mot de passe, et chaque lien ne fonctionne qu’une fois. Connectez-vous avec ce mot de passe. Si ce n’est pas vous qui l’avez défini, demandez un nouveau lien maintenant.
unknown-heading = Ce lien ne vient pas de nous
unknown-text = Il en manque peut-être une partie : ouvrez-le à nouveau depuis l’e-mail, ou copiez-le en entier.
reopen-heading = Ouvrez le lien encore une fois
reopen-text = Pour protéger votre lien, cette page ne le conserve pas. Ouvrez-le à nouveau depuis l’e-mail : il fonctionne toujours si vous ne l’avez pas utilisé.

# Other refusals
throttled-heading = Trop de tentatives
throttled-text = Veuillez patienter { $wait }, puis revenez en arrière et réessayez. Votre lien n’est pas perdu.
unavailable-heading = Veuillez réessayer dans un instant
unavailable-text = Un service nécessaire à cette page est momentanément indisponible. Rien n’a été modifié, et votre lien fonctionne toujours : revenez en arrière et réessayez dans { $wait }.
not-found-heading = Cette page n’existe pas
not-found-text = L’adresse comporte peut-être une faute de frappe ou a été tronquée.
malformed-heading = Cela n’a pas fonctionné
malformed-text = Le formulaire n’est pas arrivé tel que cette page l’envoie. Rien n’a été modifié : revenez en arrière et réessayez.
cross-site-heading = Envoyé depuis un autre site
cross-site-text = Un autre site web a voulu envoyer un formulaire en votre nom. Nous n’avons rien fait. Si c’est bien vous qui voulez un nouveau mot de passe, demandez un lien ici.
broken-heading = Une erreur s’est produite
broken-text = L’erreur vient de nous. Revenez en arrière et réessayez dans un instant.
