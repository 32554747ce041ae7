//! Service tickets.

use model::{Inbound, Refusal, code};
use std::fmt;

/// CAS Protocol 3.1.1: clients should take 256 characters.
const LONGEST: usize = 256;

/// A service ticket, not validated: whoever holds it is the reader, once. Debug shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Ticket(String);

impl Ticket {
    /// CAS Protocol 3.1.1, 3.7: `ST-`, then letters, digits and `-`; servers in use add host
    /// names. A proxy ticket (`PT-`) was got by another service.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_allowed = |b: u8| {
            b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~' | b':' | b'@')
        };
        let rest = text.strip_prefix("ST-")?;
        let is_whole = !rest.is_empty() && text.len() <= LONGEST;
        (is_whole && rest.bytes().all(is_allowed)).then(|| Self(text.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket(***)")
    }
}

/// The one ticket that the browser brings.
pub(super) fn of(inbound: &Inbound, is_passive: bool) -> Result<Ticket, Refusal> {
    let params = inbound
        .query_params()
        .map_err(|fault| Refusal::new(code::WEB_BAD_PARAMETERS, fault.to_string()))?;
    let found = params
        .one("ticket")
        .map_err(|fault| Refusal::new(code::WEB_BAD_PARAMETERS, fault.to_string()))?;
    match found.filter(|ticket| !ticket.is_empty()) {
        Some(ticket) => Ticket::parse(ticket).ok_or_else(|| {
            let log = "not `ST-` and at most 253 of A-Z, a-z, 0-9 and -._~:@";
            Refusal::new(code::CAS_TICKET_FORM, log)
        }),
        // CAS Protocol 2.1.1, `gateway`: no session there, and none is asked for.
        None if is_passive => {
            Err(Refusal::new(code::LOG_LOGIN_REQUIRED, "no session at the library"))
        }
        None => Err(Refusal::new(code::CAS_NO_TICKET, "the callback has no `ticket`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_a_service_ticket_of_bounded_length_and_plain_letters() {
        for good in ["ST-1", "ST-1856339-aA5Yuvrxzpv8Tau1cYQ7", "ST-7-x_y.z~q-cas01.x.edu.cn:8443"]
        {
            assert_eq!(Ticket::parse(good).expect("a ticket").as_str(), good);
        }
        let long = format!("ST-{}", "a".repeat(253));
        assert!(Ticket::parse(&long).is_some() && Ticket::parse(&format!("{long}a")).is_none());
        for bad in [
            "", "ST-", "ST", "st-1", "PT-1", "PGT-1", "ST-a b", "ST-a&b", "ST-a%20", "ST-a<",
            "ST-é", "ST-a\n", " ST-1",
        ] {
            assert!(Ticket::parse(bad).is_none(), "{bad:?}");
        }
        assert_eq!(format!("{:?}", Ticket::parse("ST-secret")), "Some(Ticket(***))");
    }
}
