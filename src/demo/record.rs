//! `demo.json`: accounts to try and clients, for scripts.

use super::folder::DemoFolder;
use super::{failed, plan::Plan};
use crate::commands::CommandError;
use demo_services::Kind;
use model::{Entropy, Moment};
use serde::{Deserialize, Serialize};

/// An account to try.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Account {
    pub(super) member: String,
    pub(super) login: String,
    pub(super) password: String,
    pub(super) class: String,
}

/// An OpenID client of the demo; its keys are named as the protocol names them.
#[expect(clippy::struct_field_names, reason = "the names of RFC 6749")]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Client {
    pub(super) service: String,
    pub(super) client_id: String,
    pub(super) client_secret: String,
    pub(super) redirect_uri: String,
    pub(super) post_logout_redirect_uri: String,
}

/// The whole file (DESIGN.md section 9).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) hub: String,
    pub(super) accounts: Vec<Account>,
    pub(super) clients: Vec<Client>,
}

/// Who may log in: member, login name, class.
const READERS: [(&str, &str, &str); 5] = [
    ("nju", "reader-jia", "A"),
    ("nju", "reader-expired", "A"),
    ("jinling", "reader-yi", "C"),
    ("union", "reader-a", "B"),
    ("union", "reader-blocked", "B"),
];

const FILE: &str = "demo.json";

impl Record {
    /// The accounts of a folder used before, with this run's addresses; else new ones.
    pub(super) fn load_or_draw(
        folder: &DemoFolder,
        plan: Plan,
        moment: &Moment,
    ) -> Result<Self, CommandError> {
        let path = folder.join(FILE);
        let kept: Option<Self> = match std::fs::read(&path) {
            Ok(text) => Some(serde_json::from_slice(&text).map_err(|e| {
                failed(format!("{}: {e} — delete the folder to start afresh", path.display()))
            })?),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => None,
            Err(e) => return Err(failed(format!("{}: {e}", path.display()))),
        };
        let secret_of = |service: &str| {
            kept.as_ref()
                .and_then(|k| k.client(service))
                .map_or_else(|| moment.entropy.token(), |c| c.client_secret.clone())
        };
        let clients = Kind::ALL
            .into_iter()
            .filter(|kind| !kind.speaks_saml())
            .map(|kind| {
                let base = plan.service(kind).base;
                Client {
                    service: kind.id().to_owned(),
                    client_id: kind.id().to_owned(),
                    client_secret: secret_of(kind.id()),
                    redirect_uri: format!("{base}/callback"),
                    post_logout_redirect_uri: format!("{base}/bye"),
                }
            })
            .collect();
        let accounts = READERS
            .iter()
            .map(|(member, login, class)| {
                kept.as_ref().and_then(|k| k.account(member, login)).cloned().unwrap_or_else(|| {
                    Account {
                        member: (*member).to_owned(),
                        login: (*login).to_owned(),
                        password: draw_password(&moment.entropy),
                        class: (*class).to_owned(),
                    }
                })
            })
            .collect();
        Ok(Self { hub: plan.hub(), accounts, clients })
    }

    pub(super) fn save(&self, folder: &DemoFolder) -> Result<(), CommandError> {
        let json = serde_json::to_vec_pretty(self).map_err(failed)?;
        folder.write(FILE, &json, true).map_err(failed)
    }

    pub(super) fn client(&self, service: &str) -> Option<&Client> {
        self.clients.iter().find(|c| c.service == service)
    }

    pub(super) fn account(&self, member: &str, login: &str) -> Option<&Account> {
        self.accounts.iter().find(|a| a.member == member && a.login == login)
    }

    pub(super) fn of_member<'r>(&'r self, member: &'r str) -> impl Iterator<Item = &'r Account> {
        self.accounts.iter().filter(move |a| a.member == member)
    }
}

/// Four groups of four characters that are easily told apart: 79 bits.
fn draw_password(entropy: &Entropy) -> String {
    const SYMBOLS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut password = String::new();
    for (place, byte) in entropy.bytes::<16>().into_iter().enumerate() {
        if place > 0 && place % 4 == 0 {
            password.push('-');
        }
        let symbol = SYMBOLS.get(usize::from(byte % 32)).copied().unwrap_or(b'x');
        password.push(char::from(symbol));
    }
    password
}
