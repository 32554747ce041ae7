//! Other things said, and the same things written otherwise.

use crate::documents::Script;

/// Texts on which readers may part: white space of XML and of Unicode, references, sections,
/// what cuts a text in two, what looks alike.
const TEXTS: &[&str] = &[
    "reader-1",
    " reader-1 ",
    "\nreader-1\t",
    "reader-1&#9;",
    "&#13;reader-1&#10;",
    "reader-1\u{a0}",
    "\u{2003}reader-1",
    "\u{feff}reader-1",
    "reader-1\u{85}",
    "reader\u{200b}-1",
    "&#x72;eader-1",
    "read&#101;r-1",
    "<![CDATA[reader-1]]>",
    "read<![CDATA[er-]]>1",
    "<![CDATA[<reader>&amp;]]>",
    "reader<!-- cut -->-1",
    "reader<?cut?>-1",
    "&lt;reader&gt;&amp;&quot;&apos;",
    "读者甲",
    "e\u{301}",
    "\u{1f4da}",
    "a]]&gt;b",
    "a  b\r\nc",
    "",
    " ",
    "&#x10FFFF;",
];

/// Elements that may stand where others do.
const ELEMENTS: &[&str] = &[
    "<saml:AttributeValue></saml:AttributeValue>",
    "<saml:AttributeValue/>",
    "<saml:AttributeValue>two</saml:AttributeValue>",
    "<saml:AttributeValue xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"/>",
    "<saml:AttributeValue xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xsi:type=\"xs:string\">typed</saml:AttributeValue>",
    "<saml:AttributeValue><saml:NameID>inside</saml:NameID></saml:AttributeValue>",
    "<saml:AttributeValue><x>inside</x></saml:AttributeValue>",
    "<saml:AttributeValue>before<x>inside</x>after</saml:AttributeValue>",
    "<saml:Attribute Name=\"mail\"><saml:AttributeValue>a@idp.test</saml:AttributeValue><saml:AttributeValue>b@idp.test</saml:AttributeValue></saml:Attribute>",
    "<saml:Attribute Name=\"mail\" FriendlyName=\"m&#10;x\" NameFormat=\"\"/>",
    "<x:Attribute xmlns:x=\"urn:x\" Name=\"mail\"><x:AttributeValue>x@idp.test</x:AttributeValue></x:Attribute>",
    "<Attribute xmlns=\"urn:x\" Name=\"mail\"/>",
    "<saml:NameID>reader-2</saml:NameID>",
    "<x:NameID xmlns:x=\"urn:x\">reader-2</x:NameID>",
    "<NameID xmlns=\"\">reader-2</NameID>",
    "<saml:Issuer>https://idp.test/metadata</saml:Issuer>",
    "<x:Issuer xmlns:x=\"urn:x\">https://other.test/</x:Issuer>",
    "<saml:Audience>https://other.test/</saml:Audience>",
    "<x:Audience xmlns:x=\"urn:x\">https://hub.test/saml/sp/metadata</x:Audience>",
    "<saml:AudienceRestriction><saml:Audience>https://hub.test/saml/sp/metadata</saml:Audience></saml:AudienceRestriction>",
    "<saml:OneTimeUse/>",
    "<saml:Advice><saml:AssertionIDRef>_a</saml:AssertionIDRef></saml:Advice>",
    "<x:Subject xmlns:x=\"urn:x\"><x:NameID>reader-2</x:NameID></x:Subject>",
    "<x:Assertion xmlns:x=\"urn:x\" ID=\"_x\" IssueInstant=\"2026-11-21T10:31:05Z\" Version=\"2.0\"><x:Issuer>i</x:Issuer></x:Assertion>",
    "<saml:AttributeStatement><saml:Attribute Name=\"cn\"><saml:AttributeValue>again</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>",
];

/// Attributes that may stand in any tag.
const ATTRIBUTES: &[&str] = &[
    " Format=\"urn:x\"",
    " NameQualifier=\"https://idp.test/\"",
    " SPNameQualifier=\"\"",
    " FriendlyName=\"  mail  \"",
    " NameFormat=\"urn:a&#9;b\"",
    " x:Name=\"mail\" xmlns:x=\"urn:x\"",
    " x:ID=\"_other\" xmlns:x=\"urn:x\"",
    " x:Format=\"urn:y\" xmlns:x=\"urn:x\"",
    " xml:lang=\"zh\"",
    " xml:space=\"preserve\"",
    " xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"",
    " xmlns:unused=\"urn:unused\"",
];

/// Says something else, before it is signed.
pub(crate) fn say_otherwise(parts: &mut Vec<String>, script: &mut Script) {
    let is_text = |part: &str| !part.starts_with('<');
    let is_open = |part: &str| part.starts_with("<saml") && !part.ends_with("/>");
    match script.below(6) {
        4 => {
            let Some(at) = one(parts, is_open, script) else { return };
            estrange_element(parts, at);
        }
        5 => {
            let Some(at) = one(parts, is_open, script) else { return };
            let name = *script.one_of(&["Format", "NameFormat", "FriendlyName", "Name", "ID"]);
            let foreign = format!(" xmlns:x=\"urn:x\" x:{name}=\"");
            parts[at] = parts[at].replacen(&format!(" {name}=\""), &foreign, 1);
        }
        0 | 1 => {
            let Some(at) = one(parts, is_text, script) else { return };
            parts[at] = (*script.one_of(TEXTS)).to_owned();
        }
        2 => {
            let Some(at) = one(parts, is_open, script) else { return };
            parts.insert(at + 1, (*script.one_of(ELEMENTS)).to_owned());
        }
        _ => {
            let Some(at) = one(parts, is_open, script) else { return };
            let place = parts[at].len() - 1;
            let attribute: &str = script.one_of::<&str>(ATTRIBUTES);
            parts[at].insert_str(place, attribute);
        }
    }
}

