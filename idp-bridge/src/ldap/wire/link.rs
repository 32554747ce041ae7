//! A connection, and the three things that are asked over it.

use super::ber::Fault;
use super::policy::{self, Word};
use super::relay::{Heard, relay};
use super::start_tls::{StartTlsError, start_tls};
use ldap3::controls::RawControl;
use ldap3::{
    DerefAliases, Ldap, LdapConnAsync, LdapConnSettings, LdapError, LdapResult, SearchEntry,
    SearchOptions, StdStream,
};
use metadata::{TcpDialer, TcpError, TcpTarget, TcpTrust, TcpWire};
use model::Entropy;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::UnixStream;
use tokio::time::timeout;

/// What the directory itself is asked to keep to, in seconds.
const SEARCH_S: i32 = 5;
/// The name of RFC 4532.
const WHO_AM_I: &str = "1.3.6.1.4.1.4203.1.11.3";
/// Result codes of RFC 4511 Appendix A.
pub(crate) const SUCCESS: u32 = 0;
const SIZE_LIMIT_EXCEEDED: u32 = 4;

/// Where a directory is and how it proves itself.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    pub(crate) dialer: TcpDialer,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// A private network that it may lie in.
    pub(crate) network: Option<ipnet::IpNet>,
    /// `None`: plain, on loopback alone.
    pub(crate) trust: Option<TcpTrust>,
    /// Begins plain and asks for TLS.
    pub(crate) start_tls: bool,
}

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LinkError {
    /// No connection, or one that is not the directory's.
    #[error(transparent)]
    Dial(#[from] TcpError),
    /// StartTLS came to nothing.
    #[error(transparent)]
    StartTls(#[from] StartTlsError),
    /// It said what it must not.
    #[error(transparent)]
    Answer(Fault),
    /// It hung up, or this machine did.
    #[error("the connection broke")]
    Broken,
    /// A bind without a name or a password is none (RFC 4513 5.1.1, 5.1.2): never sent.
    #[error("a bind without a name or a password")]
    Unauthenticated,
    /// Every server failed a moment ago.
    #[error("every server of the directory failed a moment ago and is left alone for now")]
    Resting,
    /// It lets in whoever comes.
    #[error("the directory accepts a password that nobody has")]
    LetsAnyoneIn,
    /// It does not know the name or password of the hub.
    #[error("the directory refuses the hub's own bind: result {}", .0.code)]
    Service(Said),
}

/// A result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) code: u32,
    /// The directory's diagnostic text.
    pub(crate) text: String,
    /// What it said of the password beside.
    pub(crate) word: Option<Word>,
}

/// How deep a search goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Base,
    Subtree,
}

/// What a search brought.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) entries: Vec<Entry>,
    pub(crate) said: Said,
}

impl Found {
    /// Whether there were more than may be fetched.
    pub(crate) fn is_cut(&self) -> bool {
        self.said.code == SIZE_LIMIT_EXCEEDED
    }
}

/// An entry: attributes by their names in lower case, without options.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) values: BTreeMap<String, Vec<Vec<u8>>>,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entry(***)")
    }
}

impl Entry {
    /// The values of an attribute that are text, trimmed; empty ones are none.
    pub(crate) fn texts<'e>(&'e self, name: &str) -> impl Iterator<Item = &'e str> + use<'e> {
        let values = self.values.get(&name.to_ascii_lowercase());
        let texts = values.into_iter().flatten().filter_map(|v| std::str::from_utf8(v).ok());
        texts.map(str::trim).filter(|text| !text.is_empty())
    }
}

/// A connection that nobody has logged in over.
pub(crate) struct Link {
    ldap: Ldap,
    heard: Arc<Heard>,
    certificate: Option<Vec<u8>>,
}

/// One over which the hub searches in its own name: no reader's bind ever passes here.
pub(crate) struct SearchLink(Link);

/// One for binds of readers. It never becomes a [`SearchLink`]: whoever was bound last must
/// not be taken for the hub.
pub(crate) struct BindLink(Link);

impl Link {
    /// Connects within `limit`, TLS included.
    pub(crate) async fn open(door: &Door, limit: Duration) -> Result<Self, LinkError> {
        let opening = async {
            let target =
                TcpTarget { host: &door.host, port: door.port, network: door.network, trust: None };
            let mut wire = door.dialer.dial(&target, limit).await?;
            if door.start_tls {
                start_tls(&mut wire).await?;
            }
            match &door.trust {
                None => Self::over(wire, None).await,
                Some(trust) => {
                    let (wire, certificate) = trust.secure(&door.host, wire).await?;
                    Self::over(wire, certificate).await
                }
            }
        };
        timeout(limit, opening).await.unwrap_or(Err(LinkError::Dial(TcpError::TimedOut)))
    }

    /// The library gets one end of a socket pair, and the relay the other.
    async fn over(wire: Box<dyn TcpWire>, certificate: Option<Vec<u8>>) -> Result<Self, LinkError> {
        let broken = |_: std::io::Error| LinkError::Broken;
        let (near, libraries) = UnixStream::pair().map_err(broken)?;
        let libraries = libraries.into_std().map_err(broken)?;
        let settings = LdapConnSettings::new().set_std_stream(StdStream::Unix(libraries));
        let opened = LdapConnAsync::with_settings(settings, "ldapi:///").await;
        let (connection, ldap) = opened.map_err(|_| LinkError::Broken)?;
        let heard = Arc::<Heard>::default();
        tokio::spawn(relay(near, wire, Arc::clone(&heard)));
        tokio::spawn(connection.drive());
        Ok(Self { ldap, heard, certificate })
    }

