//! The role of an identity provider.

use super::role;
use super::{EntityId, IdpMetadata};
use crate::Binding;
use crate::names::{MDUI, SHIBMD, XML};
use crate::signature::VerifyingKeys;
use crate::xml::{Element, XmlFault};
use model::{Text, Timestamp};

/// Reads the role; `None`, with the reason in `faults`, where nobody could log in by it.
pub(super) fn read(
    descriptor: Element<'_>,
    role: Element<'_>,
    entity_id: EntityId,
    valid_until: Option<Timestamp>,
    faults: &mut Vec<String>,
) -> Result<Option<IdpMetadata>, XmlFault> {
    let (signing_certs, keys): (Vec<_>, Vec<_>) =
        role::signing_certificates(role, faults).into_iter().unzip();
    let sso = role::endpoints(role, "SingleSignOnService", faults);
    if keys.is_empty() {
        faults.push("an identity provider without a usable signing key".to_owned());
        return Ok(None);
    }
    if !sso.iter().any(|e| matches!(e.binding, Binding::Redirect | Binding::Post)) {
        faults.push(
            "an identity provider without a SingleSignOnService for Redirect or POST".to_owned(),
        );
        return Ok(None);
    }
    let ui = role::extensions(role).find(|e| e.is(MDUI, "UIInfo"));
    Ok(Some(IdpMetadata {
        entity_id,
        sso,
        slo: role::endpoints(role, "SingleLogoutService", faults),
        signing_certs,
        valid_until,
        scopes: scopes(descriptor, role, faults)?,
        display: ui.map(display).transpose()?.flatten(),
        logo: ui.and_then(|ui| logo(ui, faults)),
        wants_signed_requests: role::flag(role, "WantAuthnRequestsSigned", faults),
        keys: VerifyingKeys::new(keys),
    }))
}

/// shibmd:Scope of the entity and of the role; patterns are left out, since what counts is the registry.
fn scopes(
    descriptor: Element<'_>,
    role: Element<'_>,
    faults: &mut Vec<String>,
) -> Result<Vec<String>, XmlFault> {
    let mut scopes = Vec::new();
    for scope in role::extensions(descriptor).chain(role::extensions(role)) {
        if !scope.is(SHIBMD, "Scope") {
            continue;
        }
        if role::flag(scope, "regexp", faults) {
            faults.push("a Scope that is a pattern".to_owned());
            continue;
        }
        scopes.push(scope.trimmed()?);
    }
    Ok(scopes)
}

/// mdui:DisplayName in the two languages of the pages; a name in another language stands in for a missing Chinese one.
fn display(ui: Element<'_>) -> Result<Option<Text>, XmlFault> {
    let (mut zh, mut en, mut any) = (None, None, None);
    for name in ui.all(MDUI, "DisplayName") {
        let lang = name.attr_ns(XML, "lang").unwrap_or_default().to_ascii_lowercase();
        let text = name.trimmed()?;
        match lang.split('-').next() {
            Some("zh") => zh.get_or_insert(text),
            Some("en") => en.get_or_insert(text),
            _ => any.get_or_insert(text),
        };
    }
    let first = zh.or_else(|| en.clone()).or(any);
    Ok(first.map(|zh| Text::new(zh, en.unwrap_or_default())))
}

/// The first logo with an https address; a bad logo costs only itself.
fn logo(ui: Element<'_>, faults: &mut Vec<String>) -> Option<String> {
    for logo in ui.all(MDUI, "Logo") {
        match logo.trimmed() {
            Ok(url) if url.starts_with("https://") && role::is_web_address(&url) => {
                return Some(url);
            }
            _ => faults.push("a Logo that is not an https address".to_owned()),
        }
    }
    None
}
