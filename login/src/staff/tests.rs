use super::*;
use crate::testing::hub::hub;
use crate::testing::requests::ill;
use crate::testing::{NOON, noon};
use model::{Class, Evidence, LocalKey, Membership, Profile, Reader, ReaderId, Sid, Standing};
use store::SessionRecord;

const MFA: &str = "https://refeds.org/profile/mfa";

fn id<T>(parsed: Result<T, model::IdFault>) -> T {
    parsed.expect("an id")
}

fn session(member: &str, connector: &str, evidence: Evidence, acr: &str) -> Session {
    let membership = Membership {
        member: id(MemberId::parse(member)),
        connector: id(ConnectorId::parse(connector)),
        key: LocalKey::new("key").expect("a key"),
        class: id(Class::parse("A")),
        category: None,
        affiliation: std::collections::BTreeSet::new(),
        standing: Standing::Good,
        valid_until: None,
        evidence,
    };
    Session::of(SessionRecord {
        sid: id(Sid::parse("sid")),
        code: LoginCode::draw(&noon().entropy),
        auth_time: NOON,
        opened: NOON,
        last_seen: NOON,
        expires: NOON.plus_s(3600),
        idle_s: 3600,
        shared_computer: false,
        acr: acr.to_owned(),
        authorities: Vec::new(),
        reader: Reader {
            id: id(ReaderId::parse("r1")),
            profile: Profile::default(),
            memberships: Vec::new(),
        },
        membership,
        upstream: None,
        indexes: Vec::new(),
        pending: false,
        proof: String::new(),
    })
}

fn service(name: &str) -> ServiceId {
    id(ServiceId::parse(name))
}

/// What a session is for, before any role is looked at.
#[test]
fn working_and_reading_are_kept_apart() {
    let own = Evidence::PasswordChecked;
    let at_desk = session("aa", STAFF_CONNECTOR, own, MFA);
    let at_console = session(HUB_MEMBER, STAFF_CONNECTOR, own, MFA);
    let reading = session("aa", "central", own, MFA);
    let by_password = session("aa", STAFF_CONNECTOR, own, "urn:password");
    let asserted = session("aa", STAFF_CONNECTOR, Evidence::Asserted, MFA);
    for (who, desk, console, ill) in [
        (&at_desk, true, false, false),
        (&at_console, false, true, false),
        (&reading, false, false, true),
        (&by_password, false, false, false),
        (&asserted, false, false, false),
    ] {
        let is_for = ["desk", "console", "ill"].map(|name| who.is_for(&service(name)));
        assert_eq!(is_for, [desk, console, ill], "{who:?}");
        assert_eq!(who.is_for(&service("portal")), ill, "the portal is for readers");
    }
}

#[test]
fn a_role_opens_one_room_at_one_place() {
    let (aa, bb) = (id(MemberId::parse("aa")), id(MemberId::parse("bb")));
    let hub = id(MemberId::parse(HUB_MEMBER));
    for role in Role::ALL {
        for place in [None, Some(&aa), Some(&bb), Some(&hub)] {
            let staff = Staff { role, member: place.cloned() };
            let is_of_library = matches!(role, Role::Librarian | Role::Head);
            assert_eq!(Room::Desk.admits(&staff, &aa), is_of_library && place == Some(&aa));
            let opens = Room::Console.admits(&staff, &hub);
            assert_eq!(opens, !is_of_library && place.is_none(), "{staff:?}");
            assert!(!Room::Console.admits(&staff, &aa), "{staff:?}");
        }
    }
}

/// A name on the choice of libraries is not enough: nobody logs in at the hub's own place
/// but those who come to the console.
#[tokio::test]
async fn no_reader_is_sent_to_the_hubs_own_place() {
    let hub = hub().await;
    let snapshot = hub.registry.current();
    let place = snapshot.member(&id(MemberId::parse(HUB_MEMBER))).expect("the hub's own");
    assert!(!hub.login.is_usable(place));
    assert!(snapshot.member_by_code(HUB_MEMBER).is_none());
    assert!(snapshot.members().all(|member| member.id.as_str() != HUB_MEMBER));
    assert!(snapshot.search(HUB_MEMBER, 10).is_empty());
    assert!(Room::of(&ill().service).is_none());
}
