//! How times, tiles and contacts are shown.

use crate::words::{PortalWords, fill};
use model::{Contact, Member, Service, Timestamp};

/// The consortium's libraries share one time zone, UTC+8, which has no summer time.
const ZONE_S: i64 = 8 * 3600;
const OFFSET: &str = "+08:00";
const DAY_S: i64 = 86_400;

/// `10:47`.
pub(crate) fn clock(at: Timestamp) -> String {
    local(at).get(11..16).unwrap_or_default().to_owned()
}

/// `11-21 10:47`.
pub(crate) fn day_and_clock(at: Timestamp) -> String {
    let text = local(at);
    let (day, clock) = (text.get(5..10).unwrap_or_default(), text.get(11..16).unwrap_or_default());
    format!("{day} {clock}")
}

/// `11-21 10:47 +08:00`, as it is quoted to a librarian: a trace says the same.
pub(crate) fn quoted_time(at: Timestamp) -> String {
    format!("{} {OFFSET}", day_and_clock(at))
}

/// Today or tomorrow where it is, else the day.
pub(crate) fn soon(w: &PortalWords, at: Timestamp, now: Option<Timestamp>) -> String {
    let is_in = |days: i64| now.is_some_and(|now| date(now.plus_s(days * DAY_S)) == date(at));
    let time = clock(at);
    match (is_in(0), is_in(1)) {
        (true, _) => fill(&w.today, &[("time", &time)]),
        (_, true) => fill(&w.tomorrow, &[("time", &time)]),
        _ => day_and_clock(at),
    }
}

/// A time as pages tell it, whole: `2026-11-21T10:47:05.250+08:00` (RFC 3339).
pub fn local_time(at: Timestamp) -> String {
    format!("{}{OFFSET}", local(at).trim_end_matches('Z'))
}

/// A time of the last days: `10:47` where it is today's, else `11-20 10:47`.
pub(crate) fn recent(at: Timestamp, now: Option<Timestamp>) -> String {
    if now.is_some_and(|now| date(now) == date(at)) {
        return clock(at);
    }
    format!("{} {}", local(at).get(5..10).unwrap_or_default(), clock(at))
}

/// `2026-10-31`.
pub(crate) fn date(at: Timestamp) -> String {
    local(at).get(..10).unwrap_or_default().to_owned()
}

/// The hour of the reader's day, 0 to 23.
pub(crate) fn hour(at: Timestamp) -> i64 {
    at.plus_s(ZONE_S).unix_s().div_euclid(3600).rem_euclid(24)
}

fn local(at: Timestamp) -> String {
    at.plus_s(ZONE_S).rfc3339()
}

/// Words that say what an institution is, not which one: no use as its initial.
const GENERIC: [&str; 14] = [
    "大学",
    "学院",
    "图书馆",
    "图书",
    "公共",
    "高等",
    "高校",
    "职业",
    "市",
    "省",
    "自治区",
    "区",
    "县",
    "第",
];

/// The one character that stands for a member: the first that tells it from its
/// neighbours (南京农业大学 → 农), so the name of its own region is passed over
/// where something of its own follows.
pub(crate) fn member_tile(member: &Member) -> String {
    let name = member.name.zh.trim();
    let mut own = name;
    for place in member.region.split('/').filter(|place| !place.is_empty()) {
        own = own.strip_prefix(place).unwrap_or(own);
    }
    let generic = own.is_empty() || GENERIC.iter().any(|word| own.starts_with(word));
    first(if generic { name } else { own })
}

/// The one character that stands for a service: the last of its name (馆际互借 → 借).
pub(crate) fn service_tile(service: &Service) -> String {
    let name = service.name.zh.trim();
    name.chars().rev().find(|c| c.is_alphanumeric()).map(String::from).unwrap_or_default()
}

/// The last character of a reader's name, as look-alike of a seal (读者甲 → 甲).
pub(crate) fn reader_tile(name: &str) -> String {
    let ascii = name.is_ascii();
    let mut letters = name.chars().filter(|c| c.is_alphanumeric());
    let letter = if ascii { letters.next() } else { letters.next_back() };
    letter.map(|c| c.to_uppercase().to_string()).unwrap_or_default()
}

fn first(name: &str) -> String {
    name.chars()
        .find(|c| c.is_alphanumeric())
        .map(|c| c.to_uppercase().to_string())
        .unwrap_or_default()
}

/// One way to reach someone.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) href: String,
    pub(crate) text: String,
}

/// How someone is reached, ready for a page.
#[derive(Debug, Clone)]
pub(crate) struct Reach {
    pub(crate) phone: Option<Link>,
    pub(crate) mail: Option<Link>,
    pub(crate) hours: Option<String>,
}

