//! One connection to the program over loopback, as a browser keeps it.

use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header};
use std::error::Error;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The host that the program is asked for; its `public_url` names it.
pub(crate) const HOST: &str = "hub.test";
/// For one answer; far above everything that is measured.
const PATIENCE: Duration = Duration::from_mins(1);
/// A head, and a body, that no answer of the program reaches.
const LONGEST_HEAD: u64 = 64 * 1024;
const LONGEST_BODY: usize = 16 * 1024 * 1024;

/// A connection.
pub(crate) struct Wire(BufReader<TcpStream>);

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Wire {
    pub(crate) fn connect(at: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(at)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Asks and reads the answer to its last octet; anything but 200 is an error.
    pub(crate) fn get(&mut self, target: &str) -> Result<Answered, Box<dyn Error>> {
        let asked = Request::get(target).header(header::HOST, HOST).body(String::new())?;
        let answered = self.send(&asked)?;
        if answered.status == StatusCode::OK {
            Ok(answered)
        } else {
            Err(format!("{target}: answers `{}`", answered.status).into())
        }
    }

    /// The same for any request, whatever the answer is.
    pub(crate) fn send(&mut self, request: &Request<String>) -> Result<Answered, Box<dyn Error>> {
        let target = request.uri();
        let mut asked = format!("{} {target} HTTP/1.1\r\n", request.method());
        for (name, value) in request.headers() {
            let _ = write!(asked, "{name}: {}\r\n", value.to_str()?);
        }
        let length = request.body().len();
        let _ = write!(asked, "content-length: {length}\r\n\r\n{}", request.body());
        self.0.get_mut().write_all(asked.as_bytes())?;
        let mut head = Vec::new();
        loop {
            let before = head.len();
            self.0.by_ref().take(LONGEST_HEAD).read_until(b'\n', &mut head)?;
            match head.get(before..) {
                Some(b"\r\n") => break,
                Some(line) if line.ends_with(b"\n") && head.len() < 64 * 1024 => {}
                _ => return Err(format!("{target}: the answer breaks off in its head").into()),
            }
        }
        let head = String::from_utf8(head)?;
        let (status, headers, length) = parts_of(&head).map_err(|e| format!("{target}: {e}"))?;
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        Ok(Answered { status, headers, body })
    }
}

/// Status, headers and the length of the body that a head announces.
fn parts_of(head: &str) -> Result<(StatusCode, HeaderMap, usize), String> {
    let (first, rest) = head.split_once("\r\n").unwrap_or_default();
    let status = first.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok());
    let status = status.ok_or_else(|| format!("answers `{first}`"))?;
    let mut headers = HeaderMap::new();
    for (name, value) in rest.lines().filter_map(|line| line.split_once(':')) {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|e| e.to_string())?;
        headers.append(name, HeaderValue::from_str(value.trim()).map_err(|e| e.to_string())?);
    }
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok())
        .filter(|length| *length <= LONGEST_BODY)
        .ok_or_else(|| "says no length that can be read".to_owned())?;
    Ok((status, headers, length))
}

#[cfg(test)]
mod tests {
    use super::{Wire, parts_of};
    use std::io::{Read as _, Write as _};

    #[test]
    fn a_head_is_read_and_one_without_a_length_is_not() {
        let parts = |head| parts_of(head).map(|(status, _, length)| (status.as_u16(), length));
        assert_eq!(parts("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"), Ok((200, 7)));
        assert_eq!(parts("HTTP/1.1 303 See Other\r\ncontent-length: 0\r\n\r\n"), Ok((303, 0)));
        for head in [
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n",
            "",
        ] {
            assert!(parts(head).is_err(), "{head}");
        }
    }

    #[test]
    fn an_answer_that_breaks_off_is_an_error() {
        for (said, is_whole) in [
            ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", true),
            ("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\n\r\nno", false),
            ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no", false),
            ("HTTP/1.1 200 OK\r\ncontent-le", false),
            ("", false),
        ] {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
            let at = listener.local_addr().expect("an address");
            let server = std::thread::spawn(move || {
                let (mut peer, _) = listener.accept().expect("a peer");
                let asked = peer.read(&mut [0; 1024]).expect("a question");
                assert!(asked > 0);
                peer.write_all(said.as_bytes()).expect("written");
            });
            let answered = Wire::connect(at).expect("connected").get("/x");
            assert_eq!(answered.is_ok(), is_whole, "{said}: {answered:?}");
            server.join().expect("it ends");
        }
    }
}
