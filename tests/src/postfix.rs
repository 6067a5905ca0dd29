//! A private Postfix: its own configuration, queue and port, in a temporary folder. Needs the package `postfix` and root.

use crate::test_certificate::TestCertificate;
use anyhow::{Context as _, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User, chown};
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

const MASTER: &str = "/usr/lib/postfix/sbin/master";
/// The services that taking a mail and delivering it to a maildir need; none runs in a chroot, none leaves the machine.
const SERVICES: &str = "\
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
";
/// How long starting, stopping and delivering may take.
const DEADLINE: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(10);

/// Takes mail for `example.org` on loopback, with STARTTLS offered, and puts it into one maildir.
#[derive(Debug)]
pub struct Postfix {
    master: Child,
    port: u16,
    folder: TempDir,
    certificate: TestCertificate,
}

impl Postfix {
    /// Starts it and waits until it greets.
    ///
    /// # Errors
    /// If Postfix is not installed, this is not root, or it does not greet in time; its log is in the text.
    pub async fn start() -> anyhow::Result<Self> {
        ensure!(Path::new(MASTER).exists(), "postfix is not installed (package postfix)");
        let folder = tempfile::Builder::new().prefix("postfix-").tempdir()?;
        let certificate = TestCertificate::for_host("localhost")?;
        let port = free_port()?;
        configure(folder.path(), port, &certificate)?;
        let master = start_master(&folder.path().join("conf"))?;
        let postfix = Self { master, port, folder, certificate };
        match tokio::time::timeout(DEADLINE, postfix.greets()).await {
            Ok(()) => Ok(postfix),
            Err(_) => anyhow::bail!("postfix does not greet; its log: {}", postfix.log()),
        }
    }

    /// Where it listens, on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What to trust it by, as `localhost`.
    #[must_use]
    pub fn certificate(&self) -> &TestCertificate {
        &self.certificate
    }

    /// Waits until `count` mails were delivered, and returns them.
    ///
    /// # Errors
    /// If they do not come in time; Postfix's log is in the text.
    pub async fn delivered(&self, count: usize) -> anyhow::Result<Vec<String>> {
        let inbox = self.folder.path().join("mail/inbox/new");
        let waiting = async {
            loop {
                let mails = read_all(&inbox);
                if mails.len() >= count {
                    return mails;
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        let mails = tokio::time::timeout(DEADLINE, waiting).await;
        mails.with_context(|| format!("{count} mails were not delivered; the log: {}", self.log()))
    }

    /// Its log so far, and what it said before it had one.
    #[must_use]
    pub fn log(&self) -> String {
        let read = |name| fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        read("conf/stderr") + &read("mail.log")
    }

    async fn greets(&self) {
        loop {
            if let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await
                && matches!(stream.read_u8().await, Ok(b'2'))
            {
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// The master ends its own process group, which is all of Postfix.
    fn stop(&mut self) {
        if let Ok(id) = i32::try_from(self.master.id()) {
            let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
        }
        let begun = Instant::now();
        while matches!(self.master.try_wait(), Ok(None)) && begun.elapsed() < DEADLINE {
            std::thread::sleep(LOOK);
        }
        let _ = self.master.kill();
        let _ = self.master.wait();
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        self.stop();
    }
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn configure(folder: &Path, port: u16, certificate: &TestCertificate) -> anyhow::Result<()> {
    // Postfix's daemons run as another user and must pass through.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    let owner = User::from_name("postfix")?.context("there is no user postfix")?;
    for name in ["conf", "queue", "data", "mail"] {
        fs::create_dir(folder.join(name))?;
    }
    for name in ["data", "mail"] {
        chown(&folder.join(name), Some(owner.uid), Some(owner.gid))?;
    }
    let conf = folder.join("conf");
    fs::write(conf.join("cert.pem"), &certificate.pem)?;
    fs::write(conf.join("key.pem"), &certificate.key_pem)?;
    fs::set_permissions(conf.join("key.pem"), fs::Permissions::from_mode(0o600))?;
    fs::write(conf.join("main.cf"), main_cf(folder, &owner))?;
    fs::write(conf.join("master.cf"), format!("127.0.0.1:{port} inet n - n - - smtpd\n{SERVICES}"))?;
    create_queue(&conf)
}

fn main_cf(folder: &Path, owner: &User) -> String {
    let folder = folder.display();
    let (uid, gid) = (owner.uid, owner.gid);
    format!(
        "compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = relay.example
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = example.org
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{ {{ ada@example.org = inbox/ }}, {{ jürgen@example.org = inbox/ }} }}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_tls_security_level = may
smtpd_tls_cert_file = {folder}/conf/cert.pem
smtpd_tls_key_file = {folder}/conf/key.pem
smtpd_tls_received_header = yes
smtputf8_enable = yes
"
    )
}

/// `postfix check` makes the queue's folders.
fn create_queue(conf: &Path) -> anyhow::Result<()> {
    let made = Command::new("/usr/sbin/postfix").arg("-c").arg(conf).arg("check").output()?;
    ensure!(made.status.success(), "postfix check: {}", String::from_utf8_lossy(&made.stderr));
    Ok(())
}

fn start_master(conf: &Path) -> anyhow::Result<Child> {
    let mut command = Command::new(MASTER);
    // In the foreground, and leader of a session of its own: it ends its whole process group when it stops.
    command.arg("-c").arg(conf).arg("-s");
    let complaints = fs::File::create(conf.join("stderr"))?;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(complaints);
    command.spawn().context("starting postfix")
}

fn read_all(folder: &Path) -> Vec<String> {
    let files: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files
        .iter()
        .filter_map(|file| fs::read(file).ok())
        .map(|b| String::from_utf8_lossy(&b).into_owned())
        .collect()
}
