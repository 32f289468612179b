//! Reads `sluse.toml`: listeners, store, keys, limits, telemetry.

use super::{
    Environment, Files, KeySettings, LedgerSettings, Limits, Listener, ListenerTls, Origin,
    OutboxSettings, Settings, StoreSettings, Telemetry,
    environment::expand,
    keys::{Holds, NamedFile},
};
use sluse_contracts::{
    Finding, MediaType, code,
    id::SubsystemId,
    settings::{Place, Placed, Settings as Toml, Table, Value},
};
use sluse_ledger::{VerifierKey, key::KeyFault};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

/// The file's name.
pub(super) const FILE: &str = "sluse.toml";

/// Where the store is unless the file says otherwise, below the folder.
const STORE_DEFAULT: &str = "data/sluse.sqlite";
/// Where the signing key is unless the file says otherwise, below the folder.
const SIGNING_KEY_DEFAULT: &str = "keys/signing.pem";

/// What the file says, and where it says what other files must bear out.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) settings: Settings,
    pub(super) consumers: Vec<(SubsystemId, Origin)>,
    pub(super) library: Vec<(String, Origin)>,
    /// Adapters of documents, and where they are named.
    pub(super) adapters: Vec<(String, Origin)>,
    pub(super) files: Vec<NamedFile>,
    /// TLS of listeners, and where it stands.
    pub(super) tls: Vec<(ListenerTls, Origin)>,
}

/// Reads the file; nothing where it is missing or not TOML.
pub(super) fn read(
    files: &Files,
    environment: Environment<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Read> {
    let Some(bytes) = files.get(FILE) else {
        if !findings.iter().any(|finding| finding.file == FILE) {
            let sentence = "there is no `sluse.toml` in the folder";
            findings.push(
                Finding::in_file(FILE, code::FILE_UNREADABLE, sentence)
                    .hint("`sluse init DIR` writes a folder to start from"),
            );
        }
        return None;
    };
    let toml = Toml::parse_bytes(FILE, bytes, findings)?;
    let mut reader = Reader {
        toml: &toml,
        folder: files.root(),
        environment,
        consumers: Vec::new(),
        library: Vec::new(),
        adapters: Vec::new(),
        files: Vec::new(),
        tls: Vec::new(),
        warnings: Vec::new(),
        addresses: Vec::new(),
    };
    let settings = reader.all();
    let Reader { consumers, library, adapters, files, tls, warnings, .. } = reader;
    findings.extend(warnings);
    findings.extend(toml.into_findings());
    Some(Read { settings, consumers, library, adapters, files, tls })
}

/// Where `sluse.toml` names an address to listen on; nothing where it does not.
pub fn place_of_address(
    folder: &Path,
    address: SocketAddr,
    environment: Environment<'_>,
) -> Option<Place> {
    let bytes = std::fs::read(folder.join(FILE)).ok()?;
    let toml = Toml::parse_bytes(FILE, &bytes, &mut Vec::new())?;
    let mut root = toml.root();
    let tables = root.tables("listener").into_iter().chain(root.optional_table("operators"));
    tables.into_iter().find_map(|mut table| {
        let place = table.place_of("address");
        let text = Placed { value: table.value("address")?.text()?, place };
        let named = expand(&text, &toml, environment)?.value.parse::<SocketAddr>().ok()?;
        (named == address).then_some(place)
    })
}

struct Reader<'a> {
    toml: &'a Toml<'a>,
    folder: &'a Path,
    environment: Environment<'a>,
    consumers: Vec<(SubsystemId, Origin)>,
    library: Vec<(String, Origin)>,
    adapters: Vec<(String, Origin)>,
    files: Vec<NamedFile>,
    tls: Vec<(ListenerTls, Origin)>,
    warnings: Vec<Finding>,
    addresses: Vec<SocketAddr>,
}

