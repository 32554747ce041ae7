//! What a directory says of an account beside the password: in the answer to a bind, and in
//! the attributes of the entry.

use super::wire::{Entry, SUCCESS, Said, Word};
use model::{Code, Standing, Timestamp, code};

/// Attributes that hold the state of an account, in the directories that have them.
pub(super) const STATE: [&str; 6] = [
    "userAccountControl",
    "accountExpires",
    "pwdAccountLockedTime",
    "pwdReset",
    "nsAccountLock",
    "shadowExpire",
];

/// What came of a bind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BindOutcome {
    /// The password is right.
    In,
    /// Name or password is wrong, and nothing else is said.
    Wrong,
    /// The account is known, and may not come in: which code, and why for the trace.
    Kept(Code, &'static str),
    /// The directory does not do what it must: which code, and why for the trace.
    Fault(Code, &'static str),
}

/// Reads the answer to a bind (RFC 4511 Appendix A), with the words that Active Directory
/// writes into its text and those of a password policy.
pub(super) fn outcome(said: &Said) -> BindOutcome {
    match (said.code, said.word) {
        (SUCCESS | INVALID_CREDENTIALS, Some(Word::MustChange)) => MUST_CHANGE,
        (SUCCESS, _) => BindOutcome::In,
        (INVALID_CREDENTIALS, Some(Word::Expired)) => EXPIRED,
        // 389 Directory Server, without a word: too many tries; account inactivated.
        (INVALID_CREDENTIALS, Some(Word::Locked)) | (CONSTRAINT_VIOLATION, _) => LOCKED,
        (INVALID_CREDENTIALS, None) => data_code(&said.text).map_or(BindOutcome::Wrong, of_data),
        (NO_SUCH_OBJECT, _) => BindOutcome::Wrong,
        (UNWILLING, _) => BindOutcome::Kept(code::CON_CLOSED, "result 53: the directory declines"),
        (BUSY | UNAVAILABLE, _) => {
            BindOutcome::Fault(code::CON_UNREACHABLE, "the directory is busy or unavailable")
        }
        (REFERRAL, _) => {
            BindOutcome::Fault(code::CON_NOT_LET_IN, "the directory refers to another server")
        }
        (STRONGER_AUTH | CONFIDENTIALITY, _) => {
            BindOutcome::Fault(code::CON_NOT_LET_IN, "the directory wants another kind of bind")
        }
        _ => BindOutcome::Fault(code::CON_ANSWER, "a result that no bind has"),
    }
}

const INVALID_CREDENTIALS: u32 = 49;
const NO_SUCH_OBJECT: u32 = 32;
const CONSTRAINT_VIOLATION: u32 = 19;
const UNWILLING: u32 = 53;
const BUSY: u32 = 51;
const UNAVAILABLE: u32 = 52;
const REFERRAL: u32 = 10;
const STRONGER_AUTH: u32 = 8;
const CONFIDENTIALITY: u32 = 13;

const EXPIRED: BindOutcome =
    BindOutcome::Kept(code::CON_PASSWORD_EXPIRED, "the password has expired");
const MUST_CHANGE: BindOutcome =
    BindOutcome::Kept(code::CON_PASSWORD_EXPIRED, "the password must be changed first");
const LOCKED: BindOutcome = BindOutcome::Kept(code::CON_LOCKED, "the account is locked");

/// `80090308: LdapErr: DSID-0C09042F, comment: AcceptSecurityContext error, data 52e, v2580`
fn data_code(text: &str) -> Option<u32> {
    let (_, after) = text.split_once(" data ")?;
    let end = after.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(after.len());
    u32::from_str_radix(after.get(..end)?, 16).ok()
}

/// Error codes of Windows, as Active Directory writes them (winerror.h).
fn of_data(data: u32) -> BindOutcome {
    match data {
        0x530 => BindOutcome::Kept(code::CON_CLOSED, "data 530: no logins at this time"),
        0x531 => BindOutcome::Kept(code::CON_CLOSED, "data 531: no logins from this machine"),
        0x532 => EXPIRED,
        0x533 => BindOutcome::Kept(code::CON_CLOSED, "data 533: the account is disabled"),
        0x701 => BindOutcome::Kept(code::CON_CLOSED, "data 701: the account has expired"),
        0x773 => MUST_CHANGE,
        0x775 => LOCKED,
        // 525 no such reader, 52e wrong password, and whatever else there may be: one answer.
        _ => BindOutcome::Wrong,
    }
}

/// What the attributes of an entry say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) standing: Standing,
    pub(super) valid_until: Option<Timestamp>,
    /// Given out by somebody else, and to be changed before it counts.
    pub(super) must_change: bool,
    /// A lock stands in the entry; whether it still holds, the bind says.
    pub(super) is_locked: bool,
    /// What could not be read, by name.
    pub(super) notes: Vec<String>,
}

