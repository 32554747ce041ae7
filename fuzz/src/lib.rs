//! What the fuzz targets do with their input: one module a target, each with what must hold
//! whatever comes in. None may panic, and nobody else's word may be believed.
//!
//! | target | what it feeds | what must hold |
//! |---|---|---|
//! | `saml_response` | bytes to the verifier of answers | accepted: it says what was signed |
//! | `saml_changed` | good answers, in clear and encrypted, taken apart and put together otherwise | the same |
//! | `saml_bindings` | queries and forms to the bindings, on to the AuthnRequest and its ACS | the answer goes to a listed ACS; what was decoded survives another journey |
//! | `saml_metadata` | documents of metadata, signed and unsigned | verified: they say what was signed |
//! | `sealed_state` | state cookies, and what lies in them | what opens was sealed here, for this handle and browser |
//! | `cookies` | header lines to the edge and the readers of cookies | what is set fits a header line and a proxy's limit |
//! | `ldap_template` | templates of filters and names, with login names | a login name is a value and changes no form |
//! | `params` | queries and forms | what is read survives another journey |
//! | `oidc_authorize` | authorization and logout requests | readers are led to registered addresses only |
//! | `oidc_token` | token requests | a client passes by a method it registered; a code that nobody made is none |
//! | `client_assertion` | JWTs of a client | accepted: its key signed these claims |
//! | `registry` | the files of a registry folder | what `check` takes can be served |
//! | `cas_answer` | answers of CAS servers, XML and JSON | accepted: one printable name, bounded values, no document type |
//! | `cas_logout` | notices of logout by CAS | accepted: it names one ticket |
//! | `sip2` | the stream of a SIP2 server, and what is typed for it | let in: BL, CQ and AA said so; nothing typed becomes a field |
//! | `policy` | `matrix.toml` and Cedar | what compiles decides, and always alike |
//! | `mapping` | attributes of a connector, and what a library says | a member speaks for itself alone; what `check` takes can be run |
//! | `discovery` | searches | marks lie inside their texts |
//!
//! Seeds and fixtures are written by the example `seeds`; the private keys behind them are
//! not kept, so what verifies here was signed then.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a target panics where something does not hold that must: that is what it is for"
)]

pub mod fixtures;
pub mod parties;
pub mod script;

#[cfg(feature = "run")]
pub mod cas_answer;
#[cfg(feature = "run")]
pub mod cas_logout;
#[cfg(feature = "run")]
pub mod client_assertion;
#[cfg(feature = "run")]
pub mod cookies;
pub mod discovery;
pub mod ldap_template;
pub mod mapping;
#[cfg(feature = "run")]
pub mod oidc_authorize;
#[cfg(feature = "run")]
pub mod oidc_token;
pub mod params;
pub mod policy;
pub mod registry;
#[cfg(feature = "run")]
pub mod saml_bindings;
pub mod saml_changed;
pub mod saml_metadata;
pub mod saml_response;
#[cfg(feature = "run")]
pub mod sealed_state;
#[cfg(feature = "run")]
pub mod sip2;

/// The seeds of a target, by name.
#[cfg(test)]
fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = format!("{}/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(folder).expect("seeds").flatten();
    let read = |file: std::fs::DirEntry| {
        let name = file.file_name().to_string_lossy().into_owned();
        (name, std::fs::read(file.path()).expect("a seed"))
    };
    let seeds: Vec<_> = files.map(read).collect();
    assert!(!seeds.is_empty(), "{target} has no seeds");
    seeds
}

#[cfg(test)]
mod tests {
    /// A target begins with good inputs; from nothing it would find none of them.
    #[test]
    fn every_target_has_its_seeds() {
        let manifest = include_str!("../Cargo.toml");
        let targets = manifest.split("[[bin]]\nname = \"").skip(1);
        let names: Vec<&str> = targets.filter_map(|t| t.split('"').next()).collect();
        assert!(names.len() >= 17, "{names:?}");
        for name in names {
            assert!(!crate::seeds(name).is_empty());
        }
    }
}
