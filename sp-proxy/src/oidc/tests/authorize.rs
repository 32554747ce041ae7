use super::{authorize, claims, code, redeem, text, tokens};
use crate::testing::{Browser, HUB, Hub};
use model::{Next, PageModel};

#[tokio::test]
async fn a_login_leads_back_with_code_state_and_issuer() {
    let hub = Hub::start().await;
    let mut browser = Browser::default();
    let asked = browser.get(&hub, &authorize(&[])).await;
    assert!(matches!(asked.next(), Next::Ask(_)), "{:?}", asked.next());
    let answer = browser.log_in(&hub, &asked).await;
    assert!(answer.redirect().starts_with("https://ill.example.org/callback?code="));
    assert_eq!(answer.parameter("state").as_deref(), Some("the state"));
    assert_eq!(answer.parameter("iss").as_deref(), Some(HUB));
    let again = browser.get(&hub, &authorize(&[("state", "2")])).await;
    assert!(again.parameter("code").is_some(), "single sign-on: {}", again.redirect());
}

#[tokio::test]
async fn a_posted_request_is_taken_up_by_a_step_of_our_own() {
    let hub = Hub::start().await;
    let mut browser = Browser::default();
    let query = authorize(&[]);
    let fields = url::Url::parse(&format!("{HUB}{query}")).expect("an address");
    let fields: Vec<(String, String)> = fields.query_pairs().into_owned().collect();
    let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let posted = browser.post(&hub, "/oauth2/authorize", &fields, &[]).await;
    let step = posted.redirect().to_owned();
    assert!(step.starts_with("https://hub.test/login?h="), "{step}");
    let asked = browser.get(&hub, &step).await;
    assert!(browser.log_in(&hub, &asked).await.parameter("code").is_some());
}

#[tokio::test]
async fn before_the_address_is_proved_every_error_stays_on_our_page() {
    let hub = Hub::start().await;
    for (change, code) in [
        (("client_id", "unknown"), "OIDC-001"),
        (("client_id", "journals"), "OIDC-001"),
        (("redirect_uri", "https://evil.example/"), "OIDC-002"),
        (("redirect_uri", ""), "OIDC-002"),
    ] {
        for prompt in ["", "none"] {
            let target = authorize(&[change, ("prompt", prompt)]);
            let answer = Browser::default().get(&hub, &target).await;
            assert_eq!(answer.page_code(), code, "{change:?}");
            assert!(answer.refused.expect("refused").back.is_none(), "nothing leads there");
        }
    }
}

#[tokio::test]
async fn protocol_errors_go_back_at_once() {
    let hub = Hub::start().await;
    for (change, error) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("scope", "profile"), "invalid_scope"),
        (("code_challenge", ""), "invalid_request"),
        (("prompt", "none login"), "invalid_request"),
        (("request", "x"), "request_not_supported"),
    ] {
        let answer = Browser::default().get(&hub, &authorize(&[change])).await;
        assert_eq!(answer.parameter("error").as_deref(), Some(error), "{change:?}");
        assert_eq!(answer.parameter("state").as_deref(), Some("the state"));
        assert_eq!(answer.parameter("iss").as_deref(), Some(HUB));
        assert_eq!(answer.parameter("code"), None);
    }
}

#[tokio::test]
async fn prompt_none_without_a_session_is_login_required() {
    let hub = Hub::start().await;
    let answer = Browser::default().get(&hub, &authorize(&[("prompt", "none")])).await;
    assert_eq!(answer.parameter("error").as_deref(), Some("login_required"));
    let unknown = authorize(&[("prompt", "none"), ("member", "nowhere")]);
    let answer = Browser::default().get(&hub, &unknown).await;
    assert_eq!(answer.parameter("error").as_deref(), Some("invalid_request"));
}

#[tokio::test]
async fn a_library_that_is_not_known_is_said_to_the_reader_first() {
    let hub = Hub::start().await;
    let target = authorize(&[("member", "nowhere"), ("ui_locales", "en")]);
    let answer = Browser::default().get(&hub, &target).await;
    assert_eq!(answer.page_code(), "LOG-012");
    let refused = answer.refused.expect("refused");
    assert_eq!(refused.lang, Some(model::LangTag::En));
    let back = refused.back.expect("a button");
    let Next::Redirect(url) = *back else { panic!("{back:?}") };
    assert!(url.starts_with("https://ill.example.org/callback?error=invalid_request"), "{url}");
}

