//! Our own metadata.

use crate::encryption::write_accepted;
use crate::messages::element::is_id;
use crate::names::{DS, MD, MDUI, SAMLP, SHIBMD, name_id_format};
use crate::signature::enveloped;
use crate::xml::Canonical;
use crate::{Binding, SamlError, SigningKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::{Text, Timestamp};

/// The hub as service provider, facing members.
#[derive(Debug, Clone)]
pub struct SpSelf<'a> {
    /// Our entityID.
    pub entity_id: &'a str,
    /// Our one ACS.
    pub acs: &'a str,
    /// Certificates of our signing keys, DER.
    pub certs: &'a [&'a [u8]],
    /// Certificates of the keys to which members may encrypt, DER.
    pub encryption_certs: &'a [&'a [u8]],
    /// Name for people.
    pub name: &'a Text,
}

/// The hub as identity provider, facing services.
#[derive(Debug, Clone)]
pub struct IdpSelf<'a> {
    /// Our entityID.
    pub entity_id: &'a str,
    /// SingleSignOnService, HTTP-Redirect.
    pub sso_redirect: &'a str,
    /// SingleSignOnService, HTTP-POST.
    pub sso_post: &'a str,
    /// Certificates of our signing keys, DER.
    pub certs: &'a [&'a [u8]],
    /// Name for people.
    pub name: &'a Text,
    /// Scopes that we vouch for.
    pub scopes: &'a [String],
    /// Whether unsigned requests are refused.
    pub want_authn_requests_signed: bool,
}

/// How metadata are sealed: signed, with an end.
#[derive(Debug, Clone, Copy)]
pub struct MetadataSeal<'a> {
    /// A fresh ID of the document.
    pub id: &'a str,
    /// Until when it may be used.
    pub valid_until: Timestamp,
    /// Who signs.
    pub key: &'a SigningKey,
}

/// Metadata of the hub as service provider, unsigned.
pub fn write_sp_metadata(me: &SpSelf<'_>) -> String {
    head(me.entity_id, None) + &sp_tail(me)
}

/// Metadata of the hub as service provider, signed.
pub fn sign_sp_metadata(me: &SpSelf<'_>, seal: &MetadataSeal<'_>) -> Result<String, SamlError> {
    sealed(me.entity_id, &sp_tail(me), seal)
}

/// Metadata of the hub as identity provider, unsigned.
pub fn write_idp_metadata(me: &IdpSelf<'_>) -> String {
    head(me.entity_id, None) + &idp_tail(me)
}

/// Metadata of the hub as identity provider, signed.
pub fn sign_idp_metadata(me: &IdpSelf<'_>, seal: &MetadataSeal<'_>) -> Result<String, SamlError> {
    sealed(me.entity_id, &idp_tail(me), seal)
}

fn sealed(entity_id: &str, tail: &str, seal: &MetadataSeal<'_>) -> Result<String, SamlError> {
    if !is_id(seal.id) {
        return Err(SamlError::hub("an ID that is not an XML name"));
    }
    enveloped(seal.id, &head(entity_id, Some(seal)), tail, seal.key.into())
}

fn head(entity_id: &str, seal: Option<&MetadataSeal<'_>>) -> String {
    let until = seal.map(|s| s.valid_until.rfc3339());
    let mut head = Canonical::with_capacity(4096);
    head.open(
        "md:EntityDescriptor",
        &[("md", MD)],
        &[
            ("ID", seal.map(|s| s.id)),
            ("entityID", Some(entity_id)),
            ("validUntil", until.as_deref()),
        ],
    );
    head.finish()
}

fn sp_tail(me: &SpSelf<'_>) -> String {
    let mut out = Canonical::with_capacity(4096);
    out.open(
        "md:SPSSODescriptor",
        &[],
        &[
            ("AuthnRequestsSigned", Some("false")),
            ("WantAssertionsSigned", Some("true")),
            ("protocolSupportEnumeration", Some(SAMLP)),
        ],
    )
    .open("md:Extensions", &[], &[]);
    write_names(&mut out, me.name);
    out.close("md:Extensions");
    write_keys(&mut out, me.certs);
    for cert in me.encryption_certs {
        write_key(&mut out, "encryption", cert, write_accepted);
    }
    write_formats(&mut out);
    let acs = [
        ("Binding", Some(Binding::Post.as_str())),
        ("Location", Some(me.acs)),
        ("index", Some("1")),
        ("isDefault", Some("true")),
    ];
    out.leaf("md:AssertionConsumerService", &acs, "")
        .close("md:SPSSODescriptor")
        .close("md:EntityDescriptor");
    out.finish()
}

fn idp_tail(me: &IdpSelf<'_>) -> String {
    let wants = if me.want_authn_requests_signed { "true" } else { "false" };
    let mut out = Canonical::with_capacity(4096);
    out.open(
        "md:IDPSSODescriptor",
        &[],
        &[("WantAuthnRequestsSigned", Some(wants)), ("protocolSupportEnumeration", Some(SAMLP))],
    )
    .open("md:Extensions", &[], &[]);
    for scope in me.scopes {
        out.open("shibmd:Scope", &[("shibmd", SHIBMD)], &[("regexp", Some("false"))])
            .text(scope)
            .close("shibmd:Scope");
    }
    write_names(&mut out, me.name);
    out.close("md:Extensions");
    write_keys(&mut out, me.certs);
    write_formats(&mut out);
    for (binding, location) in [(Binding::Redirect, me.sso_redirect), (Binding::Post, me.sso_post)]
    {
        let attrs = [("Binding", Some(binding.as_str())), ("Location", Some(location))];
        out.leaf("md:SingleSignOnService", &attrs, "");
    }
    out.close("md:IDPSSODescriptor").close("md:EntityDescriptor");
    out.finish()
}

/// mdui:UIInfo with the name in both languages.
fn write_names(out: &mut Canonical, name: &Text) {
    out.open("mdui:UIInfo", &[("mdui", MDUI)], &[]);
    for (lang, text) in [("zh", &name.zh), ("en", &name.en)] {
        if !text.is_empty() {
            out.leaf("mdui:DisplayName", &[("xml:lang", Some(lang))], text);
        }
    }
    out.close("mdui:UIInfo");
}

fn write_keys(out: &mut Canonical, certs: &[&[u8]]) {
    for cert in certs {
        write_key(out, "signing", cert, |_| {});
    }
}

/// A key for one use only: what signs never decrypts (NIST SP 800-57 part 1, section 5.2).
fn write_key(out: &mut Canonical, purpose: &str, cert: &[u8], methods: fn(&mut Canonical)) {
    out.open("md:KeyDescriptor", &[], &[("use", Some(purpose))])
        .open("ds:KeyInfo", &[("ds", DS)], &[])
        .open("ds:X509Data", &[], &[])
        .leaf("ds:X509Certificate", &[], &STANDARD.encode(cert))
        .close("ds:X509Data")
        .close("ds:KeyInfo");
    methods(out);
    out.close("md:KeyDescriptor");
}

fn write_formats(out: &mut Canonical) {
    for format in [name_id_format::PERSISTENT, name_id_format::TRANSIENT] {
        out.leaf("md:NameIDFormat", &[], format);
    }
}
