//! What a command says: plain text for people, JSON for scripts.

use serde::Serialize;
use std::io::Write as _;

/// Prints in one of the two forms.
#[derive(Clone, Copy)]
pub(crate) struct Printer {
    pub(crate) json: bool,
}

impl Printer {
    /// The result: `value` as JSON, or `text`.
    pub(crate) fn result(self, value: &impl Serialize, text: &str) {
        if self.json {
            match serde_json::to_string_pretty(value) {
                Ok(json) => say(&json),
                Err(e) => eprintln!("{e}"),
            }
        } else {
            say(text.strip_suffix('\n').unwrap_or(text));
        }
    }

    /// Why it failed, to standard error.
    pub(crate) fn error(self, text: &str) {
        if self.json {
            eprintln!("{}", serde_json::json!({ "error": text }));
        } else {
            eprintln!("{text}");
        }
    }

    /// A list of any length, said one by one.
    pub(crate) fn list(self) -> Listing {
        Listing { json: self.json, count: 0, is_heard: true }
    }
}

/// One or more lines; nobody need listen to the end (`| head`).
fn say(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// A list on its way out; what was said is not kept.
pub(crate) struct Listing {
    json: bool,
    count: u64,
    /// Nobody listens any more where a pipe was closed.
    is_heard: bool,
}

impl Listing {
    /// Says one more; false where nobody listens any more.
    pub(crate) fn item(&mut self, value: &impl Serialize, text: &str) -> bool {
        let line = if self.json {
            let before = if self.count == 0 { "[" } else { "," };
            let value = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
            format!("{before}\n  {value}")
        } else {
            format!("{text}\n")
        };
        self.count += 1;
        self.say(&line)
    }

    /// Ends the list and tells how long it was.
    pub(crate) fn end(mut self) -> u64 {
        if self.json {
            let end = if self.count == 0 { "[]\n" } else { "\n]\n" };
            self.say(end);
        }
        self.count
    }

    fn say(&mut self, text: &str) -> bool {
        let mut out = std::io::stdout().lock();
        self.is_heard = self.is_heard && out.write_all(text.as_bytes()).is_ok();
        self.is_heard
    }
}

/// `1 member`, `2 members`.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn one_is_one() {
        assert_eq!(counted(1, "policy", "policies"), "1 policy");
        assert_eq!(counted(0, "policy", "policies"), "0 policies");
        assert_eq!(counted(2, "member", "members"), "2 members");
    }
}
