//! What attackers try with tickets. CAS signs nothing: all of it rests on who asked whom.

use crate::harness::cas::{Campus, Manner, bring, notify, response, service_of, success};
use crate::harness::oidc::{authorize, code_of};
use crate::harness::world::{HUB, World};
use crate::harness::{Browser, Seen};

const SESSION: &str = "__Host-rp_sid";

async fn at_campus(browser: &mut Browser, member: &str) -> (Seen, String) {
    let login = browser.get(&authorize(&[("member", member)])).await;
    let service = service_of(&login);
    (login, service)
}

fn refused(seen: &Seen, browser: &Browser, codes: &[&str]) {
    assert!(!seen.outside, "it went on to {}", seen.url);
    assert!(codes.iter().any(|code| seen.body.contains(code)), "{codes:?}: {}", seen.body);
    assert!(browser.cookie("hub.test", SESSION).is_none(), "a session");
}

#[tokio::test]
async fn n17_a_ticket_works_once_even_where_its_server_takes_it_again() {
    let campus = Campus::start().await;
    let world = World::with_campus(&campus).await;
    campus.behaves(Manner { takes_tickets_again: true, takes_any_service: true, says: None });
    let mut browser = world.browser();
    let (login, service) = at_campus(&mut browser, "ruc").await;
    let ticket = campus.issue(&service, "jia");
    code_of(&bring(&mut browser, &login, &service, &ticket).await);
    // The same address once more, and the same ticket in a login of another browser.
    let again = browser.get(&format!("{service}?ticket={ticket}")).await;
    assert!(!again.outside && again.status.is_client_error(), "{}", again.body);
    let mut other = world.browser();
    for member in ["ruc", "exact"] {
        let (login, service) = at_campus(&mut other, member).await;
        let seen = bring(&mut other, &login, &service, &ticket).await;
        if member == "ruc" {
            refused(&seen, &other, &["CAS-010"]);
        } else {
            // Another connector, another address: here the page asks, and names whose it is.
            assert!(
                seen.body.contains("CAS-010") || seen.body.contains("读者jia"),
                "{}",
                seen.body
            );
            assert!(other.cookie("hub.test", SESSION).is_none());
        }
    }
}

#[tokio::test]
async fn a_ticket_of_another_login_or_service_is_refused_by_its_own_address() {
    let campus = Campus::start().await;
    let world = World::with_campus(&campus).await;
    let (mut attacker, mut victim) = (world.browser(), world.browser());
    let (_, of_attacker) = at_campus(&mut attacker, "ruc").await;
    let (login, of_victim) = at_campus(&mut victim, "ruc").await;
    assert_ne!(of_attacker, of_victim);
    for issued_for in [of_attacker.as_str(), "https://app.test/", "https://hub.test/in/ruc/campus"]
    {
        let ticket = campus.issue(issued_for, "yi");
        let seen = bring(&mut victim, &login, &of_victim, &ticket).await;
        refused(&seen, &victim, &["CAS-004"]);
    }
    // The reader's own login is not spoiled by it.
    let ticket = campus.issue(&of_victim, "jia");
    code_of(&bring(&mut victim, &login, &of_victim, &ticket).await);
}

#[tokio::test]
async fn an_answer_counts_in_the_browser_that_asked_and_nowhere_else() {
    let campus = Campus::start().await;
    let world = World::with_campus(&campus).await;
    let (mut browser, mut other) = (world.browser(), world.browser());
    let (login, service) = at_campus(&mut browser, "ruc").await;
    let ticket = campus.issue(&service, "jia");
    let seen = other.get(&format!("{service}?ticket={ticket}")).await;
    refused(&seen, &other, &["LOG-006"]);
    at_campus(&mut other, "ruc").await;
    let seen = other.get(&format!("{service}?ticket={ticket}")).await;
    refused(&seen, &other, &["LOG-001"]);
    assert!(campus.asked().is_empty(), "the ticket was not shown to anybody");
    code_of(&bring(&mut browser, &login, &service, &ticket).await);
}

