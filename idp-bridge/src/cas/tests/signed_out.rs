//! Notices of logout.

use super::*;
use crate::testing::post;

fn notice(index: &str) -> String {
    format!(
        "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"LR-1\" Version=\"2.0\" \
         IssueInstant=\"2026-11-21T12:00:00Z\"><saml:NameID xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"> @NOT_USED@ </saml:NameID>\
         <samlp:SessionIndex>{index}</samlp:SessionIndex></samlp:LogoutRequest>"
    )
}

#[tokio::test]
async fn it_names_the_one_login_of_its_ticket_at_the_connector_that_it_came_to() {
    let (world, campus) = (world().await, Campus::start().await);
    let place = place_at(&world, &campus, &[]);
    for path in ["/in/zju/campus", "/in/zju/campus/AAAAAAAAAAAAAAAAAAAAAA"] {
        let inbound = post(path, &[("logoutRequest", &notice(" ST-7-abc "))]);
        let clue = Clue::Connector(place.member.id.clone(), place.connector.clone());
        assert_eq!(world.cas.identify(&inbound), Some(clue));
        let at = world.at(&place, &world.moment);
        match world.cas.finish(&at, &inbound, None, None).await {
            Ok(Finished::SignedOut { name, next: Next::Done(answer) }) => {
                assert_eq!((name.name_id.as_str(), answer.status), ("ST-7-abc", 200));
                assert!(name.session_indexes.is_empty() && answer.body.is_empty());
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(campus.asked(), [""; 0], "the server is not asked");
}

#[tokio::test]
async fn what_is_no_notice_ends_nothing() {
    let (world, campus) = (world().await, Campus::start().await);
    let place = place_at(&world, &campus, &[]);
    let at = world.at(&place, &world.moment);
    let path = "/in/zju/campus";
    let good = notice("ST-1");
    let entity = format!("<!DOCTYPE x [<!ENTITY a 'ST-1'>]>{}", notice("&a;"));
    for bad in [
        "ST-1".to_owned(),
        entity,
        good.replace("LogoutRequest", "LogoutResponse"),
        good.replace("protocol", "protocol2"),
        good.replace("ST-1", ""),
        good.replace("ST-1", "1"),
        good.replace("ST-1", "ST-1<!-- x -->2"),
        good.replace("ST-1", &"ST-1".repeat(3000)),
        good.replace(
            "<samlp:SessionIndex>",
            "<samlp:SessionIndex>ST-2</samlp:SessionIndex><samlp:SessionIndex>",
        ),
    ] {
        let inbound = post(path, &[("logoutRequest", &bad)]);
        let refusal = refused(world.cas.finish(&at, &inbound, None, None).await);
        assert_eq!(refusal.code(), code::CAS_LOGOUT, "{bad}");
    }
    for fields in
        [vec![], vec![("ticket", "ST-1")], vec![("logoutRequest", "a"), ("logoutRequest", "b")]]
    {
        assert_eq!(world.cas.identify(&post(path, &fields)), None, "{fields:?}");
    }
    let mut bare = post(path, &[]);
    bare.headers = vec![("content-type".to_owned(), "text/xml".to_owned())];
    bare.body = good.into_bytes();
    assert_eq!(world.cas.identify(&bare), None, "a form field is the contract");
}
