use super::*;
use crate::factor::SecondStep;
use crate::factor::tests::{Working, code_of, operator, working};
use crate::testing::authenticator::{Authenticator, PRESENT, VERIFIED};
use serde_json::Value;
use store::Role;

const HERE: &str = "https://hub.test";

fn key() -> Authenticator {
    Authenticator::new(HERE)
}

/// What a refused answer would have been, were it right.
type Lie = (&'static str, fn(&mut Authenticator));

const LIES: [Lie; 8] = [
    ("another origin", |key| key.origin = "https://hub.test.evil.test".into()),
    ("an origin of another form", |key| key.origin = "https://hub.test/".into()),
    ("another scheme", |key| key.origin = "http://hub.test".into()),
    ("another RP ID", |key| key.rp_id = Some("test".into())),
    ("another challenge", |key| key.challenge = Some("A".repeat(43))),
    ("another ceremony", |key| key.kind = Some("payment.get")),
    ("inside another site's page", |key| key.cross_origin = true),
    ("without the user verified", |key| key.flags = PRESENT),
];

impl Working {
    /// What the page hands the browser while `state` waits.
    async fn to_make(&self, state: &[u8], at: i64) -> String {
        let shown = self.place.accounts.enrolment(state, "hub", self.place.at(at).now).await;
        shown.expect("shown").passkey.expect("a passkey is offered")
    }

    async fn to_sign(&self, state: &[u8], at: i64) -> String {
        let asked = self.place.accounts.asked(state, self.place.at(at).now).await;
        asked.expect("asked").passkey.expect("a passkey is asked for")
    }

    async fn make(&self, state: &[u8], answer: &str, at: i64) -> Result<Enrolled, Refusal> {
        let pressed = self.pressed(answer);
        self.place.accounts.enrol_passkey(state, &pressed, &self.place.at(at)).await
    }

    async fn sign(
        &self,
        state: &[u8],
        answer: &str,
        at: i64,
    ) -> Result<SecondFactorChecked, Refusal> {
        let pressed = self.pressed(answer);
        self.place.accounts.check_passkey(state, &pressed, &self.place.at(at)).await
    }

    fn pressed<'p>(&self, answer: &'p str) -> Pressed<'p> {
        let client = "2001:db8::7".parse().expect("an address");
        Pressed { answer, name: "phone", client, login: LoginCode::draw(&self.place.entropy) }
    }

    /// Signs in with `key` and adds `other` after that.
    async fn add(&self, key: &mut Authenticator, other: &mut Authenticator, at: i64) -> Enrolled {
        let asked = self.asked(at).await;
        let answer = key.get(&self.to_sign(&asked, at).await);
        let proof = self.sign(&asked, &answer, at).await.expect("signed");
        let more = self.place.accounts.further(&proof, &self.place.at(at)).await;
        let more = more.expect("a store").expect("there is room");
        let answer = other.create(&self.to_make(&more, at).await);
        self.make(&more, &answer, at).await.expect("added")
    }
}

/// An operator whose first factor is a passkey.
async fn keyed() -> (Working, Authenticator) {
    keyed_by(key()).await
}

async fn keyed_by(mut key: Authenticator) -> (Working, Authenticator) {
    let working = working(Some(Role::Operator), None).await;
    let state = working.enrolling(0).await;
    let answer = key.create(&working.to_make(&state, 0).await);
    let enrolled = working.make(&state, &answer, 0).await.expect("enrolled");
    assert_eq!(enrolled.recovery.len(), 10, "recovery codes with the first factor");
    working.place.accounts.kept(&enrolled.state, &working.place.at(0)).await.expect("kept");
    (working, key)
}

