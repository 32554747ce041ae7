//! `cas:serviceResponse`, by namespace and not by prefix.

use super::{Answer, Collected, Fault, LARGEST, failure, success};
use saml::xml::{self, Element, Limits};

const YALE: &str = "http://www.yale.edu/tp/cas";
/// No signature covers these bytes, so a comment hides nothing: [`Element::text`] joins what
/// it splits.
const LIMITS: Limits = Limits { bytes: LARGEST, depth: 16, attributes: 32, comments: true };

pub(super) fn read(body: &[u8]) -> Result<Answer, Fault> {
    let document = xml::parse(body, &LIMITS).map_err(Fault::Xml)?;
    let root = document.root();
    let own = root.namespace();
    if root.name() != "serviceResponse" || !(own.is_empty() || own == YALE) {
        return Err(Fault::Shape("the root is no serviceResponse of CAS"));
    }
    let mut all = root.children();
    let (Some(verdict), None) = (all.next(), all.next()) else {
        return Err(Fault::Shape("not exactly one verdict in the serviceResponse"));
    };
    if verdict.namespace() != own {
        return Err(Fault::Shape("a verdict of another namespace"));
    }
    match verdict.name() {
        "authenticationSuccess" => read_success(verdict, own),
        "authenticationFailure" => Ok(failure(verdict.attr("code").unwrap_or_default())),
        _ => Err(Fault::Shape("neither success nor failure")),
    }
}

fn read_success(success_of: Element<'_>, own: &str) -> Result<Answer, Fault> {
    let (mut user, mut is_proxied, mut values) = (None, false, Collected::default());
    for child in success_of.children() {
        match child.name() {
            "user" if child.namespace() == own => {
                // Two users, and each reader of the answer would believe another.
                if user.replace(child.text().map_err(Fault::Xml)?).is_some() {
                    return Err(Fault::Shape("more than one user"));
                }
            }
            "attributes" => attributes(child, &mut values)?,
            "proxies" => is_proxied |= child.children().next().is_some(),
            "proxyGrantingTicket" => {}
            // Children of the success itself, as old servers in Ruby write them.
            _ => attribute("", child, &mut values)?,
        }
    }
    let user = user.ok_or(Fault::Shape("a success without user"))?;
    success(&user, values, is_proxied)
}

fn attributes(all: Element<'_>, values: &mut Collected) -> Result<(), Fault> {
    if all.children().next().is_none() {
        return values.add_text("", &text(all)?);
    }
    all.children().try_for_each(|child| attribute("", child, values))
}

/// One attribute: `<cas:XM>…</cas:XM>`, `<cas:attribute name="XM" value="…"/>`, or elements
/// inside an element.
fn attribute(above: &str, element: Element<'_>, values: &mut Collected) -> Result<(), Fault> {
    let named = element.attr("name").filter(|_| element.name() == "attribute");
    let own = named.unwrap_or_else(|| element.name());
    let name = if above.is_empty() { own.to_owned() } else { format!("{above}.{own}") };
    if let (Some(_), Some(value)) = (named, element.attr("value")) {
        return values.add_text(&name, value);
    }
    if element.children().next().is_none() {
        return values.add_text(&name, &text(element)?);
    }
    element.children().try_for_each(|child| attribute(&name, child, values))
}

fn text(element: Element<'_>) -> Result<String, Fault> {
    element.text().map_err(Fault::Xml)
}