/// Reads the state of an account; an attribute that is absent says nothing, one that cannot be
/// read is named.
pub(super) fn state(entry: &Entry, now: Timestamp) -> State {
    let mut state = State {
        standing: Standing::Good,
        valid_until: None,
        must_change: is_true(entry, "pwdReset"),
        is_locked: false,
        notes: Vec::new(),
    };
    if let Some(flags) = state.number(entry, "userAccountControl") {
        // MS-ADTS 2.2.16: ADS_UF_ACCOUNT_DISABLE, ADS_UF_LOCKOUT.
        if flags & 0x2 != 0 {
            state.worsen(Standing::Suspended);
        }
        state.is_locked |= flags & 0x10 != 0;
    }
    if is_true(entry, "nsAccountLock") {
        state.worsen(Standing::Suspended);
    }
    if let Some(ticks) = state.number(entry, "accountExpires") {
        state.ends(filetime(ticks), now);
    }
    if let Some(days) = state.number(entry, "shadowExpire") {
        // shadow(5): days since 1970; the account is closed on that day. -1: never.
        let end = (days >= 0).then(|| Timestamp::from_unix_s(days.saturating_mul(86_400)));
        state.ends(end, now);
    }
    if let Some(since) = entry.texts("pwdAccountLockedTime").next() {
        state.is_locked = true;
        // draft-behera-ldap-password-policy-11 5.3.3: locked by an administrator, for good.
        if since == "000001010000Z" {
            state.worsen(Standing::Suspended);
        }
    }
    state
}

impl State {
    fn number(&mut self, entry: &Entry, name: &str) -> Option<i64> {
        let text = entry.texts(name).next()?;
        let number = text.parse().ok();
        if number.is_none() {
            self.notes.push(format!("{name}: not a number"));
            // What may say "closed" and cannot be read is not taken for "open".
            self.worsen(Standing::Blocked);
        }
        number
    }

    fn ends(&mut self, end: Option<Timestamp>, now: Timestamp) {
        let Some(end) = end else { return };
        self.valid_until = Some(self.valid_until.map_or(end, |other| other.min(end)));
        if end <= now {
            self.worsen(Standing::Expired);
        }
    }

    fn worsen(&mut self, standing: Standing) {
        self.standing = worse(self.standing, standing);
    }
}

/// The stricter of two.
pub(super) fn worse(one: Standing, other: Standing) -> Standing {
    let rank = |standing| match standing {
        Standing::Good => 0,
        Standing::Pending => 1,
        Standing::Blocked => 2,
        Standing::Expired => 3,
        Standing::Suspended => 4,
    };
    if rank(other) > rank(one) { other } else { one }
}

fn is_true(entry: &Entry, name: &str) -> bool {
    entry.texts(name).any(|value| value.eq_ignore_ascii_case("true"))
}

