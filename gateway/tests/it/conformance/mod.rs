//! Conformance as a supplier meets it: a system on real sockets, his file, the doctor, runs.

mod commands;
mod danish;
mod explored;
mod over_http;
mod pasted;
mod seeded;
mod seeded_xml;
mod set_up;
mod tls;
mod traps;
mod whole;

use crate::secure::Authority;
use rcgen::ExtendedKeyUsagePurpose;
use rustls::{RootCertStore, ServerConfig, server::WebPkiClientVerifier};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use sluse::{
    clock::SystemClock,
    reference::{Options, Reference},
    target::{
        Credentials, HttpTarget, Supplier, doctor,
        run::{Asked, Bench},
        settings,
        subject::Subject,
    },
};
use sluse_conformance::{
    Case, Kind, Plan, Role, RunResult, Suite, Template,
    case::{Body, Expect, Play, Purpose, Request, Statuses, Step},
    library, suite,
    template::Slot,
};
use sluse_contracts::{Contract, SchemaCache, clauses::Level};
use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{Arc, LazyLock},
};

/// The contract of the reference system, and its suite.
static PERMITS: LazyLock<(Arc<Contract>, Suite)> = LazyLock::new(|| {
    let files = library::find("example.city/permits").expect("it ships").files();
    let (contract, _) = Contract::load(&files, &SchemaCache::default());
    let contract = contract.expect("it loads");
    let (suite, findings) = suite::read(&files, &contract);
    assert_eq!(findings, []);
    (contract, suite)
});

fn options() -> Options {
    Options::new(Arc::new(SystemClock))
}

fn reference(options: Options) -> Reference {
    Reference::start(options).expect("the reference system starts")
}

/// Runs the suite against a system.
fn run(system: &Reference, subject: &Subject, asked: &Asked) -> RunResult {
    let variable = |name: &str| system.variable(name);
    let supplier = system.supplier().expect("the system has a supplier's file");
    let bench = Bench { supplier: &supplier, subject, environment: &variable, clock: &SystemClock };
    bench.run(asked, &|_| {})
}

/// A supplier's file, its folder, and the variables that are set.
struct Desk {
    folder: tempfile::TempDir,
    variables: BTreeMap<String, String>,
    text: String,
}

impl Desk {
    /// A file that names an address; the token is in the variable `TOKEN`.
    fn at(address: &str, token: &str) -> Self {
        let text = format!(
            "contract = \"example.city/permits\"\nrole = \"provider\"\naddress = \"{address}\"\n\
             [system]\nname = \"Permits\"\n[credentials.own]\ntoken = \"env:TOKEN\"\n"
        );
        let variables = BTreeMap::from([("TOKEN".to_owned(), token.to_owned())]);
        Self { folder: tempfile::tempdir().expect("a folder"), variables, text }
    }

    /// Lines before the first table.
    fn first(mut self, lines: &str) -> Self {
        self.text.insert_str(0, lines);
        self
    }

    /// Lines at the end.
    fn last(mut self, lines: &str) -> Self {
        self.text.push_str(lines);
        self
    }

    fn file(self, name: &str, text: &str) -> Self {
        fs::write(self.folder.path().join(name), text).expect("a file");
        self
    }

    fn supplier(&self) -> Supplier {
        let read = settings::read("conformance.toml", self.text.as_bytes(), self.folder.path());
        read.0.unwrap_or_else(|| panic!("{:?}", read.1))
    }

    fn examine(&self) -> doctor::Examined {
        let supplier = self.supplier();
        let environment = |name: &str| self.variables.get(name).cloned();
        doctor::examine(&doctor::Patient {
            supplier: &supplier,
            contract: &PERMITS.0,
            suite: &PERMITS.1,
            plan: &plan(),
            environment: &environment,
            clock: &SystemClock,
        })
    }

