//! CPU time of the hub per login, over all its requests of that login.
//!
//! The hub is the whole router with the embedded store. What is not the hub's stays
//! outside the count: the library's identity provider signs with a key of the bench,
//! and the service's own work is not done. The requests that count are, for
//!
//! * SAML in, SAML out: the service's AuthnRequest by redirect (discovery page), the
//!   choice of the library, the library's Response posted to the ACS;
//! * SAML in, OpenID out: the authorization request (discovery page), the choice, the
//!   posted Response, the token request, userinfo;
//! * OpenID on a running session: authorization request, token request, userinfo.

mod hub;
mod parties;

use crate::measure::{Bench, Budget, Meter};
use hub::{Browser, Hub};
use parties::{Library, ask_by_oidc, ask_by_saml, code_in, token_request, userinfo_request};
use std::error::Error;

const CALLS: u32 = 20;

pub(crate) fn run(bench: &mut Bench) -> Result<(), Box<dyn Error>> {
    let library = Library::new()?;
    let hub = Hub::open(&library)?;
    bench.take("login: SAML in, SAML out", Budget::TimesFloor(2.0), CALLS, |meter, calls| {
        for _ in 0..calls {
            let mut browser = Browser::default();
            let first = browser.get(&hub, meter, &ask_by_saml(&hub)?)?;
            let answer = prove(&hub, meter, &mut browser, &library, &first)?;
            require(answer.contains("SAMLResponse"), "no answer to the service")?;
        }
        Ok(())
    })?;
    bench.take("login: SAML in, OpenID out", Budget::None, CALLS, |meter, calls| {
        for _ in 0..calls {
            let mut browser = Browser::default();
            let first = browser.get(&hub, meter, &ask_by_oidc(&hub))?;
            let answer = prove(&hub, meter, &mut browser, &library, &first)?;
            redeem(&hub, meter, &code_in(&answer)?)?;
        }
        Ok(())
    })?;
    let mut known = Browser::default();
    let first = known.get(&hub, &mut Meter::default(), &ask_by_oidc(&hub))?;
    prove(&hub, &mut Meter::default(), &mut known, &library, &first)?;
    bench.take("OpenID on a running session", Budget::Micros(250.0), CALLS, |meter, calls| {
        for _ in 0..calls {
            let answer = known.get(&hub, meter, &ask_by_oidc(&hub))?;
            redeem(&hub, meter, &code_in(&answer)?)?;
        }
        Ok(())
    })
}

/// From the discovery page to the hub's answer, through the library.
fn prove(
    hub: &Hub,
    meter: &mut Meter,
    browser: &mut Browser,
    library: &Library,
    discovery: &str,
) -> Result<String, Box<dyn Error>> {
    let chosen = browser.get(hub, meter, &parties::choice(discovery)?)?;
    let (relay_state, response) = library.answer(hub, &chosen)?;
    browser.post(
        hub,
        meter,
        "/saml/sp/acs",
        &[("SAMLResponse", &response), ("RelayState", &relay_state)],
    )
}

fn redeem(hub: &Hub, meter: &mut Meter, code: &str) -> Result<(), Box<dyn Error>> {
    let tokens = hub.ask(meter, token_request(code)?)?;
    let tokens: serde_json::Value = serde_json::from_str(&tokens.body)?;
    let access = tokens.get("access_token").and_then(|t| t.as_str()).ok_or("no access token")?;
    let info = hub.ask(meter, userinfo_request(access)?)?;
    require(info.body.contains("\"sub\""), "no userinfo")
}

fn require(fine: bool, what: &str) -> Result<(), Box<dyn Error>> {
    if fine { Ok(()) } else { Err(what.into()) }
}
