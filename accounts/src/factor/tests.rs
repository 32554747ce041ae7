use super::*;
use crate::testing::{GOOD, Place, new_account, place};
use crate::{Attempt, CheckedOr, NewAccount};
use model::{MemberId, ReaderId, code as refusals};
use store::Role;
use totp_rs::{Algorithm, Secret, TOTP};

const CLIENT: &str = "2001:db8::7";

/// An operator at the hub of a test, with the app of their phone.
pub(super) struct Working {
    pub(super) place: Place,
    pub(super) id: ReaderId,
    app: Option<TOTP>,
    recovery: Vec<Zeroizing<String>>,
}

pub(super) async fn working(role: Option<Role>, member: Option<MemberId>) -> Working {
    let place = place().await;
    let new = NewAccount { member, role, ..new_account("worker", Some(GOOD)) };
    let id = place.accounts.create(new, &place.at(0)).await.expect("created").id;
    Working { place, id, app: None, recovery: Vec::new() }
}

pub(super) async fn operator() -> Working {
    let mut working = working(Some(Role::Operator), None).await;
    working.enrol(0).await;
    working
}

impl Working {
    pub(super) async fn password(&self, at: i64) -> PasswordChecked {
        let code = LoginCode::draw(&self.place.entropy);
        let account = self.place.durable.find_account_by_id(&self.id).await.expect("a store");
        let member = account.expect("an account").member;
        let client = CLIENT.parse().expect("an address");
        let attempt =
            Attempt { member: member.as_ref(), login: "worker", password: GOOD, client, code };
        match self.place.accounts.check_password(&attempt, &self.place.at(at)).await {
            Ok(CheckedOr::Checked(checked)) => checked,
            other => panic!("{other:?}"),
        }
    }

    async fn step(&self, at: i64) -> Result<SecondStep, Refusal> {
        let checked = self.password(at).await;
        self.place.accounts.second_step(&checked, &self.place.at(at)).await
    }

    pub(super) async fn enrolling(&self, at: i64) -> Vec<u8> {
        match self.step(at).await {
            Ok(SecondStep::Enrolling(state)) => state,
            other => panic!("{other:?}"),
        }
    }

    pub(super) async fn asked(&self, at: i64) -> Vec<u8> {
        match self.step(at).await {
            Ok(SecondStep::Asked(state)) => state,
            other => panic!("{other:?}"),
        }
    }

    pub(super) async fn app_of(&self, state: &[u8], at: i64) -> TOTP {
        let shown = self.place.accounts.enrolment(state, "hub", self.place.at(at).now).await;
        let app = shown.expect("shown").app.expect("an app is offered");
        let secret = Secret::Encoded(app.secret.to_string()).to_bytes().expect("base32");
        TOTP::new_unchecked(Algorithm::SHA1, 6, 0, 30, secret)
    }

    pub(super) fn code(&self, app: &TOTP, at: i64) -> String {
        app.generate(u64::try_from(self.place.at(at).now.unix_s()).expect("after 1970"))
    }

    async fn enrol(&mut self, at: i64) {
        let state = self.enrolling(at).await;
        let app = self.app_of(&state, at).await;
        let code = self.code(&app, at);
        let enrolled = self.try_enrol(&state, &code, at).await.expect("enrolled");
        self.recovery = enrolled.recovery;
        self.app = Some(app);
    }

    pub(super) async fn try_enrol(
        &self,
        state: &[u8],
        code: &str,
        at: i64,
    ) -> Result<Enrolled, Refusal> {
        let typed = self.typed(code);
        self.place.accounts.enrol(state, &typed, &self.place.at(at)).await
    }

    pub(super) async fn check(
        &self,
        state: &[u8],
        code: &str,
        at: i64,
    ) -> Result<SecondFactorChecked, Refusal> {
        let typed = self.typed(code);
        self.place.accounts.check_code(state, &typed, &self.place.at(at)).await
    }

    fn typed<'t>(&self, code: &'t str) -> Typed<'t> {
        let login = LoginCode::draw(&self.place.entropy);
        Typed { code, client: CLIENT.parse().expect("an address"), login }
    }

    pub(super) fn now_code(&self, at: i64) -> String {
        self.code(self.app.as_ref().expect("enrolled"), at)
    }

    pub(super) async fn staff(&self) -> Option<Staff> {
        self.place.accounts.staff(&self.id, self.place.at(0).now).await.expect("a store")
    }
}

