//! Patterns of a member's values.

use regex::{Regex, RegexBuilder};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Longest pattern in bytes.
const LONGEST: usize = 256;
/// What a compiled pattern, and what its search may keep, takes at most.
const SIZE: usize = 256 * 1024;
/// Most patterns that are kept compiled: compiling one costs what a whole login may.
const KEPT: usize = 256;

/// A regular expression for whole values: matching takes time in proportion to the value,
/// whatever the pattern says, and neither end of a value is left to chance.
#[derive(Debug, Clone)]
pub struct Pattern {
    whole: Regex,
    has_group: bool,
}

impl Pattern {
    /// Reads a pattern; the error says what is wrong with it, for people.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() || text.len() > LONGEST {
            return Err(format!("a pattern has 1 to {LONGEST} bytes"));
        }
        // By itself first: `a)|(b` would be whole only between the brackets set round it.
        let alone = compile(text)?;
        if alone.captures_len() > 2 {
            return Err("more than one group: write (?:…) for those that only hold together".into());
        }
        let whole = compile(&format!(r"\A(?:{text})\z"))
            .map_err(|_| "cannot be held against a whole value: take (?x) out".to_owned())?;
        Ok(Self { has_group: whole.captures_len() == 2, whole })
    }

    /// Of a value that matches as a whole: the group, or all of it where there is none.
    pub fn take<'v>(&self, value: &'v str) -> Option<&'v str> {
        if self.has_group {
            return self.whole.captures(value)?.get(1).map(|group| group.as_str());
        }
        self.whole.is_match(value).then_some(value)
    }
}

/// Patterns of one version of the registry, compiled when they are first asked for.
#[derive(Debug, Default)]
pub(crate) struct Patterns(Mutex<HashMap<String, Pattern>>);

impl Patterns {
    /// The pattern of that text; its clones share what was compiled.
    pub(crate) fn of(&self, text: &str) -> Result<Pattern, String> {
        if let Some(known) = self.kept(|all| all.get(text).cloned()) {
            return Ok(known);
        }
        let pattern = Pattern::parse(text)?;
        self.kept(|all| {
            if all.len() >= KEPT {
                all.clear();
            }
            all.insert(text.to_owned(), pattern.clone());
        });
        Ok(pattern)
    }

    fn kept<T>(&self, work: impl FnOnce(&mut HashMap<String, Pattern>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn compile(text: &str) -> Result<Regex, String> {
    RegexBuilder::new(text).size_limit(SIZE).dfa_size_limit(SIZE).nest_limit(32).build().map_err(
        |fault| match fault {
            regex::Error::CompiledTooBig(_) => "too large when it is unfolded".to_owned(),
            other => {
                let said = other.to_string();
                let last = said.lines().last().unwrap_or_default();
                format!("no pattern: {}", last.trim_start_matches("error: "))
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take<'v>(pattern: &str, value: &'v str) -> Option<&'v str> {
        Pattern::parse(pattern).expect("a pattern").take(value)
    }

    #[test]
    fn a_pattern_is_held_against_the_whole_value() {
        assert_eq!(take(r"^(.+)@nju\.edu\.cn$", "a1@nju.edu.cn"), Some("a1"));
        assert_eq!(take(r"(.+)@nju\.edu\.cn", "a1@nju.edu.cn.evil.test"), None);
        assert_eq!(take(r"\d{8}", "12345678"), Some("12345678"));
        assert_eq!(take(r"\d{8}", "no. 12345678"), None);
        assert_eq!(take("a|ab", "ab"), Some("ab"), "the shorter arm does not end it");
        assert_eq!(take("(?m)^a$", "a\nb"), None);
        assert_eq!(take("a", "a\n"), None);
        assert_eq!(take("a|(b)", "a"), None, "the group took no part");
        assert_eq!(take("(?:全日制)?(.+)生", "全日制本科生"), Some("本科"));
    }

    #[test]
    fn what_is_no_pattern_is_told() {
        let long = "a".repeat(257);
        for (bad, why) in [
            ("", "1 to 256"),
            (&long, "1 to 256"),
            ("(a", "unclosed group"),
            ("a)|(b", "unopened group"),
            ("(a)(b)", "more than one group"),
            (r"(a)\1", "backreferences"),
            ("(?=a)", "look-around"),
            ("(?x)a # b", "(?x)"),
            ("((((a{100}){100}){100}){100}", "unclosed"),
            ("(?:(?:(?:a{100}){100}){100}){100}", "too large"),
        ] {
            let said = Pattern::parse(bad).expect_err(bad);
            assert!(said.contains(why), "{bad}: {said}");
        }
    }

    #[test]
    fn a_bounded_number_is_kept_compiled() {
        let patterns = Patterns::default();
        for count in 0..=KEPT {
            let pattern = patterns.of(&format!("a{{{count}}}")).expect("a pattern");
            assert_eq!(pattern.take(&"a".repeat(count)).map(str::len), Some(count));
            assert!((1..=KEPT).contains(&patterns.kept(|all| all.len())));
        }
        assert!(patterns.of("(a").is_err());
        assert_eq!(patterns.kept(|all| all.len()), 1, "what cannot be read is not kept");
    }

    #[test]
    fn no_pattern_takes_long() {
        let value = "a".repeat(4096);
        let pattern = Pattern::parse("(?:a?){64}(?:a*)*b").expect("a pattern");
        assert_eq!(pattern.take(&value), None);
    }
}
