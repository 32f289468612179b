//! Configuration as a type: a folder of plain files becomes one immutable snapshot, or a list of all its faults.
//!
//! Each kind of file has a module that reads it and nothing else; [`load()`] puts them together and
//! [`check`](self) compares what they say of each other. Nothing stops at the first fault.

mod adapters;
pub mod bundle;
mod certificate;
mod certificates;
mod check;
mod contracts;
mod environment;
mod files;
mod fresh;
mod keys;
mod limits;
mod load;
mod members;
mod origin;
mod receivers;
mod reload;
mod services;
mod settings;
mod upstream;
mod waivers;

pub use adapters::{Adapters, InUse, read as read_adapters};
pub(crate) use adapters::{is_program, read_program};
pub(crate) use certificate::{Facts as CertificateFacts, facts as certificate_facts};
pub(crate) use check::nearest as hint_at;
pub use contracts::{hint_at_contract, load_contracts};
pub use sluse_contracts::enforcement::Enforcement;

pub use environment::{Environment, process as process_environment};
pub use files::{FILE_BYTES_MAX, FILES_MAX, FOLDER_DEPTH_MAX, Files, reason, sha256};
pub use fresh::{WriteFault, place, write_keys};
pub use limits::{LIMIT_KEYS, LimitKey, OUTBOX_KEYS};
pub use load::{Loaded, load, load_again, load_named, read_settings};
pub use origin::Origin;
pub use reload::{Followed, Reloaded};
pub use settings::place_of_address;
pub use upstream::upstream_fault;

use indexmap::IndexMap;
use sluse_conformance::certificate::{Known, Word};
use sluse_contracts::{
    ContractRef,
    id::{MemberId, ServiceId, SubsystemId},
};
use sluse_ledger::VerifierKey;
use std::{collections::HashMap, net::SocketAddr, path::PathBuf, sync::Arc};

/// What `sluse.toml` says. Every limit has a name with its unit, and none is infinite.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The data listeners.
    pub listeners: Vec<Listener>,
    /// The operators' listener.
    pub operators: SocketAddr,
    /// Where evidence and outbox are kept.
    pub store: StoreSettings,
    /// Certificate authorities (PEM) that providers' certificates must come from; the system's where absent.
    pub upstream_ca: Option<PathBuf>,
    /// Limits.
    pub limits: Limits,
    /// Delivery of one-way messages.
    pub outbox: OutboxSettings,
    /// Where telemetry goes; none by default.
    pub telemetry: Telemetry,
    /// The ledger's origin line in checkpoints, and the name of its key.
    pub ledger: LedgerSettings,
    /// Keys beside the ledger's own.
    pub keys: KeySettings,
    /// Keys of those whose conformance certificates count.
    pub issuers: Vec<VerifierKey>,
    /// Adapters of files that come to `POST /documents`, by media type.
    pub documents: Vec<(String, String)>,
    /// Contracts of the shipped library that are in force: a tag, an id, a prefix of ids, or id@version.
    pub library: Vec<String>,
}

/// One address where the gateway accepts connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// Where to listen.
    pub address: SocketAddr,
    /// TLS; without it the address must be loopback.
    pub tls: Option<ListenerTls>,
    /// Without TLS: the one consumer that all callers are.
    pub consumer: Option<SubsystemId>,
}

/// TLS of a data listener: TLS 1.2 and 1.3, client certificates required and matched to members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenerTls {
    /// Certificate chain (PEM).
    pub certificate: PathBuf,
    /// Private key (PEM, PKCS #8).
    pub key: PathBuf,
    /// Certificate authorities that consumers' certificates must come from (PEM).
    pub client_ca: PathBuf,
}

/// Where evidence and outbox are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreSettings {
    /// SQLite in this file.
    Embedded {
        /// The database file.
        path: PathBuf,
    },
    /// In memory, lost at exit: for demonstrations and tests.
    Memory,
}

