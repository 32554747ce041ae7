//! Reads an authorization request, check by check, without I/O.

use crate::clipped;
use crate::oidc::pkce;
use crate::oidc::return_to::{AnswerTo, ReturnTo};
use model::{
    Code, LangTag, LoginRequest, MemberId, OidcClient, Params, Prompt, Refusal, Service, code,
};

/// The client and the address that it may be answered at.
pub(crate) struct Addressed<'a> {
    /// Who asks.
    pub(crate) service: &'a Service,
    /// Where the answer goes.
    pub(crate) to: ReturnTo,
    /// `prompt=none`: every error goes back at once.
    pub(crate) is_silent: bool,
}

/// Why a request goes no further, once its address is proved.
#[derive(Debug)]
pub(crate) struct Fault {
    /// Name of the error on the wire.
    pub(crate) error: &'static str,
    /// Our own code and the detail for the log.
    pub(crate) refusal: Refusal,
    /// The reader can do something about it, so our page comes first (rule 7).
    pub(crate) is_for_reader: bool,
}

/// A request that passed every check.
#[derive(Debug)]
pub(crate) struct Asked {
    /// What the login is to do; its reply is filled by `AnswerTo`.
    pub(crate) request: LoginRequest,
    /// What the answer needs.
    pub(crate) answer: AnswerTo,
    /// `id_token_hint`, not yet verified.
    pub(crate) id_token_hint: Option<String>,
}

/// Finds the client and proves the redirect URI.
///
/// Until this succeeds nothing goes back to any address of the request: a
/// redirect there would make the hub an open redirector (RFC 9700 section 4.11).
pub(crate) fn address<'a>(
    params: &Params,
    find: impl Fn(&str) -> Option<&'a Service>,
) -> Result<Addressed<'a>, Refusal> {
    let repeated =
        |fault: model::ParamFault| Refusal::new(code::OIDC_BAD_REQUEST, fault.to_string());
    let client_id = params.one("client_id").map_err(repeated)?.unwrap_or_default();
    let (service, client) = find(client_id)
        .and_then(|service| Some((service, service.oidc.as_ref()?)))
        .ok_or_else(|| {
            let log = format!("client_id {} is not registered", clipped(client_id));
            Refusal::new(code::OIDC_UNKNOWN_CLIENT, log)
        })?;
    let sent = params
        .one("redirect_uri")
        .map_err(|fault| repeated(fault).at_service(&service.id))?
        .unwrap_or_default();
    // RFC 9700 section 2.1: letter for letter, or a code could be led astray.
    let redirect_uri = registered(client, sent).ok_or_else(|| {
        let log = format!("redirect_uri is not registered for client_id {}", clipped(client_id));
        Refusal::new(code::OIDC_REDIRECT_URI, log).at_service(&service.id)
    })?;
    let to = ReturnTo {
        client_id: client.client_id.clone(),
        redirect_uri: redirect_uri.to_owned(),
        state: params.one("state").ok().flatten().map(str::to_owned),
    };
    let is_silent = params.one("prompt").ok().flatten() == Some("none");
    Ok(Addressed { service, to, is_silent })
}

fn registered<'a>(client: &'a OidcClient, sent: &str) -> Option<&'a str> {
    client.redirect_uris.iter().map(String::as_str).find(|uri| *uri == sent)
}

/// Reads the rest of the request. `find_member` resolves an id or any code.
pub(crate) fn read(
    params: &Params,
    addressed: &Addressed<'_>,
    find_member: impl Fn(&str) -> Option<MemberId>,
) -> Result<Asked, Fault> {
    // RFC 6749 section 3.1: which of two values counts would be the attacker's choice.
    params
        .require_unrepeated()
        .map_err(|fault| invalid("invalid_request", code::OIDC_BAD_REQUEST, fault.to_string()))?;
    let one = |name: &str| params.one(name).ok().flatten().filter(|value| !value.is_empty());
    refuse_unsupported(&one)?;
    check_response(&one)?;
    let code_challenge = code_challenge(&one)?;
    let (prompt, max_age_s) = prompt(&one)?;
    let member = member(&one, find_member)?;
    let answer = AnswerTo {
        to: addressed.to.clone(),
        nonce: one("nonce").map(str::to_owned),
        code_challenge,
        hinted_sub: None,
    };
    let request = LoginRequest {
        service: addressed.service.id.clone(),
        protocol: crate::oidc::KEY.to_owned(),
        reply: answer.to_reply(),
        member,
        only_member: None,
        prompt,
        max_age_s,
        lang: one("ui_locales").and_then(lang),
        login_hint: one("login_hint").and_then(login_hint),
    };
    Ok(Asked { request, answer, id_token_hint: one("id_token_hint").map(str::to_owned) })
}

/// Core 3.1.2.6: what is not understood and would change the request is refused by name.
fn refuse_unsupported<'p>(one: &impl Fn(&str) -> Option<&'p str>) -> Result<(), Fault> {
    for (name, error) in [
        ("request", "request_not_supported"),
        ("request_uri", "request_uri_not_supported"),
        ("registration", "registration_not_supported"),
    ] {
        if one(name).is_some() {
            return Err(invalid(error, code::OIDC_REQUEST_OBJECT, format!("{name} was sent")));
        }
    }
    Ok(())
}

