use crate::registry::{Bundle, What, apply, canonical, check, export, plan};
use crate::testing::{Folder, NOON, SECRET, durable, hub, keys, registry};
use crate::{ApplyError, HttpClient, HttpSettings, KeyRing, Registry};
use model::{MemberId, ServiceId, ValueName};
use store::Durable;

struct World {
    durable: Durable,
    keys: KeyRing,
    http: HttpClient,
    _folder: Folder,
}

async fn world() -> World {
    let folder = Folder::new();
    let durable = durable(&folder).await;
    let keys = keys(&folder, &durable).await;
    let http = HttpClient::new(&HttpSettings::default()).expect("client");
    World { durable, keys, http, _folder: folder }
}

impl World {
    async fn apply(&self, folder: &Folder) -> crate::Applied {
        let bundle = Bundle::read(folder.path(), NOON).expect("good");
        apply(&self.durable, &self.keys, &self.http, bundle, NOON).await.expect("applied")
    }
}

#[tokio::test]
async fn what_was_applied_is_exported_equal_file_by_file_in_canonical_form() {
    let world = world().await;
    let folder = registry();
    assert_eq!(world.apply(&folder).await.version, 1);
    let out = Folder::new();
    let report = export(&world.durable, out.path()).await.expect("exported");
    assert_eq!(report.secrets_to_bring, ["services/ill.secret"]);
    assert_eq!(
        report.files,
        [
            "attributes.toml",
            "consortium.toml",
            "members/nju-idp.xml",
            "members/nju.toml",
            "members/union.toml",
            "services/ccc-sp.xml",
            "services/ccc.toml",
            "services/ill.toml"
        ]
    );
    let bundle = Bundle::read(folder.path(), NOON).expect("good");
    for (path, text) in canonical::files(&bundle.content) {
        assert_eq!(out.read(&path), text, "{path}");
    }
    out.write("services/ill.secret", SECRET);
    assert_eq!(check(out.path(), NOON).faults, []);
    let again = world.apply(&out).await;
    assert_eq!(
        (again.version, again.diff.is_empty()),
        (1, true),
        "nothing differs, nothing is written"
    );
}

#[tokio::test]
async fn the_canonical_form_is_that_of_the_documentation() {
    let bundle = Bundle::read(registry().path(), NOON).expect("good");
    let files = canonical::files(&bundle.content);
    assert_eq!(
        files["members/nju.toml"],
        r#"id = "nju"
codes = ["a210093", "NJU"]
name = { zh = "南京大学图书馆", en = "Nanjing University Library" }
aliases = ["南大"]
region = "江苏/南京"
class = "A"
scopes = ["nju.edu.cn"]
status = "live"
contact = { phone = "000", mail = "lib@nju.example" }
links = { holdings = "https://opac.nju.example/{isbn}", opac = "http://opac.nju.example/" }
ranges = ["192.0.2.0/24"]
reading_rooms = ["192.0.2.128/25"]

[[connector]]
id = "campus"
kind = "saml"
metadata = "nju-idp.xml"
attributes = { name = "displayName", local_id = ["pairwise-id", "subject-id"] }
unsolicited = ["ill"]
"#
    );
    assert_eq!(files["attributes.toml"], "[service.ill]\nname = \"display_name\"\n");
}

