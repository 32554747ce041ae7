//! The forms that ask for a secret: sign in, change an issued password.

use crate::page::{Does, Page};
use crate::seen::login_path;
use crate::shown::{Reach, member_tile};
use crate::stage::{Going, Shell, Stage};
use crate::words::{Words, fill};
use askama::Template;
use model::{Field, FieldKind, FieldLabel, Form, FormKind, LangTag, Member};

#[derive(Template)]
#[template(path = "form.html")]
struct FormPage<'f> {
    shell: Shell,
    w: &'static Words,
    going: Option<Going>,
    title: &'f str,
    note: &'f str,
    member: Option<At>,
    problem: &'f str,
    action: &'f str,
    hidden: &'f [(String, String)],
    fields: Vec<Input<'f>>,
    button: &'f str,
    forgot: Option<Forgot>,
}

/// The library that asks.
struct At {
    tile: String,
    name: String,
    sub: String,
    change: Option<String>,
}

struct Input<'f> {
    name: &'f str,
    kind: &'static str,
    label: &'f str,
    hint: &'f str,
    value: &'f str,
    autocomplete: &'f str,
    described: String,
    focus: bool,
}

struct Forgot {
    advice: String,
    contact: Option<Reach>,
}

/// A form of ours. What was typed into a secret field is never sent back.
pub(crate) fn page(stage: &Stage<'_>, form: &Form) -> Page {
    let w = stage.words();
    let is_change = form.kind == FormKind::ChangePassword;
    let (title, note, button) = match form.kind {
        FormKind::SignIn => (&w.form.sign_in_title, "", &w.form.sign_in),
        FormKind::ChangePassword => {
            (&w.form.change_title, w.form.change_note.as_str(), &w.form.change_save)
        }
        // Those have pages of their own.
        FormKind::SecondFactor
        | FormKind::EnrolFactor
        | FormKind::AddFactor
        | FormKind::KeepRecovery => (&w.factor.code_title, "", &w.factor.code_go),
    };
    let member = stage.member(form.member.as_ref());
    let resume =
        form.hidden.iter().find(|(n, _)| n == "handle" || n == "h").map(|(_, h)| login_path(h));
    let here = match (&resume, member) {
        (Some(path), Some(member)) => Some(format!("{path}&member={}", member.id)),
        _ => resume.clone(),
    };
    let problem = form
        .problem
        .map(|code| if stage.lang == LangTag::En { code.info().en } else { code.info().zh });
    let problem = problem.unwrap_or_default();
    let view = FormPage {
        shell: stage.shell(title, here.as_deref()),
        w,
        going: stage.going(form.service.as_ref()),
        title,
        note,
        member: member.map(|m| At {
            tile: member_tile(m),
            name: stage.member_name(m).to_owned(),
            // Regions are written in Chinese only.
            sub: if stage.lang == LangTag::Zh {
                m.region.replace('/', " ")
            } else {
                m.name.zh.clone()
            },
            change: resume.filter(|_| !is_change && has_choice(stage)),
        }),
        problem,
        action: form.action,
        hidden: &form.hidden,
        fields: inputs(w, &form.fields, problem),
        button,
        forgot: (!is_change).then(|| forgot(stage, member)),
    };
    Page::of(&view, Does::Asks, stage.lang)
}

/// A library's own connector has one library: there is nothing to change to.
fn has_choice(stage: &Stage<'_>) -> bool {
    stage.snapshot.members().filter(|member| member.status.admits_logins()).nth(1).is_some()
}

fn inputs<'f>(w: &'static Words, fields: &'f [Field], problem: &str) -> Vec<Input<'f>> {
    let to_fill = fields.iter().position(|field| field.value.is_empty());
    let input = |(place, field): (usize, &'f Field)| {
        let (label, hint) = match field.label {
            FieldLabel::LoginName => (&w.form.login_name, w.form.login_name_hint.as_str()),
            FieldLabel::Password => (&w.form.password, ""),
            FieldLabel::NewPassword => (&w.form.new_password, ""),
            FieldLabel::RepeatPassword => (&w.form.repeat_password, ""),
            // Of the second factor, which has a page of its own.
            FieldLabel::OneTimeCode
            | FieldLabel::FactorSecret
            | FieldLabel::FactorLink
            | FieldLabel::RecoveryTyped
            | FieldLabel::RecoveryCode
            | FieldLabel::PasskeyGet
            | FieldLabel::PasskeyCreate
            | FieldLabel::PasskeyName
            | FieldLabel::AddFactor
            | FieldLabel::SkipFactor => (&w.factor.code_label, ""),
        };
        let mut described = Vec::new();
        if !hint.is_empty() {
            described.push(format!("{}-hint", field.name));
        }
        if !problem.is_empty() {
            described.push("problem".to_owned());
        }
        Input {
            name: field.name,
            kind: match field.kind {
                FieldKind::Text | FieldKind::Shown | FieldKind::Made | FieldKind::Choice => "text",
                FieldKind::Password => "password",
            },
            label,
            hint,
            value: if field.kind == FieldKind::Password { "" } else { &field.value },
            autocomplete: field.autocomplete,
            described: described.join(" "),
            focus: to_fill == Some(place),
        }
    };
    fields.iter().enumerate().map(input).collect()
}

fn forgot(stage: &Stage<'_>, member: Option<&Member>) -> Forgot {
    let w = &stage.words().form;
    match member {
        Some(member) => Forgot {
            advice: fill(&w.forgot_ask, &[("member", stage.member_name(member))]),
            contact: Reach::of(&member.contact),
        },
        None => Forgot {
            advice: w.forgot_ask_hub.clone(),
            contact: Reach::of(&stage.snapshot.consortium().contact),
        },
    }
}
