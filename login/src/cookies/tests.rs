use super::*;
use crate::testing::{inbound, noon};

fn code(n: usize) -> LoginCode {
    let moment = noon();
    let all: Vec<LoginCode> = (0..=n).map(|_| LoginCode::draw(&moment.entropy)).collect();
    all[n]
}

fn value(made_s: i64, login: usize, length: usize) -> String {
    StateValue { made_s, code: code(login), place: Place::Here(&"x".repeat(length)) }.write()
}

fn added(made_s: i64, login: usize, length: usize) -> Cookie {
    state_cookie(&Handle::parse("new").expect("a handle"), value(made_s, login, length), 600)
}

/// Names of the states that go when a state of `login` comes.
fn removed(present: &[(&str, String)], new: &Cookie, login: usize) -> Vec<String> {
    let cookies: Vec<(String, &str)> =
        present.iter().map(|(h, v)| (format!("{STATE_PREFIX}{h}"), v.as_str())).collect();
    let cookies: Vec<(&str, &str)> = cookies.iter().map(|(n, v)| (n.as_str(), *v)).collect();
    let removed = make_room(&inbound(&cookies), new, code(login));
    assert!(removed.iter().all(|c| c.max_age_s == Some(0)));
    removed.into_iter().map(|c| c.name.replace(STATE_PREFIX, "")).collect()
}

#[test]
fn the_two_newest_logins_are_kept() {
    let present = [("old", value(1, 1, 10)), ("newer", value(2, 2, 10))];
    assert_eq!(removed(&present, &added(3, 3, 10), 3), ["old"]);
    assert!(removed(&present[1..], &added(3, 3, 10), 3).is_empty());
}

#[test]
fn of_one_login_its_first_and_its_newest_state_stay() {
    let present = [("first", value(1, 1, 10)), ("tried", value(2, 1, 10))];
    assert_eq!(removed(&present, &added(3, 1, 10), 1), ["tried"]);
}

#[test]
fn seven_kilobytes_in_all_are_never_passed() {
    let present = [("a", value(1, 1, 2_900)), ("b", value(2, 2, 2_900))];
    assert_eq!(removed(&present[1..], &added(3, 3, 2_900), 3), Vec::<String>::new());
    let three = [("a", value(1, 3, 2_900)), ("b", value(2, 2, 2_900))];
    assert_eq!(removed(&three, &added(3, 3, 2_900), 3), ["a"]);
}

#[test]
fn malformed_states_go() {
    let present = [("bad", "nonsense".to_owned()), ("dots", "1.2.3".to_owned())];
    assert_eq!(removed(&present, &added(3, 1, 10), 1), ["bad", "dots"]);
}

#[test]
fn one_answer_removes_so_many_and_those_of_the_login_first() {
    let rubbish: Vec<(String, String)> =
        (0..1_500).map(|n| (format!("{STATE_PREFIX}{n}"), String::new())).collect();
    let mine = (format!("{STATE_PREFIX}mine"), value(1, 1, 5));
    let sent: Vec<(&str, &str)> =
        rubbish.iter().chain([&mine]).map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let ended = removals_of(&inbound(&sent), code(1));
    assert_eq!((ended.len(), ended[0].name.as_str()), (MOST_REMOVED, "__Host-rp_s_mine"));
    let tried = make_room(&inbound(&sent), &added(3, 1, LARGEST_STATE), code(1));
    assert_eq!(tried.len(), MOST_REMOVED);
    let older = [("old".to_owned(), value(1, 1, 5)), ("older".to_owned(), value(0, 1, 5))];
    let older: Vec<_> = older.iter().map(|(n, v)| (format!("{STATE_PREFIX}{n}"), v)).collect();
    let sent: Vec<(&str, &str)> = sent[..1_500]
        .iter()
        .copied()
        .chain(older.iter().map(|(n, v)| (n.as_str(), v.as_str())))
        .collect();
    let gone = make_room(&inbound(&sent), &added(3, 1, 5), code(1));
    assert_eq!((gone.len(), gone[0].name.as_str()), (MOST_REMOVED, "__Host-rp_s_old"));
}

#[test]
fn a_state_value_round_trips() {
    for place in [Place::Here("abc-_9"), Place::Parked("key")] {
        let value = StateValue { made_s: 1_795_262_400, code: code(0), place };
        assert_eq!(StateValue::parse(&value.write()), Some(value));
    }
    assert_eq!(StateValue::parse(&format!("1.{}.x", code(0))), None);
    assert_eq!(StateValue::parse(&format!("1.{}.sa=b", code(0))), None);
    assert_eq!(StateValue::parse(&format!("1.{}.p{}", code(0), "k".repeat(65))), None);
    assert_eq!(StateValue::parse(""), None);
}

#[test]
fn an_ended_login_loses_its_states_and_no_other() {
    let (mine, other) = (value(1, 1, 5), value(1, 2, 5));
    let cookies = [("__Host-rp_s_a", mine.as_str()), ("__Host-rp_s_b", other.as_str())];
    let names: Vec<String> =
        removals_of(&inbound(&cookies), code(1)).into_iter().map(|c| c.name).collect();
    assert_eq!(names, ["__Host-rp_s_a"]);
}

#[test]
fn a_malformed_cookie_is_no_cookie() {
    let short = inbound(&[(SESSION, "abc"), (BINDING, "abc")]);
    assert!(sent_sid(&short).is_none() && sent_binding(&short).is_none());
    let odd = inbound(&[(SESSION, &"=".repeat(43)), (BINDING, &"!".repeat(22))]);
    assert!(sent_sid(&odd).is_none() && sent_binding(&odd).is_none());
    assert!(Binding::of(&odd, &noon()).is_new);
    let good = inbound(&[(SESSION, &"a".repeat(43)), (BINDING, &"b".repeat(22))]);
    assert!(sent_sid(&good).is_some() && sent_binding(&good).is_some());
    assert!(!Binding::of(&good, &noon()).is_new);
}

#[test]
fn session_lax_and_login_none() {
    let sid = Sid::parse(&"a".repeat(43)).expect("a sid");
    assert_eq!(session_cookie(&sid, None).same_site, SameSite::Lax);
    assert_eq!(added(1, 1, 1).same_site, SameSite::None);
    assert_eq!(Binding::of(&inbound(&[]), &noon()).cookie().same_site, SameSite::None);
}

#[test]
fn recent_libraries_newest_first_and_five_at_most() {
    let sent = inbound(&[(RECENT, "aa.bb.!!.cc.dd.ee.ff")]);
    let ids =
        |list: Vec<MemberId>| list.into_iter().map(String::from).collect::<Vec<_>>().join(".");
    assert_eq!(ids(recent(&sent)), "aa.bb.cc.dd.ee");
    let cookie = remember(&sent, &MemberId::parse("cc").expect("an id"));
    assert_eq!(cookie.value, "cc.aa.bb.dd.ee");
    let cookie = remember(&sent, &MemberId::parse("zz").expect("an id"));
    assert_eq!(cookie.value, "zz.aa.bb.cc.dd");
}
