//! The life of a key: published ahead, used, withdrawn.
//!
//! ```text
//! Next ── its time has come ──▶ InUse ── so has a later one's ──▶ Earlier ── retire ──▶ Withdrawn
//!   published, signs nothing      published, signs       published, signs nothing      neither
//! ```
//!
//! Nothing is written when a key comes into use: every node reads it off the same rows.

use super::KeyPurpose;
use model::Timestamp;
use store::KeyRow;

/// Where a key stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// Published ahead; signs nothing yet.
    Next,
    /// Published, and what the hub signs with; of a key to encrypt to: the one published.
    InUse,
    /// A later one took its place; what it made is still good.
    Earlier,
    /// Given up: neither published nor kept.
    Withdrawn,
}

impl KeyState {
    /// As people and scripts read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::InUse => "in use",
            Self::Earlier => "earlier",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// The keys of one purpose that are not given up.
pub(super) fn live(rows: &[KeyRow], purpose: KeyPurpose) -> impl Iterator<Item = &KeyRow> + Clone {
    rows.iter().filter(move |row| row.purpose == purpose.as_str() && row.withdrawn.is_none())
}

/// The one that is used: the newest whose time has come.
pub(super) fn in_use(rows: &[KeyRow], purpose: KeyPurpose, now: Timestamp) -> Option<&KeyRow> {
    let live = live(rows, purpose);
    live.clone()
        .filter(|row| row.use_from <= now)
        .max_by_key(|row| row.generation)
        // A clock that was set back must not leave the hub without a key.
        .or_else(|| live.min_by_key(|row| (row.use_from, row.generation)))
}

/// Where one of `rows` stands.
pub(super) fn state(rows: &[KeyRow], row: &KeyRow, now: Timestamp) -> KeyState {
    let used = KeyPurpose::parse(&row.purpose).and_then(|purpose| in_use(rows, purpose, now));
    match used {
        _ if row.withdrawn.is_some() => KeyState::Withdrawn,
        Some(used) if used.generation == row.generation => KeyState::InUse,
        Some(used) if used.generation > row.generation => KeyState::Earlier,
        _ => KeyState::Next,
    }
}

/// When the next took its place; `None` where none has.
pub(super) fn superseded(rows: &[KeyRow], row: &KeyRow, now: Timestamp) -> Option<Timestamp> {
    let purpose = KeyPurpose::parse(&row.purpose)?;
    live(rows, purpose)
        .filter(|later| later.generation > row.generation && later.use_from <= now)
        .map(|later| later.use_from)
        .min()
}

/// The key that is published ahead, if one is.
pub(super) fn next(rows: &[KeyRow], purpose: KeyPurpose, now: Timestamp) -> Option<&KeyRow> {
    live(rows, purpose).find(|row| state(rows, row, now) == KeyState::Next)
}

/// The number after all that were ever given.
pub(super) fn next_generation(rows: &[KeyRow], purpose: KeyPurpose) -> u32 {
    let given = rows.iter().filter(|row| row.purpose == purpose.as_str()).map(|r| r.generation);
    given.max().unwrap_or(0).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_s(1_000_000);

    fn row(generation: u32, use_from_s: i64) -> KeyRow {
        KeyRow {
            id: format!("saml-{generation}"),
            purpose: "saml".to_owned(),
            generation,
            created: NOW.plus_s(-1_000),
            use_from: NOW.plus_s(use_from_s),
            withdrawn: None,
            sealed: Vec::new(),
            public: Vec::new(),
        }
    }

    fn withdrawn(row: KeyRow) -> KeyRow {
        KeyRow { withdrawn: Some(NOW), ..row }
    }

    fn states(rows: &[KeyRow]) -> Vec<KeyState> {
        rows.iter().map(|row| state(rows, row, NOW)).collect()
    }

    #[test]
    fn a_key_is_published_then_used_then_earlier_then_withdrawn() {
        use KeyState::{Earlier, InUse, Next, Withdrawn};
        for (rows, expected) in [
            (vec![row(1, -9)], vec![InUse]),
            (vec![row(1, -9), row(2, 1)], vec![InUse, Next]),
            (vec![row(1, -9), row(2, 0)], vec![Earlier, InUse]),
            (vec![row(1, -9), row(2, -5), row(3, 5)], vec![Earlier, InUse, Next]),
            (vec![withdrawn(row(1, -9)), row(2, -5)], vec![Withdrawn, InUse]),
            // The one before is good again where the newest was given up.
            (vec![row(1, -9), withdrawn(row(2, -5))], vec![InUse, Withdrawn]),
            // A clock that was set back.
            (vec![row(1, 9), row(2, 99)], vec![InUse, Next]),
        ] {
            assert_eq!(states(&rows), expected, "{rows:?}");
        }
    }

    #[test]
    fn a_key_of_another_purpose_changes_nothing() {
        let other = KeyRow { purpose: "oidc-es256".to_owned(), ..row(2, -5) };
        let rows = [row(1, -9), other];
        assert_eq!(states(&rows), [KeyState::InUse, KeyState::InUse]);
        assert_eq!(next_generation(&rows, KeyPurpose::Saml), 2);
        assert_eq!(next_generation(&rows, KeyPurpose::OidcRs256), 1);
    }

    #[test]
    fn it_is_superseded_since_the_first_after_it_came_into_use() {
        let rows = [row(1, -9), row(2, -5), row(3, -2), row(4, 5)];
        let since = |place: usize| superseded(&rows, &rows[place], NOW);
        assert_eq!(since(0), Some(NOW.plus_s(-5)));
        assert_eq!(since(1), Some(NOW.plus_s(-2)));
        assert_eq!(since(2), None, "the next is not in use yet");
        assert_eq!(next(&rows, KeyPurpose::Saml, NOW).map(|r| r.generation), Some(4));
        let given_up = [row(1, -9), withdrawn(row(2, -5))];
        assert_eq!(superseded(&given_up, &given_up[0], NOW), None);
        assert_eq!(next_generation(&given_up, KeyPurpose::Saml), 3, "no number is given twice");
    }
}
