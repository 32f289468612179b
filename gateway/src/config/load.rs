//! A folder of plain files becomes one snapshot, or a list of all its faults.

use super::{
    Environment, Files, Limits, Route, Service, Settings, Snapshot, adapters, certificates, check,
    contracts, members, receivers, services, settings, waivers,
};
use crate::clock::Clock;
use sluse_contracts::{ContractRef, Day, Finding, Registry, SchemaCache, code};
use std::{collections::HashMap, path::Path, sync::Arc};

/// What became of a folder.
#[derive(Debug)]
pub struct Loaded {
    /// The snapshot; absent where a finding is an error.
    pub snapshot: Option<Snapshot>,
    /// All faults and warnings, in the order of files and places.
    pub findings: Vec<Finding>,
}

/// Reads, checks and compiles a configuration folder.
pub fn load(folder: &Path, clock: &dyn Clock, environment: Environment<'_>) -> Loaded {
    load_again(folder, clock, environment, Arc::default())
}

/// The same, with the schemas of an earlier snapshot: those whose files are as they were are shared, not compiled again.
pub fn load_again(
    folder: &Path,
    clock: &dyn Clock,
    environment: Environment<'_>,
    schemas: Arc<SchemaCache>,
) -> Loaded {
    let mut findings = Vec::new();
    let files = Files::read(folder, &mut findings);
    load_files(&files, clock, environment, schemas, findings)
}

/// What `sluse.toml` says, however faulty the rest of the folder is: for commands that need no more than where
/// something is. Nothing where the file is missing or not TOML.
pub fn read_settings(folder: &Path, environment: Environment<'_>) -> Option<Settings> {
    let mut findings = Vec::new();
    let files = Files::read(folder, &mut findings);
    settings::read(&files, environment, &mut findings).map(|read| read.settings)
}

/// The contracts of one id in a folder, and the folder's limits: all that judging under a contract that is named
/// needs, in a fraction of the time that the whole folder takes. Nothing where one of them cannot be loaded, or
/// none fits: the whole folder tells why.
pub fn load_named(
    folder: &Path,
    environment: Environment<'_>,
    asked: &ContractRef,
) -> Option<(Registry, Limits)> {
    let mut findings = Vec::new();
    let files = Files::read_with(folder, &asked.id, &mut findings);
    let settings = settings::read(&files, environment, &mut findings)?;
    let read = contracts::read(
        &files,
        &settings.library,
        Some(&asked.id),
        &SchemaCache::new(),
        &mut findings,
    );
    read.registry.find(asked)?;
    let sound = !findings.iter().any(Finding::is_error);
    sound.then_some((read.registry, settings.settings.limits))
}

/// Checks and compiles files that were read before, with the findings of reading them.
fn load_files(
    files: &Files,
    clock: &dyn Clock,
    environment: Environment<'_>,
    schemas: Arc<SchemaCache>,
    mut findings: Vec<Finding>,
) -> Loaded {
    let settings = settings::read(files, environment, &mut findings);
    let members = members::read(files, &mut findings);
    let services = services::read(files, environment, &mut findings);
    let tables = receivers::read(files, &mut findings);
    let waivers = waivers::read(files, &mut findings);
    let issuers = settings.as_ref().map_or(&[][..], |read| &read.settings.issuers);
    let certificates = certificates::read(files, issuers, &mut findings);
    refuse_later(files, &mut findings);
    let library = settings.as_ref().map_or(&[][..], |settings| &settings.library);
    let contracts = contracts::read(files, library, None, &schemas, &mut findings);
    let adapters = adapters::read(files, &|asked| contracts.at_hand(asked), &mut findings);
    let now_s = i64::try_from(clock.now_ms() / 1_000).unwrap_or(i64::MAX);
    let today = Day::from_days(now_s / 86_400);
    let mut read = check::All {
        settings,
        members,
        services,
        tables,
        waivers,
        contracts,
        adapters,
        certificates,
        today,
        now_s,
    };
    read.check(&mut findings);
    findings.sort_by(|a, b| {
        (&a.file, a.line, a.column, a.code).cmp(&(&b.file, b.line, b.column, b.code))
    });
    findings.dedup();
    let sound = !findings.iter().any(Finding::is_error);
    let snapshot = if sound { assemble(files.digest(), read, schemas) } else { None };
    Loaded { snapshot, findings }
}

/// Files of what later versions will read are refused, so that nobody believes that they are in force.
fn refuse_later(files: &Files, findings: &mut Vec<Finding>) {
    for (path, _) in files.below("grants").filter(|(path, _)| !path.ends_with(".md")) {
        let sentence = "this version does not support grants yet: the file would do nothing";
        findings.push(Finding::in_file(path, code::FILE_UNEXPECTED, sentence).hint("remove it"));
    }
}

fn assemble(digest: String, read: check::All, schemas: Arc<SchemaCache>) -> Option<Snapshot> {
    let check::All {
        settings,
        members,
        services,
        tables,
        waivers,
        contracts,
        adapters,
        certificates,
        ..
    } = read;
    let consumers: HashMap<_, _> = members
        .iter()
        .flat_map(|read| &read.certificates)
        .map(|(shown, subsystem, _)| (shown.digest.clone(), subsystem.clone()))
        .collect();
    let members = members.into_iter().map(|read| (read.member.id.clone(), read.member)).collect();
    let mut routes = Vec::new();
    let mut by_id = indexmap::IndexMap::new();
    for read in services {
        routes.extend(read.routes.into_iter().map(|(route, _)| route));
        let service: Service = read.service;
        by_id.insert(service.id.clone(), Arc::new(service));
    }
    sort_routes(&mut routes);
    Some(Snapshot {
        digest,
        settings: settings?.settings,
        registry: contracts.registry,
        schemas,
        members,
        consumers,
        services: by_id,
        routes,
        receivers: tables.into_receivers(),
        waivers: waivers.into_iter().map(|read| read.waiver).collect(),
        adapters,
        certificates,
    })
}

/// Most specific first: longest path, then most conditions, then the order in the files.
fn sort_routes(routes: &mut [Route]) {
    routes.sort_by_key(|route| {
        let path = route.path.trim_end_matches('/').len();
        let conditions = usize::from(route.host.is_some())
            + usize::from(!route.methods.is_empty())
            + route.headers.len();
        std::cmp::Reverse((path, conditions))
    });
}
