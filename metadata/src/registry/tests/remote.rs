use crate::registry::{Bundle, apply};
use crate::testing::{
    Folder, NOON, OTHER, SIGNER, durable, hub, idp_xml, keys, pem, registry, signed,
};
use crate::{ApplyError, HttpClient, HttpSettings, KeyRing, Registry, RemoteOutcome};
use model::{ConnectorId, MemberId, Timestamp};
use std::sync::{Arc, Mutex};
use store::Durable;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const ENTITY: &str = "https://idp.nju.test/metadata";

/// A publisher of one document, and a registry that names it.
struct World {
    durable: Durable,
    keys: KeyRing,
    http: HttpClient,
    published: Arc<Mutex<Option<String>>>,
    folder: Folder,
    _data: Folder,
}

fn document(entity: &str, until_s: i64) -> String {
    signed(&idp_xml(entity, Some(NOON.plus_s(until_s))), &SIGNER)
}

async fn world() -> World {
    let published = Arc::new(Mutex::new(Some(document(ENTITY, 1000))));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
    let port = listener.local_addr().expect("address").port();
    let source = Arc::clone(&published);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let body = source.lock().expect("lock").clone();
            let status = if body.is_some() { "200 OK" } else { "503 Busy" };
            let body = body.unwrap_or_default();
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    let folder = registry();
    let reference = format!("{{ url = \"http://idp.localhost:{port}/m\", signer = \"s.pem\" }}");
    folder.edit("members/nju.toml", "\"nju-idp.xml\"", &reference);
    folder.write("members/s.pem", &pem(&SIGNER));
    let data = Folder::new();
    let durable = durable(&data).await;
    let keys = keys(&data, &durable).await;
    let settings = HttpSettings { hub_on_loopback: true, ..HttpSettings::default() };
    let http = HttpClient::new(&settings).expect("client");
    World { durable, keys, http, published, folder, _data: data }
}

impl World {
    fn publish(&self, document: Option<String>) {
        *self.published.lock().expect("lock") = document;
    }

    async fn apply(&self) -> Result<crate::Applied, ApplyError> {
        let bundle = Bundle::read(self.folder.path(), NOON).expect("good");
        apply(&self.durable, &self.keys, &self.http, bundle, NOON).await
    }

    async fn live(&self) -> Registry {
        Registry::open(self.durable.clone(), hub()).await.expect("open")
    }

    async fn refresh(&self, live: &Registry, now: Timestamp) -> Result<bool, String> {
        let mut outcomes = live.refresh_remote(&self.http, now).await.expect("store");
        assert_eq!(outcomes.len(), 1);
        let RemoteOutcome { changed, .. } = outcomes.remove(0);
        changed
    }
}

fn until(live: &Registry) -> Option<Timestamp> {
    let (nju, campus) =
        (MemberId::parse("nju").expect("id"), ConnectorId::parse("campus").expect("id"));
    live.current().idp_metadata(&nju, &campus).expect("metadata").valid_until
}

#[tokio::test]
async fn a_signed_document_is_fetched_verified_and_found_by_its_issuer() {
    let world = world().await;
    world.apply().await.expect("applied");
    let live = world.live().await;
    assert_eq!(until(&live), Some(NOON.plus_s(1000)));
    assert!(live.current().connector_by_issuer(ENTITY).is_some());
    assert_eq!(world.apply().await.expect("again").version, 1, "nothing new, nothing written");
}

#[tokio::test]
async fn what_cannot_be_believed_is_not_applied() {
    let world = world().await;
    let good = document(ENTITY, 1000);
    for (name, bad, what) in [
        ("unsigned", idp_xml(ENTITY, Some(NOON.plus_s(1000))), ""),
        ("another signer", signed(&idp_xml(ENTITY, Some(NOON.plus_s(1000))), &OTHER), ""),
        ("changed", good.replace("https://idp.test/sso", "https://evil.test/sso"), ""),
        ("expired", document(ENTITY, 0), "validUntil"),
        ("no XML", "hello".to_owned(), ""),
        ("too large", format!("{good}{}", " ".repeat(3_000_000)), "larger"),
    ] {
        world.publish(Some(bad));
        let Err(ApplyError::Faults(faults)) = world.apply().await else { panic!("{name}") };
        assert_eq!(faults.len(), 1, "{name}");
        assert_eq!(faults[0].key.as_deref(), Some("connector[0].metadata"), "{name}");
        assert!(faults[0].what.contains(what), "{name}: {}", faults[0]);
    }
    world.publish(None);
    assert!(matches!(world.apply().await, Err(ApplyError::Faults(_))));
    assert_eq!(world.durable.registry_version().await.expect("store"), 0, "all or nothing");
}

