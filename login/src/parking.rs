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
    /// By all: no number of addresses fills the store.
    all: u64,
}

/// One site holds 8 MB at most, all together 160 MB.
pub(crate) const LIMITS: Limits = Limits { browser: 30, site: 1_000, all: 20_000 };
const _: () = assert!(LIMITS.all * (LARGEST_PARKED as u64) <= 160 << 20);

/// Counts one more parked state, or refuses it with `LOG-034`.
///
/// A browser's count is written only once its site and all the others have room: bindings
/// cost a stranger nothing, and each would leave a counter behind.
pub(crate) async fn count(
    shared: &Shared,
    limits: &Limits,
    turn: &Turn<'_>,
) -> Result<(), Refusal> {
    let now = turn.now();
    let browser = format!("park/browser/{}", browser_key(&turn.binding.value));
    let site = format!("park/site/{}", Network::of_site(turn.inbound().client));
    let limit = if shared.read(&browser, now).await? >= limits.browser {
        "browser"
    } else if shared.add(&site, STATE_LIFE, now).await? > limits.site {
        "site"
    } else if shared.add("park/all", STATE_LIFE, now).await? > limits.all {
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

    const FEW: Limits = Limits { browser: 2, site: 5, all: 8 };

    /// One more state of the browser with this number at that address.
    async fn park(hub: &Hub, browser: u32, client: &str) -> Result<(), String> {
        let binding = format!("{browser:022}");
        let client = client.parse().expect("an address");
        let inbound = Inbound { client, ..inbound(&[(BINDING, &binding)]) };
        let code = LoginCode::draw(&hub.entropy);
        let edge = Edge { inbound, moment: hub.moment(), code };
        let outcome = count(&hub.shared, &FEW, &Turn::of(&hub.login, &edge)).await;
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
    async fn all_together_park_so_many_and_no_more() {
        let hub = hub().await;
        for n in 0..8 {
            assert_eq!(park(&hub, n, &format!("192.0.2.{n}")).await, Ok(()));
        }
        assert_eq!(park(&hub, 9, "198.51.100.1").await, Err("hub".to_owned()));
    }
}
