//! Mappings of a member's connector, and what its library says of a reader.
//!
//! An input is the `attributes` of a connector as TOML, a line `---`, then lines `name=value`.

use crate::fixtures::NOW;
use crate::parties::entropy;
use idp_bridge::{At, Rehearsal, Values, rehearse};
use metadata::{Bundle, PublicUrl, Snapshot, mapping_faults};
use model::{ConnectorEntry, ConnectorId, LoginCode, Member, MemberId, Moment, code};
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::LazyLock;

static CONSORTIUM: LazyLock<Snapshot> = LazyLock::new(|| {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../demo/registry"));
    let bundle = Bundle::read(folder, NOW).expect("the sample consortium");
    let hub = PublicUrl::parse("https://hub.test").expect("an origin");
    Snapshot::from_bundle(&bundle, 1, &hub).expect("a snapshot")
});

/// One input.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (map, said) = text.split_once("\n---\n").unwrap_or((text, ""));
    let Ok(attributes) = toml::from_str(map) else { return };
    let member = CONSORTIUM.member(&MemberId::parse("nju").expect("an id")).expect("a member");
    let entry = ConnectorEntry { attributes, ..member.connectors[0].clone() };
    let is_good = mapping_faults(&entry).is_empty();
    let mut values = Values::new();
    for (name, value) in said.lines().filter_map(|line| line.split_once('=')) {
        values.add(name, value);
    }
    let once = rehearsed(member, &entry, &values);
    let again = rehearsed(member, &entry, &values);
    assert_eq!(format!("{once:?}"), format!("{again:?}"), "the same values, read otherwise");
    if is_good {
        let broken = once.refusals.iter().find(|r| r.code() == code::HUB_INTERNAL);
        assert!(broken.is_none(), "`check` took what cannot be run: {broken:?}");
    }
    hold(&once, member);
}

fn rehearsed(member: &Member, entry: &ConnectorEntry, values: &Values) -> Rehearsal {
    let moment = Moment { now: NOW, entropy: entropy() };
    let connector = ConnectorId::parse("campus").expect("an id");
    let at = At {
        snapshot: &CONSORTIUM,
        member,
        entry,
        connector: &connector,
        moment: &moment,
        code: LoginCode::draw(&moment.entropy),
        client: IpAddr::V4(Ipv4Addr::LOCALHOST),
    };
    rehearse(&at, values)
}

/// A member speaks for itself alone, whatever its map says, and every value is bounded.
fn hold(rehearsal: &Rehearsal, member: &Member) {
    let Some((profile, membership)) = &rehearsal.reader else {
        assert!(!rehearsal.refusals.is_empty(), "refused without a word");
        return;
    };
    assert!(rehearsal.refusals.is_empty());
    assert!((1..=1024).contains(&membership.key.as_str().len()));
    assert!(membership.affiliation.len() <= 32);
    for value in &membership.affiliation {
        let (_, scope) = value.split_once('@').expect("a scope");
        assert!(member.owns_scope(scope), "{scope}");
    }
    let shown = [&profile.name, &profile.mail, &profile.phone, &profile.department]
        .into_iter()
        .chain([&profile.card_number, &membership.category]);
    for text in shown.flatten() {
        assert!(text.chars().count() <= 320 && !text.chars().any(char::is_control), "{text:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_is_a_good_map_of_a_reader_who_is_let_in() {
        for (name, seed) in crate::seeds("mapping") {
            run(&seed);
            let text = String::from_utf8(seed).expect("UTF-8");
            let (map, said) = text.split_once("\n---\n").expect("a map and values");
            let member = CONSORTIUM.member(&MemberId::parse("nju").expect("an id")).expect("is");
            let attributes = toml::from_str(map).expect("a map");
            let entry = ConnectorEntry { attributes, ..member.connectors[0].clone() };
            assert_eq!(mapping_faults(&entry), [], "{name}");
            let mut values = Values::new();
            for (name, value) in said.lines().filter_map(|line| line.split_once('=')) {
                values.add(name, value);
            }
            let rehearsal = rehearsed(member, &entry, &values);
            assert!(rehearsal.reader.is_some(), "{name}: {rehearsal:?}");
        }
    }
}
