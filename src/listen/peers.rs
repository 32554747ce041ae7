//! Connections of one address at once; of IPv6 a site is one.

use model::Network;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

/// A reverse proxy is one address, hence not fewer.
pub(super) const MOST_PER_ADDRESS: usize = 1024;

/// How many connections each address holds.
#[derive(Clone, Default)]
pub(super) struct Peers(Arc<Mutex<HashMap<Network, usize>>>);

/// One connection of an address; leaves the count when dropped.
pub(super) struct Guest {
    peers: Peers,
    address: Network,
}

impl Peers {
    /// Counts one more; `None` where the address holds too many.
    pub(super) fn enter(&self, address: IpAddr) -> Option<Guest> {
        let address = Network::of_site(address);
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
