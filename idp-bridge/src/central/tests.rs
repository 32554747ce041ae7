use super::*;
use crate::checks::CHECKS;
use crate::testing::{Place, World, claimed, post, refused, world};
use model::{Evidence, FieldKind, Form, FormKind, Handle, Standing};
use std::collections::BTreeSet;

const GOOD: &str = "tall green window";

fn form(begun: &Begun) -> &Form {
    match &begun.next {
        Next::Ask(form) => form,
        other => panic!("no form: {other:?}"),
    }
}

fn again(finished: Result<Finished, Refusal>) -> Begun {
    match finished {
        Ok(Finished::Again(begun)) => begun,
        other => panic!("not again: {other:?}"),
    }
}

fn sign_in(login: &str, password: &str) -> Inbound {
    post("/login", &[("handle", "h1"), ("username", login), ("password", password)])
}

fn change(new: &str, repeat: &str) -> Inbound {
    post("/login", &[("handle", "h1"), ("new_password", new), ("repeat_password", repeat)])
}

async fn posted(world: &World, place: &Place, inbound: &Inbound) -> Result<Finished, Refusal> {
    let begun = world.begin(&world.central, place).await.expect("begun");
    world.finish(&world.central, place, inbound, &begun.state).await
}

async fn next(
    world: &World,
    place: &Place,
    inbound: Inbound,
    begun: &Begun,
) -> Result<Finished, Refusal> {
    world.finish(&world.central, place, &inbound, &begun.state).await
}

#[tokio::test]
async fn the_form_asks_for_name_and_password_and_keeps_a_hint() {
    let world = world().await;
    let place = world.place("nju", "central");
    let ask = Ask { login_hint: Some("reader-7"), ..place.ask() };
    let at = world.at(&place, &world.moment);
    let begun = world.central.begin(&at, &ask).await.expect("begun");
    let form = form(&begun);
    assert_eq!((form.kind, form.action), (FormKind::SignIn, "/login"));
    let fields: Vec<_> = form.fields.iter().map(|f| (f.name, f.value.as_str())).collect();
    assert_eq!(fields, [("username", "reader-7"), ("password", "")]);
    assert_eq!(form.member.as_ref().map(model::MemberId::as_str), Some("nju"));
    assert_eq!(form.problem, None);
}

#[tokio::test]
async fn the_handle_in_the_form_names_the_login() {
    let world = world().await;
    let clue = world.central.identify(&sign_in("a", "b"));
    assert_eq!(clue, Handle::parse("h1").ok().map(Clue::Handle));
    assert_eq!(world.central.identify(&post("/login", &[("username", "a")])), None);
    assert_eq!(world.central.identify(&post("/login", &[("handle", "a"), ("handle", "b")])), None);
}

#[tokio::test]
async fn a_right_password_becomes_a_claim() {
    let world = world().await;
    world.create_reader("reader-7", Some(GOOD)).await;
    let place = world.place("nju", "central");
    let claim = claimed(posted(&world, &place, &sign_in("Reader-7", GOOD)).await);
    let account = claim.account().expect("an account");
    assert_eq!(claim.key().as_str(), account.as_str());
    assert_eq!((claim.evidence(), claim.standing()), (Evidence::PasswordChecked, Standing::Good));
    assert!(claim.acr().ends_with(":PasswordProtectedTransport"));
    assert_eq!(claim.auth_time(), world.later(5).now);
    assert_eq!(claim.profile().name.as_deref(), Some("读者甲"));
    assert_eq!((claim.class().as_str(), claim.category()), ("A", Some("graduate")));
    let affiliation: Vec<_> = claim.affiliation().iter().map(String::as_str).collect();
    assert_eq!(affiliation, ["student@nju.edu.cn"]);
    assert!(claim.once().is_empty() && claim.upstream().is_none() && !claim.is_unsolicited());
}

#[tokio::test]
async fn an_account_of_another_library_does_not_open_this_one() {
    let world = world().await;
    world.create_reader("reader-7", Some(GOOD)).await;
    let place = world.place("pku", "central");
    let begun = again(posted(&world, &place, &sign_in("reader-7", GOOD)).await);
    assert_eq!(form(&begun).problem, Some(code::ACC_WRONG_PASSWORD));
}

#[tokio::test]
async fn a_wrong_password_asks_again_keeps_the_name_and_never_the_password() {
    let world = world().await;
    world.create_reader("reader-7", Some(GOOD)).await;
    let place = world.place("nju", "central");
    let begun = again(posted(&world, &place, &sign_in("reader-7", "tall green door")).await);
    let asked = form(&begun);
    assert_eq!(asked.problem, Some(code::ACC_WRONG_PASSWORD));
    assert_eq!(asked.fields[0].value, "reader-7");
    assert!(asked.fields.iter().all(|f| f.kind != FieldKind::Password || f.value.is_empty()));
    assert!(!format!("{begun:?}").contains("tall green"));
    assert!(!String::from_utf8_lossy(&begun.state).contains("tall green"));
    let finished = next(&world, &place, sign_in("reader-7", GOOD), &begun).await;
    assert_eq!(claimed(finished).member().as_str(), "nju");
}

