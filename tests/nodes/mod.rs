//! Two nodes on one Redis and one data folder: any of them answers any request, and
//! what works once works once over both (rules 2 and 3, P21, N11, N17).

mod at_once;
#[cfg(feature = "peers")]
mod keys;
#[cfg(feature = "peers")]
mod killed;
#[cfg(feature = "peers")]
pub mod process;
mod random_node;
mod redis;

use crate::harness::browser::Net;
use crate::harness::world::{HUB, NJU, copied};
use crate::harness::{Browser, TestClock, TestHub};
use redis::Redis;
use std::sync::Arc;

/// Two hubs that share everything but their memory, and the library `nju` beside them.
pub struct Pair {
    pub clock: Arc<TestClock>,
    pub nodes: [TestHub; 2],
    nju: TestHub,
    _redis: Redis,
}

impl Pair {
    pub async fn start() -> Option<Self> {
        let redis = Redis::start().await?;
        let clock = TestClock::new();
        let folder = copied("hub");
        let url = redis.url();
        let one = TestHub::open_in(HUB, &clock, Arc::clone(&folder), Some(&url)).await;
        let other = TestHub::open_in(HUB, &clock, folder, Some(&url)).await;
        let nju = TestHub::open_in(NJU, &clock, copied("nju"), None).await;
        Some(Self { clock, nodes: [one, other], nju, _redis: redis })
    }

    /// A browser whose every request goes to a node drawn from `seed`.
    pub fn browser(&self, seed: u32) -> Browser {
        let mut net = Net::default();
        for node in &self.nodes {
            net.at(HUB, node.router.clone());
        }
        net.at(NJU, self.nju.router.clone());
        let mut browser = Browser::new(net);
        browser.seed = seed;
        browser
    }

    /// The same browser, copied, as seen by one node alone.
    pub fn at(&self, browser: &Browser, node: usize) -> Browser {
        let mut copy = browser.clone();
        copy.net = Net::default();
        copy.net.at(HUB, self.nodes[node % 2].router.clone());
        copy.net.at(NJU, self.nju.router.clone());
        copy
    }
}
