//! The threads that judge.
//!
//! A compiled schema of the engine may move to a thread but not be shared, preparing it for judging
//! takes longer than judging, and names that it has met are never forgotten. So each schema has a
//! few threads that own one each. The first is there once the schema is compiled, the others when
//! all before them are at work. One that has learnt too much ends and is made anew.

use super::closure::Closure;
use super::engine::{Asked, CompiledSet, Found};
use crate::{Finding, code};
use sluse_xml::Document;
use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, TryLockError,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

/// How many threads judge for one schema at most.
const JUDGES_MAX: usize = 2;

/// Stack of a judging thread, in bytes: compiling a schema recurses as deep as its types do.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// Memory that names learnt from messages may take, in bytes, before a judge is made anew. The only
/// names learnt are those inside values, such as of `xs:QName`.
const LEARNT_BYTES_MAX: usize = 1024 * 1024;

struct Job {
    document: Arc<Document>,
    asked: Asked,
    answer: mpsc::SyncSender<Vec<Found>>,
}

struct Judge {
    jobs: mpsc::SyncSender<Job>,
}

/// All judges of one schema.
pub(super) struct Judges {
    closure: Arc<Closure>,
    seats: [Mutex<Option<Judge>>; JUDGES_MAX],
    next: AtomicUsize,
    /// How many threads were started so far.
    started: AtomicUsize,
}

impl Judges {
    /// Compiles a schema; the first judge is then at work.
    pub(super) fn compile(closure: Arc<Closure>) -> Result<Self, Finding> {
        let first = Judge::start(&closure)?;
        let judges = Self {
            closure,
            seats: [const { Mutex::new(None) }; _],
            next: AtomicUsize::new(0),
            started: AtomicUsize::new(1),
        };
        if let Some(seat) = judges.seats.first() {
            *lock(seat) = Some(first);
        }
        Ok(judges)
    }

    /// The path of the schema's entry.
    pub(super) fn entry(&self) -> &str {
        &self.closure.entry
    }

    /// How many threads were started so far, those that have ended counted.
    #[cfg(test)]
    pub(super) fn started(&self) -> usize {
        self.started.load(Ordering::Relaxed)
    }

    /// Judges a document. `None` where the engine broke down twice.
    pub(super) fn judge(&self, document: &Arc<Document>, asked: Asked) -> Option<Vec<Found>> {
        let mut seat = self.seat()?;
        // A judge that has ended is made anew once.
        (0..2).find_map(|_| {
            if seat.is_none() {
                self.started.fetch_add(1, Ordering::Relaxed);
                *seat = Judge::start(&self.closure).ok();
            }
            let found = seat.as_ref().and_then(|judge| judge.judge(document, asked));
            if found.is_none() {
                *seat = None;
            }
            found
        })
    }

    /// A seat that is free, or else the next one as soon as it is.
    fn seat(&self) -> Option<MutexGuard<'_, Option<Judge>>> {
        let free = self.seats.iter().find_map(|seat| match seat.try_lock() {
            Ok(seat) => Some(seat),
            Err(TryLockError::Poisoned(seat)) => Some(seat.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        });
        free.or_else(|| {
            let next = self.next.fetch_add(1, Ordering::Relaxed) % JUDGES_MAX;
            self.seats.get(next).map(lock)
        })
    }
}

impl Judge {
    /// Starts a thread, which compiles the schema first.
    fn start(closure: &Arc<Closure>) -> Result<Self, Finding> {
        let (jobs, waiting) = mpsc::sync_channel::<Job>(0);
        let (ready, compiled) = mpsc::sync_channel(1);
        let theirs = Arc::clone(closure);
        let work = move || match CompiledSet::compile(&theirs) {
            Ok(engine) => {
                if ready.send(Ok(())).is_ok() {
                    work(&engine, &waiting);
                }
            }
            // Nobody waits for it any more where it cannot be sent.
            Err(finding) => drop(ready.send(Err(finding))),
        };
        let started = thread::Builder::new()
            .name("sluse-xsd".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(work)
            .ok()
            .and_then(|_| compiled.recv().ok());
        started
            .unwrap_or_else(|| {
                let sentence = "the schema cannot be compiled: the engine broke down";
                Err(Finding::in_file(&closure.entry, code::SCHEMA_BROKEN, sentence))
            })
            .map(|()| Self { jobs })
    }

    fn judge(&self, document: &Arc<Document>, asked: Asked) -> Option<Vec<Found>> {
        let (answer, found) = mpsc::sync_channel(1);
        self.jobs.send(Job { document: Arc::clone(document), asked, answer }).ok()?;
        found.recv().ok()
    }
}

/// Judges until nobody asks any more or too many names were learnt.
fn work(engine: &CompiledSet, jobs: &mpsc::Receiver<Job>) {
    let judging = engine.judging();
    while let Ok(job) = jobs.recv() {
        let found = judging.judge(&job.document, job.asked);
        drop(job.document);
        // Whoever asked may have gone.
        let _ = job.answer.send(found);
        if engine.learnt_bytes() > LEARNT_BYTES_MAX {
            return;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
