//! Follows a configuration folder: a change is built and checked beside the running snapshot and swapped in one step.
//!
//! A faulty change is refused with all its faults, and the old snapshot stays in force. What can
//! only be taken up at a start (listeners, store, keys) is told, not silently ignored.

use super::{Environment, Loaded, Settings, Snapshot, files::FOLDERS, load_again, settings};
use crate::clock::Clock;
use arc_swap::ArcSwap;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use sluse_contracts::Finding;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::mpsc,
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

/// How long the folder must be quiet before a change is read: an editor writes several files.
const QUIET_MS: u64 = 200;
/// How long a folder that is never quiet is waited for.
const UNQUIET_MAX_MS: u64 = 5_000;

/// What became of a change.
#[derive(Debug, PartialEq, Eq)]
pub enum Reloaded {
    /// The files say what they said before.
    Unchanged,
    /// The new snapshot is in force.
    Swapped {
        /// Its digest.
        digest: String,
        /// Warnings about it.
        warnings: Vec<Finding>,
        /// Tables of `sluse.toml` whose change is taken up at the next start only.
        at_next_start: Vec<&'static str>,
    },
    /// The change is faulty: the old snapshot stays in force.
    Refused(Vec<Finding>),
}

/// A folder, and the snapshot that is in force for it.
#[derive(Debug, Clone)]
pub struct Followed {
    /// The folder.
    pub folder: PathBuf,
    /// The snapshot in force. An exchange takes it once and keeps it to its end.
    pub snapshot: Arc<ArcSwap<Snapshot>>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

impl Followed {
    /// Follows a folder whose snapshot was loaded before.
    pub fn new(folder: impl Into<PathBuf>, snapshot: Snapshot, clock: Arc<dyn Clock>) -> Self {
        Self { folder: folder.into(), snapshot: Arc::new(ArcSwap::from_pointee(snapshot)), clock }
    }

    /// Reads the folder anew, and takes up what it says if it is sound.
    pub fn reload(&self, environment: Environment<'_>) -> Reloaded {
        let before = self.snapshot.load_full();
        let schemas = Arc::clone(&before.schemas);
        let Loaded { snapshot, findings } =
            load_again(&self.folder, &*self.clock, environment, schemas);
        let Some(mut snapshot) = snapshot else {
            before.schemas.retain_used();
            return Reloaded::Refused(findings);
        };
        snapshot.adapters.keep_running(&before.adapters);
        if before.digest == snapshot.digest {
            return Reloaded::Unchanged;
        }
        let at_next_start = at_next_start(&before.settings, &snapshot.settings);
        let digest = snapshot.digest.clone();
        self.snapshot.store(Arc::new(snapshot));
        drop(before);
        self.snapshot.load().schemas.retain_used();
        Reloaded::Swapped { digest, warnings: findings, at_next_start }
    }

