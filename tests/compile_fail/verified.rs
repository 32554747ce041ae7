//! Bytes that nobody verified.

fn main() {
    let _ = saml::Verified::new("from a document that just arrived");
}
