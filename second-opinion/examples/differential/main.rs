//! `differential COUNT SEED`: so many answers, each read by our verifier and by samael in this
//! process. Whatever both accept, both read alike, or it ends with the bytes.
//!
//! A change after the signature is mostly noticed by both, and then nothing is compared. So most
//! answers are signed after they were changed, by xmlsec1, with a key of the run; others are
//! written anew in ways that the canonical form does not see.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "it ends where something does not hold that must: that is what it is for"
)]

mod documents;
mod parties;
mod variants;

use documents::{Script, document};
use parties::{PARTIES, expected};
use saml::verify_response;
use second_opinion::{Question, Reply, compare, read};
use std::collections::BTreeMap;
use std::fmt;

fn main() {
    let number = |n: usize| std::env::args().nth(n).and_then(|text| text.parse::<u64>().ok());
    let usage = "differential COUNT SEED";
    let (count, seed) = (number(1).expect(usage), number(2).expect(usage));
    let tally = over_all_processors(seed, count);
    println!("seed {seed}: {tally}");
    tally.hold();
}

/// What came of many inputs.
#[derive(Debug, Default)]
struct Tally {
    inputs: u64,
    /// Accepted by both, and read alike.
    both: u64,
    /// Accepted by ours alone, with samael's words: where it is on, a login refused.
    ours_alone: BTreeMap<String, u64>,
    /// Verified by samael alone, which is not asked about times, recipients and requests.
    theirs_alone: u64,
    /// What was changed is no document any more.
    unsigned: u64,
}

impl Tally {
    fn with(mut self, other: Self) -> Self {
        for (why, times) in other.ours_alone {
            *self.ours_alone.entry(why).or_default() += times;
        }
        Self {
            inputs: self.inputs + other.inputs,
            both: self.both + other.both,
            ours_alone: self.ours_alone,
            theirs_alone: self.theirs_alone + other.theirs_alone,
            unsigned: self.unsigned + other.unsigned,
        }
    }

    /// A proof about nothing is none.
    fn hold(&self) {
        assert!(self.both * 4 >= self.inputs, "too few are accepted by both: {self}");
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} answers: {} accepted by both and read alike, {} by ours alone, {} by samael alone, \
             {} not signed",
            self.inputs,
            self.both,
            self.ours_alone.values().sum::<u64>(),
            self.theirs_alone,
            self.unsigned
        )?;
        for (why, times) in &self.ours_alone {
            write!(f, "\n  {times} refused by samael alone: {why}")?;
        }
        Ok(())
    }
}

fn over_all_processors(seed: u64, count: u64) -> Tally {
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        let some = |first: u64| (first..count).step_by(workers).map(|n| input(seed, n));
        let start = |first| scope.spawn(move || some(first).fold(Tally::default(), Tally::with));
        let started: Vec<_> = (0..).take(workers).map(start).collect();
        started
            .into_iter()
            .map(|worker| worker.join().expect("read alike"))
            .fold(Tally::default(), Tally::with)
    })
}

fn input(seed: u64, n: u64) -> Tally {
    let one = Tally { inputs: 1, ..Tally::default() };
    let Some(xml) = document(n, &mut Script::new(seed, n)) else {
        return Tally { unsigned: 1, ..one };
    };
    let ours = verify_response(xml.as_bytes(), &expected());
    let certificates = PARTIES.certificates.clone();
    let question = Question { xml: xml.clone(), opened: None, certificates };
    match (ours, read(&question)) {
        (Ok(said), Reply::Read(theirs)) => {
            if let Err(what) = compare(&said, parties::AUDIENCE, &theirs) {
                panic!("input {n} of seed {seed}: {what}\n{:?}\n{theirs:?}\n{xml}", *said);
            }
            Tally { both: 1, ..one }
        }
        (Ok(_), Reply::Refused(why)) => Tally { ours_alone: BTreeMap::from([(why, 1)]), ..one },
        (Err(_), Reply::Read(_)) => Tally { theirs_alone: 1, ..one },
        (Err(_), Reply::Refused(_)) => one,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_both_accept_both_read_alike() {
        let tally = super::over_all_processors(1, 5_000);
        println!("{tally}");
        tally.hold();
    }
}
