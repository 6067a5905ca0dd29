# The pages. Every string may mention { $brand }, { $account }, { $apps } and { $sender }; a heading only { $account }.
error-title = Error: { $title }
mistakes-heading = There is a problem
mistake-prefix = Error:
account-line = One { $account } for { $apps }.
support-hint = Questions?
support-text = { $brand } support
to-app = Back to { $brand }

# "Tapo", "Tapo and Kasa", "Tapo, Kasa and Deco".
list-middle = { $list }, { $item }
list-last = { $list } and { $item }

# Lengths of time.
length-seconds = { $count ->
    [one] { $count } second
   *[other] { $count } seconds
}
length-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
length-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}

# Forgot password
forgot-heading = Forgot your password?
forgot-text = Enter the e-mail address of your { $account }. We will send you a link to choose a new password.
email-label = E-mail address
forgot-button = Send link
address-empty = Enter your e-mail address
address-too-long = The e-mail address is too long
address-no-at = Enter an e-mail address in the form name@example.org
address-bad-local-part = The part before the @ holds a character that an e-mail address cannot have
address-bad-domain = The part after the @ must be a domain such as example.org
ask-unavailable = We could not take your request. Nothing was sent. Try again in a moment

# Check your inbox
inbox-heading = Check your inbox
inbox-text = If { $address } belongs to a { $account }, a mail with a link is on its way. It usually arrives within a minute.
inbox-lifetime = The link works once, for { $lifetime } after the mail arrives.
resend-button = Resend
resend-in = Resend in { $time }
resend-note = You can ask for another mail after { $wait }.
change-button = Use another address
wait-heading = Please wait a moment
wait-text = If you have just asked for a link for { $address }, it is on its way or already in your inbox, and it works. You can ask again in { $wait }.
nothing-heading = Still nothing?
nothing-address = Check the address for a slip of the finger, and whether your account has this one.
nothing-spam = Look in your spam or junk folder.
nothing-sender = Look at your filters, and allow mail from { $sender }.
nothing-company = An address of a company or a school may block our mail: ask whoever runs it.
nothing-wait = Some mail servers make us wait. Give it the time shown before you ask again.

# New password
new-password-heading = Choose a new password
new-password-text = For the { $account } { $address }, used by { $apps }.
new-password-label = New password
confirm-label = The same password again
rule-length = { $count ->
    [one] At least one character; any will do, spaces too
   *[other] At least { $count } characters; any will do, spaces too
}
rule-strength = Hard to guess: a few uncommon words do well
rule-names = Without your e-mail address or the name of the app
show-button = Show
hide-button = Hide
save-button = Save
link-until = This link works once, until { $time }.
link-until-utc = This link works once, until { $time } UTC.
password-empty = Enter a new password
password-differs = The two passwords are not the same
password-too-short = { $count ->
    [one] Use at least one character
   *[other] Use at least { $count } characters
}
password-too-long = The password is too long
password-too-weak = This password is easy to guess. Use a few uncommon words
password-has-address = Leave your e-mail address out of the password
password-has-brand = Leave the name of the app out of the password

# Done
done-heading = Password is reset
done-text = Log in with your new password. It holds for { $apps }.
done-mail = We have sent you a mail that says so. If you ever get one without having changed your password, press the button in it.

# This was not me
revoke-links-heading = You did not ask for this?
revoke-links-text = Your password is still the same, and nobody can change it without reading your mail. To be on the safe side you can end the link now:
revoke-links-ends = every link we have mailed to you stops working;
revoke-links-keeps = your password stays as it is.
revoke-links-button = End the link
revoke-change-heading = You did not change your password?
revoke-change-text = Then someone else may be in your { $account }. Lock it now:
revoke-change-locks = nobody can log in with the new password any more;
revoke-change-mails = we mail you a link to choose your own.
revoke-change-button = This Was Not Me
revoke-nothing = Nothing happens until you press the button.
revoked-links-heading = The link is ended
revoked-links-text = No link that we have mailed to you works any more. Your password is still the same.
revoked-change-heading = Your account is locked
revoked-change-text = Nobody can log in with the password that was set. We have mailed you a link to choose a new one.
revoked-change-next = Change the password of your mailbox too: whoever reads your mail can ask for a link.
revoke-over-heading = Nothing left to end
revoke-over-text = This link is over, and so are the links that came with it. If you are worried, change your password in the app.

# Links that do not work
new-link-heading = Get a new link
expired-heading = This link has expired
expired-text = Links work for a limited time, to keep your account safe. Your password is still the same.
ended-heading = This link was ended
ended-text = A newer change to your account has ended it. Only the latest link, or a new one, works.
used-heading = This link was already used
used-text = It has set a new password, and each link works once. Log in with that password. If it was not you who set it, get a new link now.
unknown-heading = This is not a link of ours
unknown-text = Perhaps a part of it is missing: open it from the mail again, or copy all of it.
reopen-heading = Open the link once more
reopen-text = To keep your link safe, this page does not remember it. Open it from the mail again: it still works if you have not used it.

# Other refusals
throttled-heading = Too many tries
throttled-text = Please wait { $wait }, then go back and try again. Your link is not lost.
unavailable-heading = Please try again in a moment
unavailable-text = Something behind this page is away for now. Nothing was changed, and your link still works: go back and try again in { $wait }.
not-found-heading = There is no such page
not-found-text = Perhaps the address was mistyped or cut short.
malformed-heading = That did not work
malformed-text = The form did not arrive the way this page sends it. Nothing was changed: go back and try again.
cross-site-heading = Sent from another site
cross-site-text = Another web site wanted to send a form in your name. We did nothing. If it is you who wants a new password, ask for a link here.
broken-heading = Something went wrong
broken-text = The mistake is ours. Go back and try again in a moment.
