//! Two verifiers over the same bytes: ours, and samael over libxml2 and xmlsec1. Whatever
//! both accept, both read alike.
//!
//! A change after the signature is mostly noticed by both, and then nothing is compared. So
//! most inputs are signed after they were changed, by xmlsec1, with a key of the test; others
//! are written anew in ways that the canonical form does not see.

mod variants;

use crate::fixtures::{AUDIENCE, REQUEST_ID};
use crate::parties::{answer, idp_metadata};
use crate::saml_changed::Pieces;
use crate::saml_response::expected;
use crate::script::Script;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use samael::crypto::{Crypto, CryptoProvider as _};
use saml::{IdpMetadata, Sign, SigningKey, verify_response, write_response};
use second_opinion::{Question, Reply, compare, read};
use std::fmt;
use std::sync::LazyLock;

/// Decisions of one input, bytes.
const DECISIONS: usize = 96;
/// Most changes to one answer before it is signed.
const MOST: usize = 4;

struct Parties {
    idp: IdpMetadata,
    /// PKCS#8, for xmlsec1.
    key: Vec<u8>,
    /// The good answer with a template where its signature will stand: of the Assertion, of
    /// the Response.
    templates: [String; 2],
    /// Another reader's, signed by the same key.
    other: String,
}

/// A key on a curve: it signs twenty times as fast as RSA.
static PARTIES: LazyLock<Parties> = LazyLock::new(|| {
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).expect("a key");
    let certificate = rcgen::CertificateParams::new(Vec::new())
        .and_then(|params| params.self_signed(&pair))
        .expect("a certificate");
    let key = pair.serialize_der();
    let signer = SigningKey::from_pkcs8(&key, certificate.der()).expect("a signing key");
    let write = |reader, request: &str, sign| {
        write_response(&answer(reader, request), &signer, sign).expect("an answer")
    };
    Parties {
        idp: crate::fixtures::idp(&idp_metadata(certificate.der())),
        key,
        templates: [Sign::Assertion, Sign::Response].map(|s| template(&write(1, REQUEST_ID, s))),
        other: write(2, "_another-request", Sign::Assertion),
    }
});

/// The signed answer with its digest, value and certificate taken out, for xmlsec1 to fill.
fn template(signed: &str) -> String {
    let mut xml = signed.to_owned();
    for (name, close) in
        [("ds:DigestValue", true), ("ds:SignatureValue", true), ("ds:KeyInfo", false)]
    {
        let (start, end) = (format!("<{name}>"), format!("</{name}>"));
        let (before, rest) = xml.split_once(&start).expect("the element");
        let (_, after) = rest.split_once(&end).expect("its end");
        let empty = if close { start + &end } else { String::new() };
        xml = format!("{before}{empty}{after}");
    }
    xml
}

/// What came of many inputs.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// All of them.
    pub inputs: u64,
    /// Accepted by both, and read alike.
    pub both: u64,
    /// Accepted by ours alone: a login refused.
    pub ours_alone: u64,
    /// Verified by samael alone, which is not asked about times, recipients and requests.
    pub theirs_alone: u64,
    /// Not signed at all: what was changed is no document any more.
    pub unsigned: u64,
}

impl Tally {
    /// Both together.
    pub fn with(self, other: Self) -> Self {
        Self {
            inputs: self.inputs + other.inputs,
            both: self.both + other.both,
            ours_alone: self.ours_alone + other.ours_alone,
            theirs_alone: self.theirs_alone + other.theirs_alone,
            unsigned: self.unsigned + other.unsigned,
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} inputs: {} accepted by both and read alike, {} by ours alone, {} by samael alone, {} not signed",
            self.inputs, self.both, self.ours_alone, self.theirs_alone, self.unsigned
        )
    }
}

/// The inputs of these numbers under a seed.
///
/// # Panics
/// Where both accept one and read it differently, with the bytes.
pub fn run(seed: u64, numbers: impl Iterator<Item = u64>) -> Tally {
    numbers.map(|n| input(seed, n)).fold(Tally::default(), Tally::with)
}

fn input(seed: u64, n: u64) -> Tally {
    let parties = &*PARTIES;
    let decisions = drawn(seed ^ n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut script = Script::new(&decisions);
    let one = Tally { inputs: 1, ..Tally::default() };
    let Some(xml) = document(parties, n, &mut script) else { return Tally { unsigned: 1, ..one } };
    let ours = verify_response(xml.as_bytes(), &expected(&parties.idp));
    let question =
        Question { xml: xml.clone(), opened: None, certificates: certificates(&parties.idp) };
    match (ours, read(&question)) {
        (Ok(said), Reply::Read(theirs)) => {
            if let Err(what) = compare(&said, AUDIENCE, &theirs) {
                panic!(
                    "input {n} of seed {seed}: {what} is read differently\n{:?}\n{theirs:?}\n{xml}",
                    *said
                );
            }
            Tally { both: 1, ..one }
        }
        (Ok(_), Reply::Refused(_)) => Tally { ours_alone: 1, ..one },
        (Err(_), Reply::Read(_)) => Tally { theirs_alone: 1, ..one },
        (Err(_), Reply::Refused(_)) => one,
    }
}

fn certificates(idp: &IdpMetadata) -> Vec<String> {
    idp.signing_certs.iter().map(|der| STANDARD.encode(der)).collect()
}

/// Three of four are signed after they were changed; a half of those, and the fourth, are
/// then written otherwise; every sixteenth is changed once more after that.
fn document(parties: &Parties, n: u64, script: &mut Script<'_>) -> Option<String> {
    let template = script.one_of(&parties.templates);
    let mut pieces = Pieces::of(template);
    if !n.is_multiple_of(4) {
        for _ in 0..=script.below(MOST) {
            if script.byte().is_multiple_of(4) {
                pieces.change(&parties.other, script);
            } else {
                variants::say_otherwise(pieces.parts(), script);
            }
        }
    }
    let signed = Crypto::sign_xml(pieces.whole(), &parties.key).ok()?;
    let mut pieces = Pieces::of(&signed);
    if n.is_multiple_of(2) {
        for _ in 0..=script.below(MOST * 2) {
            variants::write_otherwise(pieces.parts(), script);
        }
    }
    if n.is_multiple_of(16) {
        pieces.change(&parties.other, script);
    }
    Some(pieces.whole())
}

/// splitmix64.
fn drawn(seed: u64) -> [u8; DECISIONS] {
    let mut state = seed;
    let mut bytes = [0; DECISIONS];
    for part in bytes.chunks_mut(8) {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        part.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..part.len()]);
    }
    bytes
}

/// A proof about nothing is none.
///
/// # Panics
/// Where both accept less than a fifth.
pub fn hold(tally: &Tally) {
    assert!(tally.both * 5 >= tally.inputs, "too few are accepted by both: {tally}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_accept_both_read_alike() {
        let tally = run(1, 0..5_000);
        println!("{tally}");
        hold(&tally);
    }
}
