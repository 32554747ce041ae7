//! The last day of something, as people write it.

use model::Timestamp;

/// `2027-06-30` (to the end of that day, +08:00 as pages show it) or a time of RFC 3339.
pub(super) fn until(text: &str) -> Option<Timestamp> {
    Timestamp::parse_rfc3339(text).or_else(|| {
        (text.len() == 10)
            .then(|| Timestamp::parse_rfc3339(&format!("{text}T23:59:59+08:00")))
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_lasts_to_its_end() {
        let day = until("2027-06-30").expect("a day");
        assert!(web::local_time(day).starts_with("2027-06-30T23:59:59"));
        assert_eq!(until("2027-06-30T18:00:00+08:00"), until("2027-06-30T10:00:00Z"));
        for bad in ["30.6.2027", "2027-06-31", "2027-6-3", "tomorrow", ""] {
            assert_eq!(until(bad), None, "{bad}");
        }
    }
}
