//! A login as a person and a service walk it: they do what the page in front of them asks,
//! and stop where it asks for nothing.

use crate::harness::browser::{Browser, Seen};
use crate::harness::hub::Person as Account;
use crate::harness::oidc::authorize;
use crate::harness::saml::{Ask, acme_answer, signed};
use crate::harness::world::{ACME_IDP, HUB, PASSWORD, World, acme_key, sign_in};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use saml::{AttrValues, attr};
use std::io::Read as _;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    Oidc,
    Saml,
}

/// From which member to which service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    pub name: &'static str,
    pub service: Service,
    pub member: &'static str,
}

pub const FLOWS: [Flow; 4] = [
    Flow { name: "SAML to OIDC", service: Service::Oidc, member: "acme" },
    Flow { name: "SAML to SAML", service: Service::Saml, member: "acme" },
    Flow { name: "central to OIDC", service: Service::Oidc, member: "union" },
    Flow { name: "central to SAML", service: Service::Saml, member: "union" },
];

impl Flow {
    /// The same service, asked for from another member: of `acme` and `nju` both speak SAML.
    pub fn elsewhere(self) -> Self {
        let member = if self.member == "acme" { "nju" } else { "acme" };
        Self { member, ..self }
    }
}

/// One of two readers of a member, each with a secret of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    pub member: &'static str,
    pub number: u8,
}

impl Person {
    pub fn name(self) -> String {
        format!("Reader {} of {}", self.number, self.member)
    }

    fn login(self) -> String {
        if self.member == "nju" {
            return "reader-two".to_owned();
        }
        format!("corrupted-{}", self.number)
    }

    fn password(self) -> String {
        if self.member == "nju" {
            return PASSWORD.to_owned();
        }
        format!("walnut-{}-{}-harbour", self.member, u32::from(self.number) * 37)
    }

    /// The readers of the central store; those of `acme` are whom its answers name.
    pub async fn enroll(world: &World) {
        for number in [1, 2] {
            let person = Self { member: "union", number };
            let account = Account {
                member: "union",
                login: &person.login(),
                password: &person.password(),
                name: &person.name(),
                class: "B",
                valid_until: None,
            };
            world.hub.account(&account).await;
        }
    }
}

/// One login of one person, with the values that its service drew for it.
pub struct Walk<'w> {
    pub world: &'w World,
    pub browser: Browser,
    pub flow: Flow,
    pub person: Person,
    pub draw: u32,
}

impl Walk<'_> {
    pub fn drawn(&self, what: &str) -> String {
        let seed = format!("{what} {} {}", self.draw, self.person.name());
        URL_SAFE_NO_PAD.encode(digest(&SHA256, seed.as_bytes()))
    }

    pub fn request_id(&self) -> String {
        format!("_{}", self.drawn("request"))
    }

    fn start(&self) -> String {
        match self.flow.service {
            Service::Oidc => {
                let verifier = self.drawn("verifier");
                let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
                authorize(&[
                    ("state", &self.drawn("state")),
                    ("nonce", &self.drawn("nonce")),
                    ("code_challenge", &challenge),
                ])
            }
            Service::Saml => {
                let (id, state) = (self.request_id(), self.drawn("state"));
                let ask = Ask { id: &id, relay_state: Some(&state), ..Ask::default() };
                ask.address(&self.world.clock)
            }
        }
    }

    /// From the service to where nothing is left to do.
    pub async fn walk(&mut self) -> Seen {
        let mut seen = self.browser.get(&self.start()).await;
        let mut signed_in = false;
        for _ in 0..6 {
            let at = seen.url.host_str().unwrap_or_default().to_owned();
            let choice = format!("member={}", self.flow.member);
            if seen.outside && at == "acme.test" && self.person.member == "acme" {
                let Some((id, state)) = asked(&seen) else { return seen };
                seen = self.answer_as_acme(&id, state.as_deref()).await;
            } else if seen.outside {
                return seen;
            } else if seen.body.contains("type=\"password\"") && !signed_in {
                signed_in = true;
                let (login, password) = (self.person.login(), self.person.password());
                seen = sign_in(&mut self.browser, &seen, &login, &password).await;
            } else if seen.status == 200 && seen.body.contains(&choice) {
                let link = seen.link(&choice);
                seen = self.browser.click(&seen, &link).await;
            } else {
                return seen;
            }
        }
        seen
    }

    /// The member answers about the person in front of it, at the address of the metadata.
    async fn answer_as_acme(&mut self, id: &str, state: Option<&str>) -> Seen {
        let mut out = acme_answer(&self.world.clock, Some(id));
        for attribute in &mut out.attributes {
            let value = match attribute.name.as_str() {
                attr::PAIRWISE_ID => format!("corrupted{}@acme.test", self.person.number),
                attr::DISPLAY_NAME => self.person.name(),
                _ => continue,
            };
            attribute.values = AttrValues::Text(vec![value]);
        }
        let answer = STANDARD.encode(signed(&out, acme_key()));
        let mut fields = vec![("SAMLResponse", answer.as_str())];
        fields.extend(state.map(|state| ("RelayState", state)));
        self.browser.post(&format!("{HUB}/saml/sp/acs"), &fields, ACME_IDP).await
    }
}

/// What the hub's request names, where it can still be read.
fn asked(seen: &Seen) -> Option<(String, Option<String>)> {
    let message = STANDARD.decode(seen.query("SAMLRequest")?).ok()?;
    let mut xml = String::new();
    flate2::read::DeflateDecoder::new(&message[..]).read_to_string(&mut xml).ok()?;
    let id = xml.split(" ID=\"").nth(1)?.split('"').next()?.to_owned();
    Some((id, seen.query("RelayState")))
}
