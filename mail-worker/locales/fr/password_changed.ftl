# The notice after a change. A subject has at most 40 characters, a preheader's point at most 35.
password-changed-subject = Mot de passe { $account } modifié
password-changed-preheader-point = Pas vous ? Verrouillez le compte.
password-changed-preheader-rest = Si c’était vous, vous n’avez rien à faire.
password-changed-heading = Votre mot de passe a été modifié
password-changed-intro = Le mot de passe de votre { $account } ({ $address }), utilisé par { $apps }, a été modifié. Si c’était vous, il ne vous reste qu’à vous connecter avec le nouveau mot de passe dans chaque application.
password-changed-facts-heading = Origine de la modification
password-changed-not-you = Dans ce cas, quelqu’un d’autre a peut-être accès à votre compte. Appuyez sur le bouton : plus personne ne pourra se connecter avec le nouveau mot de passe, et nous vous enverrons un lien pour choisir le vôtre.
password-changed-button = Ce n’était pas moi
