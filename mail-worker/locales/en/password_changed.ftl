# The notice after a change. A subject has at most 40 characters, a preheader's point at most 35.
password-changed-subject = Your { $account } password was changed
password-changed-preheader-point = Not you? Lock your account now.
password-changed-preheader-rest = If it was you, there is nothing to do.
password-changed-heading = Your password was changed
password-changed-intro = The password of your { $account } ({ $address }), used by { $apps }, was changed. If it was you, there is nothing to do but to log in with the new password in every app.
password-changed-facts-heading = Changed from
password-changed-not-you = Then someone else may be in your account. Press the button: nobody can log in with the new password any more, and we mail you a link to choose your own.
password-changed-button = This Was Not Me