/// The ledger's name and key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerSettings {
    /// The origin line of checkpoints, such as `gateway.dk.erst/ledger`.
    pub origin: String,
    /// Ed25519 signing key (PEM, PKCS #8).
    pub key: PathBuf,
}

/// Keys beside the ledger's own; each a file with 32 random bytes in base64.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeySettings {
    /// Encrypts what is kept of messages at rest; made anew at each start where absent.
    pub storage: Option<PathBuf>,
    /// Keys the pseudonyms of subjects in the access log.
    pub pseudonym: Option<PathBuf>,
}

/// Where telemetry goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Telemetry {
    /// Base URL of an OTLP/HTTP receiver; nothing is sent where absent.
    pub otlp_endpoint: Option<String>,
}

/// How one-way messages are delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboxSettings {
    /// Tries before a message becomes a dead letter.
    pub tries_max: u32,
    /// First pause between tries; doubles each time.
    pub backoff_first_ms: u64,
    /// Longest pause between tries.
    pub backoff_max_ms: u64,
    /// Messages delivered at the same time.
    pub deliveries_max: usize,
    /// Largest message that is kept: one that is delivered later, and an answer that may be given again.
    pub message_bytes_max: u64,
}

/// Limits of the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest message body.
    pub body_bytes_max: u64,
    /// Bodies larger than this are spooled to disk as they arrive.
    pub body_memory_bytes_max: u64,
    /// Longest time between two pieces of a body.
    pub body_idle_timeout_ms: u64,
    /// Longest time for a whole body.
    pub body_timeout_ms: u64,
    /// Longest time for a request's head.
    pub head_timeout_ms: u64,
    /// Largest request head.
    pub head_bytes_max: usize,
    /// Most headers in a request.
    pub headers_max: usize,
    /// Exchanges under way at the same time.
    pub exchanges_max: usize,
    /// Connections open at the same time.
    pub connections_max: usize,
    /// Longest wait for a connection to a provider.
    pub connect_timeout_ms: u64,
    /// Longest wait for a provider's whole answer.
    pub upstream_timeout_ms: u64,
    /// Largest answer of a provider.
    pub answer_bytes_max: u64,
    /// Most violations in a verdict.
    pub violations_max: usize,
    /// Largest tree of a document in memory.
    pub tree_bytes_max: usize,
    /// Deepest nesting of elements or JSON values.
    pub depth_max: usize,
    /// Most attributes on one element.
    pub attributes_max: usize,
    /// Most messages of one file or interchange.
    pub interchange_messages_max: usize,
    /// Longest time a drain may take.
    pub drain_timeout_ms: u64,
}

/// Enforcement of the two directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnforcementPair {
    /// Of requests.
    pub request: Enforcement,
    /// Of responses.
    pub response: Enforcement,
}

/// What happens where a subsystem has no conformance certificate that will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Demand {
    /// Nothing: none is asked for.
    #[default]
    Off,
    /// It is told, and passes.
    Warn,
    /// It is refused.
    Refuse,
}

/// Which conformance certificate is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CertificateDemand {
    /// What happens without one.
    pub demand: Demand,
    /// The weakest word that will do.
    pub word: Word,
}

impl Default for CertificateDemand {
    fn default() -> Self {
        Self { demand: Demand::Off, word: Word::SelfDeclared }
    }
}

/// An organisation that takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its code.
    pub id: MemberId,
    /// What people call it.
    pub name: String,
    /// Its systems.
    pub subsystems: Vec<Subsystem>,
}

/// One system of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subsystem {
    /// Its id.
    pub id: SubsystemId,
    /// SHA-256 of the certificates (DER) that show it, in lower-case hex.
    pub certificates: Vec<String>,
}

/// Something a subsystem offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// The contract it keeps to; without one it is a pass-through.
    pub contract: Option<ContractRef>,
    /// Where it is reached: scheme, authority and path prefix.
    pub upstream: Vec<http::Uri>,
    /// Enforcement, unless a route says otherwise.
    pub enforcement: EnforcementPair,
    /// Longest wait for an answer, where it differs from the limit.
    pub timeout_ms: Option<u64>,
    /// The adapter by which the provider speaks; as the contract says where absent.
    pub adapter: Option<String>,
    /// The certificate that consumers must have, unless a route says otherwise, and the provider itself.
    pub requires_certificate: CertificateDemand,
}

