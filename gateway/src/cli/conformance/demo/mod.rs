//! `sluse conformance demo`: a run against a bundled provider that breaks its contract in three ways.

mod xml;

use super::{
    Exit, Output,
    run::{tell, watched},
};
use crate::{
    clock::SystemClock,
    config::place,
    reference::{
        CONTRACT, Options, Reference, caller,
        faults::{Fault, Faults},
        tokens,
    },
    target::{
        run::{Asked, Bench},
        settings,
        subject::{Subject, SubjectFault},
    },
};
use sluse_conformance::{Role, RunResult, report::Language, result::CaseVerdict};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

/// How long the bundled consumer waits for somebody who listens.
const CALL_WAIT_MAX: Duration = Duration::from_secs(20);
/// How long it waits between two tries of that.
const CALL_PAUSE: Duration = Duration::from_millis(200);

/// What is wrong with the bundled provider.
const SEEDED: [Fault; 3] = [Fault::LosesDanish, Fault::TakesStale, Fault::ShowsOthers];

/// Watch a run find three faults, on this machine alone
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse conformance demo\n  \
    sluse conformance demo --sound\n  \
    sluse conformance demo --contract example.city/businesses\n  \
    sluse conformance demo --stay trial --listen 127.0.0.1:8081 --fault takes-stale\n  \
    sluse conformance demo --call http://127.0.0.1:8084 --call-fault new-key\n\n\
    Starts a provider on loopback and runs the cases of its contract against it. Nothing else has to run, and nothing\n\
    is left behind. Exit status: 0 the run found what is wrong with the provider, and nothing else; 1 it did not.")]
pub(super) struct Args {
    /// The contract whose provider it is: example.city/permits, example.city/case-documents or example.city/businesses
    #[arg(long, value_name = "ID", default_value = CONTRACT)]
    contract: String,
    /// With a provider that has no faults
    #[arg(long)]
    sound: bool,
    /// With these faults in place of the three
    #[arg(long, value_name = "FAULT", conflicts_with = "sound")]
    fault: Vec<String>,
    /// Run nothing: write a supplier's file and his tokens into this folder, and keep the provider up until Ctrl-C
    #[arg(long, value_name = "DIR")]
    stay: Option<PathBuf>,
    /// Where the provider listens; a free port where absent
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Be a consumer instead, and call the provider at this address
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["sound", "fault", "stay", "listen"])]
    call: Option<http::Uri>,
    /// What is wrong with the consumer
    #[arg(long, value_name = "FAULT", requires = "call")]
    call_fault: Vec<caller::faults::Fault>,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    if let Some(address) = &args.call {
        return call(address, &args.call_fault, output);
    }
    match xml::system(&args.contract, args) {
        Some(Ok(system)) => return xml::run(&system, args.stay.as_deref(), output),
        Some(Err(why)) => return output.error(why),
        None if args.contract != CONTRACT => {
            let exit =
                output.error(format_args!("no bundled provider keeps to `{}`", args.contract));
            output.hint("`sluse conformance demo --help` names those that there are");
            return exit;
        }
        None => {}
    }
    let named: Result<Vec<Fault>, _> = args.fault.iter().map(|word| word.parse()).collect();
    let seeded: Vec<Fault> = match named {
        Err(fault) => return output.error(fault),
        Ok(named) if !named.is_empty() => named,
        Ok(_) if args.sound => Vec::new(),
        Ok(_) => SEEDED.to_vec(),
    };
    let faults: Faults = seeded.iter().copied().collect();
    let mut options = Options { faults, ..Options::new(Arc::new(SystemClock)) };
    options.listen = args.listen.unwrap_or(options.listen);
    let system = match Reference::start(options) {
        Ok(system) => system,
        Err(fault) => return output.error(fault),
    };
    let told: Vec<_> = seeded.iter().map(|fault| (fault.sentence(), fault.clause())).collect();
    introduce(&system.url("127.0.0.1"), CONTRACT, &told, output);
    if let Some(folder) = &args.stay {
        return stay(folder, &system, output);
    }
    let (supplier, subject) = match (system.supplier(), Subject::load(CONTRACT, Role::Provider)) {
        (Some(supplier), Ok(subject)) => (supplier, subject),
        (_, Err(SubjectFault::Faulty(findings))) => {
            findings.iter().for_each(|finding| output.note(finding));
            return output.error("the bundled contract is faulty");
        }
        _ => return output.error("the bundled provider cannot be described"),
    };
    let variable = |name: &str| system.variable(name);
    let bench = Bench {
        supplier: &supplier,
        subject: &subject,
        environment: &variable,
        clock: &SystemClock,
    };
    let result = watched(output, |tell| bench.run(&Asked::default(), tell));
    tell(&result, Language::English, output);
    let clauses = seeded.iter().map(|fault| fault.clause()).collect();
    found(&result, clauses, system.asked(), output)
}

