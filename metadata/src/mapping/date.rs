//! Dates as library systems write them.

use model::Timestamp;

/// Longest format, in characters.
const LONGEST: usize = 40;
const DAY_S: i64 = 86_400;

/// An offset from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone {
    east_s: i64,
}

impl Zone {
    /// The one of China, where nothing else is said.
    pub const CHINA: Self = Self { east_s: 8 * 3600 };

    const UTC: Self = Self { east_s: 0 };

    /// `Z`, or an offset as in `+08:00`, at most 14 hours.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "Z" {
            return Some(Self::UTC);
        }
        let (sign, rest) = match text.as_bytes().first()? {
            b'+' => (1, text.get(1..)?),
            b'-' => (-1, text.get(1..)?),
            _ => return None,
        };
        let (hours, minutes) = rest.split_once(':')?;
        let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
        (hours <= 14 && minutes < 60).then_some(Self { east_s: sign * (hours * 60 + minutes) * 60 })
    }
}

fn two_digits(text: &str) -> Option<i64> {
    let is_two = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    is_two.then(|| text.parse().ok())?
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Zone,
    Utc,
    Literal(char),
}

/// How a date is written: `YYYY`, `MM` or `M`, `DD` or `D`, then perhaps `HH` or `H`, `MM`,
/// `SS`; `Z` is UTC, `ZZZZ` the four characters that SIP2 keeps for the zone. A `MM` behind
/// the hours is the minutes. All else stands for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateFormat {
    /// Each with its least and its largest number of characters.
    parts: Vec<(Part, usize, usize)>,
}

impl DateFormat {
    /// Reads a format; the error says what is wrong with it, for people.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.chars().count() > LONGEST {
            return Err(format!("longer than {LONGEST} characters"));
        }
        let mut parts: Vec<(Part, usize, usize)> = Vec::new();
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            let run = rest.chars().take_while(|c| *c == letter).count();
            let has_hours = parts.iter().any(|(part, ..)| *part == Part::Hour);
            let (part, is_short) = match (letter, run) {
                ('Y', 4) => (Part::Year, false),
                ('M', 2) if has_hours => (Part::Minute, false),
                ('M', 1 | 2) => (Part::Month, run == 1),
                ('D', 1 | 2) => (Part::Day, run == 1),
                ('H', 1 | 2) => (Part::Hour, run == 1),
                ('S', 2) => (Part::Second, false),
                ('Z', 4) => (Part::Zone, false),
                ('Z', 1) => (Part::Utc, false),
                ('Y' | 'M' | 'D' | 'H' | 'S' | 'Z', _) => {
                    return Err(format!(
                        "`{}` is no part of a date",
                        letter.to_string().repeat(run)
                    ));
                }
                _ => (Part::Literal(letter), false),
            };
            let taken = if matches!(part, Part::Literal(_)) { 1 } else { run };
            parts.push((part, taken, if is_short { 2 } else { taken }));
            rest = rest.get(letter.len_utf8() * taken..).unwrap_or_default();
        }
        Self { parts }.judged()
    }

    fn judged(self) -> Result<Self, String> {
        let count = |wanted| self.parts.iter().filter(|(part, ..)| *part == wanted).count();
        for (part, name) in [(Part::Year, "YYYY"), (Part::Month, "MM"), (Part::Day, "DD")] {
            if count(part) != 1 {
                return Err(format!("`{name}` must stand in it once"));
            }
        }
        let times = [count(Part::Hour), count(Part::Minute), count(Part::Second)];
        let zones = count(Part::Zone) + count(Part::Utc);
        if !matches!(times, [0, 0, 0] | [1, 0 | 1, 0] | [1, 1, 1]) || zones > 1 {
            return Err("a time is `HH`, `HHMM` or `HHMMSS`, with one `ZZZZ` or `Z`".to_owned());
        }
        let is_open = |pair: &[(Part, usize, usize)]| match pair {
            [(_, least, most), (next, ..)] => least != most && !matches!(next, Part::Literal(_)),
            _ => false,
        };
        if self.parts.windows(2).any(is_open) {
            return Err("behind `M`, `D` or `H` something must show where the number ends".into());
        }
        Ok(self)
    }

    /// The moment that `value` names: a day lasts to its end. What it does not say, `zone` does.
    pub fn read(&self, value: &str, zone: Zone) -> Option<Timestamp> {
        let (mut rest, mut zone) = (value, zone);
        let mut numbers = [0_i64; 6];
        let [year, month, day, hour, minute, second] = &mut numbers;
        let mut has_time = false;
        for (part, least, most) in &self.parts {
            let number = match part {
                Part::Literal(letter) => {
                    rest = rest.strip_prefix(*letter)?;
                    continue;
                }
                Part::Zone => {
                    let (said, after) = rest.split_at_checked(*most)?;
                    rest = after;
                    zone = sip_zone(said, zone)?;
                    continue;
                }
                Part::Utc => {
                    rest = rest.strip_prefix('Z')?;
                    zone = Zone::UTC;
                    continue;
                }
                Part::Year => &mut *year,
                Part::Month => &mut *month,
                Part::Day => &mut *day,
                Part::Hour => {
                    has_time = true;
                    &mut *hour
                }
                Part::Minute => &mut *minute,
                Part::Second => &mut *second,
            };
            let length = rest.bytes().take(*most).take_while(u8::is_ascii_digit).count();
            let (digits, after) = rest.split_at_checked(length)?;
            if length < *least {
                return None;
            }
            *number = digits.parse().ok()?;
            rest = after;
        }
        let [year, month, day, hour, minute, second] = numbers;
        let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z");
        let at = Timestamp::parse_rfc3339(&text)?.plus_s(-zone.east_s);
        rest.is_empty().then(|| if has_time { at } else { at.plus_s(DAY_S) })
    }
}

