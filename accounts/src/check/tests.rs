use super::*;
use crate::hashing::Hashing;
use crate::testing::{GOOD, NOON, Place, member, place};
use argon2::password_hash::{PasswordHasher, SaltString};
use model::{Code, Standing};

fn code_of(outcome: Result<CheckedOr, Refusal>) -> Code {
    outcome.expect_err("refused").code()
}

#[tokio::test]
async fn the_right_password_is_a_proof_that_names_the_account_without_its_hash() {
    let place = place().await;
    let created = place.create("Reader-7", Some(GOOD)).await;
    let Ok(CheckedOr::Checked(proof)) = place.check("ｒＥＡＤＥＲ－7 ", GOOD).await else {
        panic!("not accepted");
    };
    assert_eq!(proof.account().id, created.id);
    assert_eq!(proof.account().password, None);
    assert_eq!(format!("{proof:?}"), format!("PasswordChecked({})", created.id));
}

#[tokio::test]
async fn unknown_login_wrong_password_and_account_without_password_answer_alike() {
    let place = place().await;
    let created = place.create("reader-7", Some(GOOD)).await;
    let mut bare = place.durable.find_account_by_id(&created.id).await.expect("asked").expect("is");
    bare.id = model::ReaderId::parse("bare").expect("an id");
    bare.login_key = "bare".to_owned();
    bare.password = None;
    assert!(place.durable.create_account(&bare).await.expect("asked"));
    let mut said = Vec::new();
    for (login, password) in [("reader-7", "tall green door"), ("nobody", GOOD), ("bare", GOOD)] {
        let refusal = place.check(login, password).await.expect_err("refused");
        said.push((refusal.code(), refusal.to_string()));
    }
    assert_eq!(said[0].0, code::ACC_WRONG_PASSWORD);
    assert!(said.iter().all(|s| *s == said[0]), "{said:?}");
}

#[tokio::test]
async fn an_account_of_another_member_or_of_the_hub_is_not_found() {
    let place = place().await;
    place.create("reader-7", Some(GOOD)).await;
    let other = MemberId::parse("pku").expect("an id");
    for member in [Some(&other), None] {
        let attempt = Attempt {
            member,
            login: "reader-7",
            password: GOOD,
            client: "192.0.2.1".parse().expect("an address"),
            code: LoginCode::draw(&place.entropy),
        };
        let outcome = place.accounts.check_password(&attempt, &place.at(0)).await;
        assert_eq!(code_of(outcome), code::ACC_WRONG_PASSWORD);
    }
}

#[tokio::test]
async fn empty_and_overlong_are_refused_without_a_hash() {
    let place = place().await;
    assert_eq!(code_of(place.check("reader-7", "").await), code::ACC_PASSWORD_EMPTY);
    assert_eq!(code_of(place.check("  ", GOOD).await), code::ACC_PASSWORD_EMPTY);
    assert_eq!(code_of(place.check("reader-7", &"x".repeat(300)).await), code::ACC_WRONG_PASSWORD);
    assert_eq!(code_of(place.check("reader\u{0}", GOOD).await), code::ACC_WRONG_PASSWORD);
}

#[tokio::test]
async fn after_ten_wrong_guesses_even_the_right_password_waits() {
    let place = place().await;
    place.create("reader-7", Some(GOOD)).await;
    for _ in 0..10 {
        let outcome = place.check("READER-7", "tall green door").await;
        assert_eq!(code_of(outcome), code::ACC_WRONG_PASSWORD);
    }
    assert_eq!(code_of(place.check("reader-7", GOOD).await), code::ACC_TOO_MANY_GUESSES);
    let code = LoginCode::draw(&place.entropy);
    let later = place.check_from("reader-7", GOOD, "192.0.2.1", code, 901).await;
    assert!(matches!(later, Ok(CheckedOr::Checked(_))));
}

