//! Clears away what is over, a little with every so many writes.

use crate::TRACE_DAYS;
use crate::TRACE_RECORDS;
use crate::sqlite::shared::SqliteShared;
use crate::sqlite::sql::Sql;
use model::Timestamp;
use std::sync::atomic::{AtomicU32, Ordering};

/// Every so many writes of this process …
const EVERY: u32 = 128;
/// … at most 200 rows of each table go: more than came, and never a long pause.
const STEPS: [&str; 7] = [
    "DELETE FROM one_use WHERE key IN
         (SELECT key FROM one_use WHERE expires <= ?1 ORDER BY expires LIMIT 200)",
    "DELETE FROM parked WHERE key IN
         (SELECT key FROM parked WHERE expires <= ?1 ORDER BY expires LIMIT 200)",
    "DELETE FROM counter WHERE key IN
         (SELECT key FROM counter WHERE expires <= ?1 ORDER BY expires LIMIT 200)",
    "DELETE FROM session WHERE id IN
         (SELECT id FROM session WHERE expires <= ?1 ORDER BY expires LIMIT 200)",
    "DELETE FROM trouble WHERE member IN
         (SELECT member FROM trouble WHERE expires <= ?1 LIMIT 200)",
    "DELETE FROM trace WHERE id IN
         (SELECT id FROM (SELECT id, at FROM trace ORDER BY id LIMIT 200) WHERE at <= ?1)",
    "DELETE FROM trace WHERE id IN
         (SELECT id FROM trace WHERE id <= (SELECT max(id) FROM trace) - ?1 ORDER BY id LIMIT 200)",
];

/// Counts writes.
pub(crate) struct Purge(AtomicU32);

impl Purge {
    pub(crate) fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    /// Whether it is time, counting one write.
    fn is_due(&self) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed) % EVERY == EVERY - 1
    }
}

impl SqliteShared {
    /// Counts a write at `now`; when it is due, clears a little, and has the log brought back.
    pub(super) async fn wrote(&self, now: Timestamp) {
        if !self.purge.is_due() {
            return;
        }
        let [one_use, parked, counter, session, trouble, trace_age, trace_count] = STEPS;
        let oldest = now.plus_s(-i64::from(TRACE_DAYS) * 86_400);
        let at = |sql, limit: i64| Sql::new(sql).bind(limit);
        let steps = [
            at(one_use, now.unix_ms()),
            at(parked, now.unix_ms()),
            at(counter, now.unix_ms()),
            at(session, now.unix_ms()),
            at(trouble, now.unix_ms()),
            at(trace_age, oldest.unix_ms()),
            at(trace_count, i64::from(TRACE_RECORDS)),
        ];
        // What the caller asked for is done; what stays is cleared the next time, and was logged.
        let _cleared = self.writer.all(&steps).await;
        self.checkpoint.begin();
    }
}
