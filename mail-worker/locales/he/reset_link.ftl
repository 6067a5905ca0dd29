# The mail with the reset link. A subject has at most 40 characters, a preheader's point at most 35.
reset-link-subject = איפוס הסיסמה של { $account }
reset-link-preheader-point = לשימוש חד-פעמי, למשך { $lifetime }.
reset-link-preheader-rest = אם לא ביקשת זאת, הסיסמה שלך נשארה ללא שינוי.
reset-link-heading = איפוס הסיסמה
reset-link-intro = התקבלה בקשה לאפס את הסיסמה של חשבון { $account } שלך ({ $address }), שמשמש את { $apps }. אם ביקשת זאת, יש לבחור כאן סיסמה חדשה:
reset-link-button = איפוס הסיסמה
reset-link-works-once = הלחצן פועל פעם אחת בלבד, למשך { $lifetime } מרגע הגעת ההודעה הזו.
reset-link-facts-heading = מקור הבקשה
reset-link-not-you = הסיסמה שלך לא השתנתה, ורק מי שקורא את הדואר שלך יכול לשנות אותה. ניתן גם לבטל את הקישור מיד:
reset-link-revoke = לא ביקשתי את זה
