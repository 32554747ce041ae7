//! Who is counted as one, where limits count by address.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The leading bits of an address: two clients with equal ones count as one.
///
/// Whoever counts says how wide it looks, by the constructor; the same address written as
/// IPv4 and as IPv6 (`::ffff:192.0.2.1`) is in one network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    /// Zero behind `bits`.
    first: IpAddr,
    bits: u8,
}

impl Network {
    /// What one subscriber has whole: an IPv4 address, or a /64 of IPv6.
    pub fn of_subscriber(client: IpAddr) -> Self {
        Self::cut(client, 32, 64)
    }

    /// What one site has whole: an IPv4 address, behind which it may lie, or a /48 of IPv6
    /// (RFC 6177 section 2).
    pub fn of_site(client: IpAddr) -> Self {
        Self::cut(client, 32, 48)
    }

    /// What is rented or owned together, with many addresses in it: a /24 of IPv4, or a /48 of
    /// IPv6.
    pub fn of_owner(client: IpAddr) -> Self {
        Self::cut(client, 24, 48)
    }

    fn cut(client: IpAddr, v4_bits: u8, v6_bits: u8) -> Self {
        match client.to_canonical() {
            IpAddr::V4(v4) => {
                let mask = u32::MAX.unbounded_shl(u32::BITS - u32::from(v4_bits));
                let first = Ipv4Addr::from_bits(v4.to_bits() & mask);
                Self { first: first.into(), bits: v4_bits }
            }
            IpAddr::V6(v6) => {
                let mask = u128::MAX.unbounded_shl(u128::BITS - u32::from(v6_bits));
                let first = Ipv6Addr::from_bits(v6.to_bits() & mask);
                Self { first: first.into(), bits: v6_bits }
            }
        }
    }
}

/// The parts of the address that count, as names of counters have them: `192.0.2`, `2001:db8:1`.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = usize::from(self.bits);
        let text = match self.first {
            IpAddr::V4(v4) => {
                let parts = v4.octets().into_iter().take(bits / 8);
                parts.map(|part| part.to_string()).collect::<Vec<_>>().join(".")
            }
            IpAddr::V6(v6) => {
                let parts = v6.segments().into_iter().take(bits / 16);
                parts.map(|part| format!("{part:x}")).collect::<Vec<_>>().join(":")
            }
        };
        f.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    /// How each width names each of these.
    #[test]
    fn each_width_names_what_counts() {
        let named = |text: &str| {
            let all = [Network::of_subscriber, Network::of_site, Network::of_owner];
            all.map(|of| of(at(text)).to_string())
        };
        assert_eq!(named("192.0.2.9"), ["192.0.2.9", "192.0.2.9", "192.0.2"]);
        assert_eq!(named("2001:db8:1:2::3"), ["2001:db8:1:2", "2001:db8:1", "2001:db8:1"]);
        assert_eq!(named("::"), ["0:0:0:0", "0:0:0", "0:0:0"]);
    }

    #[test]
    fn an_address_of_ipv4_is_the_same_one_written_as_ipv6() {
        for of in [Network::of_subscriber, Network::of_site, Network::of_owner] {
            assert_eq!(of(at("::ffff:192.0.2.1")), of(at("192.0.2.1")));
            assert_ne!(of(at("::ffff:192.0.2.1")), of(at("::ffff:198.51.100.1")));
        }
    }

    #[test]
    fn what_is_behind_the_width_does_not_count_and_the_last_bit_of_it_does() {
        let owner = |text: &str| Network::of_owner(at(text));
        assert_eq!(owner("192.0.2.1"), owner("192.0.2.254"));
        assert_ne!(owner("192.0.2.1"), owner("192.0.3.1"));
        assert_eq!(owner("2001:db8:1:200::1"), owner("2001:db8:1:ffff:9::9"));
        assert_ne!(owner("2001:db8:1::1"), owner("2001:db8:2::1"));
        let subscriber = |text: &str| Network::of_subscriber(at(text));
        assert_eq!(subscriber("2001:db8:1:2::1"), subscriber("2001:db8:1:2:ffff::9"));
        assert_ne!(subscriber("2001:db8:1:2::1"), subscriber("2001:db8:1:3::1"));
        assert_ne!(subscriber("192.0.2.1"), subscriber("192.0.2.2"));
        let site = |text: &str| Network::of_site(at(text));
        assert_eq!(site("2001:db8:1:2::1"), site("2001:db8:1:3::1"));
        assert_ne!(site("192.0.2.1"), site("192.0.2.2"));
    }
}
