//! The gateway put together: what every exchange shares, and the life of the process from start to drain.

use crate::{
    admin, answer,
    clock::Clock,
    config::Snapshot,
    delivery,
    fault::Fault,
    listen::{Bound, tls_config},
    receipt,
    store::{Finish, Store, StoreFault},
    telemetry::Metrics,
    upstream::{ConnectFault, Upstreams},
};
use arc_swap::{ArcSwap, Guard};
use sluse_contracts::code;
use std::{
    fmt, io,
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::TcpListener,
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Large messages judged at the same time: each may take `tree-bytes-max` of memory.
const LARGE_JUDGEMENTS_MAX: usize = 4;

/// What every exchange shares.
pub struct Gateway {
    snapshot: Arc<ArcSwap<Snapshot>>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    upstreams: Upstreams,
    metrics: Metrics,
    spool: PathBuf,
    room: Arc<Semaphore>,
    large: Arc<Semaphore>,
    tasks: TaskTracker,
    connections: TaskTracker,
    bell: Notify,
    draining: AtomicBool,
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gateway({} under way)", self.tasks.len())
    }
}

/// What a gateway is made of.
#[derive(Debug)]
pub struct Parts {
    /// The configuration in force; whoever follows the folder swaps it in one step.
    pub snapshot: Arc<ArcSwap<Snapshot>>,
    /// Where evidence and outbox are kept.
    pub store: Arc<dyn Store>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Where large bodies are spooled.
    pub spool: PathBuf,
}

impl Gateway {
    /// Puts the parts together; nothing runs yet.
    ///
    /// # Errors
    /// Where the certificate authorities of providers cannot be used.
    pub fn new(parts: Parts) -> Result<Arc<Self>, ConnectFault> {
        let Parts { snapshot, store, clock, spool } = parts;
        let settings = snapshot.load().settings.clone();
        let limits = settings.limits;
        Ok(Arc::new(Self {
            upstreams: Upstreams::new(&settings, Arc::clone(&clock))?,
            metrics: Metrics::new(settings.telemetry.otlp_endpoint.is_some()),
            room: Arc::new(Semaphore::new(limits.exchanges_max)),
            large: Arc::new(Semaphore::new(LARGE_JUDGEMENTS_MAX)),
            snapshot,
            store,
            clock,
            spool,
            tasks: TaskTracker::new(),
            connections: TaskTracker::new(),
            bell: Notify::new(),
            draining: AtomicBool::new(false),
        }))
    }

    /// The configuration in force, for a look. An exchange takes it once, with [`Self::snapshot_full`].
    pub fn snapshot(&self) -> Guard<Arc<Snapshot>> {
        self.snapshot.load()
    }

    /// The configuration in force, to keep.
    pub fn snapshot_full(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// Where evidence and outbox are kept.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Now, in milliseconds since the epoch.
    pub fn now_ms(&self) -> u64 {
        self.clock.now_ms()
    }

    /// Where providers are reached.
    pub fn upstreams(&self) -> &Upstreams {
        &self.upstreams
    }

    /// What is counted.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Where large bodies are spooled.
    pub fn spool(&self) -> &std::path::Path {
        &self.spool
    }

    /// Exchanges and deliveries: tasks that run to their end.
    pub fn tasks(&self) -> &TaskTracker {
        &self.tasks
    }

    /// Connections of consumers.
    pub fn connections(&self) -> &TaskTracker {
        &self.connections
    }

    /// Room for judging large messages.
    pub fn large(&self) -> &Arc<Semaphore> {
        &self.large
    }

    /// Rings when the outbox has a new message.
    pub fn bell(&self) -> &Notify {
        &self.bell
    }

    /// Whether the gateway is stopping.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Room for one exchange, kept until it ends.
    ///
    /// # Errors
    /// Where the gateway is full or stopping.
    pub fn enter(&self) -> Result<OwnedSemaphorePermit, Fault> {
        if self.is_draining() {
            return Err(Fault::draining());
        }
        Arc::clone(&self.room).try_acquire_owned().map_err(|_| Fault::no_room())
    }
}

/// The gateway cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// An address cannot be listened on, or its keys cannot be used.
    #[error("{address} cannot be listened on: {reason}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        reason: io::Error,
    },
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// The certificate authorities of providers cannot be used.
    #[error(transparent)]
    Upstream(#[from] ConnectFault),
}

