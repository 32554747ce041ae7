//! The one connection that writes, with group commit.
//!
//! ```text
//!   callers ──▶ queue ──▶ BEGIN IMMEDIATE; job; job; …; COMMIT ──▶ answers
//! ```
//!
//! Whatever waits in the queue is committed together, so a burst costs one
//! sync of the disk. An answer leaves only after its commit. A caller that goes
//! away leaves nothing half done: the work belongs to the writer's task.

use crate::StoreError;
use crate::sqlite::fault::engine;
use crate::sqlite::sql::Sql;
use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use tokio::sync::{mpsc, oneshot};

/// Callers beyond this wait before they may queue.
const QUEUE: usize = 1024;
/// Jobs of one commit.
const GROUP: usize = 128;

/// Something to be written.
#[async_trait]
pub(crate) trait Job: Send {
    /// Whether it is one statement, atomic by itself.
    fn is_single(&self) -> bool;

    /// Does the work; may be called again after a rollback.
    async fn run(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError>;

    /// What `run` did was rolled back.
    fn undone(&mut self);

    /// Tells the caller, after the commit.
    fn settle(self: Box<Self>, outcome: Result<(), StoreError>);
}

/// A queue to the task that holds the writing connection.
pub(crate) struct Writer {
    queue: mpsc::Sender<Box<dyn Job>>,
}

impl Writer {
    pub(crate) fn new(connection: SqliteConnection) -> Self {
        let (queue, jobs) = mpsc::channel(QUEUE);
        tokio::spawn(work(connection, jobs));
        Self { queue }
    }

    /// Runs one statement and gives its rows.
    pub(crate) async fn one(&self, sql: Sql) -> Result<Vec<SqliteRow>, StoreError> {
        Ok(self.all(vec![sql]).await?.pop().unwrap_or_default())
    }

    /// Runs statements, all or none, and gives the rows of each.
    pub(crate) async fn all(&self, steps: Vec<Sql>) -> Result<Vec<Vec<SqliteRow>>, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.push(Box::new(Statements { steps, rows: Vec::new(), reply })).await?;
        answer.await.map_err(|_| closed())?
    }

    /// Queues a job.
    pub(crate) async fn push(&self, job: Box<dyn Job>) -> Result<(), StoreError> {
        self.queue.send(job).await.map_err(|_| closed())
    }

    /// Queues statements that nobody waits for; dropped where the queue is full.
    pub(crate) fn later(&self, steps: Vec<Sql>) {
        let (reply, _) = oneshot::channel();
        let _full = self.queue.try_send(Box::new(Statements { steps, rows: Vec::new(), reply }));
    }
}

pub(crate) fn closed() -> StoreError {
    StoreError::Unavailable("the writer has ended".to_owned())
}

/// Statements known beforehand.
struct Statements {
    steps: Vec<Sql>,
    rows: Vec<Vec<SqliteRow>>,
    reply: oneshot::Sender<Result<Vec<Vec<SqliteRow>>, StoreError>>,
}

#[async_trait]
impl Job for Statements {
    fn is_single(&self) -> bool {
        self.steps.len() == 1
    }

    async fn run(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for step in &self.steps {
            self.rows.push(step.all(connection).await.map_err(engine)?);
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

async fn work(mut connection: SqliteConnection, mut jobs: mpsc::Receiver<Box<dyn Job>>) {
    let mut group = Vec::with_capacity(GROUP);
    while jobs.recv_many(&mut group, GROUP).await > 0 {
        match commit(&mut connection, &mut group).await {
            Ok(()) => group.drain(..).for_each(|job| job.settle(Ok(()))),
            Err(Failure::Job(_)) if group.len() > 1 => {
                for job in group.drain(..) {
                    alone(&mut connection, job).await;
                }
            }
            Err(Failure::Job(fault) | Failure::Group(fault)) => {
                tracing::error!(%fault, jobs = group.len(), "the store could not write");
                group.drain(..).for_each(|job| job.settle(Err(fault.again())));
            }
        }
    }
}

async fn alone(connection: &mut SqliteConnection, job: Box<dyn Job>) {
    let mut jobs = [job];
    let outcome = commit(connection, &mut jobs).await;
    let [job] = jobs;
    job.settle(outcome.map_err(|failure| {
        let (Failure::Job(fault) | Failure::Group(fault)) = failure;
        tracing::error!(%fault, "the store could not write");
        fault
    }));
}

/// Runs the jobs in one transaction. On an error nothing of them stays.
async fn commit(
    connection: &mut SqliteConnection,
    jobs: &mut [Box<dyn Job>],
) -> Result<(), Failure> {
    if let [job] = jobs
        && job.is_single()
    {
        let outcome = job.run(connection).await;
        return outcome.inspect_err(|_| job.undone()).map_err(Failure::Job);
    }
    let outcome = transaction(connection, &mut *jobs).await;
    if outcome.is_err() {
        // Fails where the engine has rolled back already, which is as well.
        let _rolled_back = Sql::new("ROLLBACK").all(connection).await;
        for job in jobs {
            job.undone();
        }
    }
    outcome
}

async fn transaction(
    connection: &mut SqliteConnection,
    jobs: &mut [Box<dyn Job>],
) -> Result<(), Failure> {
    let group = |fault| Failure::Group(engine(fault));
    Sql::new("BEGIN IMMEDIATE").all(connection).await.map_err(group)?;
    for job in jobs {
        job.run(connection).await.map_err(Failure::Job)?;
    }
    Sql::new("COMMIT").all(connection).await.map_err(group)?;
    Ok(())
}
