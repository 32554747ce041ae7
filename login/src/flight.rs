//! A login in flight: everything the hub knows of it, carried by the browser (rule 2).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{
    ConnectorId, Handle, LoginCode, LoginRequest, MemberId, Moment, Prompt, Refusal, ServiceId,
    Sid, Step, StepKind, Timestamp, code,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How long one sealed state is good for, in seconds.
pub(crate) const STATE_LIFE: u32 = 600;
/// The same, for reckoning with times.
pub(crate) const STATE_LIFE_S: i64 = STATE_LIFE as i64;
/// How long a login may take over all its legs.
pub(crate) const LOGIN_LIFE_S: i64 = 1800;
/// How far the clocks of two nodes may differ.
pub(crate) const SKEW_S: i64 = 60;
/// Steps beyond this are not kept: the state must fit its cookie.
const MOST_STEPS: usize = 16;
/// Longest note of a step.
const LONGEST_NOTE: usize = 96;

/// What lies sealed under one handle. Names are short, since it travels in a cookie.
#[derive(Debug, Deserialize)]
pub(crate) enum InFlight {
    /// A service asked for a login.
    #[serde(rename = "l")]
    Login(Box<Flight>),
    /// A login from outside waits to be taken up (rule 5).
    #[serde(rename = "a")]
    Arrival(Arrival),
}

/// The same, to be sealed.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) enum Carried<'a> {
    /// A service asked for a login.
    #[serde(rename = "l")]
    Login(&'a Flight),
    /// A login from outside waits to be taken up.
    #[serde(rename = "a")]
    Arrival(&'a Arrival),
}

/// A login that a service asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Flight {
    /// The login's own id, used up by its answer.
    #[serde(rename = "i")]
    pub(crate) id: String,
    /// The code that the reader can quote.
    #[serde(rename = "c")]
    pub(crate) code: LoginCode,
    /// When the service asked.
    #[serde(rename = "t")]
    pub(crate) created: Timestamp,
    /// What it asked.
    #[serde(rename = "r")]
    pub(crate) request: LoginRequest,
    /// The library that was asked, once one was.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub(crate) leg: Option<Leg>,
    /// The session that this login replaces.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub(crate) old: Option<Sid>,
    /// What it waits for, where the reader must press a button before it goes on.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub(crate) waits: Option<Waits>,
    /// The steps so far.
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) steps: Vec<Step>,
}

/// Why a login waits for the press of a button.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Waits {
    /// Its service sends the reader in a circle.
    #[serde(rename = "c")]
    Circle,
    /// It was proved as another person than the one whose session runs in this browser; the
    /// session opened for it waits under this id, which no cookie names.
    #[serde(rename = "r")]
    Replaces(Sid),
    /// The answer named no login, and this browser's was found by its cookie: the reader says
    /// whether it is the one that the library named. The session waits as above.
    #[serde(rename = "y")]
    IsItYou(Sid),
}

/// One asking of one connector: one `begin`.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Leg {
    /// The member asked.
    #[serde(rename = "m")]
    pub(crate) member: MemberId,
    /// Its connector.
    #[serde(rename = "c")]
    pub(crate) connector: ConnectorId,
    /// What the connector must find again, its own encoding.
    #[serde(rename = "s", with = "as_base64url")]
    pub(crate) state: Vec<u8>,
    /// The reader must prove it anew; a session at the member is not enough.
    #[serde(rename = "f", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) force: bool,
    /// When it was asked.
    #[serde(rename = "t")]
    pub(crate) begun: Timestamp,
}

impl std::fmt::Debug for Leg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Leg({}/{})", self.member, self.connector)
    }
}

/// A session opened by an answer that nobody asked for, waiting for its browser.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Arrival {
    /// The code of this login.
    #[serde(rename = "c")]
    pub(crate) code: LoginCode,
    /// When it came in.
    #[serde(rename = "t")]
    pub(crate) created: Timestamp,
    /// The waiting session: no cookie names it yet.
    #[serde(rename = "p")]
    pub(crate) pending: Sid,
    /// The member that vouches.
    #[serde(rename = "m")]
    pub(crate) member: MemberId,
    /// Where it leads.
    #[serde(rename = "g")]
    pub(crate) target: ServiceId,
    /// The steps so far.
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) steps: Vec<Step>,
}

