//! A claim that no connector checked.
#![allow(unreachable_code)]
fn main() {
    let _ = idp_bridge::Claimed::new(todo!(), todo!(), todo!());
}
