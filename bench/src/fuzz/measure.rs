//! Time, memory and panics of one answer.
//!
//! Time is that of the clock, but no more than the CPU time that the process took: machines are shared.
//!
//! Memory is what the process grew by at its largest, as the kernel tells it (`VmHWM`, which it forgets on demand): an allocator that
//! counts would be exact to the byte, and would slow the other benches of this program. So that what was freed before does not hide
//! what is taken now, the process that judges gives large pieces back at once (see `driver`) and does not live long.

use std::{
    cell::RefCell,
    fs,
    panic::{self, AssertUnwindSafe},
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

/// Panics met so far, also those that an engine keeps to itself.
static PANICS: AtomicU64 = AtomicU64::new(0);
/// Where the last one was.
static PLACE: Mutex<String> = Mutex::new(String::new());

/// Notes panics instead of printing them.
pub(super) fn note_panics() {
    panic::set_hook(Box::new(|told| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        if let (Some(place), Ok(mut last)) = (told.location(), PLACE.lock()) {
            *last = format!("{}:{}", place.file(), place.line());
        }
    }));
}

/// The most that one case took, and what broke.
#[derive(Debug, Default)]
pub(super) struct Meter(RefCell<Reading>);

#[derive(Debug, Default, Clone)]
pub(super) struct Reading {
    /// Of the slowest answer.
    pub(super) ms: f64,
    /// Of the largest answer.
    pub(super) bytes: u64,
    /// Which answer was the slowest.
    pub(super) slowest: &'static str,
    /// Where a panic was.
    pub(super) panic: Option<String>,
}

impl Meter {
    /// Gives an answer; none where it panicked.
    pub(super) fn answer<T>(&self, name: &'static str, work: impl FnOnce() -> T) -> Option<T> {
        let panics = PANICS.load(Ordering::Relaxed);
        // Where the kernel does not forget, the largest so far is told, which is no less.
        let _ = fs::write("/proc/self/clear_refs", "5");
        let before = memory("VmRSS:");
        let (began, cpu) = (Instant::now(), cpu_ms());
        let done = panic::catch_unwind(AssertUnwindSafe(work));
        let ms = (began.elapsed().as_secs_f64() * 1_000.0).min(cpu_ms() - cpu + TICK_MS);
        let bytes = memory("VmHWM:").saturating_sub(before);
        let mut reading = self.0.borrow_mut();
        reading.bytes = reading.bytes.max(bytes);
        if ms > reading.ms {
            (reading.ms, reading.slowest) = (ms, name);
        }
        if PANICS.load(Ordering::Relaxed) > panics {
            let place = PLACE.lock().map(|place| place.clone()).unwrap_or_default();
            let kept = if done.is_ok() { ", kept by the engine" } else { "" };
            reading.panic = Some(format!("{name}: {place}{kept}"));
        }
        done.ok()
    }

    pub(super) fn reading(&self) -> Reading {
        self.0.borrow().clone()
    }
}

/// How finely the kernel tells CPU time (`proc_pid_stat(5)`, at the usual hundred ticks in a second).
const TICK_MS: f64 = 10.0;

/// CPU time of all threads of this process, those that have ended too.
fn cpu_ms() -> f64 {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = text.rsplit(')').next().unwrap_or_default();
    let times = after_name.split_ascii_whitespace().skip(11).take(2);
    times.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() * TICK_MS
}

fn memory(line: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status.lines().find_map(|each| each.strip_prefix(line));
    let kib = found.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}
