//! A reference system: a register of permits that keeps to the contract `example.city/permits`, and can be made not to.
//!
//! The demonstration of conformance runs against it, tests of the doctor start it in all wrong ways, and the bench
//! seeds its faults one by one. It is a server of its own on a socket of its own; a suite sees it as any stranger.
//!
//! * [`faults`]: what can be wrong with it, one visible list.
//! * [`benign`]: ways of writing the same that no suite may mind.
//! * [`tokens`]: its tokens, good and bad.
//! * [`caller`]: the other side, a consumer that can be made to break what binds consumers.
//! * [`xml`]: two more systems, of documents of XML and of SOAP.

pub mod benign;
pub mod caller;
pub mod faults;
mod head;
mod operations;
mod registry;
mod request;
mod said;
pub mod tokens;
pub mod xml;

use crate::{
    clock::Clock,
    target::{Supplier, settings},
};
use benign::Variants;
use faults::Faults;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use registry::Registry;
use rustls::ServerConfig;
use sluse_conformance::library;
use sluse_contracts::{Contract, SchemaCache};
use std::{
    convert::Infallible,
    fmt, io,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::{Arc, Mutex, atomic::AtomicU64},
};
use tokens::Issuer;
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::{Builder, Runtime},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::task::TaskTracker;

/// The contract that it keeps to.
pub const CONTRACT: &str = "example.city/permits";

/// How it is started.
#[derive(Clone)]
pub struct Options {
    /// Where it listens; port 0 is a free one.
    pub listen: SocketAddr,
    /// TLS, where it speaks that.
    pub tls: Option<Arc<ServerConfig>>,
    /// What stands before the contract's paths, such as `/api`.
    pub base: String,
    /// What is wrong with it.
    pub faults: Faults,
    /// How it writes.
    pub variants: Variants,
    /// How much its clock is ahead, in seconds.
    pub clock_ahead_seconds: i64,
    /// The version of the contract that it says it keeps to.
    pub version: String,
    /// After so many requests it answers 429.
    pub requests_max: Option<u64>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

impl Options {
    /// On a free port of this machine alone, without faults.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            tls: None,
            base: String::new(),
            faults: Faults::default(),
            variants: Variants::default(),
            clock_ahead_seconds: 0,
            version: "1.0.0".to_owned(),
            requests_max: None,
            clock,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("listen", &self.listen).finish_non_exhaustive()
    }
}

/// Why it cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// No socket or no threads.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The machine gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
    /// Its contract does not load.
    #[error("the contract `{CONTRACT}` does not load")]
    Contract,
}

/// The system at work; it ends when it is dropped.
pub struct Reference {
    system: Arc<System>,
    address: SocketAddr,
    secure: bool,
    runtime: Option<Runtime>,
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({})", self.address)
    }
}

/// What answers.
struct System {
    contract: Arc<Contract>,
    issuer: Issuer,
    options: Options,
    registry: Mutex<Registry>,
    asked: AtomicU64,
    ids: AtomicU64,
}

impl Reference {
    /// Starts it, on threads of its own.
    ///
    /// # Errors
    /// No socket, no threads, no random numbers.
    pub fn start(options: Options) -> Result<Self, StartFault> {
        let shipped = library::find(CONTRACT).ok_or(StartFault::Contract)?;
        let (contract, _) = Contract::load(&shipped.files(), &SchemaCache::default());
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind(options.listen))?;
        let address = listener.local_addr()?;
        let secure = options.tls.is_some();
        let acceptor = options.tls.clone().map(TlsAcceptor::from);
        let system = Arc::new(System {
            contract: contract.ok_or(StartFault::Contract)?,
            issuer: Issuer::new().ok_or(StartFault::NoRandomness)?,
            options,
            registry: Mutex::default(),
            asked: AtomicU64::new(0),
            ids: AtomicU64::new(0),
        });
        runtime.spawn(accept(listener, acceptor, Arc::clone(&system)));
        Ok(Self { system, address, secure, runtime: Some(runtime) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Scheme, authority and base path, with this host.
    pub fn url(&self, host: &str) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{host}:{}{}", self.address.port(), self.system.options.base)
    }

    /// A token of one of the names in [`tokens::NAMES`].
    pub fn token(&self, name: &str) -> String {
        self.system.issuer.issue(name, self.system.now_seconds())
    }

    /// The supplier's file of this system; its tokens are where `tokens` and their name say, such as `env:TOKEN_own`.
    pub fn declaration(&self, tokens: &str) -> String {
        let mut text = format!(
            "contract = \"{CONTRACT}\"\nrole = \"provider\"\naddress = \"{}\"\n[system]\nname = \"Bundled provider\"\n\
             [contract-version]\nheader = \"contract-version\"\n",
            self.url("127.0.0.1")
        );
        for name in tokens::NAMES {
            text.push_str(&format!("[credentials.{name}]\ntoken = \"{tokens}{name}\"\n"));
        }
        text
    }

    /// The same, read: tokens are variables `TOKEN_` and their name.
    pub fn supplier(&self) -> Option<Supplier> {
        let text = self.declaration("env:TOKEN_");
        settings::read(settings::FILE, text.as_bytes(), Path::new("")).0
    }

    /// The variables that this file names.
    pub fn variable(&self, name: &str) -> Option<String> {
        let token = name.strip_prefix("TOKEN_").filter(|token| tokens::NAMES.contains(token));
        token.map(|token| self.token(token))
    }

    /// How many requests it got.
    pub fn asked(&self) -> u64 {
        self.system.asked.load(std::sync::atomic::Ordering::SeqCst)
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl System {
    fn now_ms(&self) -> u64 {
        let ahead = self.options.clock_ahead_seconds.saturating_mul(1_000);
        self.options.clock.now_ms().saturating_add_signed(ahead)
    }

    fn now_seconds(&self) -> i64 {
        i64::try_from(self.now_ms() / 1_000).unwrap_or(i64::MAX)
    }
}

async fn accept(listener: TcpListener, acceptor: Option<TlsAcceptor>, system: Arc<System>) {
    let tasks = TaskTracker::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        tasks.spawn(serve(stream, acceptor.clone(), Arc::clone(&system)));
    }
}

/// One connection. Who hangs up is no fault of ours.
async fn serve(stream: TcpStream, acceptor: Option<TlsAcceptor>, system: Arc<System>) {
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |request| {
        let system = Arc::clone(&system);
        async move { Ok::<_, Infallible>(request::answer(&system, request).await) }
    });
    let builder = auto::Builder::new(TokioExecutor::new());
    let ended = match acceptor {
        None => builder.serve_connection(TokioIo::new(stream), service).await,
        Some(acceptor) => match acceptor.accept(stream).await {
            Ok(stream) => builder.serve_connection(TokioIo::new(stream), service).await,
            Err(_) => return,
        },
    };
    drop(ended);
}
