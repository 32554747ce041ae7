//! samael's reading: xmlsec1 verifies over libxml2's tree, and samael reads what was digested.

use crate::wire::{Attribute, NameId, Question, Reading, Reply};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use samael::crypto::{
    AllowedSignatureAlgorithm, CertificateDer, Crypto, CryptoProvider as _, ReduceMode,
};
use samael::schema::{Assertion, Response};

/// Those that our own verifier takes.
const ALGORITHMS: &[AllowedSignatureAlgorithm] = &[
    AllowedSignatureAlgorithm::RsaSha256,
    AllowedSignatureAlgorithm::RsaSha384,
    AllowedSignatureAlgorithm::RsaSha512,
    AllowedSignatureAlgorithm::EcdsaSha256,
    AllowedSignatureAlgorithm::EcdsaSha384,
    AllowedSignatureAlgorithm::EcdsaSha512,
];

/// What samael reads out of the bytes, where their signatures verify by one of the certificates.
///
/// Times are not looked at: samael asks the machine's clock itself, and the first verifier has
/// judged them by ours.
pub fn read(question: &Question) -> Reply {
    match reading(question) {
        Ok(reading) => Reply::Read(reading),
        Err(why) => Reply::Refused(why),
    }
}

fn reading(question: &Question) -> Result<Reading, String> {
    let certificates = question.certificates.iter().map(|text| {
        STANDARD.decode(text).map(CertificateDer::from).map_err(|e| format!("a certificate: {e}"))
    });
    let certificates = certificates.collect::<Result<Vec<_>, _>>()?;
    let assertion = match &question.opened {
        None => in_clear(&question.xml, &certificates)?,
        Some(opened) => encrypted(&question.xml, opened, &certificates)?,
    };
    told(assertion)
}

/// The bytes that were digested: of both, where Response and Assertion are signed, the Response's.
///
/// xmlsec1 gives up at the first certificate whose key is of another kind than the signature,
/// so each is tried by itself too.
fn digested(xml: &str, certificates: &[CertificateDer]) -> Result<String, String> {
    digested_by(xml, certificates).or_else(|fault| {
        certificates
            .iter()
            .find_map(|one| digested_by(xml, std::slice::from_ref(one)).ok())
            .ok_or(fault)
    })
}

fn digested_by(xml: &str, certificates: &[CertificateDer]) -> Result<String, String> {
    Crypto::reduce_xml_to_signed_with_allowed_algorithms(
        xml,
        certificates,
        ReduceMode::PreDigest,
        Some(ALGORITHMS),
    )
    .map_err(|e| format!("the signature: {e}"))
}

fn in_clear(xml: &str, certificates: &[CertificateDer]) -> Result<Assertion, String> {
    let signed = digested(xml, certificates)?;
    match root_name(&signed) {
        "Assertion" => assertion(&signed),
        "Response" => response(&signed)?.assertion.ok_or_else(|| "no Assertion".to_owned()),
        other => Err(format!("what is signed is a {other}")),
    }
}

/// Signed inside, or the ciphertext is covered by the Response's signature; every signature
/// that stands there must verify.
fn encrypted(
    xml: &str,
    opened: &str,
    certificates: &[CertificateDer],
) -> Result<Assertion, String> {
    let is_whole_signed = response(xml)?.signature.is_some();
    if is_whole_signed {
        let signed = response(&digested(xml, certificates)?)?;
        if signed.encrypted_assertion.is_none() || signed.assertion.is_some() {
            return Err("what is signed holds no EncryptedAssertion alone".to_owned());
        }
    }
    let inside = assertion(opened)?;
    if inside.signature.is_some() {
        return in_clear(opened, certificates);
    }
    if is_whole_signed { Ok(inside) } else { Err("nothing is signed".to_owned()) }
}

fn assertion(xml: &str) -> Result<Assertion, String> {
    flattened(xml).parse().map_err(|e| format!("the Assertion: {e}"))
}

