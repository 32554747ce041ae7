//! A service that sends its reader back in a circle is noticed (P16).
//!
//! ```text
//! answer ─▶ service ─▶ asks again within ten seconds ─▶ answer … five in a row ─▶ our page
//! ```
//! The count travels with the browser, so nothing is written for it. It is not sealed: it
//! opens nothing, and whoever changes their own is warned for nothing, or not at all.

use crate::Login;
use crate::flight::{Flight, Waits};
use crate::turn::{Passage, Turn};
use model::{Cookie, Inbound, Refusal, SameSite, ServiceId, Timestamp, code};

/// The newest answers: `None`, since an answer may follow a campus's post across sites.
const TURNS: &str = "__Host-rp_turns";
/// Answers in a row after which the service is not answered again unasked.
const MOST_TURNS: u8 = 5;
/// A service that asks again this soon after an answer did not take it. Readers who open
/// several pages of one service seldom do it five times at this pace.
const SOON_MS: i64 = 10_000;
/// Longer than that, so that a login at the library between two answers loses no count.
const LIFE_S: u32 = 60;
/// Services counted at once: two may send the reader to each other.
const MOST_SERVICES: usize = 3;
/// Counted no further, so that it stays one digit.
const HIGHEST: u8 = 9;

/// The answers to one service, each asked for soon after the one before:
/// `MILLISECONDS.COUNT.service`, hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Turns {
    service: ServiceId,
    count: u8,
    /// When the newest was given.
    answered: Timestamp,
}

impl Turns {
    fn parse(text: &str) -> Option<Self> {
        let (answered, rest) = text.split_once('.')?;
        let (count, service) = rest.split_once('.')?;
        Some(Self {
            service: ServiceId::parse(service).ok()?,
            count: count.parse().ok().filter(|count| (1..=HIGHEST).contains(count))?,
            answered: Timestamp::from_unix_ms(i64::from_str_radix(answered, 16).ok()?),
        })
    }

    fn write(&self) -> String {
        format!("{:x}.{}.{}", self.answered.unix_ms(), self.count, self.service)
    }

    /// Milliseconds from the newest answer to this asking. Negative where the service asked
    /// before it was answered: tabs that were opened together, or the clock of another node.
    fn gap_ms(&self, asked: Timestamp) -> i64 {
        asked.unix_ms().saturating_sub(self.answered.unix_ms())
    }
}

/// Whether the service has asked again at once after each of its last answers.
pub(crate) fn is_closed(inbound: &Inbound, flight: &Flight) -> bool {
    read(inbound).any(|turns| {
        turns.service == flight.request.service
            && turns.count >= MOST_TURNS
            && (0..=SOON_MS).contains(&turns.gap_ms(flight.created))
    })
}

/// Counts the answer that is given now.
pub(crate) fn count(inbound: &Inbound, flight: &Flight, now: Timestamp) -> Cookie {
    let service = &flight.request.service;
    let count = match read(inbound).find(|turns| turns.service == *service) {
        Some(before) => match before.gap_ms(flight.created) {
            // Neither a turn nor the end of the circle.
            ..0 => before.count,
            0..=SOON_MS => before.count.saturating_add(1).min(HIGHEST),
            _ => 1,
        },
        None => 1,
    };
    let newest = Turns { service: service.clone(), count, answered: now };
    let is_fresh = |turns: &Turns| turns.service != *service && turns.gap_ms(now) <= SOON_MS;
    let others = read(inbound).filter(is_fresh).take(MOST_SERVICES - 1);
    let all: Vec<String> = std::iter::once(newest).chain(others).map(|t| t.write()).collect();
    Cookie {
        name: TURNS.to_owned(),
        value: all.join("~"),
        max_age_s: Some(LIFE_S),
        same_site: SameSite::None,
    }
}

/// Newest first; what is malformed is not there (N23).
fn read(inbound: &Inbound) -> impl Iterator<Item = Turns> {
    let sent = inbound.cookie(TURNS).unwrap_or_default();
    sent.split('~').take(MOST_SERVICES).filter_map(Turns::parse)
}

impl Login {
    /// The login waits for the reader to say that it shall go on all the same, once: its
    /// answer counts like any other.
    pub(crate) async fn stop_circle(&self, turn: &Turn<'_>, passage: &mut Passage) -> Refusal {
        if passage.flight.may_ask() {
            passage.flight.waits = Some(Waits::Circle);
            if let Err(refusal) = self.carry(turn, passage).await {
                return refusal;
            }
        }
        let log = format!("asked again within {SOON_MS} ms of an answer, {MOST_TURNS} times");
        Refusal::new(code::LOG_LOOP, log)
    }
}

#[cfg(test)]
mod tests;
