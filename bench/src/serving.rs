//! The program as it is shipped: `readerpass serve` as a process of its own, over a
//! generated consortium of 1,200 members and 200 services.
//!
//! * **Start**: from spawning the process until the first page, `/discover`, is answered
//!   whole. The file is in the system's cache, the installation exists.
//! * **Memory**: what the process holds resident after that page and a pause.
//! * **Discovery**: what the process spends on a keystroke in the search, all its threads,
//!   and how much goes over the wire.

mod discovery;
pub(crate) mod process;
pub(crate) mod program;
mod starts;
pub(crate) mod wire;

use crate::folder::Folder;
use crate::generated;
use crate::measure::Bench;
use program::Program;
use std::error::Error;

pub(crate) fn run(bench: &mut Bench) -> Result<(), Box<dyn Error>> {
    if !bench.wants(&starts::NAMES) && !bench.wants(&discovery::NAMES) {
        return Ok(());
    }
    let extent = bench.extent();
    let home = Folder::new()?;
    generated::registry(&home, extent.members, extent.services, bench.seed())?;
    let program = Program::install(&home)?;
    if bench.wants(&starts::NAMES) {
        starts::run(bench, &program)?;
    }
    if bench.wants(&discovery::NAMES) {
        discovery::run(bench, &program)?;
    }
    Ok(())
}
