//! A SAML service provider: redirect out, post in, every check on.

mod answer;
mod keys;
mod metadata;

pub use keys::{SamlKeys, SetupError};

use crate::Place;
use crate::browser::{Browsers, Pending};
use crate::client::{client, fetch};
use crate::clock::{now_s, token};
use crate::page::{go, page, refused};
use crate::show::Values;
use answer::{Expected, read};
use axum::Router;
use axum::extract::{DefaultBodyLimit, RawForm, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::HashMap;
use std::io::Write as _;
use std::sync::Arc;

struct Sp {
    place: Arc<Place>,
    keys: SamlKeys,
    pending: Pending<()>,
    browsers: Browsers<Values>,
}

pub(crate) fn router(place: Arc<Place>, keys: SamlKeys) -> Router {
    let sp = Sp { place, keys, pending: Pending::new(), browsers: Browsers::new("service") };
    Router::new()
        .route("/", get(home))
        .route("/values", get(values))
        .route("/login", get(login))
        .route("/acs", post(acs).layer(DefaultBodyLimit::max(256 * 1024)))
        .route("/metadata", get(own_metadata))
        .route("/logout", get(logout))
        .with_state(Arc::new(sp))
}

async fn home(State(sp): State<Arc<Sp>>, headers: HeaderMap) -> Response {
    sp.browsers
        .find(&headers)
        .map_or_else(|| go("/login", &[]), |values| sp.place.kind.show(&values))
}

async fn values(State(sp): State<Arc<Sp>>, headers: HeaderMap) -> Response {
    sp.browsers
        .find(&headers)
        .map_or_else(|| go("/login", &[]), |values| sp.place.kind.show_values(&values))
}

async fn own_metadata(State(sp): State<Arc<Sp>>) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/samlmetadata+xml")];
    (kind, sp.keys.metadata(&sp.place)).into_response()
}

async fn login(State(sp): State<Arc<Sp>>, headers: HeaderMap) -> Response {
    let sso = match sp.hub().await {
        Ok(hub) => hub.sso_redirect,
        Err(detail) => {
            return sp.refuse("登录系统暂时无法连接 · The hub cannot be reached", &detail);
        }
    };
    // An xs:ID must not begin with a digit (Core 1.3.4).
    let id = format!("_{}", token());
    match sp.request_address(&sso, &id) {
        Ok(address) => {
            let cookie = sp.pending.keep(&headers, id, ());
            go(&address, &[cookie])
        }
        Err(detail) => sp.refuse("请求无法发出 · The request could not be made", &detail),
    }
}

async fn acs(State(sp): State<Arc<Sp>>, headers: HeaderMap, RawForm(form): RawForm) -> Response {
    let fields: HashMap<_, _> = url::form_urlencoded::parse(&form).into_owned().collect();
    let encoded = fields.get("SAMLResponse").map(String::as_str).unwrap_or_default();
    let hub = match sp.hub().await {
        Ok(hub) => hub,
        Err(detail) => {
            return sp.refuse("登录系统暂时无法连接 · The hub cannot be reached", &detail);
        }
    };
    let audience = sp.place.saml_entity_id();
    let recipient = sp.place.saml_acs();
    let expected =
        Expected { hub: &hub, audience: &audience, recipient: &recipient, now_s: now_s() };
    let answer = STANDARD
        .decode(encoded.trim())
        .map_err(|e| e.to_string())
        .and_then(|xml| String::from_utf8(xml).map_err(|e| e.to_string()))
        .and_then(|xml| read(&xml, &expected));
    match answer {
        Ok(answer) if sp.pending.take(&headers, &answer.in_response_to).is_some() => {
            match answer.outcome {
                Ok(values) => go("/", &[sp.browsers.keep(values)]),
                Err(status) => sp.refuse("您没有进入这项服务 · You were not let in", &status),
            }
        }
        Ok(_) => {
            sp.refuse("这次登录不是从这里开始的 · This login did not start here", "InResponseTo")
        }
        Err(detail) => {
            sp.refuse("登录系统的答复没有通过检查 · The hub's answer failed a check", &detail)
        }
    }
}

async fn logout(State(sp): State<Arc<Sp>>, headers: HeaderMap) -> Response {
    sp.browsers.take(&headers);
    let body = format!(
        "<p>您已退出本服务 · You have left this service.</p>\
         <p><a class=\"go\" href=\"/login\">重新登录 · Log in again</a></p>\
         <p><a href=\"{}/logout\">退出全部 · Log out everywhere</a></p>",
        crate::page::escape(&sp.place.hub)
    );
    page(StatusCode::OK, sp.place.kind.title(), &body)
}

impl Place {
    fn saml_entity_id(&self) -> String {
        format!("{}/metadata", self.base)
    }

    fn saml_acs(&self) -> String {
        format!("{}/acs", self.base)
    }
}

impl Sp {
    fn refuse(&self, what: &str, detail: &str) -> Response {
        refused(self.place.kind.title(), what, detail)
    }

    async fn hub(&self) -> Result<metadata::Hub, String> {
        let client = client(&self.place.hub).map_err(|e| e.to_string())?;
        let address = format!("{}/saml/idp/metadata", self.place.hub);
        metadata::read(&fetch(&client, &address).await?)
    }

    /// Bindings 3.4: deflated, base64, in the query; signed where our metadata say so.
    fn request_address(&self, sso: &str, id: &str) -> Result<String, String> {
        let escape = crate::page::escape;
        let xml = format!(
            "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
             xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{id}\" Version=\"2.0\" \
             IssueInstant=\"{}\" Destination=\"{}\" AssertionConsumerServiceURL=\"{}\" \
             ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\">\
             <saml:Issuer>{}</saml:Issuer></samlp:AuthnRequest>",
            answer::instant(now_s()),
            escape(sso),
            escape(&self.place.saml_acs()),
            escape(&self.place.saml_entity_id()),
        );
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
        deflate.write_all(xml.as_bytes()).map_err(|e| e.to_string())?;
        let deflated = deflate.finish().map_err(|e| e.to_string())?;
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let mut query = format!("SAMLRequest={}", encode(&STANDARD.encode(deflated)));
        if self.place.kind.signs_requests() {
            query.push_str("&SigAlg=");
            query.push_str(&encode("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"));
            let signature = self.keys.sign(query.as_bytes())?;
            query.push_str("&Signature=");
            query.push_str(&encode(&STANDARD.encode(signature)));
        }
        let joint = if sso.contains('?') { '&' } else { '?' };
        Ok(format!("{sso}{joint}{query}"))
    }
}
