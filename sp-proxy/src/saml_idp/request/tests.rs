use super::*;
use crate::saml_idp::samples::{ACS, SP, SSO, now, request, sp};
use saml::{RequestSignature, name_id_format};

const HUB_SP: &str = "https://hub.test/saml/sp/metadata";

fn own() -> Own<'static> {
    Own { sso_url: SSO, sp_entity_id: HUB_SP, now: now() }
}

fn addressed(change: impl FnOnce(&mut AuthnRequest)) -> Result<ReturnTo, Code> {
    let mut request = request();
    change(&mut request);
    address(&request, Some("state"), &sp(), &own()).map_err(|refusal| refusal.code())
}

fn accepted(change: impl FnOnce(&mut AuthnRequest)) -> Result<AnswerTo, Code> {
    let mut request = request();
    change(&mut request);
    let to = address(&request, None, &sp(), &own()).expect("addressed");
    read(&request, &to, &sp(), &own()).map_err(|refusal| refusal.code())
}

#[test]
fn the_answer_goes_to_an_acs_of_the_metadata_and_nowhere_else() {
    assert_eq!(addressed(|_| ()).expect("default").acs, ACS);
    let second = "https://journals.example.org/second";
    assert_eq!(addressed(|r| r.acs_url = Some(second.into())).expect("url").acs, second);
    assert_eq!(addressed(|r| r.acs_index = Some(2)).expect("index").acs, second);
    for url in [
        "https://evil.example/acs",
        "https://journals.example.org/acs/",
        "https://journals.example.org/acs?x",
        "HTTPS://journals.example.org/acs",
        "https://journals.example.org/artifact",
    ] {
        let refused = addressed(|r| r.acs_url = Some(url.into()));
        assert_eq!(refused, Err(code::SAML_REQ_ACS), "{url}");
    }
    assert_eq!(addressed(|r| r.acs_index = Some(0)), Err(code::SAML_REQ_ACS), "artifact");
    assert_eq!(addressed(|r| r.acs_index = Some(9)), Err(code::SAML_REQ_ACS));
    let both = addressed(|r| {
        r.acs_url = Some(ACS.into());
        r.acs_index = Some(1);
    });
    assert_eq!(both, Err(code::SAML_REQ_ACS));
}

#[test]
fn a_request_for_another_address_is_refused() {
    for destination in [
        "https://other.test/saml/idp/sso",
        "https://hub.test/saml/idp/ssox",
        "https://hub.test/saml/idp/sso?x=1",
        "https://hub.test/saml/idp/m/nju/sso",
    ] {
        let refused = addressed(|r| r.destination = Some(destination.into()));
        assert_eq!(refused, Err(code::SAML_REQ_DESTINATION), "{destination}");
    }
    assert!(addressed(|r| r.destination = None).is_ok());
    assert!(addressed(|r| r.destination = Some(format!("{SSO}?member=nju"))).is_ok());
}

#[test]
fn an_old_or_future_request_is_refused() {
    for (age_s, is_good) in [(0, true), (300, true), (301, false), (-60, true), (-61, false)] {
        let answer = addressed(|r| r.issue_instant = now().plus_s(-age_s));
        assert_eq!(answer.is_ok(), is_good, "{age_s}");
        if !is_good {
            assert_eq!(answer, Err(code::SAML_REQ_EXPIRED));
        }
    }
}

#[test]
fn metadata_past_their_end_are_not_used() {
    let mut expired = sp();
    expired.valid_until = Some(now());
    let refused = address(&request(), None, &expired, &own()).expect_err("refused");
    assert_eq!(refused.code(), code::SAML_METADATA);
}

#[test]
fn relay_state_comes_back_verbatim_up_to_1024_bytes() {
    let with = |state: &str| address(&request(), Some(state), &sp(), &own());
    let odd = "https://j.example/?a=b&c=<\"南\">";
    assert_eq!(with(odd).expect("taken").relay_state.as_deref(), Some(odd));
    assert!(with(&"x".repeat(1024)).is_ok());
    let refused = with(&"x".repeat(1025)).expect_err("refused");
    assert_eq!(refused.code(), code::LOG_REPLY_TOO_LARGE);
}

#[test]
fn only_http_post_carries_the_answer() {
    let artifact = Binding::Artifact.as_str();
    let refused = addressed(|r| r.protocol_binding = Some(artifact.into()));
    assert_eq!(refused, Err(code::SAML_REQ_UNSUPPORTED));
    assert!(addressed(|r| r.protocol_binding = Some(Binding::Post.as_str().into())).is_ok());
}

#[test]
fn what_cannot_be_met_goes_back_by_name() {
    assert_eq!(accepted(|r| r.has_subject = true), Err(code::SAML_REQ_UNSUPPORTED));
    let both = accepted(|r| {
        r.force_authn = true;
        r.is_passive = true;
    });
    assert_eq!(both, Err(code::LOG_LOGIN_REQUIRED));
    let email = accepted(|r| r.name_id_policy_format = Some(name_id_format::EMAIL.into()));
    assert_eq!(email, Err(code::SAML_REQ_NAME_ID));
    let mfa =
        accepted(|r| r.requested_authn_context = vec!["https://refeds.org/profile/mfa".into()]);
    assert_eq!(mfa, Err(code::SAML_REQ_AUTHN_CONTEXT));
    let looped = accepted(|r| r.requester_ids = vec!["x".into(), HUB_SP.into()]);
    assert_eq!(looped, Err(code::LOG_LOOP));
}

#[test]
fn what_the_answer_needs_is_kept() {
    let answer = accepted(|r| {
        r.is_passive = true;
        r.proxy_count = Some(0);
        r.name_id_policy_format = Some(name_id_format::TRANSIENT.into());
    })
    .expect("accepted");
    assert_eq!((answer.to.entity_id.as_str(), answer.to.request_id.as_str()), (SP, "_request"));
    assert_eq!(answer.format, NameIdFormat::Transient);
    assert!(answer.forbids_proxy && answer.to.is_passive);
    assert!(!accepted(|r| r.proxy_count = Some(1)).expect("accepted").forbids_proxy);
}

#[test]
fn a_service_that_signs_is_never_believed_unsigned() {
    let raw =
        RawRequest { xml: Vec::new(), relay_state: None, signature: RequestSignature::Absent };
    assert!(authenticate(&raw, request(), &sp()).is_ok());
    let signs = SpMetadata { signs_requests: true, ..sp() };
    let refused = authenticate(&raw, request(), &signs).expect_err("refused");
    assert_eq!(refused.code(), code::SAML_REQ_SIGNATURE);
    let with_certs = SpMetadata { signing_certs: vec![vec![0]], ..signs };
    let refused = authenticate(&raw, request(), &with_certs).expect_err("refused");
    assert_eq!(refused.code(), code::SAML_REQ_SIGNATURE);
}