    /// A whole run of the plan.
    fn run(&self) -> RunResult {
        let supplier = self.supplier();
        let environment = |name: &str| self.variables.get(name).cloned();
        let subject = Subject {
            contract: Arc::clone(&PERMITS.0),
            suite: PERMITS.1.clone(),
            plan: plan(),
            digest: String::new(),
        };
        let bench = Bench {
            supplier: &supplier,
            subject: &subject,
            environment: &environment,
            clock: &SystemClock,
        };
        bench.run(&Asked::default(), &|_| {})
    }

    fn target(&self) -> HttpTarget {
        let supplier = self.supplier();
        let environment = |name: &str| self.variables.get(name).cloned();
        let credentials = Credentials::read(&supplier, &environment);
        HttpTarget::new(&supplier, credentials, PERMITS.1.clone()).expect("a target")
    }
}

/// One case that lists and one that makes.
fn plan() -> Plan {
    Plan { cases: vec![create("create"), list("list")], ..Plan::default() }
}

fn list(id: &str) -> Case {
    let request = request("listPermits", "GET", Template::literal("/permits?limit=1"), Body::None);
    case(id, vec![step("test", Purpose::Test, request, 200)])
}

fn create(id: &str) -> Case {
    case(id, vec![step("test", Purpose::Test, application(), 201)])
}

/// A request that makes a permit.
fn application() -> Request {
    let mut body = Template::literal(r#"{"reference":"REF-"#);
    body.push_slot(Slot::Fresh("uuid".into()));
    body.push_text(
        r#"","applicant":{"name":"Åse"},"parcel":"17a","kind":"new","received":"2026-03-01"}"#,
    );
    let mut request =
        request("createPermit", "POST", Template::literal("/permits"), Body::Text(body));
    request.headers = vec![
        ("content-type".into(), Template::literal("application/json")),
        ("idempotency-key".into(), Template::slot(Slot::Fresh("key".into()))),
    ];
    request
}

fn request(operation: &str, method: &str, path: Template, body: Body) -> Request {
    Request {
        operation: Some(operation.into()),
        method: method.into(),
        path,
        headers: vec![],
        body,
        credentials: Default::default(),
    }
}

fn step(name: &str, purpose: Purpose, request: Request, status: u16) -> Step {
    let expect =
        Expect { statuses: vec![Statuses::only(status)], judged: true, ..Expect::default() };
    Step::new(name, purpose, request, expect)
}

fn case(id: &str, steps: Vec<Step>) -> Case {
    Case {
        id: id.parse().expect("an id"),
        sentence: "A case.".into(),
        clause: "PE-1.2".into(),
        level: Level::Must,
        role: Role::Provider,
        kind: Kind::Positive,
        operation: None,
        constraint: None,
        alone: false,
        play: Play::Call(steps),
    }
}

/// TLS of a system: its certificate and key, and whether it asks for ours.
fn tls(authority: &Authority, pair: &(String, String), asks: bool) -> Arc<ServerConfig> {
    let chain = vec![CertificateDer::from_pem_slice(pair.0.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(pair.1.as_bytes()).unwrap();
    let builder = ServerConfig::builder();
    let builder = if asks {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(authority.pem.as_bytes()).unwrap()).unwrap();
        let clients = WebPkiClientVerifier::builder(Arc::new(roots)).build().unwrap();
        builder.with_client_cert_verifier(clients)
    } else {
        builder.with_no_client_auth()
    };
    let mut config = builder.with_single_cert(chain, key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Arc::new(config)
}

fn server_pair(authority: &Authority) -> (String, String) {
    authority.issue(ExtendedKeyUsagePurpose::ServerAuth)
}

fn client_pair(authority: &Authority) -> (String, String) {
    authority.issue(ExtendedKeyUsagePurpose::ClientAuth)
}

/// Whether a file below a folder, or a text, holds a word.
fn holds(folder: &Path, word: &str) -> bool {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    entries.into_iter().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return holds(&path, word);
        }
        fs::read(&path).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(word))
    })
}
