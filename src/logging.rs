//! Logs: one line an event, to standard error.

use std::io::{self, Stderr, Write};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// What holds the filter.
const VARIABLE: &str = "READERPASS_LOG";

/// Starts logging; `READERPASS_LOG` holds the filter (`info` where absent).
///
/// # Errors
/// Where it is there and no filter: it would be taken for a room, and everything else be silent.
pub(crate) fn start(json: bool) -> Result<(), String> {
    let set = std::env::vars_os().find(|(name, _)| name == VARIABLE);
    let filter = filter(set.map(|(_, value)| value.to_string_lossy().into_owned()).as_deref())?;
    let base = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| OneLine(io::stderr()))
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    // A second start, as in tests, keeps the first.
    let _ = if json { base.json().try_init() } else { base.with_target(false).try_init() };
    Ok(())
}

fn filter(set: Option<&str>) -> Result<EnvFilter, String> {
    let Some(set) = set else {
        return Ok(EnvFilter::new("info,hyper=warn,webauthn_rs_core=off"));
    };
    let wrong = |what: &str| {
        format!(
            "{VARIABLE}: {what} — write one of error, warn, info, debug, trace or off, or unset it"
        )
    };
    // A word alone is a level here; the library takes one that is none for a room, and lets
    // that room alone speak.
    let is_level = |part: &str| !part.is_empty() && part.parse::<LevelFilter>().is_ok();
    let mut words = set.split(',').map(str::trim).filter(|part| !part.contains(['=', '[', ']']));
    match words.find(|part| !is_level(part)) {
        Some("") => return Err(wrong("it is empty")),
        Some(word) => return Err(wrong(&format!("`{word}` is not a level"))),
        None => {}
    }
    EnvFilter::try_new(set).map_err(|fault| wrong(&format!("`{set}`: {fault}")))
}

/// Writes an event as one line: what a request says is quoted in it, and must not read as an
/// event of its own.
struct OneLine<W = Stderr>(W);

impl<W: Write> Write for OneLine<W> {
    /// The subscriber hands over a whole event at once.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let body = event.strip_suffix(b"\n").unwrap_or(event);
        if !body.iter().any(|octet| is_break(*octet)) {
            self.0.write_all(event)?;
            return Ok(event.len());
        }
        let mut line = Vec::with_capacity(event.len() + 16);
        for octet in body {
            match octet {
                b'\n' => line.extend_from_slice(b"\\n"),
                b'\r' => line.extend_from_slice(b"\\r"),
                other => line.push(*other),
            }
        }
        line.push(b'\n');
        self.0.write_all(&line)?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn is_break(octet: u8) -> bool {
    matches!(octet, b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("unpoisoned").write(octets)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_is_no_level_is_told_and_silences_nothing() {
        for good in [None, Some("debug"), Some("WARN"), Some("off"), Some("info,hyper=warn")] {
            assert!(filter(good).is_ok(), "{good:?}");
        }
        for bad in ["", " ", "loud", "info,", "info,login", "login=loud"] {
            let said = filter(Some(bad)).expect_err(bad);
            assert!(said.contains("READERPASS_LOG") && said.contains("info"), "{said}");
        }
    }

    #[test]
    fn what_a_request_says_begins_no_line_of_its_own() {
        let kept = Kept::default();
        let to = kept.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(move || OneLine(to.clone()))
            .with_ansi(false)
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            let name = "x\n2026-11-21T00:00:00Z  INFO answered login=forged\r";
            tracing::info!(detail = %format!("parameter `{name}` is sent more than once"), "refused");
            tracing::info!("another");
        });
        let written = kept.0.lock().expect("unpoisoned").clone();
        let text = String::from_utf8(written).expect("a text");
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(text.contains("`x\\n2026-11-21") && !text.contains('\r'), "{text}");
    }
}
