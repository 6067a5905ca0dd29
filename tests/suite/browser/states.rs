//! A browser on its walk through every state of every page.

use super::BUTTON;
use tests::browser::Browser;

pub(super) use super::super::pages::states::{Dress, Reader, each_state, each_state_in};

pub(super) const ENGLISH: Dress = Dress { app: "tapo", locale: "en" };

impl Reader for Browser {
    async fn open(&self, url: &str) {
        Browser::open(self, url).await;
    }

    async fn fill(&self, field: &str, text: &str) {
        Browser::fill(self, &format!("#{field}"), text).await;
    }

    async fn press(&self) {
        // The click comes back before the answer does.
        self.look("window.isBefore = true").await;
        self.click(BUTTON).await;
        self.becomes("return String(!window.isBefore && document.readyState === 'complete')", "true").await;
    }

    async fn send_malformed(&self) {
        self.look("const form = document.forms[0]; form.enctype = 'text/plain'; form.submit()").await;
        self.becomes("return String(!document.querySelector('form'))", "true").await;
    }

    async fn send_from_elsewhere(&self, url: &str) {
        let target = url.replace('&', "%26");
        let page = format!("<form method=post action='{target}'><button class=button>x</button></form>");
        Browser::open(self, &format!("data:text/html,{page}")).await;
        Reader::press(self).await;
    }
}
