//! Half of what the program can do, for as long as is asked: memory, descriptors and the
//! slowest logins must stay as they were.
//!
//! ```text
//! calibrate: as fast as it goes ──▶ half of that, at a fixed pace ──▶ windows ──▶ verdict
//! ```
//!
//! A login begins when its turn comes, not when the one before has ended, so a hub that
//! falls behind shows it (its logins count from their turn). Every session is ended by its
//! service. The load ends by itself: after the time that was asked for, or at the first
//! fault of a login.

mod load;
mod remote;
mod verdict;

use crate::folder::Folder;
use crate::logins::parties::{Library, REGISTRY, sp_metadata};
use crate::provenance::Provenance;
use crate::serving::program::Program;
use crate::wall::Wall;
use load::{Load, Pace};
use std::error::Error;
use std::time::Duration;
use verdict::{Verdict, Window};

/// Windows of a run; the first quarter warms up.
const WINDOWS: u32 = 20;
/// Readers at the same time.
const CROWD: u32 = 8;
/// Of the whole time, to learn what the program can do.
const CALIBRATION: u32 = 10;

/// Runs for so long, and tells one line for the record; an error where a login failed, or
/// where something grew.
pub(crate) fn run(seconds: u64, seed: u64) -> Result<String, Box<dyn Error>> {
    let library = Library::new()?;
    let home = Folder::new()?;
    for (name, text) in REGISTRY {
        home.write(&format!("registry/{name}"), text)?;
    }
    home.write("registry/members/acme-idp.xml", library.metadata())?;
    home.write("registry/services/journals-sp.xml", sp_metadata(&library))?;
    let program = Program::install(&home)?;
    let mut process = program.serve()?;
    process.first_answer("/discover?lang=zh")?;

    let whole = Duration::from_secs(seconds);
    let load = Load { at: process.address(), library: &library, seed };
    let able = load.run(CROWD, Pace::Fast, whole / CALIBRATION)?;
    let rate = able.per_second() / 2.0;
    let mut windows = Vec::new();
    let length = whole.saturating_sub(whole / CALIBRATION) / WINDOWS;
    let began = Wall::now();
    for _ in 0..WINDOWS {
        let done = load.run(CROWD, Pace::PerSecond(rate), length)?;
        windows.push(Window {
            resident: process.memory()?.resident,
            descriptors: process.descriptors()?,
            slowest: done.at_percentile(99),
            logins: done.logins(),
        });
    }
    let took = began.elapsed();
    process.stop()?;
    let verdict = Verdict::of(&windows);
    let from = Provenance::of(seed);
    let line = format!(
        "soak: commit {}, seed {seed}, {} build, {} cores, {:.0} s at {rate:.1} logins/s (half of {:.1}), {verdict}",
        from.commit,
        from.build,
        from.cores,
        took.as_secs_f64(),
        able.per_second(),
    );
    if verdict.is_flat() { Ok(line) } else { Err(line.into()) }
}