#[tokio::test]
async fn a_login_that_does_not_exist_is_counted_like_one_that_does() {
    let place = place().await;
    for _ in 0..10 {
        assert_eq!(code_of(place.check("nobody", GOOD).await), code::ACC_WRONG_PASSWORD);
    }
    assert_eq!(code_of(place.check("nobody", GOOD).await), code::ACC_TOO_MANY_GUESSES);
}

#[tokio::test]
async fn a_right_password_clears_the_account_and_nothing_else() {
    let place = place().await;
    place.create("reader-7", Some(GOOD)).await;
    let code = LoginCode::draw(&place.entropy);
    for _ in 0..9 {
        let _ = place.check("reader-7", "tall green door").await;
    }
    for _ in 0..10 {
        let outcome = place.check_from("reader-7", GOOD, "192.0.2.1", code, 0).await;
        assert!(matches!(outcome, Ok(CheckedOr::Checked(_))));
    }
    let outcome = place.check_from("reader-7", GOOD, "192.0.2.1", code, 0).await;
    assert_eq!(code_of(outcome), code::ACC_TOO_MANY_GUESSES, "guesses of one login in flight");
}

#[tokio::test]
async fn one_address_cannot_try_many_accounts_for_ever() {
    let place = place().await;
    place.create("reader-7", Some(GOOD)).await;
    let client: IpAddr = "192.0.2.1".parse().expect("an address");
    for round in 0..199 {
        let login = format!("reader-{round}");
        let guess =
            place.accounts.guesses.of(None, &login, LoginCode::draw(&place.entropy), client);
        place.accounts.guesses.missed(&guess, NOON).await.expect("counted");
    }
    let code = LoginCode::draw(&place.entropy);
    let last = place.check_from("reader-8", GOOD, "192.0.2.1", code, 0).await;
    assert_eq!(code_of(last), code::ACC_WRONG_PASSWORD);
    let here = place.check_from("reader-7", GOOD, "192.0.2.1", code, 0).await;
    assert_eq!(code_of(here), code::ACC_TOO_MANY_GUESSES);
    let code = LoginCode::draw(&place.entropy);
    let elsewhere = place.check_from("reader-7", GOOD, "192.0.2.2", code, 0).await;
    assert!(elsewhere.is_ok());
}

/// With one check at a time and so many waiting.
async fn place_with_room(waiting: usize) -> Place {
    let mut place = place().await;
    place.create("reader-7", Some(GOOD)).await;
    place.accounts.hashing = Hashing::with_room(zeroize::Zeroizing::new([7; 32]), 1, waiting);
    place
}

#[tokio::test]
async fn who_is_sent_away_as_busy_has_used_up_no_guess() {
    let place = place_with_room(0).await;
    let running = place.accounts.hashing.turn(Asker::Hub, NOON).await.expect("a turn");
    let code = LoginCode::draw(&place.entropy);
    for _ in 0..20 {
        let outcome = place.check_from("reader-7", GOOD, "192.0.2.1", code, 0).await;
        assert_eq!(code_of(outcome), model::code::HUB_STORE);
    }
    drop(running);
    let outcome = place.check_from("reader-7", GOOD, "192.0.2.1", code, 0).await;
    assert!(
        matches!(outcome, Ok(CheckedOr::Checked(_))),
        "neither of the account nor of the login"
    );
}

#[tokio::test]
async fn a_flood_from_one_network_keeps_a_reader_of_another_from_nothing() {
    let place = std::sync::Arc::new(place_with_room(2).await);
    let running = place.accounts.hashing.turn(Asker::Hub, NOON).await.expect("a turn");
    let check = |client: &'static str| {
        let place = std::sync::Arc::clone(&place);
        tokio::spawn(async move {
            let code = LoginCode::draw(&place.entropy);
            place.check_from("reader-7", GOOD, client, code, 0).await
        })
    };
    let waits = async |many: usize| {
        while place.accounts.hashing.waiting() != many {
            tokio::task::yield_now().await;
        }
    };
    let one = check("192.0.2.1");
    waits(1).await;
    let two = check("192.0.2.2");
    waits(2).await;
    assert_eq!(code_of(check("192.0.2.3").await.expect("ran")), code::HUB_STORE);
    let honest = check("198.51.100.7");
    while !honest.is_finished() && !two.is_finished() {
        tokio::task::yield_now().await;
    }
    drop(running);
    for outcome in [honest, one] {
        assert!(matches!(outcome.await.expect("ran"), Ok(CheckedOr::Checked(_))));
    }
    assert_eq!(code_of(two.await.expect("ran")), code::HUB_STORE, "it made room");
}