fn response(xml: &str) -> Result<Response, String> {
    flattened(xml).parse().map_err(|e| format!("the Response: {e}"))
}

/// The text with the NameID of an eduPersonTargetedID as plain text, for samael refuses an
/// element in a value. Only where nothing else stands in the value and the prefix, declared
/// outside, is that of SAML's own element around it; all else is left, and refused.
fn flattened(xml: &str) -> String {
    let mut out = String::with_capacity(xml.len());
    let mut rest = xml;
    while let Some((before, after)) = rest.split_once("AttributeValue>") {
        let start = before.rfind('<').and_then(|at| before.get(at + 1..)).unwrap_or_default();
        out.push_str(before);
        out.push_str("AttributeValue>");
        rest = after;
        if let Some((value, beyond)) = name_id_alone(start, after) {
            out.push_str(value);
            rest = beyond;
        }
    }
    out + rest
}

/// The text of the NameID, and what follows its end tag, where `after` begins with one.
fn name_id_alone<'a>(prefix: &str, after: &'a str) -> Option<(&'a str, &'a str)> {
    if !prefix.is_empty() && !prefix.ends_with(':') {
        return None;
    }
    let tag = after.strip_prefix(&format!("<{prefix}NameID"))?;
    let (attributes, content) = tag.split_once('>')?;
    let is_own = (attributes.is_empty() || attributes.starts_with(' '))
        && !attributes.contains("xmlns")
        && !attributes.ends_with('/');
    let (value, beyond) = content.split_once(&format!("</{prefix}NameID>"))?;
    let is_alone = beyond.starts_with(&format!("</{prefix}AttributeValue>"));
    (is_own && is_alone && !value.contains('<')).then_some((value, beyond))
}

/// The local name of the root of a text in canonical form, which begins with its start tag.
/// samael's types take any root.
fn root_name(canonical: &str) -> &str {
    let tag = canonical.strip_prefix('<').unwrap_or_default();
    let name = tag.split([' ', '>', '/']).next().unwrap_or_default();
    name.rsplit(':').next().unwrap_or_default()
}

fn told(assertion: Assertion) -> Result<Reading, String> {
    let name_id = assertion.subject.and_then(|s| s.name_id);
    let restrictions = assertion.conditions.and_then(|c| c.audience_restrictions);
    let statements = assertion.attribute_statements.unwrap_or_default();
    let attributes = statements.into_iter().flat_map(|s| s.attributes).map(|attribute| {
        Ok(Attribute {
            name: attribute.name.ok_or("an Attribute without Name")?,
            friendly_name: attribute.friendly_name,
            name_format: attribute.name_format,
            values: attribute.values.into_iter().map(|v| v.value.unwrap_or_default()).collect(),
        })
    });
    Ok(Reading {
        id: assertion.id,
        issuer: assertion.issuer.value.ok_or("an empty Issuer")?,
        name_id: name_id.map(|n| NameId { format: n.format, value: n.value }),
        audiences: restrictions.unwrap_or_default().into_iter().map(|r| r.audience).collect(),
        attributes: attributes.collect::<Result<_, String>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::flattened;

    #[test]
    fn a_name_id_alone_in_a_value_becomes_its_text_and_nothing_else_does() {
        let value = |inside: &str| format!("<a:AttributeValue>{inside}</a:AttributeValue><b/>");
        let name = "<a:NameID Format=\"f\" NameQualifier=\"q\">opaque-1</a:NameID>";
        assert_eq!(flattened(&value(name)), value("opaque-1"));
        for other in [
            "plain",
            "<x:NameID>a</x:NameID>",
            "<a:NameID xmlns:a=\"urn:x\">a</a:NameID>",
            "<a:NameID>a</a:NameID>b",
            "b<a:NameID>a</a:NameID>",
            "<a:NameID>a<b></b></a:NameID>",
            "<a:NameIDs>a</a:NameIDs>",
        ] {
            assert_eq!(flattened(&value(other)), value(other));
        }
    }
}
