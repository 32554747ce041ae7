//! What every page is built from, and the frame around each.

use crate::assets::{self, AssetPaths};
use crate::page::lang_tag;
use crate::seen::Seen;
use crate::shown::{Reach, service_tile};
use crate::words::{Words, words};
use login::Troubled;
use metadata::Snapshot;
use model::{LangTag, Member, MemberId, Service, ServiceId, Timestamp};
use std::net::IpAddr;

/// The circumstances of one page.
pub(crate) struct Stage<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) seen: &'a Seen,
    pub(crate) lang: LangTag,
    /// Mark every page as a sample.
    pub(crate) demo: bool,
    /// `None` where the request was refused before the clock was asked.
    pub(crate) now: Option<Timestamp>,
    /// Where the reader is, as far as it is known.
    pub(crate) client: Option<IpAddr>,
    /// Libraries with trouble; empty on pages that choose none.
    pub(crate) troubled: &'a Troubled,
}

impl Stage<'_> {
    /// The texts of its language.
    pub(crate) fn words(&self) -> &'static Words {
        words(self.lang)
    }

    /// The name of a member as the page says it.
    pub(crate) fn member_name<'m>(&self, member: &'m Member) -> &'m str {
        member.name.r#in(self.lang)
    }

    /// The member of that id, where one is named and known.
    pub(crate) fn member(&self, id: Option<&MemberId>) -> Option<&Member> {
        id.and_then(|id| self.snapshot.member(id))
    }

    /// The service of that id, where one is named and known.
    pub(crate) fn service(&self, id: Option<&ServiceId>) -> Option<&Service> {
        id.and_then(|id| self.snapshot.service(id))
    }

    /// Where the login leads.
    pub(crate) fn going(&self, id: Option<&ServiceId>) -> Option<Going> {
        self.service(id).map(|service| Going {
            tile: service_tile(service),
            name: service.name.r#in(self.lang).to_owned(),
            about: service.about.as_ref().map(|t| t.r#in(self.lang).to_owned()).unwrap_or_default(),
        })
    }

    /// The frame of a page. `safe` is where the page is found again by GET.
    pub(crate) fn shell(&self, title: &str, safe: Option<&str>) -> Shell {
        let consortium = self.snapshot.consortium();
        Shell {
            tag: lang_tag(self.lang),
            title: title.to_owned(),
            demo: self.demo,
            reader: false,
            at_home: false,
            rooms: Vec::new(),
            switch: Some(self.seen.switch(self.lang, safe)),
            consortium: consortium.name.r#in(self.lang).to_owned(),
            help: Reach::of(&consortium.contact),
            assets: assets::paths(),
        }
    }
}

/// The service that a login leads to.
#[derive(Debug)]
pub(crate) struct Going {
    pub(crate) tile: String,
    pub(crate) name: String,
    pub(crate) about: String,
}

/// One link of the header of desk or console.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) href: &'static str,
    pub(crate) text: &'static str,
    pub(crate) is_here: bool,
}

/// The frame around every page.
#[derive(Debug)]
pub(crate) struct Shell {
    pub(crate) tag: &'static str,
    pub(crate) title: String,
    pub(crate) demo: bool,
    /// A reader is logged in: the header leads to their services and out.
    pub(crate) reader: bool,
    /// The page is the reader's own first page.
    pub(crate) at_home: bool,
    /// The pages of the room in which somebody works.
    pub(crate) rooms: Vec<Door>,
    /// This page in the other language; `None` where it cannot be shown again.
    pub(crate) switch: Option<String>,
    pub(crate) consortium: String,
    pub(crate) help: Option<Reach>,
    pub(crate) assets: &'static AssetPaths,
}
