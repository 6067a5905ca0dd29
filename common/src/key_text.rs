//! Keys as settings hold them: an id, a colon, and the bytes in base64.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

/// The text is no key. Nothing of it is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be ID:BASE64, with a number before the colon, and not all zeros")]
pub struct MalformedKeyText;

/// Writes a key.
#[must_use]
pub fn format(id: u16, key: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(format!("{id}:{}", &*Zeroizing::new(STANDARD.encode(key))))
}

/// Reads a key.
///
/// # Errors
/// [`MalformedKeyText`].
pub fn parse(text: &str) -> Result<(u16, Zeroizing<Vec<u8>>), MalformedKeyText> {
    let (id, key) = text.trim().split_once(':').ok_or(MalformedKeyText)?;
    let id = id.parse().map_err(|_| MalformedKeyText)?;
    let key = Zeroizing::new(STANDARD.decode(key).map_err(|_| MalformedKeyText)?);
    // An example that nobody has replaced.
    if key.iter().all(|byte| *byte == 0) { Err(MalformedKeyText) } else { Ok((id, key)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_written() {
        let text = format(7, &[0, 255, 3]);
        assert_eq!(&*text, "7:AP8D");
        assert_eq!(parse(&text), Ok((7, Zeroizing::new(vec![0, 255, 3]))));
        for wrong in ["", ":", "AP8D", "7:AP8", "x:AP8D", "70000:AP8D", "7:", "7:AAAA"] {
            assert_eq!(parse(wrong), Err(MalformedKeyText), "{wrong}");
        }
    }
}
