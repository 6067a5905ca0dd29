//! The system as its operator sees it in figures, and as a browser meets it.

use super::{DEADLINE, World, eventually};
use crate::scrape::Scrape;
use reqwest::Method;

impl World {
    /// What each process has measured, copies of reset-api first.
    ///
    /// # Panics
    /// If one does not tell.
    pub async fn scrapes(&self) -> Vec<Scrape> {
        let mut scrapes = Vec::new();
        for admin in &self.deployment.admin {
            scrapes.push(Scrape::of(*admin).await.expect("metrics are told"));
        }
        scrapes
    }

    /// All of that together.
    pub async fn scrape(&self) -> Scrape {
        self.scrapes().await.into_iter().fold(Scrape::default(), Scrape::and)
    }

    /// Waits until so much was counted, all processes together.
    ///
    /// # Panics
    /// If it is not in time.
    pub async fn has_counted(&self, selector: &str, value: f64) {
        eventually(selector, async || {
            let counted = self.scrape().await.sum(selector);
            (counted >= value).then_some(())
        })
        .await;
    }

    /// Asks for a page without following it anywhere; its status.
    ///
    /// # Panics
    /// If there is no answer.
    pub async fn browse(&self, method: &str, path: &str) -> u16 {
        let client = reqwest::Client::builder().no_proxy().timeout(DEADLINE);
        let client = client.redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let answer = client.request(method, format!("http://{}{path}", self.deployment.pages)).send().await;
        answer.expect("the page answers").status().as_u16()
    }
}
