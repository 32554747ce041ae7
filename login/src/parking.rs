//! How many states may be parked in the shared store before anyone is known (rule 2).

use crate::flight::{STATE_LIFE, browser_key};
use crate::stow::LARGEST_PARKED;
use crate::turn::Turn;
use model::{Network, Refusal, code};
use store::Shared;

/// States parked in [`STATE_LIFE`], each of at most
/// [`LARGEST_PARKED`].
pub(crate) struct Limits {
    /// By one browser: a link that loops there uses up its own, not its campus's.
    browser: u64,
    /// By one IPv4 address or IPv6 site: a whole university may sit behind it.
    site: u64,
    /// By one network: this part of the places that are still free, one of so many.
    ///
    /// A fixed share would be too small for a carrier that has all its readers behind a /24,
    /// or too large for who rents twenty; so the share shrinks as places become scarce (a
    /// dynamic threshold, as packet switches share their memory). Of `b` places `n` networks
    /// that take what they can get `b / (4 + n)` each, and `4b / (4 + n)` are left: one
    /// network alone a fifth of all; after twenty of them a sixth is free, and who comes then
    /// may still have a fifth of that. A larger part would leave less to newcomers and
    /// gives no network more once there are many; a smaller one would tie a carrier down
    /// while nobody else wants the places.
    share: u64,
    /// By all: no number of addresses fills the store.
    all: u64,
}

/// The counter of all.
const ALL: &str = "park/all";
/// One site holds 8 MB at most, one network 32 MB, all together 160 MB; where two windows of
/// counting meet, for a moment twice as much.
pub(crate) const LIMITS: Limits = Limits { browser: 30, site: 1_000, share: 4, all: 20_000 };
const _: () = assert!(LIMITS.all * (LARGEST_PARKED as u64) <= 160 << 20);

