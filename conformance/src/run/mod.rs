//! Running cases against a system: slots are filled in, steps sent, answers judged, and each case gets its verdict.
//!
//! A run is a function of the cases and of what the system does: results stand in the order of the
//! cases, however many threads there are, and a case never sees what another one made. What is not
//! the system's fault never fails a clause: a preparation that fails leaves the case untested, and
//! credentials that are missing or refused are the set-up's.

mod attempt;
mod check;
mod judged;
mod keep;
mod say;
mod shake;
mod shown;
mod value;
mod walked;

pub use keep::KEPT_BODY_BYTES_MAX;
pub(crate) use keep::kept;
pub(crate) use value::payload;
pub(crate) use walked::BETWEEN;

use crate::{
    case::{Case, Play},
    result::{CaseResult, CaseVerdict},
    target::Target,
};
use attempt::Attempt;
use sluse_contracts::{Contract, clauses::Level};
use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// Most threads of a run.
pub const THREADS_MAX: usize = 32;
/// So many cases in a row that found no system end a run: the rest would tell the same.
pub const UNREACHABLE_IN_A_ROW_MAX: usize = 10;

/// What is asked of a run.
#[derive(Debug, Clone, Default)]
pub struct RunOptions {
    /// How many cases run at the same time; 0 is 1.
    pub threads: usize,
    /// Whether exchanges of cases that hold are kept too.
    pub keep_all: bool,
    /// The moment for rules that ask for today, in seconds since 1970-01-01T00:00:00Z.
    pub now_unix_seconds: Option<i64>,
    /// A header of answers that names the contract's version, in lower case, and what it said before the run: an answer
    /// that says otherwise comes from a system that was changed meanwhile.
    pub version: Option<(String, String)>,
}

/// Runs cases of one contract against one system.
#[derive(Clone, Copy)]
pub struct Runner<'r> {
    contract: &'r Contract,
    target: &'r dyn Target,
    options: &'r RunOptions,
}

impl std::fmt::Debug for Runner<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Runner({:?})", self.options)
    }
}

impl<'r> Runner<'r> {
    /// A runner of cases of this contract.
    pub fn new(contract: &'r Contract, target: &'r dyn Target, options: &'r RunOptions) -> Self {
        Self { contract, target, options }
    }

    /// Runs one case.
    pub fn run(&self, case: &Case) -> CaseResult {
        match &case.play {
            Play::Call(steps) => Attempt::new(*self, case).play(steps),
            Play::Shake(shake) => shake::play(self, case, *shake),
            Play::Listen(_) => {
                let reason = Some("the system is not called, but listened to".to_owned());
                CaseResult { reason, ..untested(case, CaseVerdict::NotApplicable) }
            }
        }
    }

    /// Runs all, and tells of each as it is done. The results stand in the order of the cases.
    ///
    /// Cases that look at what all leave behind ([`Case::alone`]) run before the others, one by one:
    /// what those make would only make it longer to look at. Then come those that only read, so that what a list holds
    /// does not depend on what is made at the same moment, and a run finds the same each time.
    pub fn run_all(&self, cases: &[&Case], tell: &(dyn Fn(&CaseResult) + Sync)) -> Vec<CaseResult> {
        let slots: Vec<Mutex<Option<CaseResult>>> =
            cases.iter().map(|_| Mutex::default()).collect();
        let silent = AtomicUsize::new(0);
        let work = |at: &usize| {
            let (Some(case), Some(slot)) = (cases.get(*at), slots.get(*at)) else { return };
            let result = if silent.load(Ordering::SeqCst) >= UNREACHABLE_IN_A_ROW_MAX {
                gone(case)
            } else {
                self.run(case)
            };
            note_silence(&silent, &result);
            tell(&result);
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        };
        let (alone, together): (Vec<usize>, Vec<usize>) =
            (0..cases.len()).partition(|at| cases.get(*at).is_some_and(|case| case.alone));
        let (reading, writing): (Vec<usize>, Vec<usize>) = together
            .into_iter()
            .partition(|at| cases.get(*at).is_some_and(|case| case.play.only_reads()));
        alone.iter().for_each(work);
        self.in_threads(&reading, &work);
        self.in_threads(&writing, &work);
        let taken = slots.into_iter().zip(cases).map(|(slot, case)| {
            slot.into_inner().unwrap_or_else(PoisonError::into_inner).unwrap_or_else(|| gone(case))
        });
        taken.collect()
    }

    fn in_threads(&self, all: &[usize], work: &(dyn Fn(&usize) + Sync)) {
        let next = AtomicUsize::new(0);
        let threads = self.options.threads.clamp(1, THREADS_MAX).min(all.len());
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while let Some(at) = all.get(next.fetch_add(1, Ordering::SeqCst)) {
                        work(at);
                    }
                });
            }
        });
    }
}

/// Counts cases in a row that found no system.
fn note_silence(silent: &AtomicUsize, result: &CaseResult) {
    let unreachable = result.verdict == CaseVerdict::SetUp
        && result.exchanges.iter().all(|exchange| exchange.answer.is_none())
        && !result.exchanges.is_empty();
    if unreachable {
        silent.fetch_add(1, Ordering::SeqCst);
    } else if !result.exchanges.is_empty() || result.verdict == CaseVerdict::Passed {
        let low = |count: usize| (count < UNREACHABLE_IN_A_ROW_MAX).then_some(0);
        // Once it is over, it stays over.
        let _ = silent.fetch_update(Ordering::SeqCst, Ordering::SeqCst, low);
    }
}

fn gone(case: &Case) -> CaseResult {
    let reason = format!(
        "the system could not be reached in {UNREACHABLE_IN_A_ROW_MAX} cases in a row, so the run stopped calling it"
    );
    CaseResult { reason: Some(reason), ..untested(case, CaseVerdict::SetUp) }
}

/// A result without anything that was sent.
pub(crate) fn untested(case: &Case, verdict: CaseVerdict) -> CaseResult {
    CaseResult {
        id: case.id.clone(),
        sentence: case.sentence.clone(),
        clause: case.clause.clone(),
        kind: case.kind,
        operation: case.operation.clone(),
        constraint: case.constraint.clone(),
        verdict,
        reason: None,
        differences: Vec::new(),
        exchanges: Vec::new(),
        renewed: Vec::new(),
        micros: 0,
    }
}

/// What a case that does not hold is called: only who breaks a MUST fails.
fn failed(case: &Case) -> CaseVerdict {
    if case.level == Level::Must { CaseVerdict::Failed } else { CaseVerdict::Warning }
}

#[cfg(test)]
pub(crate) mod tests;
