//! Style sheet, scripts and the mark: part of the program, named by their content.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use std::sync::LazyLock;

/// One year: the name changes whenever the content does.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

struct Asset {
    stem: &'static str,
    ending: &'static str,
    kind: &'static str,
    body: &'static str,
}

impl Asset {
    /// `look-1f3a….css`.
    fn name(&self) -> String {
        format!("{}-{:016x}.{}", self.stem, fingerprint(self.body.as_bytes()), self.ending)
    }
}

const LOOK: Asset = Asset {
    stem: "look",
    ending: "css",
    kind: "text/css; charset=utf-8",
    body: include_str!("../assets/look.css"),
};
const SEAL: Asset = Asset {
    stem: "seal",
    ending: "svg",
    kind: "image/svg+xml",
    body: include_str!("../assets/seal.svg"),
};
const DISCOVER: Asset = Asset {
    stem: "discover",
    ending: "js",
    kind: "text/javascript; charset=utf-8",
    body: include_str!("../assets/discover.js"),
};
const AUTOPOST: Asset = Asset {
    stem: "autopost",
    ending: "js",
    kind: "text/javascript; charset=utf-8",
    body: include_str!("../assets/autopost.js"),
};
const PASSKEY: Asset = Asset {
    stem: "passkey",
    ending: "js",
    kind: "text/javascript; charset=utf-8",
    body: include_str!("../assets/passkey.js"),
};

static NAMED: LazyLock<[(String, Asset); 5]> =
    LazyLock::new(|| [LOOK, SEAL, DISCOVER, AUTOPOST, PASSKEY].map(|asset| (asset.name(), asset)));

/// Where the assets lie under the public address.
#[derive(Debug)]
pub(crate) struct AssetPaths {
    pub(crate) look: String,
    pub(crate) seal: String,
    pub(crate) discover: String,
    pub(crate) autopost: String,
    pub(crate) passkey: String,
}

static PATHS: LazyLock<AssetPaths> = LazyLock::new(|| AssetPaths {
    look: format!("/assets/{}", LOOK.name()),
    seal: format!("/assets/{}", SEAL.name()),
    discover: format!("/assets/{}", DISCOVER.name()),
    autopost: format!("/assets/{}", AUTOPOST.name()),
    passkey: format!("/assets/{}", PASSKEY.name()),
});

/// The addresses that pages name.
pub(crate) fn paths() -> &'static AssetPaths {
    &PATHS
}

/// `GET /assets/{name}`: the asset of exactly that content, to be kept for a year.
pub(crate) async fn serve(Path(name): Path<String>) -> Response {
    let Some((_, asset)) = NAMED.iter().find(|(known, _)| *known == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.kind)),
        (header::CACHE_CONTROL, FOR_EVER),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        // An SVG opened on its own runs nothing.
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'")),
    ];
    (headers, asset.body).into_response()
}

/// FNV-1a: tells releases of our own files apart, protects nothing.
fn fingerprint(content: &[u8]) -> u64 {
    content.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests;
