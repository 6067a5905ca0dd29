//! The pages, as browsers, password managers, mail scanners and other web sites meet them.

// Says to clippy that helpers are tests, too.
#![cfg(test)]

mod answers;
mod asking;
mod headers;
mod links;
mod reading;
mod revoking;
pub(crate) mod states;
mod words;
pub(crate) mod world;

pub(crate) use answers::panicking;
use world::World;

pub(crate) const ADA: &str = "ada@example.org";
pub(crate) const OLD_PASSWORD: &str = "old-blue-lamp-forty-two";
pub(crate) const NEW_PASSWORD: &str = "correct horse battery staple";

/// The value of an attribute's first appearance after `mark`.
fn attribute<'d>(document: &'d str, mark: &str, name: &str) -> &'d str {
    let (_, rest) = document.split_once(mark).unwrap_or_else(|| panic!("no {mark} in {document}"));
    let (_, rest) = rest.split_once(&format!("{name}=\"")).unwrap();
    rest.split('"').next().unwrap()
}

/// The words of the first heading.
fn heading(document: &str) -> &str {
    document.split_once("<h1>").unwrap().1.split("</h1>").next().unwrap()
}
