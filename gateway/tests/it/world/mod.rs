//! A small world for the gateway: a configuration, providers that do as they are told, consumers that speak bytes.

mod provider;
mod wire;

pub(crate) use provider::{Act, Provider, Seen, answer};
pub(crate) use wire::{Reply, Wire, request};

use crate::config::lay;
use arc_swap::ArcSwap;
use bytes::Bytes;
use sluse::{
    app::{self, Parts, Running},
    clock::{Clock, SystemClock},
    config::{Loaded, Snapshot, load},
    store::{Memory, Store},
};
use sluse_ledger::{Closing, Leaf, Opening, SigningKey, leaf::Ending};
use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};
use tempfile::TempDir;

/// The configuration that every world begins with. `@A`, `@B` are the providers' addresses.
const FILES: &str = include_str!("world.toml");

/// The usual settings with other limits (lines of `[limits]`).
pub(crate) fn limits(lines: &str) -> String {
    let settings = FILES.split("#--- ").nth(1).unwrap();
    format!("#--- {settings}[limits]\n{lines}\n")
}

pub(crate) struct World {
    pub(crate) running: Running,
    pub(crate) provider: Provider,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) folder: TempDir,
    pub(crate) snapshot: Arc<ArcSwap<Snapshot>>,
}

/// A world whose provider acts as told, with files laid over the usual ones.
pub(crate) async fn world(over: &str, act: impl Fn(&Seen) -> Act + Send + Sync + 'static) -> World {
    let key = SigningKey::generate("test").unwrap();
    world_with(over, Arc::new(Memory::new(key)), act).await
}

pub(crate) async fn world_with(
    over: &str,
    store: Arc<dyn Store>,
    act: impl Fn(&Seen) -> Act + Send + Sync + 'static,
) -> World {
    let provider = Provider::start(act).await;
    let folder = write_folder(over, provider.address);
    start(folder, store, provider).await
}

/// Starts a gateway on a folder that is there.
pub(crate) async fn start(folder: TempDir, store: Arc<dyn Store>, provider: Provider) -> World {
    let snapshot = Arc::new(ArcSwap::from_pointee(read(folder.path())));
    let spool = folder.path().join("spool");
    std::fs::create_dir_all(&spool).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let parts = Parts { snapshot: Arc::clone(&snapshot), store: Arc::clone(&store), clock, spool };
    let running = app::start(parts).await.unwrap();
    World { running, provider, store, folder, snapshot }
}

pub(crate) fn write_folder(over: &str, provider: SocketAddr) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let address = provider.to_string();
    lay(folder.path(), &FILES.replace("@A", &address));
    lay(folder.path(), &over.replace("@A", &address));
    let key = SigningKey::generate("origin").unwrap().to_pem().unwrap();
    lay(folder.path(), &format!("#--- keys/signing.pem\n{key}"));
    folder
}

pub(crate) fn read(folder: &Path) -> Snapshot {
    let Loaded { snapshot, findings } = load(folder, &SystemClock, &|_| None);
    let text: Vec<String> = findings.iter().map(ToString::to_string).collect();
    snapshot.unwrap_or_else(|| panic!("{}", text.join("\n")))
}

impl World {
    pub(crate) fn address(&self) -> SocketAddr {
        self.running.addresses[0]
    }

    pub(crate) async fn wire(&self) -> Wire {
        Wire::connect(self.address()).await
    }

    /// Sends one request on a connection of its own.
    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[&str],
        body: &[u8],
    ) -> Reply {
        let mut wire = self.wire().await;
        wire.send(&request(method, path, headers, body)).await;
        wire.reply().await
    }

    /// Posts JSON.
    pub(crate) async fn post(&self, path: &str, body: &str) -> Reply {
        self.ask("POST", path, &["content-type: application/json"], body.as_bytes()).await
    }

    /// All leaves so far.
    pub(crate) async fn leaves(&self) -> Vec<Leaf> {
        let leaves = self.store.leaves(0, 10_000).await.unwrap();
        leaves.iter().map(|(_, bytes)| serde_json::from_slice(bytes).unwrap()).collect()
    }

    /// The bytes of all leaves so far.
    pub(crate) async fn leaf_bytes(&self) -> Vec<Bytes> {
        let leaves = self.store.leaves(0, 10_000).await.unwrap();
        leaves.into_iter().map(|(_, bytes)| bytes).collect()
    }

    /// The leaves of one exchange: waits until it is closed, and shows that it closes once.
    pub(crate) async fn exchange(&self, id: &str) -> (Opening, Closing) {
        for _ in 0..400 {
            let leaves = self.leaves().await;
            let openings: Vec<&Opening> = leaves
                .iter()
                .filter_map(|leaf| match leaf {
                    Leaf::Opening(opening) if opening.exchange == id => Some(opening),
                    _ => None,
                })
                .collect();
            let closings: Vec<&Closing> = leaves
                .iter()
                .filter_map(|leaf| match leaf {
                    Leaf::Closing(closing) if closing.exchange == id => Some(closing),
                    _ => None,
                })
                .collect();
            assert!(openings.len() <= 1 && closings.len() <= 1, "one opening, one closing");
            if let ([opening], [closing]) = (openings.as_slice(), closings.as_slice()) {
                return ((*opening).clone(), (*closing).clone());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("exchange {id} was not closed");
    }

    pub(crate) async fn ending(&self, id: &str) -> Ending {
        self.exchange(id).await.1.ending
    }
}
