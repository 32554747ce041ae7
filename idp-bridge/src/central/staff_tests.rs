use super::*;
use crate::checks::CHECKS;
use crate::claimed::BY_TWO_FACTORS;
use crate::testing::{Place, World, claimed, post, refused, world};
use accounts::NewAccount;
use model::{Code, FieldLabel, Form, FormKind, MemberId, Profile};
use store::Role;
use totp_rs::{Algorithm, Secret, TOTP};
use zeroize::Zeroizing;

const GOOD: &str = "tall green window";

/// Five seconds into a login, when all that is posted arrives.
const AT_S: i64 = 5;

struct Desk {
    world: World,
    place: Place,
}

async fn desk(role: Option<Role>) -> Desk {
    let world = world().await;
    let account = NewAccount {
        member: MemberId::parse("nju").ok(),
        login: "librarian".to_owned(),
        password: Some(Zeroizing::new(GOOD.to_owned())),
        role,
        profile: Profile::default(),
        class: None,
        category: None,
        affiliation: Vec::new(),
        must_change: false,
        valid_until: None,
    };
    world.accounts.create(account, &world.moment).await.expect("created");
    let place = world.place("nju", "central");
    Desk { world, place }
}

impl Desk {
    async fn posted(&self, state: &[u8], field: (&str, &str)) -> Result<Finished, Refusal> {
        let inbound = post("/login", &[("handle", "h1"), ("username", "librarian"), field]);
        self.world.finish(&self.world.staff, &self.place, &inbound, state).await
    }

    async fn password(&self) -> Result<Finished, Refusal> {
        let begun = self.world.begin(&self.world.staff, &self.place).await.expect("begun");
        self.posted(&begun.state, ("password", GOOD)).await
    }

    fn app(begun: &Begun) -> TOTP {
        let secret = shown(begun, FieldLabel::FactorSecret).pop().expect("a secret");
        let secret = Secret::Encoded(secret).to_bytes().expect("base32");
        TOTP::new_unchecked(Algorithm::SHA1, 6, 0, 30, secret)
    }

    fn code(&self, app: &TOTP, ahead_s: i64) -> String {
        let at = self.world.later(AT_S + ahead_s).now.unix_s();
        app.generate(u64::try_from(at).expect("after 1970"))
    }

    /// Enrols with the code of now, and tells the app and what follows.
    async fn enrol(&self) -> (TOTP, Begun) {
        let begun = again(self.password().await);
        let app = Self::app(&begun);
        let code = self.code(&app, 0);
        (app, again(self.posted(&begun.state, ("otp", &code)).await))
    }
}

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

fn shown(begun: &Begun, label: FieldLabel) -> Vec<String> {
    form(begun).fields.iter().filter(|f| f.label == label).map(|f| f.value.clone()).collect()
}

#[tokio::test]
async fn the_first_login_sets_up_a_factor_and_shows_the_recovery_codes_once() {
    let desk = Box::pin(desk(Some(Role::Librarian))).await;
    let begun = again(desk.password().await);
    assert_eq!(form(&begun).kind, FormKind::EnrolFactor);
    let secret = shown(&begun, FieldLabel::FactorSecret).pop().expect("a secret");
    let link = shown(&begun, FieldLabel::FactorLink).pop().expect("a link");
    assert!(link.starts_with("otpauth://totp/") && link.contains(&secret), "{link}");
    assert!(!String::from_utf8_lossy(&begun.state).contains(&secret), "in the clear");
    assert!(!format!("{begun:?}").contains(&secret), "in a log");
    let (app, codes) = desk.enrol().await;
    assert_eq!(form(&codes).kind, FormKind::KeepRecovery);
    assert_eq!(shown(&codes, FieldLabel::RecoveryCode).len(), 10);
    let claim = claimed(desk.posted(&codes.state, ("kept", "1")).await);
    assert_eq!(claim.acr(), BY_TWO_FACTORS);
    assert!(Claimed::is_by_two_factors(claim.evidence(), claim.acr()));

    let asked = again(desk.password().await);
    assert_eq!(form(&asked).kind, FormKind::SecondFactor);
    let next = desk.code(&app, 30);
    let claim = claimed(desk.posted(&asked.state, ("otp", &next)).await);
    assert!(claim.account().is_some());
}

#[tokio::test]
async fn a_wrong_first_code_shows_the_same_picture_again() {
    let desk = Box::pin(desk(Some(Role::Head))).await;
    let begun = again(desk.password().await);
    let wrong = again(desk.posted(&begun.state, ("otp", "000000")).await);
    assert_eq!(form(&wrong).problem, Some(code::ACC_WRONG_CODE));
    let secret = |begun: &Begun| shown(begun, FieldLabel::FactorSecret);
    assert_eq!(secret(&wrong), secret(&begun));
    assert_eq!(wrong.state, begun.state, "the same leg, so that the back button works");
}

/// What came of the step, as a code: a refusal's, or the problem of the form.
async fn code_at(step: &str) -> Code {
    let role = (step != "role").then_some(Role::Librarian);
    let desk = Box::pin(desk(role)).await;
    let finished = match step {
        "role" => desk.password().await,
        "code" => {
            desk.enrol().await;
            let asked = again(desk.password().await);
            desk.posted(&asked.state, ("otp", "000000")).await
        }
        "code works once" => {
            let (app, _) = desk.enrol().await;
            let asked = again(desk.password().await);
            let used = desk.code(&app, 0);
            desk.posted(&asked.state, ("otp", &used)).await
        }
        "guesses" => {
            let (app, _) = desk.enrol().await;
            let asked = again(desk.password().await);
            for _ in 0..10 {
                let _ = desk.posted(&asked.state, ("otp", "000000")).await;
            }
            desk.posted(&asked.state, ("otp", &desk.code(&app, 30))).await
        }
        "enrolled once" => {
            let other_tab = again(desk.password().await);
            desk.enrol().await;
            let code = desk.code(&Desk::app(&other_tab), 30);
            desk.posted(&other_tab.state, ("otp", &code)).await
        }
        "codes shown, not typed past" => {
            let begun = again(desk.password().await);
            let state = String::from_utf8(begun.state).expect("JSON");
            desk.posted(state.replace("\"enrol\"", "\"kept\"").as_bytes(), ("kept", "1")).await
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
    let mut seen = 0;
    for check in CHECKS.iter().filter(|c| c.endpoint == "POST /login by staff") {
        assert_eq!(Box::pin(code_at(check.step)).await, check.code, "{}", check.step);
        seen += 1;
    }
    assert_eq!(seen, 6);
}

#[tokio::test]
async fn a_state_of_readers_is_none_of_those_who_work_here() {
    let desk = Box::pin(desk(Some(Role::Librarian))).await;
    let (app, _) = desk.enrol().await;
    let begun = desk.world.begin(&desk.world.central, &desk.place).await.expect("begun");
    let inbound = post("/login", &[("username", "librarian"), ("password", GOOD)]);
    let by_password =
        claimed(desk.world.finish(&desk.world.central, &desk.place, &inbound, &begun.state).await);
    assert!(!Claimed::is_by_two_factors(by_password.evidence(), by_password.acr()));
    let code = desk.code(&app, 30);
    let typed = desk.posted(b"{\"step\":\"code\",\"pending\":\"AAAA\"}", ("otp", &code)).await;
    assert_eq!(refused(typed).code(), code::LOG_STATE_FORGED);
}
