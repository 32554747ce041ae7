//! Nobody outside lets a claim in.
#![allow(unreachable_code)]
fn by_the_side_door(login: &login::Login) {
    let _ = login.admit(todo!(), todo!(), todo!());
}

fn main() {}
