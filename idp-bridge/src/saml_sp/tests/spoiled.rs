//! Every check at the ACS, walked by the table: one good answer, one thing spoiled.

use super::*;
use saml::{Accepted, Objection, Opinion};

/// Spoils the one thing that the step checks, and gives what came of it.
async fn outcome(world: &World, step: &str) -> Result<Finished, Refusal> {
    let mut place = world.place("nju", "campus");
    if step == "required value" {
        let map = r#"department = { from = "ou", required = true }"#;
        place.entry.attributes = toml::from_str(map).expect("a map");
    }
    let spoil = |out: &mut ResponseOut| match step {
        "Destination" => out.destination = format!("{HUB}/saml/sp/other"),
        "InResponseTo" => out.in_response_to = Some("_another".to_owned()),
        "Audience" => out.audience = "https://other.test/sp".to_owned(),
        "NotOnOrAfter" => {
            out.issue_instant = NOON.plus_s(-400);
            out.authn_instant = NOON.plus_s(-400);
        }
        "chain loop" => out.authenticating_authorities = vec![format!("{HUB}/saml/idp/metadata")],
        "reader key" => out.attributes.clear(),
        "reader key lasts" => {
            out.attributes.clear();
            out.name_id = name_id(name_id_format::TRANSIENT, "_t2");
        }
        "scope of the reader key" => {
            out.attributes[0] = attribute(saml::attr::PAIRWISE_ID, &["q7kx2@pku.edu.cn"]);
        }
        "scope of any value" => {
            out.name_id = name_id(name_id_format::PERSISTENT, "lasting");
            out.attributes = vec![attribute(saml::attr::SCOPED_AFFILIATION, &["staff@pku.edu.cn"])];
        }
        "form of the reader key" => {
            out.attributes[0] = attribute(saml::attr::PAIRWISE_ID, &["q7/kx2@nju.edu.cn"]);
        }
        "form of standing" => out.attributes.push(attribute("standing", &["fine"])),
        "form of valid_until" => out.attributes.push(attribute("valid_until", &["next year"])),
        "required value" => {}
        other => panic!("no case for `{other}`"),
    };
    match step {
        "form"
        | "one SAMLResponse"
        | "state"
        | "RelayState is this leg"
        | "connector asked"
        | "metadata in force"
        | "signature present"
        | "signature"
        | "encryption"
        | "algorithms"
        | "decryption"
        | "Status"
        | "fresh login"
        | "second opinion"
        | "second opinion there" => otherwise(world, place, step).await,
        "unsolicited: registered" | "unsolicited: target" | "unsolicited: answers nothing" => {
            started(world, place, step).await
        }
        _ => answered(world, &place, spoil).await,
    }
}

/// What is not a field of the answer.
async fn otherwise(world: &World, place: Place, step: &str) -> Result<Finished, Refusal> {
    let place = Place { force: step == "fresh login", ..place };
    let begun = world.begin(&world.saml, &place).await.expect("begun");
    let request = request_id(&begun);
    let handle = place.handle.as_str();
    let mut out = answer(Some(&request));
    let good = posted(&out, &NJU_KEY, handle);
    let (saml, inbound) = (&world.saml, good.clone());
    match step {
        "form" => {
            let plain = ("content-type".to_owned(), "text/plain".to_owned());
            let inbound = Inbound { headers: vec![plain], ..inbound };
            world.finish(saml, &place, &inbound, &begun.state).await
        }
        "one SAMLResponse" => {
            let mut inbound = inbound;
            let twice = inbound.body.clone();
            inbound.body.push(b'&');
            inbound.body.extend(twice);
            world.finish(saml, &place, &inbound, &begun.state).await
        }
        "state" => {
            let moment = world.later(5);
            saml.finish(&world.at(&place, &moment), &inbound, None, Some(&place.ask())).await
        }
        "RelayState is this leg" => {
            let other = world.place("nju", "campus");
            let inbound = posted(&out, &NJU_KEY, other.handle.as_str());
            world.finish(saml, &place, &inbound, &begun.state).await
        }
        "connector asked" => {
            out.issuer = PKU_IDP.to_owned();
            world.finish(saml, &place, &posted(&out, &PKU_KEY, handle), &begun.state).await
        }
        "metadata in force" => {
            // As `finish` asks it; a registry with an end in it would end all tests here.
            let idp = world.snapshot.idp_metadata(&place.member.id, &place.connector);
            let mut idp = idp.expect("metadata").clone();
            idp.valid_until = Some(NOON);
            Err(super::super::request::require_in_force(&idp, NOON).expect_err("refused"))
        }
        "signature present" => {
            let xml =
                saml::write_response(&out, &*NJU_KEY, saml::Sign::Assertion).expect("written");
            let (before, rest) = xml.split_once("<ds:Signature").expect("a signature");
            let after = rest.split_once("</ds:Signature>").expect("its end").1;
            let inbound = posted_xml(&format!("{before}{after}"), handle);
            world.finish(saml, &place, &inbound, &begun.state).await
        }
        "signature" => {
            world.finish(saml, &place, &posted(&out, &PKU_KEY, handle), &begun.state).await
        }
        "encryption" | "algorithms" | "decryption" => {
            let xml = encrypted::spoiled(&out, step);
            world.finish(saml, &place, &posted_xml(&xml, handle), &begun.state).await
        }
        "Status" => {
            world.finish(saml, &place, &posted_xml(&failed(request), handle), &begun.state).await
        }
        "fresh login" => {
            out.authn_instant = NOON.plus_s(-600);
            world.finish(saml, &place, &posted(&out, &NJU_KEY, handle), &begun.state).await
        }
        "second opinion" | "second opinion there" => {
            let objection = match step {
                "second opinion" => Objection::Differs("NameID".to_owned()),
                _ => Objection::Unavailable("it ended".to_owned()),
            };
            let second: Option<Arc<dyn SecondOpinion>> = Some(Arc::new(Objecting(objection)));
            let doubting = SamlConnector { second, ..saml.clone() };
            world.finish(&doubting, &place, &inbound, &begun.state).await
        }
        other => panic!("no case for `{other}`"),
    }
}

