//! HTTP as plain data: what came in, and a finished answer.

use crate::{ParamFault, Params};
use std::net::IpAddr;

/// The methods that the hub serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
}

/// A request as it came in: raw query and raw body, since signatures cover octets.
#[derive(Debug, Clone)]
pub struct Inbound {
    /// Method.
    pub method: Method,
    /// Path, as sent.
    pub path: String,
    /// Query without `?`, as sent; empty where absent.
    pub query: String,
    /// Header names in lower case with their values; what is not UTF-8 of one reads U+FFFD, so
    /// that no octet of a client makes a header unseen that a proxy added to.
    pub headers: Vec<(String, String)>,
    /// Body, within the limit of its route.
    pub body: Vec<u8>,
    /// Address of the client; from a forwarded header only behind a trusted proxy (rule 9).
    pub client: IpAddr,
}

impl Inbound {
    /// First header of that lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The value of a cookie that is sent once; of a name sent twice nothing is known:
    /// one of the two was set by somebody else, such as a sibling host.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let mut found = self.cookies().filter(|(n, _)| *n == name).map(|(_, v)| v);
        let first = found.next();
        first.filter(|_| found.next().is_none())
    }

    /// All cookies in the order sent; malformed pairs are passed over (they prove nothing).
    ///
    /// Only spaces and tabs are cut off (RFC 6265 section 4.2.1): a sibling host may set
    /// `\u{2000}__Host-x`, which to the browser has no prefix and here must not gain one.
    pub fn cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers
            .iter()
            .filter(|(name, _)| name == "cookie")
            .flat_map(|(_, line)| line.split(';'))
            .filter_map(|pair| pair.trim_matches([' ', '\t']).split_once('='))
    }

    /// Parameters of the query.
    pub fn query_params(&self) -> Result<Params, ParamFault> {
        Params::parse(self.query.as_bytes())
    }

    /// Parameters of a form body; a body of another type is refused.
    pub fn form_params(&self) -> Result<Params, ParamFault> {
        let kind = self.header("content-type").unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(ParamFault::NotAForm);
        }
        Params::parse(&self.body)
    }
}

/// A finished HTTP answer.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

/// When a browser sends a cookie along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// Not on cross-site posts: the session.
    Lax,
    /// Always: a login in flight, which a campus posts back to.
    None,
}

/// A cookie to set: always `Secure`, `HttpOnly`, `Path=/`, and named `__Host-…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookie {
    /// Name, with its `__Host-` prefix.
    pub name: String,
    /// Value, cookie-safe ASCII.
    pub value: String,
    /// Life in seconds; `None`: ends with the browser; 0: removed now.
    pub max_age_s: Option<u32>,
    /// When it is sent along.
    pub same_site: SameSite,
}

impl Cookie {
    /// Removes the cookie of that name.
    pub fn removal(name: impl Into<String>, same_site: SameSite) -> Self {
        Self { name: name.into(), value: String::new(), max_age_s: Some(0), same_site }
    }

    /// The value of its `Set-Cookie` header (RFC 6265 section 4.1).
    pub fn to_header(&self) -> String {
        let same_site = match self.same_site {
            SameSite::Lax => "Lax",
            SameSite::None => "None",
        };
        let age = self.max_age_s.map(|s| format!("; Max-Age={s}")).unwrap_or_default();
        format!("{}={}; Path=/; Secure; HttpOnly; SameSite={same_site}{age}", self.name, self.value)
    }
}
