//! `sluse serve`: the gateway, until it is told to stop.

use super::{Exit, Output, check::require_folder};
use crate::{
    app::{self, Parts, Running, StartFault},
    clock::{Clock, SystemClock},
    config::{
        Followed, Loaded, Reloaded, Settings, Snapshot, StoreSettings, load, place_of_address,
        process_environment,
    },
    store,
    telemetry::{self, LogForm},
};
use sluse_contracts::{Finding, code};
use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::{
    runtime::{Builder, Runtime},
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

/// Run the gateway
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse serve --config /etc/sluse\n  \
    SLUSE_LOG=debug sluse serve --config /etc/sluse --format json\n\n\
    Stops in order on SIGTERM and SIGINT; reads its folder anew when a file changes, and on SIGHUP.\n\
    With a faulty configuration it does not start, and says every fault.")]
pub(super) struct Args {
    /// The configuration folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    config: PathBuf,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    if let Err(exit) = require_folder(&args.config, output) {
        return exit;
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let Loaded { snapshot, findings } = load(&args.config, &*clock, &process_environment);
    for finding in &findings {
        output.finding(finding);
    }
    let Some(snapshot) = snapshot.filter(|_| !findings.iter().any(Finding::is_error)) else {
        return output.error("the configuration is faulty: the gateway does not start");
    };
    output.flush();
    let runtime = match Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(fault) => return output.error(format_args!("no threads to run on: {fault}")),
    };
    serve(&runtime, args, output, snapshot, clock)
}

fn serve(
    runtime: &Runtime,
    args: &Args,
    output: &mut Output,
    snapshot: Snapshot,
    clock: Arc<dyn Clock>,
) -> Exit {
    let _entered = runtime.enter();
    let filter = process_environment("SLUSE_LOG").unwrap_or_else(|| "info".into());
    let form = if output.is_json() { LogForm::Json } else { LogForm::Text };
    let endpoint = snapshot.settings.telemetry.otlp_endpoint.clone();
    let export = match telemetry::start(&filter, form, endpoint.as_deref()) {
        Ok(export) => export,
        Err(fault) => return output.error(fault),
    };
    let settings = &snapshot.settings;
    let storage = settings.keys.storage.as_deref();
    let store = match store::open(&settings.store, &settings.ledger, storage) {
        Ok(store) => store,
        Err(fault) => {
            output.finding(&Finding::in_file(
                "sluse.toml",
                code::STORE_UNUSABLE,
                fault.to_string(),
            ));
            return Exit::Unable;
        }
    };
    let spool = spool(settings);
    let followed = Followed::new(&args.config, snapshot, Arc::clone(&clock));
    let parts = Parts { snapshot: Arc::clone(&followed.snapshot), store, clock, spool };
    let exit = match runtime.block_on(app::start(parts)) {
        Ok(running) => runtime.block_on(until_stopped(running, followed, output)),
        Err(fault) => {
            output.finding(&finding(&fault, &args.config));
            Exit::Unable
        }
    };
    if let Some(export) = export {
        export.stop();
    }
    exit
}

/// Why the gateway does not start, where the configuration says it, and what to do.
fn finding(fault: &StartFault, folder: &Path) -> Finding {
    let told = |code| Finding::in_file("sluse.toml", code, fault.to_string());
    match fault {
        StartFault::Listen { address, reason } => {
            let finding = told(code::ADDRESS_UNUSABLE).hint(match reason.kind() {
                ErrorKind::AddrInUse => {
                    "another process has the port: `ss --listening --tcp --processes` shows which"
                }
                ErrorKind::PermissionDenied => {
                    "ports below 1024 need a right of their own, such as CAP_NET_BIND_SERVICE"
                }
                ErrorKind::AddrNotAvailable => "`ip address` lists the addresses of this machine",
                _ => "`sluse explain C0501` says what to look at",
            });
            match place_of_address(folder, *address, &process_environment) {
                Some(place) => finding.at(place.line, place.column),
                None => finding,
            }
        }
        StartFault::Store(_) => told(code::STORE_UNUSABLE),
        StartFault::Upstream(_) => told(code::CERTIFICATE_UNUSABLE),
    }
}

async fn until_stopped(running: Running, followed: Followed, output: &mut Output) -> Exit {
    for address in &running.addresses {
        output.note(format_args!("listening on {address}"));
    }
    output.note(format_args!("operators on http://{}", running.operators));
    output.flush();
    let running = Arc::new(running);
    let stop = CancellationToken::new();
    let told = Arc::clone(&running);
    let follow = followed.follow(stop.clone(), move |reloaded| match reloaded {
        Reloaded::Swapped { .. } => told.swapped(),
        Reloaded::Refused(_) => told.gateway.metrics().reloaded(false),
        Reloaded::Unchanged => told.read_keys(),
    });
    tokio::select! {
        () = follow => {}
        () = told_to_stop() => {}
    }
    tracing::info!("stopping: finishing what is under way");
    let finished = running.drain().await;
    if finished {
        tracing::info!("stopped: everything under way was finished");
        Exit::Fine
    } else {
        tracing::warn!("stopped with exchanges open: recovery closes them at the next start");
        Exit::Found
    }
}

/// Waits for SIGTERM or SIGINT.
pub(super) async fn told_to_stop() {
    let (terminate, interrupt) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    let (Ok(mut terminate), Ok(mut interrupt)) = (terminate, interrupt) else {
        // Without signals the process can only be killed; recovery is made for that.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// Large bodies are spooled beside the store, where there is a disk meant for messages.
fn spool(settings: &Settings) -> PathBuf {
    let beside = match &settings.store {
        StoreSettings::Embedded { path } => path.parent().map(Path::to_owned),
        StoreSettings::Memory => None,
    };
    beside.filter(|folder| folder.is_dir()).unwrap_or_else(std::env::temp_dir)
}
