//! Which check runs at which endpoint, as data.

use model::{Code, code};

/// One check of this room.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// Its name, unique at its endpoint.
    pub step: &'static str,
    /// Method and path.
    pub endpoint: &'static str,
    /// The clause that asks for it, or the rule of the design.
    pub clause: &'static str,
    /// What the refusal is called.
    pub code: Code,
}

const ACS: &str = "POST /saml/sp/acs";
const LOGIN: &str = "POST /login";
/// The same address, where a library system checks what was typed.
const SIP2: &str = "POST /login by sip2";
/// The same address, where a directory checks what was typed.
const LDAP: &str = "POST /login by ldap";
/// The same address, for those who work here.
const STAFF: &str = "POST /login by staff";

/// The callback of redirecting connectors, with and without a handle.
const CALLBACK: &str = "GET /in/MEMBER/CONNECTOR";
const NOTICE: &str = "POST /in/MEMBER/CONNECTOR";

const fn at_acs(step: &'static str, clause: &'static str, code: Code) -> Check {
    Check { step, endpoint: ACS, clause, code }
}

const fn at_login(step: &'static str, clause: &'static str, code: Code) -> Check {
    Check { step, endpoint: LOGIN, clause, code }
}

const fn at_sip2(step: &'static str, clause: &'static str, code: Code) -> Check {
    Check { step, endpoint: SIP2, clause, code }
}

const fn at_ldap(step: &'static str, clause: &'static str, code: Code) -> Check {
    Check { step, endpoint: LDAP, clause, code }
}

const fn at_staff(step: &'static str, clause: &'static str, code: Code) -> Check {
    Check { step, endpoint: STAFF, clause, code }
}

const fn at_callback(step: &'static str, clause: &'static str, code: Code) -> Check {
    Check { step, endpoint: CALLBACK, clause, code }
}

