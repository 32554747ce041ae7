//! `readerpass explain --service ID --member ID --class A`
//!
//! What policy would say of a reader who need not exist. The answer is never
//! one that a service could be given: no session, no proof of a login.

use super::print::Printer;
use super::{CommandError, Ended, existing_installation};
use crate::cli::{Cli, ExplainArgs};
use crate::outside::moment_now;
use metadata::{Bundle, PublicUrl, Snapshot};
use model::{
    Class, ConnectorId, Evidence, LangTag, LocalKey, Member, Membership, Profile, Reader, ReaderId,
    Service, ServiceId, Standing, Text, Timestamp,
};
use policy::{Context, Decision, Facts, Obligation, Outcome, Release, Verdict};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

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

pub(super) async fn run(
    cli: &Cli,
    args: &ExplainArgs,
    print: Printer,
) -> Result<Ended, CommandError> {
    let snapshot = snapshot(cli, args).await?;
    let (member, service) = named(&snapshot, args)?;
    let class = Class::parse(&args.class).map_err(|e| CommandError::Usage(e.to_string()))?;
    let attributes = attributes(args)?;
    let now = moment_now().now;
    let reader = sample_reader(&attributes, member, class)?;
    let Some(membership) = reader.memberships.first() else {
        return Err(CommandError::Failed("no membership".to_owned()));
    };
    let context = Context {
        now,
        auth_time: now.plus_s(-attributes.login_age_s.max(0)),
        shared_computer: false,
    };
    let facts = Facts::of(snapshot.policy(), membership, member, service, &context);
    let verdict = snapshot.policy().weigh(&facts);
    let outcome = policy::fill(&verdict, &reader, membership, member, service);
    let allowed = matches!(outcome, Outcome::Release(_));
    say(&snapshot, service, &verdict, &outcome, print);
    Ok(if allowed { Ended::Good } else { Ended::NotGood })
}

async fn snapshot(cli: &Cli, args: &ExplainArgs) -> Result<Arc<Snapshot>, CommandError> {
    let Some(dir) = &args.registry else {
        return Ok(existing_installation(cli).await?.registry.current());
    };
    let faults = |faults: Vec<metadata::Fault>| {
        let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
        CommandError::Failed(lines.join("\n"))
    };
    let bundle = Bundle::read(dir, moment_now().now).map_err(faults)?;
    let public_url =
        PublicUrl::parse("https://hub.invalid").map_err(|e| CommandError::Failed(e.to_string()))?;
    Ok(Arc::new(Snapshot::from_bundle(&bundle, 0, &public_url).map_err(faults)?))
}

fn named<'s>(
    snapshot: &'s Snapshot,
    args: &ExplainArgs,
) -> Result<(&'s Member, &'s Service), CommandError> {
    let member = snapshot.member_by_code(&args.member).ok_or_else(|| {
        CommandError::Failed(format!("no member `{}`; `export` lists them", args.member))
    })?;
    let service = ServiceId::parse(&args.service)
        .ok()
        .and_then(|id| snapshot.service(&id))
        .ok_or_else(|| CommandError::Failed(format!("no service `{}`", args.service)))?;
    Ok((member, service))
}

