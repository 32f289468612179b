//! `conformance.toml`: the one file that a supplier writes.
//!
//! Read with every fault at once, each with its place. A secret never stands in it: only where it is,
//! as `env:NAME` or `file:PATH`.

use sluse_conformance::{Role, Template, settle::Leave, suite::WHOLE, template::Slot};
use sluse_contracts::{
    Finding, code,
    settings::{Placed, Settings, Table, Value},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

/// The file's name.
pub const FILE: &str = "conformance.toml";
/// Largest file, in bytes.
pub const FILE_BYTES_MAX: u64 = 1 << 20;
/// The name of the supplier's own credentials.
pub const OWN: &str = "own";

const ROLES: &[(&str, Role)] = &[("provider", Role::Provider), ("consumer", Role::Consumer)];

/// What a supplier says of his system.
#[derive(Debug, Clone, PartialEq)]
pub struct Supplier {
    /// The contract: a folder, a bundle file, or `ID[@VERSION]` of the library.
    pub contract: String,
    /// Whose system it is.
    pub role: Role,
    /// The part of the contract that it keeps to, by its name in the suite; nothing: the whole.
    pub profile: Option<String>,
    /// The system's name.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// Where it is reached: scheme, authority and base path.
    pub address: http::Uri,
    /// Who is trusted, and who we are, in TLS.
    pub tls: TlsFiles,
    /// Credentials by name; [`OWN`] are the supplier's.
    pub credentials: BTreeMap<String, Way>,
    /// Other secrets that cases name.
    pub secrets: BTreeMap<String, Reference>,
    /// Test data by name.
    pub test_data: BTreeMap<String, String>,
    /// Path and query of something that the own credentials can read; slots of test data may stand in it.
    pub known: Option<Template>,
    /// Where the system says which version of the contract it keeps to.
    pub contract_version: Option<VersionAt>,
    /// Leave that the system has to break clauses.
    pub waivers: Vec<Leave>,
    /// Limits.
    pub limits: RunLimits,
}

/// Files for TLS.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsFiles {
    /// Certificate authorities that the system's certificate must come from (PEM); the machine's where absent.
    pub ca: Option<PathBuf>,
    /// Our certificate chain (PEM) and its private key (PEM), where the system asks for one.
    pub own: Option<(PathBuf, PathBuf)>,
}

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// An environment variable.
    Environment(String),
    /// A file; white space at its ends is no part of the secret.
    File(PathBuf),
}

/// How credentials are shown to the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// `Authorization: Bearer` (RFC 6750).
    Bearer(Reference, Expected),
    /// `Authorization: Basic` (RFC 7617).
    Basic {
        /// The user's name; no secret.
        user: String,
        /// The password.
        password: Reference,
    },
    /// A header of this name.
    Header(http::HeaderName, Reference),
    /// A token that is asked for first, with the grant `client_credentials` (RFC 6749, section 4.4).
    ClientCredentials {
        /// Where it is asked for.
        token_url: http::Uri,
        /// Our id; no secret.
        client_id: String,
        /// Our secret.
        client_secret: Reference,
        /// What is asked for.
        scopes: Vec<String>,
        /// What the token must say.
        expected: Expected,
    },
}

/// What a token must say of itself, as far as the supplier knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// The audience, `aud` (RFC 7519, section 4.1.3).
    pub audience: Option<String>,
    /// The issuer, `iss`.
    pub issuer: Option<String>,
    /// Scopes that it must have.
    pub scopes: Vec<String>,
}

/// Where a system says which version of the contract it keeps to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VersionAt {
    /// A header of each answer, by its name in lower case.
    Header(String),
    /// A document below the address, and a JSON Pointer in it.
    Document {
        /// Path and query.
        path: String,
        /// JSON Pointer (RFC 6901).
        pointer: String,
    },
}

/// Limits of a run. None is infinite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunLimits {
    /// Cases at the same time.
    pub threads: usize,
    /// Requests in a second; 0: as fast as they are answered.
    pub rate_per_second: u64,
    /// Requests in a run.
    pub requests_max: u64,
    /// How long a run may take.
    pub time_max: Duration,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest wait for one whole answer.
    pub request_timeout: Duration,
    /// Largest answer, in bytes.
    pub answer_bytes_max: usize,
}

impl Default for RunLimits {
    fn default() -> Self {
        Self {
            threads: 4,
            rate_per_second: 0,
            requests_max: 20_000,
            time_max: Duration::from_secs(600),
            connect_timeout: Duration::from_secs(2),
            request_timeout: Duration::from_secs(10),
            answer_bytes_max: 4 << 20,
        }
    }
}