/// Every check, in the order in which an answer meets them.
pub const CHECKS: &[Check] = &[
    at_acs("form", "Bindings 3.5.4", code::WEB_BAD_PARAMETERS),
    at_acs("one SAMLResponse", "Bindings 3.5.4", code::SAML_MALFORMED),
    at_acs("state", "design rule 2", code::LOG_STATE_MISSING),
    at_acs("RelayState is this leg", "Bindings 3.5.3", code::LOG_STATE_MISSING),
    at_acs("connector asked", "Profiles 4.1.4.3", code::LOG_WRONG_CONNECTOR),
    at_acs("metadata in force", "Metadata 2.3.2", code::SAML_METADATA),
    at_acs("signature present", "Profiles 4.1.4.3", code::SAML_UNSIGNED),
    at_acs("signature", "Core 5.4", code::SAML_SIGNATURE),
    at_acs("encryption", "Core 6", code::SAML_ENCRYPTED),
    at_acs("algorithms", "xmlenc-core 5", code::SAML_ALGORITHM),
    at_acs("decryption", "xmlenc-core 4.5", code::SAML_DECRYPTION),
    at_acs("Destination", "Bindings 3.5.5.2", code::SAML_DESTINATION),
    at_acs("Status", "Core 3.2.2.1", code::SAML_STATUS),
    at_acs("InResponseTo", "Profiles 4.1.4.3", code::SAML_IN_RESPONSE_TO),
    at_acs("Audience", "Core 2.5.1.4", code::SAML_AUDIENCE),
    at_acs("NotOnOrAfter", "Core 2.5.1.2", code::SAML_EXPIRED),
    at_acs("fresh login", "Core 3.4.1", code::SAML_NOT_FRESH),
    at_acs("second opinion", "design section 8", code::SAML_SECOND_OPINION),
    at_acs("second opinion there", "design rule 7", code::SAML_SECOND_DOWN),
    at_acs("chain loop", "Core 3.4.1.5", code::LOG_CHAIN_LOOP),
    at_acs("reader key", "Subject Identifier Attributes 3", code::LOG_NO_LOCAL_ID),
    at_acs("reader key lasts", "Core 8.3.8", code::LOG_NO_LOCAL_ID),
    at_acs("scope of the reader key", "design rule 5", code::LOG_SCOPE_FOREIGN),
    at_acs("scope of any value", "design rule 5", code::LOG_SCOPE_FOREIGN),
    at_acs("form of the reader key", "Subject Identifier Attributes 3.3.1", code::LOG_BAD_VALUE),
    at_acs("form of standing", "design section 9", code::LOG_BAD_VALUE),
    at_acs("form of valid_until", "design section 9", code::LOG_BAD_VALUE),
    at_acs("required value", "design section 9", code::LOG_VALUE_MISSING),
    at_acs("unsolicited: registered", "design rule 5", code::LOG_UNSOLICITED_REFUSED),
    at_acs("unsolicited: target", "design rule 5", code::LOG_UNSOLICITED_REFUSED),
    at_acs("unsolicited: answers nothing", "Profiles 4.1.5", code::SAML_IN_RESPONSE_TO),
    at_callback("state", "design rule 5", code::LOG_STATE_MISSING),
    at_callback("callback of this leg", "design rule 5", code::LOG_WRONG_CONNECTOR),
    at_callback("parameters", "design rule 2", code::WEB_BAD_PARAMETERS),
    at_callback("ticket there", "CAS 2.2.4", code::CAS_NO_TICKET),
    at_callback("form of the ticket", "CAS 3.1.1", code::CAS_TICKET_FORM),
    at_callback("server there", "design rule 7", code::CAS_UNREACHABLE),
    at_callback("answer readable", "CAS 2.5.2", code::CAS_MALFORMED),
    at_callback("ticket taken", "CAS 2.5.3", code::CAS_TICKET_REFUSED),
    at_callback("callback registered", "CAS 2.5.3", code::CAS_SERVICE_REFUSED),
    at_callback("no failure of the server", "CAS 2.5.3", code::CAS_FAILED),
    at_callback("no proxy", "CAS 2.5.2", code::CAS_PROXIED),
    at_callback("fresh login", "CAS 2.5.1", code::CAS_NOT_FRESH),
    at_callback("reader key", "design section 9", code::LOG_NO_LOCAL_ID),
    Check {
        step: "notice of logout",
        endpoint: NOTICE,
        clause: "CAS 2.3.3",
        code: code::CAS_LOGOUT,
    },
    at_login("form", "design section 9", code::WEB_BAD_PARAMETERS),
    at_login("state", "design rule 2", code::LOG_STATE_MISSING),
    at_login("both fields", "design rule 10", code::ACC_PASSWORD_EMPTY),
    at_login("guesses", "design rule 2", code::ACC_TOO_MANY_GUESSES),
    at_login("password", "design rule 10", code::ACC_WRONG_PASSWORD),
    at_login("account open", "design rule 7", code::LOG_READER_SUSPENDED),
    at_login("issued password changed", "design rule 10", code::ACC_PASSWORD_WEAK),
    at_login("change happens once", "design rule 3", code::LOG_LEG_USED),
    at_login("passive", "Core 3.4.1", code::LOG_LOGIN_REQUIRED),
    at_sip2("form", "design section 9", code::WEB_BAD_PARAMETERS),
    at_sip2("state", "design rule 2", code::LOG_STATE_MISSING),
    at_sip2("both fields", "design rule 10", code::ACC_PASSWORD_EMPTY),
    at_sip2("guesses", "design rule 2", code::ACC_TOO_MANY_GUESSES),
    at_sip2("value fits its field", "SIP2 variable fields", code::ACC_WRONG_PASSWORD),
    at_sip2("terminal let in", "SIP2 94", code::CON_NOT_LET_IN),
    at_sip2("answer in time", "design rule 7", code::CON_UNREACHABLE),
    at_sip2("checksum", "SIP2 AZ", code::CON_ANSWER),
    at_sip2("institution", "SIP2 AO", code::CON_ANSWER),
    at_sip2("answer of another reader", "design rule 5", code::CON_ANSWER),
    at_sip2("password", "SIP2 BL, CQ", code::ACC_WRONG_PASSWORD),
    at_sip2("password said valid", "SIP2 CQ", code::ACC_WRONG_PASSWORD),
    at_sip2("reader key", "design section 9", code::LOG_NO_LOCAL_ID),
    at_sip2("decisive values agree", "design rule 5", code::LOG_BAD_VALUE),
    at_sip2("form of valid_until", "design section 9", code::LOG_BAD_VALUE),
    at_sip2("passive", "Core 3.4.1", code::LOG_LOGIN_REQUIRED),
    at_ldap("form", "design section 9", code::WEB_BAD_PARAMETERS),
    at_ldap("state", "design rule 2", code::LOG_STATE_MISSING),
    at_ldap("state of this kind", "design rule 5", code::LOG_STATE_FORGED),
    at_ldap("both fields", "RFC 4513 5.1.2", code::ACC_PASSWORD_EMPTY),
    at_ldap("guesses", "design rule 2", code::ACC_TOO_MANY_GUESSES),
    at_ldap("password without NUL", "RFC 4513 5.1.3", code::ACC_WRONG_PASSWORD),
    at_ldap("server's certificate", "RFC 4513 3.1.3", code::CON_UNREACHABLE),
    at_ldap("StartTLS granted", "RFC 4511 4.14.1", code::CON_UNREACHABLE),
    at_ldap("nothing before TLS", "RFC 4511 4.14.2", code::CON_UNREACHABLE),
    at_ldap("form of every answer", "RFC 4511 5.1", code::CON_ANSWER),
    at_ldap("size of every answer", "design rule 2", code::CON_ANSWER),
    at_ldap("answer to this question", "RFC 4511 4.1.1.1", code::CON_ANSWER),
    at_ldap("answer in time", "design rule 7", code::CON_UNREACHABLE),
    at_ldap("hub's own bind", "RFC 4513 5.1.3", code::CON_NOT_LET_IN),
    at_ldap("no referral followed", "RFC 4511 4.1.10", code::CON_NOT_LET_IN),
    at_ldap("one entry", "RFC 4511 4.5.2", code::CON_SEVERAL),
    at_ldap("entry of this reader", "design rule 5", code::CON_ANSWER),
    at_ldap("says no to a stranger", "RFC 4513 5.1.1", code::CON_ANSWER),
    at_ldap("password", "RFC 4513 5.1.3", code::ACC_WRONG_PASSWORD),
    at_ldap("bound as somebody", "RFC 4532 2", code::CON_ANSWER),
    at_ldap("password not expired", "design rule 7", code::CON_PASSWORD_EXPIRED),
    at_ldap("account not locked", "design rule 7", code::CON_LOCKED),
    at_ldap("account open", "design rule 7", code::CON_CLOSED),
    at_ldap("reader key", "design section 9", code::LOG_NO_LOCAL_ID),
    at_ldap("scope of the reader key", "design rule 5", code::LOG_SCOPE_FOREIGN),
    at_ldap("decisive values agree", "design rule 5", code::LOG_BAD_VALUE),
    at_ldap("form of standing", "design section 9", code::LOG_BAD_VALUE),
    at_ldap("form of valid_until", "design section 9", code::LOG_BAD_VALUE),
    at_ldap("passive", "Core 3.4.1", code::LOG_LOGIN_REQUIRED),
    at_staff("role", "design rule 14", code::ACC_NO_ROLE),
    at_staff("code", "RFC 6238 4", code::ACC_WRONG_CODE),
    at_staff("code works once", "RFC 6238 5.2", code::ACC_WRONG_CODE),
    at_staff("guesses", "design rule 2", code::ACC_TOO_MANY_GUESSES),
    at_staff("enrolled once", "design rule 14", code::ACC_FACTOR_STANDS),
    at_staff("codes shown, not typed past", "design rule 14", code::LOG_STATE_FORGED),
    at_staff("passkey: of this account", "WebAuthn 7.2", code::ACC_PASSKEY),
    at_staff("passkey: its user handle", "WebAuthn 7.2", code::ACC_PASSKEY),
    at_staff("passkey: ceremony", "WebAuthn 7.2", code::ACC_PASSKEY),
    at_staff("passkey: challenge", "WebAuthn 7.2", code::ACC_PASSKEY),
    at_staff("passkey: challenge works once", "WebAuthn 13.4.3", code::ACC_PASSKEY),
    at_staff("passkey: origin", "WebAuthn 13.4.9", code::ACC_PASSKEY),
    at_staff("passkey: not inside another page", "WebAuthn 7.2", code::ACC_PASSKEY),
    at_staff("passkey: RP ID", "WebAuthn 7.2", code::ACC_PASSKEY),
    at_staff("passkey: user present", "WebAuthn 7.2", code::ACC_PASSKEY),
    at_staff("passkey: user verified", "WebAuthn 7.2", code::ACC_PASSKEY),
    at_staff("passkey: signature", "WebAuthn 7.2", code::ACC_PASSKEY),
    at_staff("passkey: counter", "WebAuthn 6.1.1", code::ACC_PASSKEY_COPIED),
    at_staff("passkey: guesses", "design rule 2", code::ACC_TOO_MANY_GUESSES),
    at_staff("passkey made: origin", "WebAuthn 7.1", code::ACC_PASSKEY),
    at_staff("passkey made: user verified", "WebAuthn 7.1", code::ACC_PASSKEY),
    at_staff("passkey made: of one account", "WebAuthn 7.1", code::ACC_FACTOR_STANDS),
    at_staff("passkey made: enrolled once", "design rule 14", code::ACC_FACTOR_STANDS),
    at_staff("further factor after one that stands", "design rule 14", code::LOG_STATE_FORGED),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_step_stands_twice_at_an_endpoint() {
        let unique: BTreeSet<_> = CHECKS.iter().map(|c| (c.endpoint, c.step)).collect();
        assert_eq!(unique.len(), CHECKS.len());
    }
}
