//! Keys that change under a running hub: no restart, no login lost.

use super::process::{Node, command, ends_well, installation};
use crate::harness::Browser;
use crate::harness::browser::Net;
use crate::harness::world::HUB;
use std::collections::BTreeSet;
use std::time::Duration;

async fn kids(node: &Node) -> Vec<String> {
    let mut net = Net::default();
    net.at(HUB, node.router.clone());
    let page = Browser::new(net).get(&format!("{HUB}/oauth2/jwks")).await;
    let keys: serde_json::Value = serde_json::from_str(&page.body).expect("a key set");
    let es256 = keys["keys"].as_array().expect("keys").iter().filter(|key| key["alg"] == "ES256");
    es256.map(|key| key["kid"].as_str().expect("kid").to_owned()).collect()
}

/// Within a few of the quarter seconds in which a node looks at the store.
async fn until(node: &Node, is_so: impl Fn(&[String]) -> bool) -> Vec<String> {
    for _ in 0..200 {
        let kids = kids(node).await;
        if is_so(&kids) {
            return kids;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the node did not take the change up: {:?}", kids(node).await);
}

#[tokio::test]
async fn a_running_hub_takes_up_a_new_key_and_gives_up_an_old_one() {
    let folder = installation(None).await;
    let nodes = [Node::start(&folder).await, Node::start(&folder).await];
    let before = kids(&nodes[0]).await;
    assert_eq!(before.len(), 1);
    ends_well(command(&folder).args(["keys", "rotate", "--purpose", "oidc-es256"])).await;
    for node in &nodes {
        let ahead = until(node, |kids| kids.len() == 2).await;
        assert_eq!(ahead[0], before[0], "the one in use first");
    }
    ends_well(command(&folder).args(["keys", "rotate", "--purpose", "oidc-es256", "--now"])).await;
    for node in &nodes {
        let used = until(node, |kids| kids[0] != before[0]).await;
        assert!(used.contains(&before[0]), "the old one verifies still");
    }
    let retire = ["keys", "retire", "--purpose", "oidc-es256", "--generation", "1", "--force"];
    ends_well(command(&folder).args(retire)).await;
    let mut left = BTreeSet::new();
    for node in &nodes {
        left.extend(until(node, |kids| kids.len() == 1).await);
    }
    assert!(left.len() == 1 && !left.contains(&before[0]), "{left:?}");
}