#[tokio::test]
async fn an_issued_password_is_changed_before_anything_is_claimed() {
    let world = world().await;
    let issued = world.create_reader("reader-7", None).await.expect("issued");
    let place = world.place("nju", "central");
    let begun = again(posted(&world, &place, &sign_in("reader-7", &issued)).await);
    let asked = form(&begun);
    assert_eq!((asked.kind, asked.problem), (FormKind::ChangePassword, None));
    let names: Vec<_> = asked.fields.iter().map(|f| f.name).collect();
    assert_eq!(names, ["new_password", "repeat_password"]);
    assert_eq!(asked.hidden, [("username".to_owned(), "reader-7".to_owned())]);

    let retry = next(&world, &place, change("short", "short"), &begun).await;
    let begun = again(retry);
    assert_eq!(form(&begun).problem, Some(code::ACC_PASSWORD_SHORT));
    assert_eq!(form(&begun).kind, FormKind::ChangePassword);
    let old = next(&world, &place, sign_in("reader-7", &issued), &begun).await;
    assert_eq!(form(&again(old)).problem, Some(code::ACC_PASSWORD_EMPTY));

    let done = next(&world, &place, change(GOOD, GOOD), &begun).await;
    let claim = claimed(done);
    assert!(claim.account().is_some());
    let once_more = next(&world, &place, change(GOOD, GOOD), &begun).await;
    assert_eq!(refused(once_more).code(), code::LOG_LEG_USED);
    assert!(claimed(posted(&world, &place, &sign_in("reader-7", GOOD)).await).account().is_some());
}

/// What came of the step, as a code: a refusal's, or the problem of the form.
async fn code_at(step: &str) -> Code {
    let world = world().await;
    let issued = world.create_reader("reader-8", None).await.expect("issued");
    world.create_reader("reader-7", Some(GOOD)).await;
    let place = world.place("nju", "central");
    let change_begun = async || again(posted(&world, &place, &sign_in("reader-8", &issued)).await);
    let finished = match step {
        "form" => {
            let twice = [("username", "a"), ("password", "b"), ("username", "c")];
            posted(&world, &place, &post("/login", &twice)).await
        }
        "state" => {
            let at = world.at(&place, &world.moment);
            world.central.finish(&at, &sign_in("reader-7", GOOD), None, None).await
        }
        "both fields" => posted(&world, &place, &sign_in("reader-7", "")).await,
        "guesses" => {
            for _ in 0..10 {
                let _ = posted(&world, &place, &sign_in("reader-7", "wrong")).await;
            }
            posted(&world, &place, &sign_in("reader-7", GOOD)).await
        }
        "password" => posted(&world, &place, &sign_in("reader-7", "wrong")).await,
        "account open" => {
            let claim = claimed(posted(&world, &place, &sign_in("reader-7", GOOD)).await);
            let id = claim.account().expect("an account");
            let set = world.durable.set_account_standing(id, Standing::Suspended).await;
            assert!(set.expect("set"));
            posted(&world, &place, &sign_in("reader-7", GOOD)).await
        }
        "issued password changed" => {
            let weak = change("password2026!", "password2026!");
            world.finish(&world.central, &place, &weak, &change_begun().await.state).await
        }
        "change happens once" => {
            let begun = change_begun().await;
            let changed = change(GOOD, GOOD);
            claimed(world.finish(&world.central, &place, &changed, &begun.state).await);
            world.finish(&world.central, &place, &changed, &begun.state).await
        }
        "passive" => {
            let place = Place { passive: true, ..world.place("nju", "central") };
            return world.begin(&world.central, &place).await.expect_err("refused").code();
        }
        other => panic!("no case for `{other}`"),
    };
    match finished {
        Err(refusal) => refusal.code(),
        Ok(Finished::Again(begun)) => form(&begun).problem.expect("a problem"),
        other => panic!("{step}: {other:?}"),
    }
}

#[tokio::test]
async fn every_check_of_the_table_refuses_with_its_code() {
    let mut seen = BTreeSet::new();
    for check in CHECKS.iter().filter(|c| c.endpoint == "POST /login") {
        assert_eq!(Box::pin(code_at(check.step)).await, check.code, "{}", check.step);
        seen.insert(check.step);
    }
    assert!(seen.len() >= 9);
}

#[tokio::test]
async fn a_state_or_a_change_that_is_not_ours_is_refused() {
    let world = world().await;
    let place = world.place("nju", "central");
    for state in [
        b"".as_slice(),
        b"{\"step\":\"other\"}",
        b"{\"step\":\"change\",\"login\":\"x\",\"pending\":\"!\"}",
        b"{\"step\":\"change\",\"login\":\"x\",\"pending\":\"AAAA\"}",
    ] {
        let finished = world.finish(&world.central, &place, &change(GOOD, GOOD), state).await;
        assert_eq!(refused(finished).code(), code::LOG_STATE_FORGED);
    }
}
