//! Looks at the outline of a Cedar text before Cedar parses it.
//!
//! Cedar 4.14 recurses once for each bracket and each operator of an expression while
//! it parses, without a limit: a few thousand of them end the process by a stack
//! overflow, which nothing can catch. A list, however long, does not recurse.

use crate::source::{PolicyFault, line_of};

const MAX_DEPTH: usize = 48;
const MAX_OPERATORS: usize = 300;
const PAIRS: [&str; 7] = ["::", "&&", "||", "==", "!=", "<=", ">="];

/// A fault for each policy that is nested deeper, or strings together more operators,
/// than any policy that a person can read.
pub(crate) fn check(file: &str, text: &str, faults: &mut Vec<PolicyFault>) {
    let mut outline = Outline::default();
    let mut rest = text;
    while let Some(token) = next_token(&mut rest) {
        let at = text.len() - rest.len();
        if token == ";" {
            outline = Outline::default();
        } else if outline.take(token) {
            let what = format!(
                "the policy is nested deeper than {MAX_DEPTH} brackets or joins more than {MAX_OPERATORS} operators"
            );
            let remedy = "split it into several policies, or use [ … ].contains(…)";
            faults.push(PolicyFault::new(file, line_of(text, at), what, remedy));
            return;
        }
    }
}

#[derive(Default)]
struct Outline {
    depth: usize,
    operators: usize,
}

impl Outline {
    /// Whether this token is one too many.
    fn take(&mut self, token: &str) -> bool {
        match token {
            "(" | "[" | "{" => self.depth += 1,
            ")" | "]" | "}" => self.depth = self.depth.saturating_sub(1),
            // What separates and names does not nest.
            "," | "::" | ":" | "@" => {}
            "if" | "has" | "in" | "is" | "like" => self.operators += 1,
            word if word.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '"')) => {}
            _ => self.operators += 1,
        }
        self.depth > MAX_DEPTH || self.operators > MAX_OPERATORS
    }
}

/// The next word, string or character that means something; blanks and comments are
/// passed over. A string counts as one token, whatever stands in it.
fn next_token<'a>(rest: &mut &'a str) -> Option<&'a str> {
    loop {
        *rest = rest.trim_start();
        if !rest.starts_with("//") {
            break;
        }
        *rest = rest.find('\n').and_then(|end| rest.get(end..)).unwrap_or("");
    }
    let first = rest.chars().next()?;
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let length = match first {
        '"' => string_length(rest),
        _ if PAIRS.iter().any(|pair| rest.starts_with(pair)) => 2,
        c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
        c => c.len_utf8(),
    };
    let (token, after) = rest.split_at_checked(length).unwrap_or((*rest, ""));
    *rest = after;
    Some(token)
}

/// Bytes of a string literal with its quotes; all that is left where it has no end.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests;
