//! The rules for a new password: length and strength, and nothing about which characters (NIST SP 800-63B-4 §3.1.1.2).

use super::Password;
use common::address::EmailAddress;
use zeroize::Zeroizing;
use zxcvbn::feedback::Feedback;
use zxcvbn::zxcvbn;

/// How many characters are judged for strength. The cost grows with the cube of their number, and so many characters
/// that are easy to guess do not become hard by what follows.
const JUDGED_CHARACTERS: usize = 100;
/// What zxcvbn reads as more than one letter, or as one letter of several spellings. It tries every combination of
/// the ones it finds, which takes seconds once they are all there: an attack known for most of its ports.
const AMBIGUOUS: &str = "4@({[<691!|7$5+";
/// How many different ambiguous characters are judged at full length.
const FEW_AMBIGUOUS: usize = 6;
/// How many characters are judged if there are more: a shorter beginning is never judged too strong.
const JUDGED_IF_AMBIGUOUS: usize = 24;
/// The shortest local part or brand that may not be contained, in characters. The owner of `a@example.org` could
/// hardly write anything otherwise; shorter ones still count as known words for strength.
const SHORTEST_FORBIDDEN: usize = 4;

/// What a new password must be. The same object drives the check, the page and the gRPC answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// The least number of characters (Unicode scalar values after NFC).
    pub min_characters: u32,
    /// The most bytes of UTF-8 after NFC; [`Password`] itself ends at 1,024.
    pub max_bytes: u32,
    /// The least zxcvbn score, 0 to 4.
    pub min_strength: u8,
}

impl Default for PasswordPolicy {
    /// Ten characters with a score of 3. NIST asks for 15 where the password is the only factor, without judging
    /// strength: raise `min_characters` to follow it to the letter.
    fn default() -> Self {
        Self { min_characters: 10, max_bytes: 1_024, min_strength: 3 }
    }
}

/// What everybody would try first for this account.
#[derive(Debug, Clone, Copy)]
pub struct Forbidden<'a> {
    /// The account's address; its local part counts as well.
    pub address: &'a EmailAddress,
    /// Names of the product, its apps and its account.
    pub brands: &'a [&'a str],
}

/// A rule that a password breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// It has too few characters.
    TooShort {
        /// The least number.
        min_characters: u32,
    },
    /// It has too many bytes.
    TooLong {
        /// The most.
        max_bytes: u32,
    },
    /// It would soon be guessed.
    TooWeak {
        /// What is weak about it and what would help, in English sentences, without any part of the password.
        advice: String,
    },
    /// The address, or its local part, is in it.
    ContainsAddress,
    /// The name of the product is in it.
    ContainsBrand,
}

impl Violation {
    /// What to do about it, in English, for showing.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::TooShort { min_characters } => format!("Use at least {min_characters} characters."),
            Self::TooLong { max_bytes } => format!("Use at most {max_bytes} bytes."),
            Self::TooWeak { advice } => {
                format!("This password is easy to guess. {advice}").trim_end().to_owned()
            }
            Self::ContainsAddress => "Leave your e-mail address out of the password.".to_owned(),
            Self::ContainsBrand => "Leave the name of the app out of the password.".to_owned(),
        }
    }
}

impl PasswordPolicy {
    /// The rules in English, one sentence each, for showing.
    #[must_use]
    pub fn rules(&self) -> Vec<String> {
        let mut rules = vec![
            format!("Use at least {} characters; any will do, spaces too.", self.min_characters),
            format!(
                "Use at most {} bytes: a letter or digit has one, an emoji four or more.",
                self.max_bytes
            ),
        ];
        if self.min_strength > 0 {
            rules.push("Make it hard to guess: a few uncommon words do well.".to_owned());
        }
        rules.push("Leave your e-mail address and the name of the app out of it.".to_owned());
        rules
    }

    /// Judges a new password. Takes a millisecond of processor time as a rule, and tens of them for a password made
    /// for that: call it where it may block.
    ///
    /// # Errors
    /// Every rule it breaks, in the order of [`Violation`].
    pub fn check(&self, password: &Password, forbidden: &Forbidden<'_>) -> Result<(), Vec<Violation>> {
        let lowered = Zeroizing::new(password.expose_secret().to_lowercase());
        let address = address_words(forbidden.address);
        let violations: Vec<_> = [
            self.length(password),
            self.size(password),
            self.weakness(password, &address, forbidden.brands),
            contains_any(&lowered, address.iter().map(String::as_str)).then_some(Violation::ContainsAddress),
            contains_any(&lowered, forbidden.brands.iter().copied()).then_some(Violation::ContainsBrand),
        ]
        .into_iter()
        .flatten()
        .collect();
        if violations.is_empty() { Ok(()) } else { Err(violations) }
    }

    fn length(&self, password: &Password) -> Option<Violation> {
        let characters = password.expose_secret().chars().count();
        let min_characters = self.min_characters;
        (characters < fitting(min_characters)).then_some(Violation::TooShort { min_characters })
    }

    fn size(&self, password: &Password) -> Option<Violation> {
        let max_bytes = self.max_bytes;
        (password.expose_secret().len() > fitting(max_bytes)).then_some(Violation::TooLong { max_bytes })
    }

    fn weakness(&self, password: &Password, address: &[String], brands: &[&str]) -> Option<Violation> {
        let judged = judged_part(password.expose_secret());
        let known: Vec<&str> = address.iter().map(String::as_str).chain(brands.iter().copied()).collect();
        let strength = zxcvbn(judged, &known);
        let weak = u8::from(strength.score()) < self.min_strength;
        weak.then(|| Violation::TooWeak { advice: advice(strength.feedback()) })
    }
}

fn judged_part(password: &str) -> &str {
    let ambiguous = AMBIGUOUS.chars().filter(|&character| password.contains(character)).count();
    let most = if ambiguous > FEW_AMBIGUOUS { JUDGED_IF_AMBIGUOUS } else { JUDGED_CHARACTERS };
    password.char_indices().nth(most).map_or(password, |(end, _)| &password[..end])
}

/// The spellings of the address and its local part, lowered.
fn address_words(address: &EmailAddress) -> Vec<String> {
    let canonical = address.canonical().to_lowercase();
    let local = canonical.rsplit_once('@').map(|(local, _)| local.to_owned());
    let mut words = vec![address.to_mailbox().to_lowercase(), address.local_part().to_lowercase(), canonical];
    words.extend(local);
    words
}

fn contains_any<'a>(lowered: &str, words: impl Iterator<Item = &'a str>) -> bool {
    words
        .filter(|word| word.chars().count() >= SHORTEST_FORBIDDEN)
        .any(|word| lowered.contains(&word.to_lowercase()))
}

fn advice(feedback: Option<&Feedback>) -> String {
    let Some(feedback) = feedback else { return String::new() };
    let warning = feedback.warning().map(|warning| warning.to_string());
    let suggestions = feedback.suggestions().iter().map(ToString::to_string);
    warning.into_iter().chain(suggestions).collect::<Vec<_>>().join(" ")
}

fn fitting(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
