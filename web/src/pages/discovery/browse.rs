//! What discovery offers where nothing was searched: near by, used before, by region.

use super::{Discovery, Group, Region};
use crate::pages::rows::{Row, is_listed};
use crate::stage::Stage;
use crate::words::fill;
use metadata::nearness;
use model::{Member, encode_component};
use std::collections::BTreeMap;

/// Members up to which all are listed at once.
const FEW: usize = 12;
/// Rows of one region; keeps the page below 100 kB.
const MOST_ROWS: usize = 150;
/// Stands for "no region" in an address.
const NOWHERE: &str = "-";
/// Libraries shown as near by.
const MOST_NEAR: usize = 4;

impl Discovery {
    /// What is offered where nothing was searched, or nothing found.
    pub(super) fn browse(
        &mut self,
        stage: &Stage<'_>,
        here: &str,
        used: &[&Member],
        central: &[&Member],
        region: Option<&str>,
    ) {
        let w = &self.w.discovery;
        if let Some(region) = region {
            self.back_to_regions = Some(here.to_owned());
            return self.one_region(stage, here, region);
        }
        if stage.seen.param("central").is_some() {
            self.back_to_regions = Some(here.to_owned());
            return self.add(stage, &w.central_choose, central);
        }
        let near: Vec<_> =
            near(stage).into_iter().filter(|m| !used.contains(m)).take(MOST_NEAR).collect();
        self.add(stage, &w.nearby, &near);
        let listed: Vec<_> = stage.snapshot.members().filter(|m| is_listed(m)).collect();
        if listed.len() <= FEW {
            // Those behind the button below are not named twice.
            let own: Vec<_> = listed.into_iter().filter(|m| !central.contains(m)).collect();
            self.add(stage, &w.all, &own);
        } else {
            self.add(stage, &w.used_before, used.get(1..).unwrap_or_default());
            self.regions = regions(&listed, here, &w.region_other);
        }
    }

    /// The libraries of one province or city; a large province is cut into its cities first.
    fn one_region(&mut self, stage: &Stage<'_>, here: &str, region: &str) {
        let w = &self.w.discovery;
        let other = region == NOWHERE;
        let title = if other { w.region_other.clone() } else { region.replace('/', " ") };
        let of_region = |m: &&Member| {
            let inside =
                m.region.strip_prefix(region).is_some_and(|r| r.is_empty() || r.starts_with('/'));
            is_listed(m) && if other { m.region.is_empty() } else { inside }
        };
        let members: Vec<_> = stage.snapshot.members().filter(of_region).collect();
        let cities = cities(&members, here);
        if members.len() > MOST_ROWS / 2 && cities.len() > 1 && !region.contains('/') {
            self.regions = cities;
            return;
        }
        self.add(stage, &title, &members);
    }

    fn add(&mut self, stage: &Stage<'_>, title: &str, members: &[&Member]) {
        if members.is_empty() {
            return;
        }
        let rows =
            members.iter().take(MOST_ROWS).map(|m| Row::of(stage, m, None, &self.choose)).collect();
        let note = if members.len() > MOST_ROWS {
            fill(&self.w.discovery.region_cut, &[("count", &MOST_ROWS.to_string())])
        } else {
            String::new()
        };
        self.groups.push(Group { title: title.to_owned(), rows, note });
    }
}

/// Members whose own readers log in at the hub itself.
pub(super) fn centrals<'s>(stage: &'s Stage<'_>) -> Vec<&'s Member> {
    let is_central = |m: &&Member| m.connectors.first().is_some_and(|c| c.kind == "central");
    stage.snapshot.members().filter(|m| m.status.admits_logins()).filter(is_central).collect()
}

/// Members in whose networks the reader is, the narrowest network first.
fn near<'s>(stage: &'s Stage<'_>) -> Vec<&'s Member> {
    let Some(client) = stage.client else { return Vec::new() };
    let mut near: Vec<_> = stage
        .snapshot
        .members()
        .filter(|m| is_listed(m))
        .filter_map(|m| nearness(m, client).map(|narrow| (narrow, m)))
        .collect();
    near.sort_by_key(|(narrow, _)| std::cmp::Reverse(*narrow));
    near.into_iter().map(|(_, member)| member).collect()
}

fn regions(listed: &[&Member], here: &str, other: &str) -> Vec<Region> {
    counted(listed.iter().map(|m| m.region.split('/').next().unwrap_or_default()), |name| {
        let (shown, value) = if name.is_empty() { (other, NOWHERE) } else { (name, name) };
        (shown.to_owned(), value.to_owned(), here)
    })
}

fn cities(members: &[&Member], here: &str) -> Vec<Region> {
    counted(members.iter().map(|m| m.region.as_str()), |region| {
        let name = region.split_once('/').map_or(region, |(_, city)| city);
        (name.to_owned(), region.to_owned(), here)
    })
}

/// Names with their counts, the most frequent first.
fn counted<'n, 'h>(
    names: impl Iterator<Item = &'n str>,
    show: impl Fn(&'n str) -> (String, String, &'h str),
) -> Vec<Region> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    let mut regions: Vec<_> = counts
        .into_iter()
        .map(|(name, count)| {
            let (name, value, here) = show(name);
            Region { href: format!("{here}&region={}", encode_component(&value)), name, count }
        })
        .collect();
    regions.sort_by_key(|region| std::cmp::Reverse(region.count));
    regions
}
