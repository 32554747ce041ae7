//! What an operator does with keys.

use super::import::BroughtKey;
use super::life::{self, KeyState};
use super::make::{Slot, make, seal};
use super::private::PrivateKey;
use super::purpose::SETTLE_S;
use super::{CertNames, KeyError, KeyFacts, KeyPurpose, KeyRing, certificate, list};
use model::{Moment, Timestamp};
use store::KeyRow;

/// When a new key comes into use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UseFrom {
    /// After it was published for the time of its purpose.
    Usual,
    /// After it was published for so many seconds.
    AfterS(i64),
    /// As soon as every node holds it: peers that did not fetch it yet refuse what it signs.
    Now,
}

impl UseFrom {
    fn at(self, purpose: KeyPurpose, now: Timestamp) -> Timestamp {
        let ahead_s = match self {
            Self::Usual => purpose.ahead_s(),
            Self::AfterS(s) => s,
            Self::Now => SETTLE_S,
        };
        // What no node publishes yet must not sign.
        now.plus_s(ahead_s.max(SETTLE_S))
    }
}

impl KeyRing {
    /// Makes the next key of a purpose. It is published at once and comes into use later; the
    /// one before stays published until it is retired.
    ///
    /// Where one is published ahead already it is the next: [`UseFrom::Now`] brings it into use,
    /// anything else is refused.
    pub async fn rotate(
        &self,
        purpose: KeyPurpose,
        from: UseFrom,
        names: &CertNames,
        moment: &Moment,
    ) -> Result<KeyFacts, KeyError> {
        if purpose == KeyPurpose::Root {
            return Err(KeyError::refused(
                "the root secret is never changed: the names of every reader at every service derive from it",
                "rotate the keys of the other purposes, and keep data folder and master key from others",
            ));
        }
        let rows = self.durable.keys().await?;
        let at = from.at(purpose, moment.now);
        if let Some(next) = life::next(&rows, purpose, moment.now) {
            if from != UseFrom::Now {
                return Err(is_under_way(next));
            }
            // False: it comes into use by then anyway.
            self.durable.use_key_from(&next.id, at).await?;
            return self.taken_up(&next.id, moment.now).await;
        }
        let generation = life::next_generation(&rows, purpose);
        let slot = Slot { purpose, generation, use_from: at };
        self.keep(&make(slot, &self.master, moment, names)?, moment.now).await
    }

    /// Takes a key from outside as the next of its purpose, published and used as a new one is.
    ///
    /// Refused where the hub has it already, for this purpose or another: what signs never
    /// decrypts, and a signature for one protocol must prove nothing in another. A key that
    /// was given up is not taken back.
    pub async fn import(
        &self,
        brought: &BroughtKey,
        from: UseFrom,
        moment: &Moment,
    ) -> Result<KeyFacts, KeyError> {
        let purpose = brought.purpose;
        if purpose.has_certificate() == brought.certificate.is_empty() {
            let what = format!(
                "{purpose} {}",
                if purpose.has_certificate() {
                    "is published with a certificate, and none was named"
                } else {
                    "is published without a certificate, and one was named"
                }
            );
            return Err(KeyError::refused(what, "see `readerpass keys import --help`"));
        }
        let rows = self.durable.keys().await?;
        self.refuse_known(&rows, brought)?;
        if let Some(next) = life::next(&rows, purpose, moment.now) {
            return Err(is_under_way(next));
        }
        let slot = Slot {
            purpose,
            generation: life::next_generation(&rows, purpose),
            use_from: from.at(purpose, moment.now),
        };
        let certificate = brought.certificate.clone();
        let row = seal(slot, &brought.key.pkcs8, certificate, &self.master, moment)?;
        self.keep(&row, moment.now).await
    }

    /// Gives a key up: it is published no more, and its private part is forgotten.
    ///
    /// Refused while it is in use, and while what it made may still be looked at, unless
    /// `force`; never does a purpose lose its last key.
    pub async fn retire(
        &self,
        purpose: KeyPurpose,
        generation: u32,
        force: bool,
        now: Timestamp,
    ) -> Result<KeyFacts, KeyError> {
        let rows = self.durable.keys().await?;
        let row = rows
            .iter()
            .find(|row| row.purpose == purpose.as_str() && row.generation == generation)
            .ok_or_else(|| {
                KeyError::refused(
                    format!("{purpose} has no generation {generation}"),
                    "look at `readerpass keys list`",
                )
            })?;
        if !force {
            require_retirable(&rows, row, purpose, now)?;
        }
        if !self.durable.withdraw_key(&row.id, now).await? {
            return Err(match row.withdrawn {
                Some(at) => KeyError::Timed {
                    what: format!("{purpose} {generation} was withdrawn at"),
                    at,
                    remedy: "there is nothing to do".to_owned(),
                },
                None => is_last(purpose, generation),
            });
        }
        self.taken_up(&row.id, now).await
    }

