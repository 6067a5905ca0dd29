//! A colour, and how well it can be told from another.

use std::fmt;

/// A colour of sRGB; written `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// The text is not a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a colour is # and six of 0-9 and a-f")]
pub struct MalformedColour;

impl Colour {
    /// Reads `#rrggbb`, in lower case.
    ///
    /// # Errors
    /// [`MalformedColour`] for anything else, names and short forms included: some mail clients know neither.
    pub fn parse(text: &str) -> Result<Self, MalformedColour> {
        let digits = text.strip_prefix('#').ok_or(MalformedColour)?;
        let is_digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        if digits.len() != 6 || !digits.bytes().all(is_digit) {
            return Err(MalformedColour);
        }
        let number = u32::from_str_radix(digits, 16).map_err(|_| MalformedColour)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self([red, green, blue]))
    }

    /// The contrast ratio with another colour, 1 to 21 (WCAG 2.2, "contrast ratio").
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.relative_luminance(), other.relative_luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// WCAG 2.2, "relative luminance".
    fn relative_luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| linear(f64::from(channel) / 255.0));
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

/// Takes the gamma out of a channel of 0 to 1.
fn linear(channel: f64) -> f64 {
    if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contrast(a: &str, b: &str) -> f64 {
        Colour::parse(a).unwrap().contrast(Colour::parse(b).unwrap())
    }

    #[test]
    fn the_contrast_is_the_one_of_wcag() {
        assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
        assert!((contrast("#0a7d8c", "#0a7d8c") - 1.0).abs() < 1e-9);
        // The lightest grey that is readable on white, and the one after it.
        assert!(contrast("#767676", "#ffffff") >= 4.5);
        assert!(contrast("#777777", "#ffffff") < 4.5);
    }

    #[test]
    fn a_colour_survives_being_written() {
        assert_eq!(Colour::parse("#0a7d8c").unwrap().to_string(), "#0a7d8c");
    }

    #[test]
    fn what_is_no_colour_is_refused() {
        for text in ["", "#", "red", "#fff", "#0A7D8C", "0a7d8c", "#0a7d8c;", "#+a7d8c", "#0a7d8é"] {
            assert_eq!(Colour::parse(text), Err(MalformedColour), "{text:?}");
        }
    }
}
