//! Reads `services/*.toml`: what is offered, where it is reached, and which requests go there.

use super::{
    CertificateDemand, Demand, Enforcement, EnforcementPair, Environment, Files, Messages, Origin,
    Route, Service, UnknownOperations, environment::expand, limits::LIMIT_KEYS, upstream,
};
use http::{HeaderName, Method, Uri};
use sluse_conformance::certificate::Word;
use sluse_contracts::{
    Finding, code,
    id::ServiceId,
    settings::{Placed, Settings as Toml, Table},
};

const FOLDER: &str = "services";

const UNKNOWN_OPERATIONS: [(&str, UnknownOperations); 2] =
    [("refuse", UnknownOperations::Refuse), ("pass", UnknownOperations::Pass)];

const MESSAGES: [(&str, Messages); 2] = [("one", Messages::One), ("many", Messages::Many)];

/// A service with its ways in, and where each stands.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) service: Service,
    pub(super) origin: Origin,
    pub(super) contract: Origin,
    /// Whether it names a contract, be it one that could not be read.
    pub(super) has_contract: bool,
    /// Where it says which certificate it asks for.
    pub(super) certificate_at: Origin,
    pub(super) routes: Vec<(Route, Origin)>,
    pub(super) keys: Vec<(String, Origin)>,
    /// Adapters that the service and its routes name.
    pub(super) adapters: Vec<(String, Speaks, Origin)>,
}

/// Who speaks by an adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaks {
    /// The service's provider.
    Provider,
    /// Consumers that come by a route.
    Consumers,
}

/// Reads all files of the folder; one service in each.
pub(super) fn read(
    files: &Files,
    environment: Environment<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<Read> {
    let mut services = Vec::new();
    for (path, bytes) in files.below(FOLDER) {
        if path.ends_with(".md") {
            continue;
        }
        if !path.ends_with(".toml") {
            let sentence = "the folder holds `*.toml`, one service in each";
            findings.push(Finding::in_file(path, code::FILE_UNEXPECTED, sentence));
            continue;
        }
        if let Some(toml) = Toml::parse_bytes(path, bytes, findings) {
            services.extend(Reader { toml: &toml, environment }.service());
            findings.extend(toml.into_findings());
        }
    }
    services
}

struct Reader<'a> {
    toml: &'a Toml<'a>,
    environment: Environment<'a>,
}

