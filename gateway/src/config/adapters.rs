//! Reads `adapters/<name>/`: how systems speak that do not speak as the contract says.

use super::Files;
use sluse_adapters::{
    adapter::{Adapter, MANIFEST, Plans},
    library,
    mapping::Way,
    program::Program,
};
use sluse_contracts::{ContractFiles, Finding, code, settings::Settings};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The folder of adapters, below that of the configuration.
pub(crate) const FOLDER: &str = "adapters";

/// The adapters of a folder, by name; nothing for one that is faulty, whose faults were told.
#[derive(Debug, Default)]
pub struct Adapters {
    own: BTreeMap<String, Option<Arc<Adapter>>>,
    in_use: BTreeMap<String, Arc<InUse>>,
    /// Those that are other programs.
    programs: BTreeSet<String>,
}

/// An adapter by which a service or consumers speak.
#[derive(Debug)]
pub struct InUse {
    /// From the legacy side to the contract's.
    pub to_contract: Plans,
    /// From the contract's side to the legacy one.
    pub from_contract: Plans,
}

/// Why an adapter cannot be used by a service or route.
#[derive(Debug)]
pub(super) enum Unusable {
    /// There is none of this name.
    Missing,
    /// It is faulty, as was told.
    Faulty,
    /// It is another program.
    Program,
    /// It does not lead both ways: the first row, with the reason.
    OneWay(String),
}

impl Adapters {
    /// The names of those in the folder.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.own.keys().map(String::as_str)
    }

    /// Those in the folder that are sound.
    pub fn sound(&self) -> impl Iterator<Item = &Arc<Adapter>> {
        self.own.values().flatten()
    }

    /// Whether the folder has one of this name, sound or not.
    pub fn has(&self, name: &str) -> bool {
        self.own.contains_key(name)
    }

    /// An adapter that a service or route names.
    pub fn in_use(&self, name: &str) -> Option<Arc<InUse>> {
        self.in_use.get(name).cloned()
    }

    /// Makes an adapter ready to be used: requests and answers go opposite ways.
    pub(super) fn prepare(&mut self, name: &str) -> Result<(), Unusable> {
        if self.in_use.contains_key(name) {
            return Ok(());
        }
        if self.programs.contains(name) {
            return Err(Unusable::Program);
        }
        let known = self.has(name) || library::find(name).is_some();
        let adapter = match (known, self.find(name)) {
            (false, _) => return Err(Unusable::Missing),
            (true, None) => return Err(Unusable::Faulty),
            (true, Some(adapter)) => adapter,
        };
        let plans = |way| {
            adapter.plans(way).map_err(|rows| {
                Unusable::OneWay(rows.first().map(ToString::to_string).unwrap_or_default())
            })
        };
        let in_use =
            InUse { to_contract: plans(Way::Forward)?, from_contract: plans(Way::Reverse)? };
        self.in_use.insert(name.to_owned(), Arc::new(in_use));
        Ok(())
    }

    /// The adapter of a name: that of the folder, else the shipped one.
    pub fn find(&self, name: &str) -> Option<Arc<Adapter>> {
        match self.own.get(name) {
            Some(own) => own.clone(),
            None => library::find(name).and_then(|shipped| shipped.read().0).map(Arc::new),
        }
    }
}

/// Reads all adapters of a configuration folder.
pub fn read(files: &Files, findings: &mut Vec<Finding>) -> Adapters {
    let mut folders: BTreeMap<&str, ContractFiles> = BTreeMap::new();
    for (path, bytes) in files.below(FOLDER) {
        let below = path.strip_prefix(FOLDER).and_then(|path| path.strip_prefix('/'));
        match below.and_then(|below| below.split_once('/')) {
            Some((name, inner)) => {
                let folder = || ContractFiles::new(format!("{FOLDER}/{name}"));
                folders.entry(name).or_insert_with(folder).add(inner, bytes.clone());
            }
            None if path.ends_with(".md") => {}
            None => {
                let sentence =
                    format!("`{FOLDER}` holds a folder for each adapter, with `{MANIFEST}` in it");
                findings.push(Finding::in_file(path, code::FILE_UNEXPECTED, sentence));
            }
        }
    }
    let mut adapters = Adapters::default();
    for (name, files) in folders {
        if is_program(&files) {
            read_program(&files, findings);
            adapters.programs.insert(name.to_owned());
        } else {
            let adapter = Adapter::read(name, &files, findings).map(Arc::new);
            adapters.own.insert(name.to_owned(), adapter);
        }
    }
    adapters
}

/// Whether an adapter is another program, as its manifest says.
pub(crate) fn is_program(files: &ContractFiles) -> bool {
    let manifest = files.get(MANIFEST).and_then(|file| std::str::from_utf8(&file.bytes).ok());
    let settings = manifest.and_then(|text| Settings::parse(MANIFEST, text, &mut Vec::new()));
    settings.is_some_and(|settings| {
        let mut root = settings.root();
        let has = root.has("program");
        // Nothing of it is read here: what is wrong is told where it is.
        root.entries();
        has
    })
}

/// Reads the manifest of an adapter that is another program, and tells its faults.
pub(crate) fn read_program(files: &ContractFiles, findings: &mut Vec<Finding>) -> Option<Program> {
    let manifest = files.get(MANIFEST)?;
    let settings = Settings::parse_bytes(&files.shown(MANIFEST), &manifest.bytes, findings)?;
    let mut root = settings.root();
    root.text("title");
    let program = root.table("program").and_then(|mut table| {
        let program = Program::read(&mut table);
        table.finish();
        program
    });
    root.finish();
    findings.extend(settings.into_findings());
    program
}
