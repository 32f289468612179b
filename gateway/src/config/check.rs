//! Compares what the files of a folder say of each other.

use super::{
    Adapters, Messages, Origin, Route, UnknownOperations,
    adapters::{Unusable, Ways},
    contracts, members,
    receivers::Tables,
    services::{self, Speaks},
    settings, waivers,
};
use sluse_adapters::soap_json;
use sluse_conformance::certificate::Known;
use sluse_contracts::{
    Day, Finding, code,
    id::{MemberId, ServiceId, SubsystemId},
    manifest::OperationKind,
};
use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    sync::Arc,
};

/// Everything that was read.
#[derive(Debug)]
pub(super) struct All {
    pub(super) settings: Option<settings::Read>,
    pub(super) members: Vec<members::Read>,
    pub(super) services: Vec<services::Read>,
    pub(super) tables: Tables,
    pub(super) waivers: Vec<waivers::Read>,
    pub(super) contracts: contracts::Read,
    pub(super) adapters: Adapters,
    pub(super) certificates: Known,
    pub(super) today: Day,
    /// Now, in seconds since 1970-01-01T00:00:00Z.
    pub(super) now_s: i64,
}

impl All {
    /// Tells every fault between the files.
    pub(super) fn check(&mut self, findings: &mut Vec<Finding>) {
        self.check_ids(findings);
        self.check_members(findings);
        self.check_adapters(findings);
        self.check_documents(findings);
        self.check_contracts(findings);
        self.check_routes(findings);
        self.check_receivers(findings);
        self.check_waivers(findings);
        super::certificates::check(self, findings);
        self.check_files(findings);
    }

    fn check_ids(&self, findings: &mut Vec<Finding>) {
        let members = self.members.iter();
        let subsystems = members.clone().flat_map(|read| {
            let ids = read.member.subsystems.iter().map(|subsystem| &subsystem.id);
            ids.zip(&read.subsystems)
        });
        let members = members.map(|read| (&read.member.id, &read.origin));
        let services = self.services.iter().map(|read| (&read.service.id, &read.origin));
        let waivers = self.waivers.iter().map(|read| (&read.waiver.id, &read.id));
        tell_twice("member", members, findings);
        tell_twice("subsystem", subsystems, findings);
        tell_twice("service", services, findings);
        tell_twice("waiver", waivers, findings);
        self.check_certificates(findings);
    }

    /// One certificate shows one subsystem, and has not expired.
    fn check_certificates(&self, findings: &mut Vec<Finding>) {
        let mut seen: HashMap<&str, (&SubsystemId, &Origin)> = HashMap::new();
        for (shown, subsystem, origin) in self.members.iter().flat_map(|read| &read.certificates) {
            if let Some(last) = shown.last_day.filter(|last| *last < self.today) {
                let sentence = format!("the certificate's last day was {last}");
                let finding = origin.finding(code::CERTIFICATE_UNUSABLE, sentence).warning();
                findings.push(finding.hint("put its successor beside it, then take it away"));
            }
            if let Some((other, first)) = seen.insert(&shown.digest, (subsystem, origin)) {
                let sentence = format!("the certificate shows `{other}` already");
                let hint = format!("the first is at {first}; a certificate shows one subsystem");
                findings.push(origin.finding(code::ID_DUPLICATE, sentence).hint(hint));
            }
        }
    }

    fn check_members(&self, findings: &mut Vec<Finding>) {
        let unread = |finding: &Finding| {
            finding.file.starts_with("members/")
                && [code::NOT_TOML, code::FILE_NOT_TEXT, code::FILE_UNREADABLE]
                    .contains(&finding.code)
        };
        if findings.iter().any(unread) {
            // Whoever is missing may stand in the file that could not be read.
            return;
        }
        let known: HashSet<&SubsystemId> = self
            .members
            .iter()
            .flat_map(|read| &read.member.subsystems)
            .map(|subsystem| &subsystem.id)
            .collect();
        let members: HashSet<&MemberId> = self.members.iter().map(|read| &read.member.id).collect();
        let consumers = self.settings.iter().flat_map(|settings| &settings.consumers);
        let asked = consumers
            .map(|(subsystem, origin)| (subsystem.clone(), origin))
            .chain(self.services.iter().map(|read| (read.service.id.subsystem(), &read.origin)))
            .chain(
                self.waivers.iter().map(|read| (read.waiver.subsystem.clone(), &read.subsystem)),
            );
        for (subsystem, origin) in asked.filter(|(subsystem, _)| !known.contains(subsystem)) {
            let sentence = if members.contains(&subsystem.member()) {
                format!("the member `{}` has no subsystem `{subsystem}`", subsystem.member())
            } else {
                format!("there is no member `{}`", subsystem.member())
            };
            let near = nearest(subsystem.as_str(), known.iter().map(|known| known.as_str()));
            let finding = origin.finding(code::MEMBER_NOT_FOUND, sentence);
            findings.push(finding.hint(near.map_or_else(
                || "add it to a file in `members/`".to_owned(),
                |near| format!("did you mean `{near}`?"),
            )));
        }
    }

