//! The forms, and what is typed into them.

use crate::{Ask, At};
use accounts::{Asked, Enrolment};
use model::{
    Code, Field, FieldKind, FieldLabel, Form, FormKind, HUB_MEMBER, ParamFault, Params, Refusal,
    code,
};

const ACTION: &str = "/login";
/// Longest login name that is shown again.
const SHOWN: usize = 128;

/// What came with a post; a field that is absent is empty.
pub(crate) struct Typed<'a> {
    pub(crate) username: &'a str,
    pub(crate) password: &'a str,
    pub(super) new_password: &'a str,
    pub(super) repeat_password: &'a str,
    pub(super) otp: &'a str,
    /// What an authenticator answered, as JSON.
    pub(super) passkey: &'a str,
    pub(super) passkey_name: &'a str,
    /// A further factor is wanted.
    pub(super) adds: bool,
    /// The further factor is left for another time.
    pub(super) skips: bool,
}

impl<'a> Typed<'a> {
    /// Reads the fields; one sent twice is refused, not chosen from.
    pub(crate) fn read(params: &'a Params) -> Result<Self, Refusal> {
        let one = |name| params.one(name).map(Option::unwrap_or_default).map_err(bad_form);
        Ok(Self {
            username: one("username")?,
            password: one("password")?,
            new_password: one("new_password")?,
            repeat_password: one("repeat_password")?,
            otp: one("otp")?,
            passkey: one("passkey")?,
            passkey_name: one("passkey_name")?,
            adds: !one("add")?.is_empty(),
            skips: !one("skip")?.is_empty(),
        })
    }
}

pub(crate) fn bad_form(fault: ParamFault) -> Refusal {
    Refusal::new(code::WEB_BAD_PARAMETERS, fault.to_string())
}

/// Login name and password; the name is kept, the password never.
pub(crate) fn sign_in_form(
    at: &At<'_>,
    ask: &Ask<'_>,
    username: &str,
    problem: Option<Code>,
) -> Form {
    let shown = username.trim().chars().filter(|c| !c.is_control()).take(SHOWN).collect();
    let fields = vec![
        Field {
            name: "username",
            kind: FieldKind::Text,
            label: FieldLabel::LoginName,
            autocomplete: "username",
            value: shown,
        },
        secret("password", FieldLabel::Password, "current-password"),
    ];
    form(at, ask, FormKind::SignIn, fields, problem)
}

/// The password to come, twice. The login name goes along for password managers.
pub(super) fn change_form(at: &At<'_>, ask: &Ask<'_>, login: &str, problem: Option<Code>) -> Form {
    let fields = vec![
        secret("new_password", FieldLabel::NewPassword, "new-password"),
        secret("repeat_password", FieldLabel::RepeatPassword, "new-password"),
    ];
    let mut form = form(at, ask, FormKind::ChangePassword, fields, problem);
    form.hidden.push(("username".to_owned(), login.to_owned()));
    form
}

/// A passkey where there is one; the code of the app, or a recovery code.
pub(super) fn code_form(at: &At<'_>, ask: &Ask<'_>, asked: &Asked, problem: Option<Code>) -> Form {
    let typed = if asked.app { FieldLabel::OneTimeCode } else { FieldLabel::RecoveryTyped };
    let mut fields: Vec<Field> =
        asked.passkey.iter().map(|options| made(FieldLabel::PasskeyGet, options)).collect();
    fields.push(one_time_code(typed));
    fields.push(choice("add", FieldLabel::AddFactor));
    form(at, ask, FormKind::SecondFactor, fields, problem)
}

/// What a browser needs to make a passkey; what the app needs, and the first code that it makes.
pub(super) fn enrol_form(
    at: &At<'_>,
    ask: &Ask<'_>,
    shown: &Enrolment,
    problem: Option<Code>,
) -> Form {
    let mut fields = Vec::new();
    if let Some(options) = &shown.passkey {
        fields.push(made(FieldLabel::PasskeyCreate, options));
        fields.push(Field {
            name: "passkey_name",
            kind: FieldKind::Text,
            label: FieldLabel::PasskeyName,
            autocomplete: "off",
            value: String::new(),
        });
    }
    if let Some(app) = &shown.app {
        fields.push(given(FieldLabel::FactorLink, app.link.as_str()));
        fields.push(given(FieldLabel::FactorSecret, app.secret.as_str()));
        fields.push(one_time_code(FieldLabel::OneTimeCode));
    }
    if !shown.is_first {
        fields.push(choice("skip", FieldLabel::SkipFactor));
    }
    let kind = if shown.is_first { FormKind::EnrolFactor } else { FormKind::AddFactor };
    form(at, ask, kind, fields, problem)
}

/// The recovery codes, this once.
pub(super) fn recovery_form<'c>(
    at: &At<'_>,
    ask: &Ask<'_>,
    codes: impl Iterator<Item = &'c str>,
) -> Form {
    let fields = codes.map(|code| given(FieldLabel::RecoveryCode, code)).collect();
    form(at, ask, FormKind::KeepRecovery, fields, None)
}

fn one_time_code(label: FieldLabel) -> Field {
    Field {
        name: "otp",
        kind: FieldKind::Text,
        label,
        autocomplete: "one-time-code",
        value: String::new(),
    }
}

fn made(label: FieldLabel, options: &str) -> Field {
    let value = options.to_owned();
    Field { name: "passkey", kind: FieldKind::Made, label, autocomplete: "off", value }
}

fn choice(name: &'static str, label: FieldLabel) -> Field {
    Field { name, kind: FieldKind::Choice, label, autocomplete: "off", value: String::new() }
}

fn given(label: FieldLabel, value: &str) -> Field {
    Field { name: "", kind: FieldKind::Shown, label, autocomplete: "off", value: value.to_owned() }
}

fn form(
    at: &At<'_>,
    ask: &Ask<'_>,
    kind: FormKind,
    fields: Vec<Field>,
    problem: Option<Code>,
) -> Form {
    Form {
        kind,
        action: ACTION,
        hidden: Vec::new(),
        fields,
        member: Some(at.member.id.clone()).filter(|id| id.as_str() != HUB_MEMBER),
        service: Some(ask.service.id.clone()),
        problem,
    }
}

fn secret(name: &'static str, label: FieldLabel, autocomplete: &'static str) -> Field {
    Field { name, kind: FieldKind::Password, label, autocomplete, value: String::new() }
}
