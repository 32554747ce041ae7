use super::{authorize, code, text, tokens};
use crate::testing::{Browser, HUB, Hub};
use model::{ConfirmKind, Next, PageModel, encode_component};

const BYE: &str = "https://ill.example.org/bye";

fn logout(parameters: &[(&str, &str)]) -> String {
    let query: Vec<String> =
        parameters.iter().map(|(n, v)| format!("{n}={}", encode_component(v))).collect();
    format!("/oauth2/end_session?{}", query.join("&"))
}

async fn is_logged_in(hub: &Hub, browser: &mut Browser) -> bool {
    let answer = browser.get(hub, &authorize(&[("prompt", "none")])).await;
    answer.parameter("code").is_some()
}

#[tokio::test]
async fn a_hint_of_this_session_ends_it_and_leads_back() {
    let hub = Hub::start().await;
    let mut browser = Browser::default();
    let tokens = tokens(&hub, &mut browser).await;
    hub.advance_s(3000);
    let target = logout(&[
        ("id_token_hint", text(&tokens, "id_token")),
        ("post_logout_redirect_uri", BYE),
        ("state", "S"),
    ]);
    let answer = browser.get(&hub, &target).await;
    assert_eq!(answer.redirect(), "https://ill.example.org/bye?state=S", "however old the hint");
    assert!(!is_logged_in(&hub, &mut browser).await);
}

#[tokio::test]
async fn what_could_not_be_ended_is_said_before_the_way_back() {
    let hub = Hub::start().await;
    let mut browser = Browser::default();
    let tokens = tokens(&hub, &mut browser).await;
    let app = [("client_id", "app"), ("redirect_uri", "https://app.example.org/callback")];
    code(&hub, &mut browser, &app).await;
    let hint = text(&tokens, "id_token");
    let target = logout(&[("id_token_hint", hint), ("post_logout_redirect_uri", BYE)]);
    let answer = browser.get(&hub, &target).await;
    let Next::Page(PageModel::SignedOut { lines, back, .. }) = answer.next() else {
        panic!("{:?}", answer.next())
    };
    let told: Vec<_> = lines.iter().map(|l| (l.service.as_str(), l.state)).collect();
    let (ended, open) = (model::LogoutState::Ended, model::LogoutState::CannotBeTold);
    assert_eq!(told, [("app", open), ("ill", ended)]);
    assert_eq!(back.as_deref(), Some(BYE));
}

#[tokio::test]
async fn a_hint_of_another_session_asks_the_reader_first() {
    let hub = Hub::start().await;
    let elsewhere = tokens(&hub, &mut Browser::default()).await;
    let mut browser = Browser::default();
    code(&hub, &mut browser, &[]).await;
    let others = logout(&[("id_token_hint", text(&elsewhere, "id_token"))]);
    for target in [others.as_str(), "/oauth2/end_session", "/oauth2/end_session?client_id=ill"] {
        let answer = browser.get(&hub, target).await;
        let Next::Page(PageModel::Confirm { kind, .. }) = answer.next() else {
            panic!("{target}: {:?}", answer.next())
        };
        assert_eq!(*kind, ConfirmKind::SignOut);
        assert!(is_logged_in(&hub, &mut browser).await, "{target}");
    }
}

#[tokio::test]
async fn the_button_ends_the_session_and_only_our_own_page_presses_it() {
    let hub = Hub::start().await;
    let mut browser = Browser::default();
    code(&hub, &mut browser, &[]).await;
    let target = logout(&[("client_id", "ill"), ("post_logout_redirect_uri", BYE)]);
    let answer = browser.get(&hub, &target).await;
    let Next::Page(PageModel::Confirm { action, hidden, .. }) = answer.next() else {
        panic!("{:?}", answer.next())
    };
    let fields: Vec<_> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let foreign = browser.post(&hub, action, &fields, &[("origin", "https://evil.test")]).await;
    assert_eq!(foreign.page_code(), "WEB-006");
    assert!(is_logged_in(&hub, &mut browser).await);
    let own = browser.post(&hub, action, &fields, &[("origin", HUB)]).await;
    assert_eq!(own.redirect(), BYE);
    assert!(!is_logged_in(&hub, &mut browser).await);
}

#[tokio::test]
async fn a_form_of_a_client_is_asked_again_by_get() {
    let hub = Hub::start().await;
    let fields = [("client_id", "ill"), ("state", "a b"), ("other", "x")];
    let answer = Browser::default().post(&hub, "/oauth2/end_session", &fields, &[]).await;
    assert_eq!(answer.redirect(), "https://hub.test/oauth2/end_session?client_id=ill&state=a%20b");
}

#[tokio::test]
async fn without_a_session_only_a_proved_hint_leads_straight_back() {
    let hub = Hub::start().await;
    let tokens = tokens(&hub, &mut Browser::default()).await;
    let hint = text(&tokens, "id_token");
    let target = logout(&[("id_token_hint", hint), ("post_logout_redirect_uri", BYE)]);
    assert_eq!(Browser::default().get(&hub, &target).await.redirect(), BYE);
    let bare = logout(&[("client_id", "ill"), ("post_logout_redirect_uri", BYE)]);
    let answer = Browser::default().get(&hub, &bare).await;
    assert!(matches!(answer.next(), Next::Page(PageModel::SignedOut { back: Some(_), .. })));
    let evil = [("client_id", "ill"), ("post_logout_redirect_uri", "https://evil.example/")];
    assert_eq!(Browser::default().get(&hub, &logout(&evil)).await.page_code(), "OIDC-007");
}