pub(super) fn code_of<T: fmt::Debug>(outcome: Result<T, Refusal>) -> model::Code {
    outcome.expect_err("refused").code()
}

#[tokio::test]
async fn a_role_gives_nothing_until_a_second_factor_is_enrolled() {
    let mut working = working(Some(Role::Operator), None).await;
    working.password(0).await;
    assert_eq!(working.staff().await, None, "a password alone gave a role");
    working.enrol(0).await;
    assert_eq!(working.staff().await, Some(Staff { role: Role::Operator, member: None }));
}

#[tokio::test]
async fn who_has_no_role_is_told_so_and_enrols_nothing() {
    let reader = working(None, Some(crate::testing::member())).await;
    assert_eq!(code_of(reader.step(0).await), refusals::ACC_NO_ROLE);
}

#[tokio::test]
async fn a_code_is_good_once_and_only_near_its_half_minute() {
    let working = operator().await;
    let state = working.asked(60).await;
    let code = working.now_code(60);
    let checked = working.check(&state, &code, 60).await.expect("right");
    assert_eq!((&checked.account().id, checked.account().password.is_some()), (&working.id, false));
    assert_eq!(code_of(working.check(&state, &code, 61).await), refusals::ACC_WRONG_CODE, "replay");
    let old = working.now_code(120);
    let state = working.asked(200).await;
    assert_eq!(code_of(working.check(&state, &old, 200).await), refusals::ACC_WRONG_CODE, "old");
    let early = working.now_code(300);
    assert_eq!(code_of(working.check(&state, &early, 200).await), refusals::ACC_WRONG_CODE);
    let near = working.now_code(230);
    assert!(working.check(&state, &near, 200).await.is_ok(), "a phone half a minute ahead");
}

#[tokio::test]
async fn the_code_that_enrolled_is_used_up_by_that() {
    let working = operator().await;
    let state = working.asked(1).await;
    let code = working.now_code(1);
    assert_eq!(code_of(working.check(&state, &code, 1).await), refusals::ACC_WRONG_CODE);
}

#[tokio::test]
async fn guesses_are_limited_by_account_over_all_logins_and_a_right_code_frees_them() {
    let working = operator().await;
    let state = working.asked(100).await;
    for _ in 0..9 {
        let wrong = working.check(&state, "000000", 100).await;
        assert_eq!(code_of(wrong), refusals::ACC_WRONG_CODE);
    }
    working.check(&state, &working.now_code(100), 100).await.expect("the tenth is right");
    for _ in 0..10 {
        let _ = working.check(&state, "000000", 130).await;
    }
    let right = working.now_code(160);
    assert_eq!(code_of(working.check(&state, &right, 160).await), refusals::ACC_TOO_MANY_GUESSES);
    let later = 160 + 15 * 60;
    let state = working.asked(later).await;
    assert!(working.check(&state, &working.now_code(later), later).await.is_ok());
}

#[tokio::test]
async fn guesses_are_limited_over_a_day_too() {
    let working = operator().await;
    let mut last = None;
    for round in 1..=4 {
        let at = round * 1000;
        let state = working.asked(at).await;
        for _ in 0..10 {
            last = Some(code_of(working.check(&state, "000000", at).await));
        }
    }
    assert_eq!(last, Some(refusals::ACC_TOO_MANY_GUESSES));
}

/// Who had the password used up the guesses of a day: the help that the desk is promised must
/// not wait for tomorrow.
#[tokio::test]
async fn a_reset_and_a_forgotten_factor_free_the_guesses_that_another_used_up() {
    for is_reset in [true, false] {
        let mut working = operator().await;
        let mut last = None;
        for round in 1..=4 {
            let state = working.asked(round * 1000).await;
            for _ in 0..10 {
                last = Some(code_of(working.check(&state, "000000", round * 1000).await));
            }
        }
        assert_eq!(last, Some(refusals::ACC_TOO_MANY_GUESSES));
        let accounts = working.place.accounts.clone();
        if is_reset {
            let (at, now) = (4001, working.place.at(4001).now);
            let account = working.place.durable.find_account_by_id(&working.id).await;
            let good = account.expect("a store").expect("an account").password.expect("a hash");
            accounts.reset(None, "worker", &working.place.at(at)).await.expect("reset");
            // As though it had been changed to the one of these tests.
            let store = &working.place.durable;
            store.set_password(&working.id, None, &good, false, now).await.expect("a store");
            let state = working.asked(at).await;
            assert!(working.check(&state, &working.now_code(at), at).await.is_ok(), "reset");
        } else {
            accounts.forget_factor(None, "worker", None).await.expect("forgotten");
            working.enrol(4001).await;
        }
    }
}

