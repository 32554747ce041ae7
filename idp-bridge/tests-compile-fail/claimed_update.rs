//! A claim cannot be made from another with one field changed.
fn forge(claim: idp_bridge::Claimed, member: model::MemberId) -> idp_bridge::Claimed {
    idp_bridge::Claimed { member, ..claim }
}

fn main() {}
