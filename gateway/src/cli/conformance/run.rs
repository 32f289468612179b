//! `sluse conformance run`: all cases against the supplier's system, and what came of them.

use super::{
    Exit, Output,
    desk::{Desk, DeskArgs},
    doctor, list,
};
use crate::{
    cli::{Style, progress::Progress},
    config::reason,
    target::run::{Asked, Told},
};
use serde_json::json;
use sluse_conformance::{
    Role, RunResult, bundle,
    bundle::About,
    mask::mask,
    report::{self, Language},
    result::{CaseResult, CaseVerdict, Digested, RunOutcome, SetUp},
    settle,
};
use sluse_contracts::files::FileDigest;
use sluse_ledger::SigningKey;
use std::{
    collections::BTreeSet,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

/// Largest result that is read again, in bytes.
const RESULT_BYTES_MAX: u64 = 512 << 20;

/// Run the cases of a contract against a system
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse conformance run\n  \
    sluse conformance run --dry-run\n  \
    sluse conformance run --only-failed conformance-result.json\n  \
    sluse conformance run --junit junit.xml --html report.html\n  \
    sluse conformance run --clause PE-3 --rate 10 --time 60\n\n\
    Begins with what `sluse conformance doctor` looks at. Exit status: 0 the system conforms, 1 it breaks a clause,\n\
    2 the run could not begin, 3 no verdict: nothing or only a part was tested, or the set-up is at fault.")]
pub(super) struct Args {
    #[command(flatten)]
    desk: DeskArgs,
    /// Only cases of this clause, or of those whose names begin so; such a run never conforms
    #[arg(long, value_name = "ID")]
    clause: Vec<String>,
    /// Only cases that did not pass in this result; such a run never conforms
    #[arg(long, value_name = "RESULT")]
    only_failed: Option<PathBuf>,
    /// List the cases and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Most requests in a second, in place of `rate-per-second`
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    rate: Option<u64>,
    /// Longest that the run may take, in seconds, in place of `time-max-s`
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    time: Option<u64>,
    /// Cases at the same time, in place of `threads`
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=32))]
    parallel: Option<u64>,
    /// For a consumer: where to listen, in place of the address in the file
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Where the result is written
    #[arg(long, value_name = "FILE", default_value = "conformance-result.json")]
    result: PathBuf,
    /// Write a report for continuous integration as well
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write a report for people as well: one file that works offline
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write evidence as well: the result, signed, personal data masked
    #[arg(long, value_name = "FILE", requires = "key")]
    bundle: Option<PathBuf>,
    /// The key that evidence is signed with; `sluse key new NAME` makes one
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The language of reports
    #[arg(long, alias = "lang", value_enum, default_value_t, value_name = "LANGUAGE")]
    language: Tongue,
}

/// The language of reports.
#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
pub(super) enum Tongue {
    /// English.
    #[default]
    En,
    /// Danish.
    Da,
}

impl Tongue {
    pub(super) fn language(self) -> Language {
        match self {
            Self::En => Language::English,
            Self::Da => Language::Danish,
        }
    }
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let mut desk = match Desk::open(&args.desk, output) {
        Ok(desk) => desk,
        Err(exit) => return exit,
    };
    let asked = match asked(args, &desk, output) {
        Ok(asked) => asked,
        Err(exit) => return exit,
    };
    let limits = &mut desk.supplier.limits;
    limits.rate_per_second = args.rate.unwrap_or(limits.rate_per_second);
    limits.time_max = args.time.map_or(limits.time_max, Duration::from_secs);
    let parallel = args.parallel.and_then(|n| usize::try_from(n).ok());
    limits.threads = parallel.unwrap_or(limits.threads);
    if args.dry_run {
        let bench = desk.bench();
        let cases = bench.cases(&asked);
        list::show(&cases, output);
        list::notes(&desk.subject.plan, output);
        return if cases.is_empty() { Exit::NoVerdict } else { Exit::Fine };
    }
    let key = match args.key.as_deref().map(|file| signing_key(file, &desk)).transpose() {
        Ok(key) => key,
        Err(why) => {
            let exit = output.error(why);
            output.hint("`sluse key new NAME --origin ORIGIN` makes one");
            return exit;
        }
    };
    let result = match desk.supplier.role {
        Role::Provider => watched(output, |tell| Ok(desk.bench().run(&asked, tell))),
        Role::Consumer => match listening(args.listen, &desk, output) {
            Ok(at) => watched(output, |tell| desk.bench().listen(&asked, at, tell)),
            Err(exit) => return exit,
        },
    };
    let result = match result {
        Ok(result) => result,
        Err(fault) => {
            return output.error(format_args!("it cannot be listened: {}", reason(&fault)));
        }
    };
    let written = write(args, &desk, key.as_ref(), &result, output);
    tell(&result, args.language.language(), output);
    if let Err(exit) = written {
        return exit;
    }
    exit(result.outcome)
}

