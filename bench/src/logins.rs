//! CPU time of the hub per login, over all its requests of that login.
//!
//! The hub is the whole router with the embedded store, on threads of its own; everything
//! that these threads do counts, the store's among them and what is done behind an answer.
//! What is not the hub's runs on threads of the bench and stays outside: the library's
//! identity provider, which signs with a key of the bench, and the browsers of a crowd of
//! readers. The service's own work is not done. The requests that count are, for
//!
//! * SAML in, SAML out: the service's AuthnRequest by redirect (discovery page), the
//!   choice of the library, the library's Response posted to the ACS;
//! * SAML in, OpenID out: the authorization request (discovery page), the choice, the
//!   posted Response, the token request, userinfo;
//! * OpenID on a running session: authorization request, token request, userinfo.

pub(crate) mod hub;
pub(crate) mod parties;

use crate::measure::{Bench, Budget};
use hub::{Asked, Browser, Hub};
use parties::{Library, ask_by_oidc, ask_by_saml, code_in, token_request, userinfo_request};
use std::error::Error;

const SAML_TO_SAML: &str = "login: SAML in, SAML out";
const SAML_TO_OIDC: &str = "login: SAML in, OpenID out";
const OIDC_AGAIN: &str = "OpenID on a running session";

/// Readers who log in at the same time: a hub that is at work. One alone would measure how
/// its threads fall asleep and wake up between two requests, and a sync of the disk each.
const CROWD: u32 = 16;
const CALLS: u32 = 320;

pub(crate) fn run(bench: &mut Bench) -> Result<(), Box<dyn Error>> {
    if !bench.wants(&[SAML_TO_SAML, SAML_TO_OIDC, OIDC_AGAIN]) {
        return Ok(());
    }
    let library = Library::new()?;
    let hub = Hub::open(&library)?;
    bench.take(SAML_TO_SAML, Budget::TimesFloor(2.0), CALLS, |meter, calls| {
        meter.count_beside(CROWD.min(calls), |number| {
            for _ in 0..share(calls, number) {
                let mut browser = Browser::default();
                let first = browser.get(&hub, &ask_by_saml()?)?;
                let answer = prove(&hub, &mut browser, &library, &first)?;
                require(answer.contains("SAMLResponse"), "no answer to the service")?;
            }
            Ok(())
        })
    })?;
    bench.take(SAML_TO_OIDC, Budget::None, CALLS, |meter, calls| {
        meter.count_beside(CROWD.min(calls), |number| {
            for _ in 0..share(calls, number) {
                let mut browser = Browser::default();
                let first = browser.get(&hub, &ask_by_oidc())?;
                let answer = prove(&hub, &mut browser, &library, &first)?;
                redeem(&hub, &code_in(&answer)?)?;
            }
            Ok(())
        })
    })?;
    let mut known = Browser::default();
    let first = known.get(&hub, &ask_by_oidc())?;
    prove(&hub, &mut known, &library, &first)?;
    bench.take(OIDC_AGAIN, Budget::Most(250.0), CALLS, |meter, calls| {
        meter.count_beside(CROWD.min(calls), |number| {
            let mut known = known.clone();
            for _ in 0..share(calls, number) {
                let answer = known.get(&hub, &ask_by_oidc())?;
                redeem(&hub, &code_in(&answer)?)?;
            }
            Ok(())
        })
    })
}

/// Calls of one of the crowd.
fn share(calls: u32, number: u32) -> u32 {
    let crowd = CROWD.min(calls);
    calls / crowd + u32::from(number < calls % crowd)
}

/// From the discovery page to the hub's answer, through the library.
pub(crate) fn prove(
    hub: &impl Asked,
    browser: &mut Browser,
    library: &Library,
    discovery: &str,
) -> Result<String, Box<dyn Error>> {
    let chosen = browser.get(hub, &parties::choice(discovery)?)?;
    let (relay_state, response) = library.answer(&chosen)?;
    let fields = [("SAMLResponse", response.as_str()), ("RelayState", relay_state.as_str())];
    browser.post(hub, "/saml/sp/acs", &fields)
}

/// The token request and userinfo; gives the ID token.
pub(crate) fn redeem(hub: &impl Asked, code: &str) -> Result<String, Box<dyn Error>> {
    let tokens = hub.ask(token_request(code)?)?;
    let tokens: serde_json::Value = serde_json::from_str(&tokens.body)?;
    let access = tokens.get("access_token").and_then(|t| t.as_str()).ok_or("no access token")?;
    let info = hub.ask(userinfo_request(access)?)?;
    require(info.body.contains("\"sub\""), "no userinfo")?;
    let id_token = tokens.get("id_token").and_then(|t| t.as_str()).ok_or("no ID token")?;
    Ok(id_token.to_owned())
}

pub(crate) fn require(fine: bool, what: &str) -> Result<(), Box<dyn Error>> {
    if fine { Ok(()) } else { Err(what.into()) }
}
