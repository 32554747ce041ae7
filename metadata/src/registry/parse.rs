//! TOML into our types, with faults that say where.

use super::Fault;
use serde::de::DeserializeOwned;

const SEE: &str = "see the registry's file formats in the documentation";

/// Reads a document; the fault names the key, or the line where there is none.
pub(super) fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, Fault> {
    let source = toml::Deserializer::parse(text).map_err(|e| syntax(file, text, &e))?;
    serde_path_to_error::deserialize(source).map_err(|e| {
        let key = e.path().to_string();
        let what = e.inner().message().to_owned();
        let remedy = remedy(&what);
        Fault::key(file, key, what, remedy)
    })
}

/// Reads a document as it stands, to look at its shape.
pub(super) fn table(file: &str, text: &str) -> Result<toml::Table, Fault> {
    text.parse().map_err(|e| syntax(file, text, &e))
}

fn syntax(file: &str, text: &str, fault: &toml::de::Error) -> Fault {
    let before = fault.span().and_then(|span| text.get(..span.start));
    let line = before.map(|t| t.matches('\n').count() + 1);
    let place = line.map(|l| format!("line {l}: ")).unwrap_or_default();
    Fault::file(file, format!("{place}{}", fault.message().trim()), "correct the TOML")
}

fn remedy(what: &str) -> &'static str {
    if what.starts_with("unknown field") {
        "remove the key, or correct its spelling"
    } else if what.starts_with("missing field") {
        "add the key"
    } else if what.starts_with("invalid type") {
        "write a value of the type that is expected"
    } else {
        SEE
    }
}
