//! The words that a policy may use: a misspelt one would silently never match.

use crate::is_built_in;
use crate::source::Unread;
use model::{Class, Evidence, MemberId, MemberStatus, Service, ServiceId, Standing, Text};
use std::collections::{BTreeMap, BTreeSet};

/// Types of the schema whose ids are words of the registry.
pub(crate) mod kind {
    pub(crate) const ACTION: &str = "Action";
    pub(crate) const CLASS: &str = "Class";
    pub(crate) const ENTITLEMENT: &str = "Entitlement";
    pub(crate) const EVIDENCE: &str = "Evidence";
    pub(crate) const MEMBER: &str = "Member";
    pub(crate) const MEMBER_STATUS: &str = "MemberStatus";
    pub(crate) const READER: &str = "Reader";
    pub(crate) const REGION: &str = "Region";
    pub(crate) const SERVICE: &str = "Service";
    pub(crate) const STANDING: &str = "Standing";
}

/// eduPersonAffiliation is a controlled vocabulary (eduPerson 2.2.1).
const AFFILIATIONS: [&str; 8] =
    ["faculty", "student", "staff", "alum", "member", "affiliate", "employee", "library-walk-in"];
const ENTERABLE: [MemberStatus; 2] = [MemberStatus::Live, MemberStatus::Testing];

/// A word that nothing answers to, and what to do.
#[derive(Debug)]
pub(crate) struct Unknown {
    pub(crate) what: String,
    pub(crate) remedy: String,
}

/// Every word known to one registry.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    pub(crate) classes: BTreeMap<Class, Text>,
    services: BTreeSet<String>,
    entitlements: BTreeSet<String>,
    /// Not every declaration of a class could be read.
    any_class: bool,
    /// Not every service could be read.
    any_entitlement: bool,
}

impl Vocabulary {
    pub(crate) fn new(classes: BTreeMap<Class, Text>, services: &[Service]) -> Self {
        let outside = || services.iter().filter(|s| !is_built_in(&s.id));
        Self {
            classes,
            services: outside().map(|s| s.id.to_string()).collect(),
            entitlements: outside()
                .flat_map(|s| &s.entitlements)
                .map(|e| e.id().to_string())
                .collect(),
            any_class: false,
            any_entitlement: false,
        }
    }

    /// Knows words, too, that may stand in what could not be read.
    pub(crate) fn forgiving(mut self, unread: &Unread, any_class: bool) -> Self {
        self.any_class = any_class;
        self.any_entitlement = !unread.services.is_empty();
        self.services.extend(unread.services.iter().cloned());
        self
    }

    /// Whether `word` means something as a `kind` of the schema.
    pub(crate) fn check(&self, kind: &str, word: &str) -> Result<(), Unknown> {
        match kind {
            kind::CLASS if self.any_class => Ok(()),
            kind::ENTITLEMENT if self.any_entitlement => Ok(()),
            kind::CLASS => self.check_class(word),
            kind::SERVICE => self.check_service(word),
            kind::ENTITLEMENT => known(
                "entitlement",
                word,
                self.entitlements.iter().map(String::as_str),
                "add it to `entitlements` in the file of its service, or correct the word",
            ),
            kind::STANDING => {
                known("standing", word, Standing::ALL.map(Standing::as_str), "correct the word")
            }
            kind::EVIDENCE => {
                known("kind of evidence", word, Evidence::ALL.map(evidence), "correct the word")
            }
            kind::MEMBER_STATUS => known(
                "status of a member that lets readers in",
                word,
                ENTERABLE.map(member_status),
                "correct the word",
            ),
            kind::MEMBER => MemberId::parse(word).map(|_| ()).map_err(|fault| Unknown {
                what: fault.to_string(),
                remedy: "correct the id".to_owned(),
            }),
            kind::READER => Err(Unknown {
                what: "a rule may not name one reader".to_owned(),
                remedy: "speak of class, standing, member, category, affiliation or evidence"
                    .to_owned(),
            }),
            _ => Ok(()),
        }
    }

    fn check_class(&self, word: &str) -> Result<(), Unknown> {
        known(
            "declared class",
            word,
            self.classes.keys().map(Class::as_str),
            "declare it under `[classes]` in matrix.toml with its name in zh and en, or correct the word",
        )
    }

    fn check_service(&self, word: &str) -> Result<(), Unknown> {
        if ServiceId::parse(word).is_ok_and(|id| is_built_in(&id)) {
            return Err(Unknown {
                what: format!("`{word}` belongs to the hub and is always open"),
                remedy: "leave it out".to_owned(),
            });
        }
        known(
            "service",
            word,
            self.services.iter().map(String::as_str),
            "register it in services/, or correct the word",
        )
    }
}

/// Whether `word` is one of the eduPerson affiliations.
pub(crate) fn check_affiliation(word: &str) -> Result<(), Unknown> {
    known(
        "eduPerson affiliation",
        word,
        AFFILIATIONS,
        "correct the word; it is written without a scope",
    )
}

/// The word of the schema.
pub(crate) fn evidence(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::PasswordChecked => "password_checked",
        Evidence::Asserted => "asserted",
        Evidence::Network => "network",
        Evidence::NumberOnly => "number_only",
    }
}

/// The word of the schema.
pub(crate) fn member_status(status: MemberStatus) -> &'static str {
    match status {
        MemberStatus::Applied => "applied",
        MemberStatus::Testing => "testing",
        MemberStatus::Live => "live",
        MemberStatus::Suspended => "suspended",
        MemberStatus::Left => "left",
    }
}

fn known<'a>(
    what: &str,
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
    remedy: &str,
) -> Result<(), Unknown> {
    const SHOWN: usize = 30;
    let known: Vec<&str> = known.into_iter().collect();
    if known.contains(&word) {
        return Ok(());
    }
    let more = if known.len() > SHOWN { ", …" } else { "" };
    let list = match known.get(..SHOWN).unwrap_or(&known) {
        [] => "there is none".to_owned(),
        some => format!("known: {}{more}", some.join(", ")),
    };
    let word: String = word.chars().take(80).collect();
    Err(Unknown { what: format!("`{word}` is no {what}"), remedy: format!("{remedy}; {list}") })
}
