# The pages. Every string may mention { $brand }, { $account }, { $apps } and { $sender }; a heading only { $account }.
error-title = خطأ: { $title }
mistakes-heading = هناك مشكلة
mistake-prefix = خطأ:
account-line = حساب { $account } واحد لاستخدام { $apps }.
support-hint = هل لديك أسئلة؟
support-text = دعم { $brand }
to-app = العودة إلى { $brand }

# "Tapo", "Tapo وKasa", "Tapo وKasa وDeco".
list-middle = { $list } و{ $item }
list-last = { $list } و{ $item }

# Lengths of time. Genitive: they follow "لمدة" or "بعد".
length-seconds = { $count ->
    [zero] { $count } ثانية
    [one] ثانية واحدة
    [two] ثانيتين
    [few] { $count } ثوانٍ
    [many] { $count } ثانية
   *[other] { $count } ثانية
}
length-minutes = { $count ->
    [zero] { $count } دقيقة
    [one] دقيقة واحدة
    [two] دقيقتين
    [few] { $count } دقائق
    [many] { $count } دقيقة
   *[other] { $count } دقيقة
}
length-hours = { $count ->
    [zero] { $count } ساعة
    [one] ساعة واحدة
    [two] ساعتين
    [few] { $count } ساعات
    [many] { $count } ساعة
   *[other] { $count } ساعة
}

# Forgot password
forgot-heading = هل نسيت كلمة المرور؟
forgot-text = يُرجى إدخال عنوان البريد الإلكتروني لحساب { $account } الخاص بك. سنرسل إليك رابطًا لاختيار كلمة مرور جديدة.
email-label = عنوان البريد الإلكتروني
forgot-button = إرسال الرابط
address-empty = يُرجى إدخال عنوان بريدك الإلكتروني
address-too-long = عنوان البريد الإلكتروني طويل جدًا
address-no-at = يُرجى إدخال عنوان بريد إلكتروني بالصيغة name@example.org
address-bad-local-part = يحتوي الجزء الذي يسبق الرمز @ على رمز لا يُسمح به في عناوين البريد الإلكتروني
address-bad-domain = يجب أن يكون الجزء الذي يلي الرمز @ نطاقًا مثل example.org
ask-unavailable = تعذّر علينا استلام طلبك. لم يتم إرسال أي شيء. يُرجى إعادة المحاولة بعد قليل

# Check your inbox
inbox-heading = يُرجى التحقق من صندوق الوارد
inbox-text = إذا كان { $address } مرتبطًا بحساب { $account }، فهناك رسالة تتضمن رابطًا في طريقها إليك. تصل الرسالة عادةً خلال دقيقة.
inbox-lifetime = يعمل الرابط مرة واحدة فقط، لمدة { $lifetime } بعد وصول الرسالة.
resend-button = إعادة الإرسال
resend-in = إعادة الإرسال بعد { $time }
resend-note = يمكنك طلب رسالة أخرى بعد { $wait }.
change-button = استخدام عنوان آخر
wait-heading = يُرجى الانتظار قليلًا
wait-text = إذا كنت قد طلبت للتو رابطًا للعنوان { $address }، فهو في طريقه إليك أو وصل بالفعل إلى صندوق الوارد، وهو صالح للاستخدام. يمكنك الطلب مرة أخرى بعد { $wait }.
nothing-heading = ألم يصل شيء بعد؟
nothing-address = يُرجى التحقق من عدم وجود خطأ في كتابة العنوان، ومن أنه العنوان المسجّل في حسابك.
nothing-spam = يُرجى البحث في مجلد الرسائل غير المرغوب فيها.
nothing-sender = يُرجى مراجعة فلاتر البريد والسماح بالرسائل الواردة من { $sender }.
nothing-company = قد تكون رسائلنا محظورة في عناوين الشركات أو المدارس: يُرجى سؤال الجهة المسؤولة عن البريد.
nothing-wait = تجعلنا بعض خوادم البريد ننتظر. يُرجى الانتظار طوال المدة المعروضة قبل الطلب مرة أخرى.

# New password
new-password-heading = اختيار كلمة مرور جديدة
new-password-text = لحساب { $account } ({ $address }) المستخدَم في { $apps }.
new-password-label = كلمة المرور الجديدة
confirm-label = كلمة المرور نفسها مرة أخرى
rule-length = { $count ->
    [zero] { $count } حرف على الأقل، ويمكن استخدام أي رمز، حتى المسافات
    [one] حرف واحد على الأقل، ويمكن استخدام أي رمز، حتى المسافات
    [two] حرفان على الأقل، ويمكن استخدام أي رمز، حتى المسافات
    [few] { $count } أحرف على الأقل، ويمكن استخدام أي رمز، حتى المسافات
    [many] { $count } حرفًا على الأقل، ويمكن استخدام أي رمز، حتى المسافات
   *[other] { $count } حرف على الأقل، ويمكن استخدام أي رمز، حتى المسافات
}
rule-strength = يصعب تخمينها: تكفي بضع كلمات غير شائعة
rule-names = من دون عنوان بريدك الإلكتروني أو اسم التطبيق
show-button = إظهار
hide-button = إخفاء
save-button = حفظ
link-until = يعمل هذا الرابط مرة واحدة فقط، حتى { $time }.
link-until-utc = يعمل هذا الرابط مرة واحدة فقط، حتى الساعة { $time } بتوقيت UTC.
password-empty = يُرجى إدخال كلمة مرور جديدة
password-differs = كلمتا المرور غير متطابقتين
password-too-short = { $count ->
    [zero] يُرجى استخدام { $count } حرف على الأقل
    [one] يُرجى استخدام حرف واحد على الأقل
    [two] يُرجى استخدام حرفين على الأقل
    [few] يُرجى استخدام { $count } أحرف على الأقل
    [many] يُرجى استخدام { $count } حرفًا على الأقل
   *[other] يُرجى استخدام { $count } حرف على الأقل
}
password-too-long = كلمة المرور طويلة جدًا
password-too-weak = يسهل تخمين كلمة المرور هذه. يُرجى استخدام بضع كلمات غير شائعة
password-has-address = يجب ألا تحتوي كلمة المرور على عنوان بريدك الإلكتروني
password-has-brand = يجب ألا تحتوي كلمة المرور على اسم التطبيق

