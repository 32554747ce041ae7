//! The constructor is private to the crate, and so is the proof that it takes.
fn forge(
    proof: idp_bridge::claimed::Proof,
    at: &idp_bridge::At<'_>,
    facts: idp_bridge::claimed::Facts,
) -> idp_bridge::Claimed {
    idp_bridge::Claimed::new(proof, at, facts)
}

fn main() {}
