//! The member libraries, and a reader of each.

use super::consortium::Consortium;
use super::reader::Reader;
use super::service::Service;
use crate::harness::Seen;

pub const PASSWORD: &str = "tomato-harbour-41";
pub const LOGIN: &str = "reader-jia";
/// Logs in at a library that then says a scope of another's.
pub const FOREIGN: &str = "reader-foreign";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Library {
    Pysaml2,
    SimpleSamlPhp,
    /// The hub's own central account store.
    Central,
}

impl Library {
    /// Its id in the registry.
    pub fn id(self) -> &'static str {
        match self {
            Self::Pysaml2 => "pyidp",
            Self::SimpleSamlPhp => "ssp",
            Self::Central => "union",
        }
    }

    /// Who shows the login form.
    pub fn host(self) -> &'static str {
        match self {
            Self::Pysaml2 => "pyidp.test",
            Self::SimpleSamlPhp => "ssp.test",
            Self::Central => "hub.test",
        }
    }

    /// Its domain in the registry.
    pub fn scope(self) -> String {
        format!("{}.test", self.id())
    }

    pub fn class(self) -> &'static str {
        match self {
            Self::Pysaml2 => "A",
            Self::SimpleSamlPhp => "C",
            Self::Central => "B",
        }
    }

    /// What its provider says of its reader; the hub's own store says no name yet.
    pub fn reader_name(self) -> Option<&'static str> {
        (self != Self::Central).then_some("读者甲")
    }

    /// Opens the service, is asked which library, and chooses this one.
    pub async fn choose(self, all: &Consortium, reader: &mut Reader, service: Service) -> Seen {
        let mut list = reader.get(&all.login_address(service)).await;
        assert_eq!(list.url.host_str(), Some("hub.test"), "{}", list.body);
        if self == Self::Central {
            list = reader.click(&list, &list.link("central=1")).await;
        }
        let choice = list.link(&format!("member={}", self.id()));
        reader.click(&list, &choice).await
    }

    /// The same, and comes to the library's form.
    pub async fn form(self, all: &Consortium, reader: &mut Reader, service: Service) -> Seen {
        let form = self.choose(all, reader, service).await;
        assert_eq!(form.url.host_str(), Some(self.host()), "{}: {}", form.url, form.body);
        form
    }
}

/// Types name and password into whichever form is shown.
pub async fn sign_in(reader: &mut Reader, page: &Seen, login: &str, password: &str) -> Seen {
    let mut form = page.form("password");
    form.set("username", login);
    form.set("password", password);
    reader.submit(page, &form).await
}
