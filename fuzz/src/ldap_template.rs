//! Templates of filters and names, and the login names that are put into them.

use metadata::ldap::{FilterTemplate, NameTemplate, filter_value, is_same_name, name_value};

/// One input: a template, a line feed, a login name.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (template, login) = text.split_once('\n').unwrap_or((text, ""));
    for value in [filter_value(login), name_value(login)] {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '\\';
        assert!(value.chars().all(is_plain), "{value}");
        assert_eq!(unescaped(&value), login.as_bytes(), "{value}");
    }
    if let Ok(filter) = FilterTemplate::parse(template) {
        let filled = filter.filled(login);
        assert_eq!(shape(&filled), shape(template), "{filled}");
        assert!(filter.attributes().next().is_some());
        let own = filter.finds(login, |_| std::iter::once(login));
        assert!(own || !asks_for_it_alone(template), "{template} does not find its own reader");
    }
    if let Ok(name) = NameTemplate::parse(template) {
        let filled = name.filled(login);
        match (&name, filled) {
            (NameTemplate::Distinguished(_), Some(filled)) => {
                assert_eq!(separators(&filled), separators(template), "{filled}");
            }
            (NameTemplate::Distinguished(_), None) => unreachable!("a name has escapes"),
            (NameTemplate::Principal(_), Some(filled)) => {
                assert!(!login.contains(['@', '\\', ' ', '=']), "{filled}");
            }
            (NameTemplate::Principal(_), None) => {}
        }
    }
    // Never a panic, whatever a directory calls its entries.
    let _ = is_same_name(template, login);
}

/// Whether an attribute is compared with the login name and nothing before or behind it.
fn asks_for_it_alone(template: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | ';' | '.');
    template.match_indices("={login})").any(|(at, _)| {
        let before = template.get(..at).and_then(|text| text.rsplit_once('('));
        before.is_some_and(|(_, name)| !name.is_empty() && name.chars().all(is_part))
    })
}

/// What gives a filter its form.
fn shape(filter: &str) -> String {
    filter.chars().filter(|c| matches!(c, '(' | ')' | '*' | '=' | '&' | '|' | '!' | '\0')).collect()
}

/// What separates the steps of a name; what is escaped separates nothing.
fn separators(name: &str) -> usize {
    let mut is_escaped = false;
    let counts = name.chars().filter(|c| {
        let is_it = !is_escaped && matches!(c, ',' | ';' | '+' | '=' | '"' | '#');
        is_escaped = *c == '\\' && !is_escaped;
        is_it
    });
    counts.count()
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let pair: Vec<u8> = bytes.by_ref().take(2).collect();
        let pair = std::str::from_utf8(&pair).expect("digits");
        out.push(u8::from_str_radix(pair, 16).expect("two hex digits"));
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_seed_holds() {
        for (_, seed) in crate::seeds("ldap_template") {
            super::run(&seed);
        }
    }
}
