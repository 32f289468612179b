//! Where evidence and the outbox are kept.
//!
//! One trait, one test suite (`suite`) for every implementation. What is handed over in one call
//! becomes durable together or not at all; a call that has returned `Ok` survives a power cut.

mod audit;
pub mod embedded;
pub mod memory;
mod open;
mod seal;
#[cfg(test)]
mod suite;

pub use audit::LedgerFile;
pub use embedded::Embedded;
pub use memory::Memory;
pub use open::{KEY_FILE_BYTES_MAX, open, signing_key};
pub use seal::{StorageKey, StorageKeyFault};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use sluse_ledger::{Closing, Opening};
use std::fmt;

/// Why the store did not do what was asked. Never says what was to be stored.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the store could not {doing}: {reason}")]
pub struct StoreFault {
    /// What was being done, such as "write a leaf".
    pub doing: &'static str,
    /// What the library said.
    pub reason: String,
}

impl StoreFault {
    /// A fault in doing this, for this reason.
    pub fn new(doing: &'static str, reason: impl fmt::Display) -> Self {
        Self { doing, reason: reason.to_string() }
    }
}

/// What stores do and why they refuse, in the same words for each.
mod refusal {
    pub(super) const BEGIN: &str = "open the exchange";
    pub(super) const FINISH: &str = "close the exchange";
    pub(super) const REFUSE: &str = "record the refusal";
    pub(super) const OUTBOX: &str = "use the outbox";
    pub(super) const READ: &str = "read the ledger";
    pub(super) const READY: &str = "write";
    pub(super) const KNOWN_ALREADY: &str = "there is an exchange of this id already";
    pub(super) const NOT_KNOWN: &str = "there is no exchange of this id";
    pub(super) const CLOSED_ALREADY: &str = "it is closed already";
    pub(super) const OTHER_OPENING: &str = "the exchange was opened by another leaf";
    pub(super) const NOT_IN_OUTBOX: &str = "the exchange has no message waiting";
}

/// The salt of one exchange's digests: 32 random bytes, kept apart from the ledger and deletable.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(…)")
    }
}

/// A one-way message on its way: everything that delivery needs after a restart.
#[derive(Clone, PartialEq, Eq)]
pub struct OutboxEntry {
    /// The exchange that it belongs to.
    pub exchange: String,
    /// Index of its opening leaf; set by the store.
    pub opening: u64,
    /// The service that receives it.
    pub service: String,
    /// Method, path and query, and headers to send, as one HTTP/1.1 head without the start line's version.
    pub head: Bytes,
    /// The message's bytes.
    pub body: Bytes,
    /// How often delivery has been tried.
    pub attempts: u32,
    /// Not before this time, in milliseconds since the epoch.
    pub due_ms: u64,
}

impl fmt::Debug for OutboxEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OutboxEntry({}, {} attempts)", self.exchange, self.attempts)
    }
}

/// An idempotency key (scoped to consumer and operation by its writer) and the digest of the message it came with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// Hash of consumer, operation and key.
    pub key: [u8; 32],
    /// Hash of the message.
    pub message: [u8; 32],
}

/// An answer kept to be given again.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// The exchange that was answered.
    pub exchange: String,
    /// Index of its opening leaf.
    pub opening: u64,
    /// HTTP status.
    pub status: u16,
    /// Header names and values.
    pub headers: Vec<(String, Bytes)>,
    /// The body.
    pub body: Bytes,
}

impl fmt::Debug for StoredAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredAnswer({}, {}, {} bytes)", self.exchange, self.status, self.body.len())
    }
}

/// All that becomes durable when an exchange opens.
#[derive(Debug, Clone)]
pub struct Begin {
    /// The opening leaf.
    pub opening: Opening,
    /// The salt of its digests.
    pub salt: Salt,
    /// The message to deliver, for a one-way exchange.
    pub outbox: Option<OutboxEntry>,
    /// The idempotency key, where the consumer sent one.
    pub idempotency: Option<Idempotency>,
}

/// What became of a [`Begin`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// The leaf is durable at this index.
    Opened(u64),
    /// The same key with the same message was answered before: nothing was written.
    Answered(StoredAnswer),
    /// The same key with the same one-way message was accepted before: nothing was written. It is answered
    /// `202` with the same `Location` again, delivered or not.
    Accepted {
        /// The exchange that the key opened.
        exchange: String,
        /// Index of its opening leaf.
        opening: u64,
    },
    /// The same key is still under way: nothing was written.
    KeyUnderWay,
    /// The same key came with another message: nothing was written.
    KeyReused,
}

