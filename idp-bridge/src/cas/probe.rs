//! Whether a login could begin now, found out without a reader.

use super::answer::Answer;
use super::{settings, validate};
use crate::callback;
use crate::{At, Probe};
use metadata::{CasCallback, CasSettings, HttpClient, HttpError, PublicUrl};
use model::{Handle, code, encode_component};

/// No login page that is looked at needs more.
const LARGEST_PAGE: usize = 512 << 10;

/// Brings a ticket that nobody issued, which only a CAS server refuses as it must; then looks
/// whether the login page takes a callback with a handle that nobody has seen.
pub(super) async fn probe(public_url: &PublicUrl, http: &HttpClient, at: &At<'_>) -> Probe {
    let settings = match settings(at) {
        Ok(settings) => settings,
        Err(refusal) => return not_ready(refusal.to_string()),
    };
    let chance = at.moment.entropy.short_token();
    let handle = Handle::parse(&chance).ok().filter(|_| settings.callback == CasCallback::Prefix);
    let service = public_url.join(&callback::path(at, handle.as_ref()));
    let ticket = format!("ST-0-{chance}");
    match validate::ask(http, &settings, &service, &ticket, false).await {
        Ok(Answer::Failure(failure)) if failure.code == "INVALID_TICKET" => {
            let findings = login_page(http, &settings, &service).await;
            Probe { is_ready: findings.is_empty(), findings }
        }
        Ok(Answer::Failure(failure)) if is_about_address(&failure.code) => {
            not_ready(not_registered(&service))
        }
        Ok(Answer::Failure(failure)) => not_ready(format!(
            "the server answers a ticket that nobody issued with {}: ask the network centre why",
            failure.code
        )),
        Ok(Answer::Success(_)) => not_ready(
            "the server accepts a ticket that nobody issued: anybody could log in as anybody. \
             Do not go live; tell the network centre"
                .to_owned(),
        ),
        Err(refusal) if refusal.code() == code::CAS_MALFORMED => not_ready(format!(
            "{refusal}: no CAS server answers at {}; correct `server`, or set `validate`",
            settings.validate
        )),
        Err(refusal) => not_ready(format!(
            "{refusal}: may the hub's address pass the campus's firewall, and is the \
             certificate of {} complete?",
            settings.server
        )),
    }
}

async fn login_page(http: &HttpClient, settings: &CasSettings, service: &str) -> Vec<String> {
    let joint = if settings.login.contains('?') { '&' } else { '?' };
    let url = format!("{}{joint}service={}", settings.login, encode_component(service));
    match http.get(&url, LARGEST_PAGE).await {
        Ok(page) if matches!(page.status, 401 | 403) => vec![not_registered(service)],
        Ok(page) if page.status >= 400 => {
            vec![format!("the login page answers {}: correct `login`", page.status)]
        }
        Ok(_) | Err(HttpError::TooLarge(_)) => Vec::new(),
        Err(fault) => vec![format!("the login page: {fault}")],
    }
}

fn is_about_address(code: &str) -> bool {
    matches!(code, "INVALID_SERVICE" | "UNAUTHORIZED_SERVICE")
}

fn not_registered(service: &str) -> String {
    format!(
        "the server does not take the address {service}: let the network centre register it by \
         prefix, or write callback = \"exact\" and register the address without what follows \
         the connector"
    )
}

fn not_ready(finding: String) -> Probe {
    Probe { is_ready: false, findings: vec![finding] }
}
