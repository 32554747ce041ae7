//! There is no empty claim.
fn forge() -> idp_bridge::Claimed {
    Default::default()
}

fn main() {}
