//! What would be decided of a reader who need not exist, with the reasons.

use super::desk::{place, rooms, standing_name};
use crate::page::{Does, Page};
use crate::staff::{Explained, Room, Supposed, explain};
use crate::stage::{Shell, Stage};
use crate::words::{ValueWords, Words, fill};
use askama::Template;
use model::{Class, Member, Service, ServiceId, Standing, ValueName};
use policy::{Accounted, Decision};
use std::collections::BTreeSet;

#[derive(Template)]
#[template(path = "explain.html")]
struct ExplainPage {
    shell: Shell,
    w: &'static Words,
    place: String,
    action: &'static str,
    asks_member: bool,
    member: String,
    services: Vec<Choice>,
    classes: Vec<Choice>,
    standings: Vec<Choice>,
    said: &'static str,
    answer: Option<Answer>,
}

struct Choice {
    value: String,
    text: String,
    is_chosen: bool,
}

struct Answer {
    is_open: bool,
    state: &'static str,
    tone: &'static str,
    sentence: String,
    reasons: Vec<String>,
    fresh: String,
    rows: Vec<Row>,
}

struct Row {
    what: String,
    state: &'static str,
    tone: &'static str,
    because: String,
    rules: String,
}

/// The form, and below it the answer once a service was chosen. `member` is the desk's own
/// or the one that was typed.
pub(crate) fn page(stage: &Stage<'_>, room: Room, member: Option<&Member>) -> Page {
    let w = stage.words();
    let action = match room {
        Room::Desk => "/desk/explain",
        Room::Console => "/admin/explain",
    };
    let param = |name: &str| stage.seen.param(name);
    let typed = param("member").filter(|_| room == Room::Console).unwrap_or_default();
    let class = param("class").and_then(|text| Class::parse(&text).ok());
    let class = class.or_else(|| member.map(|m| m.class.clone()));
    let standing = param("standing").and_then(|text| Standing::parse(&text)).unwrap_or_default();
    let service = param("service").and_then(|id| ServiceId::parse(&id).ok());
    let service = stage.snapshot.services().find(|s| Some(&s.id) == service.as_ref());
    let supposed =
        class.clone().map(|class| Supposed { class, standing, category: None, valid_until: None });
    let answer = match (member, service, &supposed, stage.now) {
        (Some(member), Some(service), Some(supposed), Some(now)) => {
            explain(stage.snapshot, member, service, supposed, now)
                .map(|explained| answer(stage, member, service, (supposed, &explained)))
        }
        _ => None,
    };
    let is_unknown = answer.is_none() && param("service").is_some();
    let mut shell = stage.shell(&w.explain.title, None);
    shell.rooms = rooms(w, room, action);
    let view = ExplainPage {
        shell,
        w,
        place: member.map_or_else(|| w.console.name.clone(), |m| place(stage, room, m)),
        action,
        asks_member: room == Room::Console,
        member: typed,
        services: services(stage, service),
        classes: classes(stage, class.as_ref()),
        standings: standings(w, standing),
        said: if is_unknown { &w.explain.unknown } else { "" },
        answer,
    };
    Page::of(&view, Does::Asks, stage.lang)
}

fn services(stage: &Stage<'_>, chosen: Option<&Service>) -> Vec<Choice> {
    let choice = |service: &Service| Choice {
        value: service.id.to_string(),
        text: service.name.r#in(stage.lang).to_owned(),
        is_chosen: chosen.is_some_and(|c| c.id == service.id),
    };
    stage.snapshot.services().map(choice).collect()
}

/// Those that the policy names, and those that members have.
fn classes(stage: &Stage<'_>, chosen: Option<&Class>) -> Vec<Choice> {
    let of_policy = stage.snapshot.policy().classes().map(|(class, _)| class);
    let of_members = stage.snapshot.members().map(|member| &member.class);
    let known: BTreeSet<&Class> = of_policy.chain(of_members).collect();
    let choice = |class: &&Class| Choice {
        value: class.to_string(),
        text: class.to_string(),
        is_chosen: Some(*class) == chosen,
    };
    known.iter().map(choice).collect()
}

fn standings(w: &'static Words, chosen: Standing) -> Vec<Choice> {
    let choice = |standing: Standing| Choice {
        value: standing.as_str().to_owned(),
        text: standing_name(&w.portal, standing).to_owned(),
        is_chosen: standing == chosen,
    };
    Standing::ALL.into_iter().map(choice).collect()
}

fn answer(
    stage: &Stage<'_>,
    member: &Member,
    service: &Service,
    (supposed, explained): (&Supposed, &Explained),
) -> Answer {
    let words = stage.words();
    let w = &words.explain;
    let names = [
        ("service", service.name.r#in(stage.lang)),
        ("member", stage.member_name(member)),
        ("class", supposed.class.as_str()),
        ("standing", standing_name(&words.portal, supposed.standing)),
    ];
    let (label, tone, pattern) = if explained.is_open {
        (&w.open, "good", &w.would_open)
    } else {
        (&w.shut, "bad", &w.would_shut)
    };
    let minutes = explained.fresh_s.map(|s| s.div_ceil(60).to_string());
    Answer {
        is_open: explained.is_open,
        state: label,
        tone,
        sentence: fill(pattern, &names),
        reasons: explained.reasons.iter().map(|r| r.r#in(stage.lang).to_owned()).collect(),
        fresh: minutes.map(|m| fill(&w.fresh, &[("minutes", &m)])).unwrap_or_default(),
        rows: explained.rows.iter().map(|row| accounted(stage, row)).collect(),
    }
}

fn accounted(stage: &Stage<'_>, row: &Accounted) -> Row {
    let words = stage.words();
    let (label, tone) = match row.decision {
        Decision::Given => (&words.explain.given, "good"),
        Decision::Withheld => (&words.explain.withheld, "warn"),
        Decision::Absent => (&words.explain.absent, "off"),
    };
    let name = row.what.parse::<ValueName>().ok();
    Row {
        what: name.map_or_else(|| row.what.clone(), |name| value(&words.value, name).to_owned()),
        state: label,
        tone,
        because: row.because.r#in(stage.lang).to_owned(),
        rules: row.rules.join(", "),
    }
}

fn value(w: &'static ValueWords, name: ValueName) -> &'static str {
    match name {
        ValueName::Name => &w.name,
        ValueName::Mail => &w.mail,
        ValueName::Phone => &w.phone,
        ValueName::Department => &w.department,
        ValueName::CardNumber => &w.card_number,
        ValueName::Member => &w.member,
        ValueName::Class => &w.class,
        ValueName::Category => &w.category,
        ValueName::Affiliation => &w.affiliation,
        ValueName::Standing => &w.standing,
        ValueName::ValidUntil => &w.valid_until,
        ValueName::Links => &w.links,
        ValueName::Entitlements => &w.entitlements,
    }
}
