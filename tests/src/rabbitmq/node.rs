//! A node in a folder, and the commands that serve and steer it.

use crate::ports::free_port;
use anyhow::{Context as _, bail, ensure};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Debian's wrappers around these refuse root and change the user.
const SERVER: &str = "/usr/lib/rabbitmq/bin/rabbitmq-server";
const CTL: &str = "/usr/lib/rabbitmq/bin/rabbitmqctl";
/// What nodes and their tools know each other by; a random one would be made in the home of whoever runs the tests.
pub(super) const COOKIE: &str = "tests";
/// Without a shell, which needs a terminal; and nothing for others to connect to.
const ERLANG: &str = "-noinput -kernel inet_dist_use_interface {127,0,0,1}";
/// The server watches its memory and its disk, and would block every test on a machine that is short of either. A node
/// that sees fewer than half of its cluster stops serving.
const SETTINGS: &str = "vm_memory_high_watermark.absolute = 4GB
disk_free_limit.absolute = 10MB
cluster_partition_handling = pause_minority
";

/// The ports of a node. Its epmd has one of its own, so that it is nobody else's but its cluster's.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) port: u16,
    distribution: u16,
    epmd: u16,
    /// The node whose cluster it joins.
    first: Option<String>,
}

impl Node {
    pub(super) fn choose() -> anyhow::Result<Self> {
        ensure!(Path::new(SERVER).exists(), "rabbitmq is not installed (package rabbitmq-server)");
        Ok(Self { port: free_port()?, distribution: free_port()?, epmd: free_port()?, first: None })
    }

    /// One more node of this node's cluster.
    pub(super) fn choose_beside(first: &Self) -> anyhow::Result<Self> {
        Ok(Self { epmd: first.epmd, first: Some(first.name()), ..Self::choose()? })
    }

    /// The node that lives in a kept folder: its name, by which it finds its messages again, holds its port.
    pub(super) fn kept(folder: &Path) -> anyhow::Result<Self> {
        let file = folder.join("ports");
        if let Ok(text) = fs::read_to_string(&file) {
            let ports: Vec<u16> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
            let [port, distribution, epmd] = ports[..] else { bail!("{} is damaged", file.display()) };
            return Ok(Self { port, distribution, epmd, first: None });
        }
        let node = Self::choose()?;
        fs::create_dir_all(folder)?;
        fs::write(&file, format!("{} {} {}", node.port, node.distribution, node.epmd))?;
        Ok(node)
    }

    /// Writes what the node reads.
    pub(super) fn configure(&self, folder: &Path) -> anyhow::Result<()> {
        let cookie = folder.join(".erlang.cookie");
        if cookie.exists() {
            fs::remove_file(&cookie)?;
        }
        fs::write(&cookie, COOKIE)?;
        // Erlang ignores one that others may read.
        fs::set_permissions(&cookie, fs::Permissions::from_mode(0o400))
            .context("could not hide the cookie")?;
        fs::write(folder.join("plugins"), "[].")?;
        let listener = format!("listeners.tcp.1 = 127.0.0.1:{}\n", self.port);
        Ok(fs::write(folder.join("rabbitmq.conf"), listener + SETTINGS + &self.formation())?)
    }

    /// Whom it joins when it boots without data.
    fn formation(&self) -> String {
        let Some(first) = &self.first else { return String::new() };
        let nodes = "cluster_formation.classic_config.nodes";
        let own = self.name();
        format!(
            "cluster_formation.peer_discovery_backend = classic_config\n{nodes}.1 = {first}\n{nodes}.2 = {own}\n"
        )
    }

    /// What the nodes of a cluster know it by.
    pub(super) fn name(&self) -> String {
        format!("tests{}@localhost", self.port)
    }

    /// The program and the arguments that serve the node.
    pub(super) fn command(&self, folder: &Path) -> Vec<String> {
        let mut command = self.environment(folder);
        // Makes the script become the server, instead of a shell that waits for it and survives it.
        command.push("RABBITMQ_ALLOW_INPUT=1".to_owned());
        command.push(SERVER.to_owned());
        command
    }

    /// The program and the first arguments of `rabbitmqctl`.
    pub(super) fn ctl_command(&self, folder: &Path) -> Vec<String> {
        let mut command = self.environment(folder);
        command.extend([CTL.to_owned(), "--quiet".to_owned()]);
        command
    }

    /// What the shell runs when the node is gone: Erlang started its epmd, which would stay.
    pub(super) fn stop_epmd(&self) -> String {
        format!("ERL_EPMD_PORT={} epmd -kill >/dev/null", self.epmd)
    }

    fn environment(&self, folder: &Path) -> Vec<String> {
        let in_folder = |name: &str| folder.join(name).to_string_lossy().into_owned();
        let variables = [
            ("HOME", in_folder("")),
            ("RABBITMQ_NODENAME", self.name()),
            ("RABBITMQ_NODE_PORT", self.port.to_string()),
            ("RABBITMQ_DIST_PORT", self.distribution.to_string()),
            ("ERL_EPMD_PORT", self.epmd.to_string()),
            ("ERL_EPMD_ADDRESS", "127.0.0.1".to_owned()),
            ("RABBITMQ_MNESIA_BASE", data(folder).to_string_lossy().into_owned()),
            ("RABBITMQ_LOG_BASE", in_folder("logs")),
            ("RABBITMQ_PID_FILE", in_folder("pid")),
            ("RABBITMQ_CONFIG_FILE", in_folder("rabbitmq.conf")),
            ("RABBITMQ_ENABLED_PLUGINS_FILE", in_folder("plugins")),
            ("RABBITMQ_CONF_ENV_FILE", "/dev/null".to_owned()),
            ("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", ERLANG.to_owned()),
        ];
        let set = variables.map(|(name, value)| format!("{name}={value}"));
        std::iter::once("env".to_owned()).chain(set).collect()
    }
}

/// Where the node keeps its messages.
pub(super) fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}