/// All that becomes durable when an exchange closes. Removes the exchange's outbox entry, or parks
/// it as a dead letter where the ending is `parked`.
#[derive(Debug, Clone)]
pub struct Finish {
    /// The closing leaf.
    pub closing: Closing,
    /// The answer to give again, where the consumer sent an idempotency key. Without one, the key of a two-way
    /// exchange is free again: the consumer may retry.
    pub answer: Option<(Idempotency, StoredAnswer)>,
}

/// How long an idempotency key and its answer are kept, counted from the exchange's opening: seven days.
pub const IDEMPOTENCY_KEPT_MS: u64 = 7 * 24 * 60 * 60 * 1_000;

/// Where an exchange stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeRecord {
    /// Index of the opening leaf and what it says.
    pub opening: (u64, Opening),
    /// Index of the closing leaf and what it says, once closed.
    pub closing: Option<(u64, Closing)>,
    /// The salt, unless it was deleted.
    pub salt: Option<Salt>,
}

/// How full the outbox is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutboxDepth {
    /// Messages waiting or being delivered.
    pub waiting: u64,
    /// Dead letters.
    pub parked: u64,
}

/// Where evidence and the outbox are kept.
pub trait Store: Send + Sync + fmt::Debug {
    /// Opens an exchange.
    fn begin(&self, begin: Begin) -> BoxFuture<'_, Result<Begun, StoreFault>>;

    /// Closes an exchange; gives the index of the closing leaf. Closing twice is refused.
    fn finish(&self, finish: Finish) -> BoxFuture<'_, Result<u64, StoreFault>>;

    /// Opens and closes an exchange in one step: a refusal. The closing leaf's `opening` is set by the store;
    /// an outbox entry and an idempotency key are passed over. Gives the index of the opening leaf.
    fn refuse(&self, begin: Begin, closing: Closing) -> BoxFuture<'_, Result<u64, StoreFault>>;

    /// Exchanges that are open and have no outbox entry: what a crash left, for recovery at start.
    fn left_open(&self) -> BoxFuture<'_, Result<Vec<(u64, Opening)>, StoreFault>>;

    /// Takes up to `most` outbox entries that are due, and leases them until `lease_until_ms`.
    fn outbox_take(
        &self,
        now_ms: u64,
        lease_until_ms: u64,
        most: usize,
    ) -> BoxFuture<'_, Result<Vec<OutboxEntry>, StoreFault>>;

    /// Puts an entry back after a failed attempt.
    fn outbox_defer(
        &self,
        exchange: String,
        attempts: u32,
        due_ms: u64,
    ) -> BoxFuture<'_, Result<(), StoreFault>>;

    /// How full the outbox is.
    fn outbox_depth(&self) -> BoxFuture<'_, Result<OutboxDepth, StoreFault>>;

    /// When the next outbox entry is due, in milliseconds since the epoch.
    fn outbox_next_due(&self) -> BoxFuture<'_, Result<Option<u64>, StoreFault>>;

    /// Finds an exchange.
    fn exchange(
        &self,
        exchange: String,
    ) -> BoxFuture<'_, Result<Option<ExchangeRecord>, StoreFault>>;

    /// The exchanges that the messages of a file became, in the order in which they opened: up to `most` of those whose
    /// opening leaf stands behind index `after`. Their salts are left out.
    fn children(
        &self,
        parent: String,
        after: u64,
        most: usize,
    ) -> BoxFuture<'_, Result<Vec<ExchangeRecord>, StoreFault>>;

    /// The answer that is kept for an exchange: to be given again, or fetched. Nothing where none is kept (any more).
    fn answer(&self, exchange: String) -> BoxFuture<'_, Result<Option<StoredAnswer>, StoreFault>>;

    /// Up to `most` leaves from index `from` on, as canonical bytes.
    fn leaves(
        &self,
        from: u64,
        most: usize,
    ) -> BoxFuture<'_, Result<Vec<(u64, Bytes)>, StoreFault>>;

    /// The newest signed checkpoint (C2SP `tlog-checkpoint`, as text), once there is one.
    fn checkpoint(&self) -> BoxFuture<'_, Result<Option<String>, StoreFault>>;

    /// Whether the store can write right now.
    fn ready(&self) -> BoxFuture<'_, Result<(), StoreFault>>;

    /// Writes what is under way and stops.
    fn close(&self) -> BoxFuture<'_, Result<(), StoreFault>>;
}
