use super::{claims, error, text, tokens, userinfo};
use crate::testing::{Browser, Hub};
use serde_json::json;

#[tokio::test]
async fn userinfo_says_what_the_id_token_says_of_the_reader() {
    let hub = Hub::start().await;
    let tokens = tokens(&hub, &mut Browser::default()).await;
    let access_token = text(&tokens, "access_token");
    let answer = userinfo(&hub, access_token).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["cache-control"], "no-store");
    let claims = claims(&hub, text(&tokens, "id_token")).await;
    assert_eq!(
        answer.json(),
        json!({
            "sub": claims["sub"], "name": "读者甲", "email": "a@example.org",
            "member": "nju", "class": "A", "links": {"opac": "https://opac.nju.example/"},
        })
    );
    let by_form = [("access_token", access_token)];
    let answer = Browser::default().post(&hub, "/oauth2/userinfo", &by_form, &[]).await;
    assert_eq!(answer.json()["sub"], claims["sub"]);
}

#[tokio::test]
async fn a_token_that_is_not_ours_is_refused() {
    let hub = Hub::start().await;
    let tokens = tokens(&hub, &mut Browser::default()).await;
    let access_token = text(&tokens, "access_token");
    let slip = format!("{}x", access_token.get(..access_token.len() - 1).expect("ASCII"));
    for token in ["rubbish", slip.as_str(), text(&tokens, "id_token")] {
        let answer = userinfo(&hub, token).await;
        assert_eq!((answer.status.as_u16(), error(&answer)), (401, "invalid_token".to_owned()));
    }
    let in_address = format!("/oauth2/userinfo?access_token={access_token}");
    assert_eq!(Browser::default().get(&hub, &in_address).await.status, 401);
}

#[tokio::test]
async fn a_token_lives_ten_minutes() {
    let hub = Hub::start().await;
    let tokens = tokens(&hub, &mut Browser::default()).await;
    hub.advance_s(599);
    assert_eq!(userinfo(&hub, text(&tokens, "access_token")).await.status, 200);
    hub.advance_s(2);
    assert_eq!(userinfo(&hub, text(&tokens, "access_token")).await.status, 401);
}

#[tokio::test]
async fn a_token_dies_with_its_session() {
    let hub = Hub::start().await;
    let mut browser = Browser::default();
    let tokens = tokens(&hub, &mut browser).await;
    browser.end_session(&hub).await;
    assert_eq!(userinfo(&hub, text(&tokens, "access_token")).await.status, 401);
}

#[tokio::test]
async fn what_the_registry_takes_back_is_no_longer_told() {
    let hub = Hub::start().await;
    let tokens = tokens(&hub, &mut Browser::default()).await;
    hub.change("services/ill.toml", "\"mail\", ", "").await;
    let answer = userinfo(&hub, text(&tokens, "access_token")).await;
    assert_eq!(answer.json().get("email"), None);
    hub.change("members/nju.toml", "\"live\"", "\"suspended\"").await;
    assert_eq!(userinfo(&hub, text(&tokens, "access_token")).await.status, 401);
}

#[tokio::test]
async fn the_documents_are_open_to_any_origin_and_kept() {
    let hub = Hub::start().await;
    for path in [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/oauth2/jwks",
    ] {
        let answer = Browser::default().get(&hub, path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.headers["access-control-allow-origin"], "*");
        assert!(answer.headers["cache-control"].to_str().expect("text").contains("max-age"));
    }
    let jwks = Browser::default().get(&hub, "/oauth2/jwks").await.json();
    for key in jwks["keys"].as_array().expect("keys") {
        assert_eq!(key.get("d"), None, "public parts only");
    }
}