    /// Follows changes on disk and SIGHUP until cancelled; tells each reload to the log and to `told`.
    pub async fn follow(&self, stop: CancellationToken, told: impl Fn(&Reloaded) + Send) {
        let (hint, mut hints) = mpsc::channel(1);
        let mut watcher = watch(&self.folder, hint.clone());
        let mut hang_ups = signal(SignalKind::hangup()).ok();
        loop {
            let hang_up = async {
                match &mut hang_ups {
                    Some(signals) => signals.recv().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                _ = hang_up => {}
                _ = hints.recv() => quiet(&mut hints).await,
            }
            let followed = self.clone();
            let reload = move || followed.reload(&super::process_environment);
            let Ok(reloaded) = tokio::task::spawn_blocking(reload).await else {
                tracing::error!("reading the configuration failed in a way that should not be");
                continue;
            };
            log(&reloaded);
            told(&reloaded);
            if let Some(watcher) = &mut watcher {
                // Folders that were made since.
                watch_folders(watcher, &self.folder);
            }
        }
    }
}

/// Waits until the folder has been quiet for a while.
async fn quiet(hints: &mut mpsc::Receiver<()>) {
    let last = Instant::now() + Duration::from_millis(UNQUIET_MAX_MS);
    loop {
        let until = last.min(Instant::now() + Duration::from_millis(QUIET_MS));
        tokio::select! {
            () = sleep_until(until) => return,
            _ = hints.recv() => {}
        }
    }
}

/// Watches the folder; without a watcher, SIGHUP still works.
fn watch(folder: &Path, hint: mpsc::Sender<()>) -> Option<RecommendedWatcher> {
    // Events name real paths, so that a folder reached through a link needs its real path here.
    let root = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let given = folder.to_owned();
    let tell = move |event: notify::Result<Event>| {
        let told = event.is_ok_and(|event| {
            let touched = !matches!(event.kind, EventKind::Access(_));
            let below = |path: &Path| {
                path.strip_prefix(&root).or_else(|_| path.strip_prefix(&given)).ok().map(concerns)
            };
            touched && event.paths.iter().any(|path| below(path).unwrap_or(true))
        });
        if told {
            // A full channel holds a hint already.
            let _ = hint.try_send(());
        }
    };
    let mut watcher = match notify::recommended_watcher(tell) {
        Ok(watcher) => watcher,
        Err(fault) => {
            tracing::warn!(%fault, "changes on disk are not watched; send SIGHUP after a change");
            return None;
        }
    };
    watch_folders(&mut watcher, folder);
    Some(watcher)
}

/// Watches the folder itself and what belongs to a configuration below it, and no more: evidence
/// may stand beside them and changes all the time.
fn watch_folders(watcher: &mut RecommendedWatcher, folder: &Path) {
    let mut watch = |path: &Path, mode| {
        if let Err(fault) = watcher.watch(path, mode) {
            tracing::warn!(%fault, "changes in a folder are not watched; send SIGHUP after a change");
        }
    };
    watch(folder, RecursiveMode::NonRecursive);
    for path in FOLDERS.map(|name| folder.join(name)) {
        if path.is_dir() {
            watch(&path, RecursiveMode::Recursive);
        }
    }
}

/// Whether a path below the folder belongs to the configuration. Kubernetes swaps a link `..data`.
fn concerns(below: &Path) -> bool {
    let Some(first) = below.iter().next().map(|first| first.to_string_lossy()) else {
        return true;
    };
    first == settings::FILE || first.starts_with("..") || FOLDERS.contains(&&*first)
}

fn at_next_start(before: &Settings, after: &Settings) -> Vec<&'static str> {
    let changes = [
        ("listener", before.listeners != after.listeners),
        ("operators", before.operators != after.operators),
        ("upstream", before.upstream_ca != after.upstream_ca),
        ("store", before.store != after.store),
        ("ledger", before.ledger != after.ledger),
        ("keys", before.keys != after.keys),
        ("telemetry", before.telemetry != after.telemetry),
    ];
    changes.into_iter().filter(|(_, changed)| *changed).map(|(table, _)| table).collect()
}

fn log(reloaded: &Reloaded) {
    match reloaded {
        Reloaded::Unchanged => tracing::debug!("the configuration says what it said before"),
        Reloaded::Swapped { digest, warnings, at_next_start } => {
            for finding in warnings {
                let (line, hint) = (first_line(finding), finding.hint.as_deref());
                tracing::warn!(hint, "{line}");
            }
            for table in at_next_start {
                tracing::warn!(
                    "the change of `{table}` in sluse.toml is taken up at the next start"
                );
            }
            tracing::info!(%digest, "the changed configuration is in force");
        }
        Reloaded::Refused(findings) => {
            for finding in findings {
                let (line, hint) = (first_line(finding), finding.hint.as_deref());
                tracing::error!(hint, "{line}");
            }
            let n_faults = findings.iter().filter(|finding| finding.is_error()).count();
            tracing::error!(
                n_faults,
                "the change is refused: the old configuration stays in force"
            );
        }
    }
}

/// A finding without its hint: a log's record is one line.
fn first_line(finding: &Finding) -> String {
    finding.to_string().lines().next().unwrap_or_default().to_owned()
}
