//! Stands between the directory and the client library.
//!
//! The library takes the form of what it reads for granted: it keeps whatever length it is
//! told, opens nested elements without end and stops at the first surprise. So nothing reaches
//! it but whole messages, each of a known shape and each the answer to the one question that
//! is open. A question is open until its last answer; one at a time.

use super::ber::{Fault, first_message};
use super::message::{Asked, Message, Part};
use super::policy::{Word, word};
use metadata::TcpWire;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::time::timeout;
use zeroize::{Zeroize as _, Zeroizing};

/// One message of a directory; an entry whose reader is in a thousand groups fits.
const ANSWER_BYTES: usize = 256 * 1024;
/// All messages to one question.
const ANSWERS_BYTES: usize = 1024 * 1024;
/// Entries and references to one question.
const MOST_ANSWERS: u32 = 512;
/// One question of ours.
const QUESTION_BYTES: usize = 16 * 1024;
/// A connection that nobody uses is ended.
const IDLE: Duration = Duration::from_mins(1);

/// What the relay knows and the library does not.
#[derive(Default)]
pub(crate) struct Heard {
    fault: OnceLock<Fault>,
    word: Mutex<Option<Word>>,
}

impl Heard {
    /// Why the connection ended; `None` while it lives, and where it ended in peace.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.fault.get().copied()
    }

    /// What the last bind's answer said about the password.
    pub(crate) fn word(&self) -> Option<Word> {
        *self.word.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_word(&self, word: Option<Word>) {
        *self.word.lock().unwrap_or_else(PoisonError::into_inner) = word;
    }
}

/// Carries questions and answers until either side hangs up, nobody says anything for a
/// minute, or the directory says what it must not.
pub(crate) async fn relay(mut near: UnixStream, mut far: Box<dyn TcpWire>, heard: Arc<Heard>) {
    let mut relay = Relay { open: None, answers: 0, bytes: 0, heard };
    if let Stop::Fault(fault) = relay.run(&mut near, &mut far).await {
        let _ = relay.heard.fault.set(fault);
    }
    // Only now the library's side closes: whoever asked finds the reason there.
    drop(near);
}

enum Stop {
    HungUp,
    Fault(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<std::io::Error> for Stop {
    fn from(_: std::io::Error) -> Self {
        Self::HungUp
    }
}

struct Relay {
    /// The question that waits for its answer.
    open: Option<(u32, Asked)>,
    answers: u32,
    bytes: usize,
    heard: Arc<Heard>,
}

impl Relay {
    async fn run(&mut self, near: &mut UnixStream, far: &mut Box<dyn TcpWire>) -> Stop {
        // Passwords pass through: never grown, and wiped.
        let mut questions = Zeroizing::new(Vec::with_capacity(2 * QUESTION_BYTES));
        let mut answers = Vec::new();
        loop {
            let heard = timeout(IDLE, async {
                tokio::select! {
                    read = near.read_buf(&mut *questions) => (true, read),
                    read = far.read_buf(&mut answers) => (false, read),
                }
            });
            let Ok((is_question, Ok(1..))) = heard.await else { return Stop::HungUp };
            let passed = if is_question {
                self.pass_questions(&mut questions, far).await
            } else {
                self.pass_answers(&mut answers, near).await
            };
            if let Err(stop) = passed {
                return stop;
            }
        }
    }

    async fn pass_questions(
        &mut self,
        buffer: &mut Zeroizing<Vec<u8>>,
        far: &mut Box<dyn TcpWire>,
    ) -> Result<(), Stop> {
        while let Some(length) = first_message(buffer, QUESTION_BYTES)? {
            let whole = buffer.get(..length).ok_or(Fault::Malformed)?;
            let message = Message::read(whole)?;
            let asked = Asked::of(message.tag).ok_or(Stop::HungUp)?;
            if self.open.is_some() {
                return Err(Fault::Unasked.into());
            }
            self.open = Some((message.id, asked));
            (self.answers, self.bytes) = (0, 0);
            far.write_all(whole).await?;
            far.flush().await?;
            take(buffer, length);
        }
        Ok(())
    }

    async fn pass_answers(
        &mut self,
        buffer: &mut Vec<u8>,
        near: &mut UnixStream,
    ) -> Result<(), Stop> {
        while let Some(length) = first_message(buffer, ANSWER_BYTES)? {
            let whole = buffer.get(..length).ok_or(Fault::Malformed)?;
            let message = Message::read(whole)?;
            // RFC 4511 4.4.1: number 0 is the notice that the connection ends.
            if message.id == 0 {
                return Err(Fault::Ended.into());
            }
            let (id, asked) = self.open.ok_or(Fault::Unasked)?;
            if message.id != id {
                return Err(Fault::Unasked.into());
            }
            let part = message.answers(asked)?;
            self.answers += 1;
            self.bytes += length;
            if self.answers > MOST_ANSWERS {
                return Err(Fault::TooMany.into());
            }
            if self.bytes > ANSWERS_BYTES {
                return Err(Fault::TooLong(ANSWERS_BYTES).into());
            }
            if part == Part::Last {
                self.open = None;
                if asked == Asked::Bind {
                    self.heard.set_word(word(message.controls));
                }
            }
            if part != Part::Reference {
                near.write_all(&message.without_controls()).await?;
            }
            buffer.drain(..length);
        }
        Ok(())
    }
}

/// Takes the first bytes away and wipes where they, or others, stood.
fn take(buffer: &mut Zeroizing<Vec<u8>>, length: usize) {
    let kept = buffer.len().saturating_sub(length);
    buffer.copy_within(length.., 0);
    if let Some(rest) = buffer.get_mut(kept..) {
        rest.zeroize();
    }
    buffer.truncate(kept);
}

#[cfg(test)]
mod tests;
