//! There is no empty proof.
fn forge() -> accounts::PasswordChecked {
    Default::default()
}

fn main() {}
