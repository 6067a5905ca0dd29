//! TLS to the collector: with a certificate that is trusted spans arrive, with any other nothing is told.

use super::away::{BEGINS, count, log, says};
use crate::crash::STANDALONE;
use anyhow::ensure;
use std::path::PathBuf;
use tests::collector::Collector;
use tests::eventually::eventually;
use tests::folder::Folder;
use tests::standalone_process::StandaloneFolder;
use tests::test_certificate::TestCertificate;

const ADA: &str = "ada@example.org";

fn roots(folder: &Folder, certificate: &TestCertificate) -> anyhow::Result<PathBuf> {
    let roots = folder.path().join("roots.pem");
    std::fs::write(&roots, &certificate.pem)?;
    Ok(roots)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spans_arrive_over_tls_where_the_certificate_is_trusted() -> anyhow::Result<()> {
    let (certificate, folder) = (TestCertificate::for_host("localhost")?, Folder::new()?);
    let collector = Collector::start_with_tls(&certificate).await?;
    let standalone = StandaloneFolder::new(STANDALONE)?.telling(collector.endpoint());
    let process = standalone.trusting(roots(&folder, &certificate)?).start().await?;
    process.gateway().request_reset(ADA).await?;
    eventually("a span arrives", async || Ok((!collector.told().is_empty()).then_some(()))).await?;
    process.stop().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_not_trusted_is_told_nothing_and_the_log_says_why() -> anyhow::Result<()> {
    let (ours, folder) = (TestCertificate::for_host("localhost")?, Folder::new()?);
    let stranger = TestCertificate::for_host("localhost")?;
    let collector = Collector::start_with_tls(&stranger).await?;
    let standalone = StandaloneFolder::new(STANDALONE)?.telling(collector.endpoint());
    let mut standalone = standalone.trusting(roots(&folder, &ours)?);
    let process = standalone.start().await?;
    process.gateway().request_reset(ADA).await?;
    says(&standalone, BEGINS).await?;
    process.stop().await?;
    ensure!(collector.calls() == 0, "it was called");
    let log = log(&standalone)?;
    ensure!(log.contains("certificate") && count(&standalone, BEGINS)? == 1, "{log}");
    Ok(())
}
