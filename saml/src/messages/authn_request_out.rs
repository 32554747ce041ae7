//! Our own AuthnRequest.

use crate::names::{SAML, SAMLP};
use crate::signature::enveloped;
use crate::xml::Canonical;
use crate::{Binding, SamlError, SigningKey};
use model::Timestamp;

/// What we ask a member's identity provider.
#[derive(Debug, Clone)]
pub struct AuthnRequestOut<'a> {
    /// A fresh ID: an XML name, unguessable.
    pub id: &'a str,
    /// Where it is sent.
    pub destination: &'a str,
    /// Our entityID.
    pub issuer: &'a str,
    /// Where the answer is to come.
    pub acs_url: &'a str,
    /// The reader is to prove it afresh.
    pub force_authn: bool,
    /// The reader is not to be asked.
    pub is_passive: bool,
    /// Now.
    pub issue_instant: Timestamp,
    /// For whom we ask (Scoping RequesterID).
    pub requester_ids: &'a [String],
    /// A name for people.
    pub provider_name: Option<&'a str>,
    /// How many further proxies may stand behind the one asked.
    pub proxy_count: Option<u32>,
}

impl AuthnRequestOut<'_> {
    /// The message, unsigned, in exclusive canonical form. In the Redirect
    /// binding a signature goes into the query.
    pub fn to_xml(&self) -> String {
        let (head, tail) = self.parts();
        head + &tail
    }

    /// The message with an enveloped signature, for HTTP-POST.
    pub fn to_signed_xml(&self, key: &SigningKey) -> Result<String, SamlError> {
        let (head, tail) = self.parts();
        enveloped(self.id, &head, &tail, key.into())
    }

    /// Before and after the place of a signature: after the Issuer (SAML Core section 3.2.1).
    fn parts(&self) -> (String, String) {
        let when = self.issue_instant.rfc3339();
        let mut head = Canonical::with_capacity(1024);
        head.open(
            "samlp:AuthnRequest",
            &[("samlp", SAMLP)],
            &[
                ("AssertionConsumerServiceURL", Some(self.acs_url)),
                ("Destination", Some(self.destination)),
                ("ForceAuthn", self.force_authn.then_some("true")),
                ("ID", Some(self.id)),
                ("IsPassive", self.is_passive.then_some("true")),
                ("IssueInstant", Some(&when)),
                ("ProtocolBinding", Some(Binding::Post.as_str())),
                ("ProviderName", self.provider_name),
                ("Version", Some("2.0")),
            ],
        );
        head.open("saml:Issuer", &[("saml", SAML)], &[]).text(self.issuer).close("saml:Issuer");

        let mut tail = Canonical::default();
        tail.leaf("samlp:NameIDPolicy", &[("AllowCreate", Some("true"))], "");
        if self.proxy_count.is_some() || !self.requester_ids.is_empty() {
            let count = self.proxy_count.map(|n| n.to_string());
            tail.open("samlp:Scoping", &[], &[("ProxyCount", count.as_deref())]);
            for id in self.requester_ids {
                tail.leaf("samlp:RequesterID", &[], id);
            }
            tail.close("samlp:Scoping");
        }
        tail.close("samlp:AuthnRequest");
        (head.finish(), tail.finish())
    }
}
