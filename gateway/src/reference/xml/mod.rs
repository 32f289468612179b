//! Reference systems that speak XML: a service of case documents and a register of businesses by SOAP, each in the ways of
//! its switches.
//!
//! * [`documents`]: takes documents, gives receipts, and reads documents back (`example.city/case-documents`).
//! * [`businesses`]: looks businesses up, by SOAP 1.1 and 1.2 (`example.city/businesses`).
//! * [`benign`]: ways of writing the same that no suite may mind.

pub mod benign;
pub mod businesses;
pub mod documents;
mod node;
mod said;
mod switches;
mod takes;

use benign::Variants;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use said::{Body, Said};
use sluse_conformance::library;
use sluse_contracts::{Contract, SchemaCache};
use std::{
    convert::Infallible,
    fmt, io,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
};
use tokio_util::task::TaskTracker;

/// Largest body that is read, in bytes.
const BODY_BYTES_MAX: usize = 4 << 20;

/// A request, whole.
struct Received {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Received {
    /// A header's value as text; nothing where it is absent or no text.
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// What answers.
trait Answering: Send + Sync + 'static {
    fn answer(&self, received: &Received) -> Said;
    fn variants(&self) -> &Variants;
    /// How long to wait before an answer: between what was found and what is done, where that is a fault.
    fn pause(&self, _received: &Received) -> Option<Duration> {
        None
    }
}

/// Why a system cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// No socket or no threads.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Its contract does not load.
    #[error("the contract does not load")]
    Contract,
}

/// A system at work on a free port of this machine alone; it ends when it is dropped.
pub struct Served {
    address: SocketAddr,
    asked: Arc<AtomicU64>,
    runtime: Option<Runtime>,
}

impl fmt::Debug for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Served({})", self.address)
    }
}

impl Served {
    fn start(system: impl Answering) -> Result<Self, StartFault> {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = runtime.block_on(TcpListener::bind(here))?;
        let address = listener.local_addr()?;
        let asked = Arc::new(AtomicU64::new(0));
        runtime.spawn(accept(listener, Arc::new(system), Arc::clone(&asked)));
        Ok(Self { address, asked, runtime: Some(runtime) })
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many requests it got.
    pub fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The contract that a system keeps to.
fn contract(id: &str) -> Result<Arc<Contract>, StartFault> {
    let shipped = library::find(id).ok_or(StartFault::Contract)?;
    let (contract, _) = Contract::load(&shipped.files(), &SchemaCache::default());
    contract.ok_or(StartFault::Contract)
}

async fn accept<A: Answering>(listener: TcpListener, system: Arc<A>, asked: Arc<AtomicU64>) {
    let tasks = TaskTracker::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let (system, asked) = (Arc::clone(&system), Arc::clone(&asked));
        let service = hyper::service::service_fn(move |request| {
            let (system, asked) = (Arc::clone(&system), Arc::clone(&asked));
            async move { Ok::<_, Infallible>(answer(&*system, &asked, request).await) }
        });
        tasks.spawn(async move {
            let builder = auto::Builder::new(TokioExecutor::new());
            // Who hangs up is no fault of ours.
            drop(builder.serve_connection(TokioIo::new(stream), service).await);
        });
    }
}

#[expect(clippy::disallowed_methods, reason = "bounded by `Limited`")]
async fn answer<A: Answering>(
    system: &A,
    asked: &AtomicU64,
    request: Request<Incoming>,
) -> Response<Body> {
    asked.fetch_add(1, Ordering::SeqCst);
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_BYTES_MAX).collect().await else {
        return said::response(Said::empty(StatusCode::PAYLOAD_TOO_LARGE), system.variants());
    };
    let received = Received {
        method: head.method,
        path: head.uri.path().to_owned(),
        headers: head.headers,
        body: body.to_bytes(),
    };
    if let Some(pause) = system.pause(&received) {
        tokio::time::sleep(pause).await;
    }
    said::response(system.answer(&received), system.variants())
}
