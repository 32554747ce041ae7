//! `/oauth2/end_session`: a client asks to log the reader out
//! (OpenID Connect RP-Initiated Logout 1.0).

pub(super) mod request;

use super::{Endpoints, Provider, jose, path};
use axum::extract::State;
use jsonwebtoken::Algorithm;
use login::{Edge, Login, Refused, Reply, Session, SignOut, SignedOut};
use model::{
    ConfirmKind, Evidence, LogoutLine, LogoutState, Method, Next, PageModel, Params, Refusal, code,
};
use request::{Asked, Hint};

/// Field of our own form: its button was pressed.
const CONFIRM: &str = "confirm";

/// Ends the session at once where the hint proves that its own client asks for
/// it; else asks the reader first, or any page could log readers out.
pub(crate) async fn end_session(
    State(endpoints): State<Endpoints>,
    edge: Edge,
) -> Result<Reply, Refused> {
    let on_page = |refusal: Refusal| Refused::from((refusal, edge.code));
    let provider = &endpoints.provider;
    let snapshot = provider.registry.current();
    let params = read_params(&edge).map_err(on_page)?;
    let is_pressed = is_pressed(&endpoints.login, &edge, &params).map_err(on_page)?;
    if edge.inbound.method == Method::Post && !is_pressed {
        return Ok(Reply::from(by_get(provider, &params)));
    }
    let asked = request::read(
        &params,
        |id| snapshot.service_by_client_id(id),
        |hint| verify_hint(provider, hint),
    )
    .map_err(on_page)?;
    let session = endpoints.login.browser_session(&edge.inbound, &edge.moment).await;
    let next = match session.map_err(on_page)? {
        None => Reply::from(nothing_to_end(&asked)),
        Some(session) if is_pressed || is_of(provider, &session, asked.hint.as_ref()) => {
            let end = endpoints.login.sign_out(&edge.inbound, &edge.moment, SignOut::Browser);
            signed_out(end.await.map_err(on_page)?, &session, &asked)
        }
        Some(session) => Reply::from(confirm(&session, &asked)),
    };
    Ok(Reply { lang: asked.lang, ..next })
}

fn read_params(edge: &Edge) -> Result<Params, Refusal> {
    let refuse = |fault: model::ParamFault| Refusal::new(code::OIDC_LOGOUT, fault.to_string());
    let params = match edge.inbound.method {
        Method::Get => edge.inbound.query_params(),
        Method::Post => edge.inbound.form_params(),
    };
    let params = params.map_err(refuse)?;
    params.require_unrepeated().map_err(refuse)?;
    Ok(params)
}

/// The press of our own button counts, and no other site can press it.
fn is_pressed(login: &Login, edge: &Edge, params: &Params) -> Result<bool, Refusal> {
    let is_ours =
        edge.inbound.method == Method::Post && params.iter().any(|(name, _)| name == CONFIRM);
    if is_ours {
        login.require_same_origin(&edge.inbound)?;
    }
    Ok(is_ours)
}

/// A form of another site brings no session cookie along (SameSite=Lax): the
/// same question by GET does.
fn by_get(provider: &Provider, params: &Params) -> Next {
    let query: Vec<String> = params
        .iter()
        .filter(|(name, _)| request::PARAMETERS.contains(name))
        .map(|(name, value)| format!("{name}={}", model::encode_component(value)))
        .collect();
    Next::Redirect(format!("{}?{}", provider.url(path::END_SESSION), query.join("&")))
}

/// An ID token of ours, however old (RP-Initiated Logout section 2: it is a hint).
fn verify_hint(provider: &Provider, hint: &str) -> Option<Hint> {
    let keys = provider.keys.current();
    let claims = jose::verify(hint, keys.jwks(), &[Algorithm::ES256, Algorithm::RS256]).ok()?;
    let text = |name: &str| claims.get(name).and_then(serde_json::Value::as_str);
    let is_ours = text("iss") == Some(provider.issuer());
    is_ours.then_some(())?;
    Some(Hint { client_id: text("aud")?.to_owned(), sid: text("sid")?.to_owned() })
}

/// A hint counts for the session that it was issued in, and no other: somebody
/// else's ID token must not log this reader out.
fn is_of(provider: &Provider, session: &Session, hint: Option<&Hint>) -> bool {
    hint.is_some_and(|hint| hint.sid == provider.client_sid(session.sid(), &hint.client_id))
}

fn confirm(session: &Session, asked: &Asked<'_>) -> Next {
    let mut hidden = vec![(CONFIRM.to_owned(), "yes".to_owned())];
    hidden.extend(asked.carried.iter().cloned());
    Next::Page(PageModel::Confirm {
        kind: ConfirmKind::SignOut,
        action: path::END_SESSION,
        hidden,
        member: Some(session.membership().member.clone()),
        service: asked.service.map(|service| service.id.clone()),
        reader: None,
    })
}

/// Without a session only a proved hint leads straight back: a bare link is
/// shown as one.
fn nothing_to_end(asked: &Asked<'_>) -> Next {
    match (&asked.hint, &asked.back) {
        (Some(_), Some(back)) => Next::Redirect(back.clone()),
        (_, back) => {
            Next::Page(PageModel::SignedOut { lines: Vec::new(), member: None, back: back.clone() })
        }
    }
}

/// Rule 12: what could not be ended is said before the reader goes back.
fn signed_out(done: SignedOut, session: &Session, asked: &Asked<'_>) -> Reply {
    // A password that the hub checked left no session at the library.
    let has_own = session.membership().evidence == Evidence::Asserted;
    let member = done.member.filter(|_| has_own);
    // The service that asks has ended its own session: that is why it asks.
    let own = asked.service.map(|service| &service.id);
    let lines: Vec<LogoutLine> = done
        .lines
        .into_iter()
        .map(|line| {
            let is_own = Some(&line.service) == own;
            let state = if is_own { LogoutState::Ended } else { line.state };
            LogoutLine { state, ..line }
        })
        .collect();
    let is_all_ended = lines.iter().all(|line| line.state == LogoutState::Ended);
    let next = match &asked.back {
        Some(back) if is_all_ended && member.is_none() => Next::Redirect(back.clone()),
        back => Next::Page(PageModel::SignedOut { lines, member, back: back.clone() }),
    };
    Reply { cookies: done.cookies, ..Reply::from(next) }
}
