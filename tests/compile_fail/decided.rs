//! The inside of an answer.

use login::decide::{Decided, Live};

fn main() {}
