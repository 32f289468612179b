//! Our own judging, and the front end's validator, each in a process of its own.

use super::peers::Measured;
use crate::{Fault, front_end, setup, sources};
use serde_json::{Value, json};
use sluse_schematron::{CompileOptions, JudgeOptions, RuleSet};
use sluse_xml::{Document, Limits, Reader};
use sluse_xsd::{Asked, Budget, Schema};
use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};
use xsd_schema::{
    SchemaSet,
    validation::{CollectingValidationSink, SchemaValidator, ValidationFlags, drive_quick_xml},
};

/// What such a process is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct XsdArgs {
    /// `stream`, `tree` or `xsd-schema`
    way: String,
    schema: PathBuf,
    document: PathBuf,
    count: u64,
    #[arg(long, default_value_t = 1)]
    threads: usize,
}

/// What such a process is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct RulesArgs {
    document: PathBuf,
    #[arg(required = true)]
    rules: Vec<PathBuf>,
    #[arg(long)]
    count: u64,
    #[arg(long, default_value_t = 1)]
    threads: usize,
}

/// Documents up to here are in memory before the clock is looked at.
const IN_MEMORY_BYTES_MAX: u64 = 256 << 20;
const ASKED: Asked = Asked { show_values: false, violations_max: 1_000 };

/// How a way is called in the table.
pub(super) fn name(way: &str) -> &'static str {
    match way {
        "stream" => "Sluse, stream",
        "tree" => "Sluse, tree",
        _ => "xsd-schema",
    }
}

/// Runs a way in a process of its own.
pub(super) fn in_process(part: &[&str], paths: &[&Path], count: u64) -> Result<Measured, Fault> {
    Measured::of(&mut command(part, paths, count)?)?
        .ok_or_else(|| format!("{part:?} failed").into())
}

/// How many times as many documents two threads judge in the same time as one.
pub(super) fn throughput(part: &[&str], paths: &[&Path], count: u64) -> Result<Value, Fault> {
    let seconds = |threads: &str| -> Result<f64, Fault> {
        let mut command = command(part, paths, count)?;
        command.args(["--threads", threads]);
        let measured = Measured::of(&mut command)?.ok_or_else(|| format!("{part:?} failed"))?;
        Ok(measured.wall_seconds)
    };
    let (one, two) = (seconds("1")?, seconds("2")?);
    // With two threads each judges as many as the one did.
    Ok(json!(super::table::round(2.0 * one / two)))
}

fn command(part: &[&str], paths: &[&Path], count: u64) -> Result<std::process::Command, Fault> {
    let mut command = setup::part(part)?;
    command.args(paths);
    if part.first() == Some(&"judge-rules") {
        command.arg("--count");
    }
    command.arg(count.to_string());
    Ok(command)
}

/// Judges by a schema, `count` times in each thread.
pub(crate) fn xsd(args: &XsdArgs) -> Result<(), Fault> {
    let sources = sources::gather(&args.schema)?;
    if args.way == "xsd-schema" {
        let set = front_end::compile(&sources)?;
        let bytes = fs::read(&args.document)?;
        // Its schemas cannot be shared between threads.
        let validator = SchemaValidator::new(&set, ValidationFlags::default());
        say(&measure_here(args.count, &|| Ok(judge_peer(&set, &validator, &bytes)))?);
        return Ok(());
    }
    let (schema, faults) =
        Schema::compile(&sources.documents, &[&sources.entry], &Budget::default());
    let schema = schema.ok_or_else(|| format!("{faults:?}"))?;
    let large = fs::metadata(&args.document)?.len() > IN_MEMORY_BYTES_MAX;
    let bytes = if large { Vec::new() } else { fs::read(&args.document)? };
    let judge = || -> Result<usize, Fault> {
        if args.way == "tree" {
            let document = Document::parse(&bytes, None, &limits())?;
            return Ok(schema.judge(&document, ASKED).len());
        }
        let found = if large {
            let file = fs::File::open(&args.document)?;
            schema.judge_stream(Reader::new(file, None, limits())?, ASKED)
        } else {
            schema.judge_stream(Reader::new(&bytes[..], None, limits())?, ASKED)
        };
        Ok(found?.len())
    };
    say(&measure(args.threads, args.count, !large, &judge)?);
    Ok(())
}

