//! What a library's system would send, from a file.

use crate::commands::CommandError;
use idp_bridge::Values;
use serde_json::{Map, Value};
use std::io::Read as _;
use std::path::Path;

/// Far above what any system says of one reader.
const FILE_BYTES: u64 = 256 * 1024;

/// Reads `{ "type": "教师", "mail": ["a@…", "b@…"] }`, or the same as TOML.
pub(super) fn read(file: &Path) -> Result<Values, CommandError> {
    let fault = |why: String| CommandError::Failed(format!("{}: {why}", file.display()));
    let text = text(file).map_err(fault)?;
    let table: Map<String, Value> = if text.trim_start().starts_with('{') {
        serde_json::from_str(&text).map_err(|e| fault(e.to_string()))?
    } else {
        toml::from_str(&text).map_err(|e| fault(e.message().to_owned()))?
    };
    let mut values = Values::new();
    for (name, value) in &table {
        let all = match value {
            Value::Array(all) => all.as_slice(),
            one => std::slice::from_ref(one),
        };
        for one in all {
            let one = plain(one).ok_or_else(|| {
                fault(format!(
                    "{name}: not a text, a number or a list of them — write it as the library's \
                     system sends it, as in \"{name}\": [\"a\", \"b\"]"
                ))
            })?;
            values.add(name, &one);
        }
    }
    Ok(values)
}

fn text(file: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).map_err(|e| e.to_string())?;
    opened.take(FILE_BYTES + 1).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
    if bytes.len() as u64 > FILE_BYTES {
        return Err(format!("larger than {FILE_BYTES} bytes: give one reader's attributes"));
    }
    let text = String::from_utf8(bytes).map_err(|_| "not UTF-8: save it as UTF-8".to_owned())?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is_true) => Some(is_true.to_string()),
        Value::Null => Some(String::new()),
        Value::Array(_) | Value::Object(_) => None,
    }
}
