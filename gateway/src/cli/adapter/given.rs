//! The adapter that a command line means: a folder, one of a configuration, or one that ships.

use crate::{
    cli::{Exit, Output},
    config::{Files, hint_at, is_program, load_named, process_environment, read_program},
};
use sluse_adapters::{
    adapter::{Adapter, MANIFEST},
    library, soap_json,
};
use sluse_contracts::{ContractFiles, ContractRef, Finding};
use std::path::{Path, PathBuf};

/// The file that makes a folder one of configuration.
const SETTINGS: &str = "sluse.toml";

/// Where an adapter stands.
pub(crate) struct Given {
    /// What it is called.
    pub(crate) name: String,
    /// Its files.
    pub(crate) files: ContractFiles,
    /// What could not be read of them.
    pub(crate) findings: Vec<Finding>,
    /// The configuration whose contracts it may name, where there is one.
    config: Option<PathBuf>,
}

impl Given {
    /// Finds an adapter by a folder or a name. What there is instead is told.
    pub(crate) fn find(
        asked: &str,
        config: Option<&Path>,
        output: &mut Output,
    ) -> Result<Self, Exit> {
        let folder = Path::new(asked);
        if folder.join(MANIFEST).is_file() {
            return Ok(Self::in_folder(folder).among(config));
        }
        let config = config.unwrap_or(Path::new("."));
        let own = config.join("adapters").join(asked);
        let is_name = !asked.is_empty() && !asked.contains(['/', '\\']) && asked != "..";
        if is_name && own.join(MANIFEST).is_file() {
            return Ok(Self::in_folder(&own).among(Some(config)));
        }
        if let Some(shipped) = library::find(asked) {
            let (name, files) = (shipped.name.to_owned(), shipped.files());
            return Ok(Self { name, files, findings: Vec::new(), config: None });
        }
        if asked == soap_json::NAME {
            let exit = output.error(format_args!("`{asked}` has no files: it follows from a WSDL"));
            output.hint("`sluse adapter openapi --wsdl FILE` shows what it takes, `sluse translate --adapter soap-json --wsdl FILE` what becomes of a message");
            return Err(exit);
        }
        let exit = match folder.is_dir() {
            true => output.error(format_args!("`{asked}` has no `{MANIFEST}`")),
            false => output.error(format_args!("there is no adapter `{asked}`")),
        };
        let names = names(config);
        match hint_at(asked, names.iter().map(String::as_str)) {
            Some(near) => output.hint(format_args!("did you mean `{near}`?")),
            None => output.hint(
                "name a folder with an adapter.toml, one below adapters/ of --config, or one of `sluse adapter list`",
            ),
        }
        Err(exit)
    }

    /// The adapter of a folder.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        let mut findings = Vec::new();
        let read = Files::read_all(folder, &mut findings);
        let shown = folder.display().to_string();
        let shown = shown.strip_prefix("./").unwrap_or(&shown);
        let mut files = ContractFiles::new(shown);
        for (path, bytes) in read.iter() {
            files.add(path, bytes.clone());
        }
        let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let name = whole.file_name().map(|name| name.to_string_lossy().into_owned());
        Self { name: name.unwrap_or_default(), files, findings, config: None }
    }

    /// The same, beside the contracts of a configuration folder, where it is one.
    pub(crate) fn among(mut self, config: Option<&Path>) -> Self {
        let is_one = |config: &&Path| config.join(SETTINGS).is_file();
        self.config = config.filter(is_one).map(Path::to_owned);
        self
    }

    /// Reads it; every fault and warning is added to what was found.
    pub(crate) fn read(&mut self) -> Option<Adapter> {
        if self.is_program() {
            read_program(&self.files, &mut self.findings);
            return None;
        }
        let Self { name, files, config, findings } = self;
        let Some(config) = config else { return Adapter::read(name, files, findings) };
        let contracts = |asked: &ContractRef| {
            let (registry, _) = load_named(config, &process_environment, asked)?;
            registry.find(asked).cloned()
        };
        Adapter::read_among(name, files, &contracts, findings)
    }

    /// Whether it is another program.
    pub(crate) fn is_program(&self) -> bool {
        is_program(&self.files)
    }

    /// Reads it, or tells its faults.
    pub(crate) fn read_or_tell(mut self, output: &mut Output) -> Result<Adapter, Exit> {
        if self.is_program() {
            let exit = output.error(format_args!("the adapter `{}` is a program", self.name));
            output.hint("it has no mapping to show: what it does is its own");
            return Err(exit);
        }
        let adapter = self.read();
        match adapter.filter(|_| !self.findings.iter().any(Finding::is_error)) {
            Some(adapter) => Ok(adapter),
            None => {
                self.findings.iter().for_each(|finding| output.note(finding));
                Err(output.error(format_args!("the adapter `{}` is faulty", self.name)))
            }
        }
    }
}

/// The folders of adapters in a configuration folder.
pub(crate) fn folders(config: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(config.join("adapters"));
    let entries = entries.into_iter().flatten().filter_map(Result::ok);
    let mut folders: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| path.join(MANIFEST).is_file()).collect();
    folders.sort();
    folders
}

fn names(config: &Path) -> Vec<String> {
    let own = folders(config).into_iter();
    let own = own.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    let shipped = library::ALL.iter().map(|shipped| shipped.name);
    own.chain(shipped.chain([soap_json::NAME]).map(ToOwned::to_owned)).collect()
}