impl Flight {
    /// A login that has just been asked for. Nothing is written (rule 2).
    pub(crate) fn new(request: LoginRequest, code: LoginCode, moment: &Moment) -> Self {
        let mut flight = Self {
            id: moment.entropy.short_token(),
            code,
            created: moment.now,
            request,
            leg: None,
            old: None,
            waits: None,
            steps: Vec::new(),
        };
        let note = format!("{} by {}", flight.request.service, flight.request.protocol);
        flight.step(StepKind::Asked, note, moment.now);
        flight
    }

    /// Notes a step; `note` holds names of things, never a value or a secret.
    pub(crate) fn step(&mut self, kind: StepKind, note: impl Into<String>, at: Timestamp) {
        push_step(&mut self.steps, kind, note, at);
    }

    /// Whether the reader may be asked anything.
    pub(crate) fn may_ask(&self) -> bool {
        self.request.prompt != Prompt::Never
    }

    /// Until when its id must be remembered once it has ended (rule 3: the record
    /// outlives what it guards).
    pub(crate) fn forgotten(&self) -> Timestamp {
        self.created.plus_s(LOGIN_LIFE_S + STATE_LIFE_S + SKEW_S)
    }
}

/// Notes a step, cut to what fits.
pub(crate) fn push_step(
    steps: &mut Vec<Step>,
    kind: StepKind,
    note: impl Into<String>,
    at: Timestamp,
) {
    if steps.len() < MOST_STEPS {
        let mut note = note.into();
        if note.len() > LONGEST_NOTE {
            note = note.chars().take(LONGEST_NOTE / 4).collect();
        }
        steps.push(Step { at, kind, note });
    }
}

/// What is sealed: the state, when, and for which browser.
#[derive(Serialize)]
struct Written<'a> {
    b: &'a str,
    a: Timestamp,
    v: Carried<'a>,
}

#[derive(Deserialize)]
struct Read {
    b: String,
    a: Timestamp,
    v: InFlight,
}

impl Carried<'_> {
    /// The bytes to seal; `binding` is the browser's binding cookie.
    pub(crate) fn write(self, binding: &str, now: Timestamp) -> Result<Vec<u8>, Refusal> {
        serde_json::to_vec(&Written { b: &browser_key(binding), a: now, v: self })
            .map_err(|e| Refusal::new(code::HUB_INTERNAL, format!("state: {e}")))
    }

    /// The code of the login it belongs to: cookies of one login go together.
    pub(crate) fn code(self) -> LoginCode {
        match self {
            Self::Login(flight) => flight.code,
            Self::Arrival(arrival) => arrival.code,
        }
    }
}

impl InFlight {
    /// Reads opened bytes: of this browser, and in time.
    pub(crate) fn read(
        opened: &[u8],
        binding: Option<&str>,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let read: Read = serde_json::from_slice(opened)
            .map_err(|_| Refusal::new(code::LOG_STATE_FORGED, "the opened state is unreadable"))?;
        // A state that was carried to another browser would log that one in as someone else.
        let here = browser_key(binding.unwrap_or_default());
        let is_same =
            aws_lc_rs::constant_time::verify_slices_are_equal(here.as_bytes(), read.b.as_bytes());
        if binding.is_none() || is_same.is_err() {
            return Err(Refusal::new(code::LOG_STATE_MISSING, "the state is of another browser"));
        }
        let age = now.seconds_since(read.a);
        if !(-SKEW_S..STATE_LIFE_S).contains(&age)
            || now.seconds_since(read.v.created()) >= LOGIN_LIFE_S
        {
            return Err(Refusal::new(code::LOG_STATE_EXPIRED, format!("sealed {age} s ago")));
        }
        Ok(read.v)
    }

    fn created(&self) -> Timestamp {
        match self {
            Self::Login(flight) => flight.created,
            Self::Arrival(arrival) => arrival.created,
        }
    }
}

/// Draws a handle: 128 random bits.
pub(crate) fn draw_handle(moment: &Moment) -> Result<Handle, Refusal> {
    Handle::parse(&moment.entropy.short_token())
        .map_err(|e| Refusal::new(code::HUB_INTERNAL, e.to_string()))
}

/// Names a browser by its binding cookie without telling it.
pub(crate) fn browser_key(binding: &str) -> String {
    let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    context.update(b"readerpass binding cookie\0");
    context.update(binding.as_bytes());
    URL_SAFE_NO_PAD.encode(context.finish())
}

mod as_base64url {
    use super::{Deserialize, Deserializer, Serializer, URL_SAFE_NO_PAD};
    use base64::Engine as _;

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&URL_SAFE_NO_PAD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        URL_SAFE_NO_PAD.decode(text.as_bytes()).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
