//! The child: rehearses, shuts every door behind itself, then reads what it is asked.

use crate::confine::confine;
use crate::reading::read;
use crate::wire::{self, HEAD_BYTES, Hello, Question, Reply, VERSION};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::io::{ErrorKind, Read, Write};
use std::process::ExitCode;

/// Answers whose reading is known. With them every library loads what it loads late, before
/// nothing can be loaded any more: one signed with RSA, one with ECDSA.
const KNOWN: &[(&str, &[u8])] = &[
    (include_str!("../fixtures/rsa.xml"), include_bytes!("../fixtures/rsa.der")),
    (include_str!("../fixtures/ec.xml"), include_bytes!("../fixtures/ec.der")),
];
/// The assertion of each.
const KNOWN_ID: &str = "_assertion-1";

/// Why the child ends before its input does.
#[derive(Debug, thiserror::Error)]
enum ChildFault {
    #[error("it cannot be confined: {0}")]
    Confine(String),
    #[error("a known answer is not read as it should be: {0}")]
    Rehearsal(String),
    #[error(transparent)]
    Frame(#[from] wire::FrameFault),
    #[error("the pipe: {0}")]
    Pipe(#[from] std::io::Error),
}

/// Serves standard input until it ends. Reads not one byte of it before it is confined.
pub fn run() -> ExitCode {
    let (mut input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
    let ended = match ready() {
        Ok(()) => serve(&mut input, &mut output),
        Err(fault) => {
            // The hub hears what is wrong with the machine; of documents it knows nothing yet.
            let hello = Hello { version: VERSION, fault: Some(fault.to_string()) };
            send(&mut output, &hello).and(Err(fault))
        }
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            let _ = writeln!(std::io::stderr(), "readerpass-second-opinion: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn ready() -> Result<(), ChildFault> {
    rehearse()?;
    confine().map_err(ChildFault::Confine)?;
    // Once more: what it needs must be left to it, or the first reader would find out.
    rehearse()
}

fn serve(input: &mut impl Read, output: &mut impl Write) -> Result<(), ChildFault> {
    send(output, &Hello { version: VERSION, fault: None })?;
    while let Some(bytes) = receive(input)? {
        let question: Question = wire::value(&bytes)?;
        send(output, &read(&question))?;
    }
    Ok(())
}

/// One frame; `None` where the input ends before it.
fn receive(input: &mut impl Read) -> Result<Option<Vec<u8>>, ChildFault> {
    let mut head = [0; HEAD_BYTES];
    match input.read_exact(&mut head) {
        Err(e) if e.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let mut bytes = vec![0; wire::length(head)?];
    input.read_exact(&mut bytes)?;
    Ok(Some(bytes))
}

fn send<T: serde::Serialize>(output: &mut impl Write, value: &T) -> Result<(), ChildFault> {
    output.write_all(&wire::frame(value)?)?;
    Ok(output.flush()?)
}

fn rehearse() -> Result<(), ChildFault> {
    for (xml, certificate) in KNOWN {
        let question = Question {
            xml: (*xml).to_owned(),
            opened: None,
            certificates: vec![STANDARD.encode(certificate)],
        };
        match read(&question) {
            Reply::Read(reading) if reading.id == KNOWN_ID => {}
            Reply::Read(_) => return Err(ChildFault::Rehearsal("another ID".to_owned())),
            Reply::Refused(why) => return Err(ChildFault::Rehearsal(why)),
        }
    }
    Ok(())
}