/// The element keeps its local name and leaves SAML's namespace; what is in it does not.
fn estrange_element(parts: &mut [String], at: usize) {
    let Some(name) = parts[at].trim_start_matches("<saml:").split([' ', '>']).next() else {
        return;
    };
    let (start, end) = (format!("<saml:{name}"), format!("</saml:{name}>"));
    let closes = (at..parts.len()).find(|n| parts[*n] == end);
    let (foreign, its_end) = (format!("<x:{name} xmlns:x=\"urn:x\""), format!("</x:{name}>"));
    if let Some(close) = closes {
        parts[at] = parts[at].replacen(&start, &foreign, 1);
        parts[close] = its_end;
    }
}

/// Removes, doubles, moves or bends a part.
pub(crate) fn break_something(parts: &mut Vec<String>, script: &mut Script) {
    let at = script.below(parts.len());
    match script.below(4) {
        0 => drop(parts.remove(at)),
        1 => parts.insert(at, parts[at].clone()),
        2 => {
            let other = script.below(parts.len());
            parts.swap(at, other);
        }
        _ => {
            let mut bent: Vec<char> = parts[at].chars().collect();
            let place = script.below(bent.len().max(1));
            if let Some(c) = bent.get_mut(place) {
                *c = *script.one_of(&['A', '1', '<', '"', '&', ' ', '\u{0}', '读']);
            }
            parts[at] = bent.into_iter().collect();
        }
    }
}

/// Writes the same otherwise: the canonical form does not change, so the signature holds.
pub(crate) fn write_otherwise(parts: &mut Vec<String>, script: &mut Script) {
    let is_text = |part: &str| !part.starts_with('<') && !part.contains('&') && !part.is_empty();
    let is_tag = |part: &str| {
        part.starts_with('<') && !part.starts_with(['/', '!', '?']) && part.contains("=\"")
    };
    match script.below(7) {
        0 => {
            let Some(at) = one(parts, is_text, script) else { return };
            if !parts[at].contains("]]") && !parts[at].contains('\r') {
                parts[at] = format!("<![CDATA[{}]]>", parts[at]);
            }
        }
        1 => {
            let Some(at) = one(parts, is_text, script) else { return };
            let refer = |c: char| format!("&#x{:x};", u32::from(c));
            parts[at] = parts[at].chars().map(refer).collect();
        }
        2 => {
            let Some(at) = one(parts, is_tag, script) else { return };
            if !parts[at].contains('\'') {
                parts[at] = parts[at].replace('"', "'");
            }
        }
        3 => {
            let Some(at) = one(parts, is_tag, script) else { return };
            parts[at] = parts[at].replace("=\"", " =\n\"").replace("\" ", "\"\t\r\n ");
        }
        4 => {
            let Some(at) = one(parts, is_tag, script) else { return };
            parts[at] = turned(&parts[at]);
        }
        5 => {
            let empty = (1..parts.len()).find(|n| {
                parts[*n].starts_with("</")
                    && is_tag(&parts[*n - 1])
                    && !parts[*n - 1].ends_with("/>")
            });
            let Some(at) = empty else { return };
            let place = parts[at - 1].len() - 1;
            parts[at - 1].insert(place, '/');
            parts.remove(at);
        }
        _ => parts.push("\n".to_owned()),
    }
}

/// The attributes of a tag the other way round.
fn turned(tag: &str) -> String {
    let is_empty = tag.ends_with("/>");
    let inner = tag.trim_start_matches('<').trim_end_matches('>').trim_end_matches('/');
    let Some((name, rest)) = inner.split_once(' ') else { return tag.to_owned() };
    let mut attributes: Vec<&str> = rest.split_inclusive('"').collect();
    // Name and value are two parts; a tag that was written otherwise before is left alone.
    if !attributes.len().is_multiple_of(2) || rest.contains(['\'', '\n']) {
        return tag.to_owned();
    }
    let mut pairs: Vec<String> = attributes.chunks_mut(2).map(|p| p.concat()).collect();
    pairs.reverse();
    let pairs: Vec<&str> = pairs.iter().map(|p| p.trim()).collect();
    format!("<{name} {}{}", pairs.join(" "), if is_empty { "/>" } else { ">" })
}

/// A place of that sort, where there is one.
fn one(parts: &[String], is: impl Fn(&str) -> bool, script: &mut Script) -> Option<usize> {
    let all: Vec<usize> = (0..parts.len()).filter(|n| is(&parts[*n])).collect();
    (!all.is_empty()).then(|| *script.one_of(&all))
}