/// The exit status that goes with an outcome.
pub(super) fn exit(outcome: RunOutcome) -> Exit {
    match outcome {
        RunOutcome::Conforms => Exit::Fine,
        RunOutcome::Breaches => Exit::Found,
        RunOutcome::NoVerdict => Exit::NoVerdict,
    }
}

/// Which cases are asked for.
fn asked(args: &Args, desk: &Desk, output: &mut Output) -> Result<Asked, Exit> {
    let keep_all = args.bundle.is_some();
    let mut words = Vec::new();
    let mut ids: BTreeSet<String> =
        desk.subject.plan.cases.iter().map(|case| case.id.to_string()).collect();
    if !args.clause.is_empty() {
        words.push(format!("clauses {}", args.clause.join(", ")));
        let cases = desk.subject.plan.cases.iter();
        let fitting: BTreeSet<String> = cases
            .filter(|case| list::is_of(case, &args.clause))
            .map(|case| case.id.to_string())
            .collect();
        ids.retain(|id| fitting.contains(id));
    }
    if let Some(file) = &args.only_failed {
        words.push("cases that did not pass before".to_owned());
        let before = read_result(file).map_err(|why| output.error(why))?;
        let failed: BTreeSet<String> = before
            .cases
            .iter()
            .filter(|case| {
                !matches!(case.verdict, CaseVerdict::Passed | CaseVerdict::NotApplicable)
            })
            .map(|case| case.id.to_string())
            .collect();
        ids.retain(|id| failed.contains(id));
    }
    let only = (!words.is_empty()).then(|| (ids, words.join("; ")));
    Ok(Asked { only, keep_all })
}

fn read_result(file: &Path) -> Result<RunResult, String> {
    let shown = file.display();
    let size = fs::metadata(file).map_err(|fault| format!("`{shown}`: {}", reason(&fault)))?.len();
    if size > RESULT_BYTES_MAX {
        return Err(format!("`{shown}` is larger than {RESULT_BYTES_MAX} bytes"));
    }
    let bytes = fs::read(file).map_err(|fault| format!("`{shown}`: {}", reason(&fault)))?;
    serde_json::from_slice(&bytes).map_err(|_| format!("`{shown}` is no result of a run"))
}

/// What passes from the run to the screen.
enum News {
    SetUp(SetUp),
    Begins(usize),
    Case(Box<CaseResult>),
    Waits(Vec<String>),
}

/// Where a consumer calls us: without a certificate of ours, on this machine alone.
pub(super) fn listening(
    given: Option<SocketAddr>,
    desk: &Desk,
    output: &mut Output,
) -> Result<SocketAddr, Exit> {
    let address = &desk.supplier.address;
    let host = address.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let host = if host == "localhost" { "127.0.0.1" } else { host };
    let usual = if address.scheme_str() == Some("https") { 443 } else { 80 };
    let port = address.port_u16().unwrap_or(usual);
    let named = host.parse().ok().map(|ip| SocketAddr::new(ip, port));
    let Some(at) = given.or(named) else {
        let exit = output.error("`address` is no address of this machine that can be listened at");
        output.hint("give one with --listen, such as 127.0.0.1:8080");
        return Err(exit);
    };
    let (has_tls, wants_tls) =
        (desk.supplier.tls.own.is_some(), address.scheme_str() == Some("https"));
    if !has_tls && (wants_tls || !at.ip().is_loopback()) {
        let exit =
            output.error("without TLS, only an address of this machine alone may be listened at");
        output.hint("name our certificate and its key as `certificate` and `key` of [tls], or let a proxy with TLS stand before 127.0.0.1");
        return Err(exit);
    }
    Ok(at)
}

