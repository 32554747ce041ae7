//! What a member vouches for.

use crate::At;
use crate::cas::Validated;
use crate::ldap::Bound;
use crate::signed_link::Handover;
use crate::sip2::PatronAccepted;
use accounts::{PasswordChecked, SecondFactorChecked};
use model::{
    Class, Code, ConnectorId, Evidence, LocalKey, MemberId, Profile, ReaderId, ServiceId, Standing,
    Timestamp, code,
};
use saml::{Assertion, NameId, Verified};
use std::collections::BTreeSet;
use std::fmt;
use store::{Space, Upstream};

/// How a password login is named in `acr` and AuthnContextClassRef (SAML Authn Context 3.4.3).
const BY_PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
/// How a login by password and second factor is named (REFEDS MFA Profile 1.0).
pub(crate) const BY_TWO_FACTORS: &str = "https://refeds.org/profile/mfa";
/// How a login is named whose method the member keeps to itself (3.4.25).
const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified";

/// How a login is named that rests on an address alone (3.4.1). What a number on a card adds
/// to it is nothing: whoever has seen the card knows it.
const BY_NETWORK: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:InternetProtocol";

/// A verifier's own proof: nothing else can back a claim.
#[derive(Debug)]
pub(crate) enum Proof {
    /// A signed answer that passed every check.
    Assertion(Box<Verified<Assertion>>),
    /// A library system that found reader and password valid.
    Patron(#[expect(dead_code, reason = "that it is there is what counts")] Box<PatronAccepted>),
    /// A directory that let the reader in.
    Bound(#[expect(dead_code, reason = "that it is there is what counts")] Box<Bound>),
    /// A password that matched.
    Password(PasswordChecked),
    /// A password and a second factor that matched.
    SecondFactor(SecondFactorChecked),
    /// A ticket that the campus's own server took.
    Ticket(Box<Validated>),
    /// A note about the reader that the library's own page signed.
    Link(Box<Handover>),
    /// No secret of the reader's.
    #[cfg_attr(not(test), expect(dead_code, reason = "no connector lets in without a secret yet"))]
    NoSecret(NoSecret),
}

/// What a claim rests on that nobody proved: it gains network assurance and no more,
/// whatever its connector makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(test), expect(dead_code, reason = "no connector lets in without a secret yet"))]
pub(crate) enum NoSecret {
    /// An address of the campus.
    Network,
    /// A number off a card.
    Number,
}

/// A value to be used up before the claim is admitted (rule 3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// Namespace in the shared store.
    pub space: Space,
    /// The value.
    pub key: String,
    /// Until when its use must be remembered.
    pub expires: Timestamp,
    /// What its second use is refused with.
    pub refused: Code,
}

/// What a connector read beside the proof, in the member's own terms.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) key: LocalKey,
    pub(crate) profile: Profile,
    pub(crate) class: Class,
    pub(crate) category: Option<String>,
    pub(crate) affiliation: BTreeSet<String>,
    pub(crate) standing: Standing,
    pub(crate) valid_until: Option<Timestamp>,
    /// For the trace: what was dropped and why, without values.
    pub(crate) notes: Vec<String>,
    /// The service named by an unsolicited start.
    pub(crate) target: Option<ServiceId>,
}

/// A member's word about one reader, verified. Admitted by `login` alone.
///
/// Made only in this crate, from the verifier's own proof; not `Clone`, not
/// readable from anything. When and how the reader proved it are taken from the
/// proof itself, never from a caller.
pub struct Claimed {
    member: MemberId,
    connector: ConnectorId,
    facts: Facts,
    evidence: Evidence,
    acr: String,
    auth_time: Timestamp,
    authorities: Vec<String>,
    session_not_on_or_after: Option<Timestamp>,
    upstream: Option<Upstream>,
    once: Vec<Once>,
    account: Option<ReaderId>,
}

impl Claimed {
    /// Takes the proof, and with it everything that it says about the login.
    pub(crate) fn new(proof: Proof, at: &At<'_>, facts: Facts) -> Self {
        let now = at.moment.now;
        let base = |facts| Self {
            member: at.member.id.clone(),
            connector: at.connector.clone(),
            facts,
            evidence: Evidence::PasswordChecked,
            acr: BY_PASSWORD.to_owned(),
            auth_time: now,
            authorities: Vec::new(),
            session_not_on_or_after: None,
            upstream: None,
            once: Vec::new(),
            account: None,
        };
        match proof {
            Proof::Bound(_) | Proof::Patron(_) => base(facts),
            Proof::Password(checked) => {
                Self { account: Some(checked.account().id.clone()), ..base(facts) }
            }
            Proof::SecondFactor(checked) => Self {
                account: Some(checked.account().id.clone()),
                acr: BY_TWO_FACTORS.to_owned(),
                ..base(facts)
            },
            Proof::NoSecret(what) => Self {
                evidence: match what {
                    NoSecret::Network => Evidence::Network,
                    NoSecret::Number => Evidence::NumberOnly,
                },
                acr: BY_NETWORK.to_owned(),
                ..base(facts)
            },
            // A member may say of itself what it likes: no class, until one is asked for by name.
            Proof::Ticket(said) => Self {
                evidence: Evidence::Asserted,
                acr: UNSPECIFIED.to_owned(),
                auth_time: said.logged_in().min(now),
                authorities: vec![said.server().to_owned()],
                upstream: Some(Upstream {
                    connector: at.connector.clone(),
                    name_id: Some(said.logout_name()),
                    session_index: None,
                }),
                once: vec![once_of(&said)],
                ..base(facts)
            },
            // How the reader logged in at the library's own page, it does not say.
            Proof::Link(said) => Self {
                evidence: Evidence::Asserted,
                acr: UNSPECIFIED.to_owned(),
                auth_time: said.logged_in().min(now),
                authorities: vec![at.member.id.as_str().to_owned()],
                once: vec![once_of_link(&said, at)],
                ..base(facts)
            },
            Proof::Assertion(said) => Self {
                evidence: Evidence::Asserted,
                acr: said.authn_context.clone().unwrap_or_else(|| UNSPECIFIED.to_owned()),
                // A clock that runs ahead must not make a login younger than it is.
                auth_time: said.authn_instant.min(now),
                authorities: authorities(&said),
                session_not_on_or_after: said.session_not_on_or_after,
                upstream: Some(upstream(&said, at.connector)),
                once: vec![once(&said)],
                ..base(facts)
            },
        }
    }

