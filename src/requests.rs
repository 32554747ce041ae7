//! Requests by where they went: how many, how they ended, how long they took.

use crate::outside::Stopwatch;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the histogram in milliseconds: a page takes one, a password some tens.
pub(crate) const BOUNDS_MS: [u64; 10] = [1, 2, 5, 10, 25, 50, 100, 250, 1000, 5000];
const BUCKETS: usize = BOUNDS_MS.len() + 1;

/// First octets of the path, and what lies there; the rest are pages.
const AREAS: [(&str, &str); 12] = [
    ("/oauth2/", "oidc"),
    ("/.well-known/", "oidc"),
    ("/saml/idp/", "saml_idp"),
    ("/saml/sp/", "saml_sp"),
    ("/login", "login"),
    ("/in/", "connectors"),
    ("/discover", "discovery"),
    ("/assets/", "assets"),
    ("/healthz", "operations"),
    ("/readyz", "operations"),
    ("/metrics", "operations"),
    ("", "pages"),
];

/// What is counted of one area.
#[derive(Default)]
struct Area {
    /// By the first digit of the status.
    ended: [AtomicU64; 6],
    buckets: [AtomicU64; BUCKETS],
    micros: AtomicU64,
}

/// Counts of one process.
#[derive(Default)]
pub(crate) struct Requests([Area; AREAS.len()]);

/// What there is to tell of one area.
pub(crate) struct Told {
    pub(crate) area: &'static str,
    /// By class of status: `2xx`, …
    pub(crate) ended: Vec<(&'static str, u64)>,
    /// How many took at most so long, as Prometheus adds them up.
    pub(crate) at_most: Vec<u64>,
    pub(crate) seconds: f64,
}

/// A layer that counts what passes.
pub(crate) async fn measure(
    State(requests): State<Arc<Requests>>,
    request: Request,
    next: Next,
) -> Response {
    let place = place_of(request.uri().path());
    let watch = Stopwatch::start();
    let response = next.run(request).await;
    requests.count(place, response.status(), watch.elapsed());
    response
}

impl Requests {
    fn count(&self, place: usize, status: StatusCode, took: Duration) {
        let Some(area) = self.0.get(place) else { return };
        let add = |to: Option<&AtomicU64>, by: u64| {
            if let Some(to) = to {
                to.fetch_add(by, Ordering::Relaxed);
            }
        };
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS_MS.iter().position(|most| micros <= most * 1000);
        add(area.ended.get(usize::from(status.as_u16() / 100)), 1);
        add(area.buckets.get(bucket.unwrap_or(BUCKETS - 1)), 1);
        add(Some(&area.micros), micros);
    }

    /// Every area that was ever asked.
    pub(crate) fn told(&self) -> Vec<Told> {
        let names: std::collections::BTreeSet<_> = AREAS.iter().map(|(_, name)| *name).collect();
        let told = names.into_iter().map(|name| {
            let of: Vec<&Area> = AREAS
                .iter()
                .zip(&self.0)
                .filter(|((_, n), _)| *n == name)
                .map(|(_, a)| a)
                .collect();
            told(name, &of)
        });
        told.filter(|told| !told.ended.is_empty()).collect()
    }
}

fn told(area: &'static str, of: &[&Area]) -> Told {
    let sum = |pick: &dyn Fn(&Area) -> Option<u64>| of.iter().filter_map(|a| pick(a)).sum::<u64>();
    let ended = ["", "1xx", "2xx", "3xx", "4xx", "5xx"]
        .iter()
        .enumerate()
        .map(|(n, class)| (*class, sum(&|a| Some(a.ended.get(n)?.load(Ordering::Relaxed)))))
        .filter(|(_, count)| *count > 0)
        .collect();
    let mut so_far = 0;
    let at_most = (0..BUCKETS)
        .map(|n| {
            so_far += sum(&|a| Some(a.buckets.get(n)?.load(Ordering::Relaxed)));
            so_far
        })
        .collect();
    let micros = sum(&|a| Some(a.micros.load(Ordering::Relaxed)));
    Told { area, ended, at_most, seconds: Duration::from_micros(micros).as_secs_f64() }
}

fn place_of(path: &str) -> usize {
    AREAS.iter().position(|(start, _)| path.starts_with(start)).unwrap_or(AREAS.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_has_one_of_few_areas_and_no_path_of_its_own() {
        let area = |path: &str| AREAS[place_of(path)].1;
        for (path, expected) in [
            ("/oauth2/token", "oidc"),
            ("/saml/idp/sso", "saml_idp"),
            ("/saml/sp/acs", "saml_sp"),
            ("/login", "login"),
            ("/", "pages"),
            ("/nobody/knows?x=1", "pages"),
            ("", "pages"),
        ] {
            assert_eq!(area(path), expected, "{path}");
        }
    }

    #[test]
    fn buckets_add_up() {
        let requests = Requests::default();
        for (status, ms) in [(200, 0), (200, 3), (404, 3), (500, 100_000)] {
            let status = StatusCode::from_u16(status).expect("a status");
            requests.count(place_of("/"), status, Duration::from_millis(ms));
        }
        let told = requests.told();
        let [pages] = told.as_slice() else { panic!("{} areas", told.len()) };
        assert_eq!(pages.ended, [("2xx", 2), ("4xx", 1), ("5xx", 1)]);
        assert_eq!(pages.at_most, [1, 1, 3, 3, 3, 3, 3, 3, 3, 3, 4]);
        assert!((pages.seconds - 100.006).abs() < 0.001, "{}", pages.seconds);
    }
}
