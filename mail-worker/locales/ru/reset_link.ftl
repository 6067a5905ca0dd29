# The mail with the reset link. A subject has at most 40 characters, a preheader's point at most 35.
reset-link-subject = Сброс пароля { $account }
reset-link-preheader-point = Одноразовая ссылка на { $lifetime }.
reset-link-preheader-rest = Если вы этого не запрашивали, ваш пароль остался прежним.
reset-link-heading = Сброс пароля
reset-link-intro = Поступил запрос на сброс пароля вашего аккаунта { $account } ({ $address }), который используется в { $apps }. Если запрос отправили вы, задайте новый пароль здесь:
reset-link-button = Сбросить пароль
reset-link-works-once = Кнопка сработает один раз и действует { $lifetime } с момента получения этого письма.
reset-link-facts-heading = Откуда поступил запрос
reset-link-not-you = Ваш пароль остался прежним, и изменить его может только тот, кто читает вашу почту. Вы также можете сразу отключить ссылку:
reset-link-revoke = Это не мой запрос
