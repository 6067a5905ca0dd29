//! What a person sees at the start: where everything listens, and lines to copy for the journey.

use crate::app::Addresses;
use crate::demo::{self, Demo};
use common::brand::AppId;
use std::fmt::Write as _;
use std::path::Path;

/// The announcement.
#[must_use]
pub fn text(addresses: &Addresses, data_dir: &Path, demo: &Demo, app: &AppId) -> String {
    let mut text = String::new();
    let Addresses { web, grpc, admin, inbox, smtp } = addresses;
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "\nPassword reset, standalone\n\n\
         \x20 pages   http://{web}/\n\
         \x20 gRPC    {grpc}   (plaintext, reflection on)\n\
         \x20 inbox   http://{inbox}/   (mails sent to smtp://{smtp} arrive there)\n\
         \x20 admin   http://{admin}/ready\n\
         \x20 data    {}\n\n{}\n{}",
        data_dir.display(),
        demo_lines(demo),
        journey(addresses, app),
    );
    text
}

fn demo_lines(demo: &Demo) -> String {
    let address = demo::ADDRESS;
    match demo {
        Demo::Made(password) => format!(
            "Demo account: {address}\n  password    {}   (shown once; forget it, that is what this is for)\n",
            password.as_str()
        ),
        Demo::Present => format!("Demo account: {address}   (its password was shown at the first start)\n"),
    }
}

/// Every line can be pasted as it stands, but for TOKEN.
fn journey(addresses: &Addresses, app: &AppId) -> String {
    let Addresses { grpc, inbox, .. } = addresses;
    let (address, app) = (demo::ADDRESS, app.as_str());
    let call =
        |data: &str, method: &str| format!("grpcurl -plaintext -d '{data}' {grpc} passwordreset.v1.{method}");
    let ask =
        call(&format!(r#"{{"email":"{address}","app_id":"{app}"}}"#), "PasswordResetService/RequestReset");
    let inspect = call(r#"{"token":"TOKEN"}"#, "PasswordResetService/InspectLink");
    let complete = call(
        r#"{"token":"TOKEN","new_password":"correct horse battery staple"}"#,
        "PasswordResetService/CompleteReset",
    );
    let verify = call(
        &format!(r#"{{"email":"{address}","password":"correct horse battery staple"}}"#),
        "AccountService/VerifyPassword",
    );
    format!(
        "The journey, to copy and paste:\n\n\
         \x20 # 1. ask for a link\n  {ask}\n\n\
         \x20 # 2. the newest mail to the account; its link ends in /r/TOKEN\n\
         \x20 curl -s 'http://{inbox}/api/v1/wait?to={address}&timeout=10' | grep -o '/r/[A-Za-z0-9_-]*' | head -1\n\n\
         \x20 # 3. what the link would do, and doing it\n  {inspect}\n  {complete}\n\n\
         \x20 # 4. the new password holds, in every app\n  {verify}\n\n\
         Stop with Ctrl-C; nothing is lost, however it stops.\n"
    )
}
