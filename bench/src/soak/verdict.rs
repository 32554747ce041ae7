//! Whether anything grew.

use std::fmt;
use std::time::Duration;

/// What stood at the end of a window, and how its logins went.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) resident: u64,
    pub(super) descriptors: usize,
    /// 99 of 100 logins were faster.
    pub(super) slowest: Duration,
    pub(super) logins: usize,
}

/// The second quarter of a run beside its last one.
#[derive(Debug)]
pub(super) struct Verdict {
    early: Window,
    late: Window,
    logins: usize,
}

/// What may come on top: an allocator's pages, a connection that is being closed, a
/// machine that does other things as well.
const MEMORY: u64 = 8 << 20;
const DESCRIPTORS: usize = 8;
const SLOWER: Duration = Duration::from_millis(20);

impl Verdict {
    pub(super) fn of(windows: &[Window]) -> Self {
        let quarter = windows.len() / 4;
        let early = windows.get(quarter..quarter * 2).unwrap_or_default();
        let late = windows.get(quarter * 3..).unwrap_or_default();
        let logins = windows.iter().map(|window| window.logins).sum();
        Self { early: middle(early), late: middle(late), logins }
    }

    /// Nothing is more than a quarter above what it was, and what may come on top.
    pub(super) fn is_flat(&self) -> bool {
        let (early, late) = (self.early, self.late);
        self.logins > 0
            && late.resident <= early.resident / 4 * 5 + MEMORY
            && late.descriptors <= early.descriptors + DESCRIPTORS
            && late.slowest <= early.slowest * 3 / 2 + SLOWER
    }
}

/// The median of each.
fn middle(windows: &[Window]) -> Window {
    fn of<T: Ord + Default>(mut values: Vec<T>) -> T {
        values.sort_unstable();
        let place = values.len() / 2;
        values.into_iter().nth(place).unwrap_or_default()
    }
    Window {
        resident: of(windows.iter().map(|window| window.resident).collect()),
        descriptors: of(windows.iter().map(|window| window.descriptors).collect()),
        slowest: of(windows.iter().map(|window| window.slowest).collect()),
        logins: of(windows.iter().map(|window| window.logins).collect()),
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (early, late) = (self.early, self.late);
        #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
        let mb = |bytes: u64| bytes as f64 / 1e6;
        write!(
            f,
            "{} logins, memory {:.1} → {:.1} MB, descriptors {} → {}, p99 {:.1} → {:.1} ms: {}",
            self.logins,
            mb(early.resident),
            mb(late.resident),
            early.descriptors,
            late.descriptors,
            early.slowest.as_secs_f64() * 1e3,
            late.slowest.as_secs_f64() * 1e3,
            if self.is_flat() { "flat" } else { "NOT FLAT" }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Verdict, Window};
    use std::time::Duration;

    const MB: u64 = 1_000_000;

    /// What `change` makes of a flat run, window by window.
    fn run(change: impl Fn(u32, &mut Window)) -> Verdict {
        let windows: Vec<_> = (0..20)
            .map(|n| {
                let slowest = Duration::from_millis(10);
                let mut window = Window { resident: 50 * MB, descriptors: 40, slowest, logins: 9 };
                change(n, &mut window);
                window
            })
            .collect();
        Verdict::of(&windows)
    }

    #[test]
    fn what_stays_or_was_dear_at_first_only_is_flat() {
        let flat = run(|_, _| ());
        assert!(flat.is_flat(), "{flat}");
        assert!(flat.to_string().starts_with("180 logins, memory 50.0 → 50.0 MB"), "{flat}");
        let cold = run(|n, window| {
            if n < 5 {
                window.slowest *= 50;
                window.resident *= 9;
            }
        });
        assert!(cold.is_flat(), "{cold}");
        let once = run(|n, window| window.slowest *= if n == 17 { 90 } else { 1 });
        assert!(once.is_flat(), "one window that something else disturbed: {once}");
    }

    #[test]
    fn what_grows_is_told() {
        let leaks = run(|n, window| window.resident += u64::from(n) * 3 * MB);
        assert!(!leaks.is_flat() && leaks.to_string().ends_with("NOT FLAT"), "{leaks}");
        assert!(!run(|n, window| window.descriptors += n as usize).is_flat());
        assert!(!run(|n, window| window.slowest *= n).is_flat());
        assert!(!run(|_, window| window.logins = 0).is_flat(), "nothing was done");
        assert!(!Verdict::of(&[]).is_flat());
    }
}