#[tokio::test]
async fn only_who_knows_the_password_hears_that_the_account_is_cut_off() {
    let place = place().await;
    let created = place.create("reader-7", Some(GOOD)).await;
    let set = place.durable.set_account_standing(&created.id, Standing::Suspended).await;
    assert!(set.expect("set"));
    assert_eq!(code_of(place.check("reader-7", GOOD).await), code::LOG_READER_SUSPENDED);
    assert_eq!(code_of(place.check("reader-7", "wrong one").await), code::ACC_WRONG_PASSWORD);
    assert!(!place.accounts.is_live(&created.id).await.expect("asked"));

    let set = place.durable.set_account_standing(&created.id, Standing::Blocked).await;
    assert!(set.expect("set"));
    assert!(place.check("reader-7", GOOD).await.is_ok(), "policy speaks of fines, not the door");
    place.durable.suspend_reader(&created.id, NOON).await.expect("suspended");
    assert_eq!(code_of(place.check("reader-7", GOOD).await), code::LOG_READER_SUSPENDED);
    assert!(!place.accounts.is_live(&created.id).await.expect("asked"));
}

#[tokio::test]
async fn a_reader_without_account_is_live_until_suspended() {
    let place = place().await;
    let reader = model::ReaderId::parse("from-a-campus").expect("an id");
    assert!(place.accounts.is_live(&reader).await.expect("asked"));
    place.durable.suspend_reader(&reader, NOON).await.expect("suspended");
    assert!(!place.accounts.is_live(&reader).await.expect("asked"));
}

#[tokio::test]
async fn a_hash_of_an_older_cost_is_renewed_by_the_right_password_only() {
    let place = place().await;
    let created = place.create("reader-7", Some(GOOD)).await;
    let params = argon2::Params::new(8 * 1024, 1, 1, None).expect("params");
    let salt = SaltString::encode_b64(&[9; 16]).expect("salt");
    let argon = argon2::Argon2::new_with_secret(
        &[7; 32],
        argon2::Algorithm::Argon2id,
        argon2::Version::V0x13,
        params,
    );
    let old =
        argon.expect("argon").hash_password(GOOD.as_bytes(), &salt).expect("hash").to_string();
    let set = place.durable.set_password(&created.id, None, &old, false, NOON).await;
    assert!(set.expect("set"));
    let _ = place.check("reader-7", "tall green door").await;
    assert_eq!(stored(&place, &created.id).await, old);
    assert!(place.check("reader-7", GOOD).await.is_ok());
    assert!(stored(&place, &created.id).await.contains("m=19456,t=2,p=1"));
    assert!(place.check("reader-7", GOOD).await.is_ok());
}

async fn stored(place: &Place, id: &model::ReaderId) -> String {
    let row = place.durable.find_account_by_id(id).await.expect("asked").expect("is");
    row.password.expect("a hash")
}

#[tokio::test]
async fn another_pepper_opens_nothing() {
    let place = place().await;
    place.create("reader-7", Some(GOOD)).await;
    let other = Accounts::new(
        std::sync::Arc::clone(&place.durable),
        std::sync::Arc::clone(&place.shared),
        [8; 32],
    );
    let member = member();
    let attempt = Attempt {
        member: Some(&member),
        login: "reader-7",
        password: GOOD,
        client: "192.0.2.1".parse().expect("an address"),
        code: LoginCode::draw(&place.entropy),
    };
    let outcome = other.check_password(&attempt, &place.at(0)).await;
    assert_eq!(code_of(outcome), code::ACC_WRONG_PASSWORD);
}
