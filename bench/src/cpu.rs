//! The clocks of the processor's work, not of the wall.

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds of CPU that this process has used, user and system, on all threads.
pub(crate) fn used_ns() -> u64 {
    nanos(ClockId::ProcessCPUTime)
}

/// Nanoseconds of CPU that all threads of this process but the calling one have used.
pub(crate) fn used_by_others_ns() -> u64 {
    used_ns().saturating_sub(used_here_ns())
}

/// Nanoseconds of CPU that the calling thread has used.
pub(crate) fn used_here_ns() -> u64 {
    nanos(ClockId::ThreadCPUTime)
}

fn nanos(clock: ClockId) -> u64 {
    let at = clock_gettime(clock);
    let whole = u64::try_from(at.tv_sec).unwrap_or_default().saturating_mul(1_000_000_000);
    whole.saturating_add(u64::try_from(at.tv_nsec).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{ClockId, nanos, used_ns};

    /// Works until this thread has used 20 ms.
    fn work() {
        let before = nanos(ClockId::ThreadCPUTime);
        let mut sum = 0_u64;
        while nanos(ClockId::ThreadCPUTime) - before < 20_000_000 {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
    }

    // Other tests of this binary run on threads of their own, so only lower bounds hold for
    // the process, and the own thread is looked at alone.
    #[test]
    fn work_advances_the_clock_of_the_process_and_of_the_thread_that_does_it() {
        let (process, own) = (used_ns(), nanos(ClockId::ThreadCPUTime));
        std::thread::spawn(work).join().expect("it ends");
        assert!(used_ns() - process >= 20_000_000);
        assert!(nanos(ClockId::ThreadCPUTime) - own < 10_000_000, "another thread's work");
    }

    #[test]
    fn waiting_advances_nothing() {
        let own = nanos(ClockId::ThreadCPUTime);
        std::thread::sleep(std::time::Duration::from_millis(50));
        assert!(nanos(ClockId::ThreadCPUTime) - own < 40_000_000);
    }
}
