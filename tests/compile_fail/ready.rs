//! An answer that was never decided.
#![allow(unreachable_code)]
fn main() {
    let _ = login::Ready(todo!());
}
