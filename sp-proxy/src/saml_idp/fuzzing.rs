//! Doors of the fuzz targets into the identity provider.

use super::request::{self, Own};
use model::Timestamp;
use saml::{RawRequest, SpMetadata};

/// The ACS at which a request of the one service `sp` would be answered, with every check.
pub fn answer_address(
    raw: &RawRequest,
    sp: &SpMetadata,
    sso_url: &str,
    now: Timestamp,
) -> Option<String> {
    let claimed = request::parse(raw).ok()?;
    if claimed.issuer != sp.entity_id {
        return None;
    }
    let own = Own { sso_url, sp_entity_id: "https://hub.test/saml/sp/metadata", now };
    let asked = request::authenticate(raw, claimed, sp).ok()?;
    let to = request::address(&asked, raw.relay_state.as_deref(), sp, &own).ok()?;
    Some(request::read(&asked, &to, sp, &own).ok()?.to.acs)
}
