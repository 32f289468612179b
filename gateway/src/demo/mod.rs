//! The demonstration: a whole exchange network on this machine, with real sockets and real evidence.
//!
//! A gateway, three providers, one of which is a legacy system, and a consumer on loopback. Nothing in here decides anything: what is
//! printed is what the gateway answered, what its ledger holds, and what the contract says.

mod consumer;
mod explain;
mod folder;
mod providers;

use crate::{
    app::{self, Parts, Running},
    clock::{Clock, SystemClock},
    config::{self, Followed, Snapshot},
    store,
};
use consumer::{Answer, Consumer, Step};
use folder::Addresses;
use providers::{Provider, Received};
use serde_json::Value;
use sluse_contracts::Finding;
use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::{net::TcpListener, time::sleep};
use tokio_util::task::TaskTracker;

/// Longest wait for a one-way message to be delivered, and the pause between looks.
const DELIVERY_WAIT_MS: u64 = 3_000;
const DELIVERY_LOOK_MS: u64 = 20;

/// Why the demonstration could not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoFault {
    /// A file or socket failed.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A key could not be made.
    #[error("{0}")]
    Keys(#[from] config::WriteFault),
    /// The store or a listener could not be used.
    #[error("{0}")]
    Start(#[from] app::StartFault),
    /// The store could not be opened.
    #[error("{0}")]
    Store(#[from] store::StoreFault),
    /// The demonstration's own folder has faults.
    #[error("the demonstration's folder is faulty: {0}")]
    Folder(String),
}

/// One exchange, told in a line.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Told {
    /// What was sent.
    pub(crate) sent: &'static str,
    /// HTTP status that the consumer got.
    pub(crate) status: u16,
    /// Whether it is the status that contract, waivers and enforcement call for.
    pub(crate) expected: bool,
    /// The verdict: code, rule and place of the first violation, how many more, and the clause.
    pub(crate) verdict: String,
    /// Where the message went.
    pub(crate) went: String,
    /// Index of the opening leaf in the ledger; none where the exchange left none.
    pub(crate) receipt: Option<u64>,
    /// The exchange's id.
    pub(crate) exchange: String,
    /// What came of a legacy system's records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) translated: Option<Translated>,
}

/// What an adapter made of an extract of persons, as far as it may be told.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Translated {
    /// How many persons the consumer got as JSON.
    pub(crate) persons: usize,
    /// How many of their addresses are protected, and so not told.
    pub(crate) withheld: usize,
}

/// The demonstration at work.
#[derive(Debug)]
pub(crate) struct Demonstration {
    running: Running,
    followed: Followed,
    received: Arc<Received>,
    tasks: TaskTracker,
    /// The gateway's data listener.
    pub(crate) gateway: SocketAddr,
    /// The register.
    pub(crate) register: SocketAddr,
    /// The archive.
    pub(crate) archive: SocketAddr,
    /// The mainframe.
    pub(crate) mainframe: SocketAddr,
    /// The operators' listener.
    pub(crate) operators: SocketAddr,
}

impl Demonstration {
    /// Writes the folder to `target`, starts providers and gateway on free ports of loopback.
    pub(crate) async fn start(target: &Path) -> Result<Self, DemoFault> {
        let tasks = TaskTracker::new();
        let received = Arc::new(Received::default());
        let register = listen().await?;
        let archive = listen().await?;
        let mainframe = listen().await?;
        let (gateway, operators) = (listen().await?, listen().await?);
        let addresses = Addresses {
            gateway: gateway.local_addr()?,
            operators: operators.local_addr()?,
            register: register.local_addr()?,
            archive: archive.local_addr()?,
            mainframe: mainframe.local_addr()?,
        };
        // The gateway binds its own listeners; these two only found out which ports are free.
        drop((gateway, operators));
        folder::write(target, addresses)?;
        config::write_keys(target, folder::ORIGIN)?;
        let providers = [
            (Provider::Register, register),
            (Provider::Archive, archive),
            (Provider::Mainframe, mainframe),
        ];
        for (provider, listener) in providers {
            tasks.spawn(providers::serve(provider, listener, Arc::clone(&received), tasks.clone()));
        }
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let snapshot = load(target, &*clock)?;
        let settings = &snapshot.settings;
        let storage = settings.keys.storage.as_deref();
        let store = store::open(&settings.store, &settings.ledger, storage)?;
        let followed = Followed::new(target, snapshot, Arc::clone(&clock));
        let snapshot = Arc::clone(&followed.snapshot);
        let running =
            app::start(Parts { snapshot, store, clock, spool: target.to_owned() }).await?;
        Ok(Self {
            gateway: addresses.gateway,
            register: addresses.register,
            archive: addresses.archive,
            mainframe: addresses.mainframe,
            operators: running.operators,
            running,
            followed,
            received,
            tasks,
        })
    }

    /// Sends every message of the demonstration, and tells of each as it is done.
    pub(crate) async fn exchange(&self, mut tell: impl FnMut(&Told)) -> Result<bool, DemoFault> {
        let mut consumer = Consumer::connect(self.gateway, &self.tasks).await?;
        let mut as_expected = true;
        for step in consumer::steps() {
            let answer = consumer.send(&step).await?;
            let told = self.tell(&step, &answer, &mut consumer).await?;
            as_expected &= told.expected;
            tell(&told);
        }
        Ok(as_expected)
    }

    async fn tell(
        &self,
        step: &Step,
        answer: &Answer,
        consumer: &mut Consumer,
    ) -> Result<Told, DemoFault> {
        let exchange = answer.header("sluse-exchange").to_owned();
        let record = settled(consumer, &exchange).await?;
        let snapshot = self.followed.snapshot.load_full();
        Ok(Told {
            sent: step.sentence,
            status: answer.status.as_u16(),
            expected: answer.status == step.status,
            verdict: explain::verdict(&snapshot, step, answer),
            went: explain::went(&record),
            receipt: answer.header("sluse-receipt").parse().ok(),
            exchange,
            translated: explain::translated(answer),
        })
    }

    /// How many messages reached the register, the archive and the mainframe.
    pub(crate) fn received(&self) -> [u64; 3] {
        let Received { register, archive, mainframe } = &*self.received;
        [register, archive, mainframe].map(|count| count.load(Ordering::Relaxed))
    }

    /// Stops the gateway in order; the providers end with it.
    pub(crate) async fn stop(self) -> bool {
        self.running.drain().await
    }
}

async fn listen() -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await
}

fn load(folder: &Path, clock: &dyn Clock) -> Result<Snapshot, DemoFault> {
    let loaded = config::load(folder, clock, &config::process_environment);
    loaded.snapshot.ok_or_else(|| {
        let faults: Vec<String> = loaded.findings.iter().map(Finding::to_string).collect();
        DemoFault::Folder(faults.join("\n"))
    })
}

/// The exchange's status, once it is closed: a one-way message is delivered after its answer.
async fn settled(consumer: &mut Consumer, exchange: &str) -> Result<Value, DemoFault> {
    let step = consumer::look_up(exchange);
    let mut waited_ms = 0;
    loop {
        let status = consumer.send(&step).await?.json();
        if status.get("state").and_then(Value::as_str) != Some("open")
            || waited_ms >= DELIVERY_WAIT_MS
        {
            return Ok(status);
        }
        sleep(Duration::from_millis(DELIVERY_LOOK_MS)).await;
        waited_ms += DELIVERY_LOOK_MS;
    }
}