/// OAuth 2.1 section 4.1: the code flow alone, so that no token passes a browser's address bar.
fn check_response<'p>(one: &impl Fn(&str) -> Option<&'p str>) -> Result<(), Fault> {
    match one("response_type") {
        Some("code") => {}
        Some(_) => {
            let log = "response_type is not code";
            return Err(invalid("unsupported_response_type", code::OIDC_RESPONSE_TYPE, log));
        }
        None => {
            let log = "response_type is missing";
            return Err(invalid("invalid_request", code::OIDC_RESPONSE_TYPE, log));
        }
    }
    if one("response_mode").is_some_and(|mode| mode != "query") {
        let log = "response_mode is not query";
        return Err(invalid("invalid_request", code::OIDC_RESPONSE_TYPE, log));
    }
    let scope = one("scope").unwrap_or_default();
    if !scope.split(' ').any(|scope| scope == "openid") {
        return Err(invalid("invalid_scope", code::OIDC_SCOPE, "scope lacks openid"));
    }
    Ok(())
}

/// RFC 9700 section 2.1.1: a stolen code is worth nothing without its verifier;
/// `plain` would send the verifier through the browser.
fn code_challenge<'p>(one: &impl Fn(&str) -> Option<&'p str>) -> Result<String, Fault> {
    let fault = |log: &str| invalid("invalid_request", code::OIDC_PKCE, log);
    let challenge = one("code_challenge").ok_or_else(|| fault("code_challenge is missing"))?;
    if one("code_challenge_method") != Some("S256") {
        return Err(fault("code_challenge_method is not S256"));
    }
    if !pkce::is_challenge(challenge) {
        return Err(fault("code_challenge is not 43 characters of base64url"));
    }
    Ok(challenge.to_owned())
}

/// `prompt` and `max_age` (Core 3.1.2.1). `consent` adds nothing: what a service
/// is told stands in the registry, and a consent that is owed is asked for anyway.
fn prompt<'p>(one: &impl Fn(&str) -> Option<&'p str>) -> Result<(Prompt, Option<u32>), Fault> {
    let fault = |log: &str| invalid("invalid_request", code::OIDC_PROMPT, log);
    let values: Vec<&str> = one("prompt").unwrap_or_default().split_whitespace().collect();
    let known = ["none", "login", "select_account", "consent"];
    if values.iter().any(|value| !known.contains(value)) {
        return Err(fault("prompt has an unknown value"));
    }
    let has = |value| values.contains(&value);
    if has("none") && values.len() > 1 {
        return Err(fault("prompt=none stands with another value"));
    }
    let max_age_s = match one("max_age").map(str::parse::<u32>) {
        Some(Ok(seconds)) => Some(seconds),
        Some(Err(_)) => {
            let log = "max_age is not a number of seconds";
            return Err(invalid("invalid_request", code::OIDC_BAD_REQUEST, log));
        }
        None => None,
    };
    let prompt = if has("none") {
        Prompt::Never
    } else if has("select_account") {
        Prompt::SelectAccount
    } else if has("login") || max_age_s == Some(0) {
        // A login of age 0 is one made now.
        Prompt::Login
    } else {
        Prompt::AsNeeded
    };
    // Where both are asked, the library is chosen anew and the reader proves it anew.
    let max_age_s = if has("login") && has("select_account") { Some(0) } else { max_age_s };
    Ok((prompt, max_age_s))
}

/// `member=ID` or `tenant=CODE`: skips discovery. One that is not known is said
/// to the reader, who can choose another.
fn member<'p>(
    one: &impl Fn(&str) -> Option<&'p str>,
    find_member: impl Fn(&str) -> Option<MemberId>,
) -> Result<Option<MemberId>, Fault> {
    let Some(named) = one("member").or_else(|| one("tenant")) else { return Ok(None) };
    find_member(named).map(Some).ok_or_else(|| Fault {
        error: "invalid_request",
        refusal: Refusal::new(code::LOG_UNKNOWN_MEMBER, "member or tenant is not known"),
        is_for_reader: true,
    })
}

fn invalid(error: &'static str, code: Code, log: impl Into<String>) -> Fault {
    Fault { error, refusal: Refusal::new(code, log), is_for_reader: false }
}

/// The first of the wanted languages that our pages speak.
pub(crate) fn lang(ui_locales: &str) -> Option<LangTag> {
    ui_locales.split_whitespace().find_map(|tag| {
        match tag.split('-').next().map(str::to_ascii_lowercase).as_deref() {
            Some("zh") => Some(LangTag::Zh),
            Some("en") => Some(LangTag::En),
            _ => None,
        }
    })
}

/// A hint is only a convenience: one that cannot be a login name is dropped.
fn login_hint(hint: &str) -> Option<String> {
    let is_usable = hint.len() <= 256 && !hint.chars().any(char::is_control);
    is_usable.then(|| hint.to_owned())
}

#[cfg(test)]
mod tests;
