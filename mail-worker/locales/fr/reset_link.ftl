# The mail with the reset link. A subject has at most 40 characters, a preheader's point at most 35.
reset-link-subject = Réinitialiser le mot de passe { $account }
reset-link-preheader-point = Valable une fois, { $lifetime }.
reset-link-preheader-rest = Si vous n’avez rien demandé, votre mot de passe reste inchangé.
reset-link-heading = Réinitialisez votre mot de passe
reset-link-intro = Quelqu’un a demandé à réinitialiser le mot de passe de votre { $account } ({ $address }), utilisé par { $apps }. Si c’était vous, choisissez un nouveau mot de passe ici :
reset-link-button = Réinitialiser le mot de passe
reset-link-works-once = Le bouton fonctionne une seule fois, pendant { $lifetime } après l’arrivée de cet e-mail.
reset-link-facts-heading = Origine de la demande
reset-link-not-you = Votre mot de passe est inchangé, et seule une personne qui lit vos e-mails peut le modifier. Vous pouvez aussi désactiver le lien tout de suite :
reset-link-revoke = Je n’ai rien demandé