/// A gateway at work.
#[derive(Debug)]
pub struct Running {
    /// What every exchange shares.
    pub gateway: Arc<Gateway>,
    /// Where the data listeners listen, in the configuration's order.
    pub addresses: Vec<SocketAddr>,
    /// Where the operators' listener listens.
    pub operators: SocketAddr,
    tls: Vec<(crate::config::ListenerTls, Arc<ArcSwap<rustls::ServerConfig>>)>,
    accepting: CancellationToken,
    delivering: CancellationToken,
    services: TaskTracker,
}

/// Binds every listener, closes what a crash left open, and begins to serve.
///
/// # Errors
/// Where an address or the store cannot be used: then nothing runs.
pub async fn start(parts: Parts) -> Result<Running, StartFault> {
    let gateway = Gateway::new(parts)?;
    let settings = gateway.snapshot_full().settings.clone();
    let mut bound = Vec::new();
    for listener in &settings.listeners {
        let address = listener.address;
        let listening = Bound::bind(listener).await;
        bound.push(listening.map_err(|reason| StartFault::Listen { address, reason })?);
    }
    let at = |reason| StartFault::Listen { address: settings.operators, reason };
    let operators = TcpListener::bind(settings.operators).await.map_err(at)?;
    let operators_address = operators.local_addr().map_err(at)?;
    let addresses = bound.iter().map(Bound::address).collect::<Result<_, _>>().map_err(at)?;
    let tls = settings.listeners.iter().zip(&bound);
    let tls = tls.filter_map(|(said, bound)| Some((said.tls.clone()?, bound.tls()?))).collect();
    recover(&gateway).await?;

    let running = Running {
        addresses,
        operators: operators_address,
        tls,
        accepting: CancellationToken::new(),
        delivering: CancellationToken::new(),
        services: TaskTracker::new(),
        gateway,
    };
    running.serve(bound, operators, settings.limits.connections_max);
    Ok(running)
}

/// Closes the exchanges that a crash left open. Those in the outbox are not among them: delivery takes them up.
async fn recover(gateway: &Gateway) -> Result<(), StoreFault> {
    let open = gateway.store.left_open().await?;
    let exchanges = open.len();
    for (index, opening) in open {
        let fault = code::RECOVERED.as_str();
        let closing = receipt::recovered(index, &opening, gateway.now_ms(), fault);
        gateway.store.finish(Finish { closing, answer: None }).await?;
    }
    if exchanges > 0 {
        tracing::warn!(exchanges, "closed exchanges that were left open when the gateway stopped");
    }
    Ok(())
}

impl Running {
    fn serve(&self, bound: Vec<Bound>, operators: TcpListener, connections_max: usize) {
        let places = Arc::new(Semaphore::new(connections_max));
        for listener in bound {
            let (gateway, places) = (Arc::clone(&self.gateway), Arc::clone(&places));
            self.services.spawn(listener.serve(gateway, places, self.accepting.clone()));
        }
        let gateway = Arc::clone(&self.gateway);
        self.services.spawn(delivery::run(Arc::clone(&gateway), self.delivering.clone()));
        self.services.spawn(admin::serve(gateway, operators, self.delivering.clone()));
    }

    /// Takes up what a new configuration changes beside the snapshot itself: the listeners' keys are read again.
    pub fn swapped(&self) {
        self.read_keys();
        self.gateway.metrics.reloaded(true);
        self.gateway.bell.notify_one();
    }

    /// Reads the listeners' keys again: they may be renewed without a word of the configuration changing.
    pub fn read_keys(&self) {
        for (settings, in_use) in &self.tls {
            match tls_config(settings) {
                Ok(config) => in_use.store(config),
                Err(fault) => tracing::error!(%fault, "the listener keeps the keys it has"),
            }
        }
    }

    /// Stops accepting, finishes what is under way, and stops. Bounded by `drain-timeout-ms`.
    ///
    /// Gives whether everything finished in time; what did not is closed by recovery at the next start.
    pub async fn drain(&self) -> bool {
        let limit = self.gateway.snapshot().settings.limits.drain_timeout_ms;
        self.gateway.draining.store(true, Ordering::Relaxed);
        self.accepting.cancel();
        let gateway = &self.gateway;
        let finish = async {
            self.gateway.tasks.close();
            self.gateway.connections.close();
            self.gateway.connections.wait().await;
            self.delivering.cancel();
            self.services.close();
            self.services.wait().await;
            self.gateway.tasks.wait().await;
        };
        let finished = timeout(Duration::from_millis(limit), finish).await.is_ok();
        if let Err(fault) = gateway.store.close().await {
            tracing::error!(%fault, "the store did not close");
            return false;
        }
        finished
    }
}

/// The headers that name an exchange; kept here so that tests and demonstrations need one import.
pub use answer::{EXCHANGE, RECEIPT};