/// MS-ADTS 2.2.9 and 3.1.1.4: ticks of 100 ns since 1601; 0 and the largest number: never.
fn filetime(ticks: i64) -> Option<Timestamp> {
    const TO_1970_S: i64 = 11_644_473_600;
    if ticks <= 0 || ticks == i64::MAX {
        return None;
    }
    Some(Timestamp::from_unix_s(ticks / 10_000_000 - TO_1970_S))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_s(1_795_262_400);

    fn said(code: u32, text: &str, word: Option<Word>) -> Said {
        Said { code, text: text.to_owned(), word }
    }

    fn kept(said: &Said) -> Option<Code> {
        match outcome(said) {
            BindOutcome::Kept(code, _) => Some(code),
            _ => None,
        }
    }

    #[test]
    fn the_data_codes_of_active_directory_are_told_apart() {
        let data = |data: &str| {
            let text = format!(
                "80090308: LdapErr: DSID-0C09042F, comment: AcceptSecurityContext error, data {data}, v2580"
            );
            said(49, &text, None)
        };
        for (given, expected) in [
            ("52e", None),
            ("525", None),
            ("530", Some(code::CON_CLOSED)),
            ("531", Some(code::CON_CLOSED)),
            ("532", Some(code::CON_PASSWORD_EXPIRED)),
            ("533", Some(code::CON_CLOSED)),
            ("701", Some(code::CON_CLOSED)),
            ("773", Some(code::CON_PASSWORD_EXPIRED)),
            ("775", Some(code::CON_LOCKED)),
            ("fffffffff", None),
            ("", None),
        ] {
            assert_eq!(kept(&data(given)), expected, "{given}");
        }
        // Nothing tells an unknown reader from a wrong password.
        assert_eq!(outcome(&data("525")), BindOutcome::Wrong);
        assert_eq!(outcome(&data("52e")), BindOutcome::Wrong);
        assert_eq!(outcome(&said(49, "", None)), BindOutcome::Wrong);
        assert_eq!(outcome(&said(32, "", None)), BindOutcome::Wrong);
    }

    #[test]
    fn only_success_lets_in() {
        for code in (1..=123).chain([4096, u32::MAX]) {
            assert_ne!(outcome(&said(code, "", None)), BindOutcome::In, "{code}");
        }
        assert_eq!(outcome(&said(0, "", None)), BindOutcome::In);
        assert_eq!(kept(&said(0, "", Some(Word::MustChange))), Some(code::CON_PASSWORD_EXPIRED));
        assert_eq!(kept(&said(49, "", Some(Word::Expired))), Some(code::CON_PASSWORD_EXPIRED));
        assert_eq!(kept(&said(49, "", Some(Word::Locked))), Some(code::CON_LOCKED));
    }

    fn of(attributes: &[(&str, &str)]) -> State {
        let values = attributes
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), vec![value.as_bytes().to_vec()]));
        let entry = Entry { name: "uid=a".to_owned(), values: values.into_iter().collect() };
        state(&entry, NOW)
    }

    #[test]
    fn the_state_in_attributes_becomes_standing() {
        let standing = |name, value| of(&[(name, value)]).standing;
        assert_eq!(of(&[]).standing, Standing::Good);
        assert_eq!(standing("userAccountControl", "512"), Standing::Good);
        assert_eq!(standing("userAccountControl", "514"), Standing::Suspended);
        assert_eq!(standing("userAccountControl", "abc"), Standing::Blocked);
        assert_eq!(standing("nsAccountLock", "TRUE"), Standing::Suspended);
        assert_eq!(standing("pwdAccountLockedTime", "000001010000Z"), Standing::Suspended);
        assert!(of(&[("pwdAccountLockedTime", "20261121120000Z")]).is_locked);
        assert!(of(&[("userAccountControl", "528")]).is_locked);
        assert!(of(&[("pwdReset", "TRUE")]).must_change);
        assert_eq!(standing("shadowExpire", "1"), Standing::Expired);
        assert_eq!(standing("shadowExpire", "-1"), Standing::Good);
    }

    #[test]
    fn an_account_that_never_expires_says_so_in_two_ways() {
        for never in ["0", "9223372036854775807"] {
            let state = of(&[("accountExpires", never)]);
            assert_eq!((state.standing, state.valid_until), (Standing::Good, None), "{never}");
        }
        // 2026-01-01 and 2027-01-01, 00:00 UTC.
        let past = of(&[("accountExpires", "134116992000000000")]);
        assert_eq!(past.standing, Standing::Expired);
        assert_eq!(past.valid_until, Timestamp::parse_rfc3339("2026-01-01T00:00:00Z"));
        let coming = of(&[("accountExpires", "134432352000000000")]);
        assert_eq!(coming.standing, Standing::Good);
        assert_eq!(coming.valid_until, Timestamp::parse_rfc3339("2027-01-01T00:00:00Z"));
    }

    #[test]
    fn the_stricter_standing_wins_whatever_the_order() {
        for one in Standing::ALL {
            assert_eq!(worse(one, Standing::Suspended), Standing::Suspended);
            assert_eq!(worse(Standing::Good, one), one);
            assert_eq!(worse(one, Standing::Good), one);
        }
    }
}
