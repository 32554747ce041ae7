//! `/in/MEMBER/CONNECTOR[/HANDLE]`: the one permanent callback of a redirecting connector.
//!
//! A campus registers it once and by hand, so it never changes. A kind that uses it declares
//! both entries of [`ENTRIES`], tells by [`Callback::of`] whose an answer is, and holds every
//! answer against the address that it sent out itself.

use crate::At;
use crate::connector::Entry;
use model::{ConnectorId, Handle, MemberId, Method};

pub(crate) const BARE: &str = "/in/{member}/{connector}";
const WITH_HANDLE: &str = "/in/{member}/{connector}/{handle}";

/// Room for a notice of logout.
const BODY_LIMIT: usize = 16 * 1024;

/// The addresses, by GET for the browser and by POST for the library's own system.
pub(crate) const ENTRIES: [Entry; 4] = [
    Entry { path: BARE, method: Method::Get, body_limit: 0 },
    Entry { path: WITH_HANDLE, method: Method::Get, body_limit: 0 },
    Entry { path: BARE, method: Method::Post, body_limit: BODY_LIMIT },
    Entry { path: WITH_HANDLE, method: Method::Post, body_limit: BODY_LIMIT },
];

/// Whose an answer is, by its address alone: chooses, and proves nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Callback {
    pub(crate) member: MemberId,
    pub(crate) connector: ConnectorId,
    pub(crate) handle: Option<Handle>,
}

impl Callback {
    /// Reads a path letter by letter: nothing is decoded, no slash too many is passed over.
    pub(crate) fn of(path: &str) -> Option<Self> {
        let mut parts = path.strip_prefix("/in/")?.split('/');
        let member = MemberId::parse(parts.next()?).ok()?;
        let connector = ConnectorId::parse(parts.next()?).ok()?;
        let handle = match parts.next() {
            Some(handle) => Some(Handle::parse(handle).ok()?),
            None => None,
        };
        parts.next().is_none().then_some(Self { member, connector, handle })
    }
}

/// The path of the callback of this connector, for one login where a handle is given.
pub(crate) fn path(at: &At<'_>, handle: Option<&Handle>) -> String {
    let bare = format!("/in/{}/{}", at.member.id, at.connector);
    match handle {
        Some(handle) => format!("{bare}/{handle}"),
        None => bare,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_whole_or_not_at_all() {
        let read = Callback::of("/in/nju/campus/AAAA").expect("a callback");
        assert_eq!((read.member.as_str(), read.connector.as_str()), ("nju", "campus"));
        assert_eq!(read.handle.as_ref().map(Handle::as_str), Some("AAAA"));
        assert_eq!(Callback::of("/in/nju/campus").expect("a callback").handle, None);
        for bad in [
            "/in/nju",
            "/in/nju/",
            "/in//campus",
            "/in/nju/campus/",
            "/in/nju/campus/a/b",
            "/in/nju/campus/a%2Fb",
            "/in/NJU/campus",
            "/in/nju/cam%70us",
            "/in/nju/../campus",
            "in/nju/campus",
            "/in/nju/campus/..",
            "/In/nju/campus",
        ] {
            assert_eq!(Callback::of(bad), None, "{bad}");
        }
    }
}
