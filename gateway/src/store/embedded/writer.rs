//! The writer's thread: group commit.
//!
//! While one batch is being made durable the next one gathers in the queue, so batches grow with the
//! load and a lone write waits for nobody. A write that is refused leaves nothing behind (its
//! savepoint is rolled back); a commit that fails fails all of its batch, and the tree goes back.

use super::{EmbeddedLimits, schema};
use crate::store::{StorageKey, StoreFault};
use rusqlite::{Connection, params};
use sluse_ledger::{Checkpoint, Frontier, Hash, Leaf, SigningKey};
use std::{fs::File, sync::Arc};
use tokio::sync::{mpsc, oneshot};

/// What the writer is asked.
pub(super) enum Write {
    /// To write something.
    Job(Job),
    /// To stop.
    Close(oneshot::Sender<Result<(), StoreFault>>),
}

/// Writes something, unless its batch is lost already. Gives why it was refused, and what to answer once the fate
/// of the batch is known.
pub(super) type Job =
    Box<dyn FnOnce(Result<&mut Batch<'_>, StoreFault>) -> (Option<StoreFault>, Answer) + Send>;

/// Told whether the batch is durable.
pub(super) type Answer = Box<dyn FnOnce(Result<(), StoreFault>) + Send>;

/// What jobs write through: the transaction under way and the tree as it grows.
pub(super) struct Batch<'a> {
    pub(super) connection: &'a Connection,
    pub(super) storage: &'a StorageKey,
    pub(super) value_bytes_max: usize,
    frontier: Frontier,
}

struct Writer {
    connection: Connection,
    frontier: Frontier,
    key: SigningKey,
    storage: Arc<StorageKey>,
    limits: EmbeddedLimits,
    lock: File,
}

const COMMIT: &str = "make evidence durable";

/// Starts the thread. It ends when it is told to close, or when nobody can ask any more.
pub(super) fn start(
    opened: schema::Opened,
    key: SigningKey,
    storage: Arc<StorageKey>,
    limits: EmbeddedLimits,
    queue: mpsc::Receiver<Write>,
) -> Result<(), StoreFault> {
    let schema::Opened { connection, frontier, lock } = opened;
    let writer = Writer { connection, frontier, key, storage, limits, lock };
    let thread = std::thread::Builder::new().name("store-writer".into());
    let started = thread.spawn(move || writer.run(queue));
    started.map(drop).map_err(|fault| StoreFault::new("start", fault))
}

impl Writer {
    fn run(mut self, mut queue: mpsc::Receiver<Write>) {
        let mut closing = None;
        while closing.is_none() {
            let Some(first) = queue.blocking_recv() else { break };
            let mut jobs = Vec::new();
            let mut next = Some(first);
            while let Some(write) = next {
                match write {
                    Write::Job(job) => jobs.push(job),
                    Write::Close(answer) => {
                        closing = Some(answer);
                        break;
                    }
                }
                next = (jobs.len() < self.limits.batch_writes_max)
                    .then(|| queue.try_recv().ok())
                    .flatten();
            }
            if !jobs.is_empty() {
                self.commit(jobs);
            }
        }
        // From here on whoever asks is told that the store is closed.
        drop(queue);
        let closed = self.close();
        if let Some(answer) = closing {
            let _ = answer.send(closed);
        }
    }

    /// Brings everything into the one file, so that a copy of it is whole: the gateway's reader still has the file
    /// open, and so SQLite would leave the log beside it.
    fn close(self) -> Result<(), StoreFault> {
        let merge = "PRAGMA wal_checkpoint(TRUNCATE)";
        let merged = self.connection.query_row(merge, [], |_| Ok(()));
        let closed = self.connection.close();
        drop(self.lock);
        merged.map_err(|fault| schema::fault("close", &fault))?;
        closed.map_err(|(_, fault)| schema::fault("close", &fault))
    }