#[tokio::test]
async fn a_recovery_code_is_good_once() {
    let working = operator().await;
    let code = working.recovery[3].to_uppercase();
    let state = working.asked(60).await;
    assert!(working.check(&state, &code, 60).await.is_ok());
    assert_eq!(code_of(working.check(&state, &code, 60).await), refusals::ACC_WRONG_CODE);
    assert!(working.check(&state, &working.recovery[4], 60).await.is_ok(), "the others stand");
}

#[tokio::test]
async fn a_password_alone_never_replaces_a_factor() {
    let mut working = working(Some(Role::Operator), None).await;
    let stale = working.enrolling(0).await;
    working.enrol(0).await;
    let app = working.app_of(&stale, 60).await;
    let code = working.code(&app, 60);
    assert_eq!(code_of(working.try_enrol(&stale, &code, 60).await), refusals::ACC_FACTOR_STANDS);
    let asked = working.asked(90).await;
    assert!(working.check(&asked, &working.now_code(90), 90).await.is_ok(), "the first stands");
}

#[tokio::test]
async fn a_state_proves_the_step_it_stands_at_and_no_other() {
    let mut working = working(Some(Role::Operator), None).await;
    let enrolling = working.enrolling(0).await;
    assert_eq!(code_of(working.check(&enrolling, "000000", 0).await), refusals::LOG_STATE_FORGED);
    let kept = working.place.accounts.kept(&enrolling, &working.place.at(0)).await;
    assert_eq!(code_of(kept), refusals::LOG_STATE_FORGED, "enrolled nothing");
    working.enrol(0).await;
    let asked = working.asked(60).await;
    let kept = working.place.accounts.kept(&asked, &working.place.at(60)).await;
    assert_eq!(code_of(kept), refusals::LOG_STATE_FORGED, "typed no code");
    let code = working.now_code(60);
    for place in 0..asked.len() {
        let mut changed = asked.clone();
        changed[place] ^= 1;
        let outcome = working.check(&changed, &code, 60).await;
        assert_eq!(code_of(outcome), refusals::LOG_STATE_FORGED, "byte {place}");
    }
    assert_eq!(code_of(working.check(&asked, &code, 661).await), refusals::LOG_STATE_EXPIRED);
}

#[tokio::test]
async fn a_reset_a_blocked_account_and_a_forgotten_factor_end_what_was_begun() {
    let working = operator().await;
    let state = working.asked(60).await;
    let accounts = &working.place.accounts;
    accounts.set_standing(None, "worker", model::Standing::Blocked).await.expect("blocked");
    assert_eq!(working.staff().await, None, "a blocked account keeps its role");
    let code = working.now_code(60);
    assert_eq!(code_of(working.check(&state, &code, 60).await), refusals::ACC_NO_ROLE);
    accounts.set_standing(None, "worker", model::Standing::Good).await.expect("unblocked");
    assert!(accounts.forget_factor(None, "worker", None).await.expect("forgotten").0);
    assert_eq!(working.staff().await, None, "a forgotten factor keeps the role");
    assert_eq!(code_of(working.check(&state, &code, 60).await), refusals::ACC_FACTOR_STANDS);
    accounts.reset(None, "worker", &working.place.at(61)).await.expect("reset");
    assert_eq!(code_of(working.check(&state, &code, 61).await), refusals::ACC_FACTOR_STANDS);
}

#[tokio::test]
async fn an_account_is_found_in_its_own_member_only() {
    let member = crate::testing::member();
    let working = working(Some(Role::Librarian), Some(member.clone())).await;
    let accounts = &working.place.accounts;
    for named in [" WORKER ", working.id.as_str()] {
        let found = accounts.find(Some(&member), named).await.expect("a store").expect("found");
        assert!(found.id == working.id && found.password.is_none());
        let other = MemberId::parse("pku").expect("an id");
        for elsewhere in [Some(&other), None] {
            assert!(accounts.find(elsewhere, named).await.expect("a store").is_none(), "{named}");
        }
    }
    for named in ["", "nobody", "a b", &"x".repeat(300)] {
        assert!(accounts.find(Some(&member), named).await.expect("a store").is_none(), "{named}");
    }
}
