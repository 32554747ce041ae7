//! Libraries whose logins fail by their own fault.

use crate::StoreError;
use async_trait::async_trait;
use model::{MemberId, Timestamp};

/// Networks from which faults must be seen before a library counts as troubled: one
/// reader, one broken browser or one flood is one network.
pub const TROUBLE_NETWORKS: u32 = 3;
/// Seconds after which a run of faults that nothing new adds to is forgotten.
pub const TROUBLE_S: u32 = 6 * 3600;

/// Faults of one library since its last good login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The library.
    pub member: MemberId,
    /// When the first of them was seen.
    pub since: Timestamp,
    /// Different networks that saw them, up to [`TROUBLE_NETWORKS`].
    pub networks: u32,
}

impl Trouble {
    /// Whether enough networks saw them to tell readers.
    pub const fn is_told(&self) -> bool {
        self.networks >= TROUBLE_NETWORKS
    }
}

/// One bounded record a library. A run begins with its first fault and ends with a good
/// login, or [`TROUBLE_S`] after the last fault that counted: one of a further network, or
/// any once [`TROUBLE_NETWORKS`] have seen it. So one network alone neither makes nor
/// lengthens what is not told yet.
#[async_trait]
pub trait Troubles: Send + Sync {
    /// Notes a fault of `member` seen from `network`, which is kept as a hash only.
    async fn note_trouble(
        &self,
        member: &MemberId,
        network: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// A login went well: the run is over, on all nodes.
    async fn end_trouble(&self, member: &MemberId) -> Result<(), StoreError>;

    /// Every run that is not over, told or not, by member.
    async fn troubles(&self, now: Timestamp) -> Result<Vec<Trouble>, StoreError>;
}
