//! Which library? Search, the libraries used before, those near by, then by region.

use super::rows::{Chip, Row, is_listed};
use crate::page::{Does, Page};
use crate::seen::login_path;
use crate::shown::member_tile;
use crate::stage::{Going, Shell, Stage};
use crate::words::{Words, fill};
use askama::Template;
use metadata::Hit;
use model::{Handle, Member, MemberId, ServiceId, encode_component};
use serde_json::json;
use std::collections::BTreeMap;

/// Hits of one search.
const MOST_HITS: usize = 12;
/// Longest search that is looked at, in characters.
const LONGEST_QUERY: usize = 100;
/// Members up to which all are listed at once.
const FEW: usize = 12;
/// Rows of one region; keeps the page below 100 kB.
const MOST_ROWS: usize = 150;
/// Libraries shown as near by.
const MOST_NEAR: usize = 4;

#[derive(Template)]
#[template(path = "discovery.html")]
struct Discovery {
    shell: Shell,
    w: &'static Words,
    going: Option<Going>,
    last: Option<Last>,
    handle: String,
    choose: String,
    search: String,
    query: String,
    focus: bool,
    said: String,
    hits: Vec<Row>,
    groups: Vec<Group>,
    regions: Vec<Region>,
    back_to_regions: Option<String>,
    central: Option<String>,
}

/// The library used last, one press away.
struct Last {
    href: String,
    tile: String,
    name: String,
}

struct Group {
    title: String,
    rows: Vec<Row>,
    note: String,
}

struct Region {
    name: String,
    count: usize,
    href: String,
}

/// The page that asks which library. Search and region come from the address.
pub(crate) fn page(stage: &Stage<'_>, handle: &Handle, service: &ServiceId, recent: &[MemberId]) -> Page {
    let w = stage.words();
    let here = login_path(handle.as_str());
    let choose = format!("{here}&member=");
    let query = query_of(stage);
    let region = stage.seen.param("region");
    let central = centrals(stage);
    let used: Vec<&Member> = recent.iter().filter_map(|id| open_member(stage, id)).collect();
    let found = if query.is_empty() { Vec::new() } else { stage.snapshot.search(&query, MOST_HITS) };
    let mut view = Discovery {
        shell: stage.shell(&w.discovery.title, Some(&again(&here, &query, region.as_deref()))),
        w,
        going: stage.going(Some(service)),
        last: used.first().map(|member| Last {
            href: format!("{choose}{}", member.id),
            tile: member_tile(member),
            name: stage.member_name(member).to_owned(),
        }),
        focus: used.is_empty() && query.is_empty() && region.is_none(),
        search: format!("/discover/search?lang={}&q=", if stage.lang == model::LangTag::Zh { "zh" } else { "en" }),
        handle: handle.to_string(),
        said: if query.is_empty() { String::new() } else { said(w, &query, found.len()) },
        hits: rows_of(stage, &found, &choose),
        groups: Vec::new(),
        regions: Vec::new(),
        back_to_regions: None,
        central: central_link(&central, &choose, &here),
        query,
        choose,
    };
    if view.hits.is_empty() {
        view.browse(stage, &here, &used, &central, region.as_deref());
    }
    Page::of(&view, Does::Searches, stage.lang)
}

/// What a search as one types answers.
pub(crate) fn search_json(stage: &Stage<'_>) -> String {
    let query = query_of(stage);
    let found = if query.is_empty() { Vec::new() } else { stage.snapshot.search(&query, MOST_HITS) };
    let items: Vec<_> = rows_of(stage, &found, "").into_iter().map(item).collect();
    json!({ "said": said(stage.words(), &query, items.len()), "items": items }).to_string()
}

fn item(row: Row) -> serde_json::Value {
    let (tone, chip) = row.chip.map_or(("", String::new()), |Chip { tone, text }| (tone, text));
    json!({
        "id": row.id, "tile": row.tile, "name": row.name, "sub": row.sub,
        "tone": tone, "chip": chip, "closed": row.href.is_none(),
    })
}

impl Discovery {
    /// What is offered where nothing was searched, or nothing found.
    fn browse(&mut self, stage: &Stage<'_>, here: &str, used: &[&Member], central: &[&Member], region: Option<&str>) {
        let w = &self.w.discovery;
        if let Some(region) = region {
            self.back_to_regions = Some(here.to_owned());
            return self.one_region(stage, here, region);
        }
        if stage.seen.param("central").is_some() {
            self.back_to_regions = Some(here.to_owned());
            return self.add(stage, &w.central_choose, central);
        }
        let near: Vec<_> = near(stage).into_iter().filter(|m| !used.contains(m)).take(MOST_NEAR).collect();
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
        let other = region == w.region_other.as_str();
        let of_region = |m: &&Member| {
            let inside = m.region.strip_prefix(region).is_some_and(|r| r.is_empty() || r.starts_with('/'));
            is_listed(m) && if other { m.region.is_empty() } else { inside }
        };
        let members: Vec<_> = stage.snapshot.members().filter(of_region).collect();
        let cities = cities(&members, here);
        if members.len() > MOST_ROWS / 2 && cities.len() > 1 && !region.contains('/') {
            self.regions = cities;
            return;
        }
        self.add(stage, &region.replace('/', " "), &members);
    }

