//! The embedded store: SQLite in one file, which any SQLite tool can open.
//!
//! One thread writes. Whatever waits when it begins shares one transaction, one fsync and one signed
//! checkpoint (group commit); answers are given after the commit. Another thread reads on a
//! connection of its own. A lock file keeps a second gateway off the file.
//!
//! What lets an auditor pinpoint a change: each checkpoint's root is signed; the frontier beside it is
//! not, and needs no signature, for it must fold to that root. So every batch is verified on its own.
//! The hash beside each leaf is not trusted either: where a batch's hashes fold to the signed root they
//! are thereby proved, and a leaf that does not fit its hash is the one that was changed.

mod read;
mod schema;
mod write;
mod writer;

pub use schema::SCHEMA_VERSION;
pub(super) use schema::{check_ours, fault};

use super::{
    Begin, Begun, ExchangeRecord, Finish, OutboxDepth, OutboxEntry, StorageKey, Store, StoreFault,
    StoredAnswer, refusal,
};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use rusqlite::Connection;
use sluse_ledger::{Closing, Opening, SigningKey};
use std::{fmt, path::Path, sync::Arc, time::Duration};
use tokio::sync::{mpsc, oneshot};
use writer::Batch;

/// Limits of the embedded store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmbeddedLimits {
    /// Writes that wait for the writer; beyond them callers wait for room.
    pub queue_writes_max: usize,
    /// Writes that share one commit.
    pub batch_writes_max: usize,
    /// Longest wait for room in the queue.
    pub queue_wait_ms: u64,
    /// Largest database file.
    pub file_bytes_max: u64,
    /// Largest message in the outbox, and largest stored answer.
    pub value_bytes_max: usize,
}

impl Default for EmbeddedLimits {
    fn default() -> Self {
        Self {
            queue_writes_max: 4_096,
            batch_writes_max: 512,
            queue_wait_ms: 10_000,
            file_bytes_max: 1 << 40,
            value_bytes_max: 512 << 20,
        }
    }
}

/// The embedded store.
pub struct Embedded {
    writes: mpsc::Sender<writer::Write>,
    reads: mpsc::Sender<Read>,
    limits: EmbeddedLimits,
    storage: Arc<StorageKey>,
}

type Read = Box<dyn FnOnce(&Connection) + Send>;

impl Embedded {
    /// Opens the database file, or makes it.
    ///
    /// # Errors
    /// Where the file is another program's, damaged, of another ledger, in use by another process, or cannot be
    /// written; and where its newest checkpoint does not fit its leaves.
    pub fn open(
        path: &Path,
        key: SigningKey,
        storage: StorageKey,
        limits: EmbeddedLimits,
    ) -> Result<Self, StoreFault> {
        let storage = Arc::new(storage);
        let opened = schema::open(path, &key, &storage, &limits)?;
        let reader = schema::open_reader(path)?;
        let (writes, queue) = mpsc::channel(limits.queue_writes_max.max(1));
        writer::start(opened, key, Arc::clone(&storage), limits, queue)?;
        let (reads, asked) = mpsc::channel(limits.queue_writes_max.max(1));
        start_reader(reader, asked)?;
        Ok(Self { writes, reads, limits, storage })
    }

    /// Has the writer do something in its next transaction, and waits until that is durable.
    async fn write<T: Send + 'static>(
        &self,
        doing: &'static str,
        act: impl FnOnce(&mut Batch<'_>) -> Result<T, StoreFault> + Send + 'static,
    ) -> Result<T, StoreFault> {
        let (give, given) = oneshot::channel();
        let job = writer::Write::Job(Box::new(move |batch| {
            let outcome = batch.and_then(act);
            let refused = outcome.as_ref().err().cloned();
            let answer = move |commit: Result<(), StoreFault>| {
                // A caller that no longer waits is no fault of the store.
                let _ = give.send(commit.and(outcome));
            };
            (refused, Box::new(answer))
        }));
        self.send(doing, job).await?;
        given.await.map_err(|_| StoreFault::new(doing, CLOSED))?
    }

    async fn send(&self, doing: &'static str, write: writer::Write) -> Result<(), StoreFault> {
        let wait = Duration::from_millis(self.limits.queue_wait_ms);
        match self.writes.send_timeout(write, wait).await {
            Ok(()) => Ok(()),
            Err(mpsc::error::SendTimeoutError::Closed(_)) => Err(StoreFault::new(doing, CLOSED)),
            Err(mpsc::error::SendTimeoutError::Timeout(_)) => {
                Err(StoreFault::new(doing, "its queue is full: the disk does not keep up"))
            }
        }
    }

