//! Keys that may pass to another person: whose a key is now.
//!
//! ```text
//! claim ─▶ bound value ─▶ none kept ─▶ kept; same ─▶ that person
//!                         another   ─▶ LOG-039, until the library settles it
//!                                        same person ─▶ the new value stands
//!                                        the next    ─▶ and another reader id
//! ```
//! Kept are keyed hashes and ends of memberships. The next person under a key is another
//! reader: services see another name, and what the first had there stays the first's.

use crate::Login;
use crate::turn::Turn;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use idp_bridge::Claimed;
use metadata::KeyRing;
use model::{
    AttributeName, ConnectorEntry, ConnectorId, MemberId, Moment, ReaderId, Refusal, Timestamp,
    code,
};
use store::{BindingRow, Durable, Shared};

/// A key at a member, as the hub keeps it.
#[derive(Clone, Copy)]
pub struct KeyAt<'a> {
    /// The member.
    pub member: &'a MemberId,
    /// Its connector.
    pub connector: &'a ConnectorId,
    /// The key itself.
    pub key: &'a str,
}

impl std::fmt::Debug for KeyAt<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyAt({}/{}, ***)", self.member, self.connector)
    }
}

/// Who has the key from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The same person, whose details have changed.
    Same,
    /// Another one.
    Next,
}

/// What came of settling a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Nobody was refused under it, or somebody else since it was looked at.
    Nobody,
    /// Who was refused last comes in at the next login; so many sessions of the one before
    /// were ended.
    Done {
        /// Sessions of the person before.
        ended: usize,
    },
}

/// Lets in whoever was refused last under a key (`LOG-039`).
///
/// # Errors
/// Where a store does not answer.
pub async fn settle_key(
    (durable, shared): (&Durable, &Shared),
    keys: &KeyRing,
    at: KeyAt<'_>,
    holder: Holder,
    moment: &Moment,
) -> Result<Settled, Refusal> {
    let first = id_of(keys, at, 0)?;
    let Some(BindingRow { generation, refused: Some(refused), .. }) =
        durable.find_binding(&first).await?
    else {
        return Ok(Settled::Nobody);
    };
    let is_next = holder == Holder::Next;
    if !durable.settle_binding(&first, &refused, is_next, moment.now).await? {
        return Ok(Settled::Nobody);
    }
    let before = id_of(keys, at, generation)?;
    let ended = if is_next { shared.end_of_reader(&before).await? } else { 0 };
    Ok(Settled::Done { ended })
}

impl Login {
    /// Whose claim it is: the account's reader, else the one who has the key now.
    pub(crate) async fn reader_of(
        &self,
        turn: &Turn<'_>,
        claimed: &Claimed,
    ) -> Result<ReaderId, Refusal> {
        if let Some(account) = claimed.account() {
            return Ok(account.clone());
        }
        let at = KeyAt {
            member: claimed.member(),
            connector: claimed.connector(),
            key: claimed.key().as_str(),
        };
        let first = id_of(&self.0.keys, at, 0)?;
        // Looked up whatever the entry says today: a key that passed on once must not lead
        // back to the first person because a line was taken out of a file.
        let kept = self.0.durable.find_binding(&first).await?;
        let member = turn.snapshot.member(claimed.member());
        let entry = member.and_then(|member| member.connector(claimed.connector()));
        let kept = match entry.and_then(wanted) {
            Some(attribute) => {
                let bound = self.bound_value(claimed, attribute)?;
                Some(
                    self.held(&first, kept, &bound, turn.now())
                        .await
                        .map_err(|refusal| refusal.at_member(claimed.member()))?,
                )
            }
            None => kept,
        };
        id_of(&self.0.keys, at, kept.map_or(0, |row| row.generation))
    }