/// Calls as a consumer that the bundled contract binds, once somebody listens.
fn call(address: &http::Uri, faults: &[caller::faults::Fault], output: &mut Output) -> Exit {
    let faults = faults.iter().copied().collect();
    let options = caller::Options { faults, ..caller::Options::new(address.clone()) };
    let until = Instant::now() + CALL_WAIT_MAX;
    loop {
        match caller::call(&options) {
            // One request, and nobody took it: whoever is to listen may not be up yet.
            Ok(1) if Instant::now() < until => std::thread::sleep(CALL_PAUSE),
            Ok(1) => return output.error(format_args!("nobody listens at `{address}`")),
            Ok(sent) => {
                output.note(format_args!("the consumer is done, after {sent} requests"));
                return Exit::Fine;
            }
            Err(fault) => return output.error(fault),
        }
    }
}

fn introduce(url: &str, contract: &str, seeded: &[(&str, &str)], output: &mut Output) {
    if output.is_json() {
        return;
    }
    output.line(format_args!("provider  {url}   contract {contract}"));
    for (sentence, clause) in seeded {
        output.line(format_args!("fault     {sentence} ({clause})"));
    }
    output.line("");
}

/// Writes what a supplier needs to run against it, and waits.
fn stay(folder: &Path, system: &Reference, output: &mut Output) -> Exit {
    let files = tokens::NAMES.map(|name| (format!("tokens/{name}"), system.token(name), true));
    let declaration = (settings::FILE.to_owned(), system.declaration("file:tokens/"), false);
    for (path, text, private) in files.into_iter().chain([declaration]) {
        if let Err(fault) = place(folder, &path, text, private) {
            return output.error(format_args!("`{}`: {fault}", folder.display()));
        }
    }
    wait(folder, output)
}

/// Keeps the provider up.
fn wait(folder: &Path, output: &mut Output) -> Exit {
    output.note(format_args!(
        "`{}` is written; the provider stays until Ctrl-C",
        folder.join(settings::FILE).display()
    ));
    output.flush();
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(crate::cli::serve::told_to_stop()),
        Err(fault) => return output.error(fault),
    }
    Exit::Fine
}

/// Whether just what is wrong was found.
fn found(result: &RunResult, mut wanted: Vec<&str>, asked: u64, output: &mut Output) -> Exit {
    let failed = result.clauses.iter().filter(|it| it.verdict == CaseVerdict::Failed);
    let mut failed: Vec<&str> = failed.map(|it| it.id.as_str()).collect();
    failed.sort_unstable();
    wanted.sort_unstable();
    wanted.dedup();
    if failed == wanted {
        output.note(format_args!("\nfound what is wrong, and nothing else, in {asked} requests"));
        return Exit::Fine;
    }
    output.note(format_args!(
        "\nwrong are {}, found were {}",
        wanted.join(", "),
        failed.join(", ")
    ));
    Exit::Found
}
