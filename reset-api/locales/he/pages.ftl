# The pages. Every string may mention { $brand }, { $account }, { $apps } and { $sender }; a heading only { $account }.
error-title = שגיאה: { $title }
mistakes-heading = יש בעיה
mistake-prefix = שגיאה:
account-line = חשבון { $account } אחד עבור { $apps }.
support-hint = יש שאלות?
support-text = התמיכה של { $brand }
to-app = חזרה אל { $brand }

# "Tapo", "Tapo ו-Kasa", "Tapo, Kasa ו-Deco".
list-middle = { $list }, { $item }
list-last = { $list } ו-{ $item }

# Lengths of time.
length-seconds = { $count ->
    [one] שנייה אחת
    [two] שתי שניות
   *[other] { $count } שניות
}
length-minutes = { $count ->
    [one] דקה אחת
    [two] שתי דקות
   *[other] { $count } דקות
}
length-hours = { $count ->
    [one] שעה אחת
    [two] שעתיים
   *[other] { $count } שעות
}

# Forgot password
forgot-heading = שכחת את הסיסמה?
forgot-text = יש להזין את כתובת האימייל של חשבון { $account } שלך. נשלח לך קישור לבחירת סיסמה חדשה.
email-label = כתובת אימייל
forgot-button = שליחת קישור
address-empty = יש להזין את כתובת האימייל שלך
address-too-long = כתובת האימייל ארוכה מדי
address-no-at = יש להזין כתובת אימייל במבנה name@example.org
address-bad-local-part = החלק שלפני הסימן @ מכיל תו שאסור בכתובת אימייל
address-bad-domain = החלק שאחרי הסימן @ חייב להיות דומיין, למשל example.org
ask-unavailable = לא הצלחנו לקבל את הבקשה שלך. לא נשלח דבר. יש לנסות שוב בעוד רגע

# Check your inbox
inbox-heading = כדאי לבדוק את תיבת הדואר הנכנס
inbox-text = אם הכתובת { $address } שייכת לחשבון { $account }, הודעה עם קישור כבר בדרך. בדרך כלל היא מגיעה תוך דקה.
inbox-lifetime = הקישור פועל פעם אחת בלבד, למשך { $lifetime } מרגע הגעת ההודעה.
resend-button = שליחה חוזרת
resend-in = שליחה חוזרת בעוד { $time }
resend-note = ניתן לבקש הודעה נוספת בעוד { $wait }.
change-button = שימוש בכתובת אחרת
wait-heading = יש להמתין רגע
wait-text = אם ביקשת ממש עכשיו קישור עבור { $address }, הוא בדרך או שכבר הגיע לתיבת הדואר הנכנס שלך, והוא פועל. ניתן לבקש שוב בעוד { $wait }.
nothing-heading = עדיין לא הגיע דבר?
nothing-address = יש לבדוק שאין בכתובת שגיאת הקלדה ושזו הכתובת הרשומה בחשבון שלך.
nothing-spam = יש לחפש בתיקיית הספאם או דואר הזבל.
nothing-sender = יש לבדוק את המסננים ולאפשר קבלת הודעות מהכתובת { $sender }.
nothing-company = ייתכן שההודעות שלנו נחסמות בכתובות של חברות או מוסדות לימוד: כדאי לפנות לגורם האחראי.
nothing-wait = יש שרתי דואר שגורמים לנו להמתין. יש להמתין את הזמן המוצג לפני בקשה נוספת.

# New password
new-password-heading = בחירת סיסמה חדשה
new-password-text = עבור חשבון { $account } שלך ({ $address }), שמשמש את { $apps }.
new-password-label = סיסמה חדשה
confirm-label = אותה סיסמה שוב
rule-length = { $count ->
    [one] תו אחד לפחות; כל תו מתאים, גם רווחים
    [two] שני תווים לפחות; כל תו מתאים, גם רווחים
   *[other] { $count } תווים לפחות; כל תו מתאים, גם רווחים
}
rule-strength = קשה לניחוש: כמה מילים לא שכיחות מתאימות היטב
rule-names = ללא כתובת האימייל שלך וללא שם האפליקציה
show-button = הצגה
hide-button = הסתרה
save-button = שמירה
link-until = הקישור הזה פועל פעם אחת בלבד, עד { $time }.
link-until-utc = הקישור הזה פועל פעם אחת בלבד, עד { $time } (UTC).
password-empty = יש להזין סיסמה חדשה
password-differs = שתי הסיסמאות אינן זהות
password-too-short = { $count ->
    [one] יש להשתמש בתו אחד לפחות
    [two] יש להשתמש בשני תווים לפחות
   *[other] יש להשתמש ב-{ $count } תווים לפחות
}
password-too-long = הסיסמה ארוכה מדי
password-too-weak = קל לנחש את הסיסמה הזו. כדאי להשתמש בכמה מילים לא שכיחות
password-has-address = אין לכלול בסיסמה את כתובת האימייל שלך
password-has-brand = אין לכלול בסיסמה את שם האפליקציה

