//! A SIP2 server of the tests' own, with a switch for each quirk of real ones. Written apart
//! from the hub's codec, so that the one does not share the other's mistakes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// How messages are summed.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Sum {
    Spec,
    Dp2,
    Wrong,
    None,
}

/// Which number a reply has.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Number {
    Echo,
    Four,
    None,
}

/// What is said of the password.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Cq {
    Honest,
    Empty,
    Absent,
}

/// Every way in which a server may differ from the specification, or attack.
#[derive(Clone)]
pub(crate) struct Quirks {
    pub(crate) end: &'static str,
    pub(crate) sum: Sum,
    pub(crate) number: Number,
    pub(crate) cq: Cq,
    pub(crate) encode: fn(&str) -> Vec<u8>,
    pub(crate) bx: &'static str,
    /// Name and password of the terminal; a first message that is no login is hung up on.
    pub(crate) terminal: Option<(&'static str, &'static str)>,
    /// Bytes in one write, and the pause after each.
    pub(crate) fragment: Option<(usize, Duration)>,
    /// A 98 before every reply that nobody asked for.
    pub(crate) unasked_status: bool,
    /// So many first questions are answered 96.
    pub(crate) resend: usize,
    /// So many first replies have a wrong sum; asked again (97), they are right.
    pub(crate) garbled: usize,
    /// The reply about a patron names this one.
    pub(crate) speaks_of: Option<&'static str>,
    /// After the reply comes another, unasked, that accepts this patron.
    pub(crate) follows: Option<&'static str>,
    /// The reply to a question about a patron.
    pub(crate) instead: Option<&'static str>,
    /// Questions about patrons are never answered.
    pub(crate) silent: bool,
    /// The server hangs up after each reply.
    pub(crate) hangs_up: bool,
    /// So many questions about patrons are answered; the server hangs up on the next.
    pub(crate) answers: usize,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            end: "\r",
            sum: Sum::Spec,
            number: Number::Echo,
            cq: Cq::Honest,
            encode: |text| text.as_bytes().to_vec(),
            bx: "YYYYYYYYYYYYYYYY",
            terminal: None,
            fragment: None,
            unasked_status: false,
            resend: 0,
            garbled: 0,
            speaks_of: None,
            follows: None,
            instead: None,
            silent: false,
            hangs_up: false,
            answers: usize::MAX,
        }
    }
}

/// A patron of the server.
#[derive(Clone)]
pub(crate) struct Patron {
    pub(crate) number: &'static str,
    pub(crate) login: &'static str,
    pub(crate) password: &'static str,
    pub(crate) flags: &'static str,
    /// Everything else, as it stands in the reply.
    pub(crate) fields: &'static str,
}

/// Fourteen blanks: in good standing.
pub(crate) const GOOD: &str = "              ";

