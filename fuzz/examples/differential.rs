//! `differential COUNT SEED`: so many inputs to both verifiers, over all processors.
#![expect(clippy::expect_used, reason = "wrong use ends with the reason")]

use fuzz::second_opinion::{Tally, hold, run};

fn main() {
    let number = |n: usize| std::env::args().nth(n).and_then(|text| text.parse::<u64>().ok());
    let count = number(1).expect("differential COUNT SEED");
    let seed = number(2).expect("differential COUNT SEED");
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let step = workers;
    let tally = std::thread::scope(|scope| {
        let work = |first: u64| scope.spawn(move || run(seed, (first..count).step_by(step)));
        let started: Vec<_> = (0..).take(workers).map(work).collect();
        started
            .into_iter()
            .map(|worker| worker.join().expect("read alike"))
            .fold(Tally::default(), Tally::with)
    });
    println!("{tally}; seed {seed}");
    hold(&tally);
}
