//! The door's own proof never leaves its room.

use login::admit::Authenticated;

fn main() {}
