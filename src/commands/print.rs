//! What a command says: plain text for people, JSON for scripts.

use serde::Serialize;

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
                Ok(json) => println!("{json}"),
                Err(e) => eprintln!("{e}"),
            }
        } else {
            print!("{text}");
            if !text.ends_with('\n') {
                println!();
            }
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
}
