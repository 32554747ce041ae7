//! The first page of someone who is not logged in.

use crate::page::{Does, Page};
use crate::shown::{service_tile, web_link};
use crate::stage::{Shell, Stage};
use crate::words::{Words, fill};
use askama::Template;
use model::{Service, ServiceStatus};

#[derive(Template)]
#[template(path = "landing.html")]
struct Landing {
    shell: Shell,
    w: &'static Words,
    members: String,
    services: Vec<Offer>,
}

struct Offer {
    tile: String,
    name: String,
    about: String,
    href: Option<String>,
}

/// What the hub is, the button, and what lies behind it.
pub(crate) fn page(stage: &Stage<'_>) -> Page {
    let w = stage.words();
    let count = stage.snapshot.members().filter(|m| m.status.admits_logins()).count();
    let open = |s: &&Service| s.status != ServiceStatus::Suspended;
    let view = Landing {
        shell: stage.shell(&w.landing.title, None),
        w,
        members: if count > 1 {
            fill(&w.landing.members, &[("count", &grouped(count))])
        } else {
            String::new()
        },
        services: stage.snapshot.services().filter(open).map(|s| offer(stage, s)).collect(),
    };
    Page::of(&view, Does::Nothing, stage.lang)
}

fn offer(stage: &Stage<'_>, service: &Service) -> Offer {
    Offer {
        tile: service_tile(service),
        name: service.name.r#in(stage.lang).to_owned(),
        about: service.about.as_ref().map(|t| t.r#in(stage.lang).to_owned()).unwrap_or_default(),
        href: service.launch_url.as_deref().and_then(web_link),
    }
}

/// `1132` as `1,132`.
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut shown = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!(
            (grouped(7), grouped(999), grouped(1132)),
            ("7".into(), "999".into(), "1,132".into())
        );
    }
}
