//! Dates: `YYYYMMDDZZZZHHMMSS`, and what systems write in their place.

use model::Timestamp;

const DAY_S: i64 = 86_400;

/// Seconds that the member's clock is ahead of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Zone(i64);

impl Default for Zone {
    /// The one time of China.
    fn default() -> Self {
        Self(8 * 3600)
    }
}

impl Zone {
    /// Reads `+08:00` or `-05:30`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let epoch = Timestamp::parse_rfc3339(&format!("1970-01-02T00:00:00{text}"))?;
        let is_offset = text.len() == 6 && text.starts_with(['+', '-']);
        is_offset.then(|| Self(DAY_S - epoch.unix_s()))
    }
}

/// The time of a request: local, the zone left blank.
pub(crate) fn stamp(now: Timestamp, zone: Zone) -> String {
    let local = Timestamp::from_unix_s(now.unix_s()).plus_s(zone.0).rfc3339();
    let digits: String = local.chars().filter(char::is_ascii_digit).take(14).collect();
    match digits.split_at_checked(8) {
        Some((day, time)) => format!("{day}    {time}"),
        None => " ".repeat(18),
    }
}

/// The end that a date names: a time of day, or the end of a day, which the member's clock ends.
///
/// `YYYYMMDD` alone or with a time; between them a zone, blank or `0000` for the member's own,
/// `   Z` for UTC. `None`: no date. Also `YYYY-MM-DD`, as some systems write.
pub(crate) fn parse_end(text: &str, zone: Zone) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() == 10 {
        return midnight(text).map(|day| day.plus_s(DAY_S - zone.0));
    }
    if !text.is_ascii() {
        return None;
    }
    let (day, rest) = text.split_at_checked(8)?;
    let (year, month_day) = day.split_at_checked(4)?;
    let (month, of_month) = month_day.split_at_checked(2)?;
    let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let midnight = is_digits(day).then(|| midnight(&format!("{year}-{month}-{of_month}")))??;
    if rest.is_empty() {
        return Some(midnight.plus_s(DAY_S - zone.0));
    }
    let (named, time) = rest.split_at_checked(rest.len().checked_sub(6)?)?;
    let ahead = match named.trim() {
        "" | "0000" => zone.0,
        "Z" | "UTC" | "GMT" => 0,
        _ => return None,
    };
    let seconds: u32 = is_digits(time).then(|| time.parse().ok())??;
    let (hours, minutes, seconds) = (seconds / 10_000, seconds / 100 % 100, seconds % 100);
    if hours > 23 || minutes > 59 || seconds > 60 {
        return None;
    }
    Some(midnight.plus_s(i64::from(hours * 3600 + minutes * 60 + seconds) - ahead))
}

fn midnight(day: &str) -> Option<Timestamp> {
    Timestamp::parse_rfc3339(&format!("{day}T00:00:00Z"))
}
