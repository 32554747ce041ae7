//! The form with login name and password, as every connector has it that asks for a secret on
//! the hub's own page: one address, one wording, one way to be asked again.

use crate::central::{Typed, bad_form, sign_in_form};
use crate::{Ask, At, Begun, Clue, Entry, Finished};
use model::{Code, Handle, Inbound, Method, Next, NextStep, Params, Refusal, code};

/// Far above any form of ours.
const BODY_LIMIT: usize = 16 * 1024;

/// Where the form is posted.
pub(crate) fn entries() -> Vec<Entry> {
    vec![Entry { path: "/login", method: Method::Post, body_limit: BODY_LIMIT }]
}

/// The login in flight that a post belongs to.
pub(crate) fn identify(inbound: &Inbound) -> Option<Clue> {
    let params = inbound.form_params().ok()?;
    let handle = params.one("handle").ok()??;
    Handle::parse(handle).ok().map(Clue::Handle)
}

/// Asks for name and password; refused where nobody may be asked.
pub(crate) fn begin(at: &At<'_>, ask: &Ask<'_>, state: &[u8]) -> Result<Begun, Refusal> {
    if ask.passive {
        return Err(Refusal::new(code::LOG_LOGIN_REQUIRED, "a password cannot be had unasked")
            .at_member(&at.member.id));
    }
    let form = sign_in_form(at, ask, ask.login_hint.unwrap_or_default(), None);
    Ok(Begun { next: Next::Ask(form), state: state.to_vec() })
}

/// A post without the login that it answers is nothing.
pub(crate) fn in_flight<'a, 'b>(
    state: Option<&[u8]>,
    expected: &[u8],
    ask: Option<&'a Ask<'b>>,
) -> Result<&'a Ask<'b>, Refusal> {
    let missing = || Refusal::new(code::LOG_STATE_MISSING, "a password without a login in flight");
    let (Some(state), Some(ask)) = (state, ask) else { return Err(missing()) };
    if state == expected {
        Ok(ask)
    } else {
        Err(Refusal::new(code::LOG_STATE_FORGED, "the state of another kind of login"))
    }
}

/// The fields of a post; one sent twice is refused.
pub(crate) fn params(inbound: &Inbound) -> Result<Params, Refusal> {
    inbound.form_params().map_err(bad_form)
}

/// Name and password, both there. An empty password goes to no system: a directory takes it
/// for a wish to be nobody, and says yes (RFC 4513 5.1.2).
pub(crate) fn both(params: &Params) -> Result<Typed<'_>, (Refusal, &str)> {
    let typed = Typed::read(params).map_err(|refusal| (refusal, ""))?;
    if typed.username.trim().is_empty() || typed.password.is_empty() {
        let refusal = Refusal::new(code::ACC_PASSWORD_EMPTY, "empty login name or password");
        return Err((refusal, typed.username));
    }
    Ok(typed)
}

/// What the reader can put right is asked for again, with the name and without the password;
/// anything else is the end of this login.
pub(crate) fn again(
    at: &At<'_>,
    ask: &Ask<'_>,
    username: &str,
    refusal: Refusal,
    state: &[u8],
) -> Result<Finished, Refusal> {
    if !can_correct(refusal.code()) {
        return Err(refusal.at_member(&at.member.id));
    }
    let form = sign_in_form(at, ask, username, Some(refusal.code()));
    Ok(Finished::Again(Begun { next: Next::Ask(form), state: state.to_vec() }))
}

/// What the reader can put right in the same form.
pub(crate) fn can_correct(code: Code) -> bool {
    code.as_str().starts_with("ACC-") && code.info().next == NextStep::Correct
}
