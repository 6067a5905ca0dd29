//! The id of a mail: short, safe in a URL, and sorted by arrival.

use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// In ASCII order, so that ids sort as texts as they do as numbers.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// What 128 bits need in base 62.
const CHARACTERS: usize = 22;

/// A mail's id. Each is greater than those of all mails that arrived before, so "newer than" needs no look-up
/// and holds for an id whose mail has been deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct MailId(u128);

/// The text is not an id the inbox ever gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a mail's ID is 22 letters and digits")]
pub(super) struct MalformedMailId;

impl MailId {
    /// The id of the mail after `last`: `new`, unless the clock stood still or went back.
    pub(super) fn following(last: Option<Self>, new: Uuid) -> Self {
        let new = Self(new.as_u128());
        last.map_or(new, |last| new.max(Self(last.0.saturating_add(1))))
    }
}

impl fmt::Display for MailId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        let mut text = ['0'; CHARACTERS];
        for character in text.iter_mut().rev() {
            *character = usize::try_from(rest % 62).map_or('0', |digit| char::from(DIGITS[digit]));
            rest /= 62;
        }
        f.write_str(&String::from_iter(text))
    }
}

impl FromStr for MailId {
    type Err = MalformedMailId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != CHARACTERS {
            return Err(MalformedMailId);
        }
        text.bytes().try_fold(0_u128, push_digit).map(Self).ok_or(MalformedMailId)
    }
}

fn push_digit(number: u128, character: u8) -> Option<u128> {
    let digit = DIGITS.iter().position(|&digit| digit == character)?;
    number.checked_mul(62)?.checked_add(u128::try_from(digit).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text_and_sorts_like_it() {
        let numbers = [0, 1, 61, 62, u128::MAX / 2, u128::MAX - 1, u128::MAX];
        let texts = numbers.map(|number| MailId(number).to_string());
        assert!(texts.is_sorted());
        for (number, text) in numbers.into_iter().zip(&texts) {
            assert_eq!(text.parse(), Ok(MailId(number)), "{text}");
        }
    }

    #[test]
    fn ids_rise_even_when_the_clock_goes_back() {
        let first = MailId::following(None, Uuid::from_u128(10));
        let second = MailId::following(Some(first), Uuid::from_u128(3));
        assert!(second > first);
        assert_eq!(MailId::following(Some(second), Uuid::from_u128(99)), MailId(99));
    }

    #[test]
    fn hostile_texts_are_refused() {
        for text in
            ["", "latest", "../../../../etc/passwd", "zzzzzzzzzzzzzzzzzzzzzz", "000000000000000000000é"]
        {
            assert_eq!(text.parse::<MailId>(), Err(MalformedMailId), "{text}");
        }
    }
}
