//! A release that no rule gave.
#![allow(unreachable_code)]
fn main() {
    let _ = policy::Release {
        service: todo!(),
        values: todo!(),
        entitlements: todo!(),
        accounted: todo!(),
    };
}
