//! A password that nobody compared.
#![allow(unreachable_code)]
fn main() {
    let _ = accounts::PasswordChecked { account: todo!() };
}