    /// What stands for the key from now on, where it is still the same person's.
    async fn held(
        &self,
        first: &ReaderId,
        kept: Option<BindingRow>,
        bound: &[u8],
        now: Timestamp,
    ) -> Result<BindingRow, Refusal> {
        let durable = &self.0.durable;
        let kept = match kept {
            Some(kept) => kept,
            None => durable.bind(first, bound, now).await?,
        };
        match judge(&kept.bound, bound, now) {
            Judged::Same => Ok(kept),
            Judged::Renewed => {
                // Whoever was quicker brought the same news, or is asked at the next login.
                durable.move_binding(first, &kept.bound, bound, now).await?;
                Ok(kept)
            }
            Judged::Another => {
                if kept.refused.as_deref() != Some(bound) {
                    durable.note_refused(first, bound).await?;
                }
                let log = "what the key is bound to is not what it was at the last login";
                Err(Refusal::new(code::LOG_KEY_PASSED_ON, log))
            }
        }
    }

    /// `name:` and a keyed hash; of an end the time itself, which must be compared.
    fn bound_value(&self, claimed: &Claimed, attribute: AttributeName) -> Result<Vec<u8>, Refusal> {
        let missing = || {
            let what = format!("{attribute}: the key is bound to it, and there is none");
            Refusal::new(code::LOG_VALUE_MISSING, what).at_member(claimed.member())
        };
        if attribute == AttributeName::ValidUntil {
            let end = claimed.valid_until().ok_or_else(missing)?;
            return Ok(format!("{attribute}:{}", end.unix_ms()).into_bytes());
        }
        let profile = claimed.profile();
        let value = match attribute {
            AttributeName::Name => &profile.name,
            AttributeName::Mail => &profile.mail,
            AttributeName::Phone => &profile.phone,
            AttributeName::CardNumber => &profile.card_number,
            _ => &None,
        };
        let value = value.as_deref().ok_or_else(missing)?;
        // A blank or a capital letter more is nobody else.
        let plain: String = value.chars().filter(|c| !c.is_whitespace()).collect();
        let said = format!("{attribute}\n{}", plain.to_lowercase());
        let mac = self.0.keys.mac("reader binding", said.as_bytes());
        Ok([format!("{attribute}:").as_bytes(), mac.as_slice()].concat())
    }
}

fn wanted(entry: &ConnectorEntry) -> Option<AttributeName> {
    entry.bound_to.filter(|_| entry.reassignable)
}

#[derive(Debug, PartialEq, Eq)]
enum Judged {
    Same,
    Renewed,
    Another,
}

fn judge(kept: &[u8], bound: &[u8], now: Timestamp) -> Judged {
    if kept == bound {
        return Judged::Same;
    }
    let kind = |value: &[u8]| value.iter().position(|b| *b == b':');
    // The registry binds to something else than it did: there is nothing to compare.
    if kept.get(..kind(kept).unwrap_or(0)) != bound.get(..kind(bound).unwrap_or(0)) {
        return Judged::Renewed;
    }
    // Renewed while it ran, it is the same reader's; after its end it may be another's.
    let runs = end(kept).is_some_and(|end| end >= now);
    if runs { Judged::Renewed } else { Judged::Another }
}

fn end(bound: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(bound).ok()?;
    let ms = text.strip_prefix(AttributeName::ValidUntil.as_str())?.strip_prefix(':')?;
    ms.parse().ok().map(Timestamp::from_unix_ms)
}

/// The id of a federated reader is a keyed hash of member, connector and key, the same at
/// every login; the next person under a key has the number of those before in it, too.
fn id_of(keys: &KeyRing, at: KeyAt<'_>, generation: u32) -> Result<ReaderId, Refusal> {
    // Ids of member and connector hold no line break, so no two triples are written alike.
    let triple = format!("{}\n{}\n{}", at.member, at.connector, at.key);
    let mac = match generation {
        0 => keys.mac("reader", triple.as_bytes()),
        after => keys.mac("reader after", format!("{after}\n{triple}").as_bytes()),
    };
    ReaderId::parse(&format!("f-{}", URL_SAFE_NO_PAD.encode(mac)))
        .map_err(|e| Refusal::new(code::HUB_INTERNAL, e.to_string()))
}

#[cfg(test)]
mod tests;
