//! A running `readerpass serve`, looked at from outside: `/proc`, one connection, signals.

use super::program::last_words;
use super::wire::Wire;
use crate::wall::Wall;
use rustix::process::{Pid, Signal, kill_process};
use std::error::Error;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Child;
use std::time::Duration;

/// Until it listens, and until it has ended; it drains for 15 s at most.
const PATIENCE: Duration = Duration::from_mins(1);
/// Between two looks. Part of the time to the first page, so it is short.
const PAUSE: Duration = Duration::from_micros(200);

/// Is killed where it is dropped before [`Process::stop`].
pub(crate) struct Process {
    child: Child,
    at: SocketAddr,
    log: PathBuf,
}

/// Resident memory in bytes.
pub(crate) struct Memory {
    /// Every page that is there (VmRSS).
    pub(crate) resident: u64,
    /// Pages shared with other processes by their share (Pss).
    pub(crate) share: u64,
}

impl Process {
    pub(crate) fn new(child: Child, at: SocketAddr, log: PathBuf) -> Self {
        Self { child, at, log }
    }

    /// Waits until it answers this; it listens before it can answer.
    pub(crate) fn first_answer(&mut self, target: &str) -> Result<(), Box<dyn Error>> {
        let began = Wall::now();
        loop {
            match Wire::connect(self.at) {
                Ok(mut wire) => return wire.get(target).map(|_| ()),
                Err(fault) if fault.kind() == ErrorKind::ConnectionRefused => {}
                Err(fault) => return Err(fault.into()),
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("it ended with {status}:\n{}", last_words(&self.log)).into());
            }
            if began.elapsed() > PATIENCE {
                return Err(format!("it does not listen:\n{}", last_words(&self.log)).into());
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.at
    }

    /// Files, connections and all else that it holds open.
    pub(crate) fn descriptors(&self) -> std::io::Result<usize> {
        Ok(std::fs::read_dir(format!("/proc/{}/fd", self.child.id()))?.count())
    }

    pub(crate) fn connect(&self) -> std::io::Result<Wire> {
        Wire::connect(self.at)
    }

    /// Nanoseconds of CPU that its threads have used. The system-wide total of a process is
    /// told in steps of 10 ms only, so the threads' own clocks are added up; what a thread
    /// that has ended used is not among it.
    pub(crate) fn cpu_ns(&self) -> Result<u64, Box<dyn Error>> {
        let mut used = 0;
        for thread in std::fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            match std::fs::read_to_string(thread?.path().join("schedstat")) {
                Ok(line) => used += run_ns(&line)?,
                // It ended since the folder was read.
                Err(fault) if fault.kind() == ErrorKind::NotFound => {}
                Err(fault) => return Err(fault.into()),
            }
        }
        if used == 0 {
            return Err("the kernel tells no run times (/proc/PID/task/TID/schedstat)".into());
        }
        Ok(used)
    }

    pub(crate) fn memory(&self) -> Result<Memory, Box<dyn Error>> {
        let of = |file: &str, key: &str| {
            let path = format!("/proc/{}/{file}", self.child.id());
            let text = std::fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))?;
            kilobytes(&text, key).ok_or_else(|| format!("{path}: no line `{key}`"))
        };
        Ok(Memory { resident: of("status", "VmRSS")?, share: of("smaps_rollup", "Pss")? })
    }

    /// Ends it by SIGTERM, as a service manager does; it must end in order.
    pub(crate) fn stop(mut self) -> Result<(), Box<dyn Error>> {
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        let began = Wall::now();
        while began.elapsed() < PATIENCE {
            match self.child.try_wait()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => {
                    return Err(
                        format!("it ended with {status}:\n{}", last_words(&self.log)).into()
                    );
                }
                None => std::thread::sleep(Duration::from_millis(2)),
            }
        }
        Err("it does not end by SIGTERM".into())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The first number of a thread's `schedstat`: nanoseconds on a processor.
fn run_ns(line: &str) -> Result<u64, Box<dyn Error>> {
    Ok(line.split_whitespace().next().ok_or("an empty schedstat")?.parse()?)
}

/// `KEY:   1234 kB` as bytes; the kernel's kB are 1024.
fn kilobytes(text: &str, key: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
    let amount: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    amount.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::{kilobytes, run_ns};

    #[test]
    fn memory_is_read_from_the_line_of_that_name() {
        let text = "VmHWM:\t   99999 kB\nVmRSS:\t    1728 kB\nPss_Dirty:  112 kB\nPss:  382 kB\n";
        assert_eq!(kilobytes(text, "VmRSS"), Some(1728 * 1024));
        assert_eq!(kilobytes(text, "Pss"), Some(382 * 1024));
        assert_eq!(kilobytes(text, "Rss"), None);
        assert_eq!(kilobytes("VmRSS: 12\n", "VmRSS"), None, "without a unit");
    }

    #[test]
    fn run_time_is_the_first_number() {
        assert_eq!(run_ns("745680 17 1\n").expect("a number"), 745_680);
        assert!(run_ns("").is_err() && run_ns("x 1 2").is_err());
    }
}
