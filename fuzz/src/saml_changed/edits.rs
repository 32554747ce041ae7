//! Changes to a document as an attacker makes them: of tags, elements, attributes and texts.

use crate::script::Script;
use std::ops::Range;

/// What stands in answers, to be put where it does not belong.
const WORDS: &[&str] = &[
    "_assertion-1",
    "_assertion-2",
    "_response-1",
    "_response-2",
    "_request",
    "_another-request",
    "https://idp.test/metadata",
    "https://hub.test/saml/sp/metadata",
    "https://hub.test/saml/sp/acs",
    "https://other.test/",
    "reader1@idp.test",
    "reader2@idp.test",
    "reader-2",
    "2.0",
    "1.1",
    "",
    "#",
    "#_assertion-1",
    "#_assertion-2",
    "#_response-1",
    "2026-11-21T10:31:05Z",
    "2036-11-21T10:31:05Z",
    "http://www.w3.org/2001/10/xml-exc-c14n#",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
    "http://www.w3.org/TR/1999/REC-xslt-19991116",
    "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
    "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "urn:oasis:names:tc:SAML:2.0:assertion",
    "urn:oasis:names:tc:SAML:2.0:protocol",
    "urn:oasis:names:tc:SAML:2.0:cm:bearer",
    "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key",
    "urn:oasis:names:tc:SAML:2.0:status:Responder",
];

/// Into which one thing may be wrapped, to hide it or to hide behind it.
const WRAPPERS: &[(&str, &str)] = &[
    ("<samlp:Extensions>", "</samlp:Extensions>"),
    ("<saml:Advice>", "</saml:Advice>"),
    ("<ds:Object>", "</ds:Object>"),
    ("<saml:Assertion>", "</saml:Assertion>"),
    ("<saml:EncryptedAssertion>", "</saml:EncryptedAssertion>"),
    ("<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\">", "</samlp:Response>"),
    ("<x xmlns=\"urn:x\">", "</x>"),
    ("<x xmlns:saml=\"urn:x\" xmlns:ds=\"urn:y\">", "</x>"),
    ("<saml:AttributeValue>", "</saml:AttributeValue>"),
];

/// What a text can be cut by, so that two readers see two texts (CVE-2017-11428).
const CUTS: &[&str] =
    &["<!---->", "<!--x-->", "<?x?>", "<![CDATA[]]>", "&#0;", "&#x41;", "&amp;", "<x/>", " ", "\n"];

/// A document as its tags and texts.
pub(super) struct Pieces(Vec<String>);

impl Pieces {
    pub(super) fn of(xml: &str) -> Self {
        let mut pieces = Vec::new();
        let mut rest = xml;
        while !rest.is_empty() {
            let end = if rest.starts_with('<') {
                rest.find('>').map_or(rest.len(), |at| at + 1)
            } else {
                rest.find('<').unwrap_or(rest.len())
            };
            let (piece, after) = rest.split_at(end);
            pieces.push(piece.to_owned());
            rest = after;
        }
        Self(pieces)
    }

    pub(super) fn whole(&self) -> String {
        self.0.concat()
    }

    /// One change; `other` is a document to take parts from.
    pub(super) fn change(&mut self, other: &str, script: &mut Script<'_>) {
        if self.0.is_empty() {
            return;
        }
        let at = script.below(self.0.len());
        match script.byte() % 12 {
            0 => drop(self.0.drain(self.element(at))),
            1 => {
                let copy = self.0[self.element(at)].to_vec();
                let to = script.below(self.0.len() + 1);
                self.0.splice(to..to, copy);
            }
            2 => {
                let moved: Vec<_> = self.0.drain(self.element(at)).collect();
                let to = script.below(self.0.len() + 1);
                self.0.splice(to..to, moved);
            }
            3 | 4 => self.transplant(at, other, script),
            5 => {
                let range = self.element(at);
                let (open, close) = *script.one_of(WRAPPERS);
                self.0.insert(range.end, close.to_owned());
                self.0.insert(range.start, open.to_owned());
            }
            6 | 7 => self.attribute(at, script),
            8 => self.text(at, script),
            9 => self.cut(at, script),
            10 => drop(self.0.remove(at)),
            _ => self.flip(at, script),
        }
    }

    /// Puts an element of another document in the place of one here, or beside it.
    fn transplant(&mut self, at: usize, other: &str, script: &mut Script<'_>) {
        let donor = Pieces::of(other);
        let from = donor.element(script.below(donor.0.len()));
        let given = donor.0[from].to_vec();
        let range = self.element(at);
        let place = if script.byte().is_multiple_of(2) { range } else { at..at };
        self.0.splice(place, given);
    }

    /// The value of an attribute becomes another, or it comes twice, or goes.
    fn attribute(&mut self, at: usize, script: &mut Script<'_>) {
        let Some(tag) = (at..self.0.len()).chain(0..at).find(|n| self.0[*n].contains("=\"")) else {
            return;
        };
        let parts: Vec<&str> = self.0[tag].split('"').collect();
        let which = script.below(parts.len() / 2) * 2;
        let (name, value) = (parts[which], parts[which + 1]);
        let attribute = format!("{name}\"{value}\"");
        let last = name.trim_end_matches('=').rsplit(' ').next().unwrap_or_default();
        let with = match script.byte() % 4 {
            0 => format!("{name}\"{}\"", script.one_of(WORDS)),
            1 => format!("{name}\"{}\"", script.text().replace(['"', '<', '&'], "")),
            2 => format!("{attribute} {last}=\"{}\"", script.one_of(WORDS)),
            _ => String::new(),
        };
        self.0[tag] = self.0[tag].replacen(&attribute, &with, 1);
    }

    fn text(&mut self, at: usize, script: &mut Script<'_>) {
        let text = if script.byte().is_multiple_of(2) {
            (*script.one_of(WORDS)).to_owned()
        } else {
            script.text().replace(['<', '&'], "")
        };
        if self.0[at].starts_with('<') {
            self.0.insert(at + 1, text);
        } else {
            self.0[at] = text;
        }
    }

    fn cut(&mut self, at: usize, script: &mut Script<'_>) {
        let piece = &mut self.0[at];
        let mut place = script.below(piece.len() + 1);
        while !piece.is_char_boundary(place) {
            place -= 1;
        }
        let cut = *script.one_of(CUTS);
        piece.insert_str(place, cut);
    }

    fn flip(&mut self, at: usize, script: &mut Script<'_>) {
        let mut bytes = std::mem::take(&mut self.0[at]).into_bytes();
        let place = script.below(bytes.len());
        if let Some(byte) = bytes.get_mut(place) {
            *byte ^= 1 << (script.byte() % 7);
        }
        self.0[at] = String::from_utf8_lossy(&bytes).into_owned();
    }

    /// From a start tag to its end tag; of anything else, itself.
    fn element(&self, at: usize) -> Range<usize> {
        let opens = |piece: &str| {
            piece.starts_with('<')
                && !piece.starts_with(['/', '!', '?'])
                && !piece.ends_with("/>")
                && !piece.starts_with("</")
        };
        if !opens(&self.0[at]) {
            return at..at + 1;
        }
        let mut depth = 0_usize;
        for (n, piece) in self.0.iter().enumerate().skip(at) {
            if opens(piece) {
                depth += 1;
            } else if piece.starts_with("</") {
                depth -= 1;
            }
            if depth == 0 {
                return at..n + 1;
            }
        }
        at..self.0.len()
    }
}
