//! `application/x-www-form-urlencoded`, read strictly.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What is wrong with a query or a form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParamFault {
    /// The name came more than once: which one counts is the attacker's choice.
    #[error("parameter `{0}` is sent more than once")]
    Repeated(String),
    /// Not percent-encoded UTF-8.
    #[error("a parameter is not percent-encoded UTF-8")]
    NotUtf8,
    /// More than 100 parameters.
    #[error("more than 100 parameters")]
    TooMany,
    /// The body is of another content type.
    #[error("the body is not application/x-www-form-urlencoded")]
    NotAForm,
}

const MOST: usize = 100;

/// The parameters of one query or form, in order.
#[derive(Debug, Clone, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Parses; `+` is a space, every `%XX` a byte, the whole UTF-8.
    pub fn parse(raw: &[u8]) -> Result<Self, ParamFault> {
        let mut pairs = Vec::new();
        for pair in raw.split(|b| *b == b'&').filter(|p| !p.is_empty()) {
            if pairs.len() == MOST {
                return Err(ParamFault::TooMany);
            }
            let mut halves = pair.splitn(2, |b| *b == b'=');
            let name = decode(halves.next().unwrap_or_default())?;
            let value = decode(halves.next().unwrap_or_default())?;
            pairs.push((name, value));
        }
        Ok(Self(pairs))
    }

    /// The value of a parameter that may come once at most.
    pub fn one(&self, name: &str) -> Result<Option<&str>, ParamFault> {
        let mut found = self.0.iter().filter(|(n, _)| n == name);
        let first = found.next().map(|(_, v)| v.as_str());
        match found.next() {
            Some(_) => Err(ParamFault::Repeated(name.to_owned())),
            None => Ok(first),
        }
    }

    /// Fails where any parameter comes twice (RFC 6749 section 3.1).
    pub fn require_unrepeated(&self) -> Result<(), ParamFault> {
        for (place, (name, _)) in self.0.iter().enumerate() {
            if self.0.iter().skip(place + 1).any(|(n, _)| n == name) {
                return Err(ParamFault::Repeated(name.clone()));
            }
        }
        Ok(())
    }

    /// All pairs in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }
}

fn decode(raw: &[u8]) -> Result<String, ParamFault> {
    let spaced: Vec<u8> = raw.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
    percent_encoding::percent_decode(&spaced)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| ParamFault::NotUtf8)
}

/// Everything but the unreserved characters of RFC 3986.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Percent-encodes a text as one component of a query.
pub fn encode_component(text: &str) -> String {
    utf8_percent_encode(text, COMPONENT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_parameter_is_a_fault_not_a_choice() {
        let params = Params::parse(b"a=1&b=2&a=3").expect("parses");
        assert_eq!(params.one("a"), Err(ParamFault::Repeated("a".into())));
        assert_eq!(params.one("b"), Ok(Some("2")));
        assert_eq!(params.one("c"), Ok(None));
        assert!(params.require_unrepeated().is_err());
    }

    #[test]
    fn plus_and_percent_are_decoded_and_bad_utf8_is_refused() {
        let params = Params::parse("q=%E5%8D%97+%26".as_bytes()).expect("parses");
        assert_eq!(params.one("q"), Ok(Some("南 &")));
        assert_eq!(Params::parse(b"q=%FF").map(|_| ()), Err(ParamFault::NotUtf8));
    }

    #[test]
    fn encoding_round_trips() {
        let text = "a b&c=d/南?%";
        let raw = format!("x={}", encode_component(text));
        assert_eq!(Params::parse(raw.as_bytes()).expect("parses").one("x"), Ok(Some(text)));
    }
}
