//! Reading `adapter.toml` and the files that it names: every fault of all of them at once, with its place.

use super::{
    Adapter, Loss, MANIFEST, Mapped,
    based::{BASE, Otherwise},
    checks, examples,
    schemas::{self, Contracts, SideSchema},
};
use crate::{
    layout::{self, Layout},
    mapping::{Included, Mapping, Path, Way},
};
use sluse_contracts::{
    Finding, code,
    files::{ContractFiles, resolve},
    settings::{Placed, Settings, Table},
};
use std::{collections::HashSet, sync::Arc};

/// Most mappings of an adapter.
const MAPPINGS_MAX: usize = 1_000;

/// The files of the folder, and what is wrong in those that were read.
pub(super) struct Folder<'f> {
    pub(super) files: &'f ContractFiles,
    pub(super) contracts: Option<Contracts<'f>>,
    pub(super) findings: Vec<Finding>,
    /// What another adapter, which is based on this one, says of how its files are written.
    pub(super) otherwise: Option<Otherwise>,
    /// What mappings include, as far as it has been read.
    pub(super) included: Included,
}

pub(super) fn read(
    name: &str,
    files: &ContractFiles,
    contracts: Option<Contracts<'_>>,
    findings: &mut Vec<Finding>,
) -> Option<Adapter> {
    let Some(manifest) = files.get(MANIFEST) else {
        let sentence = format!("there is no `{MANIFEST}` in the folder of the adapter");
        findings.push(files.finding(MANIFEST, code::FILE_UNREADABLE, sentence));
        return None;
    };
    let (findings_here, included) = (Vec::new(), Included::default());
    let mut folder =
        Folder { files, contracts, findings: findings_here, otherwise: None, included };
    let settings = Settings::parse_bytes(&files.shown(MANIFEST), &manifest.bytes, findings)?;
    let adapter = match settings.root_has(BASE) {
        true => folder.based(name, &settings),
        false => folder.adapter(name, &settings),
    };
    let mut found = settings.into_findings();
    found.extend(folder.findings);
    let is_sound = !found.iter().any(Finding::is_error);
    findings.extend(found);
    adapter.filter(|_| is_sound)
}