#[tokio::test]
async fn a_passkey_is_enrolled_and_signs_and_gives_the_role() {
    let (working, mut key) = keyed().await;
    assert!(working.staff().await.is_some());
    let asked = working.asked(60).await;
    let options = working.to_sign(&asked, 60).await;
    let answer = key.get(&options);
    let proof = working.sign(&asked, &answer, 60).await.expect("signed");
    assert_eq!(proof.account().id, working.id);
    let factors = working.place.accounts.factors(&working.id).await.expect("a store");
    let factors = factors.expect("factors");
    assert_eq!((factors.app, factors.recovery_left), (None, 10));
    let kept: Vec<_> = factors.passkeys.iter().map(|p| (p.name.as_str(), p.used)).collect();
    assert_eq!(kept, [("phone", Some(working.place.at(60).now))]);
    assert!(working.place.audited("account.passkey_enrolled"));
}

#[tokio::test]
async fn an_answer_and_its_challenge_are_good_once() {
    // Of an authenticator without a counter, which alone could not tell a replay.
    let mut uncounted = key();
    uncounted.counts = false;
    let (working, mut key) = keyed_by(uncounted).await;
    let asked = working.asked(60).await;
    let answer = key.get(&working.to_sign(&asked, 60).await);
    working.sign(&asked, &answer, 60).await.expect("signed");
    assert_eq!(code_of(working.sign(&asked, &answer, 61).await), codes::ACC_PASSKEY, "replayed");
    let other = working.asked(62).await;
    assert_eq!(code_of(working.sign(&other, &answer, 62).await), codes::ACC_PASSKEY, "elsewhere");
}

#[tokio::test]
async fn whatever_is_not_ours_is_refused_when_it_signs_and_when_it_is_made() {
    for (what, lie) in LIES {
        let (working, mut key) = keyed().await;
        let asked = working.asked(60).await;
        let options = working.to_sign(&asked, 60).await;
        lie(&mut key);
        let answer = key.get(&options);
        assert_eq!(code_of(working.sign(&asked, &answer, 60).await), codes::ACC_PASSKEY, "{what}");

        let other = self::working(Some(Role::Operator), None).await;
        let state = other.enrolling(0).await;
        let mut made = self::key();
        lie(&mut made);
        let answer = made.create(&other.to_make(&state, 0).await);
        assert_eq!(code_of(other.make(&state, &answer, 0).await), codes::ACC_PASSKEY, "{what}");
        assert!(other.staff().await.is_none(), "{what}");
    }
}

#[tokio::test]
async fn nobody_present_is_refused() {
    let (working, mut key) = keyed().await;
    key.flags = VERIFIED;
    let asked = working.asked(60).await;
    let answer = key.get(&working.to_sign(&asked, 60).await);
    assert_eq!(code_of(working.sign(&asked, &answer, 60).await), codes::ACC_PASSKEY);
}

#[tokio::test]
async fn a_counter_that_goes_back_is_refused_and_written_down() {
    let (working, mut key) = keyed().await;
    key.counter = 40;
    let asked = working.asked(60).await;
    let answer = key.get(&working.to_sign(&asked, 60).await);
    working.sign(&asked, &answer, 60).await.expect("41");
    assert!(!working.place.audited("account.passkey_copied"));
    for behind in [39, 40, 0] {
        key.counter = behind;
        key.counts = behind != 0;
        let asked = working.asked(90).await;
        let answer = key.get(&working.to_sign(&asked, 90).await);
        let refused = working.sign(&asked, &answer, 90).await;
        assert_eq!(code_of(refused), codes::ACC_PASSKEY_COPIED, "{behind}");
    }
    assert!(working.place.audited("account.passkey_copied"));
}

#[tokio::test]
async fn the_passkey_of_another_account_is_none_of_this_one() {
    let (working, _) = keyed().await;
    let mut stranger = key();
    let asked = working.asked(60).await;
    let options = working.to_sign(&asked, 60).await;
    let unknown = stranger.get(&options);
    assert_eq!(code_of(working.sign(&asked, &unknown, 60).await), codes::ACC_PASSKEY, "unknown");
    let mut key = key();
    let listed: Value = serde_json::from_str(&options).expect("JSON");
    let listed = listed["allowCredentials"][0]["id"].as_str().expect("an id");
    key.id = URL_SAFE_NO_PAD.decode(listed).expect("base64url");
    let forged = key.get(&options);
    assert_eq!(code_of(working.sign(&asked, &forged, 60).await), codes::ACC_PASSKEY, "its id");
}