    fn check_contracts(&self, findings: &mut Vec<Finding>) {
        for read in &self.services {
            if let Some(asked) = &read.service.contract
                && let Err(hint) = self.contracts.find(asked)
            {
                let sentence = format!("no contract in force fits `{asked}`");
                findings.push(read.contract.finding(code::CONTRACT_NOT_FOUND, sentence).hint(hint));
            }
        }
    }

    /// Routes with the same conditions: which one is taken would hang on the files' order.
    fn check_routes(&self, findings: &mut Vec<Finding>) {
        let mut seen = HashMap::new();
        for (route, origin) in self.services.iter().flat_map(|read| &read.routes) {
            let mut methods: Vec<&str> = route.methods.iter().map(http::Method::as_str).collect();
            methods.sort_unstable();
            let mut headers: Vec<_> =
                route.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            headers.sort_unstable();
            let path = route.path.trim_end_matches('/');
            let conditions = (route.host.as_deref(), path, methods, headers);
            if let Some(first) = seen.insert(conditions, origin) {
                let sentence = "another route matches the same requests";
                let hint = format!(
                    "the other is at {first}; give one another host, path, method or header"
                );
                findings.push(origin.finding(code::ROUTE_DUPLICATE, sentence).hint(hint));
            }
        }
    }

    /// Adapters that services and routes name are there, fit their contract, and lead the ways that messages go.
    fn check_adapters(&mut self, findings: &mut Vec<Finding>) {
        for read in &self.services {
            let asked = read.service.contract.as_ref();
            let contract = asked.and_then(|asked| self.contracts.registry.find(asked));
            // Without a contract nobody knows what is answered.
            let passes = |route: &Route| route.unknown_operations == UnknownOperations::Pass;
            let answers = contract.is_none_or(|contract| contract.answers())
                || read.routes.iter().any(|(route, _)| passes(route));
            for (name, speaks, origin) in &read.adapters {
                let ways = match speaks {
                    Speaks::Provider => Ways::of_provider(answers),
                    Speaks::Consumers => Ways::of_consumers(answers),
                };
                let prepared = match name.as_str() {
                    // That there is no such contract, or that its id cannot be read, is told elsewhere.
                    soap_json::NAME if read.has_contract && contract.is_none() => continue,
                    soap_json::NAME => self.adapters.prepare_face(contract.map(|each| &**each)),
                    name => self.adapters.prepare(name, ways),
                };
                if let Err(unusable) = prepared {
                    findings.extend(unusable.finding(name, origin, self.adapters.names()));
                }
            }
            for (route, origin) in &read.routes {
                if route.messages == Messages::Many
                    && !self.adapters.parts(route.adapter.as_deref())
                {
                    let sentence = "`messages = \"many\"` needs an adapter that tells where one ends and the next begins";
                    let finding = origin.finding(code::ADAPTER_UNFIT, sentence);
                    findings.push(finding.hint("name an adapter with a description of the files, in `adapter` of the route"));
                }
            }
        }
    }

    /// Adapters of files that come as documents are there, and have parts.
    fn check_documents(&mut self, findings: &mut Vec<Finding>) {
        let mut contracts = self.contracts.registry.contracts().iter();
        let answers = contracts.any(|contract| {
            contract.document_operation().is_some_and(|each| each.kind == OperationKind::TwoWay)
        });
        for (name, origin) in self.settings.iter().flat_map(|settings| &settings.adapters) {
            let prepared = match name.as_str() {
                soap_json::NAME => Err(Unusable::Unfit("a document is of no service yet")),
                name => self.adapters.prepare(name, Ways::of_consumers(answers)),
            };
            if let Err(unusable) = prepared {
                findings.extend(unusable.finding(name, origin, self.adapters.names()));
            } else if !self.adapters.parts(Some(name)) {
                let sentence = format!("the adapter `{name}` has no description of the files");
                let finding = origin.finding(code::ADAPTER_UNFIT, sentence);
                findings.push(
                    finding.hint("name one that tells where a message ends and the next begins"),
                );
            }
        }
    }

