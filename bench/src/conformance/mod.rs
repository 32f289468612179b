//! Seeded faults: which of them a run of the suite finds, and what it finds where nothing is wrong.
//!
//! The reference system is started once for each fault of its list and once for each benign way of writing, and the
//! whole suite runs against it. A fault is found where the clause that it breaks failed; whatever else failed is told
//! beside it, to be read by hand. Where nothing is wrong, all that failed is a false alarm.

mod callers;
mod peers;
mod table;
mod xml;

use crate::Fault as Trouble;
use peers::{
    Failures,
    prism::{self, Proxy},
    schemathesis,
};
use sluse::{
    clock::SystemClock,
    reference::{
        Options, Reference,
        benign::Variant,
        faults::{Fault, Faults},
    },
    target::{
        Supplier,
        run::{Asked, Bench},
        subject::Subject,
    },
};
use sluse_conformance::{
    Role, RunResult,
    result::{CaseVerdict, RunOutcome},
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

/// What is measured.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only these faults
    #[arg(long, value_name = "FAULT")]
    fault: Vec<Fault>,
    /// Only systems whose names begin so, such as `documents:` or `soap: sound`
    #[arg(long, value_name = "WORD")]
    only: Option<String>,
    /// How often each is run; the verdicts must be the same each time
    #[arg(long, default_value_t = 1, value_name = "N")]
    turns: usize,
    /// Where schemathesis is, to run it against the same systems
    #[arg(long, value_name = "PROGRAM")]
    schemathesis: Option<PathBuf>,
    /// Most examples that schemathesis makes for each operation in each phase
    #[arg(long, default_value_t = 100, value_name = "N")]
    examples: u32,
    /// Where prism is, to stand as a proxy before the same systems while the suite runs once more
    #[arg(long, value_name = "PROGRAM")]
    prism: Option<PathBuf>,
    /// Where the results are kept
    #[arg(long, default_value = "bench/results/conformance.json", value_name = "FILE")]
    output: PathBuf,
}

impl Args {
    fn takes(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.starts_with(only.as_str()))
    }
}

/// What came of one system.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Row {
    /// The fault or the way of writing; `sound` for neither.
    pub(crate) system: String,
    /// The clause that is broken, where one is.
    pub(crate) clause: Option<&'static str>,
    /// The clauses that failed, and of those that only should be kept the ones that are not.
    pub(crate) failed: BTreeSet<String>,
    pub(crate) outcome: RunOutcome,
    /// Whether each turn gave each case the same verdict.
    pub(crate) same: bool,
    pub(crate) requests: u64,
    pub(crate) seconds: f64,
    /// What schemathesis tells; nothing where it was not asked.
    pub(crate) schemathesis: Option<Failures>,
    /// What prism tells of the answers; nothing where it was not asked.
    pub(crate) prism: Option<Failures>,
}

impl Row {
    /// Whether what is wrong was found; of a system without a fault, whether nothing was.
    pub(crate) fn is_right(&self) -> bool {
        match self.clause {
            Some(clause) => self.failed.contains(clause),
            None => self.failed.is_empty() && self.outcome == RunOutcome::Conforms,
        }
    }
}

