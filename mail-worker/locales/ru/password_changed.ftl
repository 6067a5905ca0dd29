# The notice after a change. A subject has at most 40 characters, a preheader's point at most 35.
password-changed-subject = Пароль { $account } изменён
password-changed-preheader-point = Не вы? Сразу заблокируйте аккаунт.
password-changed-preheader-rest = Если это были вы, ничего делать не нужно.
password-changed-heading = Ваш пароль изменён
password-changed-intro = Пароль вашего аккаунта { $account } ({ $address }), который используется в { $apps }, был изменён. Если это сделали вы, осталось только войти с новым паролем в каждом приложении.
password-changed-facts-heading = Откуда изменён пароль
password-changed-not-you = Тогда в ваш аккаунт мог войти кто-то другой. Нажмите кнопку: после этого никто не сможет войти с новым паролем, а мы пришлём вам письмо со ссылкой, по которой вы сможете задать свой пароль.
password-changed-button = Это не я
