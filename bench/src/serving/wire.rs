//! One connection to the program over loopback, as a browser keeps it.

use std::error::Error;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The host that the program is asked for; its `public_url` names it.
pub(super) const HOST: &str = "hub.test";
/// For one answer; far above everything that is measured.
const PATIENCE: Duration = Duration::from_mins(1);
/// A head, and a body, that no answer of the program reaches.
const LONGEST_HEAD: u64 = 64 * 1024;
const LONGEST_BODY: usize = 16 * 1024 * 1024;

/// A connection.
pub(super) struct Wire(BufReader<TcpStream>);

/// A whole answer with status 200.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) body: Vec<u8>,
}

impl Wire {
    pub(super) fn connect(at: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(at)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Asks and reads the answer to its last octet; anything but 200 is an error.
    pub(super) fn get(&mut self, target: &str) -> Result<Answered, Box<dyn Error>> {
        let asked = format!("GET {target} HTTP/1.1\r\nHost: {HOST}\r\n\r\n");
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
        let length = length_of(&String::from_utf8(head)?).map_err(|e| format!("{target}: {e}"))?;
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        Ok(Answered { body })
    }
}

/// Length of the body that a head announces.
fn length_of(head: &str) -> Result<usize, String> {
    let mut lines = head.lines();
    let status = lines.next().unwrap_or_default();
    if !status.starts_with("HTTP/1.1 200 ") {
        return Err(format!("answers `{status}`"));
    }
    lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, length)| length.trim().parse().ok())
        .filter(|length| *length <= LONGEST_BODY)
        .ok_or_else(|| "says no length that can be read".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Wire, length_of};
    use std::io::{Read as _, Write as _};

    #[test]
    fn only_a_whole_answer_with_status_200_is_one() {
        assert_eq!(length_of("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"), Ok(7));
        for head in [
            "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 7\r\n\r\n",
            "HTTP/1.1 303 See Other\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n",
            "",
        ] {
            assert!(length_of(head).is_err(), "{head}");
        }
    }

    #[test]
    fn an_answer_that_breaks_off_is_an_error() {
        for (said, is_whole) in [
            ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", true),
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
