use super::*;
use crate::testing::requests::ill as request;
use crate::testing::{NOON, noon};

fn flight() -> Flight {
    let moment = noon();
    Flight::new(request(), LoginCode::draw(&moment.entropy), &moment)
}

fn sealed(flight: &Flight, binding: &str, after_s: i64) -> Vec<u8> {
    Carried::Login(flight).write(binding, NOON.plus_s(after_s)).expect("writes")
}

const BINDING: &str = "0123456789012345678901";

fn read(opened: &[u8], binding: Option<&str>, after_s: i64) -> Result<InFlight, model::Code> {
    InFlight::read(opened, binding, NOON.plus_s(after_s)).map_err(|r| r.code())
}

#[test]
fn it_comes_back_whole() {
    let mut flight = flight();
    flight.leg = Some(Leg {
        member: MemberId::parse("nju").expect("an id"),
        connector: ConnectorId::parse("campus").expect("an id"),
        state: vec![0, 255, 7],
        force: true,
        begun: NOON,
    });
    flight.old = Sid::parse("old").ok();
    let bytes = sealed(&flight, BINDING, 0);
    let InFlight::Login(after) = read(&bytes, Some(BINDING), 1).expect("reads") else {
        panic!("a login")
    };
    let leg = after.leg.expect("a leg");
    assert_eq!((leg.state, leg.force), (vec![0, 255, 7], true));
    assert_eq!(after.request, request());
    assert_eq!(after.steps.len(), 1);
}

#[test]
fn another_browser_cannot_go_on() {
    let bytes = sealed(&flight(), BINDING, 0);
    let other = "1123456789012345678901";
    assert_eq!(read(&bytes, Some(other), 1).expect_err("refused"), code::LOG_STATE_MISSING);
    assert_eq!(read(&bytes, None, 1).expect_err("refused"), code::LOG_STATE_MISSING);
    // A state sealed for a browser without a binding is nobody's.
    let none = sealed(&flight(), "", 0);
    assert_eq!(read(&none, None, 1).expect_err("refused"), code::LOG_STATE_MISSING);
}

#[test]
fn ten_minutes_a_state_and_half_an_hour_a_login() {
    let bytes = sealed(&flight(), BINDING, 0);
    assert!(read(&bytes, Some(BINDING), STATE_LIFE_S - 1).is_ok());
    let late = read(&bytes, Some(BINDING), STATE_LIFE_S);
    assert_eq!(late.expect_err("refused"), code::LOG_STATE_EXPIRED);
    let early = read(&bytes, Some(BINDING), -SKEW_S - 1);
    assert_eq!(early.expect_err("refused"), code::LOG_STATE_EXPIRED);
    let again = sealed(&flight(), BINDING, LOGIN_LIFE_S - 10);
    assert!(read(&again, Some(BINDING), LOGIN_LIFE_S - 5).is_ok());
    assert_eq!(
        read(&again, Some(BINDING), LOGIN_LIFE_S).expect_err("refused"),
        code::LOG_STATE_EXPIRED
    );
}

#[test]
fn the_record_of_an_ended_login_outlives_every_state_of_it() {
    let flight = flight();
    assert!(flight.forgotten() > flight.created.plus_s(LOGIN_LIFE_S + STATE_LIFE_S));
}

#[test]
fn steps_are_bounded() {
    let mut flight = flight();
    for _ in 0..100 {
        flight.step(StepKind::Sent, "n".repeat(10_000), NOON);
    }
    assert_eq!(flight.steps.len(), MOST_STEPS);
    assert!(flight.steps.iter().all(|s| s.note.len() <= LONGEST_NOTE));
}