#[tokio::test]
async fn a_user_handle_names_the_owner_or_nobody() {
    let (working, mut key) = keyed().await;
    key.handle = Some("A".repeat(43));
    let asked = working.asked(60).await;
    let answer = key.get(&working.to_sign(&asked, 60).await);
    assert_eq!(code_of(working.sign(&asked, &answer, 60).await), codes::ACC_PASSKEY);
    key.handle = Some(working.place.accounts.user_handle(&working.id));
    let answer = key.get(&working.to_sign(&asked, 60).await);
    assert!(working.sign(&asked, &answer, 60).await.is_ok());
}

/// Who could write to the database puts another's key in the place of the owner's.
#[tokio::test]
async fn a_row_moved_to_another_account_or_credential_does_not_open() {
    let (working, _) = keyed().await;
    let durable = &working.place.durable;
    let row = durable.passkeys(&working.id).await.expect("a store").remove(0);
    let master = &working.place.accounts.factor_key;
    assert!(Key::open(master, &row).is_ok());
    let other = ReaderId::parse("other").expect("an id");
    assert!(Key::open(master, &PasskeyRow { account: other, ..row.clone() }).is_err());
    assert!(Key::open(master, &PasskeyRow { credential: vec![1], ..row.clone() }).is_err());
    durable.forget_second_factor(&working.id).await.expect("forgotten");
    let mut thief = self::key();
    thief.id = vec![9; 16];
    let swapped = PasskeyRow { credential: thief.id.clone(), ..row };
    let factor = store::SecondFactorRow {
        account: working.id.clone(),
        sealed: Vec::new(),
        recovery: Vec::new(),
        enrolled: working.place.at(0).now,
    };
    assert!(durable.enrol_first_passkey(&swapped, &factor).await.expect("a store"));
    let asked = working.asked(60).await;
    let answer = thief.get(&working.to_sign(&asked, 60).await);
    assert_eq!(code_of(working.sign(&asked, &answer, 60).await), codes::HUB_INTERNAL);
}

#[tokio::test]
async fn a_further_one_is_added_after_one_that_stands_and_by_no_password() {
    let working = operator().await;
    let (mut first, mut second) = (key(), key());
    let asked = working.asked(60).await;
    let proof = working.check(&asked, &working.now_code(60), 60).await.expect("a code");
    let accounts = working.place.accounts.clone();
    let more = accounts.further(&proof, &working.place.at(60)).await.expect("a store");
    let more = more.expect("there is room");
    let shown = accounts.enrolment(&more, "hub", working.place.at(60).now).await.expect("shown");
    assert!(shown.app.is_none() && !shown.is_first, "the app stands");
    let answer = first.create(&working.to_make(&more, 60).await);
    let enrolled = working.make(&more, &answer, 60).await.expect("added");
    assert!(enrolled.recovery.is_empty(), "the recovery codes stand");
    accounts.kept(&enrolled.state, &working.place.at(60)).await.expect("goes on");

    let added = working.add(&mut first, &mut second, 90).await;
    assert!(added.recovery.is_empty());
    let names = accounts.factors(&working.id).await.expect("a store").expect("factors").passkeys;
    let names: Vec<_> = names.into_iter().map(|p| p.name).collect();
    assert_eq!(names, ["phone", "phone 2"]);
    for key in [&mut first, &mut second] {
        let asked = working.asked(120).await;
        let answer = key.get(&working.to_sign(&asked, 120).await);
        assert!(working.sign(&asked, &answer, 120).await.is_ok());
    }
    let asked = working.asked(150).await;
    assert!(working.check(&asked, &working.now_code(150), 150).await.is_ok(), "and the app");
    // A password alone leads to the question, and its state enrols nothing.
    let asked = working.asked(180).await;
    let answer = key().create(&working.to_make(&more, 180).await);
    assert_eq!(code_of(working.make(&asked, &answer, 180).await), codes::LOG_STATE_FORGED);
}

