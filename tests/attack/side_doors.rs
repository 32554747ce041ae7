//! Ways around a check that stands: a limit turned against readers, a prefix gained late.

use crate::harness::oidc::{authorize, code_of};
use crate::harness::world::{PASSWORD, World, sign_in};

#[tokio::test]
async fn guesses_that_are_refused_lock_nobody_else_out() {
    let world = World::new().await;
    let mut attacker = world.browser();
    let form = attacker.get(&authorize(&[("member", "union")])).await;
    // This login may guess no more …
    for n in 0..10 {
        sign_in(&mut attacker, &form, &format!("nobody-{n}"), "wrong-password-guess").await;
    }
    // … so what it still tries at a reader's name must not count against the reader.
    for _ in 0..11 {
        let seen = sign_in(&mut attacker, &form, "reader-a", "wrong-password-guess").await;
        assert!(seen.body.contains("ACC-002"), "an eleventh guess in one login");
    }
    let mut reader = world.browser();
    let form = reader.get(&authorize(&[("member", "union")])).await;
    code_of(&sign_in(&mut reader, &form, "reader-a", PASSWORD).await);
}

#[tokio::test]
async fn a_cookie_gains_no_host_prefix_by_the_space_before_it() {
    let world = World::new().await;
    let mut owner = world.browser();
    let form = owner.get(&authorize(&[("member", "union")])).await;
    code_of(&sign_in(&mut owner, &form, "reader-a", PASSWORD).await);
    let sid = owner.cookie("hub.test", "__Host-rp_sid").expect("a session").to_owned();
    // A sibling host may set the last four for the whole domain: to the browser they have no prefix.
    let names = [("", true), (" ", true)];
    let tossed = ["\u{2000}", "\u{a0}", "\u{85}", "\u{3000}"].map(|space| (space, false));
    for (space, counts) in names.into_iter().chain(tossed) {
        let mut victim = world.browser();
        victim.set_cookie("hub.test", &format!("{space}__Host-rp_sid"), &sid);
        let seen = victim.get(&authorize(&[])).await;
        assert_eq!(seen.outside, counts, "{space:?} before the name");
    }
}
