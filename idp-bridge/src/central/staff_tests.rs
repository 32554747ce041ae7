use super::*;
use crate::checks::CHECKS;
use crate::claimed::BY_TWO_FACTORS;
use crate::testing::authenticator::{Authenticator, PRESENT, VERIFIED};
use crate::testing::{HUB, Place, World, claimed, post, refused, world};
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
        self.posted_all(state, &[field]).await
    }

    async fn posted_all(&self, state: &[u8], fields: &[(&str, &str)]) -> Result<Finished, Refusal> {
        let fields = [&[("handle", "h1"), ("username", "librarian")], fields].concat();
        let inbound = post("/login", &fields);
        self.world.finish(&self.world.staff, &self.place, &inbound, state).await
    }

    /// Enrols a passkey as the first factor, and tells what follows.
    async fn enrol_passkey(&self, key: &mut Authenticator) -> Begun {
        let begun = again(self.password().await);
        let made = key.create(&options(&begun));
        again(self.posted(&begun.state, ("passkey", &made)).await)
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
        other => try_passkey(&desk, other).await,
    };
    match finished {
        Err(refusal) => refusal.code(),
        Ok(Finished::Again(begun)) => form(&begun).problem.expect("a problem"),
        other => panic!("{step}: {other:?}"),
    }
}

/// What a step of the table lies about, between the page and the post.
fn lie_of(step: &str, key: &mut Authenticator) {
    match step {
        "of this account" => key.id = vec![1; 16],
        "its user handle" => key.handle = Some("A".repeat(43)),
        "ceremony" => key.kind = Some("webauthn.create"),
        "challenge" => key.challenge = Some("A".repeat(43)),
        "origin" => key.origin = "https://hub.test.evil.test".to_owned(),
        "not inside another page" => key.cross_origin = true,
        "RP ID" => key.rp_id = Some("evil.test".to_owned()),
        "user present" => key.flags = VERIFIED,
        "user verified" => key.flags = PRESENT,
        "signature" => {
            let id = key.id.clone();
            *key = Authenticator::new(HUB);
            (key.id, key.counter) = (id, 90);
        }
        "counter" => key.counter = 0,
        other => panic!("no case for `{other}`"),
    }
}

/// What comes of a step about passkeys.
async fn try_passkey(desk: &Desk, step: &str) -> Result<Finished, Refusal> {
    let mut key = Authenticator::new(HUB);
    if let Some(made) = step.strip_prefix("passkey made: ") {
        return try_making(desk, made, key).await;
    }
    key.counter = 10;
    desk.enrol_passkey(&mut key).await;
    let asked = again(desk.password().await);
    let options = options(&asked);
    match step.strip_prefix("passkey: ") {
        Some("challenge works once") => {
            let answer = key.get(&options);
            claimed(desk.posted(&asked.state, ("passkey", &answer)).await);
            let again = key.get(&options);
            desk.posted(&asked.state, ("passkey", &again)).await
        }
        Some("guesses") => {
            for _ in 0..10 {
                let _ = desk.posted(&asked.state, ("passkey", "{}")).await;
            }
            desk.posted(&asked.state, ("passkey", &key.get(&options))).await
        }
        Some(lie) => {
            lie_of(lie, &mut key);
            desk.posted(&asked.state, ("passkey", &key.get(&options))).await
        }
        None => {
            assert_eq!(step, "further factor after one that stands");
            // As though the password had led to the adding of one.
            let state = String::from_utf8(asked.state).expect("JSON");
            let state = state.replace("\"code\"", "\"enrol\"");
            desk.posted(state.as_bytes(), ("skip", "1")).await
        }
    }
}

async fn try_making(desk: &Desk, step: &str, mut key: Authenticator) -> Result<Finished, Refusal> {
    let begun = again(desk.password().await);
    match step {
        "of one account" => {
            let row = store::PasskeyRow {
                credential: key.id.clone(),
                account: model::ReaderId::parse("another").expect("an id"),
                name: "phone".to_owned(),
                sealed: vec![1],
                counter: 0,
                added: desk.world.moment.now,
                used: None,
            };
            let factor = store::SecondFactorRow {
                account: row.account.clone(),
                sealed: Vec::new(),
                recovery: Vec::new(),
                enrolled: row.added,
            };
            let kept = desk.world.durable.enrol_first_passkey(&row, &factor).await;
            assert!(kept.expect("a store"));
        }
        "enrolled once" => {
            desk.enrol_passkey(&mut Authenticator::new(HUB)).await;
        }
        lie => lie_of(lie, &mut key),
    }
    desk.posted(&begun.state, ("passkey", &key.create(&options(&begun)))).await
}

/// What the page hands to the script.
fn options(begun: &Begun) -> String {
    let made = form(begun).fields.iter().find(|field| field.kind == model::FieldKind::Made);
    made.expect("a passkey").value.clone()
}

#[tokio::test]
async fn a_passkey_is_the_first_factor_and_logs_in_and_adds_another() {
    let desk = Box::pin(desk(Some(Role::Librarian))).await;
    let mut key = Authenticator::new(HUB);
    let codes = desk.enrol_passkey(&mut key).await;
    assert_eq!(form(&codes).kind, FormKind::KeepRecovery);
    assert_eq!(shown(&codes, FieldLabel::RecoveryCode).len(), 10);
    claimed(desk.posted(&codes.state, ("kept", "1")).await);

    let asked = again(desk.password().await);
    let answer = key.get(&options(&asked));
    let challenge: serde_json::Value = serde_json::from_str(&options(&asked)).expect("JSON");
    let challenge = challenge["challenge"].as_str().expect("a challenge").to_owned();
    assert!(!String::from_utf8_lossy(&asked.state).contains(&challenge), "in the clear");
    let claim = claimed(desk.posted(&asked.state, ("passkey", &answer)).await);
    assert_eq!(claim.acr(), BY_TWO_FACTORS);
    assert!(Claimed::is_by_two_factors(claim.evidence(), claim.acr()));

    let asked = again(desk.password().await);
    let answer = key.get(&options(&asked));
    let fields = [("passkey", answer.as_str()), ("add", "1")];
    let adding = again(desk.posted_all(&asked.state, &fields).await);
    assert_eq!(form(&adding).kind, FormKind::AddFactor);
    claimed(desk.posted(&adding.state, ("skip", "1")).await);
    let mut second = Authenticator::new(HUB);
    let made = second.create(&options(&adding));
    let named = [("passkey", made.as_str()), ("passkey_name", "安全密钥")];
    claimed(desk.posted_all(&adding.state, &named).await);
    let asked = again(desk.password().await);
    assert!(
        options(&asked).contains(&base64(&second.id)) && options(&asked).contains(&base64(&key.id))
    );
}

fn base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[tokio::test]
async fn every_check_of_the_table_refuses_with_its_code() {
    let mut seen = 0;
    for check in CHECKS.iter().filter(|c| c.endpoint == "POST /login by staff") {
        assert_eq!(Box::pin(code_at(check.step)).await, check.code, "{}", check.step);
        seen += 1;
    }
    assert_eq!(seen, 24);
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
