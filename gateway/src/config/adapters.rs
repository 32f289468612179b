//! Reads `adapters/<name>/`: how systems speak that do not speak as the contract says.

use super::{Files, Origin, check::nearest, files::sha256};
use crate::external::{Errors, External};
use sluse_adapters::{
    adapter::{Adapter, Contracts, MANIFEST, Plans},
    library,
    mapping::Way,
    program::{MediaTypes, Program},
    soap_json::{self, Face},
};
use sluse_contracts::{Contract, ContractFiles, Finding, code, settings::Settings};
use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

/// The folder of adapters, below that of the configuration.
pub(crate) const FOLDER: &str = "adapters";

/// The format of what is carried as it is: the contract's side of an adapter that opens envelopes.
const CARRIED: &str = "content";

/// The adapters of a folder, by name; nothing for one that is faulty, whose faults were told.
#[derive(Debug, Default)]
pub struct Adapters {
    own: BTreeMap<String, Option<Arc<Adapter>>>,
    in_use: BTreeMap<String, Arc<InUse>>,
    /// SOAP services as JSON, by their contract as id@version.
    faces: BTreeMap<String, Arc<Face>>,
    /// Those that are other programs; nothing for one that is faulty.
    programs: BTreeMap<String, Option<Told>>,
}

/// An adapter by which a service or consumers speak.
#[derive(Debug)]
pub enum InUse {
    /// By descriptions and mappings.
    Described {
        /// From the legacy side to the contract's; nothing where nothing goes that way.
        to_contract: Option<Plans>,
        /// From the contract's side to the legacy one; nothing where nothing goes that way.
        from_contract: Option<Plans>,
        /// Whether it opens envelopes: the contract's side carries a document as it is, and what stands around it is dropped.
        opens_envelopes: bool,
    },
    /// A SOAP service as JSON: by the face of the exchange's contract.
    SoapJson,
    /// By another program.
    Program {
        /// The program, started when the first message comes.
        external: Arc<External>,
        /// What its messages are.
        media_types: MediaTypes,
        /// Digest of its files, in lower-case hex.
        digest: String,
    },
}

/// Which ways messages go through an adapter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ways {
    /// From the legacy side to the contract's.
    pub(super) to_contract: bool,
    /// From the contract's side to the legacy one.
    pub(super) from_contract: bool,
}

impl Ways {
    /// Of consumers: what they send is translated, and what they are answered, where they are.
    pub(super) fn of_consumers(are_answered: bool) -> Self {
        Self { to_contract: true, from_contract: are_answered }
    }

    /// Of a provider: what it gets is translated, and what it answers, where it does.
    pub(super) fn of_provider(answers: bool) -> Self {
        Self { to_contract: answers, from_contract: true }
    }
}

/// A program as its folder describes it.
#[derive(Debug)]
struct Told {
    program: Program,
    folder: PathBuf,
    digest: String,
}

