//! Those who work here: librarians at the desk of their member, operators and auditors at
//! the console of the hub.
//!
//! Working and reading are kept apart. Desk and console are entered from a session that the
//! connector `staff` proved, by a password and a second factor that the hub itself checked;
//! such a session opens nothing else, and no other opens them. So neither an answer that
//! nobody asked for, nor a member's word, nor a reader's session gives a role (rules 5, 14).

use crate::decide::Live;
use crate::{Login, Ready, Session};
use accounts::Staff;
use idp_bridge::Claimed;
use model::{
    ConnectorEntry, ConnectorId, HUB_MEMBER, LoginCode, MemberId, Moment, Refusal, STAFF_CONNECTOR,
    ServiceId, TraceRecord, code,
};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::LazyLock;
use store::{AccountRow, Actor, AuditEntry, Role};

/// Where one works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// The desk of one member.
    Desk,
    /// The console of the hub.
    Console,
}

impl Room {
    /// The room that a service is; `None`: one for readers.
    pub(crate) fn of(service: &ServiceId) -> Option<Self> {
        match service.as_str() {
            "desk" => Some(Self::Desk),
            "console" => Some(Self::Console),
            _ => None,
        }
    }

    /// Whether this role opens it. A library's roles hold there only, and those of the
    /// consortium open no library's desk (rule 14).
    fn admits(self, staff: &Staff, member: &MemberId) -> bool {
        match self {
            Self::Desk => {
                matches!(staff.role, Role::Librarian | Role::Head)
                    && staff.member.as_ref() == Some(member)
            }
            Self::Console => {
                matches!(staff.role, Role::Operator | Role::Auditor)
                    && staff.member.is_none()
                    && member.as_str() == HUB_MEMBER
            }
        }
    }
}

/// The connector that every member has for those who work there. It stands in no registry.
pub(crate) fn entry() -> Result<(&'static ConnectorEntry, ConnectorId), Refusal> {
    static ENTRY: LazyLock<ConnectorEntry> = LazyLock::new(|| ConnectorEntry {
        id: None,
        kind: STAFF_CONNECTOR.to_owned(),
        name: None,
        metadata: None,
        attributes: BTreeMap::new(),
        bound_to: None,
        unsolicited: Vec::new(),
        reassignable: false,
        settings: BTreeMap::new(),
    });
    let broken = || Refusal::new(code::HUB_INTERNAL, "the connector of the staff has no id");
    let id = ENTRY.id().ok_or_else(broken)?;
    Ok((&ENTRY, id))
}

pub(crate) fn is_staff_connector(connector: &ConnectorId) -> bool {
    connector.as_str() == STAFF_CONNECTOR
}

impl Session {
    /// Whether it is one of somebody at work: proved by the connector of the staff, with a
    /// second factor. What they may do is looked up at every request.
    pub(crate) fn is_staff(&self) -> bool {
        is_staff_connector(&self.membership().connector)
            && Claimed::is_by_two_factors(self.membership().evidence, self.acr())
    }

    /// Whether the service is one that such a session is for at all.
    pub(crate) fn is_for(&self, service: &ServiceId) -> bool {
        let is_of_hub = self.membership().member.as_str() == HUB_MEMBER;
        match Room::of(service) {
            None => !is_staff_connector(&self.membership().connector),
            Some(Room::Desk) => self.is_staff() && !is_of_hub,
            Some(Room::Console) => self.is_staff() && is_of_hub,
        }
    }
}

/// The gate of desk and console, and the wall around them. Called wherever a service is
/// decided on, from what was looked up in this very request.
pub(crate) fn require(live: &Live, service: &ServiceId) -> Result<(), Refusal> {
    let session = live.session();
    let member = &session.membership().member;
    let is_open = match (Room::of(service), live.staff()) {
        (None, _) => session.is_for(service),
        (Some(room), Some(staff)) => session.is_for(service) && room.admits(staff, member),
        (Some(_), None) => false,
    };
    if is_open {
        return Ok(());
    }
    let log = format!("no role that opens {service}");
    Err(Refusal::new(code::ACC_NO_ROLE, log).at_member(member).at_service(service))
}

impl Login {
    /// The role that the holder of a session has now; `None` for a reader.
    pub(crate) async fn staff_of(
        &self,
        session: &Session,
        moment: &Moment,
    ) -> Result<Option<Staff>, Refusal> {
        if !session.is_staff() {
            return Ok(None);
        }
        self.0.accounts.staff(&session.reader().id, moment.now).await
    }

    /// The trace of a login, for whoever stands in `room`: at a desk those of its own member,
    /// at the console all. One that is another member's and one that is not there are alike
    /// `None`. Looking is written down first (rule 11).
    pub async fn look_up_login(
        &self,
        room: &Ready,
        code: LoginCode,
        moment: &Moment,
        client: IpAddr,
    ) -> Result<Option<TraceRecord>, Refusal> {
        let all = sees_all(room)?;
        let found = self.0.shared.find_trace(code).await?;
        let found = found.filter(|t| all || t.member.as_ref() == Some(&room.member().id));
        let member = found.as_ref().and_then(|t| t.member.clone());
        self.note_look(room, Looked { code: Some(code), member, named: None }, moment, client)
            .await?;
        Ok(found)
    }

    /// The account of a reader, by login name or id, for whoever stands in `room`: at a desk
    /// those of its own member, at the console those of `member`. Looking is written down
    /// first (rule 11).
    pub async fn look_up_reader(
        &self,
        room: &Ready,
        member: &MemberId,
        named: &str,
        moment: &Moment,
        client: IpAddr,
    ) -> Result<Option<AccountRow>, Refusal> {
        let is_seen = sees_all(room)? || *member == room.member().id;
        let looked = Looked { code: None, member: Some(member.clone()), named: Some(named) };
        self.note_look(room, looked, moment, client).await?;
        if !is_seen {
            return Ok(None);
        }
        self.0.accounts.find(Some(member), named).await
    }

    async fn note_look(
        &self,
        room: &Ready,
        looked: Looked<'_>,
        moment: &Moment,
        client: IpAddr,
    ) -> Result<(), Refusal> {
        let mut personal = BTreeMap::from([("address".to_owned(), client.to_string())]);
        if let Some(named) = looked.named {
            let named: String = named.chars().take(LONGEST_NAMED).collect();
            personal.insert("named".to_owned(), named);
        }
        let entry = AuditEntry {
            actor: Actor::Account(room.session().reader().id.clone()),
            act: format!("{}.looked_up", room.service().id),
            member: looked.member.or_else(|| Some(room.member().id.clone())),
            service: None,
            code: looked.code,
            outcome: None,
            personal,
        };
        self.audit(moment, &entry).await
    }
}

/// Characters of a name that is written down as it was typed.
const LONGEST_NAMED: usize = 128;

struct Looked<'l> {
    code: Option<LoginCode>,
    member: Option<MemberId>,
    named: Option<&'l str>,
}

/// Whether a room shows every library's logins; the other shows those of its own.
fn sees_all(room: &Ready) -> Result<bool, Refusal> {
    match Room::of(&room.service().id) {
        Some(Room::Desk) => Ok(false),
        Some(Room::Console) => Ok(true),
        None => Err(Refusal::new(code::HUB_INTERNAL, "a reader's service looks nobody up")),
    }
}

#[cfg(test)]
mod tests;
