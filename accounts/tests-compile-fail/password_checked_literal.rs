//! The field is private: no other crate can write a proof down.
fn forge(account: store::AccountRow) -> accounts::PasswordChecked {
    accounts::PasswordChecked { account: Box::new(account) }
}

fn main() {}
