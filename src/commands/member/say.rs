//! What is printed of a sample.

use super::tried::{Told, Tried};
use crate::commands::print::Printer;
use idp_bridge::{At, Received};
use model::{AttributeName, LangTag, Membership, Profile, Text};
use policy::{Decision, Obligation};
use serde_json::{Value, json};
use std::fmt::Write as _;

pub(super) fn say(at: &At<'_>, tried: &Tried, print: Printer) {
    let mut text = format!("{} · {} ({})\n", at.member.id, at.connector, at.entry.kind);
    let json = json!({
        "member": at.member.id,
        "connector": at.connector,
        "kind": at.entry.kind,
        "accepted": tried.rehearsal.reader.is_some(),
        "refusals": refusals(tried, &mut text),
        "received": received(tried, &mut text),
        "dropped": dropped(tried, &mut text),
        "reader": reader(tried, &mut text),
        "services": services(tried, &mut text),
    });
    print.result(&json, &text);
}

fn both(text: &Text) -> String {
    let (zh, en) = (text.r#in(LangTag::Zh), text.r#in(LangTag::En));
    if zh == en { zh.to_owned() } else { format!("{zh} · {en}") }
}

fn refusals(tried: &Tried, text: &mut String) -> Vec<Value> {
    let all = tried.rehearsal.refusals.iter();
    let rows = all.map(|refusal| {
        let what = &refusal.detail().log;
        let _ = writeln!(text, "  a login would be refused: {} {what}", refusal.code());
        json!({ "code": refusal.code().as_str(), "what": what })
    });
    rows.collect()
}

fn received(tried: &Tried, text: &mut String) -> Vec<Value> {
    text.push_str("what the library sends\n");
    let rows = tried.rehearsal.received.iter().map(|row| {
        let values = row.values.join(" | ");
        let _ = writeln!(text, "  {} = {values}\n    {}", row.name, became(row));
        json!({
            "name": row.name, "values": row.values, "fills": row.fills,
            "looked_at": row.is_known,
        })
    });
    rows.collect()
}

fn became(row: &Received) -> String {
    if row.fills.is_empty() {
        let why = if row.is_known {
            "another source came first, or it was dropped or refused"
        } else {
            "no source looks at it"
        };
        return format!("not used: {why}");
    }
    let fills: Vec<&str> = row.fills.iter().map(|name| name.as_str()).collect();
    format!("taken as {}", fills.join(", "))
}

fn dropped<'t>(tried: &'t Tried, text: &mut String) -> &'t [String] {
    let notes = &tried.rehearsal.notes;
    if !notes.is_empty() {
        text.push_str("dropped\n");
    }
    for note in notes {
        let _ = writeln!(text, "  {note}");
    }
    notes
}

fn reader(tried: &Tried, text: &mut String) -> Value {
    text.push_str("the reader\n");
    let Some((profile, membership)) = &tried.rehearsal.reader else {
        text.push_str("  none: a login would be refused\n");
        return Value::Null;
    };
    let mut row = |name: &str, value: &str, from: Option<&str>| {
        let from = from.map(|from| format!("   from {from}")).unwrap_or_default();
        let value = if value.is_empty() { "—" } else { value };
        let _ = writeln!(text, "  {name:<12} {value}{from}");
    };
    let mut all = serde_json::Map::new();
    for filled in &tried.rehearsal.filled {
        let name = filled.attribute.as_str();
        let value = value(filled.attribute, profile, membership);
        let from = filled.from.as_deref().filter(|_| filled.is_kept);
        row(name, &value.clone().unwrap_or_default(), from);
        all.insert(name.to_owned(), json!({ "value": value, "from": from }));
    }
    row("class", membership.class.as_str(), Some("the member's entry"));
    all.insert("class".to_owned(), json!({ "value": membership.class, "from": null }));
    Value::Object(all)
}

fn value(name: AttributeName, profile: &Profile, membership: &Membership) -> Option<String> {
    match name {
        AttributeName::LocalId => Some(membership.key.as_str().to_owned()),
        AttributeName::Affiliation => {
            let all: Vec<&str> = membership.affiliation.iter().map(String::as_str).collect();
            (!all.is_empty()).then(|| all.join(" "))
        }
        AttributeName::Name => profile.name.clone(),
        AttributeName::Mail => profile.mail.clone(),
        AttributeName::Phone => profile.phone.clone(),
        AttributeName::Category => membership.category.clone(),
        AttributeName::Department => profile.department.clone(),
        AttributeName::CardNumber => profile.card_number.clone(),
        AttributeName::ValidUntil => membership.valid_until.map(web::local_time),
        AttributeName::Standing => Some(membership.standing.as_str().to_owned()),
    }
}

fn services(tried: &Tried, text: &mut String) -> Vec<Value> {
    if tried.services.is_empty() {
        return Vec::new();
    }
    text.push_str("what services would be told\n");
    let rows = tried.services.iter().map(|at| match &at.told {
        Told::Allowed { values } => {
            let _ = writeln!(text, "  {} may be entered", at.id);
            let rows = values.iter().map(|(row, value)| {
                let decision = match row.decision {
                    Decision::Given => "given",
                    Decision::Withheld => "withheld",
                    Decision::Absent => "absent",
                };
                let shown = value.as_ref().and_then(|v| serde_json::to_value(v).ok());
                let is = shown.as_ref().map(|v| format!(" = {v}")).unwrap_or_default();
                let _ = writeln!(text, "    {decision:<9} {}{is}", row.what);
                if tried.is_full {
                    let by = row.rules.join(", ");
                    let _ = writeln!(text, "              {} [{by}]", both(&row.because));
                }
                json!({
                    "what": row.what, "decision": decision, "value": shown,
                    "because": row.because, "rules": row.rules,
                })
            });
            json!({ "service": at.id, "allowed": true, "values": rows.collect::<Vec<_>>() })
        }
        Told::Needs(Obligation::FreshLogin { max_age_s }) => {
            let _ = writeln!(text, "  {} asks for a login not older than {max_age_s} s", at.id);
            json!({ "service": at.id, "allowed": false, "needs": { "fresh_login": max_age_s } })
        }
        Told::Refused { code, reasons } => {
            let why: Vec<String> = reasons.iter().map(both).collect();
            let _ = writeln!(text, "  {} may not be entered: {code} {}", at.id, why.join(" "));
            json!({
                "service": at.id, "allowed": false, "code": code.as_str(), "reasons": reasons,
            })
        }
    });
    rows.collect()
}