    fn commit(&mut self, jobs: Vec<Job>) {
        let begun = self.connection.execute_batch("BEGIN IMMEDIATE");
        let mut batch = Batch {
            connection: &self.connection,
            storage: &self.storage,
            value_bytes_max: self.limits.value_bytes_max,
            frontier: self.frontier.clone(),
        };
        let mut fate = begun.map_err(|fault| schema::fault(COMMIT, &fault));
        let mut answers = Vec::with_capacity(jobs.len());
        for job in jobs {
            // Once a batch is lost nothing more is written: SQLite may have left the transaction.
            let answer = match &fate {
                Ok(()) => {
                    let (answer, kept) = batch.run(job);
                    fate = kept;
                    answer
                }
                Err(lost) => job(Err(lost.clone())).1,
            };
            answers.push(answer);
        }
        let grown = batch.frontier;
        fate = fate.and_then(|()| self.seal(&grown));
        match fate {
            Ok(()) => self.frontier = grown,
            Err(_) => {
                // Where SQLite has rolled back by itself there is nothing left to roll back.
                let _ = self.connection.execute_batch("ROLLBACK");
            }
        }
        for answer in answers {
            answer(fate.clone());
        }
    }

    /// Signs the tree, where it grew, and makes the batch durable.
    fn seal(&self, grown: &Frontier) -> Result<(), StoreFault> {
        let sql = |fault| schema::fault(COMMIT, &fault);
        if grown.size() > self.frontier.size() {
            let origin = self.key.verifier().origin().to_owned();
            let checkpoint = Checkpoint { origin, size: grown.size(), root: grown.root() };
            let row =
                params![schema::to_sql(grown.size()), checkpoint.sign(&self.key), grown.to_bytes()];
            self.connection
                .prepare_cached("INSERT INTO checkpoint (size, note, frontier) VALUES (?1, ?2, ?3)")
                .and_then(|mut statement| statement.execute(row))
                .map_err(sql)?;
        }
        self.connection.execute_batch("COMMIT").map_err(sql)
    }
}

impl Batch<'_> {
    /// Runs one job. A fault beside the job's own answer means that the whole batch is lost.
    fn run(&mut self, job: Job) -> (Answer, Result<(), StoreFault>) {
        let before = self.frontier.clone();
        let begun = self.step("SAVEPOINT job");
        let (refused, answer) = match begun {
            Ok(()) => job(Ok(&mut *self)),
            Err(lost) => return (job(Err(lost.clone())).1, Err(lost)),
        };
        let kept = match refused {
            None => self.step("RELEASE job"),
            // A full or failing disk rolls back the whole transaction at once.
            Some(fault) if self.connection.is_autocommit() => {
                Err(StoreFault::new(COMMIT, fault.reason))
            }
            Some(_) => {
                self.frontier = before;
                self.step("ROLLBACK TO job").and_then(|()| self.step("RELEASE job"))
            }
        };
        (answer, kept)
    }

    fn step(&self, text: &str) -> Result<(), StoreFault> {
        let done = self.connection.prepare_cached(text).and_then(|mut step| step.execute([]));
        done.map(drop).map_err(|fault| schema::fault(COMMIT, &fault))
    }

    /// Adds a leaf to the tree; gives its index.
    pub(super) fn append(&mut self, doing: &'static str, leaf: &Leaf) -> Result<u64, StoreFault> {
        let bytes = leaf.to_bytes().map_err(|fault| StoreFault::new(doing, fault))?;
        let hash = Hash::of_leaf(&bytes);
        let text = str::from_utf8(&bytes).map_err(|fault| StoreFault::new(doing, fault))?;
        let index = self.frontier.size();
        self.execute(
            doing,
            "INSERT INTO leaf (idx, content, hash) VALUES (?1, ?2, ?3)",
            params![schema::to_sql(index), text, hash.0],
        )?;
        self.frontier.append(hash);
        Ok(index)
    }

    /// How many leaves the tree has.
    pub(super) fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Runs a statement; gives how many rows it touched.
    pub(super) fn execute(
        &self,
        doing: &'static str,
        text: &str,
        values: impl rusqlite::Params,
    ) -> Result<usize, StoreFault> {
        let mut statement =
            self.connection.prepare_cached(text).map_err(|fault| schema::fault(doing, &fault))?;
        statement.execute(values).map_err(|fault| schema::fault(doing, &fault))
    }
}
