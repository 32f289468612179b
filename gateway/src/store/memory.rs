//! A store in memory: for demonstrations and tests, and the meaning that every other store is held to.
//!
//! Nothing survives the process. The ledger is the same tree under the same key; a checkpoint is
//! signed when it is asked for.

use super::{
    Begin, Begun, ExchangeRecord, Finish, IDEMPOTENCY_KEPT_MS, Idempotency, OutboxDepth,
    OutboxEntry, Salt, Store, StoreFault, StoredAnswer, refusal,
};
use bytes::Bytes;
use futures_util::future::{BoxFuture, ready};
use sluse_ledger::{Checkpoint, Closing, Frontier, Hash, Leaf, Opening, SigningKey, leaf::Ending};
use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Most leaves that are kept in memory; beyond them nothing more opens.
pub const MEMORY_LEAVES_MAX: usize = 10_000_000;

/// A store in memory.
pub struct Memory {
    key: SigningKey,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    leaves: Vec<Bytes>,
    frontier: Frontier,
    exchanges: HashMap<String, ExchangeRecord>,
    /// Of each file its messages: the index of the opening leaf, and the exchange.
    children: HashMap<String, Vec<(u64, String)>>,
    outbox: BTreeMap<String, Parcel>,
    keys: HashMap<[u8; 32], KeptKey>,
    /// The idempotency key of each exchange that is open and has one.
    key_of: HashMap<String, [u8; 32]>,
    closed: bool,
}

struct Parcel {
    entry: OutboxEntry,
    leased_until_ms: u64,
    parked: bool,
}

struct KeptKey {
    message: [u8; 32],
    exchange: String,
    opening: u64,
    one_way: bool,
    at_ms: u64,
    answer: Option<StoredAnswer>,
}

impl Memory {
    /// An empty store whose checkpoints are signed by `key`.
    pub fn new(key: SigningKey) -> Self {
        Self { key, state: Mutex::default() }
    }

    /// Nothing in here panics, so a poisoned lock guards a whole state all the same.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open_state(&self, doing: &'static str) -> Result<MutexGuard<'_, State>, StoreFault> {
        let state = self.state();
        if state.closed { Err(StoreFault::new(doing, "the store is closed")) } else { Ok(state) }
    }

    /// Does something with the state at once, and gives the outcome as a future.
    fn at_once<T: Send + 'static>(
        &self,
        doing: &'static str,
        act: impl FnOnce(&mut State) -> Result<T, StoreFault>,
    ) -> BoxFuture<'_, Result<T, StoreFault>> {
        Box::pin(ready(self.open_state(doing).and_then(|mut state| act(&mut state))))
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Memory({} leaves)", self.state().leaves.len())
    }
}

