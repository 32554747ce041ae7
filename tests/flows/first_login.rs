//! The main job: one login at a library opens every service.

use crate::harness::oidc::{NONCE, authorize, claims, code_of, redeem, userinfo};
use crate::harness::world::{HUB, PASSWORD, World, sign_in};

#[tokio::test]
async fn a_campus_reader_reaches_loan_and_then_everything_without_another_login() {
    let world = World::new().await;
    let mut browser = world.browser();

    let discovery = browser.get(&authorize(&[])).await;
    assert_eq!(discovery.status, 200, "{}", discovery.body);
    let choice = discovery.link("member=nju");
    let form = browser.click(&discovery, &choice).await;
    assert_eq!(form.url.host_str(), Some("nju.test"), "{}", form.body);
    let arrived = sign_in(&mut browser, &form, "reader-jia", PASSWORD).await;
    let code = code_of(&arrived);

    let tokens = redeem(&world.hub, &code).await;
    assert_eq!(tokens.status, 200, "{:?}", tokens.json);
    let id = claims(tokens.json["id_token"].as_str().expect("an ID token"));
    assert_eq!(id["iss"], HUB);
    assert_eq!(id["aud"], "ill");
    assert_eq!(id["nonce"], NONCE);
    assert_eq!(id["name"], "读者甲");
    assert_eq!(id["member"], "nju");
    assert_eq!(id["class"], "A");
    assert_eq!(id["email"], "reader-jia@mail.test");
    let info = userinfo(&world.hub, tokens.json["access_token"].as_str().expect("a token")).await;
    assert_eq!(info.json["sub"], id["sub"]);
    assert_eq!(info.json["links"]["holdings"], "https://opac.nju.test/isbn/{isbn}");

    // The second time nobody is asked.
    let again = browser.get(&authorize(&[])).await;
    code_of(&again);
}

#[tokio::test]
async fn a_central_reader_logs_in_on_the_hubs_own_page() {
    let world = World::new().await;
    let mut browser = world.browser();
    let form = browser.get(&authorize(&[("member", "union")])).await;
    assert_eq!(form.url.host_str(), Some("hub.test"));
    let arrived = sign_in(&mut browser, &form, "reader-a", PASSWORD).await;
    let tokens = redeem(&world.hub, &code_of(&arrived)).await;
    let id = claims(tokens.json["id_token"].as_str().expect("an ID token"));
    assert_eq!(id["member"], "union");
    assert_eq!(id["class"], "B");
}
