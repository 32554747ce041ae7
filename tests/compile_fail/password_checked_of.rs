//! A row of the account table is no proof that its password was typed.
#![allow(unreachable_code)]
fn main() {
    let _ = accounts::PasswordChecked::of(todo!());
}
