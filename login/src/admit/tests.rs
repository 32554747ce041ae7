use super::*;
use crate::Edge;
use crate::flight::Flight;
use crate::testing::hub::{Hub, PASSWORD, hub};
use crate::testing::requests::{ill, member};
use idp_bridge::{Ask, At, CentralConnector, Connector as _, Finished};
use model::{LangTag, LoginCode, Method};

/// A claim of library `aa`, made by its own connector.
async fn claimed(hub: &Hub) -> Box<Claimed> {
    let snapshot = hub.registry.current();
    let member = snapshot.member(&member("aa")).expect("a member");
    let connector = ConnectorId::parse("central").expect("an id");
    let service = snapshot.service(&ill().service).expect("a service");
    let (moment, handle) = (hub.moment(), handle("h"));
    let at = At {
        snapshot: &snapshot,
        member,
        entry: member.connector(&connector).expect("an entry"),
        connector: &connector,
        moment: &moment,
        code: LoginCode::draw(&moment.entropy),
        client: [198, 51, 100, 7].into(),
    };
    let ask = Ask {
        service,
        handle: &handle,
        force: false,
        passive: false,
        max_age_s: None,
        login_hint: None,
        requester: "ill",
        lang: LangTag::Zh,
    };
    let central = CentralConnector::new(hub.accounts.clone());
    let begun = central.begin(&at, &ask).await.expect("begins");
    let mut inbound = hub.browser().inbound();
    inbound.method = Method::Post;
    let kind = "application/x-www-form-urlencoded".to_owned();
    inbound.headers.push(("content-type".to_owned(), kind));
    let password = model::encode_component(PASSWORD);
    inbound.body = format!("username=reader-a&password={password}").into_bytes();
    match central.finish(&at, &inbound, Some(&begun.state), Some(&ask)).await {
        Ok(Finished::Claimed(claimed)) => claimed,
        other => panic!("not claimed: {other:?}"),
    }
}

fn handle(text: &str) -> Handle {
    Handle::parse(text).expect("a handle")
}

fn leg(asked: &str, connector: &str, hub: &Hub) -> Leg {
    Leg {
        member: member(asked),
        connector: ConnectorId::parse(connector).expect("an id"),
        state: Vec::new(),
        force: false,
        begun: hub.moment().now,
    }
}

fn edge(hub: &Hub) -> Edge {
    let moment = hub.moment();
    let code = LoginCode::draw(&moment.entropy);
    Edge { inbound: hub.browser().inbound(), moment, code }
}

async fn at_door(hub: &Hub, leg: &Leg) -> Result<Authenticated, Code> {
    let edge = edge(hub);
    let turn = Turn::of(&hub.login, &edge);
    let until = Flight::new(ill(), edge.code, &edge.moment).forgotten();
    let door = Door::Asked { handle: &handle("h"), leg, until };
    hub.login.admit(&turn, claimed(hub).await, door).await.map_err(|refusal| refusal.code())
}

#[tokio::test]
async fn only_the_connector_that_was_asked_is_let_in_and_once() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    for (who, connector) in [("bb", "central"), ("aa", "campus")] {
        let refused = at_door(&hub, &leg(who, connector, &hub)).await.err();
        assert_eq!(refused, Some(code::LOG_WRONG_CONNECTOR), "{who}/{connector}");
    }
    let asked = leg("aa", "central", &hub);
    assert!(at_door(&hub, &asked).await.is_ok());
    assert_eq!(at_door(&hub, &asked).await.err(), Some(code::LOG_LEG_USED));
}

#[tokio::test]
async fn what_was_asked_for_does_not_come_in_as_unasked() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    let edge = edge(&hub);
    let turn = Turn::of(&hub.login, &edge);
    let leg = leg("aa", "central", &hub);
    let door = Door::Unasked { member: &leg.member, connector: &leg.connector };
    let refused = hub.login.admit(&turn, claimed(&hub).await, door).await.err();
    assert_eq!(refused.map(|r| r.code()), Some(code::LOG_UNSOLICITED_REFUSED));
}

#[tokio::test]
async fn the_door_is_shut_to_members_that_are_closed() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    let claim = claimed(&hub).await;
    let suspended = crate::testing::hub::AA.replace("\"live\"", "\"suspended\"");
    hub.change(&[("members/aa.toml", &suspended)]).await;
    let edge = edge(&hub);
    let turn = Turn::of(&hub.login, &edge);
    let leg = leg("aa", "central", &hub);
    let until = edge.moment.now.plus_s(600);
    let door = Door::Asked { handle: &handle("h"), leg: &leg, until };
    let refused = hub.login.admit(&turn, claim, door).await.err();
    assert_eq!(refused.map(|r| r.code()), Some(code::LOG_MEMBER_CLOSED));
}