#[tokio::test]
async fn an_app_is_added_beside_a_passkey() {
    let (working, mut key) = keyed().await;
    let asked = working.asked(60).await;
    let shown = working.place.accounts.asked(&asked, working.place.at(60).now).await;
    assert!(!shown.expect("asked").app, "no app is asked for");
    assert_eq!(code_of(working.check(&asked, "000000", 60).await), codes::ACC_WRONG_CODE);
    let answer = key.get(&working.to_sign(&asked, 60).await);
    let proof = working.sign(&asked, &answer, 60).await.expect("signed");
    let more = working.place.accounts.further(&proof, &working.place.at(60)).await;
    let more = more.expect("a store").expect("there is room");
    let app = working.app_of(&more, 60).await;
    let enrolled = working.try_enrol(&more, &working.code(&app, 60), 60).await.expect("added");
    assert!(enrolled.recovery.is_empty());
    let asked = working.asked(120).await;
    assert!(working.check(&asked, &working.code(&app, 120), 120).await.is_ok());
}

#[tokio::test]
async fn an_enrolment_that_another_tab_overtook_adds_nothing() {
    let working = working(Some(Role::Operator), None).await;
    let (one, other) = (working.enrolling(0).await, working.enrolling(0).await);
    let answer = key().create(&working.to_make(&one, 0).await);
    working.make(&one, &answer, 0).await.expect("the first");
    let late = key().create(&working.to_make(&other, 0).await);
    assert_eq!(code_of(working.make(&other, &late, 0).await), codes::ACC_FACTOR_STANDS);
    let again = key().create(&working.to_make(&one, 0).await);
    assert_eq!(code_of(working.make(&one, &again, 0).await), codes::ACC_PASSKEY, "its challenge");
}

#[tokio::test]
async fn guesses_with_a_passkey_are_limited_like_those_at_a_code() {
    let (working, mut key) = keyed().await;
    let asked = working.asked(60).await;
    for _ in 0..10 {
        assert_eq!(code_of(working.sign(&asked, "{}", 60).await), codes::ACC_PASSKEY);
    }
    let right = key.get(&working.to_sign(&asked, 60).await);
    assert_eq!(code_of(working.sign(&asked, &right, 60).await), codes::ACC_TOO_MANY_GUESSES);
}

