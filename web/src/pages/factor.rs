//! The second factor of those who work here: its code, its setting up, its recovery codes.

use crate::page::{Does, Page};
use crate::stage::{Going, Shell, Stage};
use crate::words::{FactorWords, Words};
use askama::Template;
use model::{FieldLabel, Form, FormKind, LangTag};
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;

#[derive(Template)]
#[template(path = "factor.html")]
struct Factor<'f> {
    shell: Shell,
    w: &'static Words,
    going: Option<Going>,
    title: &'f str,
    note: &'f str,
    problem: &'f str,
    action: &'f str,
    hidden: &'f [(String, String)],
    picture: Option<Picture>,
    /// Opens the app where the page is read on the phone itself.
    link: &'f str,
    secret: String,
    recovery: Vec<&'f str>,
    passkey: Option<Passkey<'f>>,
    asks: bool,
    label: &'f str,
    /// What else may be typed.
    hint: &'f str,
    /// A further factor may be set up afterwards.
    adds: bool,
    /// A further factor may be left for another time.
    skips: bool,
    button: &'f str,
}

/// What `passkey.js` works with.
struct Passkey<'f> {
    does: &'static str,
    options: &'f str,
    note: &'f str,
    is_named: bool,
    button: &'f str,
}

/// A QR code as one path, a unit a module, with the quiet zone that readers need.
struct Picture {
    size: usize,
    path: String,
}

/// Modules of white around a QR code (ISO/IEC 18004, 5.3.8).
const QUIET: usize = 4;

/// Whether `form` is one of these.
pub(crate) fn is_one(form: &Form) -> bool {
    match form.kind {
        FormKind::SecondFactor
        | FormKind::EnrolFactor
        | FormKind::AddFactor
        | FormKind::KeepRecovery => true,
        FormKind::SignIn | FormKind::ChangePassword => false,
    }
}

/// The page of one step. It has no switch of language: it cannot be shown again.
pub(crate) fn page(stage: &Stage<'_>, form: &Form) -> Page {
    let words = stage.words();
    let w = &words.factor;
    let (title, note, button) = match form.kind {
        FormKind::EnrolFactor => (&w.enrol_title, w.enrol_note.as_str(), &w.enrol_go),
        FormKind::AddFactor => (&w.more_title, w.more_note.as_str(), &w.enrol_go),
        FormKind::KeepRecovery => (&w.keep_title, w.keep_note.as_str(), &w.keep_go),
        _ => (&w.code_title, note_of(w, form), &w.code_go),
    };
    let problem = form.problem.map(|code| match stage.lang {
        LangTag::Zh => code.info().zh,
        LangTag::En => code.info().en,
    });
    let of = |label: FieldLabel| {
        form.fields.iter().filter(move |f| f.label == label).map(|f| f.value.as_str())
    };
    let has = |label: FieldLabel| of(label).next().is_some();
    let is_recovery = has(FieldLabel::RecoveryTyped);
    let mut shell = stage.shell(title, None);
    shell.switch = None;
    let view = Factor {
        shell,
        w: words,
        going: stage.going(form.service.as_ref()),
        title,
        note,
        problem: problem.unwrap_or_default(),
        action: form.action,
        hidden: &form.hidden,
        picture: of(FieldLabel::FactorLink).next().and_then(picture),
        link: of(FieldLabel::FactorLink)
            .next()
            .filter(|link| link.starts_with("otpauth://"))
            .unwrap_or_default(),
        secret: of(FieldLabel::FactorSecret).next().map(grouped).unwrap_or_default(),
        recovery: of(FieldLabel::RecoveryCode).collect(),
        passkey: passkey(w, form),
        asks: is_recovery || has(FieldLabel::OneTimeCode),
        label: if is_recovery { &w.recovery_label } else { &w.code_label },
        hint: match form.kind {
            FormKind::SecondFactor if is_recovery => &w.recovery_hint,
            FormKind::SecondFactor => &w.code_hint,
            _ => "",
        },
        adds: has(FieldLabel::AddFactor),
        skips: has(FieldLabel::SkipFactor),
        button,
    };
    Page::of(&view, Does::Asks, stage.lang)
}

/// Beside a passkey the app is one of two ways; without an app there is none to open.
fn note_of<'w>(w: &'w FactorWords, form: &Form) -> &'w str {
    let has = |label| form.fields.iter().any(|field| field.label == label);
    if has(FieldLabel::PasskeyGet) || has(FieldLabel::RecoveryTyped) { "" } else { &w.code_note }
}

fn passkey<'f>(w: &'f FactorWords, form: &'f Form) -> Option<Passkey<'f>> {
    form.fields.iter().find_map(|field| {
        let (does, note, button) = match field.label {
            FieldLabel::PasskeyGet => ("sign", &w.passkey_use_note, &w.passkey_use),
            FieldLabel::PasskeyCreate => ("make", &w.passkey_make_note, &w.passkey_make),
            _ => return None,
        };
        let is_named = field.label == FieldLabel::PasskeyCreate;
        Some(Passkey { does, options: &field.value, note, is_named, button })
    })
}

/// In fours, as one copies it.
fn grouped(secret: &str) -> String {
    let mut shown = String::with_capacity(secret.len() * 5 / 4);
    for (place, letter) in secret.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            shown.push(' ');
        }
        shown.push(letter);
    }
    shown
}

/// `None` where the text is too long for any code; the secret stands beside it in letters.
fn picture(text: &str) -> Option<Picture> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (place, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (place % width + QUIET, place / width + QUIET);
            let _ = write!(path, "M{x} {y}h1v1h-1z");
        }
    }
    Some(Picture { size: width + 2 * QUIET, path })
}
