use super::*;
use crate::testing::{Folder, NOON, hub, registry};

#[test]
fn a_folder_that_was_never_applied_can_be_looked_at() {
    let folder = registry();
    let bundle = Bundle::read(folder.path(), NOON).expect("good");
    let snapshot = Snapshot::from_bundle(&bundle, 7, &hub()).expect("snapshot");
    assert_eq!(snapshot.version(), 7);
    assert!(
        snapshot.client_keys(&ServiceId::parse("ill").expect("id")).is_none(),
        "no secret without keys"
    );
    assert_eq!(snapshot.search("njdx", 5).len(), 1);
    let shown = format!("{snapshot:?}");
    assert!(shown.contains("members: 2") && shown.contains("services: 2"), "{shown}");
}

#[test]
fn an_empty_folder_has_the_hubs_own_services_and_nothing_else() {
    let bundle = Bundle::read(Folder::new().path(), NOON).expect("good");
    let snapshot = Snapshot::from_bundle(&bundle, 0, &hub()).expect("snapshot");
    assert_eq!((snapshot.members().count(), snapshot.services().count()), (0, 0));
    let portal = snapshot.service(&ServiceId::parse("portal").expect("id")).expect("portal");
    assert_eq!(portal.release, ValueName::ALL);
    assert!(snapshot.service(&ServiceId::parse("account").expect("id")).is_none());
    assert_eq!(snapshot.consortium().name.zh, "读者通");
}

#[test]
fn twelve_hundred_members_and_two_hundred_services_are_found_again() {
    let folder = registry();
    for number in 0..1198 {
        folder.write(
            &format!("members/m{number}.toml"),
            &format!(
                "id = \"m{number}\"\ncodes = [\"C{number}\"]\nname = {{ zh = \"第{number}图书馆\" }}\n\
                 class = \"A\"\nstatus = \"live\"\nscopes = [\"m{number}.example\"]\n\
                 ranges = [\"10.{}.{}.0/24\"]\n[[connector]]\nkind = \"central\"\n",
                number / 256,
                number % 256
            ),
        );
    }
    for number in 0..198 {
        folder.write(
            &format!("services/s{number}.toml"),
            &format!(
                "id = \"s{number}\"\nname = {{ zh = \"应用{number}\" }}\n[oidc]\n\
                 client_id = \"c{number}\"\nredirect_uris = [\"https://s{number}.test/cb\"]\n"
            ),
        );
    }
    let bundle = Bundle::read(folder.path(), NOON).expect("good");
    let snapshot = Snapshot::from_bundle(&bundle, 1, &hub()).expect("snapshot");
    assert_eq!((snapshot.members().count(), snapshot.services().count()), (1200, 200));
    for member in snapshot.members() {
        assert_eq!(snapshot.member(&member.id), Some(member));
        for code in &member.codes {
            assert_eq!(snapshot.member_by_code(code), Some(member));
        }
    }
    for service in snapshot.services() {
        assert_eq!(snapshot.service(&service.id), Some(service));
    }
}
