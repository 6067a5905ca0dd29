# The notice after a change. A subject has at most 40 characters, a preheader's point at most 35.
password-changed-subject = تم تغيير كلمة مرور { $account }
password-changed-preheader-point = ليس أنت؟ يُرجى قفل حسابك الآن.
password-changed-preheader-rest = إذا كان التغيير منك، فلا يلزم أي إجراء.
password-changed-heading = تم تغيير كلمة مرورك
password-changed-intro = تم تغيير كلمة مرور حساب { $account } الخاص بك ({ $address }) المستخدَم في { $apps }. إذا كان التغيير منك، فكل ما يلزم هو تسجيل الدخول بكلمة المرور الجديدة في كل تطبيق.
password-changed-facts-heading = مصدر التغيير
password-changed-not-you = في هذه الحالة، ربما وصل شخص آخر إلى حسابك. يُرجى الضغط على الزر: لن يتمكن أحد بعد ذلك من تسجيل الدخول بكلمة المرور الجديدة، وسنرسل إليك رابطًا لاختيار كلمة مرورك بنفسك.
password-changed-button = لم أكن أنا