fn attributes(args: &ExplainArgs) -> Result<Attributes, CommandError> {
    let Some(file) = &args.attributes else {
        return Ok(Attributes::default());
    };
    let fault =
        |e: &dyn std::fmt::Display| CommandError::Failed(format!("{}: {e}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|e| fault(&e))?;
    if text.trim_start().starts_with('{') {
        serde_json::from_str(&text).map_err(|e| fault(&e))
    } else {
        toml::from_str(&text).map_err(|e| fault(&e))
    }
}

fn sample_reader(
    given: &Attributes,
    member: &Member,
    class: Class,
) -> Result<Reader, CommandError> {
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
            Timestamp::parse_rfc3339(text)
                .or_else(|| Timestamp::parse_rfc3339(&format!("{text}T00:00:00Z")))
                .ok_or_else(|| failed("valid_until: not a date or time such as 2026-12-31"))
        })
        .transpose()?;
    let scope = member.scopes.first().cloned().unwrap_or_default();
    let affiliation: BTreeSet<String> = given
        .affiliation
        .iter()
        .map(|a| if a.contains('@') { a.clone() } else { format!("{a}@{scope}") })
        .collect();
    let sample = |given: &Option<String>, what: &str| {
        given.clone().or_else(|| Some(format!("(the reader's {what})")))
    };
    let membership = Membership {
        member: member.id.clone(),
        connector,
        key: LocalKey::new("sample").ok_or_else(|| failed("no key"))?,
        class,
        category: given.category.clone(),
        affiliation,
        standing: given.standing.unwrap_or_default(),
        valid_until,
        evidence: Evidence::Asserted,
    };
    Ok(Reader {
        id: ReaderId::parse("sample").map_err(|e| CommandError::Failed(e.to_string()))?,
        profile: Profile {
            name: sample(&given.name, "name"),
            mail: sample(&given.mail, "mail"),
            phone: sample(&given.phone, "phone"),
            department: given.department.clone(),
            card_number: given.card_number.clone(),
        },
        memberships: vec![membership],
    })
}

fn both(text: &Text) -> String {
    let (zh, en) = (text.r#in(LangTag::Zh), text.r#in(LangTag::En));
    if zh == en { zh.to_owned() } else { format!("{zh} · {en}") }
}

fn say(
    snapshot: &Snapshot,
    service: &Service,
    verdict: &Verdict,
    outcome: &Outcome,
    print: Printer,
) {
    match outcome {
        Outcome::Release(release) => allowed(snapshot, service, release, print),
        Outcome::Needs(Obligation::FreshLogin { max_age_s }) => {
            let text = format!(
                "{} asks for a login not older than {max_age_s} seconds: the reader logs in again\n",
                service.id
            );
            let json = serde_json::json!({
                "service": service.id, "allowed": false, "needs": { "fresh_login": max_age_s },
            });
            print.result(&json, &text);
        }
        Outcome::Refused(refusal) => {
            let mut text = format!("{} may not be entered: {}\n", service.id, refusal.code());
            let rules: Vec<_> = verdict.reasons().iter().map(|r| r.rule.as_str()).collect();
            for reason in &refusal.detail().reasons {
                let _ = writeln!(text, "  {}", both(reason));
            }
            let _ = writeln!(text, "  [{}]", rules.join(", "));
            let json = serde_json::json!({
                "service": service.id, "allowed": false, "code": refusal.code().as_str(),
                "reasons": refusal.detail().reasons, "rules": rules,
            });
            print.result(&json, &text);
        }
    }
}

fn allowed(snapshot: &Snapshot, service: &Service, release: &Release, print: Printer) {
    let mut text = format!("{} may be entered\n", service.id);
    let mut rows = Vec::new();
    for row in release.reasons() {
        let decision = match row.decision {
            Decision::Given => "given",
            Decision::Withheld => "withheld",
            Decision::Absent => "absent",
        };
        let value = row
            .what
            .parse::<model::ValueName>()
            .ok()
            .and_then(|name| release.get(name))
            .and_then(|v| serde_json::to_value(v).ok());
        let shown = value.as_ref().map_or_else(String::new, |v| format!(" = {v}"));
        let rules = row.rules.join(", ");
        let by = if rules.is_empty() { String::new() } else { format!(" [{rules}]") };
        let _ = writeln!(text, "  {decision:<9} {}{shown}", row.what);
        let _ = writeln!(text, "            {}{by}", both(&row.because));
        rows.push(serde_json::json!({
            "what": row.what, "decision": decision, "value": value,
            "because": row.because, "rules": row.rules,
        }));
    }
    let json = serde_json::json!({
        "service": service.id, "allowed": true, "values": rows,
        "registry_version": snapshot.version(),
    });
    print.result(&json, &text);
}
