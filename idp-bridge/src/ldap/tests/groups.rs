use super::*;
use wire::samples::entry;

fn with_groups(port: u16, by: &str) -> Vec<(&'static str, Value)> {
    let mut settings = searching(&[port]);
    settings.push(("nested_groups", json!(by)));
    settings.push(("group_base", json!("ou=groups,dc=x")));
    settings
}

/// Which group holds whom: `readers` holds r7, `all` holds `readers`, and both hold each other.
fn above(member: &[u8]) -> Vec<&'static str> {
    match member {
        b"uid=r7,ou=people,dc=x" | b"cn=all,ou=groups,dc=x" => vec!["cn=readers,ou=groups,dc=x"],
        b"cn=readers,ou=groups,dc=x" => vec!["cn=all,ou=groups,dc=x"],
        _ => Vec::new(),
    }
}

async fn categories(by: &str, server: &Server) -> Vec<String> {
    let mut library = Library::with(with_groups(server.port, by)).await;
    let name = Sources::from("groups");
    library.leg.entry.attributes.insert(AttributeName::Affiliation, name);
    let claim = claimed(library.log_in("r7", GOOD).await);
    claim.notes().to_vec()
}

#[tokio::test]
async fn groups_of_groups_are_walked_once_each() {
    let server = lying(|asked| match &asked.op {
        Op::Search { base, values, .. } if base.starts_with("ou=groups") => {
            let groups = above(&values[0]);
            let entries: Vec<_> = groups.iter().map(|g| entry(g.as_bytes(), &[])).collect();
            Some(Some(found(asked, &entries, 0)))
        }
        _ => None,
    });
    let server = server.await;
    categories("walk", &server).await;
    let asked: Vec<Vec<u8>> = server
        .heard()
        .into_iter()
        .filter_map(|asked| match asked.op {
            Op::Search { base, mut values, .. } if base.starts_with("ou=groups") => values.pop(),
            _ => None,
        })
        .collect();
    let names = asked.iter().map(|name| String::from_utf8_lossy(name).into_owned());
    let expected = ["uid=r7,ou=people,dc=x", "cn=readers,ou=groups,dc=x", "cn=all,ou=groups,dc=x"];
    assert_eq!(names.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_crowd_of_groups_ends_within_bounds() {
    let server = lying(|asked| match &asked.op {
        Op::Search { base, values, .. } if base.starts_with("ou=groups") => {
            // Every group is in three new ones.
            let name = String::from_utf8_lossy(&values[0]).into_owned();
            let entries: Vec<_> =
                (0..3).map(|n| entry(format!("cn={n},{name}").as_bytes(), &[])).collect();
            Some(Some(found(asked, &entries, 0)))
        }
        _ => None,
    });
    let server = server.await;
    let notes = categories("walk", &server).await;
    assert!(notes.iter().any(|note| note.starts_with("groups: more than")), "{notes:?}");
    assert!(server.heard().len() < 50);
}

#[tokio::test]
async fn active_directory_goes_up_the_chain_itself() {
    let server = lying(|asked| match &asked.op {
        Op::Search { base, .. } if base.starts_with("ou=groups") => {
            let entries = ["cn=a", "cn=b"].map(|g| entry(g.as_bytes(), &[]));
            Some(Some(found(asked, &entries, 0)))
        }
        _ => None,
    });
    let server = server.await;
    categories("active_directory", &server).await;
    let asked: Vec<_> = server
        .heard()
        .into_iter()
        .filter(|asked| matches!(&asked.op, Op::Search { base, .. } if base.starts_with("ou=g")))
        .collect();
    let [Asked { op: Op::Search { values, .. }, .. }] = asked.as_slice() else {
        panic!("{asked:?}")
    };
    assert_eq!(values.as_slice(), [b"uid=r7,ou=people,dc=x".to_vec()]);
}
