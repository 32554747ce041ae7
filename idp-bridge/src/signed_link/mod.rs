//! The connector `signed_link`: a library's own page hands a logged-in reader over.
//!
//! ```text
//! My Library ─ browser posts token ─▶ /in/MEMBER/CONNECTOR ─▶ verified (token.rs) ─▶ Claimed
//! the hub    ─ begin ─▶ My Library, with the service that is wanted; it answers as above
//! ```
//! What comes back names no login in flight and never continues one (rule 5).

mod key;
mod token;

pub(crate) use token::Handover;

use crate::callback::{self, Callback};
use crate::claimed::Proof;
use crate::mapping::{self, Values};
use crate::{Ask, At, Begun, Claimed, Clue, Connector, Entry, Finished, Probe};
use async_trait::async_trait;
use key::LinkKey;
use metadata::{KeyRing, PublicUrl, SignedLinkSettings};
use model::{Inbound, Method, Next, Refusal, code};
use std::sync::Arc;
use token::{Expected, LinkFault, verify};

/// The field or parameter that carries the note.
const TOKEN: &str = "token";
/// Room for the longest note, percent-encoded as a form.
const BODY_LIMIT: usize = 16 * 1024;

/// Takes readers over from a library's own page.
#[derive(Debug, Clone)]
pub struct SignedLinkConnector {
    public_url: PublicUrl,
    keys: Arc<KeyRing>,
}

impl SignedLinkConnector {
    /// With the hub's address, and the keys that open the secrets of members.
    pub fn new(public_url: &PublicUrl, keys: Arc<KeyRing>) -> Self {
        Self { public_url: public_url.clone(), keys }
    }

    fn judge(&self, at: &At<'_>, inbound: &Inbound) -> Result<Claimed, Refusal> {
        let token = token(inbound)?;
        let audience = self.public_url.join(&callback::path(at, None));
        let expected =
            Expected { issuer: at.member.id.as_str(), audience: &audience, now: at.moment.now };
        let said = verify(&token, &self.keys_of(at)?, expected).map_err(refuse)?;
        let mut values = Values::default();
        values.add(SignedLinkSettings::SUBJECT, said.subject());
        for (name, all) in said.attributes() {
            // The reader's key is what the note is about, not what it says beside.
            for value in all.iter().filter(|_| name != SignedLinkSettings::SUBJECT) {
                values.add(name, value);
            }
        }
        let mut facts = mapping::read(at, &values)?;
        facts.target = Some(said.target().clone());
        Ok(Claimed::new(Proof::Link(Box::new(said)), at, facts))
    }

    /// Every key that stands in the entry; one that cannot be read is left out, and `check`
    /// and `probe` say so.
    fn keys_of(&self, at: &At<'_>) -> Result<Vec<LinkKey>, Refusal> {
        let (member, connector) = (&at.member.id, at.connector);
        let public = SignedLinkSettings::PUBLIC_KEYS.iter().filter_map(|key| {
            at.snapshot.setting_file(member, connector, key).and_then(|t| LinkKey::read(t).ok())
        });
        let secret = SignedLinkSettings::SECRETS.iter().filter_map(|key| {
            let text = at.snapshot.setting_secret(&self.keys, member, connector, key)?;
            LinkKey::read(&text).ok()
        });
        let all: Vec<LinkKey> = public.chain(secret).collect();
        if all.is_empty() {
            return Err(Refusal::new(code::LNK_KEY, "no key of this connector can be used"));
        }
        Ok(all)
    }
}

#[async_trait]
impl Connector for SignedLinkConnector {
    fn kind(&self) -> &'static str {
        "signed_link"
    }

    fn entries(&self) -> Vec<Entry> {
        vec![
            Entry { path: callback::BARE, method: Method::Get, body_limit: 0 },
            Entry { path: callback::BARE, method: Method::Post, body_limit: BODY_LIMIT },
        ]
    }

    fn identify(&self, inbound: &Inbound) -> Option<Clue> {
        let Callback { member, connector, handle: None } = Callback::of(&inbound.path)? else {
            return None;
        };
        token(inbound).ok().map(|_| Clue::Connector(member, connector))
    }

    /// To the library's own page, which knows the reader; what it sends back is a start of its
    /// own, so it must be allowed for the service that is wanted.
    async fn begin(&self, at: &At<'_>, ask: &Ask<'_>) -> Result<Begun, Refusal> {
        let refused = |code, log: &str| Refusal::new(code, log).at_member(&at.member.id);
        if ask.passive {
            return Err(refused(code::LOG_LOGIN_REQUIRED, "a signed link needs the reader"));
        }
        if !at.entry.unsolicited.contains(&ask.service.id) {
            let log = "the service is not registered for starts from this library's own page";
            return Err(refused(code::LOG_UNSOLICITED_REFUSED, log));
        }
        let settings = SignedLinkSettings::of(at.entry)
            .map_err(|_| refused(code::LOG_NO_CONNECTOR, "settings that cannot be used"))?;
        let Some(start) = settings.start else {
            return Err(refused(code::LOG_NO_CONNECTOR, "no address of the library's own page"));
        };
        let join = if start.contains('?') { '&' } else { '?' };
        let address = format!("{start}{join}target={}", ask.service.id);
        Ok(Begun { next: Next::Redirect(address), state: Vec::new() })
    }

    async fn finish(
        &self,
        at: &At<'_>,
        inbound: &Inbound,
        state: Option<&[u8]>,
        _ask: Option<&Ask<'_>>,
    ) -> Result<Finished, Refusal> {
        // Rule 5: it is nobody's answer.
        if state.is_some() {
            return Err(Refusal::new(code::LOG_STATE_FORGED, "a signed link continues no login"));
        }
        let claimed = self.judge(at, inbound).map_err(|r| r.at_member(&at.member.id))?;
        Ok(Finished::Claimed(Box::new(claimed)))
    }

    async fn probe(&self, at: &At<'_>) -> Probe {
        match (self.keys_of(at), at.entry.unsolicited.is_empty()) {
            (Ok(_), false) => Probe { is_ready: true, findings: Vec::new() },
            (Ok(_), true) => {
                let what = "no service may be started: name them in `unsolicited`";
                Probe { is_ready: false, findings: vec![what.to_owned()] }
            }
            (Err(_), _) => {
                let what = "no key can be used: name public_key or secret_file, and apply again";
                Probe { is_ready: false, findings: vec![what.to_owned()] }
            }
        }
    }
}

/// The one note that came, by form or in the address.
fn token(inbound: &Inbound) -> Result<String, Refusal> {
    let params = match inbound.method {
        Method::Post => inbound.form_params(),
        Method::Get => inbound.query_params(),
    };
    let malformed = |log: String| Refusal::new(code::LNK_MALFORMED, log);
    let params = params.map_err(|fault| malformed(fault.to_string()))?;
    match params.one(TOKEN) {
        Ok(Some(token)) => Ok(token.to_owned()),
        Ok(None) => Err(malformed("there is no `token`".to_owned())),
        Err(fault) => Err(malformed(fault.to_string())),
    }
}

fn refuse(fault: LinkFault) -> Refusal {
    let code = match fault {
        LinkFault::Malformed | LinkFault::Claims | LinkFault::Id => code::LNK_MALFORMED,
        LinkFault::Algorithm | LinkFault::Critical | LinkFault::Signature => code::LNK_KEY,
        LinkFault::Issuer | LinkFault::Audience => code::LNK_NOT_FOR_US,
        LinkFault::Time => code::LNK_TIME,
    };
    Refusal::new(code, fault.to_string())
}