impl<'a> Reader<'a> {
    fn all(&mut self) -> Settings {
        let mut root = self.toml.root();
        let listeners = root.tables("listener").into_iter();
        let listeners: Vec<_> = listeners.filter_map(|table| self.listener(table)).collect();
        if !root.has("listener") {
            let hint = "add `[[listener]]` with an `address`: the gateway has no other way in";
            let sentence = "`listener` is missing";
            self.toml.report_with_hint(root.place(), code::KEY_MISSING, sentence, hint);
        }
        let operators = root.optional_table("operators");
        let operators = operators.and_then(|table| self.operators(table));
        let store = root.optional_table("store").and_then(|table| self.store(table));
        let upstream_ca = root.optional_table("upstream").and_then(|table| self.upstream(table));
        let mut limits = root.optional_table("limits");
        let mut outbox = root.optional_table("outbox");
        let telemetry = root.optional_table("telemetry").map(|table| self.telemetry(table));
        let ledger = root.optional_table("ledger");
        let ledger = self.ledger(ledger);
        let keys = root.optional_table("keys").map(|table| self.keys(table));
        let issuers = root.optional_table("certificates").map(|table| self.issuers(table));
        if let Some(table) = root.optional_table("contracts") {
            self.contracts(table);
        }
        let documents = root.optional_table("documents").map(|table| self.documents(table));
        root.finish();
        Settings {
            documents: documents.unwrap_or_default(),
            listeners,
            operators: operators.unwrap_or(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9090)),
            store: store
                .unwrap_or(StoreSettings::Embedded { path: self.folder.join(STORE_DEFAULT) }),
            upstream_ca,
            limits: limits.as_mut().map_or_else(Limits::default, Limits::read),
            outbox: outbox.as_mut().map_or_else(OutboxSettings::default, OutboxSettings::read),
            telemetry: telemetry.unwrap_or_default(),
            ledger,
            keys: keys.unwrap_or_default(),
            issuers: issuers.unwrap_or_default(),
            library: self.library.iter().map(|(name, _)| name.clone()).collect(),
        }
    }

    fn listener(&mut self, mut table: Table<'_>) -> Option<Listener> {
        let place = table.place_of("address");
        let address = self.address(&mut table);
        let tls = table.optional_table("tls");
        let has_tls = tls.is_some();
        let tls = tls.and_then(|table| self.listener_tls(table));
        let consumer_place = table.place_of("consumer");
        let consumer: Option<SubsystemId> = table.optional_name("consumer");
        if let Some(consumer) = &consumer {
            self.consumers.push((consumer.clone(), Origin::new(FILE, consumer_place)));
        }
        if has_tls && table.has("consumer") {
            let sentence =
                "with TLS, consumers are known by their certificates: `consumer` says nothing";
            self.toml.report_with_hint(consumer_place, code::VALUE_WRONG, sentence, "remove it");
        }
        if !has_tls {
            if !table.has("consumer") {
                let sentence = "`consumer` is missing: without TLS, a listener names the one consumer that all callers are";
                let hint = "add `consumer = \"member/subsystem\"`, or `[listener.tls]`";
                self.toml.report_with_hint(table.place(), code::KEY_MISSING, sentence, hint);
            }
            if let Some(address) = address.filter(|address| !address.ip().is_loopback()) {
                let sentence =
                    format!("a listener without TLS may only be on loopback, not {}", address.ip());
                let hint = "listen on 127.0.0.1, or add `[listener.tls]`";
                self.toml.report_with_hint(place, code::LISTENER_EXPOSED, sentence, hint);
            }
        }
        if let Some(address) = address {
            self.claim(address, place);
        }
        table.finish();
        let whole = if has_tls { tls.is_some() } else { consumer.is_some() };
        address.filter(|_| whole).map(|address| Listener { address, tls, consumer })
    }

    fn listener_tls(&mut self, mut table: Table<'_>) -> Option<ListenerTls> {
        let origin = Origin::new(FILE, table.place_of("certificate"));
        let certificate = self.file(table.value("certificate"), Holds::Certificates);
        let key = self.file(table.value("key"), Holds::TlsKey);
        let client_ca = self.file(table.value("client-ca"), Holds::Certificates);
        for name in ["certificate", "key", "client-ca"] {
            if !table.has(name) {
                table.report_missing(name);
            }
        }
        table.finish();
        let tls = ListenerTls { certificate: certificate?, key: key?, client_ca: client_ca? };
        self.tls.push((tls.clone(), origin));
        Some(tls)
    }

    fn operators(&mut self, mut table: Table<'_>) -> Option<SocketAddr> {
        let place = table.place_of("address");
        let address = self.address(&mut table);
        if let Some(address) = address {
            self.claim(address, place);
        }
        if let Some(address) = address.filter(|address| !address.ip().is_loopback()) {
            let sentence = format!(
                "the operators' listener has no TLS and is not on loopback: {}",
                address.ip()
            );
            let finding = Origin::new(FILE, place).finding(code::LISTENER_EXPOSED, sentence);
            self.warnings.push(finding.warning().hint("let nobody but operators reach it"));
        }
        address
    }

    fn store(&self, mut table: Table<'_>) -> Option<StoreSettings> {
        let kind = table.choice("kind", &[("embedded", false), ("memory", true)]);
        let path = self.path(table.value("path"));
        if kind == Some(true) {
            if table.has("path") {
                table.report("path", code::VALUE_WRONG, "a store in memory has no path");
            }
            return Some(StoreSettings::Memory);
        }
        let path = path.unwrap_or_else(|| self.folder.join(STORE_DEFAULT));
        Some(StoreSettings::Embedded { path })
    }

    fn upstream(&mut self, mut table: Table<'_>) -> Option<PathBuf> {
        self.file(table.value("ca"), Holds::Certificates)
    }

    fn telemetry(&self, mut table: Table<'_>) -> Telemetry {
        let endpoint = table.value("otlp-endpoint");
        let place = table.place_of("otlp-endpoint");
        let endpoint = endpoint.and_then(|value| self.text(&value)).filter(|endpoint| {
            let sound = super::upstream::parse(&endpoint.value);
            if let Err(why) = &sound {
                self.toml.report(place, code::VALUE_WRONG, format!("`otlp-endpoint`: {why}"));
            }
            sound.is_ok()
        });
        Telemetry { otlp_endpoint: endpoint.map(|endpoint| endpoint.value) }
    }

    fn ledger(&mut self, table: Option<Table<'_>>) -> LedgerSettings {
        let mut origin = None;
        let mut key = None;
        let mut place = Place::START;
        if let Some(mut table) = table {
            place = table.place();
            origin = table.value("origin").and_then(|value| self.origin(&value));
            key = self.file(table.value("key"), Holds::SigningKey);
            if table.has("key") {
                place = table.place_of("key");
            }
        }
        let key = key.unwrap_or_else(|| {
            let default = self.folder.join(SIGNING_KEY_DEFAULT);
            self.files.push(NamedFile {
                path: default.clone(),
                holds: Holds::SigningKey,
                origin: Origin::new(FILE, place),
            });
            default
        });
        LedgerSettings { origin: origin.unwrap_or_else(|| "sluse.example/ledger".into()), key }
    }

    /// A checkpoint's origin: not empty, no spaces, no plus, as C2SP `tlog-checkpoint` and `signed-note` demand.
    fn origin(&self, value: &Value<'_>) -> Option<String> {
        let text = self.text(value)?.value;
        let sound = !text.is_empty()
            && text.len() <= 200
            && !text.contains(['+', '\n'])
            && !text.chars().any(char::is_whitespace);
        if !sound {
            value.refuse(
                "`origin` is a name without spaces and `+`, such as `gateway.example/ledger`",
            );
        }
        sound.then_some(text)
    }

    fn keys(&mut self, mut table: Table<'_>) -> KeySettings {
        KeySettings {
            storage: self.file(table.value("storage"), Holds::Secret),
            pseudonym: self.file(table.value("pseudonym"), Holds::Secret),
        }
    }

    /// Verifier keys of C2SP `signed-note`, as `sluse key public` prints them.
    fn issuers(&self, mut table: Table<'_>) -> Vec<VerifierKey> {
        let read = |text: Placed<String>| match text.value.parse() {
            Ok(key) => Some(key),
            Err(fault) => {
                self.toml.report(text.place, code::VALUE_WRONG, KeyFault::to_string(&fault));
                None
            }
        };
        table.texts("issuers").into_iter().filter_map(read).collect()
    }

    fn contracts(&mut self, mut table: Table<'_>) {
        let names = table.texts("library");
        self.library
            .extend(names.into_iter().map(|name| (name.value, Origin::new(FILE, name.place))));
    }

    /// Adapters by media type, which stands without parameters.
    fn documents(&mut self, mut table: Table<'_>) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for (media_type, name) in table.text_entries("adapters") {
            let origin = Origin::new(FILE, media_type.place);
            match media_type.value.parse::<MediaType>() {
                Ok(known) if known.essence() == media_type.value => {
                    self.adapters.push((name.clone(), origin));
                    all.push((known.essence().to_owned(), name));
                }
                _ => {
                    let sentence = "a media type is written in small letters and without parameters, as in application/edifact";
                    self.toml.report(media_type.place, code::VALUE_WRONG, sentence);
                }
            }
        }
        all
    }

    fn address(&self, table: &mut Table<'_>) -> Option<SocketAddr> {
        let Some(value) = table.value("address") else {
            table.report_missing("address");
            return None;
        };
        let text = self.text(&value)?.value;
        let address = text.parse().ok();
        if address.is_none() {
            value.refuse(
                "`address` is an IP address and a port, as in 127.0.0.1:8080 or [::1]:8080",
            );
        }
        address
    }

    /// Two listeners cannot have one address. Port 0 is any free one.
    fn claim(&mut self, address: SocketAddr, place: Place) {
        if address.port() != 0 && self.addresses.contains(&address) {
            self.toml.report(place, code::DUPLICATE, "another listener has this address");
        }
        self.addresses.push(address);
    }

    fn text(&self, value: &Value<'_>) -> Option<Placed<String>> {
        expand(&value.placed_text()?, self.toml, self.environment)
    }

    fn path(&self, value: Option<Value<'_>>) -> Option<PathBuf> {
        let value = value?;
        let text = self.text(&value)?.value;
        if text.is_empty() {
            value.refuse("a path is not empty");
            return None;
        }
        Some(self.folder.join(text))
    }

    /// A path to a file that must be there.
    fn file(&mut self, value: Option<Value<'_>>, holds: Holds) -> Option<PathBuf> {
        let place = value.as_ref()?.place();
        let path = self.path(value)?;
        self.files.push(NamedFile { path: path.clone(), holds, origin: Origin::new(FILE, place) });
        Some(path)
    }
}
