//! The clock of the processor's work, not of the wall.

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds of CPU that this process has used, user and system, on all threads.
pub(crate) fn used_ns() -> u64 {
    let at = clock_gettime(ClockId::ProcessCPUTime);
    let whole = u64::try_from(at.tv_sec).unwrap_or_default().saturating_mul(1_000_000_000);
    whole.saturating_add(u64::try_from(at.tv_nsec).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    #[test]
    fn work_advances_it_and_sleep_does_not() {
        let before = super::used_ns();
        std::thread::sleep(std::time::Duration::from_millis(50));
        let slept = super::used_ns() - before;
        assert!(slept < 40_000_000, "{slept}");
        let mut sum = 0_u64;
        while super::used_ns() - before < 20_000_000 {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
    }
}