    /// The member that vouches.
    pub fn member(&self) -> &MemberId {
        &self.member
    }

    /// The connector that proved it.
    pub fn connector(&self) -> &ConnectorId {
        &self.connector
    }

    /// The reader's key there.
    pub fn key(&self) -> &LocalKey {
        &self.facts.key
    }

    /// What is known of the person.
    pub fn profile(&self) -> &Profile {
        &self.facts.profile
    }

    /// Class: the account's, else the member's.
    pub fn class(&self) -> &Class {
        &self.facts.class
    }

    /// The member's own category of reader.
    pub fn category(&self) -> Option<&str> {
        self.facts.category.as_deref()
    }

    /// Affiliations, each in a scope of the member (rule 5).
    pub fn affiliation(&self) -> &BTreeSet<String> {
        &self.facts.affiliation
    }

    /// Standing, as the member says; good where it says nothing.
    pub fn standing(&self) -> Standing {
        self.facts.standing
    }

    /// End of the membership.
    pub fn valid_until(&self) -> Option<Timestamp> {
        self.facts.valid_until
    }

    /// What the login rests on.
    pub fn evidence(&self) -> Evidence {
        self.evidence
    }

    /// How the reader proved it (AuthnContextClassRef).
    pub fn acr(&self) -> &str {
        &self.acr
    }

    /// When the reader proved it; never in the future.
    pub fn auth_time(&self) -> Timestamp {
        self.auth_time
    }

    /// Who vouched on the way, nearest first: the issuer, then its AuthenticatingAuthority list.
    pub fn authorities(&self) -> &[String] {
        &self.authorities
    }

    /// When the session at the member ends (SAML Core 2.7.2).
    pub fn session_not_on_or_after(&self) -> Option<Timestamp> {
        self.session_not_on_or_after
    }

    /// The member's names for this login.
    pub fn upstream(&self) -> Option<&Upstream> {
        self.upstream.as_ref()
    }

    /// What must be put-once before the claim is admitted.
    pub fn once(&self) -> &[Once] {
        &self.once
    }

    /// The account, where the central store vouches.
    pub fn account(&self) -> Option<&ReaderId> {
        self.account.as_ref()
    }

    /// Whether the hub itself checked a password and a second factor.
    pub fn is_by_two_factors(evidence: Evidence, acr: &str) -> bool {
        // A member may assert any class: what it says of itself gives no role here (rule 14).
        evidence == Evidence::PasswordChecked && acr == BY_TWO_FACTORS
    }

    /// Whether nobody asked for it.
    pub fn is_unsolicited(&self) -> bool {
        self.facts.target.is_some()
    }

    /// The allowed service that an unsolicited start leads to.
    pub fn target(&self) -> Option<&ServiceId> {
        self.facts.target.as_ref()
    }

    /// What was dropped and why, for the trace; holds no value of a reader.
    pub fn notes(&self) -> &[String] {
        &self.facts.notes
    }
}

impl fmt::Debug for Claimed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claimed")
            .field("member", &self.member)
            .field("connector", &self.connector)
            .field("evidence", &self.evidence)
            .finish_non_exhaustive()
    }
}

fn authorities(said: &Assertion) -> Vec<String> {
    let mut all = vec![said.issuer.as_str().to_owned()];
    all.extend(said.authenticating_authorities.iter().filter(|a| **a != *said.issuer).cloned());
    all
}

fn upstream(said: &Assertion, connector: &ConnectorId) -> Upstream {
    Upstream {
        connector: connector.clone(),
        name_id: said.name_id.as_ref().map(logout_name),
        session_index: said.session_index.clone(),
    }
}

/// A NameID whole, in one text: a logout names it by value, format and qualifiers
/// together (SAML Core 3.7.1).
pub(crate) fn logout_name(name: &NameId) -> String {
    serde_json::json!({
        "format": name.format,
        "name_qualifier": name.name_qualifier,
        "sp_name_qualifier": name.sp_name_qualifier,
        "value": name.value,
    })
    .to_string()
}

/// SAML Profiles 4.1.4.5: an assertion by bearer must not be replayed, on any node.
fn once(said: &Assertion) -> Once {
    Once {
        space: Space::Assertion,
        key: format!("{}\n{}", said.issuer.as_str(), said.id),
        expires: said.not_on_or_after,
        refused: code::SAML_REPLAY,
    }
}

/// RFC 7519 section 4.1.7: one note is good for one login.
fn once_of_link(said: &Handover, at: &At<'_>) -> Once {
    Once {
        space: Space::Assertion,
        key: format!("link\n{}\n{}\n{}", at.member.id, at.connector, said.jti()),
        expires: said.until(),
        refused: code::LNK_REPLAY,
    }
}

/// CAS Protocol 3.1.1: a ticket is good for one validation, whoever asks.
fn once_of(said: &Validated) -> Once {
    let (key, expires) = said.once();
    Once { space: Space::Assertion, key, expires, refused: code::CAS_REPLAY }
}

#[cfg(test)]
mod tests;