/// Judges by rule sets, `count` times in each thread; reading the document is part of it.
pub(crate) fn rules(args: &RulesArgs) -> Result<(), Fault> {
    let sets: Vec<RuleSet> =
        args.rules.iter().map(|path| rule_set(path)).collect::<Result<_, _>>()?;
    let bytes = fs::read(&args.document)?;
    let options = JudgeOptions { steps_max: u64::MAX, ..JudgeOptions::default() };
    let judge = || -> Result<usize, Fault> {
        let document = Document::parse(&bytes, None, &limits())?;
        Ok(sets.iter().map(|set| set.judge(&document, &options).fired.len()).sum())
    };
    say(&measure(args.threads, args.count, true, &judge)?);
    Ok(())
}

fn limits() -> Limits {
    Limits { tree_bytes_max: 4 << 30, ..Limits::default() }
}

fn rule_set(path: &Path) -> Result<RuleSet, Fault> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let entry = path.file_name().and_then(|name| name.to_str()).ok_or("no file name")?;
    let files = |path: &str| fs::read(folder.join(path)).ok().map(Arc::from);
    let (rules, faults) = RuleSet::compile(entry, &files, &CompileOptions::default());
    rules.ok_or_else(|| format!("{faults:?}").into())
}

/// Judges in threads, once each to warm up; tells CPU time of all, wall time, and what was found.
fn measure(
    threads: usize,
    count: u64,
    warm: bool,
    judge: &(dyn Fn() -> Result<usize, Fault> + Sync),
) -> Result<Value, Fault> {
    let began = Instant::now();
    let parts: Result<Vec<(f64, usize)>, Fault> = std::thread::scope(|scope| {
        let parts: Vec<_> =
            (0..threads).map(|_| scope.spawn(|| measure_thread(count, warm, judge))).collect();
        let broken = |_| Fault::from("judging broke down");
        parts.into_iter().map(|part| part.join().map_err(broken)?).collect()
    });
    Ok(told(&parts?, began))
}

/// Judges `count` times in this thread, and tells what came of it.
pub(super) fn repeat(count: u64, judge: &dyn Fn() -> Result<usize, Fault>) -> Result<(), Fault> {
    say(&measure_here(count, judge)?);
    Ok(())
}

fn measure_here(count: u64, judge: &dyn Fn() -> Result<usize, Fault>) -> Result<Value, Fault> {
    let began = Instant::now();
    Ok(told(&[measure_thread(count, true, judge)?], began))
}

fn measure_thread(
    count: u64,
    warm: bool,
    judge: &dyn Fn() -> Result<usize, Fault>,
) -> Result<(f64, usize), Fault> {
    let mut found = if warm { judge()? } else { 0 };
    let began = cpu_seconds();
    for _ in 0..count {
        found = judge()?;
    }
    Ok((cpu_seconds() - began, found))
}

fn told(parts: &[(f64, usize)], began: Instant) -> Value {
    json!({
        "cpu_seconds": parts.iter().map(|part| part.0).sum::<f64>(),
        "wall_seconds": began.elapsed().as_secs_f64(),
        "fired": parts.first().map_or(0, |part| part.1),
        "peak_bytes": peak_bytes(),
    })
}

/// CPU time of this thread: the first number, in nanoseconds.
pub(crate) fn cpu_seconds() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text.split(' ').next().and_then(|number| number.parse::<f64>().ok());
    nanos.unwrap_or(0.0) / 1e9
}

pub(crate) fn peak_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = peak.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

#[expect(clippy::print_stdout, reason = "the process that asked reads it")]
fn say(value: &Value) {
    println!("{value}");
}

fn judge_peer(set: &SchemaSet, validator: &SchemaValidator<'_>, bytes: &[u8]) -> usize {
    let (mut errors, mut warnings) = (Vec::new(), Vec::new());
    let sink = CollectingValidationSink { errors: &mut errors, warnings: &mut warnings };
    let mut run = validator.start_run(sink);
    run.set_unparsed_entities(HashSet::new());
    let read = drive_quick_xml(bytes, &mut run, set).is_ok();
    drop(run);
    errors.len() + usize::from(!read)
}
