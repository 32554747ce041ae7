//! The corrupted values that end in a login all the same, each with the reason why it did not
//! matter.

use super::change::Kind;
use super::run::Variant;
use std::collections::BTreeSet;

/// How the service takes the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// As its own login.
    Login,
    /// It turns it down: state, nonce, InResponseTo or RelayState are not what it sent.
    TurnedDown,
    /// It asked about another login itself, with all the secrets of that one, and sees by
    /// nonce or `sub` that it is not its own.
    AnotherTurnedDown,
}

struct Row {
    /// The request, or a beginning of it with `*`.
    at: &'static str,
    /// The parts, each by its name or a beginning of it with `*`.
    parts: &'static [&'static str],
    /// Empty: however it was changed.
    kinds: &'static [Kind],
    ends: Ends,
    why: &'static str,
}

const TABLE: &[Row] = &[
    Row {
        at: "*",
        parts: &[
            "Headers host",
            "Headers accept-language",
            "Headers sec-fetch-mode",
            "Headers sec-fetch-dest",
        ],
        kinds: &[],
        ends: Ends::Login,
        why: "names come from the configuration; the others say how to show a page",
    },
    Row {
        at: "GET *",
        parts: &["Headers sec-fetch-site"],
        kinds: &[],
        ends: Ends::Login,
        why: "a GET does nothing that somebody must have wanted",
    },
    Row {
        at: "GET *",
        parts: &["whole"],
        kinds: &[Kind::Twice],
        ends: Ends::Login,
        why: "a GET begins or shows; one of the two is gone on with",
    },
    Row {
        at: "POST *",
        parts: &["Headers content-type"],
        kinds: &[Kind::Doubled, Kind::Beside],
        ends: Ends::Login,
        why: "twice the same; the first counts",
    },
    Row {
        at: "GET hub.test/oauth2/authorize",
        parts: &["whole"],
        kinds: &[Kind::Late],
        ends: Ends::Login,
        why: "the request has no time of its own",
    },
    Row {
        at: "GET hub.test/oauth2/authorize",
        parts: &["Query state", "Query nonce"],
        kinds: &[],
        ends: Ends::TurnedDown,
        why: "they are the service's, which compares them",
    },
    Row {
        at: "GET hub.test/saml/idp/sso",
        parts: &["Query RelayState"],
        kinds: &[],
        ends: Ends::TurnedDown,
        why: "it is the service's, which compares it",
    },
    Row {
        at: "GET hub.test/saml/idp/sso",
        parts: &["Query SAMLRequest", "Query all", "whole", "SAMLRequest AuthnRequest@ID"],
        kinds: &[],
        ends: Ends::TurnedDown,
        why: "another request of the same service, which compares InResponseTo",
    },
    Row {
        at: "GET hub.test/saml/idp/sso",
        parts: &["SAMLRequest AuthnRequest/NameIDPolicy*"],
        kinds: &[],
        ends: Ends::Login,
        why: "AllowCreate: the hub has a name for every reader",
    },
    Row {
        at: "GET hub.test/saml/idp/sso",
        parts: &[
            "SAMLRequest AuthnRequest@AssertionConsumerServiceURL",
            "SAMLRequest AuthnRequest@ProtocolBinding",
        ],
        kinds: &[Kind::Removed],
        ends: Ends::Login,
        why: "the metadata have one ACS and one binding",
    },
    Row {
        at: "GET hub.test/saml/idp/sso",
        parts: &["SAMLRequest AuthnRequest@Destination"],
        kinds: &[Kind::Removed],
        ends: Ends::Login,
        why: "an unsigned request need not name it",
    },
    Row {
        at: "GET hub.test/saml/idp/sso",
        parts: &["SAMLRequest AuthnRequest@IssueInstant"],
        kinds: &[Kind::Bent, Kind::OtherLogin, Kind::OtherMember, Kind::Earlier],
        ends: Ends::Login,
        why: "another second, not too long ago",
    },
    Row {
        at: "GET hub.test/login",
        parts: &["Query member"],
        kinds: &[Kind::Removed],
        ends: Ends::Login,
        why: "the reader is asked for the library once more",
    },
    Row {
        at: "POST *",
        parts: &["Cookies __Host-rp_s_"],
        kinds: &[],
        ends: Ends::Login,
        why: "the state of the step before, which this one does not read",
    },
    Row {
        at: "POST hub.test/login",
        parts: &["Headers origin"],
        kinds: &[],
        ends: Ends::Login,
        why: "Sec-Fetch-Site says the same, and no page can write it",
    },
    Row {
        at: "POST hub.test/login",
        parts: &["Headers sec-fetch-site"],
        kinds: &[Kind::Removed, Kind::Doubled, Kind::Beside],
        ends: Ends::Login,
        why: "twice the same; without it Origin says it",
    },
    Row {
        at: "POST hub.test/saml/sp/acs",
        parts: &["Headers origin", "Headers sec-fetch-site"],
        kinds: &[],
        ends: Ends::Login,
        why: "a library posts from elsewhere, and the answer proves itself",
    },
    Row {
        at: "POST hub.test/saml/sp/acs",
        parts: &["SAMLResponse Response/Assertion/Signature/KeyInfo*"],
        kinds: &[],
        ends: Ends::Login,
        why: "keys come from the metadata alone: one in the message is not looked at",
    },
    Row {
        at: "POST hub.test/saml/sp/acs",
        parts: &["SAMLResponse Response", "SAMLResponse Response/Assertion"],
        kinds: &[Kind::Bent],
        ends: Ends::Login,
        why: "the bit in the middle lies in that KeyInfo",
    },
    Row {
        at: "POST hub.test/saml/sp/acs",
        parts: &[
            "SAMLResponse Response@ID",
            "SAMLResponse Response@IssueInstant",
            "SAMLResponse Response/Issuer@xmlns:saml",
        ],
        kinds: &[],
        ends: Ends::Login,
        why: "the envelope is not signed: nothing is taken from it",
    },
    Row {
        at: "POST hub.test/saml/sp/acs",
        parts: &["SAMLResponse Response/Issuer", "SAMLResponse Response@Destination"],
        kinds: &[Kind::Removed],
        ends: Ends::Login,
        why: "an unsigned envelope need not name them; the Assertion does",
    },
    Row {
        at: "POST hub.test/oauth2/token",
        parts: &["Form all"],
        kinds: &[Kind::OtherLogin, Kind::OtherMember],
        ends: Ends::AnotherTurnedDown,
        why: "code and verifier of another login of the service",
    },
    Row {
        at: "GET hub.test/oauth2/userinfo",
        parts: &["Headers authorization", "whole"],
        kinds: &[Kind::Earlier, Kind::Replayed],
        ends: Ends::Login,
        why: "a token of the same reader that is still good",
    },
    Row {
        at: "GET hub.test/oauth2/userinfo",
        parts: &["Headers authorization"],
        kinds: &[Kind::OtherLogin, Kind::OtherMember],
        ends: Ends::AnotherTurnedDown,
        why: "a token of another login of the service",
    },
];

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => pattern == name,
    }
}

/// The row that lists this end of it.
pub fn find(variant: &Variant, ends: Ends) -> Option<usize> {
    let part = variant.part_name();
    TABLE.iter().position(|row| {
        row.ends == ends
            && fits(row.at, &variant.at)
            && row.parts.iter().any(|pattern| fits(pattern, &part))
            && (row.kinds.is_empty() || row.kinds.contains(&variant.kind))
    })
}

/// A row that nothing needs hides what it once excused.
pub fn assert_no_row_for_nothing(used: &BTreeSet<usize>) {
    let idle: Vec<_> = (0..TABLE.len()).filter(|n| !used.contains(n)).collect();
    let named: Vec<_> =
        idle.iter().map(|n| (TABLE[*n].at, TABLE[*n].parts, TABLE[*n].why)).collect();
    assert!(idle.is_empty(), "rows that nothing needs: {named:?}");
}