#[tokio::test]
async fn no_rubbish_is_accepted_and_none_ends_the_program() {
    let working = working(Some(Role::Operator), None).await;
    let state = working.enrolling(0).await;
    let options = working.to_make(&state, 0).await;
    let party = RelyingParty::of(HERE).expect("a name");
    let challenge: Value = serde_json::from_str(&options).expect("JSON");
    let parsed = challenge.clone();
    let challenge = challenge["challenge"].as_str().expect("a challenge").to_owned();
    let mut key = key();
    let object = key.attestation(&parsed);
    let judge = |object: &[u8]| {
        let made = Made::read(&key.made(&parsed, object))?;
        ceremony::register(&party, &challenge, &made).map(|_| ())
    };
    assert_eq!(judge(&object), Ok(()));
    for end in 0..object.len() {
        assert!(judge(&object[..end]).is_err(), "cut at {end}");
    }
    for place in 0..object.len() {
        for bit in [0x01, 0x10, 0x80] {
            let mut changed = object.clone();
            changed[place] ^= bit;
            // Some bytes say nothing that is judged, as the AAGUID: only the end matters.
            let _ = judge(&changed);
        }
    }
    let deep = [[0x81_u8; 4_000].as_slice(), &[0x80]].concat();
    for rubbish in
        [&b""[..], b"\xa3", &[0xff; 4_000], &deep, b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff"]
    {
        assert!(judge(rubbish).is_err());
    }
    let long =
        format!("{{\"clientDataJSON\":\"{}\",\"attestationObject\":\"\"}}", "A".repeat(13_000));
    for answer in ["", "null", "[]", "{", "{\"id\":1}", &long] {
        assert!(Made::read(answer).is_err() && Signed::read(answer).is_err());
    }
}

#[tokio::test]
async fn a_key_of_another_algorithm_and_an_attestation_nobody_asked_for_are_refused() {
    let party = RelyingParty::of(HERE).expect("a name");
    let working = working(Some(Role::Operator), None).await;
    let state = working.enrolling(0).await;
    let options: Value = serde_json::from_str(&working.to_make(&state, 0).await).expect("JSON");
    let challenge = options["challenge"].as_str().expect("a challenge").to_owned();
    let judge = |key: &Authenticator, object: &[u8]| {
        let made = Made::read(&key.made(&options, object)).expect("well formed");
        ceremony::register(&party, &challenge, &made).map(|_| ())
    };
    let mut eddsa = key();
    eddsa.algorithm = 0x27;
    let object = eddsa.attestation(&options);
    assert!(judge(&eddsa, &object).is_err(), "EdDSA on P-256");
    let mut long = key();
    long.id = vec![7; 1_024];
    let object = long.attestation(&options);
    assert_eq!(judge(&long, &object), Err(Fault::Refused("a credential id out of bounds")));
    let mut attested = key();
    let object = attested.attestation(&options);
    let text = b"\xa3\x63fmt\x68fido-u2f".to_vec();
    let other = [&text, &object[b"\xa3\x63fmt\x64none".len()..]].concat();
    assert!(judge(&attested, &other).is_err(), "an attestation");
}

#[tokio::test]
async fn where_the_hub_has_no_name_none_is_offered() {
    for origin in ["https://192.0.2.1", "https://[2001:db8::1]", "hub.test", ""] {
        assert!(RelyingParty::of(origin).is_none(), "{origin}");
    }
    let working = working(Some(Role::Operator), None).await;
    let accounts = working.place.accounts.clone().with_passkeys("https://192.0.2.1");
    let checked = working.password(0).await;
    let step = accounts.second_step(&checked, &working.place.at(0)).await.expect("a step");
    let SecondStep::Enrolling(state) = step else { panic!("{step:?}") };
    let shown = accounts.enrolment(&state, "hub", working.place.at(0).now).await.expect("shown");
    assert!(shown.passkey.is_none() && shown.app.is_some());
}

#[tokio::test]
async fn one_that_was_lost_is_forgotten_by_name_and_the_last_takes_the_role_along() {
    let (working, mut first) = keyed().await;
    let mut second = key();
    working.add(&mut first, &mut second, 60).await;
    let accounts = &working.place.accounts;
    let gone = accounts.forget_factor(None, "worker", Some("tablet")).await.expect("a store");
    assert!(!gone.0, "no such name");
    assert!(accounts.forget_factor(None, "worker", Some("phone")).await.expect("a store").0);
    let asked = working.asked(90).await;
    let answer = first.get(&working.to_sign(&asked, 90).await);
    assert_eq!(code_of(working.sign(&asked, &answer, 90).await), codes::ACC_PASSKEY, "forgotten");
    let answer = second.get(&working.to_sign(&asked, 90).await);
    assert!(working.sign(&asked, &answer, 90).await.is_ok(), "the other stands");
    assert!(accounts.forget_factor(None, "worker", Some("phone 2")).await.expect("a store").0);
    assert!(working.staff().await.is_none(), "recovery codes alone are no factor");
    working.enrolling(120).await;
}
