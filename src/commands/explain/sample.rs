//! The reader who need not exist.

use crate::cli::ExplainArgs;
use crate::commands::CommandError;
use crate::commands::until::until;
use model::{
    Class, ConnectorId, Evidence, LocalKey, Member, Membership, Profile, Reader, ReaderId,
    Standing, Timestamp, ValueName,
};
use policy::plain;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;

/// How long the card of a reader lasts of whom no more is known.
const YEAR_S: i64 = 365 * 86_400;

/// Further attributes of the reader, by hub name.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Attributes {
    name: Option<String>,
    mail: Option<String>,
    phone: Option<String>,
    department: Option<String>,
    card_number: Option<String>,
    category: Option<String>,
    affiliation: Vec<String>,
    standing: Option<Standing>,
    valid_until: Option<String>,
    login_age_s: i64,
}

/// A reader, and what policy is asked about them.
pub(super) struct Sample {
    given: Attributes,
    /// With a placeholder for every value that a library may supply.
    pub(super) reader: Reader,
    /// What the rules see: only what was given, since a placeholder is no fact.
    pub(super) weighed: Membership,
    pub(super) login_age_s: i64,
}

/// Stands for a value that a real reader would bring.
pub(super) fn placeholder(name: ValueName) -> String {
    format!("(the reader's {name})")
}

impl Sample {
    pub(super) fn of(
        args: &ExplainArgs,
        member: &Member,
        class: Class,
        now: Timestamp,
    ) -> Result<Self, CommandError> {
        let given = attributes(args)?;
        let weighed = membership(&given, member, class)?;
        let mut shown = weighed.clone();
        let fill = |given: &Option<String>, name| given.clone().or_else(|| Some(placeholder(name)));
        shown.category = fill(&given.category, ValueName::Category);
        shown.valid_until = shown.valid_until.or(Some(now.plus_s(YEAR_S)));
        if shown.affiliation.is_empty()
            && let Some(scope) = member.scopes.first()
        {
            shown.affiliation.insert(format!("{}@{scope}", placeholder(ValueName::Affiliation)));
        }
        let profile = Profile {
            name: fill(&given.name, ValueName::Name),
            mail: fill(&given.mail, ValueName::Mail),
            phone: fill(&given.phone, ValueName::Phone),
            department: fill(&given.department, ValueName::Department),
            card_number: fill(&given.card_number, ValueName::CardNumber),
        };
        let id = ReaderId::parse("sample").map_err(|e| CommandError::Failed(e.to_string()))?;
        let reader = Reader { id, profile, memberships: vec![shown] };
        let login_age_s = given.login_age_s.max(0);
        Ok(Self { given, reader, weighed, login_age_s })
    }

    /// Whether `--attributes` says it.
    pub(super) fn is_given(&self, name: ValueName) -> bool {
        let given = &self.given;
        match name {
            ValueName::Name => given.name.is_some(),
            ValueName::Mail => given.mail.is_some(),
            ValueName::Phone => given.phone.is_some(),
            ValueName::Department => given.department.is_some(),
            ValueName::CardNumber => given.card_number.is_some(),
            ValueName::Category => given.category.is_some(),
            ValueName::Affiliation => !given.affiliation.is_empty(),
            ValueName::Standing => given.standing.is_some(),
            ValueName::ValidUntil => given.valid_until.is_some(),
            ValueName::Member | ValueName::Class | ValueName::Links | ValueName::Entitlements => {
                false
            }
        }
    }
}

fn attributes(args: &ExplainArgs) -> Result<Attributes, CommandError> {
    let Some(file) = &args.attributes else {
        return Ok(Attributes::default());
    };
    let fault = |why: String| CommandError::Failed(format!("{}: {why}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|e| fault(e.to_string()))?;
    let read: Result<Attributes, String> = if text.trim_start().starts_with('{') {
        form(&mut serde_json::Deserializer::from_str(&text), |e: &serde_json::Error| e.to_string())
    } else {
        toml::Deserializer::parse(&text)
            .map_err(|e| e.message().to_owned())
            .and_then(|source| form(source, |e: &toml::de::Error| e.message().to_owned()))
    };
    read.map_err(fault)
}

/// Reads a document; the error names the key, what belongs there, and no type of ours.
fn form<'de, T, D>(source: D, message: fn(&D::Error) -> String) -> Result<T, String>
where
    T: DeserializeOwned,
    D: serde::Deserializer<'de>,
{
    serde_path_to_error::deserialize(source).map_err(|e| {
        let message = message(e.inner());
        // JSON adds where it was; the key says that already.
        let said = plain(message.split_once(" at line ").map_or(message.as_str(), |(m, _)| m));
        let key = said.key(&e.path().to_string());
        format!("{key}: {} — {}", said.what, said.remedy(None))
    })
}

fn membership(
    given: &Attributes,
    member: &Member,
    class: Class,
) -> Result<Membership, CommandError> {
    let failed = |what: &str| CommandError::Failed(what.to_owned());
    let connector = member
        .connectors
        .first()
        .and_then(model::ConnectorEntry::id)
        .or_else(|| ConnectorId::parse("none").ok())
        .ok_or_else(|| failed("the member has no connector"))?;
    let valid_until = given
        .valid_until
        .as_deref()
        .map(|text| {
            until(text).ok_or_else(|| failed("valid_until: not a date or time such as 2026-12-31"))
        })
        .transpose()?;
    let scope = member.scopes.first().cloned().unwrap_or_default();
    let affiliation: BTreeSet<String> = given
        .affiliation
        .iter()
        .map(|a| if a.contains('@') { a.clone() } else { format!("{a}@{scope}") })
        .collect();
    Ok(Membership {
        member: member.id.clone(),
        connector,
        key: LocalKey::new("sample").ok_or_else(|| failed("no key"))?,
        class,
        category: given.category.clone(),
        affiliation,
        standing: given.standing.unwrap_or_default(),
        valid_until,
        evidence: Evidence::Asserted,
    })
}