impl Store for Memory {
    fn begin(&self, begin: Begin) -> BoxFuture<'_, Result<Begun, StoreFault>> {
        self.at_once(refusal::BEGIN, |state| state.begin(begin))
    }

    fn finish(&self, finish: Finish) -> BoxFuture<'_, Result<u64, StoreFault>> {
        self.at_once(refusal::FINISH, |state| state.finish(finish))
    }

    fn refuse(&self, begin: Begin, closing: Closing) -> BoxFuture<'_, Result<u64, StoreFault>> {
        self.at_once(refusal::REFUSE, |state| state.refuse(begin, closing))
    }

    fn left_open(&self) -> BoxFuture<'_, Result<Vec<(u64, Opening)>, StoreFault>> {
        self.at_once(refusal::READ, |state| {
            let open = state.exchanges.values().filter(|record| record.closing.is_none());
            let mut open: Vec<_> = open
                .filter(|record| !state.outbox.contains_key(&record.opening.1.exchange))
                .map(|record| record.opening.clone())
                .collect();
            open.sort_by_key(|(index, _)| *index);
            Ok(open)
        })
    }

    fn outbox_take(
        &self,
        now_ms: u64,
        lease_until_ms: u64,
        most: usize,
    ) -> BoxFuture<'_, Result<Vec<OutboxEntry>, StoreFault>> {
        self.at_once(refusal::OUTBOX, |state| {
            let due = |parcel: &&mut Parcel| {
                !parcel.parked && parcel.entry.due_ms <= now_ms && parcel.leased_until_ms <= now_ms
            };
            let mut due: Vec<_> = state.outbox.values_mut().filter(due).collect();
            due.sort_by_key(|parcel| (parcel.entry.due_ms, parcel.entry.opening));
            let taken = due.into_iter().take(most).map(|parcel| {
                parcel.leased_until_ms = lease_until_ms;
                parcel.entry.clone()
            });
            Ok(taken.collect())
        })
    }

    fn outbox_defer(
        &self,
        exchange: String,
        attempts: u32,
        due_ms: u64,
    ) -> BoxFuture<'_, Result<(), StoreFault>> {
        self.at_once(refusal::OUTBOX, |state| {
            let parcel = state.outbox.get_mut(&exchange).filter(|parcel| !parcel.parked);
            let parcel = parcel.ok_or(StoreFault::new(refusal::OUTBOX, refusal::NOT_IN_OUTBOX))?;
            parcel.entry.attempts = attempts;
            parcel.entry.due_ms = due_ms;
            parcel.leased_until_ms = 0;
            Ok(())
        })
    }

    fn outbox_depth(&self) -> BoxFuture<'_, Result<OutboxDepth, StoreFault>> {
        self.at_once(refusal::READ, |state| {
            let parked = state.outbox.values().filter(|parcel| parcel.parked).count() as u64;
            Ok(OutboxDepth { waiting: state.outbox.len() as u64 - parked, parked })
        })
    }

    fn outbox_next_due(&self) -> BoxFuture<'_, Result<Option<u64>, StoreFault>> {
        self.at_once(refusal::READ, |state| {
            let waiting = state.outbox.values().filter(|parcel| !parcel.parked);
            Ok(waiting.map(|parcel| parcel.entry.due_ms.max(parcel.leased_until_ms)).min())
        })
    }

    fn exchange(
        &self,
        exchange: String,
    ) -> BoxFuture<'_, Result<Option<ExchangeRecord>, StoreFault>> {
        self.at_once(refusal::READ, |state| Ok(state.exchanges.get(&exchange).cloned()))
    }

    fn children(
        &self,
        parent: String,
        after: u64,
        most: usize,
    ) -> BoxFuture<'_, Result<Vec<ExchangeRecord>, StoreFault>> {
        self.at_once(refusal::READ, |state| {
            let indexes = state.children.get(&parent).into_iter().flatten();
            let indexes = indexes.filter(|(index, _)| *index > after).take(most);
            let records = indexes.filter_map(|(_, child)| state.exchanges.get(child));
            Ok(records.map(|record| ExchangeRecord { salt: None, ..record.clone() }).collect())
        })
    }

    fn answer(&self, exchange: String) -> BoxFuture<'_, Result<Option<StoredAnswer>, StoreFault>> {
        self.at_once(refusal::READ, |state| {
            let mut kept = state.keys.values();
            let kept = kept.find(|kept| kept.exchange == exchange);
            Ok(kept.and_then(|kept| kept.answer.clone()))
        })
    }

    fn leaves(
        &self,
        from: u64,
        most: usize,
    ) -> BoxFuture<'_, Result<Vec<(u64, Bytes)>, StoreFault>> {
        self.at_once(refusal::READ, |state| {
            let first = usize::try_from(from).unwrap_or(usize::MAX);
            let leaves = state.leaves.iter().skip(first).take(most).cloned();
            Ok((from..).zip(leaves).collect())
        })
    }

    fn checkpoint(&self) -> BoxFuture<'_, Result<Option<String>, StoreFault>> {
        self.at_once(refusal::READ, |state| {
            let (size, root) = (state.frontier.size(), state.frontier.root());
            let origin = self.key.verifier().origin().to_owned();
            Ok((size > 0).then(|| Checkpoint { origin, size, root }.sign(&self.key)))
        })
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), StoreFault>> {
        self.at_once(refusal::READY, |_| Ok(()))
    }

    fn close(&self) -> BoxFuture<'_, Result<(), StoreFault>> {
        self.state().closed = true;
        Box::pin(ready(Ok(())))
    }
}

impl State {
    fn append(&mut self, doing: &'static str, leaf: &Leaf) -> Result<u64, StoreFault> {
        if self.leaves.len() >= MEMORY_LEAVES_MAX {
            return Err(StoreFault::new(doing, "memory holds as many leaves as it may"));
        }
        let bytes = leaf.to_bytes().map_err(|fault| StoreFault::new(doing, fault))?;
        let index = self.frontier.size();
        self.frontier.append(Hash::of_leaf(&bytes));
        self.leaves.push(bytes.into());
        Ok(index)
    }

    fn open(
        &mut self,
        doing: &'static str,
        opening: Opening,
        salt: Salt,
    ) -> Result<u64, StoreFault> {
        if self.exchanges.contains_key(&opening.exchange) {
            return Err(StoreFault::new(doing, refusal::KNOWN_ALREADY));
        }
        let index = self.append(doing, &Leaf::Opening(opening.clone()))?;
        let exchange = opening.exchange.clone();
        if let Some(parent) = &opening.parent {
            self.children.entry(parent.clone()).or_default().push((index, exchange.clone()));
        }
        let record = ExchangeRecord { opening: (index, opening), closing: None, salt: Some(salt) };
        self.exchanges.insert(exchange, record);
        Ok(index)
    }

