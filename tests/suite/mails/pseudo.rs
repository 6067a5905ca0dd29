//! Mails in languages nobody speaks.

use super::super::pseudo::judge;
use super::{Draft, House};
use common::brand::Brands;
use common::wording::pseudo::{self, Pseudo};
use mail_worker::render::{FLUENT_FILES, MailKind, Renderer, built_in};
use std::sync::Arc;

/// What stands in the mails beside the words.
const VALUES: [&str; 6] = ["TP-Link ID", "Tapo", "Kasa", "a***@example.org", "Firefox", "Android"];

fn drafts(pseudo: Pseudo) -> impl Iterator<Item = Draft> {
    let brands = Brands::built_in().unwrap();
    let renderer = Renderer::speaking(pseudo::strings(&FLUENT_FILES).unwrap(), &built_in(), &brands).unwrap();
    let house = Arc::new(House { brands, renderer });
    MailKind::ALL.into_iter().map(move |kind| Draft {
        house: house.clone(),
        locale: pseudo.locale(),
        ..Draft::new(kind)
    })
}

/// The texts of an HTML document, each between two tags.
fn texts(html: &str) -> Vec<&str> {
    let (_, body) = html.split_once("<body").unwrap();
    let texts = body.split('>').skip(1).filter_map(|piece| piece.split('<').next());
    texts.map(str::trim).filter(|text| !text.is_empty()).collect()
}

#[test]
fn every_word_of_a_mail_comes_from_the_fluent_files_or_the_brand() {
    for pseudo in Pseudo::ALL {
        for draft in drafts(pseudo) {
            let (parts, links) = (draft.parts(), draft.links());
            let brand = draft.brand();
            let own = [brand.legal(&draft.locale), &*brand.support_url];
            let values: Vec<&str> =
                VALUES.into_iter().chain(own).chain(links.iter().map(String::as_str)).collect();
            let texts = texts(&parts.html);
            assert!(texts.len() > 15, "{texts:?}");
            for line in parts.text.lines().chain(texts).chain([&*parts.subject]) {
                assert_eq!(
                    judge(pseudo, line, &values, false),
                    Ok(()),
                    "{} in {}: {line}",
                    draft.kind.name(),
                    pseudo.tag()
                );
            }
        }
    }
}

#[test]
fn a_mail_from_right_to_left_is_mirrored() {
    for draft in drafts(Pseudo::Mirrored) {
        let html = draft.parts().html;
        assert!(html.contains("dir=\"rtl\"") && !html.contains(" align=\"left\""));
        assert_eq!(html.matches(" align=\"right\"").count(), 9);
    }
}