#[tokio::test]
async fn an_answer_counts_at_the_member_and_connector_that_were_asked() {
    let campus = Campus::start().await;
    let world = World::with_campus(&campus).await;
    campus.behaves(Manner { takes_any_service: true, ..Manner::default() });
    let mut browser = world.browser();
    let (login, service) = at_campus(&mut browser, "ruc").await;
    let ticket = campus.issue(&service, "jia");
    for other in [
        service.replace("/ruc/", "/exact/"),
        service.replace("/ruc/", "/acme/"),
        service.replace("/campus/", "/other/"),
        format!("{service}/"),
        service.replace("/in/", "/in//"),
        service.replace("/ruc/", "/r%75c/"),
        service.replace("/in/ruc/campus", "/login"),
        format!("{HUB}/in/ruc/campus"),
    ] {
        let seen = bring(&mut browser, &login, &other, &ticket).await;
        assert!(!seen.outside, "{other} went on to {}", seen.url);
        assert!(seen.status.is_client_error(), "{other}: {} {}", seen.status, seen.body);
        assert!(browser.cookie("hub.test", SESSION).is_none(), "{other}: a session");
    }
    assert!(campus.asked().is_empty(), "the ticket was shown to nobody");
}

#[tokio::test]
async fn parameters_that_come_twice_or_hide_in_others_are_refused() {
    let campus = Campus::start().await;
    let world = World::with_campus(&campus).await;
    let mut browser = world.browser();
    let (login, service) = at_campus(&mut browser, "ruc").await;
    let good = campus.issue(&service, "jia");
    for (query, code) in [
        (format!("ticket={good}&ticket=ST-x"), "WEB-004"),
        (format!("ticket=ST-x&%74icket={good}"), "WEB-004"),
        (format!("ticket={good}%26service%3Dhttps://app.test"), "CAS-002"),
        (format!("ticket={good}%00"), "CAS-002"),
        (format!("ticket=PT-{good}"), "CAS-002"),
        (format!("ticket=ST-{}", "a".repeat(300)), "CAS-002"),
        (format!("TICKET={good}"), "CAS-001"),
        (String::new(), "CAS-001"),
    ] {
        let seen = browser.click(&login, &format!("{service}?{query}")).await;
        refused(&seen, &browser, &[code]);
    }
    assert!(campus.asked().is_empty(), "none reached the campus");
    // What else the address claims changes nothing.
    let query = format!("ticket={good}&member=acme&service=https://app.test&renew=false&h=AAAA");
    code_of(&browser.click(&login, &format!("{service}?{query}")).await);
    let asked = campus.asked().pop().expect("asked");
    assert_eq!(asked.query_pairs().filter(|(n, _)| n == "service").count(), 1);
    assert!(asked.query_pairs().any(|(n, v)| n == "service" && v == service));
}

#[tokio::test]
async fn n6_answers_that_attack_their_reader_let_nobody_in() {
    let campus = Campus::start().await;
    let world = World::with_campus(&campus).await;
    let ok = success("jia");
    let deep = format!("{}{}", "<cas:a>".repeat(5000), "</cas:a>".repeat(5000));
    for body in [
        format!(
            "<!DOCTYPE r [<!ENTITY a SYSTEM 'file:///etc/hostname'>]>{}",
            response(&ok.replace("jia", "&a;"))
        ),
        format!(
            "<!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>{}",
            response(&ok.replace("jia", "&b;"))
        ),
        response(&format!("{ok}<cas:authenticationFailure code='INVALID_TICKET'/>")),
        response(&format!("{ok}{ok}")),
        response(&ok.replace("<cas:attributes>", "<cas:user>yi</cas:user><cas:attributes>")),
        response(&ok.replace("jia", "")),
        response(&deep),
        response(&ok.replace("jia", &"a".repeat(100_000))),
        response(&ok).replace("www.yale.edu", "evil.test"),
        "yes\njia\n".to_owned(),
        "{\"serviceResponse\":{\"authenticationSuccess\":{\"user\":\"jia\",\"user\":\"yi\"}}}"
            .to_owned(),
        format!("<html><body>{}</body></html>", response(&ok)),
    ] {
        let mut browser = world.browser();
        let (login, service) = at_campus(&mut browser, "ruc").await;
        campus.behaves(Manner { says: Some((200, body)), ..Manner::default() });
        let seen = bring(&mut browser, &login, &service, "ST-1").await;
        refused(&seen, &browser, &["CAS-007"]);
    }
    let mut browser = world.browser();
    let (login, service) = at_campus(&mut browser, "ruc").await;
    for (status, code) in [(302, "CAS-007"), (404, "CAS-007"), (500, "CAS-006")] {
        campus.behaves(Manner { says: Some((status, response(&ok))), ..Manner::default() });
        let seen = bring(&mut browser, &login, &service, "ST-1").await;
        refused(&seen, &browser, &[code]);
    }
    let proxied = ok.replace(
        "<cas:attributes>",
        "<cas:proxies><cas:proxy>https://app.test</cas:proxy></cas:proxies><cas:attributes>",
    );
    campus.behaves(Manner { says: Some((200, response(&proxied))), ..Manner::default() });
    refused(&bring(&mut browser, &login, &service, "ST-1").await, &browser, &["CAS-009"]);
}

