//! A press of a button before something happens.

use crate::page::{Does, Page};
use crate::stage::{Shell, Stage};
use crate::words::{Words, fill};
use askama::Template;
use model::{ConfirmKind, MemberId, ServiceId};

#[derive(Template)]
#[template(path = "confirm.html")]
struct Confirm<'c> {
    shell: Shell,
    w: &'static Words,
    title: String,
    note: String,
    action: &'c str,
    hidden: &'c [(String, String)],
    button: &'static str,
}

/// What is to be confirmed.
pub(crate) struct Question<'q> {
    pub(crate) kind: ConfirmKind,
    pub(crate) action: &'q str,
    pub(crate) hidden: &'q [(String, String)],
    pub(crate) member: Option<&'q MemberId>,
    pub(crate) service: Option<&'q ServiceId>,
    pub(crate) reader: Option<&'q str>,
}

/// The page with the one button.
pub(crate) fn page(stage: &Stage<'_>, question: &Question<'_>) -> Page {
    let words = stage.words();
    let w = &words.confirm;
    let member = stage.member(question.member).map(|m| stage.member_name(m)).unwrap_or_default();
    let service =
        stage.service(question.service).map(|s| s.name.r#in(stage.lang)).unwrap_or_default();
    let (title, note, button) = match question.kind {
        ConfirmKind::ReplaceSession => (&w.replace_title, &w.replace_note, &w.replace_button),
        ConfirmKind::ContinueToService => (&w.service_title, &w.service_note, &w.service_button),
        ConfirmKind::IsItYou => (&w.you_title, &w.you_note, &w.you_button),
        ConfirmKind::SignOut => (&w.sign_out_title, &w.sign_out_note, &w.sign_out_button),
    };
    let reader = question.reader.unwrap_or_default();
    let values = [("member", member), ("service", service), ("reader", reader)];
    let title = fill(title, &values);
    let handle = question.hidden.iter().find(|(n, _)| n == "handle" || n == "h");
    let safe = handle.map(|(_, h)| crate::seen::login_path(h));
    let mut shell = stage.shell(&title, safe.as_deref());
    shell.reader = question.kind == ConfirmKind::SignOut;
    let view = Confirm {
        shell,
        w: words,
        note: fill(note, &values),
        title,
        action: question.action,
        hidden: question.hidden,
        button,
    };
    Page::of(&view, Does::Asks, stage.lang)
}