#[tokio::test]
async fn without_a_library_named_the_reader_chooses() {
    let hub = Hub::start().await;
    let answer = Browser::default().get(&hub, &authorize(&[("member", "")])).await;
    assert!(matches!(answer.next(), Next::Page(PageModel::Discovery { .. })));
    let named = authorize(&[("member", ""), ("tenant", "a210093")]);
    let answer = Browser::default().get(&hub, &named).await;
    assert!(matches!(answer.next(), Next::Ask(_)));
}

#[tokio::test]
async fn prompt_login_and_max_age_ask_again() {
    let hub = Hub::start().await;
    let mut browser = Browser::default();
    code(&hub, &mut browser, &[]).await;
    for change in [("prompt", "login"), ("max_age", "0")] {
        let answer = browser.get(&hub, &authorize(&[change])).await;
        assert!(matches!(answer.next(), Next::Ask(_)), "{change:?} {:?}", answer.next());
    }
    hub.advance_s(601);
    let answer = browser.get(&hub, &authorize(&[("max_age", "600"), ("prompt", "none")])).await;
    assert_eq!(answer.parameter("error").as_deref(), Some("login_required"));
    let answer = browser.get(&hub, &authorize(&[("max_age", "602"), ("prompt", "none")])).await;
    assert!(answer.parameter("code").is_some());
}

#[tokio::test]
async fn an_address_struck_in_the_meantime_gets_nothing() {
    let hub = Hub::start().await;
    let mut browser = Browser::default();
    let asked = browser.get(&hub, &authorize(&[])).await;
    hub.change("services/ill.toml", "\"https://ill.example.org/callback\", ", "").await;
    let answer = browser.log_in_refused(&hub, &asked).await;
    assert_eq!(answer.page_code(), "OIDC-002");
}

#[tokio::test]
async fn a_hint_that_is_not_ours_is_refused() {
    let hub = Hub::start().await;
    let mut browser = Browser::default();
    let own = tokens(&hub, &mut browser).await;
    let own = text(&own, "id_token");
    let forged = hub.client_key.sign(&claims(&hub, own).await);
    for hint in [forged.as_str(), "rubbish"] {
        let answer = browser.get(&hub, &authorize(&[("id_token_hint", hint)])).await;
        assert_eq!(answer.parameter("error").as_deref(), Some("invalid_request"), "{hint}");
    }
    let change = [
        ("client_id", "app"),
        ("redirect_uri", "https://app.example.org/callback"),
        ("id_token_hint", own),
    ];
    let answer = browser.get(&hub, &authorize(&change)).await;
    assert_eq!(answer.parameter("error").as_deref(), Some("invalid_request"), "another client's");
}

#[tokio::test]
async fn only_the_reader_of_the_hint_is_answered_for() {
    let hub = Hub::start().await;
    let mut browser = Browser::default();
    let tokens = tokens(&hub, &mut browser).await;
    let own = text(&tokens, "id_token").to_owned();
    let hinted = [("id_token_hint", own.as_str()), ("prompt", "none")];
    assert!(browser.get(&hub, &authorize(&hinted)).await.parameter("code").is_some());
    // The hub's own key over another subject: what a hint of another reader is.
    let mut other = claims(&hub, &own).await;
    other["sub"] = "somebody-else".into();
    let keys = hub.keys.current();
    let key = keys.oidc("ES256").expect("a key");
    let other =
        crate::oidc::id_token::sign(key, other.as_object().expect("claims")).expect("signed");
    let hinted = [("id_token_hint", other.as_str()), ("prompt", "none")];
    let answer = browser.get(&hub, &authorize(&hinted)).await;
    assert_eq!(answer.parameter("error").as_deref(), Some("login_required"));
}

#[tokio::test]
async fn a_suspended_service_is_told_so_by_way_of_the_reader() {
    let hub = Hub::start().await;
    let mut browser = Browser::default();
    let code = code(&hub, &mut browser, &[]).await;
    hub.change("services/ill.toml", "release =", "status = \"suspended\"\nrelease =").await;
    let answer = browser.get(&hub, &authorize(&[])).await;
    assert_eq!(answer.page_code(), "LOG-011");
    assert_ne!(redeem(&hub, &code, &[]).await.status, 200, "nor does an old code redeem");
}