/// Runs all that is asked for, prints the table and keeps it.
pub(crate) fn run(args: &Args) -> Result<(), Trouble> {
    let subject = Subject::load(sluse::reference::CONTRACT, Role::Provider)
        .map_err(|fault| Trouble::from(format!("the contract: {fault:?}")))?;
    let faults = if args.fault.is_empty() { Fault::ALL } else { &args.fault };
    let mut rows = Vec::new();
    let mut systems: Vec<(String, Option<&'static str>, Options)> =
        vec![("sound".into(), None, options())];
    for variant in Variant::ALL.iter().filter(|_| args.fault.is_empty()) {
        let options = Options { variants: [*variant].into_iter().collect(), ..options() };
        systems.push((variant.word().to_owned(), None, options));
    }
    for fault in faults {
        let seeded: Faults = [*fault].into_iter().collect();
        let options = Options { faults: seeded, ..options() };
        systems.push((fault.word().to_owned(), Some(fault.clause()), options));
    }
    for (name, clause, options) in systems.into_iter().filter(|(name, ..)| args.takes(name)) {
        let row = row(args, &subject, name, clause, &options)?;
        table::line(&row, rows.first().unwrap_or(&row));
        rows.push(row);
    }
    if args.fault.is_empty() && args.only.is_none() {
        let callers = callers::rows(args.turns)?;
        callers.iter().for_each(|row| table::line(row, row));
        rows.extend(callers);
    }
    if args.fault.is_empty() {
        rows.extend(xml::rows(args.turns, &|name| args.takes(name), &|row| table::line(row, row))?);
    }
    table::summary(&rows);
    table::keep(&args.output, &rows)
}

fn options() -> Options {
    Options::new(Arc::new(SystemClock))
}

fn row(
    args: &Args,
    subject: &Subject,
    system: String,
    clause: Option<&'static str>,
    options: &Options,
) -> Result<Row, Trouble> {
    let began = Instant::now();
    let mut first: Option<RunResult> = None;
    let (mut same, mut requests) = (true, 0);
    for _ in 0..args.turns.max(1) {
        let reference = start(options)?;
        let result = once(&reference, subject)?;
        requests = reference.asked();
        same &= first.as_ref().is_none_or(|first| verdicts(first) == verdicts(&result));
        first.get_or_insert(result);
    }
    let seconds = began.elapsed().as_secs_f64() / args.turns.max(1) as f64;
    let result = first.ok_or_else(|| Trouble::from("no turn was run".to_owned()))?;
    let failed = failed(&result);
    let of_schemathesis =
        |program: &PathBuf| schemathesis::run(program, args.examples, &start(options)?);
    let outcome = result.outcome;
    Ok(Row {
        system,
        clause,
        failed,
        outcome,
        same,
        requests,
        seconds,
        schemathesis: args.schemathesis.as_ref().map(of_schemathesis).transpose()?,
        prism: args.prism.as_ref().map(|program| behind(program, subject, options)).transpose()?,
    })
}

/// What prism tells of the answers to the suite's requests.
fn behind(program: &Path, subject: &Subject, options: &Options) -> Result<Failures, Trouble> {
    let reference = start(options)?;
    let proxy = Proxy::start(program, &reference)?;
    let address = proxy.url().parse().map_err(|_| Trouble::from("no address".to_owned()))?;
    let mut supplier = declared(&reference)?;
    // A proxy may leave out what says the version.
    (supplier.address, supplier.contract_version) = (address, None);
    let asked = Asked { keep_all: true, ..Asked::default() };
    Ok(prism::told(&called(&reference, subject, &supplier, &asked)))
}

fn start(options: &Options) -> Result<Reference, Trouble> {
    Reference::start(options.clone()).map_err(|fault| Trouble::from(format!("the system: {fault}")))
}

fn once(reference: &Reference, subject: &Subject) -> Result<RunResult, Trouble> {
    Ok(called(reference, subject, &declared(reference)?, &Asked::default()))
}

fn declared(reference: &Reference) -> Result<Supplier, Trouble> {
    reference.supplier().ok_or_else(|| Trouble::from("no supplier's file".to_owned()))
}

fn called(
    reference: &Reference,
    subject: &Subject,
    supplier: &Supplier,
    asked: &Asked,
) -> RunResult {
    let variable = |name: &str| reference.variable(name);
    let bench = Bench { supplier, subject, environment: &variable, clock: &SystemClock };
    bench.run(asked, &|_| {})
}

/// The clauses that a run tells broken.
fn failed(result: &RunResult) -> BTreeSet<String> {
    let broken = |verdict| matches!(verdict, CaseVerdict::Failed | CaseVerdict::Warning);
    let failed = result.clauses.iter().filter(|clause| broken(clause.verdict));
    failed.map(|clause| clause.id.clone()).collect()
}

/// Cases and their verdicts.
fn verdicts(result: &RunResult) -> Vec<(&str, CaseVerdict)> {
    result.cases.iter().map(|case| (case.id.as_str(), case.verdict)).collect()
}
