# The notice after a change. A subject has at most 40 characters, a preheader's point at most 35.
password-changed-subject = Je { $account }-wachtwoord is gewijzigd
password-changed-preheader-point = Niet jij? Blokkeer je account nu.
password-changed-preheader-rest = Als jij dit was, hoef je niets te doen.
password-changed-heading = Je wachtwoord is gewijzigd
password-changed-intro = Het wachtwoord van je { $account } ({ $address }), gebruikt door { $apps }, is gewijzigd. Als jij dit was, hoef je alleen nog in elke app in te loggen met het nieuwe wachtwoord.
password-changed-facts-heading = Waar de wijziging vandaan kwam
password-changed-not-you = Dan heeft iemand anders misschien toegang tot je account. Druk op de knop: niemand kan dan nog inloggen met het nieuwe wachtwoord, en je krijgt een link om zelf een wachtwoord te kiezen.
password-changed-button = Dit was ik niet
