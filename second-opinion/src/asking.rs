//! The hub's side: children kept ready, one question at a time each, nothing waited for long.

use crate::compare::compare;
use crate::wire::{self, HEAD_BYTES, Hello, Question, Reply, VERSION};
use saml::{Accepted, Objection, Opinion, SecondOpinion};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Semaphore;

/// Children at a time: a slow answer of one member holds up half of them.
const SEATS: usize = 2;
/// Questions to one child: what its libraries do not give back ends with it.
const MOST_QUESTIONS: u32 = 10_000;

/// How the child is run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The program `readerpass-second-opinion`.
    pub program: PathBuf,
    /// How long an answer may wait for its second opinion, the start of a child included.
    pub time_limit: Duration,
}

/// Why there is no second opinion.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Down {
    /// The program does not start.
    #[error("{program}: {why} — install it there, or name it in `second_opinion.program`")]
    Start {
        /// Its path.
        program: String,
        /// The system's word.
        why: std::io::Error,
    },
    /// It speaks another version.
    #[error("it is of another version than the hub: install both of one release")]
    Version,
    /// It does not take questions.
    #[error("it does not take questions: {0}")]
    Unready(String),
    /// It ended.
    #[error("it ended: {0}")]
    Ended(std::io::Error),
    /// It said what it must not.
    #[error("{0}")]
    Frame(String),
    /// It was too slow, or too many waited.
    #[error("nothing within {} ms", .0.as_millis())]
    Slow(Duration),
}

impl From<wire::FrameFault> for Down {
    fn from(fault: wire::FrameFault) -> Self {
        Self::Frame(fault.to_string())
    }
}

/// Asks samael in child processes. Refuses where it cannot: an answer without a second opinion
/// is never believed.
#[derive(Debug)]
pub struct Asking {
    settings: Settings,
    seats: Semaphore,
    ready: Mutex<Vec<Running>>,
}

impl Asking {
    /// With nobody started yet.
    pub fn new(settings: Settings) -> Self {
        Self { settings, seats: Semaphore::new(SEATS), ready: Mutex::new(Vec::new()) }
    }

    /// Starts a child and keeps it ready, or says why none starts.
    async fn start_one(&self) -> Result<(), Down> {
        self.limited(async {
            let child = Running::start(&self.settings).await?;
            self.keep(child);
            Ok(())
        })
        .await
    }

    /// What the other verifier says to a question.
    pub async fn ask(&self, question: &Question) -> Result<Reply, Down> {
        self.limited(async {
            let frame = wire::frame(question)?;
            // Closed never.
            let _seat = self.seats.acquire().await.map_err(|e| Down::Frame(e.to_string()))?;
            let mut child = match self.alive() {
                Some(child) => child,
                None => Running::start(&self.settings).await?,
            };
            let reply = child.ask(&frame).await?;
            self.keep(child);
            Ok(reply)
        })
        .await
    }

    async fn limited<T>(&self, work: impl Future<Output = Result<T, Down>>) -> Result<T, Down> {
        let limit = self.settings.time_limit;
        // A child that is still at it is dropped with the work, and killed by that: its late
        // reply must never be taken for that to the next question.
        tokio::time::timeout(limit, work).await.unwrap_or(Err(Down::Slow(limit)))
    }

    fn alive(&self) -> Option<Running> {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(mut child) = ready.pop() {
            match child.child.try_wait() {
                Ok(None) => return Some(child),
                other => tracing::warn!(?other, "the second opinion ended; another is started"),
            }
        }
        None
    }

    fn keep(&self, child: Running) {
        if child.asked < MOST_QUESTIONS {
            self.ready.lock().unwrap_or_else(PoisonError::into_inner).push(child);
        }
    }

    async fn judge(&self, accepted: Accepted<'_>) -> Result<(), Objection> {
        let question = Question::about(&accepted)
            .ok_or_else(|| Objection::Differs("the encoding".to_owned()))?;
        match self.ask(&question).await {
            Ok(Reply::Read(reading)) => {
                compare(accepted.read, accepted.audience, &reading).map_err(Objection::Differs)
            }
            // Its words may hold what the document says, and stay out of logs.
            Ok(Reply::Refused(_)) => Err(Objection::Differs("it does not accept it".to_owned())),
            Err(down) => Err(Objection::Unavailable(down.to_string())),
        }
    }
}

impl SecondOpinion for Asking {
    fn compare<'a>(&'a self, accepted: Accepted<'a>) -> Opinion<'a> {
        Box::pin(self.judge(accepted))
    }

    fn prepare(&self) -> Opinion<'_> {
        let unavailable = |down: Down| Objection::Unavailable(down.to_string());
        Box::pin(async move { self.start_one().await.map_err(unavailable) })
    }
}

/// A child that has said that it is confined.
#[derive(Debug)]
struct Running {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
    asked: u32,
}

impl Running {
    async fn start(settings: &Settings) -> Result<Self, Down> {
        let failed = |why| Down::Start { program: settings.program.display().to_string(), why };
        let mut child = Command::new(&settings.program)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // The libraries below it complain with what the document says.
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (input, output) =
            pipes.ok_or_else(|| failed(std::io::Error::other("no pipe to it")))?;
        let mut running = Self { child, input, output, asked: 0 };
        let hello: Hello = wire::value(&running.receive().await?)?;
        match hello.fault {
            _ if hello.version != VERSION => Err(Down::Version),
            Some(fault) => Err(Down::Unready(fault)),
            None => Ok(running),
        }
    }

    async fn ask(&mut self, frame: &[u8]) -> Result<Reply, Down> {
        self.asked += 1;
        self.input.write_all(frame).await.map_err(Down::Ended)?;
        Ok(wire::value(&self.receive().await?)?)
    }

    async fn receive(&mut self) -> Result<Vec<u8>, Down> {
        let mut head = [0; HEAD_BYTES];
        self.output.read_exact(&mut head).await.map_err(Down::Ended)?;
        let mut bytes = vec![0; wire::length(head)?];
        self.output.read_exact(&mut bytes).await.map_err(Down::Ended)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests;
