//! What is known of a person, before it is kept: it goes to services as it stands.

use crate::AccountError;
use model::Profile;

/// Longest value in characters.
const MOST: usize = 200;

/// Refuses a value that is empty, overlong, holds what cannot be seen, or is no address.
pub(crate) fn check(profile: &Profile, category: Option<&str>) -> Result<(), AccountError> {
    let values = [
        ("name", profile.name.as_deref()),
        ("mail", profile.mail.as_deref()),
        ("phone", profile.phone.as_deref()),
        ("department", profile.department.as_deref()),
        ("card_number", profile.card_number.as_deref()),
        ("category", category),
    ];
    for (key, value) in values {
        if let Some(why) = value.and_then(|value| fault(key, value)) {
            return Err(AccountError::Value { key, why });
        }
    }
    Ok(())
}

fn fault(key: &str, value: &str) -> Option<&'static str> {
    if value.trim().is_empty() {
        return Some("empty: leave it out");
    }
    if value.chars().count() > MOST {
        return Some("longer than 200 characters: shorten it");
    }
    if value.chars().any(is_unseen) {
        return Some("a control character, or one that cannot be seen: take it out");
    }
    match key {
        "mail" if !is_mail(value) => Some("not a mail address: write it as in reader@example.org"),
        "phone" if !value.chars().any(|c| c.is_ascii_digit()) => {
            Some("not a telephone number: write its digits")
        }
        _ => None,
    }
}

fn is_mail(value: &str) -> bool {
    let parts = value.rsplit_once('@');
    parts.is_some_and(|(local, host)| !local.is_empty() && !host.is_empty())
        && !value.contains(char::is_whitespace)
}

/// With them a value could read otherwise than it is written.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_reads_as_it_is_written_or_is_refused() {
        let with = |name: &str, mail: &str, phone: &str| {
            let some = |text: &str| Some(text.to_owned());
            let profile = Profile {
                name: some(name),
                mail: some(mail),
                phone: some(phone),
                ..Profile::default()
            };
            check(&profile, None)
        };
        assert!(with("读者甲", "a@example.org", "+86 25 0000").is_ok());
        for (name, mail, phone, key) in [
            (" ", "a@example.org", "1", "name"),
            ("读\u{202e}者", "a@example.org", "1", "name"),
            (&"x".repeat(201), "a@example.org", "1", "name"),
            ("x", "example.org", "1", "mail"),
            ("x", "a@", "1", "mail"),
            ("x", "a b@example.org", "1", "mail"),
            ("x", "a@example.org", "none", "phone"),
        ] {
            let fault = with(name, mail, phone).expect_err("refused");
            assert!(matches!(fault, AccountError::Value { key: k, .. } if k == key), "{fault}");
        }
        assert!(check(&Profile::default(), Some("研究\n生")).is_err());
    }
}