    /// Every key that there is and was, as an operator reads it.
    pub async fn list(&self, now: Timestamp) -> Result<Vec<KeyFacts>, KeyError> {
        Ok(list::facts(&self.durable.keys().await?, Some(&self.master), now))
    }

    async fn keep(&self, row: &KeyRow, now: Timestamp) -> Result<KeyFacts, KeyError> {
        if !self.durable.insert_key(row).await? {
            return Err(KeyError::refused(
                format!("another command made a key of {} at the same moment", row.purpose),
                "look at `readerpass keys list`",
            ));
        }
        self.taken_up(&row.id, now).await
    }

    async fn taken_up(&self, id: &str, now: Timestamp) -> Result<KeyFacts, KeyError> {
        self.refresh(now).await?;
        let known = self.list(now).await?;
        known
            .into_iter()
            .find(|facts| facts.id == id)
            .ok_or_else(|| KeyError::Broken("a key that was just kept is gone".to_owned()))
    }

    fn refuse_known(&self, rows: &[KeyRow], brought: &BroughtKey) -> Result<(), KeyError> {
        let thumbprint = brought.key.thumbprint();
        for row in rows {
            if !self.is_same(row, &brought.key, thumbprint.as_deref()) {
                continue;
            }
            let (purpose, generation) = (&row.purpose, row.generation);
            return Err(if row.withdrawn.is_some() {
                KeyError::refused(
                    format!("this key was {purpose} {generation}, and was given up"),
                    "make a new one with `readerpass keys rotate`",
                )
            } else if *purpose == brought.purpose.as_str() {
                KeyError::refused(
                    format!("this key is {purpose} {generation} already"),
                    "there is nothing to import",
                )
            } else {
                KeyError::refused(
                    format!(
                        "this key is {purpose} {generation}: each purpose has a key of its own"
                    ),
                    "import another key, or let the hub's own serve this purpose",
                )
            });
        }
        Ok(())
    }

    fn is_same(&self, row: &KeyRow, key: &PrivateKey, thumbprint: Option<&str>) -> bool {
        if !row.public.is_empty() {
            return certificate::holds(&row.public, &key.public).unwrap_or(false);
        }
        thumbprint == Some(row.id.as_str())
            || list::opened(row, &self.master).is_some_and(|own| own.public == key.public)
    }
}

fn is_under_way(next: &KeyRow) -> KeyError {
    let (purpose, generation) = (&next.purpose, next.generation);
    KeyError::Timed {
        what: format!("{purpose} {generation} is published ahead already, and comes into use at"),
        at: next.use_from,
        remedy: format!(
            "wait for it, bring it into use with `readerpass keys rotate --purpose {purpose} --now`, or take it back with `readerpass keys retire --purpose {purpose} --generation {generation}`"
        ),
    }
}

fn is_last(purpose: KeyPurpose, generation: u32) -> KeyError {
    KeyError::refused(
        format!("{purpose} {generation} is the only key of {purpose} that can be used"),
        format!("bring the next into use first: readerpass keys rotate --purpose {purpose} --now"),
    )
}

fn require_retirable(
    rows: &[KeyRow],
    row: &KeyRow,
    purpose: KeyPurpose,
    now: Timestamp,
) -> Result<(), KeyError> {
    let generation = row.generation;
    match life::state(rows, row, now) {
        KeyState::Next | KeyState::Withdrawn => Ok(()),
        KeyState::InUse => Err(KeyError::refused(
            format!("{purpose} {generation} is in use"),
            format!(
                "make the next with `readerpass keys rotate --purpose {purpose}`, and retire this one when it is `earlier`"
            ),
        )),
        KeyState::Earlier => match list::retire_from(rows, row, now) {
            Some(at) if at > now => Err(KeyError::Timed {
                what: format!("what {purpose} {generation} made may be looked at until"),
                at,
                remedy: "retire it then, or with --force where the key was stolen".to_owned(),
            }),
            _ => Ok(()),
        },
    }
}
