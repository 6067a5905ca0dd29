# The notice after a change. A subject has at most 40 characters, a preheader's point at most 35.
password-changed-subject = הסיסמה של { $account } שונתה
password-changed-preheader-point = לא שינית? יש לנעול את החשבון מיד.
password-changed-preheader-rest = אם שינית את הסיסמה, אין צורך לעשות דבר.
password-changed-heading = הסיסמה שלך שונתה
password-changed-intro = הסיסמה של חשבון { $account } שלך ({ $address }), שמשמש את { $apps }, שונתה. אם שינית אותה, נותר רק להתחבר עם הסיסמה החדשה בכל אפליקציה.
password-changed-facts-heading = מקור השינוי
password-changed-not-you = במקרה כזה, ייתכן שמישהו אחר נכנס לחשבון שלך. יש ללחוץ על הלחצן: לאחר מכן אף אחד לא יוכל להתחבר עם הסיסמה החדשה, ונשלח לך באימייל קישור לבחירת סיסמה משלך.
password-changed-button = זה לא אני