/// A server that runs until it is dropped.
pub(crate) struct Sip2Server {
    pub(crate) port: u16,
    heard: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Sip2Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Shared {
    quirks: Quirks,
    patrons: Vec<Patron>,
    heard: Arc<Mutex<Vec<String>>>,
    asked_again: AtomicUsize,
    garbled: AtomicUsize,
}

impl Sip2Server {
    pub(crate) async fn start(quirks: Quirks, patrons: Vec<Patron>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let (asked_again, garbled) =
            (AtomicUsize::new(quirks.resend), AtomicUsize::new(quirks.garbled));
        let shared =
            Arc::new(Shared { quirks, patrons, heard: Arc::clone(&heard), asked_again, garbled });
        let count = Arc::clone(&connections);
        let task = tokio::spawn(async move {
            let mut all = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                all.spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { port, heard, connections, task }
    }

    /// Every message that came, without its end and trailer.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("a list").clone()
    }

    /// Questions about patrons that came.
    pub(crate) fn questions(&self) -> usize {
        self.heard().iter().filter(|m| m.starts_with("63") || m.starts_with("23")).count()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, shared: Arc<Shared>) {
    let quirks = &shared.quirks;
    let (mut is_in, mut last) = (quirks.terminal.is_none(), None::<String>);
    let mut buffer = Vec::new();
    loop {
        let Some(end) = buffer.iter().position(|b| *b == b'\r') else {
            let mut chunk = [0; 1024];
            match stream.read(&mut chunk).await {
                Ok(read) if read > 0 => buffer.extend_from_slice(&chunk[..read]),
                _ => return,
            }
            continue;
        };
        let message: Vec<u8> = buffer.drain(..=end).collect();
        let message = String::from_utf8_lossy(&message[..end]).into_owned();
        let (text, number) = cut(&message);
        shared.heard.lock().expect("a list").push(text.clone());
        let is_patron = text.starts_with("63") || text.starts_with("23");
        if (!is_in && !text.starts_with("93")) || (is_patron && shared.is_weary()) {
            return;
        }
        if is_patron && quirks.silent {
            std::future::pending::<()>().await;
        }
        if text.starts_with("97") {
            let again = last.clone().unwrap_or_else(|| "96".to_owned());
            write(&mut stream, quirks, &again, None, quirks.sum).await;
            continue;
        }
        if text.starts_with(['6', '2', '9']) && take(&shared.asked_again) {
            write(&mut stream, quirks, "96", None, quirks.sum).await;
            continue;
        }
        let reply = shared.reply(&text);
        is_in |= reply == "941";
        if quirks.unasked_status {
            write(&mut stream, quirks, &shared.status(), None, quirks.sum).await;
        }
        let sum = if take(&shared.garbled) { Sum::Wrong } else { quirks.sum };
        write(&mut stream, quirks, &reply, number, sum).await;
        last = Some(reply);
        if let (true, Some(other)) = (is_patron, quirks.follows) {
            let more = format!("64{GOOD}00120261121    120000{}AA{other}|BLY|CQY|", " ".repeat(24));
            write(&mut stream, quirks, &more, number, quirks.sum).await;
        }
        if quirks.hangs_up {
            return;
        }
    }
}

fn take(count: &AtomicUsize) -> bool {
    count.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
}

/// The message without its trailer, and the digit of that.
fn cut(message: &str) -> (String, Option<char>) {
    match message.rfind("AY") {
        Some(at) if message.len() == at + 9 => {
            (message[..at].to_owned(), message[at + 2..].chars().next())
        }
        _ => match message.rfind("AZ") {
            Some(at) if message.len() == at + 6 => (message[..at].to_owned(), None),
            _ => (message.to_owned(), None),
        },
    }
}

async fn write<S: AsyncWrite + Unpin>(
    stream: &mut S,
    quirks: &Quirks,
    reply: &str,
    number: Option<char>,
    sum: Sum,
) {
    let number = match quirks.number {
        Number::Echo => number,
        Number::Four => Some('4'),
        Number::None => None,
    };
    let mut bytes = (quirks.encode)(reply);
    if sum != Sum::None {
        let before = reply.strip_suffix('|').unwrap_or(reply);
        bytes.extend(number.map(|digit| format!("AY{digit}")).unwrap_or_default().bytes());
        bytes.extend(b"AZ");
        let total: u32 = match sum {
            Sum::Dp2 => before.chars().map(u32::from).sum(),
            _ => bytes.iter().map(|b| u32::from(*b)).sum(),
        };
        let lie = u32::from(sum == Sum::Wrong);
        bytes.extend(format!("{:04X}", (total + lie).wrapping_neg() & 0xffff).bytes());
    }
    bytes.extend(quirks.end.bytes());
    let (size, pause) = quirks.fragment.unwrap_or((usize::MAX, Duration::ZERO));
    for part in bytes.chunks(size.min(bytes.len())) {
        if stream.write_all(part).await.is_err() || stream.flush().await.is_err() {
            return;
        }
        if quirks.fragment.is_some() {
            tokio::time::sleep(pause).await;
        }
    }
}

impl Shared {
    fn is_weary(&self) -> bool {
        let heard = self.heard.lock().expect("a list");
        let questions = heard.iter().filter(|m| m.starts_with("63") || m.starts_with("23"));
        questions.count() > self.quirks.answers
    }

    fn status(&self) -> String {
        format!("98YYYYYN60000320261121    1200002.00AOinst|AM示例图书馆|BX{}|", self.quirks.bx)
    }

    fn reply(&self, text: &str) -> String {
        let field = |code: &str| {
            let fields = text.split('|').find_map(|part| {
                let at = part.rfind(code)?;
                // The first field stands behind the part of fixed length.
                (at == 0 || part.len() > 20 || at == 4).then(|| part[at + 2..].to_owned())
            });
            fields.unwrap_or_default()
        };
        match &text[..2] {
            "93" => {
                let (user, password) = self.quirks.terminal.unwrap_or_default();
                let is_it = self.quirks.terminal.is_none()
                    || (field("CN") == user && field("CO") == password);
                format!("94{}", u8::from(is_it))
            }
            "99" => self.status(),
            "35" => "36Y20261121    120000AOinst|".to_owned(),
            "63" | "23" => {
                if let Some(instead) = self.quirks.instead {
                    return instead.to_owned();
                }
                self.patron(&text[..2], &field("AA"), &field("AD"))
            }
            _ => "96".to_owned(),
        }
    }

    fn patron(&self, question: &str, number: &str, password: &str) -> String {
        let (id, counts) = if question == "63" { ("64", 24) } else { ("24", 0) };
        let head = |flags: &str| format!("{id}{flags}00120261121    120000{}", " ".repeat(counts));
        let known = self.patrons.iter().find(|p| p.number == number || p.login == number);
        let Some(patron) = known else {
            let unknown = head("YYYY          ");
            return format!("{unknown}AOinst|AA{number}|AE|BLN|");
        };
        let is_right = patron.password == password;
        let cq = match self.quirks.cq {
            Cq::Honest => format!("CQ{}|", if is_right { 'Y' } else { 'N' }),
            Cq::Empty => "CQ|".to_owned(),
            Cq::Absent => String::new(),
        };
        let number = self.quirks.speaks_of.unwrap_or(patron.number);
        // As Sierra does: everything is denied to a wrong password.
        let flags = if is_right { patron.flags } else { "YYYYYYYYYYYYYY" };
        format!("{}AOinst|AA{number}|{}BLY|{cq}", head(flags), patron.fields)
    }
}
