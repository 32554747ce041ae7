//! Secrets and personal values, in every way in which a log could show them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use std::collections::{BTreeMap, HashMap};
use std::io::Read as _;

/// Shorter ones are words and numbers; codes of a second factor are added as such.
const SHORTEST: usize = 6;
/// Of a long value, a log that shows this much of it shows too much.
const PIECE: usize = 32;

/// Each with what it is, for whoever must find the leak.
#[derive(Default)]
pub struct Secrets {
    values: BTreeMap<String, String>,
    /// Digits, to be found as a whole number only.
    codes: Vec<String>,
}

impl Secrets {
    /// Takes the value, and what is in it: the other half of a Basic header, the texts of a
    /// SAML message, the claims of a token.
    pub fn add(&mut self, what: &str, value: &str) {
        let value = value.trim();
        // A login code is told to whoever helps, and stands in the log to be found.
        let is_login_code =
            matches!(what, "q" | "code" | "login") && model::LoginCode::parse(value).is_ok();
        if value.len() < SHORTEST || is_login_code || self.values.contains_key(value) {
            return;
        }
        if value.len() == 6 && value.bytes().all(|b| b.is_ascii_digit()) {
            self.codes.push(value.to_owned());
            return;
        }
        self.values.insert(value.to_owned(), what.to_owned());
        if what == "Basic" {
            let pair = STANDARD.decode(value).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            pair.iter()
                .filter_map(|pair| pair.split_once(':'))
                .for_each(|(_, s)| self.add(what, s));
        }
        if what == "SAMLResponse" || what == "SAMLRequest" {
            self.message(what, value);
        }
    }

    fn message(&mut self, what: &str, encoded: &str) {
        let Ok(bytes) = STANDARD.decode(encoded) else { return };
        let mut xml = String::new();
        let inflated = flate2::read::DeflateDecoder::new(&bytes[..]).read_to_string(&mut xml);
        if inflated.is_err() {
            xml = String::from_utf8_lossy(&bytes).into_owned();
        }
        for element in ["NameID", "AttributeValue", "SignatureValue", "DigestValue", "CipherValue"]
        {
            for part in xml.split(&format!(":{element}")).skip(1).step_by(2) {
                let text = part.split_once('>').map_or("", |(_, rest)| rest);
                let text = text.split('<').next().unwrap_or_default();
                // What the registry and the vocabulary of a federation say is no secret.
                let is_public = text.starts_with("urn:") || text.starts_with("http");
                if !is_public {
                    self.add(&format!("{element} of a {what}"), text);
                }
            }
        }
    }

    pub fn len(&self) -> usize {
        self.values.len() + self.codes.len()
    }

    /// What of it the text shows, in whichever way, with the line.
    pub fn found_in<'t>(&'t self, text: &'t str) -> Vec<(&'t str, &'t str, &'t str)> {
        let forms: Vec<(String, &str)> = self
            .values
            .keys()
            .flat_map(|value| forms(value).into_iter().map(move |form| (form, value.as_str())))
            .collect();
        // A log is long, and there are thousands of forms: one look at each place.
        let mut starts: HashMap<&[u8], Vec<(&[u8], &str)>> = HashMap::new();
        for (form, value) in &forms {
            let form = form.as_bytes();
            starts.entry(&form[..SHORTEST]).or_default().push((form, *value));
        }
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, start) in text.as_bytes().windows(SHORTEST).enumerate() {
            for (form, value) in starts.get(start).into_iter().flatten() {
                if text.as_bytes()[at..].starts_with(form) {
                    places.entry(*value).or_insert(at);
                }
            }
        }
        let mut found: Vec<(&str, &str, &str)> = Vec::new();
        for (value, what) in &self.values {
            let at = places.get(value.as_str()).copied();
            found.extend(at.map(|at| (what.as_str(), value.as_str(), line_at(text, at))));
        }
        for code in &self.codes {
            let mut at = text.match_indices(code.as_str()).map(|(at, _)| at);
            if let Some(at) = at.find(|at| is_number_by_itself(text, *at, code.len())) {
                found.push(("a code", code.as_str(), line_at(text, at)));
            }
        }
        found
    }
}

/// As it is, in JSON, in Debug, in an address, in base64, in hex and as a list of octets.
fn forms(value: &str) -> Vec<String> {
    let length = value.chars().count();
    let start: String = value.chars().take(PIECE).collect();
    let end: String = value.chars().skip(length.saturating_sub(PIECE)).collect();
    let mut all = forms_of(start);
    if length > PIECE {
        all.extend(forms_of(end));
    }
    all
}

pub fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |hex, octet| hex + &format!("{octet:02x}"))
}

fn forms_of(piece: String) -> Vec<String> {
    let octets = piece.as_bytes();
    let json = serde_json::to_string(&piece).expect("JSON");
    let debug = format!("{piece:?}");
    let hex = hex(octets);
    let listed = format!("{octets:?}");
    // The last group of four depends on what follows.
    let encoded = STANDARD_NO_PAD.encode(octets);
    let encoded = encoded[..encoded.len() / 4 * 4].to_owned();
    let in_address: String = url::form_urlencoded::byte_serialize(octets).collect();
    let mut all = vec![
        json[1..json.len() - 1].to_owned(),
        debug[1..debug.len() - 1].to_owned(),
        in_address.replace('+', "%20"),
        in_address,
        URL_SAFE_NO_PAD.encode(octets)[..encoded.len()].to_owned(),
        encoded,
        hex.to_uppercase(),
        hex,
        listed[1..listed.len() - 1].to_owned(),
        piece,
    ];
    all.dedup();
    all
}

/// Not a part of a longer number, and not the fraction of a second.
fn is_number_by_itself(text: &str, at: usize, length: usize) -> bool {
    let before = text[..at].bytes().next_back();
    let after = text[at + length..].bytes().next();
    let is_fraction = before == Some(b'.') && after == Some(b'Z');
    let touches = [before, after].into_iter().flatten().any(|b| b.is_ascii_alphanumeric());
    !touches && !is_fraction
}

fn line_at(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |line| line + 1);
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    &text[start..end]
}

#[test]
fn a_secret_is_found_in_every_dress() {
    let mut secrets = Secrets::default();
    secrets.add("password", "tomato\"harbour 41");
    secrets.add("Basic", &STANDARD.encode("ill:another-secret"));
    secrets.add("otp", "481516");
    let xml = "<a:NameID Format=\"x\">reader0001@acme.test</a:NameID>";
    secrets.add("SAMLResponse", &STANDARD.encode(xml));
    assert_eq!(secrets.len(), 6, "{:?}", secrets.values);
    for line in [
        "typed tomato\"harbour 41 here",
        "{\"typed\":\"tomato\\\"harbour 41\"}",
        "GET /?p=tomato%22harbour+41",
        "GET /?p=tomato%22harbour%2041",
        "746f6d61746f22686172626f7572203431",
        "body=[116, 111, 109, 97, 116, 111, 34, 104, 97, 114, 98, 111, 117, 114, 32, 52, 49]",
        "dG9tYXRvImhhcmJvdXIgNDE=",
        "another-secret",
        "otp=481516,",
        "subject reader0001@acme.test",
    ] {
        let log = format!("first line\n{line}\nlast line");
        let found = secrets.found_in(&log);
        assert_eq!(found.len(), 1, "{line}: {found:?}");
        assert_eq!(found[0].2, line);
    }
    for line in ["2026-11-21T10:31:05.481516Z ", "id 14815162", "tomato", "reader0001"] {
        assert!(secrets.found_in(line).is_empty(), "{line}");
    }
}
