//! A trace as a librarian reads it: one sentence why, what to do, then the steps.

use crate::shown::{day_and_clock, local_time};
use crate::stage::Stage;
use crate::words::{Words, fill};
use model::{Blame, Code, LangTag, NextStep, StepKind, TraceRecord};

/// A trace, ready for a page.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) is_good: bool,
    pub(crate) code: String,
    pub(crate) sentence: String,
    pub(crate) because: String,
    /// Code of the refusal and who errs.
    pub(crate) blame: String,
    pub(crate) next: String,
    pub(crate) steps: Vec<Line>,
}

/// One step.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) at: String,
    pub(crate) what: &'static str,
    pub(crate) note: String,
}

/// What is said of a login.
pub(crate) fn told(stage: &Stage<'_>, record: &TraceRecord) -> Told {
    let words = stage.words();
    let w = &words.desk;
    let refusal = record.refused.as_deref();
    let known = refusal.and_then(Code::find);
    let when = record.steps.last().map(|s| day_and_clock(s.at)).unwrap_or_default();
    let service = match (stage.service(record.service.as_ref()), &record.service) {
        (Some(service), _) => service.name.r#in(stage.lang).to_owned(),
        (None, Some(id)) => id.to_string(),
        (None, None) => w.no_service.clone(),
    };
    let member = match (stage.member(record.member.as_ref()), &record.member) {
        (Some(member), _) => stage.member_name(member).to_owned(),
        (None, Some(id)) => id.to_string(),
        (None, None) => w.no_member.clone(),
    };
    let pattern = if refusal.is_some() { &w.was_refused } else { &w.was_good };
    let values = [("time", when.as_str()), ("service", &service), ("member", &member)];
    Told {
        is_good: refusal.is_none(),
        code: record.code.to_string(),
        sentence: fill(pattern, &values),
        because: known.map(|code| sentence(stage, code).to_owned()).unwrap_or_default(),
        blame: match (refusal, known) {
            (Some(_), Some(code)) => format!("{code} · {}", errs(words, code.info().blame)),
            (Some(code), None) => code.to_owned(),
            (None, _) => String::new(),
        },
        next: known.map(|code| next(words, code.info().next).to_owned()).unwrap_or_default(),
        steps: lines(words, record),
    }
}

fn sentence(stage: &Stage<'_>, code: Code) -> &'static str {
    match stage.lang {
        LangTag::Zh => code.info().zh,
        LangTag::En => code.info().en,
    }
}

fn lines(words: &'static Words, record: &TraceRecord) -> Vec<Line> {
    let line = |step: &model::Step| Line {
        at: local_time(step.at).get(11..19).unwrap_or_default().to_owned(),
        what: kind(words, step.kind),
        note: step.note.clone(),
    };
    record.steps.iter().map(line).collect()
}

fn kind(words: &'static Words, kind: StepKind) -> &'static str {
    let w = &words.step;
    match kind {
        StepKind::Asked => &w.asked,
        StepKind::Chosen => &w.chosen,
        StepKind::Sent => &w.sent,
        StepKind::Admitted => &w.admitted,
        StepKind::SessionReused => &w.reused,
        StepKind::Decided => &w.decided,
        StepKind::Answered => &w.answered,
        StepKind::Refused => &w.refused,
    }
}

fn errs(words: &'static Words, blame: Blame) -> &'static str {
    let w = &words.desk;
    match blame {
        Blame::Reader => &w.errs_reader,
        Blame::Member => &w.errs_member,
        Blame::Service => &w.errs_service,
        Blame::Hub => &w.errs_hub,
    }
}

/// For who helps the reader; the reader's own page says it to the reader.
fn next(words: &'static Words, step: NextStep) -> &'static str {
    let w = &words.remedy;
    match step {
        NextStep::StartAgain => &w.start_again,
        NextStep::Correct => &w.correct,
        NextStep::AskLibrary => &w.ask_library,
        NextStep::AskService => &w.ask_service,
        NextStep::AllowCookies => &w.allow_cookies,
        NextStep::Wait => &w.wait,
        NextStep::ChooseLibrary => &w.choose_library,
        NextStep::AskHub => &w.ask_hub,
    }
}
