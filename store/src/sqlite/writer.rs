//! The one connection that writes what must be on the disk, with group commit.
//!
//! ```text
//!   callers ──▶ queue ──▶ BEGIN IMMEDIATE; job; job; …; COMMIT ──▶ answers
//! ```
//!
//! Whatever waits in the queue is committed together, so a burst costs one
//! sync of the disk. An answer leaves only after its commit. A caller that goes
//! away leaves nothing half done: the work belongs to the writer's thread.

use crate::StoreError;
use crate::sqlite::fault::engine;
use crate::sqlite::sql::{Row, Sql};
use rusqlite::Connection;
use std::thread;
use tokio::sync::{mpsc, oneshot};

/// Callers beyond this wait before they may queue.
const QUEUE: usize = 1024;
/// Jobs of one commit.
const GROUP: usize = 128;

/// Something to be written.
pub(crate) trait Job: Send {
    /// Whether it is one statement, atomic by itself.
    fn is_single(&self) -> bool;

    /// Does the work; may be called again after a rollback.
    fn run(&mut self, connection: &Connection) -> Result<(), StoreError>;

    /// What `run` did was rolled back.
    fn undone(&mut self);

    /// Tells the caller, after the commit.
    fn settle(self: Box<Self>, outcome: Result<(), StoreError>);
}

/// A queue to the thread that holds the writing connection; it ends with the queue.
pub(crate) struct Writer {
    queue: mpsc::Sender<Box<dyn Job>>,
}

impl Writer {
    pub(crate) fn open(connection: Connection) -> Result<Self, StoreError> {
        let (queue, jobs) = mpsc::channel(QUEUE);
        thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || work(&connection, jobs))
            .map_err(|fault| StoreError::Unavailable(fault.to_string()))?;
        Ok(Self { queue })
    }

    /// Runs one statement and gives its rows.
    pub(crate) async fn one(&self, sql: Sql) -> Result<Vec<Row>, StoreError> {
        Ok(self.all(vec![sql]).await?.pop().unwrap_or_default())
    }

    /// Runs statements, all or none, and gives the rows of each.
    pub(crate) async fn all(&self, steps: Vec<Sql>) -> Result<Vec<Vec<Row>>, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.push(Box::new(Statements { steps, rows: Vec::new(), reply })).await?;
        answer.await.map_err(|_| closed())?
    }

    /// Queues a job.
    pub(crate) async fn push(&self, job: Box<dyn Job>) -> Result<(), StoreError> {
        self.queue.send(job).await.map_err(|_| closed())
    }
}

pub(crate) fn closed() -> StoreError {
    StoreError::Unavailable("the writer has ended".to_owned())
}

/// Statements known beforehand.
struct Statements {
    steps: Vec<Sql>,
    rows: Vec<Vec<Row>>,
    reply: oneshot::Sender<Result<Vec<Vec<Row>>, StoreError>>,
}

impl Job for Statements {
    fn is_single(&self) -> bool {
        self.steps.len() == 1
    }

    fn run(&mut self, connection: &Connection) -> Result<(), StoreError> {
        for step in &self.steps {
            self.rows.push(step.all(connection).map_err(engine)?);
        }
        Ok(())
    }

    fn undone(&mut self) {
        self.rows.clear();
    }

    fn settle(self: Box<Self>, outcome: Result<(), StoreError>) {
        let Self { rows, reply, .. } = *self;
        let _caller_left = reply.send(outcome.map(|()| rows));
    }
}

/// Where a group failed.
enum Failure {
    /// In a job: its neighbours may be well.
    Job(StoreError),
    /// At the transaction itself: all are concerned alike.
    Group(StoreError),
}

fn work(connection: &Connection, mut jobs: mpsc::Receiver<Box<dyn Job>>) {
    let mut group = Vec::with_capacity(GROUP);
    while jobs.blocking_recv_many(&mut group, GROUP) > 0 {
        match commit(connection, &mut group) {
            Ok(()) => group.drain(..).for_each(|job| job.settle(Ok(()))),
            Err(Failure::Job(_)) if group.len() > 1 => {
                for job in group.drain(..) {
                    alone(connection, job);
                }
            }
            Err(Failure::Job(fault) | Failure::Group(fault)) => {
                tracing::error!(%fault, jobs = group.len(), "the store could not write");
                group.drain(..).for_each(|job| job.settle(Err(fault.again())));
            }
        }
    }
}

fn alone(connection: &Connection, job: Box<dyn Job>) {
    let mut jobs = [job];
    let outcome = commit(connection, &mut jobs);
    let [job] = jobs;
    job.settle(outcome.map_err(|failure| {
        let (Failure::Job(fault) | Failure::Group(fault)) = failure;
        tracing::error!(%fault, "the store could not write");
        fault
    }));
}

/// Runs the jobs in one transaction. On an error nothing of them stays.
fn commit(connection: &Connection, jobs: &mut [Box<dyn Job>]) -> Result<(), Failure> {
    if let [job] = jobs
        && job.is_single()
    {
        let outcome = job.run(connection);
        return outcome.inspect_err(|_| job.undone()).map_err(Failure::Job);
    }
    let outcome = transaction(connection, &mut *jobs);
    if outcome.is_err() {
        // Fails where the engine has rolled back already, which is as well.
        let _rolled_back = Sql::new("ROLLBACK").all(connection);
        for job in jobs {
            job.undone();
        }
    }
    outcome
}

fn transaction(connection: &Connection, jobs: &mut [Box<dyn Job>]) -> Result<(), Failure> {
    let group = |fault| Failure::Group(engine(fault));
    Sql::new("BEGIN IMMEDIATE").all(connection).map_err(group)?;
    for job in jobs {
        job.run(connection).map_err(Failure::Job)?;
    }
    Sql::new("COMMIT").all(connection).map_err(group)?;
    Ok(())
}
