//! One connection to a member's server: one question at a time, and nothing of another's.
//!
//! ```text
//! dial ─▶ 93/94, 99/98 as configured ─▶ idle ─▶ question ─▶ reply that is its own ─▶ idle
//!                                        ▲ anything unasked here, any doubt there: closed
//! ```

use super::settings::{AskPatron, AskStatus, Settings};
use super::wire::{Frames, MessageId, Reply, Request, WireFault, stamp};
use metadata::{TcpDialer, TcpError, TcpTarget, TcpWire};
use model::Timestamp;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;
use zeroize::Zeroizing;

/// Look-up, connection and TLS handshake.
const CONNECT: Duration = Duration::from_secs(3);
/// One read.
const CHUNK: usize = 4096;
/// A message is asked for again so often, and sent again so often: some servers answer 96 for
/// ever to a message that they dislike.
const MOST_RESENDS: usize = 3;
/// What has arrived before a question is seen by this: the runtime asks the system once more.
const LOOK: Duration = Duration::from_millis(1);
/// The number of the first question; servers that always give the same number give another.
const FIRST: u8 = 7;
/// A status may come unasked; a server that sends nothing else is not waited for.
const MOST_UNASKED: usize = 3;

/// Why a question got no answer of its own. Holds no value of a reader.
#[derive(Debug, thiserror::Error)]
pub(super) enum LinkFault {
    /// There is no connection.
    #[error(transparent)]
    Dial(#[from] TcpError),
    /// It broke; whether the question was heard is not known.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// It broke, or was not fit, before anything of the question was sent.
    #[error("the connection was not fit: {0}")]
    Unfit(&'static str),
    /// Bytes that are no SIP2, or not what was agreed.
    #[error(transparent)]
    Wire(#[from] WireFault),
    /// A message that is not the one asked for.
    #[error("message {0} came, {1} was asked for")]
    Other(&'static str, &'static str),
    /// More than the one asked for.
    #[error("more than one reply came to one question")]
    Second,
    /// A number that is not that of the question.
    #[error("the reply has the number of another question")]
    Sequence,
    /// The server goes on asking for the message.
    #[error("the server asked for the same message {MOST_RESENDS} times")]
    ResendLoop,
    /// 94 said no.
    #[error("the server does not let the terminal in (message 94): check user and password_file")]
    NotLetIn,
    /// 98 said no.
    #[error("the server says that it is off line (message 98)")]
    Offline,
}

impl LinkFault {
    /// Whether nothing of the question has left: only then may it be asked by another connection.
    pub(super) fn is_unheard(&self) -> bool {
        matches!(self, Self::Unfit(_))
    }
}

/// An answer, and whether its number was that of the question.
pub(super) struct Answer {
    pub(super) reply: Reply,
    pub(super) is_numbered: bool,
}

/// A reply, and whether something was sent again for it.
struct Heard {
    reply: Reply,
    was_resent: bool,
}

/// A connection, logged in. Dropped is closed: one that was left in the middle is never reused.
pub(super) struct Link {
    wire: Box<dyn TcpWire>,
    frames: Frames,
    sequence: u8,
    /// Whether replies have the numbers of their questions; `None` before the first.
    is_numbering: Option<bool>,
    /// What 98 said.
    status: Option<Reply>,
    idle_since: Timestamp,
}

impl Link {
    /// Connects and logs the terminal in.
    pub(super) async fn open(
        dialer: TcpDialer,
        settings: &Settings,
        now: Timestamp,
    ) -> Result<Self, LinkFault> {
        let target = TcpTarget {
            host: &settings.host,
            port: settings.port,
            network: settings.network,
            trust: settings.trust.as_ref(),
        };
        let wire = dialer.dial(&target, CONNECT).await?;
        let frames = Frames::default();
        let mut link = Self {
            wire,
            frames,
            sequence: FIRST,
            is_numbering: None,
            status: None,
            idle_since: now,
        };
        if settings.status == AskStatus::Before {
            link.ask_status(settings).await?;
        }
        link.log_in(settings).await?;
        if settings.status == AskStatus::After {
            link.ask_status(settings).await?;
        }
        Ok(link)
    }

    /// Puts one question and waits for its answer; after any fault the link must be dropped.
    pub(super) async fn ask(
        &mut self,
        settings: &Settings,
        request: &Request,
        wanted: MessageId,
    ) -> Result<Answer, LinkFault> {
        self.require_quiet().await?;
        let sequence = self.sequence;
        self.sequence = (sequence + 1) % 10;
        self.send(&request.bytes(settings.checksum, Some(sequence))).await?;
        let Heard { reply, was_resent } = self.reply(settings, request, wanted).await?;
        self.require_no_second()?;
        let is_numbered = reply.sequence == Some(sequence);
        // A server that gives each reply the number of its question goes on doing so: another
        // number is then another question's. A question sent again has none.
        let is_due = !was_resent && self.is_numbering == Some(true);
        if !is_numbered && (settings.is_strict || is_due) {
            return Err(LinkFault::Sequence);
        }
        self.is_numbering.get_or_insert(is_numbered);
        Ok(Answer { reply, is_numbered })
    }

    /// Whether the next reader may use it: only where a reply that comes late, or twice, is told
    /// from the next by its number.
    pub(super) fn may_be_kept(&self) -> bool {
        self.is_numbering == Some(true)
    }

    /// Whether patrons are asked for by 63.
    pub(super) fn asks_information(&self, settings: &Settings) -> bool {
        match settings.ask {
            AskPatron::Information => true,
            AskPatron::Status => false,
            AskPatron::Auto => {
                let said = self.status.as_ref().and_then(Reply::knows_patron_information);
                said.unwrap_or(true)
            }
        }
    }

    /// What 98 said, where it was asked for.
    pub(super) fn status(&self) -> Option<&Reply> {
        self.status.as_ref()
    }

    pub(super) fn rest(&mut self, now: Timestamp) {
        self.idle_since = now;
    }

    pub(super) fn idle_s(&self, now: Timestamp) -> i64 {
        now.seconds_since(self.idle_since)
    }

    async fn log_in(&mut self, settings: &Settings) -> Result<(), LinkFault> {
        let terminal = &settings.terminal;
        let Some(user) = &terminal.user else { return Ok(()) };
        let password = terminal.password.as_ref().map_or("", |password| password.as_str());
        let mut request = Request::new("9300", settings.charset).field("CN", user)?;
        request = request.field("CO", password)?;
        if let Some(location) = &terminal.location {
            request = request.field("CP", location)?;
        }
        let answer = self.ask(settings, &request, MessageId::Login).await?;
        if answer.reply.is_terminal_let_in() { Ok(()) } else { Err(LinkFault::NotLetIn) }
    }

    async fn ask_status(&mut self, settings: &Settings) -> Result<(), LinkFault> {
        let request = Request::new("9900802.00", settings.charset);
        let answer = self.ask(settings, &request, MessageId::AcsStatus).await?;
        let is_online = answer.reply.is_online() == Some(true);
        self.status = Some(answer.reply);
        if is_online { Ok(()) } else { Err(LinkFault::Offline) }
    }

    /// Nothing may lie here before a question: it would be taken for its answer. Also where the
    /// server has hung up, nothing has been asked yet.
    async fn require_quiet(&mut self) -> Result<(), LinkFault> {
        let mut unasked = 0;
        loop {
            let mut chunk = [0; CHUNK];
            match timeout(LOOK, self.wire.read(&mut chunk)).await {
                Err(_) => break,
                Ok(Ok(0) | Err(_)) => return Err(LinkFault::Unfit("the server hung up")),
                Ok(Ok(read)) => self.frames.push(chunk.get(..read).unwrap_or_default()),
            }
            while let Ok(Some(frame)) = self.frames.next() {
                unasked += 1;
                if !frame.starts_with(b"98") || unasked > MOST_UNASKED {
                    return Err(LinkFault::Unfit("something lay there that nobody asked for"));
                }
            }
        }
        if self.frames.is_empty() {
            Ok(())
        } else {
            Err(LinkFault::Unfit("part of a message lay there that nobody asked for"))
        }
    }

    /// More than was asked for would be taken for the answer to the next question.
    fn require_no_second(&mut self) -> Result<(), LinkFault> {
        while let Some(frame) = self.frames.next()? {
            if !frame.starts_with(b"98") {
                return Err(LinkFault::Second);
            }
        }
        Ok(())
    }

    async fn send(&mut self, bytes: &Zeroizing<Vec<u8>>) -> Result<(), LinkFault> {
        let sent = async {
            self.wire.write_all(bytes).await?;
            self.wire.flush().await
        };
        sent.await.map_err(|e| broken(&e))
    }

    async fn reply(
        &mut self,
        settings: &Settings,
        request: &Request,
        wanted: MessageId,
    ) -> Result<Heard, LinkFault> {
        let (mut resends, mut unasked) = (0, 0);
        loop {
            let frame = self.frame().await?;
            match Reply::read(&frame, settings.charset, settings.checksum) {
                Err(WireFault::Checksum) if resends < MOST_RESENDS => {
                    // 97: the server sends its last message again and asks nobody anew.
                    resends += 1;
                    let again = Request::new("97", settings.charset);
                    self.send(&again.bytes(settings.checksum, None)).await?;
                }
                Err(fault) => return Err(fault.into()),
                Ok(reply) if reply.id == wanted => {
                    return Ok(Heard { reply, was_resent: resends > 0 });
                }
                Ok(reply) if reply.id == MessageId::Resend && resends < MOST_RESENDS => {
                    resends += 1;
                    self.send(&request.bytes(settings.checksum, None)).await?;
                }
                Ok(reply) if reply.id == MessageId::Resend => return Err(LinkFault::ResendLoop),
                Ok(reply) if reply.id == MessageId::AcsStatus && unasked < MOST_UNASKED => {
                    unasked += 1;
                }
                Ok(reply) => return Err(LinkFault::Other(reply.id.digits(), wanted.digits())),
            }
        }
    }

    async fn frame(&mut self) -> Result<Vec<u8>, LinkFault> {
        loop {
            if let Some(frame) = self.frames.next()? {
                return Ok(frame);
            }
            let mut chunk = [0; CHUNK];
            match self.wire.read(&mut chunk).await {
                Ok(0) => return Err(LinkFault::Broken("the server hung up".to_owned())),
                Ok(read) => self.frames.push(chunk.get(..read).unwrap_or_default()),
                Err(e) => return Err(broken(&e)),
            }
        }
    }
}

fn broken(fault: &io::Error) -> LinkFault {
    LinkFault::Broken(fault.kind().to_string())
}

/// The head of a question about a patron: the day and time of the member.
pub(super) fn patron_head(settings: &Settings, is_information: bool, now: Timestamp) -> String {
    let stamp = stamp(now, settings.zone);
    if is_information {
        // No list is asked for: ten blanks.
        format!("63001{stamp}{}", " ".repeat(10))
    } else {
        format!("23001{stamp}")
    }
}
