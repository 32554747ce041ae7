//! The forms, and what is typed into them.

use crate::{Ask, At};
use accounts::Enrolment;
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

/// The code of the app, or a recovery code.
pub(super) fn code_form(at: &At<'_>, ask: &Ask<'_>, problem: Option<Code>) -> Form {
    form(at, ask, FormKind::SecondFactor, vec![one_time_code()], problem)
}

/// What the app needs, and the first code that it makes.
pub(super) fn enrol_form(
    at: &At<'_>,
    ask: &Ask<'_>,
    shown: &Enrolment,
    problem: Option<Code>,
) -> Form {
    let fields = vec![
        given(FieldLabel::FactorLink, shown.link.as_str()),
        given(FieldLabel::FactorSecret, shown.secret.as_str()),
        one_time_code(),
    ];
    form(at, ask, FormKind::EnrolFactor, fields, problem)
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

fn one_time_code() -> Field {
    Field {
        name: "otp",
        kind: FieldKind::Text,
        label: FieldLabel::OneTimeCode,
        autocomplete: "one-time-code",
        value: String::new(),
    }
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