/// SIP2 2.00, "Date/time": four blanks are local time, `Z` behind three blanks is UTC.
fn sip_zone(said: &str, local: Zone) -> Option<Zone> {
    match said.trim_matches(' ') {
        "" => Some(local),
        "Z" | "UTC" | "GMT" => Some(Zone::UTC),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: &str, value: &str) -> Option<String> {
        let format = DateFormat::parse(format).expect("a format");
        format.read(value, Zone::CHINA).map(Timestamp::rfc3339)
    }

    #[test]
    fn the_forms_of_library_systems_are_read() {
        for (format, value, expected) in [
            ("YYYYMMDD", "20270630", "2027-06-30T16:00:00Z"),
            ("YYYYMMDD    HHMMSS", "20270630    235959", "2027-06-30T15:59:59Z"),
            ("YYYYMMDDZZZZHHMMSS", "20270630    235959", "2027-06-30T15:59:59Z"),
            ("YYYYMMDDZZZZHHMMSS", "20270630   Z235959", "2027-06-30T23:59:59Z"),
            ("YYYY-MM-DD HH:MM:SS", "2027-06-30 08:00:00", "2027-06-30T00:00:00Z"),
            ("YYYY/M/D", "2027/6/3", "2027-06-03T16:00:00Z"),
            ("YYYY/M/D", "2027/06/30", "2027-06-30T16:00:00Z"),
            ("YYYY年M月D日", "2027年6月30日", "2027-06-30T16:00:00Z"),
            ("DD.MM.YYYY", "30.06.2027", "2027-06-30T16:00:00Z"),
            ("YYYYMMDDHHMMSSZ", "20270630235959Z", "2027-06-30T23:59:59Z"),
            ("YYYY-MM-DDTHH:MM", "2027-06-30T08:00", "2027-06-30T00:00:00Z"),
        ] {
            assert_eq!(read(format, value).as_deref(), Some(expected), "{format} {value}");
        }
    }

    #[test]
    fn what_is_written_otherwise_is_no_date() {
        for (format, value) in [
            ("YYYYMMDD", "2027063"),
            ("YYYYMMDD", "202706301"),
            ("YYYYMMDD", "20270631"),
            ("YYYYMMDD", "00000000"),
            ("YYYYMMDD", "２０２７０６３０"),
            ("YYYYMMDD", "+2027630"),
            ("YYYY/M/D", "2027//3"),
            ("YYYY/M/D", "2027/6/003"),
            ("YYYYMMDDZZZZHHMMSS", "20270630 EST235959"),
            ("YYYYMMDDZZZZHHMMSS", "20270630    245959"),
            ("YYYYMMDDZZZZHHMMSS", "20270630本235959"),
            ("YYYYMMDDZZZZHHMMSS", "20270630"),
        ] {
            assert_eq!(read(format, value), None, "{format} {value}");
        }
    }

    #[test]
    fn a_format_that_cannot_be_read_back_is_told() {
        let long = "-".repeat(41);
        for bad in [
            "",
            "MMDD",
            "YYYYMM",
            "YYMMDD",
            "YYYYMDD",
            "YYYYMMDDMM",
            "YYYYMMDDSS",
            "YYYYMMDDZZ",
            "YYYYMMDDHH ZZZZ Z",
            &long,
        ] {
            assert!(DateFormat::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_offset_is_written_in_full() {
        assert_eq!(Zone::parse("+08:00"), Some(Zone::CHINA));
        assert_eq!(Zone::parse("-03:30"), Some(Zone { east_s: -12_600 }));
        assert!(Zone::parse("Z").is_some());
        for bad in ["", "8", "+8:00", "+0800", "+15:00", "+08:60", "08:00", "本"] {
            assert_eq!(Zone::parse(bad), None, "{bad}");
        }
    }
}
