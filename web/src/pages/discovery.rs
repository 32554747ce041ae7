//! Which library? Search, the libraries used before, those near by, then by region.

mod browse;

use super::rows::{Chip, Row, is_listed, trouble};
use crate::page::{Does, Page};
use crate::seen::login_path;
use crate::shown::member_tile;
use crate::stage::{Going, Shell, Stage};
use crate::words::{Words, fill};
use askama::Template;
use model::{Handle, Member, MemberId, ServiceId, encode_component};
use serde_json::json;

/// Hits of one search.
const MOST_HITS: usize = 12;
/// Longest search that is looked at, in characters.
const LONGEST_QUERY: usize = 100;

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
    /// When it was used, or why it may fail.
    note: String,
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
pub(crate) fn page(
    stage: &Stage<'_>,
    handle: &Handle,
    service: &ServiceId,
    recent: &[MemberId],
) -> Page {
    let w = stage.words();
    let here = login_path(handle.as_str());
    let choose = format!("{here}&member=");
    let query = query_of(stage);
    let region = stage.seen.param("region");
    let central = browse::centrals(stage);
    let used: Vec<&Member> = recent.iter().filter_map(|id| open_member(stage, id)).collect();
    let hits = found(stage, &query, &choose);
    let mut view = Discovery {
        shell: stage.shell(&w.discovery.title, Some(&again(&here, &query, region.as_deref()))),
        w,
        going: stage.going(Some(service)),
        last: used.first().map(|member| Last {
            href: format!("{choose}{}", member.id),
            tile: member_tile(member),
            name: stage.member_name(member).to_owned(),
            note: trouble(stage, member).map_or_else(|| w.discovery.last_used.clone(), |(_, n)| n),
        }),
        focus: used.is_empty() && query.is_empty() && region.is_none(),
        search: format!(
            "/discover/search?lang={}&q=",
            if stage.lang == model::LangTag::Zh { "zh" } else { "en" }
        ),
        handle: handle.to_string(),
        said: if query.is_empty() { String::new() } else { said(w, &query, hits.len()) },
        hits,
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
    let items: Vec<_> = found(stage, &query, "").into_iter().map(item).collect();
    json!({ "said": said(stage.words(), &query, items.len()), "items": items }).to_string()
}

fn item(row: Row) -> serde_json::Value {
    let (tone, chip) = row.chip.map_or(("", String::new()), |Chip { tone, text }| (tone, text));
    json!({
        "id": row.id, "tile": row.tile, "name": row.name, "sub": row.sub,
        "tone": tone, "chip": chip, "closed": row.href.is_none(),
    })
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

/// The libraries that match, the best first.
fn found(stage: &Stage<'_>, query: &str, choose: &str) -> Vec<Row> {
    if query.is_empty() {
        return Vec::new();
    }
    let hits = stage.snapshot.search_from(query, MOST_HITS, stage.client);
    hits.iter()
        .filter(|hit| is_listed(hit.member))
        .map(|hit| Row::of(stage, hit.member, Some(&hit.matched), choose))
        .collect()
}

fn open_member<'s>(stage: &'s Stage<'_>, id: &MemberId) -> Option<&'s Member> {
    stage.snapshot.member(id).filter(|m| m.status.admits_logins() && !m.connectors.is_empty())
}

fn central_link(central: &[&Member], choose: &str, here: &str) -> Option<String> {
    match central {
        [] => None,
        [one] => Some(format!("{choose}{}", one.id)),
        _ => Some(format!("{here}&central=1")),
    }
}