#[tokio::test]
async fn the_last_good_copy_wins() {
    let world = world().await;
    world.apply().await.expect("applied");
    let live = world.live().await;
    let now = NOON.plus_s(10);
    assert_eq!(world.refresh(&live, now).await, Ok(false));
    let two = format!(
        r#"<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">{}</md:EntitiesDescriptor>"#,
        document(ENTITY, 5000)
    );
    for (name, bad) in [
        ("down", None),
        ("empty", Some(String::new())),
        ("unsigned", Some(idp_xml(ENTITY, Some(NOON.plus_s(5000))))),
        ("another signer", Some(signed(&idp_xml(ENTITY, Some(NOON.plus_s(5000))), &OTHER))),
        ("expired", Some(document(ENTITY, 5))),
        ("older", Some(document(ENTITY, 999))),
        ("without an end", Some(signed(&idp_xml(ENTITY, None), &SIGNER))),
        ("another entity", Some(document("https://evil.test", 5000))),
        ("signed inside only", Some(two)),
    ] {
        world.publish(bad);
        let kept = world.refresh(&live, now).await;
        assert!(kept.as_ref().is_err_and(|why| why.contains("stays in force")), "{name}: {kept:?}");
        assert_eq!(until(&live), Some(NOON.plus_s(1000)), "{name}");
        assert_eq!(live.current().version(), 1, "{name}");
    }
    world.publish(Some(document(ENTITY, 2000)));
    assert_eq!(world.refresh(&live, now).await, Ok(true));
    assert_eq!((until(&live), live.current().version()), (Some(NOON.plus_s(2000)), 2));
    world.publish(Some(document(ENTITY, 3000)));
    let diff = world.apply().await.expect("applied").diff;
    assert_eq!(diff.changes[0].fields[0].key, "connector[0].metadata (its content)");
}

#[tokio::test]
async fn an_apply_during_an_outage_keeps_the_copy_in_force_but_not_for_another_signer() {
    let world = world().await;
    world.apply().await.expect("applied");
    world.publish(None);
    world.folder.edit("members/nju.toml", "\"live\"", "\"testing\"");
    assert_eq!(world.apply().await.expect("kept").version, 2);
    assert_eq!(until(&world.live().await), Some(NOON.plus_s(1000)));
    world.folder.write("members/s.pem", &pem(&OTHER));
    assert!(matches!(world.apply().await, Err(ApplyError::Faults(_))));
}

#[tokio::test]
async fn an_entity_of_another_member_cannot_be_taken_over() {
    let world = world().await;
    world.folder.edit(
        "members/union.toml",
        "kind = \"central\"",
        "kind = \"saml\"\nmetadata = \"union-idp.xml\"",
    );
    world.folder.write("members/union-idp.xml", &idp_xml("https://union.test", None));
    world.publish(Some(document("https://union.test", 1000)));
    assert!(matches!(world.apply().await, Err(ApplyError::Faults(_))));
}

#[tokio::test]
async fn keys_of_a_client_are_fetched_and_only_good_ones_replace_them() {
    let world = world().await;
    let point = "A".repeat(43);
    let set = format!(r#"{{"keys":[{{"kty":"EC","crv":"P-256","x":"{point}","y":"{point}"}}]}}"#);
    let url = world.folder.read("members/nju.toml");
    let url = url.split('"').find(|t| t.starts_with("http://idp.localhost")).expect("url");
    world.folder.edit(
        "services/ill.toml",
        "client_secret_file = \"ill.secret\"",
        &format!("jwks_uri = \"{url}\""),
    );
    let reference = format!("{{ url = \"{url}\", signer = \"s.pem\" }}");
    world.folder.edit("members/nju.toml", &reference, "\"nju-idp.xml\"");
    world.publish(Some(set));
    world.apply().await.expect("applied");
    let live = world.live().await;
    let ill = model::ServiceId::parse("ill").expect("id");
    assert!(live.current().client_keys(&ill).is_some_and(|k| k.jwks.is_some()));
    world.publish(Some(r#"{"keys":[]}"#.to_owned()));
    assert!(world.refresh(&live, NOON).await.is_err());
    assert!(live.current().client_keys(&ill).is_some_and(|k| k.jwks.is_some()));
}