# Done
done-heading = הסיסמה אופסה
done-text = יש להתחבר עם הסיסמה החדשה. היא תקפה עבור { $apps }.
done-mail = שלחנו לך הודעת אימייל המאשרת זאת. אם תגיע אליך אי פעם הודעה כזו בלי ששינית את הסיסמה, יש ללחוץ על הלחצן שבה.

# This was not me
revoke-links-heading = לא ביקשת את זה?
revoke-links-text = הסיסמה שלך לא השתנתה, ואף אחד לא יכול לשנות אותה בלי לקרוא את הדואר שלך. ליתר ביטחון, ניתן לבטל את הקישור עכשיו:
revoke-links-ends = כל הקישורים ששלחנו לך באימייל יפסיקו לפעול;
revoke-links-keeps = הסיסמה שלך תישאר כפי שהיא.
revoke-links-button = ביטול הקישור
revoke-change-heading = לא שינית את הסיסמה?
revoke-change-text = במקרה כזה, ייתכן שמישהו אחר נכנס לחשבון { $account } שלך. יש לנעול אותו עכשיו:
revoke-change-locks = אף אחד לא יוכל עוד להתחבר עם הסיסמה החדשה;
revoke-change-mails = נשלח לך באימייל קישור לבחירת סיסמה משלך.
revoke-change-button = זה לא אני
revoke-nothing = שום דבר לא יקרה לפני לחיצה על הלחצן.
revoked-links-heading = הקישור בוטל
revoked-links-text = אף קישור ששלחנו לך באימייל כבר לא פועל. הסיסמה שלך לא השתנתה.
revoked-change-heading = החשבון שלך ננעל
revoked-change-text = אף אחד לא יכול להתחבר עם הסיסמה שהוגדרה. שלחנו לך באימייל קישור לבחירת סיסמה חדשה.
revoked-change-next = יש לשנות גם את הסיסמה של תיבת הדואר: מי שקורא את הדואר שלך יכול לבקש קישור.
revoke-over-heading = לא נותר מה לבטל
revoke-over-text = הקישור הזה כבר לא בתוקף, וגם הקישורים שהגיעו איתו. אם יש לך חשש, כדאי לשנות את הסיסמה באפליקציה.

# Links that do not work
new-link-heading = קבלת קישור חדש
expired-heading = פג תוקפו של הקישור הזה
expired-text = הקישורים פועלים לזמן מוגבל, כדי לשמור על אבטחת החשבון שלך. הסיסמה שלך לא השתנתה.
ended-heading = הקישור הזה בוטל
ended-text = שינוי מאוחר יותר בחשבון שלך ביטל אותו. רק הקישור האחרון, או קישור חדש, פועל.
used-heading = כבר נעשה שימוש בקישור הזה
used-text = באמצעותו הוגדרה סיסמה חדשה, וכל קישור פועל פעם אחת. יש להתחבר עם הסיסמה הזו. אם לא הגדרת אותה, יש לבקש קישור חדש עכשיו.
unknown-heading = הקישור הזה אינו שלנו
unknown-text = ייתכן שחסר בו חלק: יש לפתוח אותו שוב מההודעה, או להעתיק את כולו.
reopen-heading = יש לפתוח את הקישור שוב
reopen-text = כדי לשמור על אבטחת הקישור, הדף הזה לא זוכר אותו. יש לפתוח אותו שוב מההודעה: הוא עדיין פועל אם לא השתמשת בו.

# Other refusals
throttled-heading = יותר מדי ניסיונות
throttled-text = יש להמתין { $wait }, ואז לחזור אחורה ולנסות שוב. הקישור שלך לא אבד.
unavailable-heading = יש לנסות שוב בעוד רגע
unavailable-text = שירות שהדף הזה תלוי בו אינו זמין כרגע. דבר לא השתנה, והקישור שלך עדיין פועל: יש לחזור אחורה ולנסות שוב בעוד { $wait }.
not-found-heading = הדף הזה לא קיים
not-found-text = ייתכן שהכתובת הוקלדה באופן שגוי או נקטעה.
malformed-heading = זה לא הצליח
malformed-text = הטופס לא הגיע כפי שהדף הזה שולח אותו. דבר לא השתנה: יש לחזור אחורה ולנסות שוב.
cross-site-heading = נשלח מאתר אחר
cross-site-text = אתר אחר ניסה לשלוח טופס בשמך. לא ביצענו דבר. אם הסיסמה החדשה אכן דרושה לך, ניתן לבקש כאן קישור.
broken-heading = משהו השתבש
broken-text = התקלה אצלנו. יש לחזור אחורה ולנסות שוב בעוד רגע.