#[test]
fn strings_of_every_kind_survive_the_canonical_form() {
    let folder = registry();
    folder.edit("members/nju.toml", "\"000\"", r#""a\"b\\c 'd' # = é 😀""#);
    let first = Bundle::read(folder.path(), NOON).expect("good").content;
    let text = canonical::files(&first)["members/nju.toml"].clone();
    folder.write("members/nju.toml", &text);
    let second = Bundle::read(folder.path(), NOON).expect("good").content;
    assert_eq!(first, second);
}

#[tokio::test]
async fn an_export_never_writes_a_secret_and_never_mixes_with_other_files() {
    let world = world().await;
    let folder = registry();
    world.apply(&folder).await;
    let stored = world.durable.load_registry().await.expect("store").expect("registry");
    assert!(!String::from_utf8_lossy(&stored.content).contains(SECRET));
    let out = Folder::new();
    out.write("members/stranger.toml", "");
    let refused = export(&world.durable, out.path()).await;
    assert!(matches!(refused, Err(ApplyError::Mixed { .. })), "{refused:?}");
    assert!(!out.path().join("members/nju.toml").exists());
    out.remove("members/stranger.toml");
    export(&world.durable, out.path()).await.expect("exported");
    assert!(!out.path().join("services/ill.secret").exists());
    export(&world.durable, out.path()).await.expect("exported over itself");
}

#[tokio::test]
async fn a_diff_names_files_and_keys_and_hides_secrets() {
    let world = world().await;
    let folder = registry();
    let bundle = Bundle::read(folder.path(), NOON).expect("good");
    let new = plan(None, &bundle).await.expect("plan");
    assert!(new.changes.iter().all(|c| c.what == What::Added) && new.changes.len() == 8);
    world.apply(&folder).await;
    assert!(plan(Some(&world.durable), &bundle).await.expect("plan").is_empty());
    folder.edit("members/nju.toml", "\"live\"", "\"suspended\"");
    folder.edit("members/nju.toml", "aliases = [\"南大\"]\n", "");
    folder.remove("services/ccc.toml");
    folder.write("services/ill.secret", &SECRET.replace('0', "1"));
    let diff = world.apply(&folder).await.diff;
    assert_eq!(
        diff.to_string(),
        "~ members/nju.toml\n    aliases: [\"南大\"] → (absent)\n    status: \"live\" → \"suspended\"\n\
         - services/ccc-sp.xml\n- services/ccc.toml\n\
         ~ services/ill.toml\n    oidc.client_secret_file (its content): *** → ***\n"
    );
    let json = serde_json::to_value(&diff).expect("JSON");
    assert_eq!(json["changes"][0]["fields"][1]["after"], "\"suspended\"");
}

#[tokio::test]
async fn a_snapshot_answers_by_every_name() {
    let world = world().await;
    let folder = registry();
    world.apply(&folder).await;
    let live = Registry::open(world.durable.clone(), hub()).await.expect("open");
    let snapshot = live.current();
    let ill = ServiceId::parse("ill").expect("id");
    let nju = MemberId::parse("nju").expect("id");
    assert_eq!(snapshot.version(), 1);
    assert_eq!(snapshot.members().count(), 2);
    assert_eq!(snapshot.services().count(), 2);
    for code in ["nju", "NJU", "A210093"] {
        assert_eq!(snapshot.member_by_code(code).map(|m| &m.id), Some(&nju), "{code}");
    }
    assert!(snapshot.member_by_code("a21009").is_none());
    assert_eq!(snapshot.service_by_client_id("ill").map(|s| &s.id), Some(&ill));
    assert!(snapshot.service_by_client_id("ILL").is_none());
    let (member, entry) =
        snapshot.connector_by_issuer("https://idp.nju.test/metadata").expect("issuer");
    let idp = snapshot.idp_metadata(&member.id, &entry.id().expect("id")).expect("metadata");
    assert_eq!(idp.entity_id.as_str(), "https://idp.nju.test/metadata");
    let (service, sp) = snapshot.service_by_entity_id("https://sp.test/metadata").expect("entity");
    assert_eq!((service.id.as_str(), sp.acs.len()), ("ccc", 1));
    assert!(snapshot.service_by_entity_id("https://SP.test/metadata").is_none());
    assert_eq!(snapshot.wire_name(&ill, ValueName::Name), Some("display_name"));
    assert_eq!(snapshot.wire_name(&ill, ValueName::Mail), None);
    let portal = ServiceId::parse("portal").expect("id");
    assert_eq!(
        snapshot.service(&portal).and_then(|s| s.launch_url.as_deref()),
        Some("https://hub.test/")
    );
    let client = snapshot.client_keys(&ill).expect("keys");
    assert!(client.accepts_secret(&world.keys, &ill, SECRET));
    for wrong in ["", &SECRET[1..], &format!("{SECRET}0"), &SECRET.to_uppercase()] {
        assert!(!client.accepts_secret(&world.keys, &ill, wrong));
    }
    assert!(!client.accepts_secret(&world.keys, &service.id, SECRET), "bound to its service");
    assert!(!format!("{client:?}").contains("mac:"));
}

#[tokio::test]
async fn a_watcher_takes_up_the_new_and_keeps_the_good() {
    let world = world().await;
    let live = Registry::open(world.durable.clone(), hub()).await.expect("open");
    assert_eq!(live.current().version(), 0);
    assert!(!live.refresh().await.expect("nothing new"));
    world.apply(&registry()).await;
    let before = live.current();
    assert!(live.refresh().await.expect("new"));
    assert_eq!((before.version(), live.current().version()), (0, 1));
    world.durable.swap_registry(1, b"{\"format\":99}", NOON).await.expect("written");
    assert!(live.refresh().await.is_err(), "told once");
    assert!(!live.refresh().await.expect("passed over"));
    assert_eq!(live.current().version(), 1, "the good one stays");
    assert!(Registry::open(world.durable.clone(), hub()).await.is_err());
    world.durable.swap_registry(2, &stored(&registry()), NOON).await.expect("written");
    assert!(live.refresh().await.expect("good again"));
    assert_eq!(live.current().version(), 3);
}

fn stored(folder: &Folder) -> Vec<u8> {
    Bundle::read(folder.path(), NOON).expect("good").content.encode().expect("bytes")
}

#[tokio::test]
async fn two_operators_at_once_both_come_through_whole() {
    let world = world().await;
    let (one, two) = (registry(), registry());
    two.edit("members/nju.toml", "\"live\"", "\"testing\"");
    let (a, b) = tokio::join!(world.apply(&one), world.apply(&two));
    let mut versions = [a.version, b.version];
    versions.sort_unstable();
    assert_eq!(versions, [1, 2]);
}
