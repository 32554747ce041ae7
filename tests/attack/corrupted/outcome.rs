//! What a walk came to: who is logged in where, as the service and the browser see it.

use super::flow::{Service, Walk};
use crate::harness::browser::Seen;
use crate::harness::oidc::{authorize, basic, claims, machine};
use crate::harness::outgoing::{Outgoing, Passing};
use crate::harness::saml::{response_xml, value};
use crate::harness::world::{HUB, ILL_CALLBACK, ILL_SECRET, SP_ACS, SP_ENTITY};
use http::Method;
use model::Clock as _;
use saml::{Expected, parse_metadata, verify_response};
use serde_json::Value;
use std::net::SocketAddr;
use url::Url;

/// A reader as a service knows them.
pub type Who = String;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Whom the service was told of, and whether all of it fits what the service asked:
    /// state and nonce, InResponseTo and RelayState. What does not fit it turns down.
    pub service: Option<(Who, bool)>,
    /// Whose session the browser holds.
    pub session: Option<Who>,
    /// The browser was sent to an address that is nobody's of these.
    pub astray: Option<String>,
    /// How the last page answered, for the report.
    pub status: u16,
}

impl Walk<'_> {
    /// Walks, lets the service do its part, and looks who is logged in.
    pub async fn outcome(&mut self) -> Outcome {
        let seen = self.walk().await;
        let astray = Self::astray(&seen);
        let service = match self.flow.service {
            Service::Oidc => self.redeemed(&seen).await,
            Service::Saml => self.accepted(&seen).await,
        };
        let session = self.session().await;
        Outcome { service, session, astray, status: seen.status.as_u16() }
    }

    fn astray(seen: &Seen) -> Option<String> {
        let known = ["hub.test", "acme.test", "ill.test", "journals.test"];
        let at = seen.url.as_str();
        let is_known = match seen.url.host_str() {
            Some("ill.test") => at.starts_with(ILL_CALLBACK),
            Some("journals.test") => at == SP_ACS,
            host => host.is_some_and(|host| known.contains(&host)),
        };
        (seen.outside && !is_known).then(|| at.to_owned())
    }

    async fn redeemed(&self, seen: &Seen) -> Option<(Who, bool)> {
        if !seen.outside || !seen.url.as_str().starts_with(ILL_CALLBACK) {
            return None;
        }
        let code = seen.query("code")?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", ILL_CALLBACK),
            ("code_verifier", &self.drawn("verifier")),
        ];
        let form = form.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec();
        let mut request = outgoing(Method::POST, "/oauth2/token");
        request.header("authorization", basic("ill", ILL_SECRET));
        request.header("content-type", "application/x-www-form-urlencoded");
        request.form = Some(form);
        let tokens = self.machine(request).await?;
        let id = claims(tokens["id_token"].as_str()?);
        let mut request = outgoing(Method::GET, "/oauth2/userinfo");
        request.header("authorization", format!("Bearer {}", tokens["access_token"].as_str()?));
        let info = self.machine(request).await?;
        let fits = seen.query("state") == Some(self.drawn("state"))
            && seen.query("iss").as_deref() == Some(HUB)
            && id["nonce"].as_str() == Some(&self.drawn("nonce"))
            && id["aud"] == "ill"
            && info["sub"] == id["sub"];
        Some((info["name"].as_str().unwrap_or("nameless").to_owned(), fits))
    }

    /// Sends a request of the service, through the same hands as those of the browser.
    async fn machine(&self, mut request: Outgoing) -> Option<Value> {
        let from = SocketAddr::from(([198, 51, 100, 3], 5000));
        let times = match self.browser.meddler.as_ref().map(|meddle| meddle(&mut request)) {
            Some(Passing::IsHeld) => 0,
            Some(Passing::GoesTwice) => 2,
            Some(Passing::Goes) | None => 1,
        };
        let mut last = None;
        for _ in 0..times {
            let answer = machine(&self.world.hub.router, request.clone().into_request(from)).await;
            last = (answer.status == 200).then_some(answer.json);
        }
        last
    }

    async fn accepted(&mut self, seen: &Seen) -> Option<(Who, bool)> {
        seen.posted("SAMLResponse").filter(|_| seen.outside)?;
        let xml = response_xml(seen);
        let text = String::from_utf8_lossy(&xml);
        let named = text.split("InResponseTo=\"").nth(1).and_then(|t| t.split('"').next());
        self.browser.meddler = None;
        let metadata = self.browser.get(&format!("{HUB}/saml/idp/metadata")).await;
        let entities = parse_metadata(metadata.body.as_bytes()).expect("metadata");
        let idp = entities.into_iter().find_map(|e| e.idp).expect("an identity provider");
        let expected = Expected {
            idp: &idp,
            audience: SP_ENTITY,
            recipient: SP_ACS,
            in_response_to: named,
            now: self.world.clock.now(),
            skew_s: 60,
            force_authn_since: None,
        };
        // A refusal in SAML's own words is no login.
        let assertion = verify_response(&xml, &expected).ok()?;
        let fits = named == Some(&self.request_id())
            && seen.posted("RelayState") == Some(&self.drawn("state"));
        Some((value(&assertion, attr_name()).concat(), fits))
    }

    /// Whose session it is, told to a service that asks without a word to the reader.
    async fn session(&mut self) -> Option<Who> {
        self.browser.meddler = None;
        // Long after the last answer, so that it is no circle.
        self.world.clock.forward_s(30);
        let mut asking = Walk {
            world: self.world,
            browser: self.browser.clone(),
            flow: super::flow::Flow { service: Service::Oidc, ..self.flow },
            person: self.person,
            draw: u32::MAX,
        };
        let challenge = challenge(&asking.drawn("verifier"));
        let fields = [
            ("prompt", "none"),
            ("state", &asking.drawn("state")),
            ("nonce", &asking.drawn("nonce")),
            ("code_challenge", &challenge),
        ];
        let seen = asking.browser.get(&authorize(&fields)).await;
        asking.redeemed(&seen).await.map(|(who, _)| who)
    }
}

fn challenge(verifier: &str) -> String {
    use aws_lc_rs::digest::{SHA256, digest};
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

fn attr_name() -> &'static str {
    saml::attr::DISPLAY_NAME
}

fn outgoing(method: Method, path: &str) -> Outgoing {
    let url = Url::parse(&format!("{HUB}{path}")).expect("an address");
    let mut request = Outgoing::new(&method, &url);
    request.header("host", "hub.test");
    request
}
