//! What a reader sees.

use super::Draft;
use mail_worker::render::MailKind;
use time::Duration;

#[test]
fn every_mail_looks_as_it_did_when_it_was_last_looked_at() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (name, draft) in Draft::every() {
            let parts = draft.parts();
            insta::assert_snapshot!(format!("{name}.subject"), parts.subject);
            insta::assert_snapshot!(format!("{name}.text"), parts.text);
            insta::assert_snapshot!(format!("{name}.html"), parts.html);
        }
    });
}
