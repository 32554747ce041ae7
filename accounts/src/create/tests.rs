use super::*;
use crate::CheckedOr;
use crate::testing::{GOOD, new_account, place};

#[tokio::test]
async fn without_a_password_one_is_issued_that_must_be_changed() {
    let place = place().await;
    let created = place.create("reader-7", None).await;
    let issued = created.one_time_password.as_ref().expect("issued");
    assert!(!format!("{created:?}").contains(issued.as_str()));
    assert!(matches!(place.check("reader-7", issued).await, Ok(CheckedOr::MustChange(_))));
}

#[tokio::test]
async fn a_given_password_is_kept_and_changed_only_where_asked() {
    let place = place().await;
    let created = place.create("reader-7", Some(GOOD)).await;
    assert!(created.one_time_password.is_none());
    assert!(matches!(place.check("reader-7", GOOD).await, Ok(CheckedOr::Checked(_))));
    let account = NewAccount { must_change: true, ..new_account("reader-8", Some(GOOD)) };
    place.accounts.create(account, &place.at(0)).await.expect("created");
    assert!(matches!(place.check("reader-8", GOOD).await, Ok(CheckedOr::MustChange(_))));
}

#[tokio::test]
async fn weak_and_empty_passwords_are_refused_here_too() {
    let place = place().await;
    for (password, expected) in [
        ("", code::ACC_PASSWORD_EMPTY),
        ("short", code::ACC_PASSWORD_SHORT),
        ("password2026!", code::ACC_PASSWORD_WEAK),
        ("reader-7-password", code::ACC_PASSWORD_WEAK),
    ] {
        let account = new_account("reader-7", Some(password));
        let fault = place.accounts.create(account, &place.at(0)).await.expect_err("refused");
        assert!(matches!(fault, AccountError::Password { code } if code == expected), "{fault}");
    }
}

#[tokio::test]
async fn login_names_that_differ_only_in_case_or_width_are_one() {
    let place = place().await;
    place.create("Reader-7", Some(GOOD)).await;
    for login in ["reader-7", "ＲＥＡＤＥＲ－７", " READER-7 "] {
        let account = new_account(login, Some(GOOD));
        let fault = place.accounts.create(account, &place.at(0)).await.expect_err("refused");
        assert!(matches!(fault, AccountError::LoginTaken), "{login}: {fault}");
    }
    let elsewhere =
        NewAccount { member: MemberId::parse("pku").ok(), ..new_account("reader-7", Some(GOOD)) };
    assert!(place.accounts.create(elsewhere, &place.at(0)).await.is_ok());
}

#[tokio::test]
async fn operator_and_auditor_stand_outside_members_and_nobody_else_does() {
    let place = place().await;
    let at = place.at(0);
    for (role, has_member, is_good) in [
        (Some(Role::Operator), true, false),
        (Some(Role::Auditor), true, false),
        (Some(Role::Operator), false, true),
        (Some(Role::Librarian), false, false),
        (None, false, false),
        (Some(Role::Head), true, true),
    ] {
        let mut account = new_account(&format!("who-{role:?}-{has_member}"), Some(GOOD));
        account.role = role;
        if !has_member {
            account.member = None;
        }
        let outcome = place.accounts.create(account, &at).await;
        assert_eq!(outcome.is_ok(), is_good, "{role:?} {has_member} {outcome:?}");
    }
}

#[tokio::test]
async fn a_scope_cannot_be_smuggled_into_an_affiliation() {
    let place = place().await;
    let account = NewAccount {
        affiliation: vec!["student@pku.edu.cn".to_owned()],
        ..new_account("reader-7", Some(GOOD))
    };
    let fault = place.accounts.create(account, &place.at(0)).await.expect_err("refused");
    assert!(matches!(fault, AccountError::ScopedAffiliation));
}