    fn check_receivers(&mut self, findings: &mut Vec<Finding>) {
        let known: HashSet<&ServiceId> =
            self.services.iter().map(|read| &read.service.id).collect();
        for (service, origin) in &self.tables.services {
            if !known.contains(&**service) {
                let sentence = format!("there is no service `{service}`");
                let near = nearest(service.as_str(), known.iter().map(|known| known.as_str()));
                let finding = origin.finding(code::SERVICE_NOT_FOUND, sentence);
                findings.push(finding.hint(near.map_or_else(
                    || "add it to `services/`".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                )));
            }
        }
        for read in &self.services {
            let service = Arc::new(read.service.id.clone());
            for (key, origin) in &read.keys {
                findings.extend(self.tables.add(key, &service, origin));
            }
        }
    }

    fn check_waivers(&self, findings: &mut Vec<Finding>) {
        for read in &self.waivers {
            let waiver = &read.waiver;
            if waiver.until_day < self.today.days() {
                let last = Day::from_days(waiver.until_day);
                let sentence = format!("the waiver's last day was {last}: it excuses nothing");
                let finding = read.until.finding(code::WAIVER_EXPIRED, sentence).warning();
                findings.push(finding.hint("remove it, or have it approved anew"));
            }
            if let Err(hint) = self.contracts.find(&waiver.contract) {
                let sentence = format!("no contract in force fits `{}`", waiver.contract);
                findings.push(read.contract.finding(code::WAIVER_WRONG, sentence).hint(hint));
            }
            let is_violation = waiver.rule.starts_with('V') && code::entry(&waiver.rule).is_some();
            if is_code(&waiver.rule) && !is_violation {
                let sentence = format!("no violation has the code `{}`", waiver.rule);
                let finding = read.rule.finding(code::WAIVER_WRONG, sentence);
                findings.push(finding.hint("`sluse explain` lists all codes"));
            } else if !is_code(&waiver.rule)
                && self.contracts.knows_rule(&waiver.contract, &waiver.rule) == Some(false)
            {
                let sentence = format!("`{}` has no rule `{}`", waiver.contract, waiver.rule);
                let finding = read.rule.finding(code::WAIVER_WRONG, sentence).warning();
                findings.push(finding.hint(
                    "write the rule as a violation names it: an assert's id, a constraint, a keyword",
                ));
            }
        }
    }

    /// Files that `sluse.toml` names are there, and private keys are private.
    fn check_files(&self, findings: &mut Vec<Finding>) {
        for file in self.settings.iter().flat_map(|settings| &settings.files) {
            file.check(findings);
        }
        let unusable = [code::CERTIFICATE_UNUSABLE, code::KEY_UNUSABLE];
        if findings.iter().any(|finding| unusable.contains(&finding.code) && finding.is_error()) {
            return;
        }
        // Each file can be read; whether they fit each other, only the whole shows.
        for (tls, origin) in self.settings.iter().flat_map(|settings| &settings.tls) {
            if let Err(fault) = crate::listen::tls::server(tls) {
                let sentence = format!("TLS cannot be set up: {}", fault.reason());
                findings.push(origin.finding(code::CERTIFICATE_UNUSABLE, sentence));
            }
        }
    }
}

fn tell_twice<'a, T: Eq + Hash + std::fmt::Display + 'a>(
    what: &str,
    all: impl Iterator<Item = (&'a T, &'a Origin)>,
    findings: &mut Vec<Finding>,
) {
    let mut seen: HashMap<&T, &Origin> = HashMap::new();
    for (id, origin) in all {
        if let Some(first) = seen.get(id) {
            let sentence = format!("there is a {what} `{id}` already");
            let hint = format!("the first is at {first}; give one another id");
            findings.push(origin.finding(code::ID_DUPLICATE, sentence).hint(hint));
        } else {
            seen.insert(id, origin);
        }
    }
}

/// Whether a text has the form of a code: a letter and four digits.
fn is_code(text: &str) -> bool {
    let digits = text.strip_prefix(['V', 'F', 'C']);
    digits.is_some_and(|rest| rest.len() == 4 && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The name that was most likely meant.
pub(crate) fn nearest<'n>(word: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    known
        .map(|name| (strsim::damerau_levenshtein(word, name), name))
        .filter(|(distance, name)| *distance <= 1 + name.len().max(word.len()) / 6)
        .min()
        .map(|(_, name)| name)
}