/// A way in: requests that match go to the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Host that the request must name, in lower case, without port; any where absent.
    pub host: Option<String>,
    /// Path prefix; matches whole segments.
    pub path: String,
    /// Methods; any where empty.
    pub methods: Vec<http::Method>,
    /// Headers that must be there with this value.
    pub headers: Vec<(http::HeaderName, String)>,
    /// The service.
    pub service: ServiceId,
    /// Enforcement on this route.
    pub enforcement: EnforcementPair,
    /// What happens to requests for operations that the contract does not have.
    pub unknown_operations: UnknownOperations,
    /// The adapter by which consumers that come this way speak; as the contract says where absent.
    pub adapter: Option<String>,
    /// The certificate that consumers who come this way must have.
    pub requires_certificate: CertificateDemand,
    /// Whether a body is one message, or a file of them.
    pub messages: Messages,
    /// Where in the configuration it stands, as file:line, for explanations.
    pub place: String,
}

/// What a body is that comes by a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Messages {
    /// One message.
    #[default]
    One,
    /// A file or an interchange of many: each is an exchange of its own.
    Many,
}

/// What happens to requests for operations that the contract does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnknownOperations {
    /// They break the contract.
    #[default]
    Refuse,
    /// They pass without being judged.
    Pass,
}

/// Recorded, dated leave for a subsystem to break one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Its id.
    pub id: String,
    /// Who may break the rule.
    pub subsystem: SubsystemId,
    /// Under which contract.
    pub contract: ContractRef,
    /// The rule: a published rule's id or a code.
    pub rule: String,
    /// Only at this path, where given: a path without positions.
    pub path: Option<String>,
    /// Why.
    pub reason: String,
    /// Who allowed it.
    pub approver: String,
    /// Last day it holds: days since 1970-01-01, local to the gateway's time zone UTC.
    pub until_day: i64,
}

/// Receiver key (`0184:12345678`) → service. Constant-time look-up for tables of 100,000 and more.
#[derive(Debug, Clone, Default)]
pub struct Receivers {
    keys: HashMap<Box<str>, Arc<ServiceId>>,
}

impl Receivers {
    /// The service that receives for `key`.
    pub fn service(&self, key: &str) -> Option<&ServiceId> {
        self.keys.get(key).map(AsRef::as_ref)
    }

    /// Adds a key; gives back the service that already receives for it, if one does.
    pub fn add(&mut self, key: &str, service: &Arc<ServiceId>) -> Option<Arc<ServiceId>> {
        self.keys.insert(key.into(), Arc::clone(service))
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

/// Everything an exchange needs to know of the configuration, as one immutable whole.
#[derive(Debug)]
pub struct Snapshot {
    /// Digest of all files, in lower-case hex.
    pub digest: String,
    /// What `sluse.toml` says.
    pub settings: Settings,
    /// The contracts in force.
    pub registry: sluse_contracts::registry::Registry,
    /// Their compiled schemas, for the snapshot that comes after this one.
    pub schemas: Arc<sluse_contracts::SchemaCache>,
    /// Members by code.
    pub members: IndexMap<MemberId, Member>,
    /// Consumers by SHA-256 of their certificate (DER), in lower-case hex.
    pub consumers: HashMap<String, SubsystemId>,
    /// Services by id.
    pub services: IndexMap<ServiceId, Arc<Service>>,
    /// Routes, most specific first: longest path, then most conditions, then order in the files.
    pub routes: Vec<Route>,
    /// Receivers of documents.
    pub receivers: Receivers,
    /// Waivers.
    pub waivers: Vec<Waiver>,
    /// Adapters of the folder.
    pub adapters: Adapters,
    /// Conformance certificates and status lists of the folder, from issuers that count.
    pub certificates: Known,
}
