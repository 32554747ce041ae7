//! Queries and forms.

use model::{Params, encode_component};

/// One input.
pub fn run(data: &[u8]) {
    let Ok(params) = Params::parse(data) else { return };
    let is_unrepeated = params.require_unrepeated().is_ok();
    let mut again = Vec::new();
    for (name, value) in params.iter() {
        again.push(format!("{}={}", encode_component(name), encode_component(value)));
        match params.one(name) {
            Ok(found) => assert_eq!(found, Some(value)),
            Err(_) => assert!(!is_unrepeated, "`{name}` comes twice and is not repeated"),
        }
    }
    let read = Params::parse(again.join("&").as_bytes()).expect("our own encoding");
    // An empty name with an empty value is `=`, which stays a pair.
    assert!(read.iter().eq(params.iter()), "{again:?}");
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_seed_holds() {
        for (_, seed) in crate::seeds("params") {
            super::run(&seed);
        }
    }
}
