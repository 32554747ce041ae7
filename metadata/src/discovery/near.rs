//! Where the reader is, as far as an address tells: a hint for the order of lists.

use model::Member;
use std::net::IpAddr;

/// How close a library is to an address: the prefix of its narrowest network around it,
/// `None` where none is. A hint and never more: nobody logs in by it.
pub fn nearness(member: &Member, client: IpAddr) -> Option<u8> {
    let networks = member.ranges.iter().chain(&member.reading_rooms);
    networks.filter(|network| network.contains(&client)).map(ipnet::IpNet::prefix_len).max()
}
