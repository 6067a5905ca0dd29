//! Starting an example.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::OnceLock;
use tests::folder::Folder;
use tests::program::{Invocation, Program};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const RUST: &str = env!("CARGO_BIN_EXE_gateway_example_under_test");
const EMAIL: &str = "ada@example.org";
/// What `tests/run` has installed before; without it, the same function does.
const INSTALL: &str = "set -euo pipefail; fail() { echo \"$1\" >&2; exit 1; }; . .ci/tools.sh; \
                       install_gateway_tools >&2; echo \"$gateway_tools\"";

/// One of the examples in `deploy/gateway`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Example {
    Rust,
    Python,
    Shell,
}

/// How a run ended.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) status: ExitStatus,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Example {
    /// Runs it to its end.
    pub(super) async fn run(self, grpc: &str, inbox: &str) -> Run {
        let folder = Folder::new().unwrap();
        let log = folder.path().join("log");
        let invocation = self.invocation(grpc, inbox, folder.path());
        let mut program = Program::start(&invocation, &log).unwrap();
        let status = program.ends().await.unwrap();
        let stdout = fs::read_to_string(log.with_extension("stdout")).unwrap();
        Run { status, stdout, stderr: program.log() }
    }

    fn invocation(self, grpc: &str, inbox: &str, folder: &Path) -> Invocation {
        let named = ["--grpc", grpc, "--inbox", inbox, "--email", EMAIL];
        let (file, arguments, more) = match self {
            Self::Rust => (PathBuf::from(RUST), named.to_vec(), vec![]),
            Self::Python => {
                let path = format!("{}:{}", tools().join("python").display(), stubs(folder).display());
                let walk = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/gateway/python/walk.py");
                let more = vec![("PYTHONPATH", path), ("PYTHONDONTWRITEBYTECODE", "1".to_owned())];
                (PathBuf::from("python3"), [&[walk][..], &named].concat(), more)
            }
            Self::Shell => {
                let path = format!("{}:{}", tools().join("bin").display(), std::env::var("PATH").unwrap());
                let file = Path::new(ROOT).join("deploy/gateway/shell/walk");
                (file, vec![grpc, inbox, EMAIL], vec![("PATH", path)])
            }
        };
        // Every client here would ask a proxy for the way to 127.0.0.1.
        let environment = more.into_iter().chain([("no_proxy", "127.0.0.1".to_owned())]);
        Invocation {
            file,
            arguments: arguments.into_iter().map(OsString::from).collect(),
            environment: environment.map(|(name, value)| (name.to_owned(), value)).collect(),
        }
    }
}

/// The Python stubs, made as the README says.
fn stubs(folder: &Path) -> PathBuf {
    let stubs = folder.join("stubs");
    fs::create_dir(&stubs).unwrap();
    let out = |kind: &str| format!("--{kind}={}", stubs.display());
    let mut protoc = Command::new("python3");
    protoc.args(["-m", "grpc_tools.protoc", "-I", "proto", &out("python_out"), &out("grpc_python_out")]);
    protoc.args(["reset", "account", "events"].map(|name| format!("passwordreset/v1/{name}.proto")));
    protoc.env("PYTHONPATH", tools().join("python")).env("PYTHONDONTWRITEBYTECODE", "1").current_dir(ROOT);
    let made = protoc.output().unwrap();
    assert!(made.status.success(), "{made:?}");
    stubs
}

fn tools() -> &'static Path {
    static TOOLS: OnceLock<PathBuf> = OnceLock::new();
    TOOLS.get_or_init(|| {
        if let Some(installed) = std::env::var_os("RESET_TESTS_GATEWAY_TOOLS") {
            return installed.into();
        }
        let installed = Command::new("bash").args(["-c", INSTALL]).current_dir(ROOT).output().unwrap();
        assert!(installed.status.success(), "{installed:?}");
        String::from_utf8(installed.stdout).unwrap().trim().into()
    })
}
