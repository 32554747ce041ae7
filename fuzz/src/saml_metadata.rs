//! Documents of metadata: read as a file of the registry is, and verified as a fetched one is.

use crate::fixtures::{NOW, SIGNED_METADATA, SIGNER};
use saml::{ParsedEntity, parse_metadata, verify_metadata};
use std::sync::LazyLock;

/// What the signer, whose key was not kept, has signed.
static GOOD: LazyLock<String> = LazyLock::new(|| {
    shown(&verify_metadata(SIGNED_METADATA.as_bytes(), SIGNER, NOW).expect("good"))
});

fn shown(entities: &[ParsedEntity]) -> String {
    format!("{entities:?}")
}

/// One input.
pub fn run(data: &[u8]) {
    let good = &*GOOD;
    if let Ok(entities) = parse_metadata(data) {
        for entity in &entities {
            let idp = entity.idp.iter().flat_map(|idp| idp.sso.iter().chain(&idp.slo));
            let sp = entity.sp.iter().flat_map(|sp| &sp.acs).map(|acs| &acs.location);
            for location in idp.map(|endpoint| &endpoint.location).chain(sp) {
                let is_web = location.starts_with("https://") || location.starts_with("http://");
                assert!(is_web, "a reader would be sent to {location}");
            }
        }
    }
    if let Ok(entities) = verify_metadata(data, SIGNER, NOW) {
        assert_eq!(shown(&entities), *good, "believed, and never signed");
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_seed_holds() {
        for (_, seed) in crate::seeds("saml_metadata") {
            super::run(&seed);
        }
    }
}
