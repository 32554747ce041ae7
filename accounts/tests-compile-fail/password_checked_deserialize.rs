//! A proof cannot be read from anything that came over the wire.
fn forge(text: &str) -> accounts::PasswordChecked {
    serde_json::from_str(text).unwrap()
}

fn main() {}
