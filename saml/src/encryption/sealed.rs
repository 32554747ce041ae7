//! The one shape of an EncryptedAssertion that is looked at.
//!
//! Everything else is refused before a private key is used:
//! - one EncryptedData of an element, with its text in CipherValue: nothing is
//!   fetched from elsewhere (CipherReference);
//! - exactly one EncryptedKey, inside its KeyInfo as Shibboleth, ADFS,
//!   SimpleSAMLphp and pysaml2 write it, or beside it as OpenSAML does where
//!   told to, then with a RetrievalMethod to it or none: of two, which one
//!   counts would be the sender's choice;
//! - algorithms of the list. No OAEPparams, no key agreement, no derived key.

use super::EncryptionFault;
use super::algorithm::{Content, Transport};
use crate::names::{DS, XENC, XENC11};
use crate::xml::Element;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const ELEMENT: &str = "http://www.w3.org/2001/04/xmlenc#Element";

/// An EncryptedAssertion that has the right shape. Nothing is opened yet.
#[derive(Debug)]
pub(crate) struct Sealed {
    pub(super) content: Content,
    pub(super) transport: Transport,
    pub(super) wrapped_key: Vec<u8>,
    pub(super) ciphertext: Vec<u8>,
}

impl Sealed {
    /// Reads an EncryptedAssertion.
    pub(crate) fn read(assertion: Element<'_>) -> Result<Self, EncryptionFault> {
        let (data, beside) = halves(assertion)?;
        if data.attr("Type").is_some_and(|kind| kind != ELEMENT) {
            return Err(EncryptionFault::shape("EncryptedData is not of an element"));
        }
        let data = Parts::of(data, &[])?;
        let key = the_key(data.key_info, &beside)?;
        let key = Parts::of(key, &["ReferenceList", "CarriedKeyName"])?;
        Ok(Self {
            content: content(data.method)?,
            transport: transport(key.method)?,
            wrapped_key: cipher_value(key.cipher)?,
            ciphertext: cipher_value(data.cipher)?,
        })
    }

    /// Whether a change of its text is noticed without another signature around it.
    pub(crate) const fn is_authenticated(&self) -> bool {
        self.content.is_authenticated()
    }

    /// What its text is encrypted with.
    pub(crate) const fn algorithm(&self) -> &'static str {
        self.content.uri()
    }
}

/// EncryptedData, and the keys beside it (SAML Core section 2.2.4).
fn halves(assertion: Element<'_>) -> Result<(Element<'_>, Vec<Element<'_>>), EncryptionFault> {
    let wrong = || EncryptionFault::shape("EncryptedAssertion must hold exactly one EncryptedData");
    let mut data = None;
    let mut beside = Vec::new();
    for child in assertion.children() {
        match (child.namespace(), child.name()) {
            (XENC, "EncryptedData") if data.is_none() => data = Some(child),
            (XENC, "EncryptedKey") => beside.push(child),
            _ => return Err(wrong()),
        }
    }
    match data {
        Some(data) if assertion.holds_only_elements() => Ok((data, beside)),
        _ => Err(wrong()),
    }
}

/// The one EncryptedKey, inside or beside.
fn the_key<'d>(
    info: Option<Element<'d>>,
    beside: &[Element<'d>],
) -> Result<Element<'d>, EncryptionFault> {
    let inside: Vec<_> = info.into_iter().flat_map(|i| i.all(XENC, "EncryptedKey")).collect();
    let (([key], []) | ([], [key])) = (inside.as_slice(), beside) else {
        return Err(EncryptionFault::shape("not exactly one EncryptedKey"));
    };
    for method in info.into_iter().flat_map(|i| i.all(DS, "RetrievalMethod")) {
        let named = method.attr("URI").and_then(|uri| uri.strip_prefix('#'));
        if named.is_none() || named != key.attr("Id") || method.children().next().is_some() {
            return Err(EncryptionFault::shape(
                "a RetrievalMethod that is not to the EncryptedKey",
            ));
        }
    }
    Ok(*key)
}

/// What EncryptedData and EncryptedKey have in common (xmlenc-core section 3.1).
struct Parts<'d> {
    method: Element<'d>,
    key_info: Option<Element<'d>>,
    cipher: Element<'d>,
}

impl<'d> Parts<'d> {
    fn of(parent: Element<'d>, also: &[&str]) -> Result<Self, EncryptionFault> {
        let wrong = |what: &str| EncryptionFault::shape(format!("{what} {}", parent.name()));
        let (mut method, mut key_info, mut cipher) = (None, None, None);
        for child in parent.children() {
            let place = match (child.namespace(), child.name()) {
                (XENC, "EncryptionMethod") => &mut method,
                (DS, "KeyInfo") => &mut key_info,
                (XENC, "CipherData") => &mut cipher,
                (XENC, name) if also.contains(&name) => continue,
                _ => return Err(wrong("an unknown element in")),
            };
            if place.replace(child).is_some() {
                return Err(wrong("an element twice in"));
            }
        }
        let method = method.ok_or_else(|| wrong("no EncryptionMethod in"))?;
        let cipher = cipher.ok_or_else(|| wrong("no CipherData in"))?;
        Ok(Self { method, key_info, cipher })
    }
}

fn content(method: Element<'_>) -> Result<Content, EncryptionFault> {
    let uri = method.attr("Algorithm").unwrap_or_default();
    if method.children().next().is_some() {
        return Err(EncryptionFault::shape("EncryptionMethod of EncryptedData with parameters"));
    }
    Content::from_uri(uri).ok_or_else(|| EncryptionFault::algorithm(uri))
}

fn transport(method: Element<'_>) -> Result<Transport, EncryptionFault> {
    let uri = method.attr("Algorithm").unwrap_or_default();
    let (mut digest, mut mask) = (None, None);
    for child in method.children() {
        let place = match (child.namespace(), child.name()) {
            (DS, "DigestMethod") => &mut digest,
            (XENC11, "MGF") => &mut mask,
            _ => return Err(EncryptionFault::shape("EncryptionMethod with unknown parameters")),
        };
        if place.replace(child.attr("Algorithm").unwrap_or_default()).is_some() {
            return Err(EncryptionFault::shape("a parameter of EncryptionMethod twice"));
        }
    }
    Transport::from_uris(uri, digest, mask).ok_or_else(|| {
        let part = |uri: Option<&str>| uri.unwrap_or("-").to_owned();
        EncryptionFault::algorithm(&format!("{uri}, digest {}, mask {}", part(digest), part(mask)))
    })
}

fn cipher_value(cipher: Element<'_>) -> Result<Vec<u8>, EncryptionFault> {
    let wrong = || EncryptionFault::shape("CipherData must hold one CipherValue of plain base64");
    let mut children = cipher.children();
    let (Some(value), None) = (children.next(), children.next()) else { return Err(wrong()) };
    if !value.is(XENC, "CipherValue") || !cipher.holds_only_elements() {
        return Err(wrong());
    }
    let text = value.plain_text().ok_or_else(wrong)?;
    let joined: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(joined).map_err(|_| wrong())
}
