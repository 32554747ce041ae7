//! `readerpass trace LOGIN-CODE`

use super::print::Printer;
use super::{CommandError, Ended, existing_installation};
use crate::cli::Cli;
use model::{Blame, Code, LoginCode, Member, NextStep, Timestamp, TraceRecord};
use serde_json::Value;
use std::fmt::Write as _;

pub(super) async fn run(cli: &Cli, code: &str, print: Printer) -> Result<Ended, CommandError> {
    let code = LoginCode::parse(code).map_err(|e| CommandError::Usage(e.to_string()))?;
    let hub = existing_installation(cli).await?;
    let Some(record) = hub.shared.find_trace(code).await? else {
        let text =
            format!("{code}: no such login is kept; only logins that ended are, for 14 days\n");
        print.result(&serde_json::json!({ "code": code, "found": false }), &text);
        return Ok(Ended::NotGood);
    };
    let snapshot = hub.registry.current();
    let member = record.member.as_ref().and_then(|id| snapshot.member(id));
    print.result(&told(&record), &describe(&record, member));
    Ok(Ended::Good)
}

/// The record, with what its refusal means and what the reader can do.
fn told(record: &TraceRecord) -> Value {
    let mut json = serde_json::to_value(record).unwrap_or_default();
    let code = record.refused.as_deref().and_then(Code::find);
    if let (Value::Object(fields), Some(info)) = (&mut json, code.map(Code::info)) {
        fields.insert("sentence".to_owned(), Value::from(info.en));
        fields.insert("errs".to_owned(), Value::from(errs(info.blame)));
        fields.insert("next".to_owned(), Value::from(remedy(info.next)));
    }
    json
}

fn describe(record: &TraceRecord, member: Option<&Member>) -> String {
    let mut text = format!("login {}", record.code);
    if let Some(service) = &record.service {
        let _ = write!(text, " to {service}");
    }
    if let Some(member) = &record.member {
        let _ = write!(text, " at {member}");
    }
    text.push('\n');
    let start = record.steps.first().map(|s| s.at);
    for step in &record.steps {
        let after_ms = start.map_or(0, |s| step.at.unix_ms() - s.unix_ms());
        let kind = serde_json::to_value(step.kind).unwrap_or_default();
        let kind = kind.as_str().unwrap_or_default().to_owned();
        let at = clock(step.at);
        let _ = writeln!(text, "  {at} +{after_ms:>6} ms  {kind:<15} {}", step.note);
    }
    match (record.refused.as_deref(), record.refused.as_deref().and_then(Code::find)) {
        (None, _) => text.push_str("it ended well\n"),
        // Of a later version than this program.
        (Some(code), None) => text.extend(["refused: ", code, "\n"]),
        (Some(_), Some(code)) => refused(&mut text, code, member),
    }
    text
}

/// `2026-11-21 10:47:05.250 +08:00`, the zone of the pages; each as wide as the next.
fn clock(at: Timestamp) -> String {
    let local = web::local_time(Timestamp::from_unix_s(at.unix_s()));
    let (day, rest) = local.split_once('T').unwrap_or((&local, ""));
    let (time, offset) = rest.split_at_checked(8).unwrap_or((rest, ""));
    format!("{day} {time}.{:03} {offset}", at.unix_ms().rem_euclid(1000))
}

fn refused(text: &mut String, code: Code, member: Option<&Member>) {
    let info = code.info();
    let _ = writeln!(text, "refused: {code} {}", info.en);
    let _ = writeln!(text, "  who errs: {}", errs(info.blame));
    let _ = write!(text, "  next:     {}", remedy(info.next));
    if let Some(member) = member.filter(|_| info.next == NextStep::AskLibrary) {
        let contact = &member.contact;
        let ways: Vec<&str> =
            [&contact.phone, &contact.mail].into_iter().filter_map(Option::as_deref).collect();
        let ways =
            if ways.is_empty() { "no contact registered".to_owned() } else { ways.join(", ") };
        let _ = write!(text, " ({}: {ways})", member.id);
    }
    text.push('\n');
}

fn errs(blame: Blame) -> &'static str {
    match blame {
        Blame::Reader => "reader",
        Blame::Member => "member",
        Blame::Service => "service",
        Blame::Hub => "hub",
    }
}

/// What the reader can do, in the words of docs/errors.md.
fn remedy(next: NextStep) -> &'static str {
    match next {
        NextStep::StartAgain => "start again from the service",
        NextStep::Correct => "correct what was typed",
        NextStep::AskLibrary => "ask the library; its contact stands beside",
        NextStep::AskService => "tell the service",
        NextStep::AllowCookies => "allow cookies for this site",
        NextStep::Wait => "wait a little",
        NextStep::ChooseLibrary => "choose another library",
        NextStep::AskHub => "quote the login code to the consortium",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{ALL_CODES, LoginCode, Step, StepKind};

    #[test]
    fn the_remedy_of_every_code_is_that_of_the_book() {
        let page = include_str!("../../docs/errors.md");
        for code in ALL_CODES {
            let info = code.info();
            // That each has its line is a test of the documents.
            let start = format!("| `{code}` | ");
            let Some(line) = page.lines().find(|line| line.starts_with(&start)) else { continue };
            assert!(line.starts_with(&format!("{start}{} |", errs(info.blame))), "{line}");
            assert!(line.ends_with(&format!("| {} |", remedy(info.next))), "{line}");
        }
    }

    #[test]
    fn times_are_those_of_the_pages_and_a_refusal_has_its_remedy() {
        let member: Member = toml::from_str(
            "id = 'nju'\nname = { zh = '南' }\nclass = 'A'\nstatus = 'live'\ncontact = { phone = '025-1' }",
        )
        .expect("a member");
        let at = Timestamp::parse_rfc3339("2026-11-21T18:47:05.25Z").expect("a time");
        let record = |refused: Option<&str>| TraceRecord {
            code: LoginCode::parse("2222-2222")
                .or_else(|_| LoginCode::parse("K7F2-9QXP"))
                .expect("a code"),
            service: None,
            member: Some(member.id.clone()),
            refused: refused.map(str::to_owned),
            steps: vec![Step { at, kind: StepKind::Asked, note: "oidc".to_owned() }],
        };
        let text = describe(&record(Some("SAML-010")), Some(&member));
        for part in [
            "2026-11-22 02:47:05.250 +08:00 +     0 ms  asked",
            "refused: SAML-010 The library's answer is for another system.",
            "who errs: member",
            "ask the library; its contact stands beside (nju: 025-1)",
        ] {
            assert!(text.contains(part), "no `{part}` in {text}");
        }
        assert_eq!(told(&record(Some("SAML-017")))["next"], "start again from the service");
        assert!(describe(&record(None), None).contains("it ended well"));
        assert!(describe(&record(Some("NEW-001")), None).contains("refused: NEW-001"));
    }
}