/// Why an adapter cannot be used by a service or route.
#[derive(Debug)]
pub(super) enum Unusable {
    /// There is none of this name.
    Missing,
    /// It is faulty, as was told.
    Faulty,
    /// It does not lead both ways: the first row, with the reason.
    OneWay(String),
    /// It does not fit the contract of the service, for this reason.
    Unfit(&'static str),
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

    /// Whether what this adapter reads has parts: it has a description. One that is not ready to be used counts, as its
    /// faults are told already.
    pub(super) fn parts(&self, name: Option<&str>) -> bool {
        let in_use = name.map(|name| self.in_use.get(name));
        in_use.is_some_and(|found| {
            found.is_none_or(|in_use| matches!(**in_use, InUse::Described { .. }))
        })
    }

    /// The face of a contract, by its id@version, where a service or route speaks by it.
    pub fn face(&self, contract: &str) -> Option<Arc<Face>> {
        self.faces.get(contract).cloned()
    }

    /// Makes the face of a service's contract ready to be used.
    pub(super) fn prepare_face(&mut self, contract: Option<&Contract>) -> Result<(), Unusable> {
        let contract = contract.ok_or(Unusable::Unfit("the service has no contract"))?;
        let name = contract.to_string();
        if self.faces.contains_key(&name) {
            return Ok(());
        }
        let face = contract.description().and_then(|schema| Face::new(Arc::clone(schema)));
        let face = face.ok_or(Unusable::Unfit("the contract of the service has no WSDL"))?;
        if face.operations().is_empty() {
            return Err(Unusable::Unfit("no operation of the WSDL is of style document/literal"));
        }
        self.faces.insert(name, Arc::new(face));
        self.in_use.entry(soap_json::NAME.to_owned()).or_insert_with(|| Arc::new(InUse::SoapJson));
        Ok(())
    }

    /// Makes an adapter ready to be used: requests go one way, and answers, where there are any, the other.
    pub(super) fn prepare(&mut self, name: &str, ways: Ways) -> Result<(), Unusable> {
        let ready = |in_use: &InUse| match in_use {
            InUse::Described { to_contract, from_contract, .. } => {
                (to_contract.is_some() || !ways.to_contract)
                    && (from_contract.is_some() || !ways.from_contract)
            }
            InUse::SoapJson | InUse::Program { .. } => true,
        };
        if self.in_use.get(name).is_some_and(|in_use| ready(in_use)) {
            return Ok(());
        }
        if let Some(told) = self.programs.get(name) {
            let in_use = told.as_ref().ok_or(Unusable::Faulty)?.in_use()?;
            self.in_use.insert(name.to_owned(), Arc::new(in_use));
            return Ok(());
        }
        let known = self.has(name) || library::find(name).is_some();
        let adapter = match (known, self.find(name)) {
            (false, _) => return Err(Unusable::Missing),
            (true, None) => return Err(Unusable::Faulty),
            (true, Some(adapter)) => adapter,
        };
        let plans = |way, is_needed: bool| match adapter.plans(way) {
            Ok(plans) => Ok(Some(plans)),
            Err(_) if !is_needed => Ok(None),
            Err(rows) => {
                Err(Unusable::OneWay(rows.first().map(ToString::to_string).unwrap_or_default()))
            }
        };
        let in_use = InUse::Described {
            to_contract: plans(Way::Forward, ways.to_contract)?,
            from_contract: plans(Way::Reverse, ways.from_contract)?,
            opens_envelopes: adapter.to(Way::Forward).format() == CARRIED,
        };
        self.in_use.insert(name.to_owned(), Arc::new(in_use));
        Ok(())
    }

    /// Goes on with the programs of the configuration before, where nothing about them has changed: they need not be
    /// started anew. Those that are not needed any more end with the last exchange that uses them.
    pub(super) fn keep_running(&mut self, before: &Self) {
        for (name, in_use) in &mut self.in_use {
            if let (InUse::Program { digest, .. }, Some(running)) = (&**in_use, before.in_use(name))
                && matches!(&*running, InUse::Program { digest: same, .. } if same == digest)
            {
                *in_use = running;
            }
        }
    }

    /// The adapter of a name: that of the folder, else the shipped one.
    pub fn find(&self, name: &str) -> Option<Arc<Adapter>> {
        match self.own.get(name) {
            Some(own) => own.clone(),
            None => library::find(name).and_then(|shipped| shipped.read().0).map(Arc::new),
        }
    }
}

impl Told {
    fn in_use(&self) -> Result<InUse, Unusable> {
        let without = Unusable::Unfit("its program does not say what its messages are");
        let media_types = self.program.media_types.clone().ok_or(without)?;
        let external = External::new(self.program.clone(), self.folder.clone(), Errors::Dropped);
        Ok(InUse::Program {
            external: Arc::new(external),
            media_types,
            digest: self.digest.clone(),
        })
    }
}

/// Digest of all files of a folder, in lower-case hex.
fn digest(files: &ContractFiles) -> String {
    let mut all = Vec::new();
    for (path, file) in files.iter() {
        all.extend_from_slice(&(path.len() as u64).to_be_bytes());
        all.extend_from_slice(path.as_bytes());
        all.extend_from_slice(&(file.bytes.len() as u64).to_be_bytes());
        all.extend_from_slice(&file.bytes);
    }
    sha256(&all)
}

impl Unusable {
    /// What is told of it where a service or route names it; nothing where its own faults are told already.
    pub(super) fn finding<'n>(
        self,
        name: &str,
        origin: &Origin,
        known: impl Iterator<Item = &'n str>,
    ) -> Option<Finding> {
        Some(match self {
            Self::Faulty => return None,
            Self::Missing => {
                let sentence = format!("there is no adapter `{name}`");
                let hint = nearest(name, known.chain([soap_json::NAME])).map_or_else(
                    || {
                        "add it to `adapters/`; `sluse adapter list` shows those that ship"
                            .to_owned()
                    },
                    |near| format!("did you mean `{near}`?"),
                );
                origin.finding(code::ADAPTER_NOT_FOUND, sentence).hint(hint)
            }
            Self::OneWay(row) => {
                let sentence = format!(
                    "the adapter `{name}` does not lead both ways, and requests and answers go both"
                );
                origin.finding(code::ADAPTER_ONE_WAY, sentence).hint(row)
            }
            Self::Unfit(why) => {
                let sentence = format!("the adapter `{name}` does not fit: {why}");
                let hint = match name {
                    soap_json::NAME => {
                        "`soap-json` is for services whose contract is a WSDL; leave `adapter` out where JSON is what the contract says"
                    }
                    _ => {
                        "add `media-types = { legacy = \"…\", contract-side = \"…\" }` to `[program]` of its adapter.toml"
                    }
                };
                origin.finding(code::ADAPTER_UNFIT, sentence).hint(hint)
            }
        })
    }
}

/// Reads all adapters of a configuration folder; `contracts` finds those that they name.
pub fn read(files: &Files, contracts: Contracts<'_>, findings: &mut Vec<Finding>) -> Adapters {
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
    // A program runs in its folder, wherever the gateway was started.
    let root = files.root().canonicalize().unwrap_or_else(|_| files.root().to_owned());
    for (name, files) in folders {
        if name == soap_json::NAME {
            let sentence = format!("`{name}` is the adapter that makes JSON of SOAP by itself");
            let hint = "give the folder another name";
            findings.push(files.finding(MANIFEST, code::ID_DUPLICATE, sentence).hint(hint));
        }
        if is_program(&files) {
            let digest = digest(&files);
            let folder = root.join(FOLDER).join(name);
            let program = read_program(&files, findings);
            let told = program.map(|program| Told { program, folder, digest });
            adapters.programs.insert(name.to_owned(), told);
        } else {
            let adapter = Adapter::read_among(name, &files, contracts, findings).map(Arc::new);
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