/// An answer of the library that says that it could not.
fn failed(request: String) -> String {
    let error = saml::ErrorOut {
        response_id: "_r".to_owned(),
        issuer: NJU_IDP.to_owned(),
        destination: ACS_URL.to_owned(),
        in_response_to: Some(request),
        issue_instant: NOON.plus_s(4),
        status: saml::StatusCode::Responder,
        second: None,
        message: None,
    };
    saml::write_error_response(&error, &*NJU_KEY).expect("written")
}

struct Objecting(Objection);

impl SecondOpinion for Objecting {
    fn compare<'a>(&'a self, _: Accepted<'a>) -> Opinion<'a> {
        Box::pin(async move { Err(self.0.clone()) })
    }
}

async fn started(world: &World, place: Place, step: &str) -> Result<Finished, Refusal> {
    let mut place = place;
    let (request, relay_state) = match step {
        "unsolicited: registered" => {
            place.entry.unsolicited.clear();
            (None, "ill")
        }
        "unsolicited: target" => (None, "ccc"),
        _ => (Some("_another"), "ill"),
    };
    let moment = world.later(5);
    let inbound = posted(&answer(request), &NJU_KEY, relay_state);
    world.saml.finish(&world.at(&place, &moment), &inbound, None, None).await
}

#[tokio::test]
async fn every_check_of_the_table_refuses_with_its_code_and_names_the_member() {
    let world = world().await;
    let steps = CHECKS.iter().filter(|c| c.endpoint == "POST /saml/sp/acs");
    let mut seen = BTreeSet::new();
    for check in steps {
        let refusal = refused(outcome(&world, check.step).await);
        assert_eq!(refusal.code(), check.code, "{}: {refusal}", check.step);
        if check.step != "metadata in force" {
            let member = refusal.detail().member.as_ref().expect("a member");
            assert_eq!(member.as_str(), "nju", "{}", check.step);
        }
        seen.insert(check.step);
    }
    assert!(seen.len() > 20);
}

#[tokio::test]
async fn the_answer_of_another_library_is_called_so_whoever_signs_it() {
    let world = world().await;
    let place = world.place("nju", "campus");
    let begun = world.begin(&world.saml, &place).await.expect("begun");
    let keys: [&SigningKey; 2] = [&PKU_KEY, &NJU_KEY];
    for key in keys {
        let mut out = answer(Some(&request_id(&begun)));
        out.issuer = PKU_IDP.to_owned();
        let inbound = posted(&out, key, place.handle.as_str());
        let outcome = world.finish(&world.saml, &place, &inbound, &begun.state).await;
        assert_eq!(refused(outcome).code(), code::LOG_WRONG_CONNECTOR);
    }
}

#[tokio::test]
async fn a_forced_login_that_is_fresh_is_accepted() {
    let world = world().await;
    let place = Place { force: true, ..world.place("nju", "campus") };
    let claim = claimed(answered(&world, &place, |_| ()).await);
    assert_eq!(claim.auth_time(), NOON.plus_s(3));
}

#[tokio::test]
async fn refusals_hold_no_value_of_the_reader() {
    let world = world().await;
    for step in ["scope of the reader key", "form of the reader key", "scope of any value"] {
        let text = refused(outcome(&world, step).await).to_string();
        assert!(!text.contains("q7") && !text.contains("pku"), "{text}");
    }
}

#[tokio::test]
async fn a_state_that_is_not_ours_is_refused() {
    let world = world().await;
    let place = world.place("nju", "campus");
    let inbound = posted(&answer(Some("_x")), &NJU_KEY, place.handle.as_str());
    for state in [b"".as_slice(), b"{}", b"{\"id\":\"_x\",\"at\":1,\"force\":false,\"more\":1}"] {
        let outcome = world.finish(&world.saml, &place, &inbound, state).await;
        assert_eq!(refused(outcome).code(), code::LOG_STATE_FORGED);
    }
}
