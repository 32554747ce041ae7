//! What its owner calls a passkey.

use store::PasskeyRow;

const LONGEST: usize = 40;
const UNNAMED: &str = "passkey";

/// The name as typed, in bounds, and with a number where the account has it already.
pub(super) fn free(typed: &str, others: &[PasskeyRow]) -> String {
    let plain: String = typed.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    let plain = match plain.trim() {
        "" => UNNAMED,
        name => name,
    };
    let is_taken = |name: &str| others.iter().any(|row| row.name == name);
    if !is_taken(plain) {
        return plain.to_owned();
    }
    // One more number than there are names: one of them is free.
    let numbered = (2..=others.len() + 2).map(|number| format!("{plain} {number}"));
    numbered.into_iter().find(|name| !is_taken(name)).unwrap_or_else(|| plain.to_owned())
}
