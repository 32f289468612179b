//! Adapters that are other programs: each runs in processes that are kept, and bounded in time, memory and answers.
//!
//! A process has one message under way. One that fails in any way is stopped and never used again, so that what is left of
//! one message cannot become part of another; how often new ones are started is bounded too. What a program writes to its
//! standard error may quote a message: it is shown offline, and thrown away where the gateway runs.
//!
//! Translating blocks: it is called from threads that may. Tasks wait for a place before, and hold no thread meanwhile.

mod input;
mod message;
mod process;

pub use process::Errors;

use crate::fault::Fault;
use http::StatusCode;
use process::Process;
use sluse_adapters::{fault, frames::Frame, mapping::Way, program::Program};
use sluse_contracts::code;
use std::{
    collections::VecDeque,
    fmt,
    io::{self, Read},
    path::PathBuf,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// The time within which starts are counted.
const MINUTE: Duration = Duration::from_mins(1);

/// A program with its processes.
pub struct External {
    program: Program,
    /// The adapter's folder: relative files of the command stand there, and the program runs there.
    folder: PathBuf,
    errors: Errors,
    pool: Mutex<Pool>,
    freed: Condvar,
    /// As many as there may be processes: who waits here holds no thread.
    places: Arc<Semaphore>,
}

/// Leave to have a message translated, until it is dropped.
#[derive(Debug)]
pub struct Place {
    /// Until when the message is to be translated.
    deadline: Instant,
    _permit: OwnedSemaphorePermit,
}

#[derive(Default)]
struct Pool {
    idle: Vec<Process>,
    n_running: usize,
    /// When processes were started, the latest last; none is older than a minute.
    starts: VecDeque<Instant>,
}

/// Why a program's answer is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It refuses the message.
    #[error("the program refuses the message")]
    Refused(Box<fault::Fault>),
    /// It failed, or broke a limit.
    #[error("{0}")]
    Program(Broken),
    /// The message cannot be read.
    #[error("the message cannot be read")]
    Source(#[source] io::Error),
    /// What became of the message cannot be kept.
    #[error("what became of the message cannot be written")]
    Target(#[source] io::Error),
}

/// How a program failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Broken {
    /// It is not there, or may not be run.
    NotStarted,
    /// It was started too often within a minute.
    TooManyStarts,
    /// Every process had a message under way for as long as a message may take.
    Busy,
    /// It took longer than the limit.
    TooSlow,
    /// It ended.
    Ended,
    /// It answered more than the limit.
    TooLarge,
    /// It wrote what is no frame, one that it may not send, or something that nothing asked for.
    NoFrame,
}

/// Whether a program here is kept from the network: not every system lets an unprivileged process give it up.
pub fn refuses_network() -> bool {
    process::refuses_network()
}

/// Whether a program here takes all that it started with it when it is stopped, also what has left its group: not every system lets
/// an unprivileged process have a numbering of processes of its own.
pub fn ends_all() -> bool {
    process::ends_all()
}

impl Broken {
    /// Why an exchange did not complete for it: nothing was sent on.
    pub const fn fault(self) -> Fault {
        let fault = Fault::gateway(code::PROGRAM_FAILED, StatusCode::SERVICE_UNAVAILABLE);
        fault.detail(self.sentence())
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::NotStarted => "It cannot be started.",
            Self::TooManyStarts => "It was started as often as it may be within a minute.",
            Self::Busy => "All its processes are busy.",
            Self::TooSlow => "It took longer than the limit.",
            Self::Ended => "It ended before its answer was whole.",
            Self::TooLarge => "Its answer is larger than the limit.",
            Self::NoFrame => "What it answered is not as the frames demand.",
        }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}

impl External {
    /// A program that is started when the first message comes.
    pub fn new(program: Program, folder: PathBuf, errors: Errors) -> Self {
        let places = Arc::new(Semaphore::new(program.processes_max));
        let (pool, freed) = (Mutex::default(), Condvar::new());
        Self { program, folder, errors, pool, freed, places }
    }

    /// What is run, and its limits.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Waits for a process to be free, as long as a message may take; whoever translates from a task asks first.
    ///
    /// # Errors
    /// Where none becomes free.
    pub async fn place(&self) -> Result<Place, Broken> {
        let limit = Duration::from_millis(self.program.time_ms_max);
        let deadline = self.deadline();
        let place = timeout(limit, Arc::clone(&self.places).acquire_owned()).await;
        let _permit = place.ok().and_then(Result::ok).ok_or(Broken::Busy)?;
        Ok(Place { deadline, _permit })
    }

    /// Until when a message that comes now is to be translated.
    fn deadline(&self) -> Instant {
        Instant::now() + Duration::from_millis(self.program.time_ms_max)
    }

    /// Has the program translate a message. What became of it is given to `take` as it comes; where there is a failure, what
    /// was given is not to be used.
    ///
    /// # Errors
    /// Where the program refuses the message or fails, within its limits.
    pub fn translate<R: Read + Send>(
        &self,
        way: Way,
        media_type: &str,
        message: R,
        take: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), Failure> {
        self.translate_until(self.deadline(), (way, media_type), message, take)
    }

    /// The same, with a place that was waited for: its wait counts.
    ///
    /// # Errors
    /// Where the program refuses the message or fails, within its limits.
    pub fn translate_in<R: Read + Send>(
        &self,
        place: &Place,
        (way, media_type): (Way, &str),
        message: R,
        take: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), Failure> {
        self.translate_until(place.deadline, (way, media_type), message, take)
    }

    fn translate_until<R: Read + Send>(
        &self,
        deadline: Instant,
        (way, media_type): (Way, &str),
        message: R,
        take: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let mut process = self.process(deadline).map_err(Failure::Program)?;
        let begin = Frame::Begin(way, media_type);
        let done = message::exchange(&mut process, &begin, message, take, &self.program, deadline);
        // A refusal is an answer like any other; after a failure what may still come is not known.
        let may_go_on = matches!(done, Ok(()) | Err(Failure::Refused(_))) && !process.has_more();
        self.give_back(may_go_on.then_some(process));
        done
    }

    /// A process that has nothing under way.
    fn process(&self, deadline: Instant) -> Result<Process, Broken> {
        let mut pool = self.pool();
        loop {
            while let Some(process) = pool.idle.pop() {
                if process.is_ready() {
                    return Ok(process);
                }
                // It ended, or wrote something that nothing asked for.
                pool.n_running -= 1;
            }
            if pool.n_running < self.program.processes_max {
                break;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Broken::Busy);
            }
            (pool, _) = self.freed.wait_timeout(pool, left).unwrap_or_else(PoisonError::into_inner);
        }
        let now = Instant::now();
        while pool.starts.front().is_some_and(|start| now.duration_since(*start) > MINUTE) {
            pool.starts.pop_front();
        }
        if pool.starts.len() >= self.program.starts_per_minute_max {
            return Err(Broken::TooManyStarts);
        }
        pool.starts.push_back(now);
        pool.n_running += 1;
        drop(pool);
        Process::start(&self.program, &self.folder, self.errors)
            .inspect_err(|_| self.give_back(None))
    }

    fn give_back(&self, process: Option<Process>) {
        let mut pool = self.pool();
        match process {
            Some(process) => pool.idle.push(process),
            None => pool.n_running = pool.n_running.saturating_sub(1),
        }
        drop(pool);
        self.freed.notify_one();
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for External {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("External").field("folder", &self.folder).finish_non_exhaustive()
    }
}
