//! The same as JSON (CAS Protocol appendix A, `format=JSON`; some servers know nothing else).

use super::{Answer, Collected, Fault, failure, success};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A name that comes twice is a fault of the reader behind it, not a choice.
#[derive(Deserialize)]
struct Outer {
    #[serde(rename = "serviceResponse")]
    response: Response,
}

#[derive(Deserialize)]
struct Response {
    #[serde(rename = "authenticationSuccess")]
    success: Option<Good>,
    #[serde(rename = "authenticationFailure")]
    failure: Option<Bad>,
}

#[derive(Deserialize)]
struct Good {
    user: Value,
    attributes: Option<Value>,
    proxies: Option<Value>,
    #[serde(rename = "proxyGrantingTicket")]
    _granting: Option<Value>,
    /// Attributes beside the user.
    #[serde(flatten)]
    beside: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Bad {
    code: Option<String>,
}

pub(super) fn read(body: &[u8]) -> Result<Answer, Fault> {
    let Outer { response } = serde_json::from_slice(body).map_err(|_| Fault::Json)?;
    match (response.success, response.failure) {
        (Some(good), None) => read_success(&good),
        (None, Some(bad)) => Ok(failure(bad.code.as_deref().unwrap_or_default())),
        _ => Err(Fault::Shape("not exactly one verdict in the serviceResponse")),
    }
}

fn read_success(good: &Good) -> Result<Answer, Fault> {
    let user = match &good.user {
        Value::String(user) => user.clone(),
        Value::Number(user) if user.is_u64() => user.to_string(),
        _ => return Err(Fault::Shape("a user that is no text")),
    };
    let mut values = Collected::default();
    match &good.attributes {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) => values.add_text("", text)?,
        Some(all) => add(&mut values, all)?,
    }
    for (name, value) in &good.beside {
        add_named(&mut values, name, value)?;
    }
    let is_proxied = match &good.proxies {
        None | Some(Value::Null) => false,
        Some(Value::Array(all)) => !all.is_empty(),
        Some(_) => true,
    };
    success(&user, values, is_proxied)
}

/// An object, or a list of objects with one name each.
fn add(values: &mut Collected, all: &Value) -> Result<(), Fault> {
    match all {
        Value::Object(all) => {
            all.iter().try_for_each(|(name, value)| add_named(values, name, value))
        }
        Value::Array(all) => all.iter().filter(|v| v.is_object()).try_for_each(|v| add(values, v)),
        _ => Err(Fault::Shape("attributes that are no object")),
    }
}

fn add_named(values: &mut Collected, name: &str, value: &Value) -> Result<(), Fault> {
    match value {
        Value::String(text) => values.add_text(name, text),
        other => values.add_json(name, other, 0),
    }
}
