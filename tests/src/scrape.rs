//! What a service says it has measured, read as Prometheus reads it (text exposition format 0.0.4).

use anyhow::{Context as _, ensure};
use common::telemetry::Service;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use uuid::Uuid;

/// The service that tests measure.
pub const SERVICE: Service = Service { name: "under-test", version: "1", instance: Uuid::nil() };

/// The measurements of one process, or of several together.
#[derive(Debug, Clone, Default)]
pub struct Scrape {
    /// What was read.
    pub text: String,
    families: BTreeMap<String, Family>,
    samples: Vec<Sample>,
}

/// A metric as it is announced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Family {
    /// `counter`, `gauge` or `histogram`.
    pub kind: String,
    /// What it says about itself.
    pub help: String,
}

#[derive(Debug, Clone)]
struct Sample {
    name: String,
    labels: BTreeMap<String, String>,
    value: f64,
}

impl Scrape {
    /// Asks an admin listener.
    ///
    /// # Errors
    /// If it does not answer with metrics.
    pub async fn of(admin: SocketAddr) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let answer = client.get(format!("http://{admin}/metrics")).send().await?.error_for_status()?;
        let kind = answer.headers().get("content-type").context("no content type")?.to_str()?.to_owned();
        ensure!(kind == "text/plain; version=0.0.4", "the content type is {kind}");
        Self::read(&answer.text().await?)
    }

    /// Reads the text.
    ///
    /// # Errors
    /// If it is not in the format.
    pub fn read(text: &str) -> anyhow::Result<Self> {
        let mut scrape = Self { text: text.to_owned(), ..Self::default() };
        for line in text.lines().filter(|line| !line.is_empty()) {
            scrape.read_line(line).with_context(|| format!("cannot read {line:?}"))?;
        }
        Ok(scrape)
    }

    fn read_line(&mut self, line: &str) -> anyhow::Result<()> {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').context("no help")?;
            self.families.entry(name.to_owned()).or_default().help = help.to_owned();
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').context("no type")?;
            self.families.entry(name.to_owned()).or_default().kind = kind.to_owned();
        } else {
            self.samples.push(Sample::read(line)?);
        }
        Ok(())
    }

    /// Both together.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.text.push_str(&other.text);
        self.families.extend(other.families);
        self.samples.extend(other.samples);
        self
    }

    /// Every metric.
    #[must_use]
    pub fn families(&self) -> &BTreeMap<String, Family> {
        &self.families
    }

    /// The labels of a metric, of all its series together, but for a histogram's bounds.
    #[must_use]
    pub fn labels(&self, family: &str) -> BTreeSet<&str> {
        let parts = [family.to_owned(), format!("{family}_count")];
        let samples = self.samples.iter().filter(|sample| parts.contains(&sample.name));
        samples.flat_map(|sample| sample.labels.keys().map(String::as_str)).collect()
    }

    /// How many series there are.
    #[must_use]
    pub fn series(&self) -> usize {
        self.samples.len()
    }

    /// The sum of all series of that name with those labels, written `name{label=value,label=value}`; 0 if there is none.
    #[must_use]
    pub fn sum(&self, selector: &str) -> f64 {
        self.found(selector).sum()
    }

    /// The values of all such series.
    #[must_use]
    pub fn values(&self, selector: &str) -> Vec<f64> {
        self.found(selector).collect()
    }

    fn found<'a>(&'a self, selector: &'a str) -> impl Iterator<Item = f64> + 'a {
        let (name, labels) = selector.split_once('{').unwrap_or((selector, "}"));
        let labels = labels.strip_suffix('}').unwrap_or(labels).split(',').filter(|pair| !pair.is_empty());
        let wanted: Vec<_> = labels.filter_map(|pair| pair.split_once('=')).collect();
        let samples = self.samples.iter().filter(move |sample| {
            sample.name == name && wanted.iter().all(|(label, value)| sample.has(label, value))
        });
        samples.map(|sample| sample.value)
    }
}

impl Sample {
    fn read(line: &str) -> anyhow::Result<Self> {
        let (series, value) = line.rsplit_once(' ').context("no value")?;
        let (name, labels) = match series.split_once('{') {
            Some((name, rest)) => (name, read_labels(rest)?),
            None => (series, BTreeMap::new()),
        };
        Ok(Self { name: name.to_owned(), labels, value: value.parse()? })
    }

    /// A label that is not there is as good as empty.
    fn has(&self, label: &str, value: &str) -> bool {
        self.labels.get(label).map_or("", String::as_str) == value
    }
}

/// `a="b",c="d"}`, where values may have anything in them; none of ours has a quote.
fn read_labels(text: &str) -> anyhow::Result<BTreeMap<String, String>> {
    let mut labels = BTreeMap::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once("=\"") {
        let (value, after) = after.split_once('"').context("a value does not end")?;
        labels.insert(name.trim_start_matches(',').to_owned(), value.to_owned());
        rest = after;
    }
    ensure!(rest == "}", "the labels do not end");
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_are_found_by_their_labels() {
        let text = "# HELP a_total What a is.\n# TYPE a_total counter\na_total{b=\"/r/{token}\",c=\"x y\"} 2\na_total{c=\"x y\"} 3\nd 0.5\n";
        let scrape = Scrape::read(text).unwrap();
        assert_eq!(scrape.sum("a_total"), 5.0);
        assert_eq!(scrape.sum("a_total{c=x y}"), 5.0);
        assert_eq!(scrape.sum("a_total{b=/r/{token},c=x y}"), 2.0);
        assert_eq!(scrape.sum("a_total{b=}"), 3.0);
        assert_eq!(scrape.values("d"), vec![0.5]);
        assert!(scrape.values("e").is_empty());
        assert_eq!(scrape.labels("a_total"), BTreeSet::from(["b", "c"]));
        assert_eq!(scrape.families()["a_total"].kind, "counter");
    }
}
