//! How a copy that was to abort has ended: only the signal of an abort is one.

use crate::program::Program;
use nix::sys::signal::Signal;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ending {
    Aborted,
    /// In good order: it never came to its point.
    Drained,
    /// In words.
    Failed(String),
}

impl Ending {
    /// Has the program end, if it has not, and tells how it did.
    pub(super) async fn of(program: &mut Program) -> anyhow::Result<Self> {
        if program.runs()? {
            program.signal(Signal::SIGTERM)?;
        }
        Ok(match program.ends().await {
            Ok(status) => Self::by(status),
            Err(error) => Self::Failed(format!("does not stop: {error}")),
        })
    }

    fn by(status: ExitStatus) -> Self {
        if status.signal() == Some(Signal::SIGABRT as i32) {
            Self::Aborted
        } else if status.success() {
            Self::Drained
        } else {
            Self::Failed(format!("ended by {status}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::Folder;
    use crate::program::Invocation;

    async fn ending_of(script: &str) -> Ending {
        let folder = Folder::new().unwrap();
        let arguments = vec!["-c".into(), script.into()];
        let invocation = Invocation { file: "/bin/sh".into(), arguments, environment: Vec::new() };
        let mut program = Program::start(&invocation, &folder.path().join("log.x")).unwrap();
        program.announced("ready").await.ok();
        Ending::of(&mut program).await.unwrap()
    }

    #[tokio::test]
    async fn only_a_copy_that_ended_by_the_signal_of_an_abort_has_aborted() {
        assert_eq!(ending_of("kill -ABRT $$").await, Ending::Aborted);
        // While it drains, too.
        let late =
            r#"trap "trap - ABRT; kill -ABRT $$" TERM; echo "ready now"; while :; do sleep 0.01; done"#;
        assert_eq!(ending_of(late).await, Ending::Aborted);
        let drains = r#"trap "exit 0" TERM; echo "ready now"; while :; do sleep 0.01; done"#;
        assert_eq!(ending_of(drains).await, Ending::Drained);
        for failed in ["exit 3", "kill -KILL $$", "kill -SEGV $$"] {
            assert!(matches!(ending_of(failed).await, Ending::Failed(_)), "{failed}");
        }
    }
}
