use crate::testing::campus::{self, Asked, answer};
use crate::testing::hub::{Hub, Outcome};
use crate::testing::requests::{ill, member};
use model::{LoginRequest, Next, PageModel};

/// Town readers by an account at the hub, those of the campus by the campus.
const TOWN: &str = "[[connector]]\nid = \"town\"\nkind = \"central\"\n\
    name = { zh = \"读者证号\", en = \"Reader card\" }\n";
const CAMPUS: &str = "name = { zh = \"校园账号\", en = \"Campus account\" }\n";
const PLAIN: &str = "[[connector]]\nid = \"plain\"\nkind = \"central\"\n";

/// `cc` with the campus named and, before or behind it, the other connectors.
async fn hub_of(before: &str, behind: &str) -> Hub {
    let hub = campus::hub().await;
    let toml = campus::member_toml(&format!("{CAMPUS}{behind}"));
    let toml = toml.replacen("[[connector]]\n", &format!("{before}[[connector]]\n"), 1);
    hub.change(&[("members/cc.toml", &toml)]).await;
    hub
}

fn ways(outcome: Outcome) -> (String, Vec<String>) {
    match outcome.reply().next {
        Next::Page(PageModel::Ways { handle, member, ways, .. }) => {
            assert_eq!(member.as_str(), "cc");
            (handle.to_string(), ways.iter().map(ToString::to_string).collect())
        }
        other => panic!("no choice: {other:?}"),
    }
}

fn named() -> LoginRequest {
    LoginRequest { member: Some(member("cc")), ..ill() }
}

#[tokio::test]
async fn a_reader_chooses_between_the_ways_of_a_library() {
    let hub = hub_of(TOWN, PLAIN).await;
    hub.account("cc", "reader-t").await;
    let mut browser = hub.browser();
    // One without a name is not offered.
    let (handle, offered) = ways(browser.start(&named()).await);
    assert_eq!(offered, ["town", "campus"]);
    let of = |way: &str| format!("/login?h={handle}&member=cc&way={way}");
    // What is no way of this library is no choice.
    for none in ["plain", "staff", "nowhere", "..%2F"] {
        assert_eq!(ways(browser.get(&of(none)).await).1, ["town", "campus"], "{none}");
    }
    Asked::of(browser.get(&of("campus")).await);
    let handle = browser.get(&of("town")).await.form();
    let url = browser.password(&handle, "reader-t", crate::testing::hub::PASSWORD).await.redirect();
    assert!(url.starts_with("https://svc.test/ill?"), "{url}");
}

#[tokio::test]
async fn a_library_with_one_name_or_none_has_one_way() {
    let hub = hub_of("", PLAIN).await;
    Asked::of(hub.browser().start(&named()).await);
    let hub = hub_of(PLAIN, "").await;
    hub.browser().start(&named()).await.form();
}

/// Another way would be another reader.
#[tokio::test]
async fn a_second_leg_goes_by_the_way_of_the_first() {
    let hub = hub_of(TOWN, "").await;
    let mut browser = hub.browser();
    let request = LoginRequest { max_age_s: Some(600), ..named() };
    let (handle, _) = ways(browser.start(&request).await);
    let asked = Asked::of(browser.get(&format!("/login?h={handle}&member=cc&way=campus")).await);
    let mut old = answer(&hub, "reader-c", Some(&asked.request));
    old.authn_instant = hub.moment().now.plus_s(-3600);
    let again = Asked::of(browser.deliver(&old, &asked.relay_state).await);
    assert!(again.xml.contains("ForceAuthn=\"true\""), "{}", again.xml);
}
