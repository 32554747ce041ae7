//! Names of claims: those of the protocols, and those of the hub's values.

use model::ValueName;

/// Claims of a protocol, which say who is asked, who answers and what is proved: no value
/// takes their place, or a rename could forge `sub` or `aud` (OpenID Connect Core sections 2
/// and 5.1, RFC 7519 section 4.1, RFC 7662 section 2.2, RFC 8693 section 4).
pub const RESERVED_CLAIMS: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "nbf",
    "jti",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "azp",
    "at_hash",
    "c_hash",
    "s_hash",
    "sid",
    "events",
    "cnf",
    "act",
    "may_act",
    "active",
    "scope",
    "client_id",
    "email_verified",
    "phone_number_verified",
];

/// The name of a value in JSON where no `attributes.toml` renames it (contract, section 9).
pub const fn claim_name(value: ValueName) -> &'static str {
    match value {
        ValueName::Mail => "email",
        ValueName::Phone => "phone_number",
        other => other.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_value_is_called_like_a_claim_of_the_protocol_by_itself() {
        let names: BTreeSet<&str> = ValueName::ALL.iter().map(|v| claim_name(*v)).collect();
        assert_eq!(names.len(), ValueName::ALL.len());
        assert!(RESERVED_CLAIMS.iter().all(|claim| !names.contains(claim)));
    }
}
