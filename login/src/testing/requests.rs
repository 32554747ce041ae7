//! Requests that tests begin with.

use model::{LoginRequest, MemberId, Prompt, ReplyTo, ServiceId};

/// Interlibrary loan asks, by the protocol that writes down what it is given.
pub(crate) fn ill() -> LoginRequest {
    LoginRequest {
        service: ServiceId::parse("ill").expect("an id"),
        protocol: "probe".into(),
        reply: ReplyTo("r1".into()),
        member: None,
        only_member: None,
        prompt: Prompt::AsNeeded,
        max_age_s: None,
        lang: None,
        login_hint: None,
    }
}

pub(crate) fn opac() -> LoginRequest {
    LoginRequest { service: ServiceId::parse("opac").expect("an id"), ..ill() }
}

pub(crate) fn prompting(prompt: Prompt) -> LoginRequest {
    LoginRequest { prompt, ..ill() }
}

pub(crate) fn member(id: &str) -> MemberId {
    MemberId::parse(id).expect("an id")
}
