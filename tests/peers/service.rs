//! The services, and what each says of the reader that arrived.

use super::library::Library;
use crate::harness::Seen;
use serde_json::Value;

const PAIRWISE_ID: &str = "pairwise-id";
const PASSWORD_OVER_TLS: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// openid-client with private_key_jwt.
    NodeKey,
    /// openid-client without a secret.
    NodePublic,
    /// Authlib with client_secret_basic.
    Authlib,
    /// pysaml2, asking by POST, wanting the assertion signed.
    SamlAssertion,
    /// pysaml2, asking by a signed Redirect, wanting the response signed.
    SamlResponse,
    /// node-saml, asking by a signed POST, wanting the assertion signed.
    NodeSamlAssertion,
    /// node-saml, asking by a signed Redirect, wanting the response signed.
    NodeSamlResponse,
}

impl Service {
    /// Its id in the registry, and its client_id.
    pub fn id(self) -> &'static str {
        match self {
            Self::NodeKey => "ill",
            Self::NodePublic => "card",
            Self::Authlib => "cvrs",
            Self::SamlAssertion => "journals",
            Self::SamlResponse => "opac",
            Self::NodeSamlAssertion => "ebooks",
            Self::NodeSamlResponse => "theses",
        }
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::NodeKey => "馆际互借",
            Self::NodePublic => "通用借书证",
            Self::Authlib => "虚拟参考咨询",
            Self::SamlAssertion => "外文期刊",
            Self::SamlResponse => "联合目录",
            Self::NodeSamlAssertion => "电子图书",
            Self::NodeSamlResponse => "学位论文",
        }
    }

    pub fn is_saml(self) -> bool {
        matches!(self, Self::SamlAssertion | Self::SamlResponse) || self.is_node_saml()
    }

    fn is_node_saml(self) -> bool {
        matches!(self, Self::NodeSamlAssertion | Self::NodeSamlResponse)
    }

    /// Asks for a persistent NameID, and for a login by password over TLS.
    fn is_persistent(self) -> bool {
        matches!(self, Self::SamlResponse | Self::NodeSamlResponse)
    }

    /// The parameter that asks for an answer without any page.
    pub fn silently(self) -> &'static str {
        if self.is_saml() { "?passive=1" } else { "?prompt=none" }
    }

    /// How the service calls the hub's answer that nobody is logged in.
    pub fn nobody(self) -> &'static str {
        match self {
            _ if self.is_node_saml() => "NoPassive",
            _ if self.is_saml() => "StatusNoPassive",
            _ => "login_required",
        }
    }

    /// The service has checked everything and shows the reader that it should.
    pub fn welcomes(self, seen: &Seen, library: Library, hub: &str) {
        let said = said(seen);
        assert_eq!(seen.status, 200, "{self:?} of {library:?}: {said:#}");
        if self.is_saml() {
            self.welcomes_by_saml(&said, library, hub);
        } else {
            self.welcomes_by_oidc(&said, library, hub);
        }
    }

    fn welcomes_by_oidc(self, said: &Value, library: Library, hub: &str) {
        let (claims, info) = (&said["claims"], &said["userinfo"]);
        assert_eq!(claims["iss"], hub);
        assert_eq!(claims["aud"], self.id());
        assert_eq!(claims["sub"], info["sub"]);
        for source in [claims, info] {
            assert_eq!(source["member"], library.id(), "{said:#}");
            assert_eq!(source["class"], library.class(), "{said:#}");
            assert_eq!(source["name"].as_str(), library.reader_name(), "{said:#}");
            let mail =
                library.reader_name().map(|_| format!("{}@mail.test", super::library::LOGIN));
            assert_eq!(source["email"].as_str(), mail.as_deref(), "{said:#}");
        }
    }

    fn welcomes_by_saml(self, said: &Value, library: Library, hub: &str) {
        assert_eq!(said["issuer"], format!("{hub}/saml/idp/metadata"));
        assert_eq!(said["relay_state"], "page-7");
        let kind = if self.is_persistent() { "persistent" } else { "transient" };
        assert_eq!(said["format"], format!("urn:oasis:names:tc:SAML:2.0:nameid-format:{kind}"));
        let one = |name: &str| said["attributes"][name][0].as_str();
        assert_eq!(one("member"), Some(library.id()), "{said:#}");
        assert_eq!(one("class"), Some(library.class()), "{said:#}");
        assert_eq!(one("displayName"), library.reader_name(), "{said:#}");
        let affiliation = library.reader_name().map(|_| format!("student@{}", library.scope()));
        assert_eq!(one("eduPersonScopedAffiliation"), affiliation.as_deref(), "{said:#}");
        if self.is_persistent() {
            assert_eq!(said["context"], PASSWORD_OVER_TLS);
        } else {
            let scope = format!("@{}", library.scope());
            assert!(one(PAIRWISE_ID).is_some_and(|id| id.ends_with(&scope)), "{said:#}");
        }
    }

    /// The name by which the service knows the reader again, from what it showed.
    pub fn lasting_name(self, seen: &Seen) -> String {
        let said = said(seen);
        let name = match self {
            _ if self.is_persistent() => &said["name_id"],
            _ if self.is_saml() => &said["attributes"][PAIRWISE_ID][0],
            _ => &said["claims"]["sub"],
        };
        name.as_str().unwrap_or_else(|| panic!("no name: {said:#}")).to_owned()
    }

    /// The service has refused, for that reason.
    pub fn refuses(self, seen: &Seen, reason: &str) {
        let said = said(seen);
        assert_eq!(seen.status, 403, "{self:?}: {said:#}");
        assert_eq!(said["refused"], reason, "{self:?}: {said:#}");
    }
}

/// The JSON that every service shows.
pub fn said(seen: &Seen) -> Value {
    serde_json::from_str(&seen.body)
        .unwrap_or_else(|e| panic!("{e} at {} ({}):\n{}", seen.url, seen.status, seen.body))
}
