//! A JSON object a line.

use super::fields::{Fields, LineError, NAMES, shown};
use serde_json::{Map, Value};

/// The fields of a line. `null` is as good as none.
pub(super) fn fields(line: &str) -> Result<Fields, LineError> {
    let object: Map<String, Value> = serde_json::from_str(line).map_err(|_| LineError::NotAnObject)?;
    let mut fields = Fields::default();
    for (name, value) in object {
        let Some(field) = fields.named(&name) else { return Err(LineError::Unknown(shown(&name))) };
        *field = match value {
            Value::Null => String::new(),
            Value::String(text) => text,
            Value::Bool(flag) if name == "disabled" => flag.to_string(),
            _ => {
                let name = NAMES.into_iter().find(|ours| *ours == name);
                return Err(LineError::NotText(name.unwrap_or_default()));
            }
        };
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_become_fields() {
        let line = r#"{"email":"ada@example.org","password_hash":"$h","disabled":true,"locale":null}"#;
        let fields = fields(line).unwrap();
        assert_eq!((&*fields.email, &*fields.password_hash), ("ada@example.org", "$h"));
        assert_eq!((&*fields.disabled, &*fields.locale, &*fields.id), ("true", "", ""));
    }

    #[test]
    fn what_is_no_account_is_told_without_its_text() {
        let error = |line| fields(line).map(drop).unwrap_err();
        for line in ["[]", "x", "{", r#"{"email":"a"} {"email":"b"}"#, "null", r#""email""#] {
            assert_eq!(error(line), LineError::NotAnObject, "{line}");
        }
        assert_eq!(error(r#"{"email":1}"#), LineError::NotText("email"));
        assert_eq!(error(r#"{"id":true}"#), LineError::NotText("id"));
        assert_eq!(error(r#"{"name":"Ada"}"#), LineError::Unknown("`name`".to_owned()));
        assert_eq!(error(r#"{"$2b$04$abc":""}"#), LineError::Unknown("(not shown)".to_owned()));
    }
}
