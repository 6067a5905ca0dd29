//! A visitor who has no more than HTTP, and the words of a page.

use super::states::Reader;
use reqwest::{Client, RequestBuilder, Url};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// Attributes whose value the script shows.
const SHOWN_LATER: [&str; 4] = ["data-waiting", "data-show", "data-hide", "data-text"];

/// Follows links and sends forms, one page at a time.
#[derive(Default)]
pub(super) struct HttpReader {
    client: Client,
    page: Mutex<Page>,
}

#[derive(Default)]
struct Page {
    url: String,
    document: String,
    /// What was typed, by the field's id.
    typed: BTreeMap<String, String>,
}

impl HttpReader {
    /// Everything the page says, a line each: the title, what is on it, and what the script will put there.
    pub(super) fn words(&self) -> Vec<String> {
        words(&self.page.lock().unwrap().document)
    }

    async fn turn_to(&self, request: RequestBuilder) {
        let answer = request.send().await.unwrap();
        let (url, document) = (answer.url().to_string(), answer.text().await.unwrap());
        *self.page.lock().unwrap() = Page { url, document, typed: BTreeMap::new() };
    }

    /// The form around the one thing to press: where it goes, and what is in it.
    fn form(&self) -> (Url, Vec<(String, String)>) {
        let page = self.page.lock().unwrap();
        let (before, _) = page.document.split_once("<button class=\"button").expect("something to press");
        let (_, form) = before.rsplit_once("<form ").expect("a form around it");
        let (_, after) = page.document.split_once(form).unwrap();
        let form = [form, after.split("</form>").next().unwrap()].concat();
        let action = attribute(&form, "action").unwrap();
        let fields = form.split("<input ").skip(1).map(|field| field.split('>').next().unwrap());
        let value = |field: &str| {
            let typed = attribute(field, "id").and_then(|id| page.typed.get(&id).cloned());
            typed.or_else(|| attribute(field, "value")).unwrap_or_default()
        };
        let fields = fields.filter_map(|field| Some((attribute(field, "name")?, value(field))));
        (Url::parse(&page.url).unwrap().join(&action).unwrap(), fields.collect())
    }
}

impl Reader for HttpReader {
    async fn open(&self, url: &str) {
        self.turn_to(self.client.get(url)).await;
    }

    async fn fill(&self, field: &str, text: &str) {
        self.page.lock().unwrap().typed.insert(field.to_owned(), text.to_owned());
    }

    async fn press(&self) {
        let (url, fields) = self.form();
        self.turn_to(self.client.post(url).form(&fields)).await;
    }

    async fn send_malformed(&self) {
        let (url, _) = self.form();
        self.turn_to(self.client.post(url).header("content-type", "text/plain").body("email=x")).await;
    }

    async fn send_from_elsewhere(&self, url: &str) {
        self.turn_to(self.client.post(url).header("sec-fetch-site", "cross-site")).await;
    }
}

fn words(document: &str) -> Vec<String> {
    let (_, shown) = document.split_once("<title>").expect("a title");
    let lines = shown.lines().flat_map(|line| {
        let later = SHOWN_LATER.into_iter().filter_map(|name| attribute(line, name));
        std::iter::once(unescaped(&untagged(line))).chain(later).collect::<Vec<_>>()
    });
    lines.map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

fn untagged(line: &str) -> String {
    let mut pieces = line.split('<');
    let first = pieces.next().unwrap_or_default().to_owned();
    first + &pieces.map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text)).collect::<String>()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    rest.split('"').next().map(unescaped)
}

fn unescaped(text: &str) -> String {
    let escapes =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x3D;", "="), ("&amp;", "&")];
    escapes.into_iter().fold(text.to_owned(), |text, (escape, character)| text.replace(escape, character))
}