# Done
done-heading = تمت إعادة تعيين كلمة المرور
done-text = يُرجى تسجيل الدخول بكلمة مرورك الجديدة. وهي تسري على { $apps }.
done-mail = أرسلنا إليك رسالة تؤكد ذلك. إذا وصلتك يومًا رسالة كهذه من دون أن يكون تغيير كلمة المرور منك، يُرجى الضغط على الزر الموجود فيها.

# This was not me
revoke-links-heading = ألم يكن هذا الطلب منك؟
revoke-links-text = كلمة مرورك لم تتغير، ولا يمكن لأحد تغييرها من دون قراءة بريدك. ولمزيد من الأمان، يمكنك إلغاء الرابط الآن:
revoke-links-ends = سيتوقف عمل كل الروابط التي أرسلناها إليك.
revoke-links-keeps = ستبقى كلمة مرورك كما هي.
revoke-links-button = إلغاء الرابط
revoke-change-heading = ألم يكن تغيير كلمة المرور منك؟
revoke-change-text = في هذه الحالة، ربما وصل شخص آخر إلى حساب { $account } الخاص بك. يُرجى قفله الآن:
revoke-change-locks = لن يتمكن أحد بعد ذلك من تسجيل الدخول بكلمة المرور الجديدة.
revoke-change-mails = سنرسل إليك رابطًا لاختيار كلمة مرورك بنفسك.
revoke-change-button = لم أكن أنا
revoke-nothing = لن يحدث شيء قبل الضغط على الزر.
revoked-links-heading = تم إلغاء الرابط
revoked-links-text = لم يعد يعمل أي رابط أرسلناه إليك. كلمة مرورك لم تتغير.
revoked-change-heading = تم قفل حسابك
revoked-change-text = لا يمكن لأحد تسجيل الدخول بكلمة المرور التي تم تعيينها. أرسلنا إليك رابطًا لاختيار كلمة مرور جديدة.
revoked-change-next = يُرجى تغيير كلمة مرور بريدك الإلكتروني أيضًا: فمن يقرأ بريدك يمكنه طلب رابط.
revoke-over-heading = لم يبقَ ما يمكن إلغاؤه
revoke-over-text = انتهت صلاحية هذا الرابط والروابط التي وصلت معه. إذا ساورك القلق، يُرجى تغيير كلمة المرور في التطبيق.

# Links that do not work
new-link-heading = الحصول على رابط جديد
expired-heading = انتهت صلاحية هذا الرابط
expired-text = تعمل الروابط لمدة محدودة حفاظًا على أمان حسابك. كلمة مرورك لم تتغير.
ended-heading = تم إلغاء هذا الرابط
ended-text = تم إلغاؤه بسبب تغيير أحدث في حسابك. لا يعمل إلا أحدث رابط أو رابط جديد.
used-heading = سبق استخدام هذا الرابط
used-text = تم تعيين كلمة مرور جديدة من خلاله، وكل رابط يعمل مرة واحدة. يُرجى تسجيل الدخول بكلمة المرور تلك. إذا لم يكن تعيينها منك، يُرجى الحصول على رابط جديد الآن.
unknown-heading = هذا الرابط ليس من روابطنا
unknown-text = ربما ينقصه جزء: يُرجى فتحه من الرسالة مرة أخرى، أو نسخه بالكامل.
reopen-heading = يُرجى فتح الرابط مرة أخرى
reopen-text = حفاظًا على أمان رابطك، لا تحتفظ به هذه الصفحة. يُرجى فتحه من الرسالة مرة أخرى: فهو لا يزال يعمل إذا لم يسبق لك استخدامه.

# Other refusals
throttled-heading = محاولات كثيرة جدًا
throttled-text = يُرجى الانتظار لمدة { $wait }، ثم الرجوع وإعادة المحاولة. رابطك لم يُفقد.
unavailable-heading = يُرجى إعادة المحاولة بعد قليل
unavailable-text = إحدى الخدمات التي تعتمد عليها هذه الصفحة غير متاحة حاليًا. لم يتغير شيء، ولا يزال رابطك يعمل: يُرجى الرجوع وإعادة المحاولة بعد { $wait }.
not-found-heading = هذه الصفحة غير موجودة
not-found-text = ربما كُتب العنوان بشكل خاطئ أو ينقصه جزء.
malformed-heading = لم ينجح ذلك
malformed-text = لم يصل النموذج بالشكل الذي ترسله هذه الصفحة. لم يتغير شيء: يُرجى الرجوع وإعادة المحاولة.
cross-site-heading = مُرسَل من موقع آخر
cross-site-text = حاول موقع ويب آخر إرسال نموذج باسمك. لم ننفّذ أي إجراء. إذا كنت بحاجة فعلًا إلى كلمة مرور جديدة، يُرجى طلب رابط من هنا.
broken-heading = حدث خطأ
broken-text = الخطأ من جانبنا. يُرجى الرجوع وإعادة المحاولة بعد قليل.