/// Letter for letter, nothing in the answer says for which login it is: an attacker's own
/// ticket is good there.
#[tokio::test]
async fn a_strangers_ticket_logs_nobody_in_without_a_press_that_names_the_stranger() {
    let campus = Campus::start().await;
    let world = World::with_campus(&campus).await;
    let callback = format!("{HUB}/in/exact/campus");
    // Without a login in flight it is none, and is shown to nobody.
    let mut victim = world.browser();
    let seen = victim.get(&format!("{callback}?ticket={}", campus.issue(&callback, "yi"))).await;
    refused(&seen, &victim, &["LOG-006"]);
    at_campus(&mut victim, "ruc").await;
    let seen = victim.get(&format!("{callback}?ticket={}", campus.issue(&callback, "yi"))).await;
    refused(&seen, &victim, &["LOG-001"]);
    assert!(campus.asked().is_empty());
    // The attacker's page starts one, and then brings the ticket.
    let (login, _) = at_campus(&mut victim, "exact").await;
    let page = bring(&mut victim, &login, &callback, &campus.issue(&callback, "yi")).await;
    assert!(page.body.contains("读者yi"), "the page names the stranger: {}", page.body);
    assert!(victim.cookie("hub.test", SESSION).is_none(), "no session before the press");
    let form = page.form("handle");
    let fields: Vec<_> = form.fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let pressed = victim.post(&format!("{HUB}/login/confirm"), &fields, "https://evil.test/").await;
    refused(&pressed, &victim, &["WEB-006"]);
    // The page again is still the page, and another browser has none of it.
    let again = victim.get(page.url.as_str()).await;
    assert!(again.body.contains("读者yi") && victim.cookie("hub.test", SESSION).is_none());
    let mut other = world.browser();
    let stolen = other.post(&format!("{HUB}/login/confirm"), &fields, HUB).await;
    refused(&stolen, &other, &["LOG-006"]);
    // Pressed once, it goes on once.
    assert!(victim.submit(&page, &form).await.outside);
    assert!(!victim.submit(&page, &form).await.outside);
}

#[tokio::test]
async fn a_notice_of_logout_ends_what_its_ticket_opened_at_its_own_member_and_no_more() {
    let campus = Campus::start().await;
    let world = World::with_campus(&campus).await;
    let mut browser = world.browser();
    let (login, service) = at_campus(&mut browser, "ruc").await;
    let ticket = campus.issue(&service, "jia");
    code_of(&bring(&mut browser, &login, &service, &ticket).await);
    let bare = format!("{HUB}/in/ruc/campus");
    for (callback, index) in [
        (bare.clone(), "ST-unknown"),
        (bare.clone(), ""),
        (bare.clone(), "*"),
        (bare.clone(), "ST-1</samlp:SessionIndex><samlp:SessionIndex>ST-2"),
        // Another library's server knows the ticket, and says so at its own callback.
        (format!("{HUB}/in/exact/campus"), ticket.as_str()),
        (format!("{HUB}/in/acme/campus"), ticket.as_str()),
        (format!("{HUB}/in/nowhere/campus"), ticket.as_str()),
        (format!("{HUB}/saml/sp/acs"), ticket.as_str()),
    ] {
        let told = notify(&browser, &callback, index).await;
        assert!(!told.status.is_server_error(), "{callback}: {}", told.body);
        code_of(&browser.get(&authorize(&[])).await);
        world.clock.forward_s(60);
    }
    // A page in the reader's own browser that posts a notice has the cookies, which count for nothing.
    let forged = crate::harness::cas::notice("ST-unknown");
    browser.post(&bare, &[("logoutRequest", &forged)], "https://evil.test/").await;
    code_of(&browser.get(&authorize(&[])).await);
    assert_eq!(notify(&browser, &bare, &ticket).await.status, 200);
    service_of(&browser.get(&authorize(&[("member", "ruc")])).await);
}
