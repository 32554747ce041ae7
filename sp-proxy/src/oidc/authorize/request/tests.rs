use super::*;
use crate::oidc::samples::service;

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const CALLBACK: &str = "https%3A%2F%2Fill.example.org%2Fcallback";

fn query(change: &[(&str, Option<&str>)]) -> Params {
    let mut pairs = vec![
        ("client_id", "ill"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "S"),
        ("nonce", "N"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in change {
        pairs.retain(|(n, _)| n != name);
        if let Some(value) = value {
            pairs.push((name, value));
        }
    }
    let text: Vec<String> = pairs.iter().map(|(n, v)| format!("{n}={v}")).collect();
    Params::parse(text.join("&").as_bytes()).expect("parses")
}

fn parse(params: &Params) -> Result<Asked, Fault> {
    let service = service();
    let addressed = address(params, |id| (id == "ill").then_some(&service)).expect("addressed");
    read(params, &addressed, |named| {
        (named == "a210093").then(|| MemberId::parse("nju").expect("id"))
    })
}

fn fault(name: &str, value: Option<&str>) -> (&'static str, Code) {
    let fault = parse(&query(&[(name, value)])).expect_err("refused");
    (fault.error, fault.refusal.code())
}

fn asked(change: &[(&str, Option<&str>)]) -> LoginRequest {
    parse(&query(change)).expect("accepted").request
}

#[test]
fn redirect_uri_is_matched_letter_for_letter() {
    let service = service();
    let find = |id: &str| (id == "ill").then_some(&service);
    for uri in [
        "",
        "https%3A%2F%2Fill.example.org%2Fcallback%2F",
        "https%3A%2F%2Fill.example.org%2Fcallback%3Fx",
        "https%3A%2F%2FILL.example.org%2Fcallback",
        "https%3A%2F%2Fill.example.org%2Fcallback%2F..%2Fcallback",
        "https%3A%2F%2Fill.example.org%40evil.example%2Fcallback",
        "http%3A%2F%2Fill.example.org%2Fcallback",
        "https%3A%2F%2Fill.example.org%3A443%2Fcallback",
    ] {
        let refusal = address(&query(&[("redirect_uri", Some(uri))]), find).err().expect("refused");
        assert_eq!(refusal.code(), code::OIDC_REDIRECT_URI, "{uri}");
    }
    assert!(address(&query(&[]), find).is_ok());
}

#[test]
fn an_unknown_or_repeated_client_is_never_answered_by_redirect() {
    let service = service();
    let find = |id: &str| (id == "ill").then_some(&service);
    let code_of = |params: &Params| address(params, find).err().expect("refused").code();
    assert_eq!(code_of(&query(&[("client_id", Some("x"))])), code::OIDC_UNKNOWN_CLIENT);
    assert_eq!(code_of(&query(&[("client_id", None)])), code::OIDC_UNKNOWN_CLIENT);
    let twice = |name: &str| {
        let raw = format!("client_id=ill&redirect_uri={CALLBACK}&{name}=x");
        Params::parse(raw.as_bytes()).expect("parses")
    };
    assert_eq!(code_of(&twice("client_id")), code::OIDC_BAD_REQUEST);
    assert_eq!(code_of(&twice("redirect_uri")), code::OIDC_BAD_REQUEST);
}

#[test]
fn a_repeated_parameter_goes_back_as_invalid_request() {
    for extra in ["state=T", "scope=openid", "nonce=M", "unknown=1&unknown=2"] {
        let raw = format!(
            "client_id=ill&redirect_uri={CALLBACK}&response_type=code&scope=openid&state=S\
             &nonce=N&code_challenge={CHALLENGE}&code_challenge_method=S256&{extra}"
        );
        let fault = parse(&Params::parse(raw.as_bytes()).expect("parses")).expect_err("refused");
        assert_eq!((fault.error, fault.is_for_reader), ("invalid_request", false), "{extra}");
    }
}

#[test]
fn only_the_code_flow_by_query_is_offered() {
    for kind in ["token", "id_token", "code id_token", "none"] {
        let kind = kind.replace(' ', "+");
        assert_eq!(
            fault("response_type", Some(&kind)),
            ("unsupported_response_type", code::OIDC_RESPONSE_TYPE)
        );
    }
    assert_eq!(fault("response_type", None).0, "invalid_request");
    assert_eq!(fault("response_mode", Some("fragment")).0, "invalid_request");
    assert_eq!(fault("response_mode", Some("form_post")).0, "invalid_request");
}

#[test]
fn the_scope_openid_is_required() {
    assert_eq!(fault("scope", Some("profile")), ("invalid_scope", code::OIDC_SCOPE));
    assert_eq!(fault("scope", None), ("invalid_scope", code::OIDC_SCOPE));
    assert!(parse(&query(&[("scope", Some("email+openid+profile"))])).is_ok());
}

#[test]
fn pkce_s256_is_required() {
    let refused = ("invalid_request", code::OIDC_PKCE);
    assert_eq!(fault("code_challenge", None), refused);
    assert_eq!(fault("code_challenge", Some("short")), refused);
    assert_eq!(fault("code_challenge_method", Some("plain")), refused);
    assert_eq!(fault("code_challenge_method", None), refused, "plain is the default of RFC 7636");
}

#[test]
fn request_objects_are_refused_by_name() {
    for (name, error) in [
        ("request", "request_not_supported"),
        ("request_uri", "request_uri_not_supported"),
        ("registration", "registration_not_supported"),
    ] {
        assert_eq!(fault(name, Some("x")), (error, code::OIDC_REQUEST_OBJECT));
    }
}

#[test]
fn prompt_and_max_age_become_what_the_login_does() {
    let of = |prompt: &str, age: Option<&str>| {
        let request = asked(&[("prompt", Some(prompt)), ("max_age", age)]);
        (request.prompt, request.max_age_s)
    };
    assert_eq!(of("", None), (Prompt::AsNeeded, None));
    assert_eq!(of("none", None), (Prompt::Never, None));
    assert_eq!(of("none", Some("0")), (Prompt::Never, Some(0)));
    assert_eq!(of("login", Some("60")), (Prompt::Login, Some(60)));
    assert_eq!(of("consent", None), (Prompt::AsNeeded, None));
    assert_eq!(of("select_account", None), (Prompt::SelectAccount, None));
    assert_eq!(of("login+select_account", None), (Prompt::SelectAccount, Some(0)));
    assert_eq!(of("", Some("0")), (Prompt::Login, Some(0)));
}

#[test]
fn a_contradictory_or_unknown_prompt_is_refused() {
    let refused = ("invalid_request", code::OIDC_PROMPT);
    assert_eq!(fault("prompt", Some("none+login")), refused);
    assert_eq!(fault("prompt", Some("create")), refused);
    for age in ["-1", "soon", "1.5", "99999999999"] {
        assert_eq!(fault("max_age", Some(age)), ("invalid_request", code::OIDC_BAD_REQUEST));
    }
}

#[test]
fn member_and_tenant_skip_discovery_and_an_unknown_one_is_shown_to_the_reader() {
    for name in ["member", "tenant"] {
        let request = asked(&[(name, Some("a210093"))]);
        assert_eq!(request.member.expect("named").as_str(), "nju");
        let fault = parse(&query(&[(name, Some("nowhere"))])).expect_err("refused");
        assert_eq!(fault.refusal.code(), code::LOG_UNKNOWN_MEMBER);
        assert!(fault.is_for_reader);
    }
}

#[test]
fn what_the_answer_needs_is_kept() {
    let asked = parse(&query(&[("id_token_hint", Some("a.b.c"))])).expect("accepted");
    assert_eq!(AnswerTo::from_reply(&asked.request.reply), Some(asked.answer.clone()));
    assert_eq!(asked.answer.to.state.as_deref(), Some("S"));
    assert_eq!(asked.answer.nonce.as_deref(), Some("N"));
    assert_eq!(asked.answer.code_challenge, CHALLENGE);
    assert_eq!(asked.id_token_hint.as_deref(), Some("a.b.c"));
}

#[test]
fn hints_are_taken_where_they_are_usable() {
    let request = asked(&[("ui_locales", Some("fr+en-GB+zh")), ("login_hint", Some("20260001"))]);
    assert_eq!(request.lang, Some(LangTag::En));
    assert_eq!(request.login_hint.as_deref(), Some("20260001"));
    assert_eq!(asked(&[("ui_locales", Some("zh-Hans-CN"))]).lang, Some(LangTag::Zh));
    assert_eq!(asked(&[("ui_locales", Some("fr"))]).lang, None);
    assert_eq!(asked(&[("login_hint", Some("a%0Ab"))]).login_hint, None);
}
