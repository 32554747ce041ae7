//! What backs a claim is not even to be named outside.

use idp_bridge::claimed::Proof;

fn main() {}
