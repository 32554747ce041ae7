//! Logins, one after the other or at a pace, by a crowd of readers.

use super::remote::Remote;
use crate::logins::hub::Browser;
use crate::logins::parties::{Library, ask_by_oidc, ask_by_saml, code_in};
use crate::logins::{prove, redeem, require};
use crate::wall::Wall;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// How the next login is begun.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pace {
    /// When the one before has ended.
    Fast,
    /// So many a second, by all of the crowd together.
    PerSecond(f64),
}

/// Where the hub is, and who vouches.
pub(super) struct Load<'l> {
    pub(super) at: SocketAddr,
    pub(super) library: &'l Library,
    /// Draws in which order protocols are used.
    pub(super) seed: u64,
}

/// How the logins of a while went.
#[derive(Debug)]
pub(super) struct Done {
    took: Vec<Duration>,
    time: Duration,
}

impl Load<'_> {
    /// Logs readers in for so long.
    pub(super) fn run(
        &self,
        crowd: u32,
        pace: Pace,
        time: Duration,
    ) -> Result<Done, Box<dyn Error>> {
        let began = Wall::now();
        let has_failed = AtomicBool::new(false);
        let one = &|number| {
            let went = self.one_of(crowd, number, pace, (began, time), &has_failed);
            went.inspect_err(|_| has_failed.store(true, Ordering::Relaxed))
                .map_err(|fault| fault.to_string())
        };
        let went: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..crowd).map(|n| scope.spawn(move || one(n))).collect();
            threads.into_iter().map(thread::ScopedJoinHandle::join).collect()
        });
        let mut took = Vec::new();
        for one in went {
            took.extend(one.map_err(|_| "a reader of the soak panicked")??);
        }
        took.sort_unstable();
        Ok(Done { took, time: began.elapsed() })
    }

    /// One reader of the crowd: what each login took, from its turn.
    fn one_of(
        &self,
        crowd: u32,
        number: u32,
        pace: Pace,
        (began, time): (Wall, Duration),
        has_failed: &AtomicBool,
    ) -> Result<Vec<Duration>, Box<dyn Error>> {
        let hub = Remote::connect(self.at)?;
        let mut took = Vec::new();
        for round in 0_u32.. {
            let turn = match pace {
                Pace::Fast => began.elapsed(),
                Pace::PerSecond(rate) => {
                    let before = f64::from(round) * f64::from(crowd) + f64::from(number);
                    Duration::from_secs_f64(before / rate.max(0.1))
                }
            };
            if turn >= time || has_failed.load(Ordering::Relaxed) {
                break;
            }
            thread::sleep(turn.saturating_sub(began.elapsed()));
            self.login(&hub, self.drawn(number, round))?;
            took.push(began.elapsed().saturating_sub(turn));
        }
        Ok(took)
    }

    /// A login at one service, single sign-on at the other, and the end of the session.
    fn login(&self, hub: &Remote, begins_by_saml: bool) -> Result<(), Box<dyn Error>> {
        let mut browser = Browser::default();
        let begin = if begins_by_saml { ask_by_saml()? } else { ask_by_oidc() };
        let discovery = browser.get(hub, &begin)?;
        let mut answer = prove(hub, &mut browser, self.library, &discovery)?;
        if begins_by_saml {
            require(answer.contains("SAMLResponse"), "no answer to the service")?;
            answer = browser.get(hub, &ask_by_oidc())?;
        } else {
            let also = browser.get(hub, &ask_by_saml()?)?;
            require(also.contains("SAMLResponse"), "no answer to the second service")?;
        }
        let id_token = redeem(hub, &code_in(&answer)?)?;
        browser.get(hub, &format!("/oauth2/end_session?id_token_hint={id_token}"))?;
        Ok(())
    }

    /// The same for the same seed (SplitMix64).
    fn drawn(&self, number: u32, round: u32) -> bool {
        let place = (u64::from(number) << 32) | u64::from(round);
        let mut drawn = self.seed.wrapping_add(place.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        drawn = (drawn ^ (drawn >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        drawn = (drawn ^ (drawn >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (drawn ^ (drawn >> 31)) & 1 == 0
    }
}

impl Done {
    pub(super) fn logins(&self) -> usize {
        self.took.len()
    }

    #[expect(clippy::cast_precision_loss, reason = "a count of logins")]
    pub(super) fn per_second(&self) -> f64 {
        self.took.len() as f64 / self.time.as_secs_f64().max(1e-6)
    }

    /// So many of a hundred were faster.
    pub(super) fn at_percentile(&self, percent: usize) -> Duration {
        let place = (self.took.len() * percent / 100).min(self.took.len().saturating_sub(1));
        self.took.get(place).copied().unwrap_or_default()
    }
}
