//! One layer over the other: each may only say what the defaults know, in the type they have.

use super::Manual;
use super::mistakes::Mistakes;
use super::secret_file;
use std::path::Path;
use toml::{Table, Value};

/// What a key or a variable ends with when it names a file that holds the value.
const FILE_KEY: &str = "_file";
const FILE_VARIABLE: &str = "_FILE";

/// The defaults with the file and the environment over them.
pub(super) fn merged(
    manual: Manual,
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
    mistakes: &mut Mistakes,
) -> Table {
    let mut table = manual.defaults.parse::<Table>().unwrap_or_else(|error| {
        mistakes.note("compiled-in defaults", error.message());
        Table::new()
    });
    if let Some(file) = file {
        over_from_file(manual, &mut table, file, mistakes);
    }
    for (name, text) in environment {
        if let Some(path) = name.strip_prefix(manual.prefix).and_then(|rest| rest.strip_prefix("__")) {
            over_from_variable(manual, &mut table, &name, &path.replace("__", "."), text, mistakes);
        }
    }
    table
}

/// The value at a dotted path.
pub(super) fn find<'a>(table: &'a Table, key: &str) -> Option<&'a Value> {
    let mut parts = key.split('.');
    let mut value = table.get(parts.next()?)?;
    for part in parts {
        value = value.as_table()?.get(part)?;
    }
    Some(value)
}

/// Shows every value with its dotted path.
pub(super) fn walk(table: &Table, show: &mut dyn FnMut(&str, &Value)) {
    fn below(table: &Table, path: &str, show: &mut dyn FnMut(&str, &Value)) {
        for (name, value) in table {
            let key = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            match value {
                Value::Table(inner) => below(inner, &key, show),
                value => show(&key, value),
            }
        }
    }
    below(table, "", show);
}

fn over_from_file(manual: Manual, table: &mut Table, file: &Path, mistakes: &mut Mistakes) {
    let place = file.display().to_string();
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => return mistakes.note(place, format!("cannot be read: {error}")),
    };
    let layer = match text.parse::<Table>() {
        Ok(layer) => layer,
        Err(error) => return mistakes.note(place, located(&text, &error)),
    };
    let mut values = Vec::new();
    walk(&layer, &mut |key, value| values.push((key.to_owned(), value.clone())));
    for (key, value) in values {
        let place = format!("{place}: {key}");
        if find(table, &key).is_some() {
            set(table, &key, value, &place, mistakes);
        } else if let Some(key) = key.strip_suffix(FILE_KEY).filter(|key| find(table, key).is_some()) {
            let path = value.as_str().unwrap_or_default();
            set_from_file(manual, table, key, Path::new(path), &place, mistakes);
        } else {
            mistakes.note(place, "there is no such key");
        }
    }
}

/// Where TOML stopped making sense; the library's own message repeats the line, which may hold a secret.
fn located(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    format!("line {}: {}", before.matches('\n').count() + 1, error.message())
}

fn over_from_variable(
    manual: Manual,
    table: &mut Table,
    name: &str,
    path: &str,
    text: String,
    mistakes: &mut Mistakes,
) {
    let key = path.to_ascii_lowercase();
    if let Some(known) = find(table, &key) {
        match typed(text, known) {
            Ok(value) => set(table, &key, value, name, mistakes),
            Err(expected) => mistakes.note(name, format!("must be {expected}")),
        }
        return;
    }
    let named = path.strip_suffix(FILE_VARIABLE).map(str::to_ascii_lowercase);
    match named.filter(|key| find(table, key).is_some()) {
        Some(key) => set_from_file(manual, table, &key, Path::new(&text), name, mistakes),
        None => mistakes.note(name, format!("there is no key {key}")),
    }
}

fn set_from_file(
    manual: Manual,
    table: &mut Table,
    key: &str,
    file: &Path,
    place: &str,
    mistakes: &mut Mistakes,
) {
    let secret = manual.secrets.contains(&key);
    let value = secret_file::read(file, secret).map_err(|error| error.to_string());
    let known = find(table, key).cloned().unwrap_or_else(|| Value::String(String::new()));
    let typed =
        value.and_then(|text| typed(text, &known).map_err(|expected| format!("must hold {expected}")));
    match typed {
        Ok(value) => set(table, key, value, place, mistakes),
        Err(why) => mistakes.note(place, why),
    }
}

/// The text as the type of the default it replaces; else what it should have been. A list is separated by commas or
/// line breaks.
fn typed(text: String, known: &Value) -> Result<Value, &'static str> {
    match known {
        Value::Integer(_) => text.trim().parse().map(Value::Integer).map_err(|_| "a whole number"),
        Value::Boolean(_) => text.trim().parse().map(Value::Boolean).map_err(|_| "true or false"),
        Value::Array(_) => {
            let items = text.split([',', '\n']).map(str::trim).filter(|item| !item.is_empty());
            Ok(Value::Array(items.map(Value::from).collect()))
        }
        Value::String(_) => Ok(Value::String(text)),
        _ => Err("a single value: set the keys below it"),
    }
}

fn set(table: &mut Table, key: &str, value: Value, place: &str, mistakes: &mut Mistakes) {
    let Some(old) = find_mut(table, key) else { return };
    if std::mem::discriminant(old) == std::mem::discriminant(&value) {
        *old = value;
    } else {
        mistakes.note(place, format!("must be of the type {}, not {}", old.type_str(), value.type_str()));
    }
}

fn find_mut<'a>(table: &'a mut Table, key: &str) -> Option<&'a mut Value> {
    let mut parts = key.split('.');
    let mut value = table.get_mut(parts.next()?)?;
    for part in parts {
        value = value.as_table_mut()?.get_mut(part)?;
    }
    Some(value)
}