impl Folder<'_> {
    pub(super) fn adapter(&mut self, name: &str, settings: &Settings<'_>) -> Option<Adapter> {
        let mut root = settings.root();
        let title = root.text("title");
        let legacy = root.placed_text("legacy");
        let contract_side = root.placed_text("contract-side");
        let legacy = legacy.and_then(|file| self.layout(&root, &file, Way::Forward));
        let contract_side = contract_side.and_then(|file| self.layout(&root, &file, Way::Reverse));
        let of_legacy = schemas::read(self, &mut root, "legacy-schema", legacy.as_deref());
        let of_contract =
            schemas::read(self, &mut root, "contract-schema", contract_side.as_deref());
        let losses = [("refuse", Loss::Refuse), ("report", Loss::Report)];
        let loss = root.choice("loss", &losses).unwrap_or_default();
        let tables = root.tables("mapping");
        let n_tables = tables.len();
        if n_tables > MAPPINGS_MAX {
            let sentence = format!("an adapter has {MAPPINGS_MAX} mappings at most");
            root.report("mapping", code::VALUE_WRONG, sentence);
            return None;
        }
        let mut mappings = Vec::new();
        for mut table in tables {
            mappings.extend(self.mapped(&mut table));
        }
        check_order(&root, &mappings);
        let is_whole = mappings.len() == n_tables;
        let examples = examples::read(&mut root);
        root.finish();
        let mappings = mappings.into_iter().map(|placed| placed.value).collect();
        // A schema that cannot be read was told.
        let (of_legacy, of_contract) = (of_legacy?, of_contract?);
        let adapter = Adapter {
            name: name.to_owned(),
            title: title?,
            legacy: legacy?,
            contract_side: contract_side?,
            loss,
            mappings,
        };
        if is_whole {
            let names = checks::names_of(&adapter.mappings);
            let parts = |schema: &SideSchema, side: &Arc<dyn Layout>| schema.parts(&**side, &names);
            let known = checks::Known {
                legacy: parts(&of_legacy, &adapter.legacy),
                contract_side: parts(&of_contract, &adapter.contract_side),
            };
            let shown = |file: &str| self.files.shown(file);
            self.findings.extend(checks::check(&adapter, &known, &shown));
            // Its examples are as its own descriptions say.
            if !self.findings.iter().any(Finding::is_error) && self.otherwise.is_none() {
                let file = settings.file();
                self.findings.extend(examples::check(&adapter, &examples, self.files, file));
            }
        }
        is_whole.then_some(adapter)
    }

    fn mapped(&mut self, table: &mut Table<'_>) -> Option<Placed<Mapped>> {
        let place = table.place();
        let file = table.placed_text("file");
        let when: Option<Path> = table.optional_name("when");
        let reverse_when: Option<Path> = table.optional_name("reverse-when");
        let is_sound = |key, when: &Option<Path>| when.is_some() || !table.has(key);
        let is_sound = is_sound("when", &when) && is_sound("reverse-when", &reverse_when);
        let file = file?;
        let (name, text) = self.text(table, &file)?;
        let mapping = self.mapping(&name, &text)?;
        let mapped = Mapped { file: file.value, mapping, when, reverse_when };
        is_sound.then_some(Placed { value: mapped, place })
    }

    /// A mapping, with the files of the folder that it includes.
    fn mapping(&mut self, name: &str, text: &str) -> Option<Mapping> {
        let included = |name: &str| {
            let found = self.files.get(&resolve("", name)?)?;
            Some(str::from_utf8(&found.bytes).ok()?.trim_start_matches('\u{feff}').to_owned())
        };
        let mut findings = Vec::new();
        let known = &mut self.included;
        let mapping = Mapping::read_among(name, text, &included, known, &mut findings);
        for finding in findings.iter_mut().filter(|finding| finding.file != name) {
            finding.file = self.files.shown(&finding.file);
        }
        self.findings.extend(findings);
        mapping
    }

    /// The description of the side that a way starts from.
    fn layout(
        &mut self,
        root: &Table<'_>,
        file: &Placed<String>,
        way: Way,
    ) -> Option<Arc<dyn Layout>> {
        let (name, text) = self.text(root, file)?;
        let otherwise = self.otherwise.as_ref().map_or(&[][..], |otherwise| otherwise.of(way));
        layout::describe_otherwise(&name, &text, otherwise, &mut self.findings)
    }

    /// A file of the folder by its name: how findings name it, and its text.
    pub(super) fn text(
        &mut self,
        table: &Table<'_>,
        file: &Placed<String>,
    ) -> Option<(String, String)> {
        let wrong = |code, sentence: String| {
            table.settings().report(file.place, code, sentence);
            None
        };
        let Some(path) = resolve("", &file.value) else {
            return wrong(
                code::REFERENCE_OUTSIDE,
                "a file of the adapter's folder is named".into(),
            );
        };
        let Some(found) = self.files.get(&path) else {
            let sentence = format!("there is no file `{path}` in the adapter's folder");
            return wrong(code::FILE_UNREADABLE, sentence);
        };
        let name = self.files.shown(&path);
        match str::from_utf8(&found.bytes) {
            Ok(text) => Some((name, text.trim_start_matches('\u{feff}').to_owned())),
            Err(_) => {
                let sentence = "the file is not UTF-8 text";
                self.findings.push(Finding::in_file(name, code::FILE_NOT_TEXT, sentence));
                None
            }
        }
    }
}

/// A mapping that no unit can come to is one that somebody believes in.
fn check_order(root: &Table<'_>, mappings: &[Placed<Mapped>]) {
    type Side = fn(&Mapped) -> &Option<Path>;
    let sides: [(Side, &str); 2] =
        [(|mapped| &mapped.when, "when"), (|mapped| &mapped.reverse_when, "reverse-when")];
    // Where no way back is meant, nothing need be said of it.
    let goes_back = mappings.iter().all(|each| each.value.mapping.plan(Way::Reverse).is_ok());
    for (side, key) in sides.into_iter().take(if goes_back { 2 } else { 1 }) {
        let mut seen: HashSet<String> = HashSet::new();
        let mut takes_all = false;
        for mapped in mappings {
            let when = side(&mapped.value).as_ref().map(ToString::to_string);
            let twice = when.as_ref().is_some_and(|when| !seen.insert(when.clone()));
            if takes_all || twice {
                let sentence = format!("a mapping before this one takes the same units (`{key}`)");
                let hint = format!(
                    "say with `{key}` which units each is for; the first that fits is taken"
                );
                let settings = root.settings();
                settings.report_with_hint(mapped.place, code::VALUE_WRONG, sentence, hint);
            }
            takes_all |= when.is_none();
        }
    }
}