impl Reach {
    /// `None` where the contact is empty.
    pub(crate) fn of(contact: &Contact) -> Option<Self> {
        let phone = contact.phone.as_deref().map(|text| Link {
            href: format!(
                "tel:{}",
                text.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect::<String>()
            ),
            text: text.to_owned(),
        });
        let mail = contact.mail.as_deref().map(|text| Link {
            href: format!("mailto:{}", model::encode_component(text).replace("%40", "@")),
            text: text.to_owned(),
        });
        let hours = contact.hours.clone();
        (phone.is_some() || mail.is_some() || hours.is_some()).then_some(Self {
            phone,
            mail,
            hours,
        })
    }
}

/// An address of the registry as a link that a reader may press: http and https only,
/// so that no `javascript:` of a registry file runs on our pages.
pub(crate) fn web_link(url: &str) -> Option<String> {
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    let is_web = lower.starts_with("https://") || lower.starts_with("http://");
    (is_web && !url.chars().any(|c| c.is_control() || c.is_whitespace())).then(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Text;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).expect("a time")
    }

    fn member(name: &str, region: &str) -> Member {
        toml::from_str(&format!(
            "id = 'xx'\nname = {{ zh = '{name}' }}\nregion = '{region}'\nclass = 'A'\nstatus = 'live'"
        ))
        .expect("a member")
    }

    #[test]
    fn times_are_the_readers_not_greenwich() {
        let late = at("2026-11-21T18:47:05Z");
        assert_eq!(clock(late), "02:47");
        assert_eq!(day_and_clock(late), "11-22 02:47");
        assert_eq!(quoted_time(late), "11-22 02:47 +08:00");
        let w = &crate::words::words(model::LangTag::Zh).portal;
        let before = |s: i64| soon(w, late, Some(late.plus_s(-s)));
        assert_eq!(before(3600), "今天 02:47");
        assert_eq!(before(3 * 3600), "明天 02:47", "midnight is the reader's");
        assert_eq!(before(2 * DAY_S), "11-22 02:47");
        assert_eq!(soon(w, late, None), "11-22 02:47");
        assert_eq!(local_time(late), "2026-11-22T02:47:05+08:00");
        assert_eq!(at(&local_time(late)), late, "the same moment");
        assert_eq!(date(late), "2026-11-22");
        assert_eq!(hour(late), 2);
    }

    #[test]
    fn a_time_of_today_is_told_without_its_day() {
        let now = Some(at("2026-11-21T02:47:05Z"));
        assert_eq!(recent(at("2026-11-21T01:14:00Z"), now), "09:14");
        assert_eq!(recent(at("2026-11-20T15:59:00Z"), now), "11-20 23:59");
        assert_eq!(recent(at("2026-11-20T16:00:00Z"), now), "00:00", "midnight of the reader");
        assert_eq!(recent(at("2026-11-21T01:14:00Z"), None), "11-21 09:14");
    }

    #[test]
    fn the_tile_of_a_member_is_its_own_character() {
        for (name, region, tile) in [
            ("南京大学图书馆", "江苏/南京", "南"),
            ("南京农业大学图书馆", "江苏/南京", "农"),
            ("南京图书馆", "江苏/南京", "南"),
            ("金陵图书馆", "江苏/南京", "金"),
            ("江苏省高校联合中心", "江苏/南京", "江"),
            ("苏州大学图书馆", "", "苏"),
            ("nanhang", "江苏/南京", "N"),
        ] {
            assert_eq!(member_tile(&member(name, region)), tile, "{name}");
        }
    }

    #[test]
    fn the_tile_of_a_reader_is_of_the_name() {
        assert_eq!(reader_tile("读者甲"), "甲");
        assert_eq!(reader_tile("Reader A"), "R");
        assert_eq!(reader_tile(""), "");
    }

    #[test]
    fn a_contact_never_becomes_another_scheme() {
        let contact = Contact {
            phone: Some("025-8359 javascript:1".into()),
            mail: Some("a@b.example?subject=x&body=y".into()),
            hours: None,
        };
        let reach = Reach::of(&contact).expect("two ways");
        assert_eq!(reach.phone.expect("phone").href, "tel:02583591");
        assert_eq!(reach.mail.expect("mail").href, "mailto:a@b.example%3Fsubject%3Dx%26body%3Dy");
        assert!(Reach::of(&Contact::default()).is_none());
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert!(web_link("https://ill.example.org/").is_some());
        for bad in [
            "javascript:alert(1)",
            "//evil.example",
            "data:text/html,x",
            "https://a b",
            "httpx://a",
        ] {
            assert!(web_link(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_service_is_known_by_its_last_character() {
        let service: Service =
            toml::from_str("id = 'ill'\nname = { zh = '馆际互借' }").expect("a service");
        assert_eq!(service_tile(&service), "借");
        assert_eq!(service.name, Text::new("馆际互借", ""));
    }
}