/// Reads the file's text; paths in it are taken from `folder`. A supplier only where nothing is at fault.
pub fn read(shown: &str, text: &[u8], folder: &Path) -> (Option<Supplier>, Vec<Finding>) {
    let mut findings = Vec::new();
    let Some(settings) = Settings::parse_bytes(shown, text, &mut findings) else {
        return (None, findings);
    };
    let supplier = Reading { folder }.supplier(settings.root());
    findings.extend(settings.into_findings());
    let sound = !findings.iter().any(Finding::is_error);
    (supplier.filter(|_| sound), findings)
}

/// What the file's paths are taken from.
struct Reading<'f> {
    folder: &'f Path,
}

impl Reading<'_> {
    fn supplier(&self, mut root: Table<'_>) -> Option<Supplier> {
        let contract = root.text("contract");
        let role = root.required_choice("role", ROLES);
        let profile = root.optional_text("profile").filter(|name| name != WHOLE);
        let address = root.placed_text("address").and_then(|text| address(&root, &text));
        let (name, version) = root.table("system").map_or((None, None), system);
        let tls = root.optional_table("tls").map(|table| self.tls(table)).unwrap_or_default();
        let credentials = root.optional_table("credentials");
        let credentials = credentials.map(|table| self.all_credentials(table)).unwrap_or_default();
        let secrets = root.optional_table("secrets").map(|table| self.secrets(table));
        let test_data = root.optional_table("test-data").map(test_data).unwrap_or_default();
        let known = root.optional_placed_text("known").and_then(|text| known(&root, &text));
        let contract_version = root.optional_table("contract-version").and_then(version_at);
        let waivers = root.tables("waiver").into_iter().filter_map(waiver).collect();
        let limits = root.optional_table("limits").map(limits).unwrap_or_default();
        root.finish();
        Some(Supplier {
            contract: self.contract(contract?),
            role: role?,
            profile,
            name: name?,
            version,
            address: address?,
            tls,
            credentials,
            secrets: secrets.unwrap_or_default(),
            test_data,
            known,
            contract_version,
            waivers,
            limits,
        })
    }

    /// A contract that lies beside the file is named from there.
    fn contract(&self, written: String) -> String {
        let beside = self.folder.join(&written);
        if beside.exists() { beside.display().to_string() } else { written }
    }

    fn tls(&self, mut table: Table<'_>) -> TlsFiles {
        let ca = table.optional_text("ca").map(|path| self.folder.join(path));
        let certificate = table.optional_text("certificate").map(|path| self.folder.join(path));
        let key = table.optional_text("key").map(|path| self.folder.join(path));
        let own = match (certificate, key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            (Some(_), None) => {
                table.report_missing("key");
                None
            }
            (None, Some(_)) => {
                table.report_missing("certificate");
                None
            }
        };
        table.finish();
        TlsFiles { ca, own }
    }

    fn all_credentials(&self, mut table: Table<'_>) -> BTreeMap<String, Way> {
        let mut all = BTreeMap::new();
        for (name, value) in table.entries() {
            let Some(inner) = value.table() else { continue };
            if let Some(way) = self.way(inner) {
                all.insert(name.value.to_owned(), way);
            }
        }
        all
    }

    fn way(&self, mut table: Table<'_>) -> Option<Way> {
        let expected = Expected {
            audience: table.optional_text("audience"),
            issuer: table.optional_text("issuer"),
            scopes: table.texts("scopes").into_iter().map(|scope| scope.value).collect(),
        };
        let ways = ["token", "user", "header", "token-url"];
        let way = match ways.iter().find(|key| table.has(key)) {
            Some(&"token") => {
                self.reference(&mut table, "token").map(|at| Way::Bearer(at, expected))
            }
            Some(&"user") => {
                let (user, password) = (table.text("user"), self.reference(&mut table, "password"));
                user.zip(password).map(|(user, password)| Way::Basic { user, password })
            }
            Some(&"header") => {
                let (name, value) = (table.name("header"), self.reference(&mut table, "value"));
                name.zip(value).map(|(name, value)| Way::Header(name, value))
            }
            Some(_) => self.client_credentials(&mut table, expected),
            None => {
                let sentence = "credentials are one of `token`, `user` with `password`, `header` with `value`, and `token-url` with `client-id` and `client-secret`";
                table.settings().report(table.place(), code::KEY_MISSING, sentence);
                None
            }
        };
        table.finish();
        way
    }

    fn client_credentials(&self, table: &mut Table<'_>, expected: Expected) -> Option<Way> {
        let token_url = table.placed_text("token-url").and_then(|text| address(table, &text));
        let client_id = table.text("client-id");
        let client_secret = self.reference(table, "client-secret");
        Some(Way::ClientCredentials {
            token_url: token_url?,
            client_id: client_id?,
            client_secret: client_secret?,
            scopes: expected.scopes.clone(),
            expected,
        })
    }

    fn secrets(&self, mut table: Table<'_>) -> BTreeMap<String, Reference> {
        let mut all = BTreeMap::new();
        for (name, value) in table.entries() {
            if let Some(reference) = self.reference_of(&table, &value) {
                all.insert(name.value.to_owned(), reference);
            }
        }
        all
    }

    fn reference(&self, table: &mut Table<'_>, key: &'static str) -> Option<Reference> {
        let Some(value) = table.value(key) else {
            table.report_missing(key);
            return None;
        };
        self.reference_of(table, &value)
    }

    fn reference_of(&self, table: &Table<'_>, value: &Value<'_>) -> Option<Reference> {
        let text = value.placed_text()?;
        match text.value.split_once(':') {
            Some(("env", name)) if !name.is_empty() => {
                Some(Reference::Environment(name.to_owned()))
            }
            Some(("file", path)) if !path.is_empty() => {
                Some(Reference::File(self.folder.join(path)))
            }
            _ => {
                // What was written may be the secret itself: it is not repeated.
                let sentence = "a secret is named by where it is, `env:NAME` or `file:PATH`, and does not stand in this file";
                table.settings().report(text.place, code::VALUE_WRONG, sentence);
                None
            }
        }
    }
}