    fn add(&mut self, stage: &Stage<'_>, title: &str, members: &[&Member]) {
        if members.is_empty() {
            return;
        }
        let rows = members.iter().take(MOST_ROWS).map(|m| Row::of(stage, m, None, &self.choose)).collect();
        let note = if members.len() > MOST_ROWS {
            fill(&self.w.discovery.region_cut, &[("count", &MOST_ROWS.to_string())])
        } else {
            String::new()
        };
        self.groups.push(Group { title: title.to_owned(), rows, note });
    }
}

fn query_of(stage: &Stage<'_>) -> String {
    let typed = stage.seen.param("q").unwrap_or_default();
    typed.trim().chars().take(LONGEST_QUERY).collect()
}

/// The address of this very view, for the switch of language.
fn again(here: &str, query: &str, region: Option<&str>) -> String {
    match (query, region) {
        ("", None) => here.to_owned(),
        ("", Some(region)) => format!("{here}&region={}", encode_component(region)),
        (query, _) => format!("{here}&q={}", encode_component(query)),
    }
}

fn said(w: &Words, query: &str, count: usize) -> String {
    let w = &w.discovery;
    match count {
        0 => fill(&w.found_none, &[("query", query)]),
        1 => w.found_one.clone(),
        MOST_HITS => fill(&w.found_more, &[("count", &count.to_string())]),
        _ => fill(&w.found_many, &[("count", &count.to_string())]),
    }
}

fn rows_of(stage: &Stage<'_>, found: &[Hit<'_>], choose: &str) -> Vec<Row> {
    found
        .iter()
        .filter(|hit| is_listed(hit.member))
        .map(|hit| Row::of(stage, hit.member, Some(&hit.matched), choose))
        .collect()
}

fn open_member<'s>(stage: &'s Stage<'_>, id: &MemberId) -> Option<&'s Member> {
    stage.snapshot.member(id).filter(|m| m.status.admits_logins() && !m.connectors.is_empty())
}

/// Members whose own readers log in at the hub itself.
fn centrals<'s>(stage: &'s Stage<'_>) -> Vec<&'s Member> {
    let is_central = |m: &&Member| m.connectors.first().is_some_and(|c| c.kind == "central");
    stage.snapshot.members().filter(|m| m.status.admits_logins()).filter(is_central).collect()
}

fn central_link(central: &[&Member], choose: &str, here: &str) -> Option<String> {
    match central {
        [] => None,
        [one] => Some(format!("{choose}{}", one.id)),
        _ => Some(format!("{here}&central=1")),
    }
}

/// Members in whose networks the reader is, the narrowest network first.
fn near<'s>(stage: &'s Stage<'_>) -> Vec<&'s Member> {
    let Some(client) = stage.client else { return Vec::new() };
    let mut near: Vec<_> = stage
        .snapshot
        .members()
        .filter(|m| is_listed(m))
        .filter_map(|m| {
            let nets = m.ranges.iter().chain(&m.reading_rooms).filter(|net| net.contains(&client));
            nets.map(ipnet::IpNet::prefix_len).max().map(|narrow| (narrow, m))
        })
        .collect();
    near.sort_by_key(|(narrow, _)| std::cmp::Reverse(*narrow));
    near.into_iter().map(|(_, member)| member).collect()
}

fn regions(listed: &[&Member], here: &str, other: &str) -> Vec<Region> {
    counted(listed.iter().map(|m| m.region.split('/').next().unwrap_or_default()), |name| {
        let name = if name.is_empty() { other } else { name };
        (name.to_owned(), name.to_owned(), here)
    })
}

fn cities(members: &[&Member], here: &str) -> Vec<Region> {
    counted(members.iter().map(|m| m.region.as_str()), |region| {
        let name = region.split_once('/').map_or(region, |(_, city)| city);
        (name.to_owned(), region.to_owned(), here)
    })
}

/// Names with their counts, the most frequent first.
fn counted<'n, 'h>(names: impl Iterator<Item = &'n str>, show: impl Fn(&'n str) -> (String, String, &'h str)) -> Vec<Region> {
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
