//! One check, one proof.
fn twice(proof: &accounts::PasswordChecked) -> accounts::PasswordChecked {
    <accounts::PasswordChecked as Clone>::clone(proof)
}

fn main() {}
