//! State cookies, and what lies in them once opened. The first byte chooses which.

use crate::fixtures::NOW;
use crate::parties::entropy;
use login::fuzzing::{States, opened, read};
use model::{Handle, LoginCode, Moment};
use std::sync::LazyLock;

/// The browser of the sealed state.
pub const BINDING: &str = "AAAAAAAAAAAAAAAAAAAAAA";
/// Its handle.
pub const HANDLE: &str = "HHHHHHHHHHHHHHHHHHHHHH";
const OTHER_BINDING: &str = "BBBBBBBBBBBBBBBBBBBBBB";
const OTHER_HANDLE: &str = "IIIIIIIIIIIIIIIIIIIIII";
const ROOT: [u8; 32] = [7; 32];

struct Sealed {
    states: States,
    handle: Handle,
    cookie: String,
    code: LoginCode,
}

static SEALED: LazyLock<Sealed> = LazyLock::new(|| {
    let states = States::new(ROOT);
    let handle = Handle::parse(HANDLE).expect("a handle");
    let cookie = cookie();
    let code = states.open(&handle, &cookie, Some(BINDING), NOW).expect("our own state");
    let other = Handle::parse(OTHER_HANDLE).expect("a handle");
    assert!(states.open(&other, &cookie, Some(BINDING), NOW).is_err(), "under another handle");
    assert!(states.open(&handle, &cookie, Some(OTHER_BINDING), NOW).is_err(), "another browser's");
    assert!(states.open(&handle, &cookie, Some(BINDING), NOW.plus_s(601)).is_err(), "too late");
    Sealed { states, handle, cookie, code }
});

/// The cookie of the one login that was sealed; the same in every run.
pub fn cookie() -> String {
    let handle = Handle::parse(HANDLE).expect("a handle");
    let moment = Moment { now: NOW, entropy: entropy() };
    States::new(ROOT).cookie(&handle, BINDING, &moment).expect("a state")
}

/// What lies in it.
pub fn content() -> Vec<u8> {
    opened(BINDING, &Moment { now: NOW, entropy: entropy() }).expect("a state").1
}

/// One input.
pub fn run(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else { return };
    let sealed = &*SEALED;
    if kind % 2 == 1 {
        // As if the seal were broken: what lies inside is still read with care.
        let _ = read(rest, Some(BINDING), NOW);
        assert!(read(rest, None, NOW).is_err(), "a state without a browser");
        assert!(read(rest, Some(OTHER_BINDING), NOW).is_err(), "of another browser");
        return;
    }
    let Ok(value) = std::str::from_utf8(rest) else { return };
    let seal = |text: &str| text.rsplit('.').next().map(str::to_owned);
    if let Ok(code) = sealed.states.open(&sealed.handle, value, Some(BINDING), NOW) {
        assert_eq!((code, seal(value)), (sealed.code, seal(&sealed.cookie)), "never sealed");
    }
    let other = Handle::parse(OTHER_HANDLE).expect("a handle");
    assert!(sealed.states.open(&other, value, Some(BINDING), NOW).is_err(), "another handle");
}