/// Runs, and shows what happens as it happens.
pub(super) fn watched<T>(
    output: &mut Output,
    run: impl FnOnce(&(dyn Fn(Told<'_>) + Sync)) -> T,
) -> T {
    let (news, heard) = mpsc::channel();
    let news = Mutex::new(news);
    thread::scope(|scope| {
        scope.spawn(move || follow(&heard, output));
        let result = run(&|told| {
            let told = match told {
                // The check that was told before names the address.
                Told::Listens(_) => return,
                Told::SetUp(check) => News::SetUp(check.clone()),
                Told::Begins(count) => News::Begins(count),
                Told::Case(result) => News::Case(Box::new(result.brief())),
                Told::Waits(words) => News::Waits(words.to_vec()),
            };
            let news = news.lock().unwrap_or_else(PoisonError::into_inner);
            // Nobody listens any more: the run goes on.
            drop(news.send(told));
        });
        // With the last sender gone, the follower ends.
        drop(news);
        result
    })
}

fn follow(heard: &mpsc::Receiver<News>, output: &mut Output) {
    let mut progress = Progress::new(0, output);
    let mut done = 0;
    for news in heard {
        match news {
            News::SetUp(check) if !output.is_json() || !check.ok => doctor::line(&check, output),
            News::SetUp(_) => {}
            News::Begins(count) => {
                progress = Progress::new(count, output);
                if !output.is_json() {
                    output.line(format_args!("\n{count} cases\n"));
                    output.flush();
                }
            }
            News::Waits(words) if output.is_json() => output.json(&json!({ "waits-for": words })),
            News::Waits(words) => {
                output.note(format_args!("waiting for {}", words.join("; ")));
                output.flush();
            }
            News::Case(result) => {
                done += 1;
                progress.at(done);
                case(&result, output);
            }
        }
    }
    progress.end();
}

/// One case as it is done: each as JSON, and for people those that do not hold.
fn case(result: &CaseResult, output: &mut Output) {
    if output.is_json() {
        return output.json(&json!({
            "case": result.id, "clause": result.clause, "verdict": result.verdict,
            "reason": result.reason, "micros": result.micros,
        }));
    }
    let style = match result.verdict {
        CaseVerdict::Passed | CaseVerdict::NotApplicable => return,
        CaseVerdict::Failed => Style::Bad,
        _ => Style::Warn,
    };
    let word = output.paint(style, format_args!("{:<14}", settle::word(result.verdict)));
    output.line(format_args!("{word} {}", result.id));
    output.flush();
}

fn write(
    args: &Args,
    desk: &Desk,
    key: Option<&SigningKey>,
    result: &RunResult,
    output: &mut Output,
) -> Result<(), Exit> {
    let language = args.language.language();
    let json = serde_json::to_string_pretty(result).unwrap_or_default();
    let mut files = vec![(&args.result, json + "\n")];
    if let Some(file) = &args.junit {
        files.push((file, report::junit::junit(result, language)));
    }
    if let Some(file) = &args.html {
        files.push((file, report::html::html(result, language)));
    }
    if let (Some(file), Some(key)) = (&args.bundle, key) {
        files.push((file, seal(result, desk, key).map_err(|why| output.error(why))?));
    }
    for (file, text) in files {
        if let Err(fault) = fs::write(file, text) {
            let sentence = format!("`{}` cannot be written: {}", file.display(), reason(&fault));
            return Err(output.error(sentence));
        }
    }
    Ok(())
}

/// The key that evidence is signed with, read before anything is sent. Its origin is the system's name, as far as one may hold it.
fn signing_key(file: &Path, desk: &Desk) -> Result<SigningKey, String> {
    let shown = file.display();
    let pem = fs::read_to_string(file).map_err(|io| format!("`{shown}`: {}", reason(&io)))?;
    let allowed = |c: char| if c.is_ascii_alphanumeric() || "._/-".contains(c) { c } else { '-' };
    let origin: String = desk.supplier.name.chars().take(200).map(allowed).collect();
    SigningKey::from_pem(&origin, &pem).map_err(|why| format!("`{shown}`: {why}"))
}

fn seal(result: &RunResult, desk: &Desk, key: &SigningKey) -> Result<String, String> {
    let fault = |why: &dyn std::fmt::Display| format!("the evidence cannot be signed: {why}");
    let mut salt = [0; 32];
    aws_lc_rs::rand::fill(&mut salt).map_err(|_| fault(&"the system gives no random numbers"))?;
    let mut masked = result.clone();
    let count = mask(&mut masked, &desk.subject.contract, &desk.subject.plan, &salt);
    let binary = std::env::current_exe().and_then(fs::read).unwrap_or_default();
    let digested = |name: &str, bytes: &[u8]| Digested {
        name: name.to_owned(),
        sha256: FileDigest::of(bytes).to_string(),
    };
    let about = About {
        tool: digested("sluse", &binary),
        declaration: digested("conformance.toml", &desk.declaration),
        masked: count,
    };
    bundle::seal(masked, &about, key).map_err(|why| fault(&why))
}

/// The end of a run: the report, or one line of JSON.
pub(super) fn tell(result: &RunResult, language: Language, output: &mut Output) {
    if output.is_json() {
        let reasons = &result.reasons;
        return output.json(&json!({
            "outcome": result.outcome, "reasons": reasons, "set-up": result.set_up,
            "clauses": result.clauses, "defects": result.defects, "coverage": result.coverage,
        }));
    }
    output.line("");
    output.raw(report::text::text(result, language).as_bytes());
}
