use crate::testing::{GOOD, Place, place};
use crate::{CheckedOr, Created, PendingChange};
use model::{Code, Refusal, Standing, code};
use std::net::{IpAddr, Ipv4Addr};

const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

async fn issued(place: &Place) -> (Created, PendingChange) {
    let created = place.create("reader-7", None).await;
    let password = created.one_time_password.as_ref().expect("issued").clone();
    match place.check("reader-7", &password).await {
        Ok(CheckedOr::MustChange(pending)) => (created, pending),
        other => panic!("{other:?}"),
    }
}

async fn change(place: &Place, state: &[u8], new: &str, repeat: &str) -> Result<(), Code> {
    let outcome = place.accounts.change_password(state, new, repeat, CLIENT, &place.at(60)).await;
    outcome.map(|_| ()).map_err(|r: Refusal| r.code())
}

#[tokio::test]
async fn an_issued_password_opens_nothing_until_it_is_changed_and_then_works_no_more() {
    let place = place().await;
    let (created, pending) = issued(&place).await;
    let proof =
        place.accounts.change_password(&pending.state, GOOD, GOOD, CLIENT, &place.at(60)).await;
    let proof = proof.expect("changed");
    assert_eq!((&proof.account().id, proof.account().must_change), (&created.id, false));
    assert_eq!(proof.account().password, None);
    assert!(matches!(place.check("reader-7", GOOD).await, Ok(CheckedOr::Checked(_))));
    let old = created.one_time_password.expect("issued");
    let again = place.check("reader-7", &old).await.expect_err("refused");
    assert_eq!(again.code(), code::ACC_WRONG_PASSWORD);
}

#[tokio::test]
async fn what_can_be_corrected_leaves_the_change_open() {
    let place = place().await;
    let (created, pending) = issued(&place).await;
    let old = created.one_time_password.expect("issued");
    let state = &pending.state;
    let long = "tall green window ".repeat(20);
    for (new, repeat, expected) in [
        ("", "", code::ACC_PASSWORD_EMPTY),
        (GOOD, "tall green windox", code::ACC_PASSWORD_MISMATCH),
        ("short one", "short one", code::ACC_PASSWORD_SHORT),
        ("password2026!", "password2026!", code::ACC_PASSWORD_WEAK),
        ("Reader-7 and more", "Reader-7 and more", code::ACC_PASSWORD_WEAK),
        (&long, &long, code::ACC_PASSWORD_LONG),
        (&old, &old, code::ACC_PASSWORD_SAME),
    ] {
        assert_eq!(change(&place, state, new, repeat).await, Err(expected), "{expected}");
    }
    assert_eq!(change(&place, state, GOOD, GOOD).await, Ok(()));
}

#[tokio::test]
async fn a_change_happens_once_even_when_asked_twice_at_once() {
    let place = place().await;
    let (_, pending) = issued(&place).await;
    let state = &pending.state;
    let (one, two) = tokio::join!(
        change(&place, state, GOOD, GOOD),
        change(&place, state, "short blue river", "short blue river"),
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    let third = change(&place, state, "a third long phrase", "a third long phrase").await;
    assert_eq!(third, Err(code::LOG_LEG_USED));
}

#[tokio::test]
async fn a_state_that_is_old_altered_or_made_elsewhere_is_refused() {
    let place = place().await;
    let (_, pending) = issued(&place).await;
    let late =
        place.accounts.change_password(&pending.state, GOOD, GOOD, CLIENT, &place.at(601)).await;
    assert_eq!(late.expect_err("refused").code(), code::LOG_STATE_EXPIRED);
    for place_of_bit in [0, 31, 32, pending.state.len() - 1] {
        let mut altered = pending.state.clone();
        altered[place_of_bit] ^= 1;
        assert_eq!(change(&place, &altered, GOOD, GOOD).await, Err(code::LOG_STATE_FORGED));
    }
    assert_eq!(change(&place, b"", GOOD, GOOD).await, Err(code::LOG_STATE_FORGED));
    let other = crate::Accounts::new(
        std::sync::Arc::clone(&place.durable),
        std::sync::Arc::clone(&place.shared),
        [8; 32],
    );
    let foreign = other.change_password(&pending.state, GOOD, GOOD, CLIENT, &place.at(0)).await;
    assert_eq!(foreign.expect_err("refused").code(), code::LOG_STATE_FORGED);
}

#[tokio::test]
async fn an_account_cut_off_meanwhile_cannot_finish_its_change() {
    let place = place().await;
    let (created, pending) = issued(&place).await;
    let set = place.durable.set_account_standing(&created.id, Standing::Suspended).await;
    assert!(set.expect("set"));
    let outcome = change(&place, &pending.state, GOOD, GOOD).await;
    assert_eq!(outcome, Err(code::LOG_READER_SUSPENDED));
}
