//! A ticket becomes a proof: the hub asks the campus's server itself.

use super::answer::{self, Answer, Failure, Success};
use super::request::State;
use super::ticket::Ticket;
use crate::mapping::Values;
use metadata::{CasSettings, HttpAnswer, HttpClient, HttpError};
use model::{Refusal, Timestamp, code, encode_component};
use std::fmt;

/// Tolerated difference of clocks in seconds.
const SKEW_S: i64 = 60;
/// A used ticket is remembered a day; servers keep one for minutes (CAS Protocol 3.1.1).
const REMEMBERED_S: i64 = 86_400;

/// What the campus's server answered for one ticket that it accepted, once, for this login.
/// Made by [`validate`] alone. Debug shows no value.
pub(crate) struct Validated {
    ticket: Ticket,
    server: String,
    values: Values,
    logged_in: Timestamp,
    forgotten: Timestamp,
}

impl Validated {
    /// Attributes by their names, and the login name as `user`.
    pub(crate) fn values(&self) -> &Values {
        &self.values
    }

    /// The server that vouches.
    pub(crate) fn server(&self) -> &str {
        &self.server
    }

    /// By what the server's notice of logout names this login: the ticket itself.
    pub(crate) fn logout_name(&self) -> String {
        self.ticket.as_str().to_owned()
    }

    /// When the reader logged in there, as far as the server says; never in the future.
    pub(crate) fn logged_in(&self) -> Timestamp {
        self.logged_in
    }

    /// What is used up by this login, and until when that must be remembered. A server must
    /// not accept a ticket twice; one that does so all the same lets nobody in twice.
    pub(crate) fn once(&self) -> (String, Timestamp) {
        (format!("cas\n{}\n{}", self.server, self.ticket.as_str()), self.forgotten)
    }
}

impl fmt::Debug for Validated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Validated").field("server", &self.server).finish_non_exhaustive()
    }
}

/// CAS Protocol 2.5: the ticket with the address that it was issued for. The server burns it
/// whatever it answers.
pub(super) async fn validate(
    http: &HttpClient,
    settings: &CasSettings,
    asked: &State,
    ticket: Ticket,
    now: Timestamp,
) -> Result<Validated, Refusal> {
    let said = ask(http, settings, &asked.service, ticket.as_str(), asked.renew).await?;
    let success = match said {
        Answer::Success(success) => success,
        Answer::Failure(failure) => return Err(refused(&failure, asked.renew)),
    };
    if success.is_proxied {
        // 2.5.2: serviceValidate has no proxies; a ticket of another service proves the
        // reader to that one.
        return Err(Refusal::new(code::CAS_PROXIED, "the answer names proxies"));
    }
    let logged_in = logged_in(&success, asked, now)?;
    let Success { user, attributes, .. } = success;
    let mut values = Values::default();
    values.add(CasSettings::USER, &user);
    for (name, value) in &attributes {
        // The login name stands beside the attributes, and none of them can pass for it.
        if name != CasSettings::USER {
            values.add(name, value);
        }
    }
    let forgotten = now.plus_s(REMEMBERED_S);
    Ok(Validated { ticket, server: settings.server.clone(), values, logged_in, forgotten })
}

/// Asks the server about a ticket.
pub(super) async fn ask(
    http: &HttpClient,
    settings: &CasSettings,
    service: &str,
    ticket: &str,
    renew: bool,
) -> Result<Answer, Refusal> {
    // 2.5.1: with `renew`, a ticket that came from a session there fails.
    let renew = if renew { "&renew=true" } else { "" };
    let (service, ticket) = (encode_component(service), encode_component(ticket));
    let url = format!("{}?service={service}&ticket={ticket}{renew}", settings.validate);
    let HttpAnswer { status, body, .. } =
        http.get(&url, answer::LARGEST).await.map_err(|fault| unreachable(&fault))?;
    if status >= 500 {
        return Err(Refusal::new(code::CAS_UNREACHABLE, format!("status {status}")));
    }
    let malformed = |why: String| Refusal::new(code::CAS_MALFORMED, why);
    match answer::read(&body) {
        // Some send a failure with a status of its own; nobody vouches with one.
        Ok(Answer::Success(_)) if status != 200 => Err(malformed(format!("status {status}"))),
        Ok(said) => Ok(said),
        Err(fault) if status == 200 => Err(malformed(fault.to_string())),
        Err(_) => Err(malformed(format!("status {status}: is `server` the right address?"))),
    }
}

/// Never with the address, which holds the ticket.
fn unreachable(fault: &HttpError) -> Refusal {
    match fault {
        HttpError::Refused { why, .. } => {
            Refusal::new(code::CAS_UNREACHABLE, format!("not asked: {why}"))
        }
        HttpError::TooLarge(_) => Refusal::new(code::CAS_MALFORMED, fault.to_string()),
        other => Refusal::new(code::CAS_UNREACHABLE, other.to_string()),
    }
}

/// CAS Protocol 2.5.3. What the server says beside its code may quote the ticket, so it is
/// not kept.
fn refused(failure: &Failure, renew: bool) -> Refusal {
    let code = match failure.code.as_str() {
        "INVALID_TICKET_SPEC" if renew => code::CAS_NOT_FRESH,
        "INVALID_TICKET" => code::CAS_TICKET_REFUSED,
        "INVALID_SERVICE" | "UNAUTHORIZED_SERVICE" => code::CAS_SERVICE_REFUSED,
        _ => code::CAS_FAILED,
    };
    Refusal::new(code, format!("the server answers {}", failure.code))
}

/// When the reader logged in (2.5.7: `authenticationDate`, `isFromNewLogin`); now where the
/// server does not say.
fn logged_in(said: &Success, asked: &State, now: Timestamp) -> Result<Timestamp, Refusal> {
    let first = |wanted: &str| {
        said.attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    };
    let date = first("authenticationDate").and_then(parse_date);
    if asked.renew {
        let is_old = date.is_some_and(|date| date < asked.at.plus_s(-SKEW_S));
        let is_known_old = first("isFromNewLogin").is_some_and(|v| !v.eq_ignore_ascii_case("true"));
        if is_old || is_known_old {
            let log = "the server answered a forced login from its own session";
            return Err(Refusal::new(code::CAS_NOT_FRESH, log));
        }
    }
    Ok(date.map_or(now, |date| date.min(now)))
}

/// RFC 3339, also with the zone's name behind it as Java writes it.
fn parse_date(text: &str) -> Option<Timestamp> {
    let bare = text.split_once('[').map_or(text, |(date, _)| date);
    Timestamp::parse_rfc3339(bare.trim())
}
