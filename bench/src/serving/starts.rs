//! Starting the program again and again: time to the first page, memory after it.

use super::program::Program;
use crate::measure::{Bench, Budget, Of, bytes, micros};
use crate::wall::Wall;
use std::error::Error;

const FIRST_PAGE: &str = "start to first answered page, 1,200 members";
const FIRST_PAGE_CPU: &str = "start to first answered page, CPU";
const RESIDENT: &str = "resident memory, idle, 1,200 members, 200 services";
const SHARE: &str = "resident memory, idle, shared pages by share (PSS)";

pub(super) const NAMES: [&str; 4] = [FIRST_PAGE, FIRST_PAGE_CPU, RESIDENT, SHARE];

/// Where a reader without a session begins.
pub(super) const PAGE: &str = "/discover?lang=zh";

pub(super) fn run(bench: &mut Bench, program: &Program) -> Result<(), Box<dyn Error>> {
    let extent = bench.extent();
    let (mut walls, mut cpus) = (Vec::new(), Vec::new());
    let (mut residents, mut shares) = (Vec::new(), Vec::new());
    for start in 0..=extent.starts {
        let began = Wall::now();
        let mut process = program.serve()?;
        process.first_answer(PAGE)?;
        let wall_ns = u64::try_from(began.elapsed().as_nanos())?;
        let cpu_ns = process.cpu_ns()?;
        std::thread::sleep(extent.settle);
        let memory = process.memory()?;
        process.stop()?;
        // The first one brings the file and the folder into the system's cache.
        if start > 0 {
            walls.push(micros(wall_ns));
            cpus.push(micros(cpu_ns));
            residents.push(bytes(memory.resident));
            shares.push(bytes(memory.share));
        }
    }
    bench.keep(FIRST_PAGE, Of::Wall, walls, Budget::Most(150_000.0))?;
    bench.keep(FIRST_PAGE_CPU, Of::Cpu, cpus, Budget::None)?;
    bench.keep(RESIDENT, Of::Memory, residents, Budget::Most(60e6))?;
    bench.keep(SHARE, Of::Memory, shares, Budget::None)
}