/// Counts one more parked state, or refuses it with `LOG-034`.
///
/// A browser's count is written only once all the others have room: bindings cost a stranger
/// nothing, and each would leave a counter behind. A network's is written after its site's, or
/// one machine beyond its own limit would use up the share of its neighbours, and not where it
/// is refused, or a network would be held to its attempts when there is room again.
pub(crate) async fn count(
    shared: &Shared,
    limits: &Limits,
    turn: &Turn<'_>,
) -> Result<(), Refusal> {
    let (now, client) = (turn.now(), turn.inbound().client);
    let browser = format!("park/browser/{}", browser_key(&turn.binding.value));
    let site = format!("park/site/{}", Network::of_site(client));
    let network = format!("park/network/{}", Network::of_owner(client));
    let free = limits.all.saturating_sub(shared.read(ALL, now).await?);
    let is_share_taken = |places: u64| places.saturating_mul(limits.share) >= free;
    let limit = if free == 0 {
        "hub"
    } else if shared.read(&browser, now).await? >= limits.browser {
        "browser"
    } else if is_share_taken(shared.read(&network, now).await?) {
        "network"
    } else if shared.add(&site, STATE_LIFE, now).await? > limits.site {
        "site"
    } else if is_share_taken(shared.add(&network, STATE_LIFE, now).await?.saturating_sub(1)) {
        // Many at once may have read before any of them was counted.
        "network"
    } else if shared.add(ALL, STATE_LIFE, now).await? > limits.all {
        "hub"
    } else {
        shared.add(&browser, STATE_LIFE, now).await?;
        return Ok(());
    };
    Err(Refusal::new(code::LOG_TOO_MANY, format!("too many parked states of this {limit}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Edge;
    use crate::cookies::BINDING;
    use crate::testing::hub::{Hub, hub};
    use crate::testing::inbound;
    use model::{Inbound, LoginCode};

    const FEW: Limits = Limits { browser: 2, site: 5, share: 1, all: 40 };
    const FEWER: Limits = Limits { all: 8, ..FEW };

    /// One more state of the browser with this number at that address.
    async fn park(hub: &Hub, browser: u32, client: &str) -> Result<(), String> {
        park_in(hub, &FEW, browser, client).await
    }

    async fn park_in(hub: &Hub, limits: &Limits, browser: u32, client: &str) -> Result<(), String> {
        let binding = format!("{browser:022}");
        let client = client.parse().expect("an address");
        let inbound = Inbound { client, ..inbound(&[(BINDING, &binding)]) };
        let code = LoginCode::draw(&hub.entropy);
        let edge = Edge { inbound, moment: hub.moment(), code };
        let outcome = count(&hub.shared, limits, &Turn::of(&hub.login, &edge)).await;
        outcome.map_err(|refusal| {
            assert_eq!(refusal.code(), code::LOG_TOO_MANY);
            refusal.detail().log.rsplit(' ').next().unwrap_or_default().to_owned()
        })
    }

    #[tokio::test]
    async fn a_browser_that_loops_uses_up_its_own_share_and_not_its_campuss() {
        let hub = hub().await;
        for _ in 0..2 {
            assert_eq!(park(&hub, 1, "192.0.2.1").await, Ok(()));
        }
        for _ in 0..20 {
            assert_eq!(park(&hub, 1, "192.0.2.1").await, Err("browser".to_owned()));
        }
        for browser in 2..=4 {
            assert_eq!(park(&hub, browser, "192.0.2.1").await, Ok(()), "{browser}");
        }
    }

    #[tokio::test]
    async fn one_site_parks_so_many_and_no_more_whatever_it_calls_its_browsers() {
        let hub = hub().await;
        let at = |n: u32| format!("2001:db8:1:{n:x}::1");
        for browser in 0..5 {
            assert_eq!(park(&hub, browser, &at(browser)).await, Ok(()));
        }
        assert_eq!(park(&hub, 9, &at(9)).await, Err("site".to_owned()));
        assert_eq!(park(&hub, 9, "2001:db8:2::1").await, Ok(()));
        assert_eq!(park(&hub, 10, "192.0.2.1").await, Ok(()));
        hub.clock.pass_s(i64::from(STATE_LIFE) + 1);
        assert_eq!(park(&hub, 9, &at(9)).await, Ok(()));
    }

    #[tokio::test]
    async fn a_machine_beyond_its_own_limit_leaves_its_neighbours_their_share() {
        let hub = hub().await;
        for browser in 0..60 {
            let parked = park(&hub, browser, "192.0.2.1").await;
            assert_eq!(parked.is_ok(), browser < 5, "{browser}: {parked:?}");
        }
        assert_eq!(park(&hub, 99, "192.0.2.2").await, Ok(()));
    }

    #[tokio::test]
    async fn all_together_park_so_many_and_no_more() {
        let hub = hub().await;
        for n in 0..8 {
            let parked = park_in(&hub, &FEWER, n, &format!("192.0.{n}.1")).await;
            assert_eq!(parked, Ok(()), "{n}");
        }
        let refused = park_in(&hub, &FEWER, 9, "198.51.100.1").await;
        assert_eq!(refused, Err("hub".to_owned()));
    }

    /// Twenty networks, each with as many addresses and browsers as it likes, take all that
    /// they are given.
    #[tokio::test]
    async fn a_few_networks_cannot_use_up_the_places_of_all() {
        let hub = hub().await;
        let limits = Limits { browser: 30, site: 1_000, share: 4, all: 600 };
        let mut taken = [0; 20];
        loop {
            let before = taken;
            for (network, taken) in (0_u32..).zip(&mut taken) {
                let client = format!("198.18.{network}.{}", *taken % 200);
                if park_in(&hub, &limits, network * 10_000 + *taken, &client).await.is_ok() {
                    *taken += 1;
                }
            }
            if before == taken {
                break;
            }
        }
        assert!(taken.iter().all(|taken| (24..=26).contains(taken)), "{taken:?}");
        for newcomer in 0..20 {
            let parked = park_in(&hub, &limits, 900_000 + newcomer, "203.0.113.1").await;
            assert_eq!(parked, Ok(()), "{newcomer}");
        }
        // One network alone has many times that.
        hub.clock.pass_s(i64::from(STATE_LIFE) + 1);
        for n in 0..120 {
            let parked = park_in(&hub, &limits, 990_000 + n, "198.18.1.1").await;
            assert_eq!(parked, Ok(()), "{n}");
        }
        assert!(park_in(&hub, &limits, 999_999, "198.18.1.2").await.is_err());
    }

    /// Attempts while the places are scarce are not held against anybody afterwards.
    #[tokio::test]
    async fn a_network_that_was_refused_parks_again_when_there_is_room() {
        let hub = hub().await;
        let at = |n: u32| format!("192.0.2.{n}");
        for n in 0..40 {
            let parked = park_in(&hub, &FEWER, n, &at(n)).await;
            assert_eq!(parked.is_ok(), n < 4, "{n}: {parked:?}");
        }
        hub.shared.clear(ALL).await.expect("clears");
        for n in 40..42 {
            assert_eq!(park_in(&hub, &FEWER, n, &at(n)).await, Ok(()), "{n}");
        }
    }
}
