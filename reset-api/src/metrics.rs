//! What reset-api measures beside its calls, pages, queue and database: the flow itself.
//!
//! [`asks`], [`links`] and [`passwords`] are counted by the heart and the store's coat, [`hashing`] and [`backlog`] are looked
//! at. The rules for names and attributes are those of [`common::metrics`].

pub mod asks;
pub mod backlog;
pub mod hashing;
pub mod links;
pub mod passwords;

use asks::AskMetrics;
use common::brand::Brands;
use links::LinkMetrics;
use opentelemetry::metrics::Meter;
use passwords::PasswordMetrics;

/// What the heart counts.
#[derive(Debug, Clone)]
pub struct HeartMetrics {
    /// Requests.
    pub asks: AskMetrics,
    /// Links.
    pub links: LinkMetrics,
    /// New passwords.
    pub passwords: PasswordMetrics,
}

impl HeartMetrics {
    /// The instruments; requests are told apart by these apps.
    #[must_use]
    pub fn new(meter: &Meter, brands: &Brands) -> Self {
        Self {
            asks: AskMetrics::new(meter, brands),
            links: LinkMetrics::new(meter),
            passwords: PasswordMetrics::new(meter),
        }
    }

    /// Counts nothing: for commands, which end before anybody could read it.
    #[must_use]
    pub fn silent(brands: &Brands) -> Self {
        Self::new(&common::metrics::silent(), brands)
    }
}
