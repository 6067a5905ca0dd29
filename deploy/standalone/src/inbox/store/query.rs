//! Which mails: all, some by id, or those a search finds.

use crate::inbox::address_key::whole_address_key;
use crate::inbox::mail_id::MailId;
use sqlx::{QueryBuilder, Sqlite};

/// A search, in Mailpit's syntax as far as it is useful here: words that must all occur; `from:`, `to:` and
/// `subject:` look in one place; quotes keep words together; `!` or `-` in front excludes. `to:` with a whole
/// address finds the mails to exactly that mailbox, however it is spelt, those sent as Bcc included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::inbox) struct Query(Vec<Term>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    excluded: bool,
    place: Place,
    /// Lower case.
    word: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    From,
    To,
    Subject,
    Anywhere,
}

/// The mails an operation is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::inbox) enum Selection {
    All,
    Ids(Vec<MailId>),
    Matching(Query),
}

impl Query {
    /// None if there is nothing to look for.
    pub(in crate::inbox) fn parse(text: &str) -> Option<Self> {
        let terms: Vec<_> = words(text).iter().filter_map(|word| Term::parse(word)).collect();
        (!terms.is_empty()).then_some(Self(terms))
    }
}

impl Selection {
    /// Adds the condition to a statement over `mail`.
    pub(super) fn push_condition(&self, sql: &mut QueryBuilder<Sqlite>) {
        match self {
            Self::All => {
                sql.push("1");
            }
            Self::Ids(ids) => {
                let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
                sql.push("mail.id IN (SELECT value FROM json_each(")
                    .push_bind(serde_json::json!(ids).to_string())
                    .push("))");
            }
            Self::Matching(Query(terms)) => {
                sql.push("1");
                terms.iter().for_each(|term| term.push_condition(sql));
            }
        }
    }
}

impl Term {
    fn parse(word: &str) -> Option<Self> {
        let excluded = word.starts_with(['!', '-']);
        let word = if excluded { &word[1..] } else { word };
        let (place, word) = Place::split(word);
        let word = word.trim().to_lowercase();
        (!word.is_empty()).then_some(Self { excluded, place, word })
    }

    fn push_condition(&self, sql: &mut QueryBuilder<Sqlite>) {
        sql.push(if self.excluded { " AND NOT " } else { " AND " });
        match (self.place, whole_address_key(&self.word)) {
            (Place::To, Some(address)) => sql
                .push("mail.id IN (SELECT mail_id FROM addressee WHERE address = ")
                .push_bind(address)
                .push(")"),
            (place, _) => {
                sql.push("instr(").push(place.column()).push(", ").push_bind(self.word.clone()).push(") > 0")
            }
        };
    }
}

impl Place {
    fn split(word: &str) -> (Self, &str) {
        let places = [("from:", Self::From), ("to:", Self::To), ("subject:", Self::Subject)];
        let found = places.into_iter().find_map(|(prefix, place)| {
            let (start, rest) = word.split_at_checked(prefix.len())?;
            start.eq_ignore_ascii_case(prefix).then_some((place, rest))
        });
        found.unwrap_or((Self::Anywhere, word))
    }

    fn column(self) -> &'static str {
        match self {
            Self::From => "sought_from",
            Self::To => "sought_to",
            Self::Subject => "sought_subject",
            Self::Anywhere => "sought_text",
        }
    }
}

/// Splits at white space that is not inside double quotes; the quotes go.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut quoted) = (vec![String::new()], false);
    for character in text.chars() {
        match (character, words.last_mut()) {
            ('"', _) => quoted = !quoted,
            (c, _) if c.is_whitespace() && !quoted => words.push(String::new()),
            (c, Some(word)) => word.push(c),
            (_, None) => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(excluded: bool, place: Place, word: &str) -> Term {
        Term { excluded, place, word: word.to_owned() }
    }

    #[test]
    fn a_query_is_read_term_by_term() {
        let query =
            Query::parse("to:Ada@Example.org  -SUBJECT:\"Your Password\" !spam \"two words\" from:").unwrap();
        assert_eq!(
            query.0,
            [
                term(false, Place::To, "ada@example.org"),
                term(true, Place::Subject, "your password"),
                term(true, Place::Anywhere, "spam"),
                term(false, Place::Anywhere, "two words"),
            ]
        );
    }

    #[test]
    fn nothing_to_look_for_is_no_query() {
        for text in ["", "  ", "\"\"", "to:", "-", "!", "\"", "-to:\" \""] {
            assert_eq!(Query::parse(text), None, "{text}");
        }
    }
}
