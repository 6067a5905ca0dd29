# The mail with the reset link. A subject has at most 40 characters, a preheader's point at most 35.
reset-link-subject = إعادة تعيين كلمة مرور { $account }
reset-link-preheader-point = يعمل مرة واحدة لمدة { $lifetime }.
reset-link-preheader-rest = إذا لم يكن هذا الطلب منك، فكلمة مرورك لم تتغير.
reset-link-heading = إعادة تعيين كلمة المرور
reset-link-intro = طلب شخص ما إعادة تعيين كلمة مرور حساب { $account } الخاص بك ({ $address }) المستخدَم في { $apps }. إذا كان الطلب منك، يُرجى اختيار كلمة مرور جديدة من هنا:
reset-link-button = إعادة تعيين كلمة المرور
reset-link-works-once = يعمل الزر مرة واحدة فقط، لمدة { $lifetime } بعد وصول هذه الرسالة.
reset-link-facts-heading = مصدر الطلب
reset-link-not-you = كلمة مرورك لم تتغير، ولا يستطيع تغييرها إلا من يمكنه قراءة بريدك. ويمكنك أيضًا إلغاء الرابط فورًا:
reset-link-revoke = لم أطلب هذا
