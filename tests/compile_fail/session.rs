//! A session that the store does not hold.
#![allow(unreachable_code)]
fn main() {
    let _ = login::Session::of(todo!());
}
