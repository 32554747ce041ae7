//! The settings of a `cas` connector.

use super::{Reader, SettingFault};
use model::ConnectorEntry;

const SERVER: &str = "write the address before /login, as in https://cas.x.edu.cn/cas";
const LOGIN: &str = "write the whole address that shows the login page, or remove it";
const VALIDATE: &str = "write the whole address that validates tickets, without ?, or remove it";

/// Which protocol the tickets are validated by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CasVersion {
    /// CAS 3.0: `/p3/serviceValidate`.
    Three,
    /// CAS 2.0: `/serviceValidate`.
    Two,
}

/// How the callback address is registered at the campus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CasCallback {
    /// By prefix: the handle of the login stands at its end.
    Prefix,
    /// Letter for letter: nothing may follow, and the reader confirms the login.
    Exact,
}

/// Where a campus's CAS server is, and how it is spoken to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CasSettings {
    /// The address before `/login`, without a slash at its end: names the server.
    pub server: String,
    /// Where readers log in.
    pub login: String,
    /// Where tickets are validated.
    pub validate: String,
    /// The protocol.
    pub version: CasVersion,
    /// The callback.
    pub callback: CasCallback,
}

impl CasSettings {
    /// The reader's name beside the attributes (`cas:user`), as `attributes` calls it.
    pub const USER: &'static str = "user";

    /// Reads the entry; every fault names its key and the remedy.
    ///
    /// # Errors
    /// What is missing or cannot be used.
    pub fn of(entry: &ConnectorEntry) -> Result<Self, Vec<SettingFault>> {
        let mut read = Reader::of(entry);
        let server = server(&mut read);
        let version = read.choice(
            "version",
            &[("3", CasVersion::Three), ("2", CasVersion::Two)],
            "write 3 or 2; 3 where nothing is written",
        );
        let callback = read.choice(
            "callback",
            &[("prefix", CasCallback::Prefix), ("exact", CasCallback::Exact)],
            "write \"prefix\" or \"exact\"; \"prefix\" where nothing is written",
        );
        let login = read.address("login", LOGIN);
        let validate = read.address("validate", VALIDATE);
        if validate.is_some_and(|address| address.contains('?')) {
            read.fault("validate", "a query", VALIDATE);
        }
        match (server, version, callback) {
            (Some(server), Some(version), Some(callback)) if read.faults.is_empty() => {
                let path = match version {
                    CasVersion::Three => "/p3/serviceValidate",
                    CasVersion::Two => "/serviceValidate",
                };
                Ok(Self {
                    login: login.map_or_else(|| format!("{server}/login"), str::to_owned),
                    validate: validate.map_or_else(|| format!("{server}{path}"), str::to_owned),
                    server: server.to_owned(),
                    version,
                    callback,
                })
            }
            _ => Err(read.faults),
        }
    }
}

fn server<'e>(read: &mut Reader<'e>) -> Option<&'e str> {
    if !read.entry.settings.contains_key("server") {
        read.fault("server", "missing", SERVER);
        return None;
    }
    let address = read.address("server", SERVER)?;
    let bare = address.trim_end_matches('/');
    let last = bare.rsplit('/').next().unwrap_or_default();
    if address.contains('?') {
        read.fault("server", "a query", SERVER);
    } else if matches!(last, "login" | "logout" | "serviceValidate" | "p3") {
        read.fault("server", format!("it ends in /{last}"), SERVER);
    } else {
        return Some(bare);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn entry(settings: &Value) -> ConnectorEntry {
        let mut entry = json!({ "kind": "cas" });
        for (key, value) in settings.as_object().expect("a table") {
            entry[key] = value.clone();
        }
        serde_json::from_value(entry).expect("an entry")
    }

    #[test]
    fn addresses_are_made_from_the_prefix_unless_they_are_written() {
        let of = |settings: Value| CasSettings::of(&entry(&settings)).expect("good settings");
        for (server, login) in [
            ("https://cas.x.edu.cn/cas", "https://cas.x.edu.cn/cas/login"),
            (
                "https://authserver.x.edu.cn/authserver/",
                "https://authserver.x.edu.cn/authserver/login",
            ),
            ("https://sso.x.edu.cn", "https://sso.x.edu.cn/login"),
            ("https://sso.x.edu.cn/", "https://sso.x.edu.cn/login"),
        ] {
            let read = of(json!({ "server": server }));
            assert_eq!(read.login, login);
            assert_eq!(read.validate, login.replace("/login", "/p3/serviceValidate"));
            assert_eq!((read.version, read.callback), (CasVersion::Three, CasCallback::Prefix));
        }
        let read =
            of(json!({ "server": "https://x.edu.cn/cas", "version": 2, "callback": "exact" }));
        assert_eq!(read.validate, "https://x.edu.cn/cas/serviceValidate");
        assert_eq!((read.version, read.callback), (CasVersion::Two, CasCallback::Exact));
        let read = of(json!({
            "server": "https://x.edu.cn/api/v1/cas",
            "login": "https://x.edu.cn/ui/login?type=reader",
            "validate": "https://x.edu.cn/api/v1/validate",
        }));
        assert_eq!(read.login, "https://x.edu.cn/ui/login?type=reader");
        assert_eq!(read.validate, "https://x.edu.cn/api/v1/validate");
    }

    #[test]
    fn what_cannot_be_used_is_named_with_its_remedy() {
        let good = "https://cas.x.edu.cn/cas";
        for (settings, key) in [
            (json!({}), "server"),
            (json!({ "server": 5 }), "server"),
            (json!({ "server": "cas.x.edu.cn" }), "server"),
            (json!({ "server": "http://cas.x.edu.cn/cas" }), "server"),
            (json!({ "server": "ftp://cas.x.edu.cn/cas" }), "server"),
            (json!({ "server": "https://u:p@cas.x.edu.cn/cas" }), "server"),
            (json!({ "server": "https://cas.x.edu.cn/cas?x=1" }), "server"),
            (json!({ "server": "https://cas.x.edu.cn/cas#x" }), "server"),
            (json!({ "server": "https://cas.x.edu.cn/ cas" }), "server"),
            (json!({ "server": "https://cas.x.edu.cn/cas/login" }), "server"),
            (json!({ "server": good, "version": 1 }), "version"),
            (json!({ "server": good, "version": true }), "version"),
            (json!({ "server": good, "callback": "any" }), "callback"),
            (json!({ "server": good, "login": "/login" }), "login"),
            (json!({ "server": good, "validate": "https://x.test/v?a=b" }), "validate"),
            (json!({ "server": good, "validate": "http://x.test/v" }), "validate"),
        ] {
            let faults = CasSettings::of(&entry(&settings)).expect_err("refused");
            assert_eq!(faults.len(), 1, "{settings}: {faults:?}");
            assert!(faults[0].key == key && !faults[0].remedy.is_empty(), "{settings}: {faults:?}");
        }
    }
}
