//! Discovery at size: the first page, and a search that is asked at every keystroke.

use super::process::Process;
use super::program::Program;
use super::starts::PAGE;
use super::wire::{Answered, Wire};
use crate::measure::{Bench, Budget, Of, bytes, micros};
use std::error::Error;

const NOTHING: &str = "an answer without work (/healthz), over loopback";
const MEAN: &str = "discovery: a keystroke, 1,200 members";
const DEAREST: &str = "discovery: the dearest of the keystrokes";
const LARGEST: &str = "discovery: the largest answer to a keystroke";
const FIRST_PAGE: &str = "discovery: the first page";
const WITH_ASSETS: &str = "discovery: the first page with all that it loads";

pub(super) const NAMES: [&str; 6] = [NOTHING, MEAN, DEAREST, LARGEST, FIRST_PAGE, WITH_ASSETS];

/// What readers type, in characters, in letters, as initials, in English, and in vain; each
/// beginning of it is a keystroke.
const TYPED: [&str; 7] = ["南京大学", "图书馆", "nanjing", "bjkj", "medical", "lib01", "qzzq"];
const CALLS: u32 = 10;
const KEYSTROKE: Budget = Budget::Most(1000.0);

pub(super) fn run(bench: &mut Bench, program: &Program) -> Result<(), Box<dyn Error>> {
    let mut process = program.serve()?;
    process.first_answer(PAGE)?;
    let mut wire = process.connect()?;
    bench.take(NOTHING, Budget::None, 20 * CALLS, |meter, calls| {
        let before = process.cpu_ns()?;
        for _ in 0..calls {
            wire.get("/healthz")?;
        }
        meter.add_ns(process.cpu_ns()?.saturating_sub(before));
        Ok(())
    })?;
    keystrokes(bench, &process, &mut wire)?;
    sizes(bench, &mut wire)?;
    drop(wire);
    process.stop()
}

fn keystrokes(bench: &mut Bench, process: &Process, wire: &mut Wire) -> Result<(), Box<dyn Error>> {
    let keystrokes: Vec<String> = TYPED.iter().flat_map(|typed| beginnings(typed)).collect();
    let calls = CALLS.min(bench.extent().most_calls);
    let (mut each, mut largest) = (vec![Vec::new(); keystrokes.len()], 0);
    let mut means = Vec::new();
    for batch in 0..=bench.extent().batches {
        let mut sum = 0.0;
        for (target, own) in keystrokes.iter().zip(&mut each) {
            let before = process.cpu_ns()?;
            for _ in 0..calls {
                largest = largest.max(found(&wire.get(target)?)?);
            }
            let spent = process.cpu_ns()?.saturating_sub(before);
            let one_us = micros(spent) / f64::from(calls);
            sum += one_us;
            // The first batch warms up.
            if batch > 0 {
                own.push(one_us);
            }
        }
        if batch > 0 {
            means.push(sum / f64::from(u32::try_from(keystrokes.len())?));
        }
    }
    for own in &mut each {
        own.sort_by(f64::total_cmp);
    }
    let middle = |own: &Vec<f64>| own.get(own.len() / 2).copied().unwrap_or_default();
    let dearest = each.into_iter().max_by(|a, b| middle(a).total_cmp(&middle(b)));
    bench.keep(MEAN, Of::Cpu, means, KEYSTROKE)?;
    bench.keep(DEAREST, Of::Cpu, dearest.unwrap_or_default(), KEYSTROKE)?;
    bench.keep(LARGEST, Of::Wire, vec![bytes(largest)], Budget::Most(30e3))
}

/// The addresses that are asked while this is typed.
fn beginnings(typed: &str) -> impl Iterator<Item = String> + '_ {
    typed.char_indices().map(|(at, last)| {
        let so_far = typed.get(..at + last.len_utf8()).unwrap_or(typed);
        format!("/discover/search?lang=zh&q={}", model::encode_component(so_far))
    })
}

/// The size of an answer that is one: a refusal is cheaper and would flatter.
fn found(answered: &Answered) -> Result<u64, Box<dyn Error>> {
    let size = u64::try_from(answered.body.len())?;
    let answer: serde_json::Value = serde_json::from_slice(&answered.body)?;
    let items = answer.get("items").and_then(serde_json::Value::as_array);
    items.map(|_| size).ok_or_else(|| "the search answers without `items`".into())
}

fn sizes(bench: &mut Bench, wire: &mut Wire) -> Result<(), Box<dyn Error>> {
    let page = String::from_utf8(wire.get(PAGE)?.body)?;
    if !page.contains("id=\"find\"") {
        return Err(format!("{PAGE}: this is not the discovery page").into());
    }
    let alone = u64::try_from(page.len())?;
    let mut whole = alone;
    for asset in assets(&page) {
        whole += u64::try_from(wire.get(asset)?.body.len())?;
    }
    bench.keep(FIRST_PAGE, Of::Wire, vec![bytes(alone)], Budget::Most(100e3))?;
    bench.keep(WITH_ASSETS, Of::Wire, vec![bytes(whole)], Budget::Most(100e3))
}

/// What a page loads from our own address, each once.
fn assets(page: &str) -> Vec<&str> {
    let named = page.split('"').filter(|part| part.starts_with("/assets/"));
    let mut named: Vec<_> = named.collect();
    named.sort_unstable();
    named.dedup();
    named
}

#[cfg(test)]
mod tests {
    use super::{Answered, assets, beginnings, found};

    #[test]
    fn every_beginning_of_what_is_typed_is_a_keystroke() {
        let asked: Vec<_> = beginnings("南n").collect();
        let address = |q| format!("/discover/search?lang=zh&q={q}");
        assert_eq!(asked, [address("%E5%8D%97"), address("%E5%8D%97n")]);
    }

    #[test]
    fn only_an_answer_of_the_search_is_measured() {
        let answer = |body: &str| Answered {
            status: http::StatusCode::OK,
            headers: http::HeaderMap::new(),
            body: body.as_bytes().to_vec(),
        };
        assert_eq!(found(&answer("{\"items\":[]}")).expect("an answer"), 12);
        assert!(found(&answer("{}")).is_err() && found(&answer("<html>")).is_err());
    }

    #[test]
    fn what_a_page_loads_is_counted_once() {
        let page = "<link href=\"/assets/a.css\"><img src=\"/assets/b.svg\"><img src=\"/assets/b.svg\"><a href=\"/x\">";
        assert_eq!(assets(page), ["/assets/a.css", "/assets/b.svg"]);
    }
}
