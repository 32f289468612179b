//! Documents, schemas and rule sets that are mutated by chance and by a seed: does every one get an answer, soon and in little memory?
//!
//! A mutant is judged in a process of its own kind (`worker`), so that one that breaks it down or never ends is told like any other.
//! Nothing is asserted of single verdicts here, but two ways must say the same: the tree and the stream.

mod case;
mod document;
mod driver;
mod json;
mod material;
mod measure;
mod rules;
mod schema;
mod sets;
mod tally;
mod text;
pub(crate) mod worker;

use crate::{Fault, differential, report};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;
use tally::Tally;

/// A case that takes longer is a fault.
const ANSWER_MS_MAX: f64 = 1_000.0;
/// A case that takes more memory is a fault.
const ANSWER_BYTES_MAX: u64 = 256 << 20;
/// Cases of one process: it does not live long, so that what it forgot does not hide what a case takes.
const CASES_MAX: u64 = 1_000;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder of corpora; where it is absent, that of `SLUSE_SHARED`
    #[arg(long)]
    corpora: Option<PathBuf>,
    /// Where chance begins; the same seed gives the same mutants
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Mutated documents, of all sets together
    #[arg(long, default_value_t = 100_000)]
    documents: u64,
    /// Mutated schemas and rule sets, of all sets together
    #[arg(long, default_value_t = 20_000)]
    schemas: u64,
    /// One case again, as it was told: `set/documents/17` or `set/schemas/17`
    #[arg(long)]
    only: Option<String>,
    /// Only sets whose name has this in it
    #[arg(long, default_value = "")]
    sets: String,
    /// Where to put the mutants of cases that fail, or of the one that is asked for
    #[arg(long)]
    keep: Option<PathBuf>,
    /// Processes that judge at the same time; 0: as many as there are cores
    #[arg(long, default_value_t = 0)]
    jobs: usize,
    /// Where the results go
    #[arg(long, default_value = "bench/results/fuzz.json")]
    results: PathBuf,
}

/// Which part of a contract is mutated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum What {
    Documents,
    Schemas,
}

impl What {
    fn name(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Schemas => "schemas",
        }
    }
}

/// Runs all cases; whether none failed.
pub(crate) fn run(args: &Args) -> Result<bool, Fault> {
    let corpora = differential::corpora(args.corpora.as_ref())?;
    if let Some(only) = &args.only {
        return again(args, &corpora, only);
    }
    let sets: Vec<&sets::Set> =
        sets::SETS.iter().filter(|set| set.name.contains(&args.sets)).collect();
    let tally = Mutex::new(Tally::default());
    let waiting = Mutex::new(stretches(args, &sets));
    let cores = || thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let jobs = if args.jobs == 0 { cores() } else { args.jobs };
    thread::scope(|scope| {
        let work = || work(args, &corpora, &waiting, &tally);
        let working: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        let broken = |_| Fault::from("counting broke down");
        working.into_iter().try_for_each(|each| each.join().map_err(broken)?)
    })?;
    let tally = tally.into_inner().map_err(|_| "counting broke down")?;
    tally.say();
    tally.write(args)?;
    Ok(tally.failures() == 0)
}

/// Cases of one set that one process judges.
struct Stretch {
    set: &'static str,
    what: What,
    from: u64,
    to: u64,
}

/// All cases, in stretches; the last is begun first.
fn stretches(args: &Args, sets: &[&'static sets::Set]) -> Vec<Stretch> {
    let mut all = Vec::new();
    for (at, set) in sets.iter().enumerate() {
        let counts = [
            (What::Documents, share(args.documents, at, sets, |_| 1)),
            (What::Schemas, share(args.schemas, at, sets, |set| set.weight)),
        ];
        for (what, count) in counts {
            let begins = (0..count).step_by(usize::try_from(CASES_MAX).unwrap_or(1));
            all.extend(begins.map(|from| {
                let to = count.min(from + CASES_MAX);
                Stretch { set: set.name, what, from, to }
            }));
        }
    }
    all.reverse();
    all
}

/// Takes stretches as long as there are any.
fn work(
    args: &Args,
    corpora: &Path,
    waiting: &Mutex<Vec<Stretch>>,
    tally: &Mutex<Tally>,
) -> Result<(), Fault> {
    let next = || waiting.lock().map_or(None, |mut waiting| waiting.pop());
    while let Some(stretch) = next() {
        let Stretch { set, what, from, to } = stretch;
        let job = driver::Job { corpora, set, what, seed: args.seed };
        driver::run(&job, (from, to), &mut |outcomes| {
            let failed = tally.lock().is_ok_and(|mut tally| tally.count(set, what, outcomes));
            if failed && args.keep.is_some() {
                let _ = driver::keep(&job, outcomes.number, args.keep.as_deref());
            }
        })?;
        if let Ok(tally) = tally.lock() {
            report::line(&tally.so_far(set, what));
        }
    }
    Ok(())
}

/// The share of one of some sets; all shares together are the whole.
fn share(count: u64, at: usize, sets: &[&sets::Set], weight: fn(&sets::Set) -> u64) -> u64 {
    let before = |end: usize| sets.iter().take(end).map(|set| weight(set)).sum::<u64>();
    let up_to = |end: usize| count * before(end) / before(sets.len()).max(1);
    up_to(at + 1) - up_to(at)
}

/// One case in this process, its files kept.
fn again(args: &Args, corpora: &Path, only: &str) -> Result<bool, Fault> {
    let mut parts = only.split('/');
    let (Some(set), Some(what), Some(number), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err("a case is written set/documents/17 or set/schemas/17".into());
    };
    let what = match what {
        "documents" => What::Documents,
        "schemas" => What::Schemas,
        _ => return Err("a case is of documents or of schemas".into()),
    };
    let number: u64 = number.parse()?;
    let job = driver::Job { corpora, set, what, seed: args.seed };
    let mut tally = Tally::default();
    driver::one(&job, number, args.keep.as_deref(), &mut |outcomes| {
        tally.count(set, what, outcomes);
        report::line(&format!("{outcomes:?}"));
    })?;
    tally.say();
    Ok(tally.failures() == 0)
}
