//! Searches over the libraries of the sample consortium.

use crate::fixtures::NOW;
use metadata::{Bundle, PublicUrl, Snapshot};
use std::ops::Range;
use std::path::Path;
use std::sync::LazyLock;

const MOST: usize = 3;

static CONSORTIUM: LazyLock<Snapshot> = LazyLock::new(|| {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../demo/registry"));
    let bundle = Bundle::read(folder, NOW).expect("the sample consortium");
    let hub = PublicUrl::parse("https://hub.test").expect("an origin");
    Snapshot::from_bundle(&bundle, 1, &hub).expect("a snapshot")
});

/// One input: what was typed.
pub fn run(data: &[u8]) {
    let typed = String::from_utf8_lossy(data);
    let hits = CONSORTIUM.search(&typed, MOST);
    assert!(hits.len() <= MOST);
    for hit in &hits {
        inside(&hit.matched.ranges, &hit.member.name.zh);
        match &hit.matched.text {
            Some(text) => inside(&hit.matched.text_ranges, text),
            None => assert!(hit.matched.text_ranges.is_empty()),
        }
    }
    let again = CONSORTIUM.search(&typed, MOST);
    assert!(hits.iter().map(|h| &h.member.id).eq(again.iter().map(|h| &h.member.id)));
}

/// Marks in order, none of them empty, all within the characters of the text.
fn inside(marks: &[Range<usize>], text: &str) {
    let mut from = 0;
    for mark in marks {
        assert!(from <= mark.start && mark.start < mark.end, "{marks:?} in {text}");
        from = mark.end;
    }
    assert!(from <= text.chars().count(), "{marks:?} in {text}");
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_seed_holds() {
        for (_, seed) in crate::seeds("discovery") {
            super::run(&seed);
        }
    }
}
