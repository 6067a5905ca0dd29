# The mail with the reset link. A subject has at most 40 characters, a preheader's point at most 35.
reset-link-subject = Reset your { $account } password
reset-link-preheader-point = Works once, for { $lifetime }.
reset-link-preheader-rest = If you did not ask for this, your password is still the same.
reset-link-heading = Reset your password
reset-link-intro = Someone asked to reset the password of your { $account } ({ $address }), used by { $apps }. If it was you, choose a new password here:
reset-link-button = Click to Reset Password
reset-link-works-once = The button works once, for { $lifetime } after this mail arrives.
reset-link-facts-heading = Asked from
reset-link-not-you = Your password is still the same, and only someone who reads your mail can change it. You can also end the link at once:
reset-link-revoke = I did not ask for this
