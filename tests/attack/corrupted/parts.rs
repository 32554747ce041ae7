//! The parts of a request that can be changed, each found again by its name.

use super::xml::{Node, nodes};
use crate::harness::outgoing::{Outgoing, Pairs};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::{DeflateDecoder, DeflateEncoder};
use std::io::Read as _;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Query,
    Form,
    Cookies,
    Headers,
}

/// One part: a pair of some place, all pairs of a place, or a node of a SAML message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Pair(Place, String),
    All(Place),
    Xml(Place, String, String),
}

impl Part {
    pub fn name(&self) -> String {
        match self {
            Self::Pair(place, name) => format!("{place:?} {name}"),
            Self::All(place) => format!("{place:?} all"),
            Self::Xml(_, field, path) => format!("{field} {path}"),
        }
    }

    /// Every part of a recorded request.
    pub fn every(request: &Outgoing) -> Vec<Self> {
        let mut parts = Vec::new();
        for place in [Place::Query, Place::Form, Place::Cookies, Place::Headers] {
            let pairs = pairs(request, place);
            parts.extend(names(pairs).into_iter().map(|name| Self::Pair(place, name)));
            if place != Place::Headers && !pairs.is_empty() {
                parts.push(Self::All(place));
            }
            for (field, value) in pairs.iter().filter(|(name, _)| is_message(name)) {
                let nodes = decoded(place, value).map(|xml| nodes(&xml)).unwrap_or_default();
                let of = |node: Node| Self::Xml(place, field.clone(), node.path);
                parts.extend(nodes.into_iter().map(of));
            }
        }
        parts
    }
}

/// A state cookie is named after its handle, which is drawn anew in each login.
fn known_as(name: &str) -> &str {
    name.strip_prefix("__Host-rp_s_").map_or(name, |_| "__Host-rp_s_")
}

/// The names of pairs, numbered where one comes again.
fn names(pairs: &Pairs) -> Vec<String> {
    let known = |n: usize| known_as(&pairs[n].0);
    let before = |n: usize| (0..n).filter(|m| known(*m) == known(n)).count();
    let numbered = |n: usize| match before(n) {
        0 => known(n).to_owned(),
        again => format!("{}[{}]", known(n), again + 1),
    };
    (0..pairs.len()).map(numbered).collect()
}

fn is_message(name: &str) -> bool {
    matches!(name, "SAMLRequest" | "SAMLResponse")
}

/// Where the pair of that name stands.
pub fn place_of(pairs: &Pairs, name: &str) -> Option<usize> {
    names(pairs).iter().position(|numbered| numbered == name)
}

pub fn pairs(request: &Outgoing, place: Place) -> &Pairs {
    static NONE: Pairs = Vec::new();
    match place {
        Place::Query => &request.query,
        Place::Form => request.form.as_ref().unwrap_or(&NONE),
        Place::Cookies => &request.cookies,
        Place::Headers => &request.headers,
    }
}

pub fn pairs_mut(request: &mut Outgoing, place: Place) -> &mut Pairs {
    match place {
        Place::Query => &mut request.query,
        Place::Form => request.form.get_or_insert_with(Vec::new),
        Place::Cookies => &mut request.cookies,
        Place::Headers => &mut request.headers,
    }
}

pub fn message(request: &Outgoing, place: Place, field: &str) -> Option<String> {
    let pairs = pairs(request, place);
    decoded(place, &pairs[place_of(pairs, field)?].1)
}

/// HTTP-Redirect deflates, HTTP-POST does not.
fn decoded(place: Place, value: &str) -> Option<String> {
    let bytes = STANDARD.decode(value).ok()?;
    if place == Place::Form {
        return String::from_utf8(bytes).ok();
    }
    let mut xml = String::new();
    DeflateDecoder::new(&bytes[..]).read_to_string(&mut xml).ok()?;
    Some(xml)
}

pub fn encoded(place: Place, xml: &str) -> String {
    if place == Place::Form {
        return STANDARD.encode(xml);
    }
    let mut bytes = Vec::new();
    DeflateEncoder::new(xml.as_bytes(), Compression::fast())
        .read_to_end(&mut bytes)
        .expect("memory");
    STANDARD.encode(bytes)
}
