//! TLS to Postgres, Redis and RabbitMQ: with a certificate that is trusted everything works, with any other nothing is
//! said to the server.

use super::setup;
use common::clock::SystemClock;
use reqwest::Url;
use std::path::Path;
use std::sync::Arc;
use tests::cluster::{Catcher, Cluster, Copy, Servers, Setup, Urls};
use tests::eventually::eventually;
use tests::gateway::Gateway;
use tests::process::Home;
use tests::test_certificate::TestCertificate;
use tests::tls_front::{Opening, TlsFront};

const ADA: &str = "ada@example.org";
/// What every client here connects to.
const HOST: &str = "localhost";

/// Servers, and TLS in front of each.
struct Fronts {
    postgres: TlsFront,
    redis: TlsFront,
    rabbitmq: TlsFront,
    plain: Urls,
}

impl Fronts {
    async fn start(servers: &Servers, certificate: &TestCertificate) -> Self {
        let plain = servers.urls();
        let front =
            async |url: &str, opening| TlsFront::start(certificate, opening, port_of(url)).await.unwrap();
        Self {
            postgres: front(&plain.postgres, Opening::AsPostgres).await,
            redis: front(&plain.redis, Opening::AtOnce).await,
            rabbitmq: front(&plain.rabbitmq, Opening::AtOnce).await,
            plain,
        }
    }

    fn urls(&self) -> Urls {
        let mut postgres = moved(&self.plain.postgres, "postgres", self.postgres.port());
        postgres.set_query(Some("sslmode=verify-full"));
        Urls {
            postgres: postgres.into(),
            redis: moved(&self.plain.redis, "rediss", self.redis.port()).into(),
            rabbitmq: moved(&self.plain.rabbitmq, "amqps", self.rabbitmq.port()).into(),
            prefix: String::new(),
        }
    }

    fn each(&self) -> [(&'static str, &TlsFront); 3] {
        [("postgres", &self.postgres), ("redis", &self.redis), ("rabbitmq", &self.rabbitmq)]
    }
}

fn port_of(url: &str) -> u16 {
    Url::parse(url).unwrap().port().unwrap()
}

fn moved(url: &str, scheme: &str, port: u16) -> Url {
    let mut url = Url::parse(url).unwrap();
    url.set_scheme(scheme).unwrap();
    url.set_host(Some(HOST)).unwrap();
    url.set_port(Some(port)).unwrap();
    url
}

/// One copy of each service, which trusts this certificate alone.
fn trusting(certificate: &TestCertificate, folder: &Path, urls: Urls, smtp: String) -> Setup {
    let roots = folder.join("roots.pem");
    std::fs::write(&roots, &certificate.pem).unwrap();
    let more = vec![("SSL_CERT_FILE".to_owned(), roots.to_string_lossy().into_owned())];
    Setup { api: 1, worker: 1, more, ..setup(folder, urls, smtp) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_works_over_tls_to_every_server_whose_certificate_it_trusts() {
    let servers = Servers::start(&Home::Passing).await.unwrap();
    let certificate = TestCertificate::for_host(HOST).unwrap();
    let fronts = Fronts::start(&servers, &certificate).await;
    let catcher = Catcher::start(&fronts.plain, Arc::new(SystemClock), None).await.unwrap();
    let folder = tests::folder::Folder::new().unwrap();
    let setup = trusting(&certificate, folder.path(), fronts.urls(), catcher.smtp_url());
    let cluster = Cluster::start(setup).await.unwrap();
    cluster.ready().await.unwrap();
    let gateway = Gateway::calling(cluster.grpc().unwrap()[0]).unwrap();
    gateway.create_account(ADA, "seven quiet herons wade").await.unwrap();
    gateway.request_reset(ADA).await.unwrap();
    catcher.inbox().mailbox().has_mails_to(ADA, 1).await.unwrap();
    for (server, front) in fronts.each() {
        assert!(front.trusted() > 0, "nobody came to {server} over TLS");
    }
    cluster.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_certificate_is_not_trusted_or_is_anothers_is_told_nothing() {
    let servers = Servers::start(&Home::Passing).await.unwrap();
    let ours = TestCertificate::for_host(HOST).unwrap();
    let (stranger, of_another) =
        (TestCertificate::for_host(HOST).unwrap(), TestCertificate::for_host("other.example").unwrap());
    for (presented, trusted) in [(&stranger, &ours), (&of_another, &of_another)] {
        let fronts = Fronts::start(&servers, presented).await;
        let folder = tests::folder::Folder::new().unwrap();
        let smtp = "smtp://127.0.0.1:1?tls=none".to_owned();
        let setup = trusting(trusted, folder.path(), fronts.urls(), smtp);
        let mut cluster = Cluster::start_unmigrated(setup).await.unwrap();
        for (server, front) in fronts.each() {
            // The second time shows that the first was refused, and that it does not fall back.
            eventually(&format!("{server} is tried twice"), async || Ok((front.came() >= 2).then_some(())))
                .await
                .unwrap();
            assert_eq!(front.trusted(), 0, "{server}");
        }
        assert_eq!(cluster.count_ready().await, (0, 0));
        says_that_it_is_the_certificate(&mut cluster.apis[0], 3).await;
        says_that_it_is_the_certificate(&mut cluster.workers[0], 2).await;
    }
}

/// In a line for each server.
async fn says_that_it_is_the_certificate(copy: &mut Copy, servers: usize) {
    let said = eventually("it names the certificate", async || {
        let log = copy.program()?.log().to_lowercase();
        let named = ["postgres://", "redis", "amqps://"]
            .into_iter()
            .filter(|server| log.lines().any(|line| line.contains(server) && line.contains("certificate")));
        Ok((named.count() == servers).then_some(()))
    });
    assert!(said.await.is_ok(), "{}", copy.program().unwrap().log());
}
