//! A directory of the tests' own: honest, unless a test tells it to lie.

use crate::ldap::wire::samples::{entry, message, result, tlv};
use crate::ldap::wire::{Elements, INTEGER, OCTETS, SEQUENCE, SET, first_message};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;

pub(super) const PEOPLE: &str = "ou=people,dc=x";
pub(super) const HUB: &str = "cn=hub,dc=x";
pub(super) const HUB_SECRET: &str = "service secret";
pub(super) const GOOD: &str = "right password";
pub(super) const BIND: u8 = 0x61;
pub(super) const DONE: u8 = 0x65;
pub(super) const EXTENDED: u8 = 0x78;

/// What came over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Op {
    Bind { name: String, password: String },
    Search { base: String, values: Vec<Vec<u8>>, attributes: Vec<String> },
    Extended(String),
}

/// One question: over which connection, by which number.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) connection: usize,
    pub(super) id: Vec<u8>,
    pub(super) op: Op,
}

impl Asked {
    /// An answer to it: one operation.
    pub(super) fn with(&self, op: &[u8]) -> Vec<u8> {
        message(&self.id, op, &[])
    }
}

type Answer = Arc<dyn Fn(&Asked) -> Option<Vec<u8>> + Send + Sync>;

pub(super) struct Server {
    pub(super) port: u16,
    heard: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// Answers honestly.
    pub(super) async fn honest() -> Self {
        Self::that(|asked| Some(honest(asked))).await
    }

    /// Answers by `answer`; `None` hangs up.
    pub(super) async fn that(
        answer: impl Fn(&Asked) -> Option<Vec<u8>> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::<Mutex<Vec<Asked>>>::default();
        let (all, answer): (_, Answer) = (Arc::clone(&heard), Arc::new(answer));
        tokio::spawn(async move {
            let mut connection = 0;
            while let Ok((stream, _)) = listener.accept().await {
                connection += 1;
                tokio::spawn(serve(stream, connection, Arc::clone(&all), Arc::clone(&answer)));
            }
        });
        Self { port, heard }
    }

    pub(super) fn heard(&self) -> Vec<Asked> {
        self.heard.lock().expect("heard").clone()
    }

    /// Binds in another name than the hub's, canaries apart: their password is nobody's.
    pub(super) fn reader_binds(&self) -> Vec<(String, String)> {
        let all = self.heard();
        let binds = all.into_iter().filter_map(|asked| match asked.op {
            Op::Bind { name, password } if name != HUB && !name.starts_with("cn=") => {
                Some((name, password))
            }
            _ => None,
        });
        binds.collect()
    }
}

pub(super) async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    connection: usize,
    heard: Arc<Mutex<Vec<Asked>>>,
    answer: Answer,
) {
    let mut buffer = Vec::new();
    while let Ok(1..) = stream.read_buf(&mut buffer).await {
        while let Ok(Some(length)) = first_message(&buffer, 1 << 20) {
            let Some((id, op)) = read(&buffer[..length]) else { return };
            buffer.drain(..length);
            let asked = Asked { connection, id, op };
            heard.lock().expect("heard").push(asked.clone());
            let Some(bytes) = answer(&asked) else { return };
            if stream.write_all(&bytes).await.is_err() {
                return;
            }
        }
    }
}

fn read(frame: &[u8]) -> Option<(Vec<u8>, Op)> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    let envelope = Elements::of(frame).expect(SEQUENCE, "").ok()?;
    let mut parts = Elements::of(envelope.content);
    let id = parts.expect(INTEGER, "").ok()?.content.to_vec();
    let op = parts.next().ok()??;
    let mut inside = Elements::of(op.content);
    let op = match op.tag {
        0x60 => {
            inside.expect(INTEGER, "").ok()?;
            let name = text(inside.expect(OCTETS, "").ok()?.content);
            Op::Bind { name, password: text(inside.expect(0x80, "").ok()?.content) }
        }
        0x63 => {
            let base = text(inside.expect(OCTETS, "").ok()?.content);
            for _ in 0..5 {
                inside.next().ok()??;
            }
            let mut values = Vec::new();
            compared(inside.next().ok()??.whole, &mut values);
            let mut listed = Elements::of(inside.expect(SEQUENCE, "").ok()?.content);
            let mut attributes = Vec::new();
            while let Some(one) = listed.next().ok()? {
                attributes.push(text(one.content));
            }
            Op::Search { base, values, attributes }
        }
        0x77 => Op::Extended(text(inside.expect(0x80, "").ok()?.content)),
        _ => return None,
    };
    Some((id, op))
}

/// The values that a filter compares: by equality and by a matching rule. Anything else that
/// a filter can hold stands out as `??`.
fn compared(filter: &[u8], values: &mut Vec<Vec<u8>>) {
    let mut all = Elements::of(filter);
    while let Ok(Some(one)) = all.next() {
        match one.tag {
            0xa0..=0xa2 => compared(one.content, values),
            0xa3 => {
                let mut halves = Elements::of(one.content);
                halves.expect(OCTETS, "").expect("a name");
                values.push(halves.expect(OCTETS, "").expect("a value").content.to_vec());
            }
            0xa9 => {
                let mut parts = Elements::of(one.content);
                while let Ok(Some(part)) = parts.next() {
                    if part.tag == 0x83 {
                        values.push(part.content.to_vec());
                    }
                }
            }
            0x87 => {}
            _ => values.push(b"??".to_vec()),
        }
    }
}

pub(super) fn attribute(name: &str, values: &[&[u8]]) -> Vec<u8> {
    let values: Vec<u8> = values.iter().flat_map(|value| tlv(OCTETS, value)).collect();
    tlv(SEQUENCE, &[tlv(OCTETS, name.as_bytes()), tlv(SET, &values)].concat())
}

/// The entry of a reader, as far as the hub asks.
pub(super) fn reader(uid: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let id = format!("00000000-0000-0000-0000-{uid:0>12}");
    let mut attributes =
        [attribute("uid", &[uid.as_bytes()]), attribute("entryUUID", &[id.as_bytes()])].concat();
    for (name, value) in more {
        attributes.extend(attribute(name, &[value.as_bytes()]));
    }
    entry(format!("uid={uid},{PEOPLE}").as_bytes(), &attributes)
}

/// One reader `r7`, whose name is 读者甲, and the hub.
pub(super) fn honest(asked: &Asked) -> Vec<u8> {
    let done = asked.with(&result(DONE, 0, &[]));
    match &asked.op {
        Op::Bind { name, password } => {
            let is_right = (name == HUB && password == HUB_SECRET)
                || (*name == format!("uid=r7,{PEOPLE}") && password == GOOD)
                || (name == "r7@corp.x" && password == GOOD);
            asked.with(&result(BIND, if is_right { 0 } else { 49 }, &[]))
        }
        Op::Extended(_) => asked.with(&result(EXTENDED, 0, &tlv(0x8b, b"dn:somebody"))),
        Op::Search { base, values, .. } => {
            let is_r7 = values.iter().any(|value| value.eq_ignore_ascii_case(b"r7"))
                || *base == format!("uid=r7,{PEOPLE}");
            let found = if is_r7 {
                asked.with(&reader("r7", &[("displayName", "读者甲"), ("mail", "r7@mail.test")]))
            } else {
                Vec::new()
            };
            [found, done].concat()
        }
    }
}
