//! What is printed of a decision.

use super::sample::Sample;
use crate::commands::print::Printer;
use metadata::Snapshot;
use model::{AttributeName, LangTag, Member, Service, Text, ValueName};
use policy::{Accounted, Decision, Obligation, Outcome, Release, Verdict};
use std::fmt::Write as _;

/// What was asked about.
pub(super) struct Asked<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) member: &'a Member,
    pub(super) service: &'a Service,
    pub(super) sample: &'a Sample,
}

fn both(text: &Text) -> String {
    let (zh, en) = (text.r#in(LangTag::Zh), text.r#in(LangTag::En));
    if zh == en { zh.to_owned() } else { format!("{zh} · {en}") }
}

pub(super) fn say(asked: &Asked<'_>, verdict: &Verdict, outcome: &Outcome, print: Printer) {
    let service = asked.service;
    match outcome {
        Outcome::Release(release) => allowed(asked, release, print),
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

fn allowed(asked: &Asked<'_>, release: &Release, print: Printer) {
    let mut text = format!("{} may be entered\n", asked.service.id);
    let mut rows = Vec::new();
    for row in release.reasons() {
        let decision = match row.decision {
            Decision::Given => "given",
            Decision::Withheld => "withheld",
            Decision::Absent => "absent",
        };
        let name = row.what.parse::<ValueName>().ok();
        let value = name.and_then(|name| shown(asked, release, name));
        let source = name.map(|name| source(asked, name, &row));
        let shown = value.as_ref().map_or_else(String::new, |v| format!(" = {v}"));
        let rules = row.rules.join(", ");
        let by = if rules.is_empty() { String::new() } else { format!(" [{rules}]") };
        let _ = writeln!(text, "  {decision:<9} {}{shown}", row.what);
        if let Some(source) = &source {
            let _ = writeln!(text, "            from {source}");
        }
        let _ = writeln!(text, "            {}{by}", both(&row.because));
        rows.push(serde_json::json!({
            "what": row.what, "decision": decision, "value": value, "source": source,
            "because": row.because, "rules": row.rules,
        }));
    }
    let json = serde_json::json!({
        "service": asked.service.id, "allowed": true, "values": rows,
        "registry_version": asked.snapshot.version(),
    });
    print.result(&json, &text);
}

/// The value, or a placeholder where the reader is not known.
fn shown(asked: &Asked<'_>, release: &Release, name: ValueName) -> Option<serde_json::Value> {
    let value = release.get(name)?;
    if name == ValueName::ValidUntil && !asked.sample.is_given(name) {
        return Some(super::sample::placeholder(name).into());
    }
    serde_json::to_value(value).ok()
}

/// Where a value comes from at a real login.
fn source(asked: &Asked<'_>, name: ValueName, row: &Accounted) -> String {
    match name {
        ValueName::Member | ValueName::Links => {
            return format!("members/{}.toml", asked.member.id);
        }
        ValueName::Class => return "--class".to_owned(),
        ValueName::Entitlements => return "policy".to_owned(),
        _ if asked.sample.is_given(name) => return "--attributes".to_owned(),
        _ => {}
    }
    let Some(connector) = asked.member.connectors.first() else {
        return "the library, which has no connector yet".to_owned();
    };
    if connector.kind == "central" {
        return "the account at the hub".to_owned();
    }
    let mapped = name.as_str().parse::<AttributeName>().ok();
    let mapped = mapped.and_then(|attribute| connector.attributes.get(&attribute));
    let source = match mapped {
        Some(names) => {
            let names: Vec<String> = names.names().map(|name| format!("`{name}`")).collect();
            format!("the library's answer, {}", names.join(", else "))
        }
        None => "the library's answer, under its usual name".to_owned(),
    };
    let is_scopeless = name == ValueName::Affiliation && asked.member.scopes.is_empty();
    if is_scopeless && row.decision == Decision::Absent {
        return format!("{source}; the member has no scopes, so none can be released");
    }
    source
}
