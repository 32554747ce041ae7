//! StartTLS (RFC 4511 4.14): asked for by us, and nothing read before it is done.

use super::ber::{Fault, first_message};
use super::message::{Asked, EXTENDED_RESPONSE, Message};
use metadata::TcpWire;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// The whole request: message 1, extended operation 1.3.6.1.4.1.1466.20037.
const REQUEST: &[u8] = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";
/// Longest answer that is waited for.
const ANSWER_BYTES: usize = 4 * 1024;

/// Why the connection does not become a TLS connection.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StartTlsError {
    /// It hung up.
    #[error("the directory hung up when asked for StartTLS")]
    HungUp,
    /// It does not want to, or somebody between does not (downgrade).
    #[error("the directory does not start TLS: result {0}")]
    Declined(u32),
    /// What it said is no answer.
    #[error("StartTLS: {0}")]
    Answer(#[from] Fault),
    /// Bytes that came before TLS would be taken for bytes of TLS.
    #[error("StartTLS: more bytes than the answer, from somebody between")]
    Injected,
}

/// Asks for TLS; after `Ok` the next byte of the wire is the handshake's.
pub(crate) async fn start_tls(wire: &mut Box<dyn TcpWire>) -> Result<(), StartTlsError> {
    let hung_up = |_| StartTlsError::HungUp;
    wire.write_all(REQUEST).await.map_err(hung_up)?;
    wire.flush().await.map_err(hung_up)?;
    let mut answer = Vec::new();
    let length = loop {
        if let Some(length) = first_message(&answer, ANSWER_BYTES)? {
            break length;
        }
        if wire.read_buf(&mut answer).await.map_err(hung_up)? == 0 {
            return Err(StartTlsError::HungUp);
        }
    };
    if answer.len() > length {
        return Err(StartTlsError::Injected);
    }
    let message = Message::read(&answer)?;
    if message.id != 1 || message.tag != EXTENDED_RESPONSE {
        return Err(Fault::Unasked.into());
    }
    message.answers(Asked::Extended)?;
    match message.result_code() {
        Some(0) => Ok(()),
        Some(code) => Err(StartTlsError::Declined(code)),
        None => Err(Fault::Malformed.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUCCESS: &[u8] = b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00";

    async fn answered(answer: &[u8]) -> Result<(), StartTlsError> {
        let (near, mut far) = tokio::io::duplex(1024);
        let mut wire: Box<dyn TcpWire> = Box::new(near);
        let answer = answer.to_vec();
        let server = tokio::spawn(async move {
            let mut asked = vec![0; REQUEST.len()];
            far.read_exact(&mut asked).await.expect("asked");
            assert_eq!(asked, REQUEST);
            far.write_all(&answer).await.expect("answered");
        });
        let outcome = start_tls(&mut wire).await;
        server.await.expect("the server");
        outcome
    }

    #[tokio::test]
    async fn a_plain_yes_and_nothing_else_starts_tls() {
        assert_eq!(answered(SUCCESS).await, Ok(()));
        let declined = [&SUCCESS[..9], &[52], &SUCCESS[10..]].concat();
        assert_eq!(answered(&declined).await, Err(StartTlsError::Declined(52)));
        assert_eq!(answered(&[SUCCESS, b"\x30"].concat()).await, Err(StartTlsError::Injected));
        assert_eq!(answered(&SUCCESS[..5]).await, Err(StartTlsError::HungUp));
        let other = [&SUCCESS[..4], &[2], &SUCCESS[5..]].concat();
        assert_eq!(answered(&other).await, Err(StartTlsError::Answer(Fault::Unasked)));
        let bind = [&SUCCESS[..5], &[0x61], &SUCCESS[6..]].concat();
        assert_eq!(answered(&bind).await, Err(StartTlsError::Answer(Fault::Unasked)));
        assert!(matches!(answered(b"HTTP/1.1 400").await, Err(StartTlsError::Answer(_))));
    }
}