fn system(mut table: Table<'_>) -> (Option<String>, Option<String>) {
    let found = (table.text("name"), table.optional_text("version"));
    table.finish();
    found
}

fn waiver(mut table: Table<'_>) -> Option<Leave> {
    let (id, clause) = (table.text("id"), table.text("clause"));
    let (reason, approver) = (table.text("reason"), table.text("approver"));
    let until = table.required_day("until");
    table.finish();
    Some(Leave { id: id?, clause: clause?, reason: reason?, approver: approver?, until: until? })
}

fn address(table: &Table<'_>, text: &Placed<String>) -> Option<http::Uri> {
    let uri = text.value.parse::<http::Uri>().ok().filter(|uri| {
        let scheme = uri.scheme_str();
        let bare = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        matches!(scheme, Some("http" | "https")) && bare && uri.query().is_none()
    });
    if uri.is_none() {
        let sentence = "an address is `http://` or `https://`, a host, and perhaps a port and a base path, without user, query and fragment";
        table.settings().report(text.place, code::VALUE_WRONG, sentence);
    }
    uri
}

fn test_data(mut table: Table<'_>) -> BTreeMap<String, String> {
    let entries = table.entries();
    let texts = entries
        .into_iter()
        .filter_map(|(name, value)| Some((name.value.to_owned(), value.text()?)));
    texts.collect()
}

fn known(table: &Table<'_>, text: &Placed<String>) -> Option<Template> {
    let given_alone = |template: &Template| {
        text.value.starts_with('/') && template.slots().all(|slot| matches!(slot, Slot::Given(_)))
    };
    let template = Template::parse(&text.value).ok().filter(given_alone);
    if template.is_none() {
        let sentence = "`known` is a path below the address that begins with `/`; `{{given:NAME}}` puts test data into it";
        table.settings().report(text.place, code::VALUE_WRONG, sentence);
    }
    template
}

fn version_at(mut table: Table<'_>) -> Option<VersionAt> {
    let found = if table.has("header") {
        table.text("header").map(|name| VersionAt::Header(name.to_ascii_lowercase()))
    } else {
        let (path, pointer) = (table.text("path"), table.text("pointer"));
        path.zip(pointer).map(|(path, pointer)| VersionAt::Document { path, pointer })
    };
    table.finish();
    found
}

fn limits(mut table: Table<'_>) -> RunLimits {
    let usual = RunLimits::default();
    let ms = |value: Option<u64>, usual| value.map_or(usual, Duration::from_millis);
    let size = |value: Option<u64>, usual| {
        value.and_then(|value| usize::try_from(value).ok()).unwrap_or(usual)
    };
    let limits = RunLimits {
        threads: size(table.whole("threads", 1..=32), usual.threads),
        rate_per_second: table.whole("rate-per-second", 0..=10_000).unwrap_or_default(),
        requests_max: table.whole("requests-max", 1..=1_000_000).unwrap_or(usual.requests_max),
        time_max: table.whole("time-max-s", 1..=86_400).map_or(usual.time_max, Duration::from_secs),
        connect_timeout: ms(table.whole("connect-timeout-ms", 50..=60_000), usual.connect_timeout),
        request_timeout: ms(table.whole("request-timeout-ms", 50..=600_000), usual.request_timeout),
        answer_bytes_max: size(
            table.whole("answer-bytes-max", 1_000..=1 << 30),
            usual.answer_bytes_max,
        ),
    };
    table.finish();
    limits
}