    fn begin(&mut self, begin: Begin) -> Result<Begun, StoreFault> {
        let Begin { opening, salt, outbox, idempotency } = begin;
        let at_ms = opening.at_ms;
        if let Some(asked) = &idempotency {
            let oldest = at_ms.saturating_sub(IDEMPOTENCY_KEPT_MS);
            let kept = self.keys.get(&asked.key).filter(|kept| kept.at_ms >= oldest);
            if let Some(kept) = kept {
                return Ok(kept.meets(asked));
            }
        }
        let exchange = opening.exchange.clone();
        let index = self.open(refusal::BEGIN, opening, salt)?;
        if let Some(Idempotency { key, message }) = idempotency {
            let (exchange, one_way) = (exchange.clone(), outbox.is_some());
            let oldest = at_ms.saturating_sub(IDEMPOTENCY_KEPT_MS);
            self.keys.retain(|_, kept| kept.at_ms >= oldest);
            self.key_of.insert(exchange.clone(), key);
            let kept = KeptKey { message, exchange, opening: index, one_way, at_ms, answer: None };
            self.keys.insert(key, kept);
        }
        if let Some(entry) = outbox {
            let entry = OutboxEntry { exchange: exchange.clone(), opening: index, ..entry };
            self.outbox.insert(exchange, Parcel { entry, leased_until_ms: 0, parked: false });
        }
        Ok(Begun::Opened(index))
    }

    fn finish(&mut self, finish: Finish) -> Result<u64, StoreFault> {
        let Finish { closing, answer } = finish;
        let fault = |reason| StoreFault::new(refusal::FINISH, reason);
        let exchange = closing.exchange.clone();
        let record = self.exchanges.get(&exchange).ok_or(fault(refusal::NOT_KNOWN))?;
        if record.closing.is_some() {
            return Err(fault(refusal::CLOSED_ALREADY));
        }
        if record.opening.0 != closing.opening {
            return Err(fault(refusal::OTHER_OPENING));
        }
        let index = self.append(refusal::FINISH, &Leaf::Closing(closing.clone()))?;
        self.settle_outbox(&exchange, closing.ending);
        self.settle_key(&exchange, closing.opening, answer);
        if let Some(record) = self.exchanges.get_mut(&exchange) {
            record.closing = Some((index, closing));
        }
        Ok(index)
    }

    fn settle_outbox(&mut self, exchange: &str, ending: Ending) {
        if ending != Ending::Parked {
            self.outbox.remove(exchange);
        } else if let Some(parcel) = self.outbox.get_mut(exchange) {
            parcel.parked = true;
        }
    }

    fn settle_key(
        &mut self,
        exchange: &str,
        opening: u64,
        answer: Option<(Idempotency, StoredAnswer)>,
    ) {
        let Some(key) = self.key_of.remove(exchange) else { return };
        let Some(kept) = self.keys.get_mut(&key).filter(|kept| kept.exchange == exchange) else {
            return;
        };
        if let Some((_, answer)) = answer {
            let exchange = exchange.to_owned();
            kept.answer = Some(StoredAnswer { exchange, opening, ..answer });
        } else if !kept.one_way {
            self.keys.remove(&key);
        }
    }

    fn refuse(&mut self, begin: Begin, closing: Closing) -> Result<u64, StoreFault> {
        if begin.opening.exchange != closing.exchange {
            return Err(StoreFault::new(refusal::REFUSE, refusal::NOT_KNOWN));
        }
        // Both leaves or none: what could fail for the second is tried first.
        let closing = Closing { opening: self.frontier.size(), ..closing };
        Leaf::Closing(closing.clone())
            .to_bytes()
            .map_err(|fault| StoreFault::new(refusal::REFUSE, fault))?;
        let opening = self.open(refusal::REFUSE, begin.opening, begin.salt)?;
        self.finish(Finish { closing, answer: None })?;
        Ok(opening)
    }
}

impl KeptKey {
    fn meets(&self, asked: &Idempotency) -> Begun {
        if self.message != asked.message {
            return Begun::KeyReused;
        }
        match &self.answer {
            // Accepted first, and so again: what was answered later is fetched.
            _ if self.one_way => {
                Begun::Accepted { exchange: self.exchange.clone(), opening: self.opening }
            }
            Some(answer) => Begun::Answered(answer.clone()),
            None => Begun::KeyUnderWay,
        }
    }
}