    /// The certificate that the directory showed, DER.
    pub(crate) fn certificate(&self) -> Option<&[u8]> {
        self.certificate.as_deref()
    }

    /// For searches: proves the hub to the directory first.
    pub(crate) async fn into_search(
        mut self,
        name: &str,
        password: &str,
    ) -> Result<SearchLink, LinkError> {
        let said = self.bind(name, password).await?;
        if said.code != SUCCESS {
            return Err(LinkError::Service(said));
        }
        if self.is_anonymous().await? {
            return Err(LinkError::LetsAnyoneIn);
        }
        Ok(SearchLink(self))
    }

    /// For binds: the directory shows first that it can say no. One that accepts a password
    /// drawn by chance would accept anybody as anybody.
    pub(crate) async fn into_binds(
        mut self,
        nobody: &str,
        entropy: &Entropy,
    ) -> Result<BindLink, LinkError> {
        let said = self.bind(nobody, &entropy.token()).await?;
        if said.code == SUCCESS {
            return Err(LinkError::LetsAnyoneIn);
        }
        Ok(BindLink(self))
    }

    async fn bind(&mut self, name: &str, password: &str) -> Result<Said, LinkError> {
        if name.is_empty() || password.is_empty() {
            return Err(LinkError::Unauthenticated);
        }
        let control = RawControl { ctype: policy::NAME.to_owned(), crit: false, val: None };
        let result = self.ldap.with_controls(control).simple_bind(name, password).await;
        let result = result.map_err(|e| self.fault(&e))?;
        Ok(Said { word: self.heard.word(), ..said(result) })
    }

    /// Whether the directory takes this connection for nobody's (RFC 4532); one that does
    /// not know the question has said nothing.
    async fn is_anonymous(&mut self) -> Result<bool, LinkError> {
        let question = ldap3::exop::Exop { name: Some(WHO_AM_I.to_owned()), val: None };
        let answer = self.ldap.extended(question).await.map_err(|e| self.fault(&e))?;
        let who = answer.0.val;
        Ok(answer.1.rc == SUCCESS && who.is_none_or(|who| who.is_empty() || who == b"dn:"))
    }

    async fn search(
        &mut self,
        (base, scope): (&str, Scope),
        filter: &str,
        attributes: &[String],
        most: i32,
    ) -> Result<Found, LinkError> {
        let options =
            SearchOptions::new().deref(DerefAliases::Never).sizelimit(most).timelimit(SEARCH_S);
        let scope = match scope {
            Scope::Base => ldap3::Scope::Base,
            Scope::Subtree => ldap3::Scope::Subtree,
        };
        let asked = self.ldap.with_search_options(options);
        let stream = asked.streaming_search(base, scope, filter, attributes).await;
        let mut stream = stream.map_err(|e| self.fault(&e))?;
        let mut entries = Vec::new();
        loop {
            match stream.next().await {
                Ok(Some(one)) => entries.push(read(SearchEntry::construct(one))),
                Ok(None) => break,
                Err(e) => return Err(self.fault(&e)),
            }
        }
        let said = said(stream.finish().await);
        Ok(Found { entries, said })
    }

    /// What stands behind an error of the library: the relay knows.
    fn fault(&self, _: &LdapError) -> LinkError {
        self.heard.fault().map_or(LinkError::Broken, LinkError::Answer)
    }
}

impl SearchLink {
    /// Whether it still stands, as far as is known.
    pub(crate) fn is_open(&mut self) -> bool {
        !self.0.ldap.is_closed()
    }

    /// Looks for entries; at most `most` are sent.
    pub(crate) async fn search(
        &mut self,
        place: (&str, Scope),
        filter: &str,
        attributes: &[String],
        most: i32,
    ) -> Result<Found, LinkError> {
        self.0.search(place, filter, attributes, most).await
    }
}

impl BindLink {
    /// Whether it still stands, as far as is known.
    pub(crate) fn is_open(&mut self) -> bool {
        !self.0.ldap.is_closed()
    }

    /// Binds as a reader. Success that is nobody's is none.
    pub(crate) async fn bind(&mut self, name: &str, password: &str) -> Result<Said, LinkError> {
        let said = self.0.bind(name, password).await?;
        if said.code == SUCCESS && self.0.is_anonymous().await? {
            return Err(LinkError::LetsAnyoneIn);
        }
        Ok(said)
    }

    /// Looks as the reader who is bound.
    pub(crate) async fn search(
        &mut self,
        place: (&str, Scope),
        filter: &str,
        attributes: &[String],
        most: i32,
    ) -> Result<Found, LinkError> {
        self.0.search(place, filter, attributes, most).await
    }
}

fn said(result: LdapResult) -> Said {
    Said { code: result.rc, text: result.text, word: None }
}

fn read(entry: SearchEntry) -> Entry {
    let SearchEntry { dn, attrs, bin_attrs } = entry;
    let texts = attrs
        .into_iter()
        .map(|(name, values)| (name, values.into_iter().map(String::into_bytes).collect()));
    let mut values: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for (name, held) in texts.chain(bin_attrs) {
        // `memberOf;range=0-1499`, `userCertificate;binary`: options are no part of the name.
        let bare = name.split(';').next().unwrap_or_default().to_ascii_lowercase();
        values.entry(bare).or_default().extend::<Vec<Vec<u8>>>(held);
    }
    Entry { name: dn, values }
}
