//! The constructor is private, and so is the comparison's proof that it takes.
fn forge(account: store::AccountRow) -> accounts::PasswordChecked {
    accounts::PasswordChecked::new(accounts::hashing::Matched(()), account)
}

fn main() {}