impl Reader<'_> {
    fn service(&self) -> Option<Read> {
        let mut root = self.toml.root();
        let origin = self.origin(&root, "id");
        let id: Option<ServiceId> = root.name("id");
        let contract = self.origin(&root, "contract");
        let (has_contract, agreed) = (root.has("contract"), root.optional_name("contract"));
        let upstream = self.upstream(&mut root);
        let mut adapters = Vec::new();
        let adapter = self.adapter(&mut root, Speaks::Provider, &mut adapters);
        let enforced =
            EnforcementPair { request: Enforcement::Enforce, response: Enforcement::Enforce };
        let enforcement = enforcement(&mut root, enforced);
        let certificate_at = self.origin(&root, "requires-certificate");
        let requires_certificate = certificate_demand(&mut root, CertificateDemand::default());
        let bounds = LIMIT_KEYS.iter().find(|limit| limit.key == "upstream-timeout-ms");
        let most = bounds.map_or(u64::MAX, |limit| limit.most);
        let timeout_ms = root.whole("timeout-ms", 1..=most);
        let routes = root.tables("route");
        let keys = root.optional_table("receives").map(|table| self.receives(table));
        let inherited = (enforcement, requires_certificate);
        let Some(id) = id else {
            // Their faults count all the same.
            for table in routes {
                self.route(table, None, inherited, &mut adapters);
            }
            root.finish();
            return None;
        };
        let routes = routes.into_iter();
        let routes = routes
            .filter_map(|table| self.route(table, Some(&id), inherited, &mut adapters))
            .collect();
        root.finish();
        let service = Service {
            id,
            contract: agreed,
            upstream,
            enforcement,
            timeout_ms,
            adapter,
            requires_certificate,
        };
        let keys = keys.unwrap_or_default();
        Some(Read {
            service,
            origin,
            contract,
            has_contract,
            certificate_at,
            routes,
            keys,
            adapters,
        })
    }

    fn upstream(&self, root: &mut Table<'_>) -> Vec<Uri> {
        let texts = root.texts("upstream");
        if !root.has("upstream") {
            root.report_missing("upstream");
        } else if texts.is_empty() {
            root.report("upstream", code::UPSTREAM_WRONG, "a service has at least one upstream");
        }
        let read = |text: Placed<String>| {
            let text = expand(&text, self.toml, self.environment)?;
            match upstream::parse(&text.value) {
                Ok(uri) => Some(uri),
                Err(why) => {
                    self.toml.report(text.place, code::UPSTREAM_WRONG, why);
                    None
                }
            }
        };
        texts.into_iter().filter_map(read).collect()
    }

    fn adapter(
        &self,
        table: &mut Table<'_>,
        speaks: Speaks,
        adapters: &mut Vec<(String, Speaks, Origin)>,
    ) -> Option<String> {
        let name = table.optional_placed_text("adapter")?;
        adapters.push((name.value.clone(), speaks, Origin::new(self.toml.file(), name.place)));
        Some(name.value)
    }

    fn receives(&self, mut table: Table<'_>) -> Vec<(String, Origin)> {
        let keys = table.texts("keys").into_iter().filter_map(|key| {
            if let Err(why) = super::receivers::check_key(&key.value) {
                self.toml.report(key.place, code::VALUE_WRONG, why);
                return None;
            }
            Some((key.value, Origin::new(self.toml.file(), key.place)))
        });
        keys.collect()
    }

    fn route(
        &self,
        mut table: Table<'_>,
        service: Option<&ServiceId>,
        inherited: (EnforcementPair, CertificateDemand),
        adapters: &mut Vec<(String, Speaks, Origin)>,
    ) -> Option<(Route, Origin)> {
        let origin = Origin::new(self.toml.file(), table.place());
        let host = table.optional_placed_text("host").and_then(|host| self.host(&host));
        let path = table.placed_text("path").and_then(|path| self.path(&path));
        let methods = table.texts("methods");
        let methods = methods.into_iter().filter_map(|text| self.method(&text)).collect();
        let headers = self.headers(&mut table);
        let adapter = self.adapter(&mut table, Speaks::Consumers, adapters);
        let messages = table.choice("messages", &MESSAGES).unwrap_or_default();
        let enforcement = enforcement(&mut table, inherited.0);
        let requires_certificate = certificate_demand(&mut table, inherited.1);
        let unknown_operations = table.choice("unknown-operations", &UNKNOWN_OPERATIONS);
        let unknown_operations = unknown_operations.unwrap_or_default();
        table.finish();
        let place = origin.to_string();
        let service = service?.clone();
        let path = path?;
        let route = Route {
            host,
            path,
            methods,
            headers,
            service,
            enforcement,
            unknown_operations,
            adapter,
            requires_certificate,
            messages,
            place,
        };
        Some((route, origin))
    }

    fn host(&self, host: &Placed<String>) -> Option<String> {
        let lower = host.value.to_ascii_lowercase();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._[]:".contains(&byte);
        let bracketed = lower.starts_with('[') && lower.ends_with(']');
        let sound = !lower.is_empty()
            && lower.len() <= 255
            && lower.bytes().all(allowed)
            && (bracketed || !lower.contains([':', '[', ']']));
        if !sound {
            let sentence =
                "`host` is a name or address without scheme and port, as in persons.example";
            self.toml.report(host.place, code::VALUE_WRONG, sentence);
        }
        sound.then_some(lower)
    }

    fn path(&self, path: &Placed<String>) -> Option<String> {
        let sound = path.value.starts_with('/')
            && path
                .value
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !b"?#\"<>`{}".contains(&byte))
            && !path.value.split('/').any(|segment| matches!(segment, "." | ".."))
            && !path.value.contains("//");
        if !sound {
            let sentence = "`path` begins with `/` and is a plain path, as in /v1/";
            self.toml.report(path.place, code::VALUE_WRONG, sentence);
        }
        sound.then(|| path.value.clone())
    }

    fn method(&self, text: &Placed<String>) -> Option<Method> {
        let method = Method::from_bytes(text.value.as_bytes()).ok();
        let method =
            method.filter(|method| !method.as_str().bytes().any(|byte| byte.is_ascii_lowercase()));
        if method.is_none() {
            let sentence = "a method is written in capitals, as in POST";
            self.toml.report(text.place, code::VALUE_WRONG, sentence);
        }
        method
    }

    fn headers(&self, table: &mut Table<'_>) -> Vec<(HeaderName, String)> {
        let entries = table.text_entries("headers").into_iter();
        let headers = entries.filter_map(|(name, value)| {
            match HeaderName::from_bytes(name.value.as_bytes()) {
                Ok(header) => Some((header, value)),
                Err(_) => {
                    self.toml.report(name.place, code::VALUE_WRONG, "this is no header's name");
                    None
                }
            }
        });
        headers.collect()
    }

    fn origin(&self, table: &Table<'_>, key: &str) -> Origin {
        Origin::new(self.toml.file(), table.place_of(key))
    }
}

fn enforcement(table: &mut Table<'_>, inherited: EnforcementPair) -> EnforcementPair {
    const WORDS: [(&str, Enforcement); 2] =
        [("observe", Enforcement::Observe), ("enforce", Enforcement::Enforce)];
    let Some(mut pair) = table.optional_table("enforcement") else { return inherited };
    let request = pair.choice("request", &WORDS).unwrap_or(inherited.request);
    let response = pair.choice("response", &WORDS).unwrap_or(inherited.response);
    pair.finish();
    EnforcementPair { request, response }
}

fn certificate_demand(table: &mut Table<'_>, inherited: CertificateDemand) -> CertificateDemand {
    const DEMANDS: [(&str, Demand); 3] =
        [("off", Demand::Off), ("warn", Demand::Warn), ("refuse", Demand::Refuse)];
    let demand = table.choice("requires-certificate", &DEMANDS).unwrap_or(inherited.demand);
    let word = table.choice("certificate-word", &Word::ALL).unwrap_or(inherited.word);
    CertificateDemand { demand, word }
}