    async fn read<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreFault> {
        let (give, given) = oneshot::channel();
        let read: Read = Box::new(move |connection| {
            let _ = give.send(act(connection));
        });
        let closed = |()| StoreFault::new(refusal::READ, CLOSED);
        self.reads.send(read).await.map_err(|_| closed(()))?;
        let read = given.await.map_err(|_| closed(()))?;
        read.map_err(|fault| schema::fault(refusal::READ, &fault))
    }
}

const CLOSED: &str = "the store is closed";

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Embedded(…)")
    }
}

impl Store for Embedded {
    fn begin(&self, begin: Begin) -> BoxFuture<'_, Result<Begun, StoreFault>> {
        Box::pin(self.write(refusal::BEGIN, |batch| batch.begin(begin)))
    }

    fn finish(&self, finish: Finish) -> BoxFuture<'_, Result<u64, StoreFault>> {
        Box::pin(self.write(refusal::FINISH, |batch| batch.finish(finish)))
    }

    fn refuse(&self, begin: Begin, closing: Closing) -> BoxFuture<'_, Result<u64, StoreFault>> {
        Box::pin(self.write(refusal::REFUSE, |batch| batch.refuse(begin, closing)))
    }

    fn left_open(&self) -> BoxFuture<'_, Result<Vec<(u64, Opening)>, StoreFault>> {
        Box::pin(self.read(read::left_open))
    }

    fn outbox_take(
        &self,
        now_ms: u64,
        lease_until_ms: u64,
        most: usize,
    ) -> BoxFuture<'_, Result<Vec<OutboxEntry>, StoreFault>> {
        Box::pin(async move {
            // Nothing due is the usual case, and needs no commit.
            match self.read(move |connection| read::outbox_is_due(connection, now_ms)).await? {
                false => Ok(Vec::new()),
                true => {
                    let take =
                        move |batch: &mut Batch<'_>| batch.take(now_ms, lease_until_ms, most);
                    self.write(refusal::OUTBOX, take).await
                }
            }
        })
    }

    fn outbox_defer(
        &self,
        exchange: String,
        attempts: u32,
        due_ms: u64,
    ) -> BoxFuture<'_, Result<(), StoreFault>> {
        Box::pin(self.write(refusal::OUTBOX, move |batch| batch.defer(&exchange, attempts, due_ms)))
    }

    fn outbox_depth(&self) -> BoxFuture<'_, Result<OutboxDepth, StoreFault>> {
        Box::pin(self.read(read::outbox_depth))
    }

    fn outbox_next_due(&self) -> BoxFuture<'_, Result<Option<u64>, StoreFault>> {
        Box::pin(self.read(read::outbox_next_due))
    }

    fn exchange(
        &self,
        exchange: String,
    ) -> BoxFuture<'_, Result<Option<ExchangeRecord>, StoreFault>> {
        let storage = Arc::clone(&self.storage);
        Box::pin(self.read(move |connection| read::exchange(connection, &storage, &exchange)))
    }

    fn children(
        &self,
        parent: String,
        after: u64,
        most: usize,
    ) -> BoxFuture<'_, Result<Vec<ExchangeRecord>, StoreFault>> {
        Box::pin(self.read(move |connection| read::children(connection, &parent, after, most)))
    }

    fn answer(&self, exchange: String) -> BoxFuture<'_, Result<Option<StoredAnswer>, StoreFault>> {
        let storage = Arc::clone(&self.storage);
        Box::pin(self.read(move |connection| read::answer(connection, &storage, exchange)))
    }

    fn leaves(
        &self,
        from: u64,
        most: usize,
    ) -> BoxFuture<'_, Result<Vec<(u64, Bytes)>, StoreFault>> {
        Box::pin(self.read(move |connection| read::leaves(connection, from, most)))
    }

    fn checkpoint(&self) -> BoxFuture<'_, Result<Option<String>, StoreFault>> {
        Box::pin(self.read(read::checkpoint))
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), StoreFault>> {
        Box::pin(self.write(refusal::READY, |batch| batch.probe()))
    }

    fn close(&self) -> BoxFuture<'_, Result<(), StoreFault>> {
        Box::pin(async move {
            let (give, given) = oneshot::channel();
            match self.writes.send(writer::Write::Close(give)).await {
                Ok(()) => given.await.unwrap_or(Ok(())),
                // Closed before.
                Err(_) => Ok(()),
            }
        })
    }
}

fn start_reader(connection: Connection, mut asked: mpsc::Receiver<Read>) -> Result<(), StoreFault> {
    let run = move || {
        while let Some(read) = asked.blocking_recv() {
            read(&connection);
        }
    };
    let thread = std::thread::Builder::new().name("store-reader".into()).spawn(run);
    thread.map(drop).map_err(|fault| StoreFault::new("start", fault))
}
