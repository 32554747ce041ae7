//! A decision of `policy`: from the facts to what the service is told.
//!
//! Cached is what `login` does on every answer: the facts, a look into the cache, the
//! release. Uncached adds the weighing of the rules.

mod consortium;

use crate::measure::{Bench, Budget};
use consortium::Consortium;
use policy::{Facts, Outcome, PolicySet, Verdict, fill};
use std::collections::HashMap;
use std::error::Error;
use std::hint::black_box;

/// One decision, cached.
const CACHED_BUDGET: Budget = Budget::Most(20.0);

const CACHED: &str = "policy: decision, cached";
const SAMPLE: &str = "policy: decision, uncached, 5 services";
const LARGE: &str = "policy: decision, uncached, 200 services";
const COMPILED: &str = "policy: folder compiled, 200 services";

pub(crate) fn run(bench: &mut Bench) -> Result<(), Box<dyn Error>> {
    if !bench.wants(&[CACHED, SAMPLE, LARGE, COMPILED]) {
        return Ok(());
    }
    let sample = Consortium::sample()?;
    let large = Consortium::generated(bench.extent().services)?;
    cached(bench, CACHED, &sample)?;
    uncached(bench, SAMPLE, &sample)?;
    uncached(bench, LARGE, &large)?;
    bench.take(COMPILED, Budget::None, 1, |meter, calls| {
        meter.count(|| {
            for _ in 0..calls {
                black_box(large.compile()?);
            }
            Ok(())
        })
    })
}

fn cached(bench: &mut Bench, name: &'static str, of: &Consortium) -> Result<(), Box<dyn Error>> {
    let policy = of.compile()?;
    let mut cache: HashMap<Facts, Verdict> = HashMap::new();
    let facts = of.facts(&policy)?;
    cache.insert(facts.clone(), policy.weigh(&facts));
    bench.take(name, CACHED_BUDGET, 2_000, |meter, calls| {
        meter.count(|| {
            for _ in 0..calls {
                let verdict = cache.get(&of.facts(&policy)?).cloned().ok_or("not in the cache")?;
                released(of, &verdict)?;
            }
            Ok(())
        })
    })
}

fn uncached(bench: &mut Bench, name: &'static str, of: &Consortium) -> Result<(), Box<dyn Error>> {
    let policy = of.compile()?;
    bench.take(name, Budget::None, 500, |meter, calls| {
        meter.count(|| {
            for _ in 0..calls {
                released(of, &policy.weigh(&of.facts(&policy)?))?;
            }
            Ok(())
        })
    })
}

/// Fills the verdict, and fails where it is not a release: a refusal is cheaper, and
/// measuring one by mistake would flatter.
fn released(of: &Consortium, verdict: &Verdict) -> Result<(), Box<dyn Error>> {
    match fill(verdict, &of.reader, &of.membership, &of.member, of.service()?) {
        Outcome::Release(release) if release.entitlements().next().is_some() => {
            black_box(release);
            Ok(())
        }
        other => Err(format!("the decision is not a release with a right: {other:?}").into()),
    }
}
