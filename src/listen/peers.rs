//! Connections of one address at once; of IPv6 a /48 is one, which a site has whole (RFC 6177 section 2).

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex};

/// A reverse proxy is one address, hence not fewer.
pub(super) const MOST_PER_ADDRESS: usize = 1024;

/// How many connections each address holds.
#[derive(Clone, Default)]
pub(super) struct Peers(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One connection of an address; leaves the count when dropped.
pub(super) struct Guest {
    peers: Peers,
    address: IpAddr,
}

impl Peers {
    /// Counts one more; `None` where the address holds too many.
    pub(super) fn enter(&self, address: IpAddr) -> Option<Guest> {
        let address = network(address);
        let mut held = self.0.lock().ok()?;
        let count = held.entry(address).or_default();
        if *count >= MOST_PER_ADDRESS {
            return None;
        }
        *count += 1;
        drop(held);
        Some(Guest { peers: self.clone(), address })
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 80 << 80).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let Ok(mut held) = self.peers.0.lock() else { return };
        if let Some(count) = held.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.address);
            }
        }
    }
}
