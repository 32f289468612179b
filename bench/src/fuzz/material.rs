//! A set in memory: the files of its contract, and documents.

use super::sets::Set;
use crate::{
    Fault, differential,
    mutants::{Chance, invent::Inventor, tree},
    sources,
};
use sluse_contracts::{Contract, ContractFiles, Finding, SchemaCache};
use sluse_xml::{Document, Limits, NodeKind};
use sluse_xsd::{Budget, Schema};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Files of a contract by their path in it.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// One step of a contract, as its manifest names it.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) language: &'static str,
    pub(super) entry: String,
}

/// A set, read.
#[derive(Debug)]
pub(super) struct Material {
    pub(super) steps: Vec<(Step, Files)>,
    pub(super) documents: Vec<tree::Element>,
}

impl Material {
    pub(super) fn read(corpora: &Path, set: &Set) -> Result<Self, Fault> {
        let mut steps = Vec::new();
        let entries = set.schema.iter().map(|path| ("xsd", path));
        for (language, path) in entries.chain(set.rules.iter().map(|path| ("schematron", path))) {
            let (entry, files) = gather(&differential::place(corpora, path), steps.len())?;
            steps.push((Step { language, entry }, files));
        }
        let mut documents = Vec::new();
        for folder in set.documents {
            for path in differential::files(&differential::place(corpora, folder))? {
                let Some(document) = tree::read(&fs::read(path)?) else { continue };
                documents.extend(wanted(document, set.roots));
            }
        }
        if set.documents.is_empty() {
            documents =
                steps.first().map(|(step, files)| invented(step, files)).unwrap_or_default();
        }
        if documents.is_empty() {
            return Err(format!("{}: no documents", set.name).into());
        }
        Ok(Self { steps, documents })
    }

    /// The files of all steps.
    pub(super) fn all_files(&self) -> Files {
        self.steps.iter().flat_map(|(_, files)| files.clone()).collect()
    }

    pub(super) fn all_steps(&self) -> Vec<&Step> {
        self.steps.iter().map(|(step, _)| step).collect()
    }
}

/// Documents that are invented of each element.
const INVENTED: u64 = 10;

fn invented(step: &Step, files: &Files) -> Vec<tree::Element> {
    let texts = texts(files);
    let inventor = Inventor::new(texts.values());
    let entry = texts.get(&step.entry).and_then(|text| tree::read(text.as_bytes()));
    let roots: Vec<String> = entry
        .iter()
        .flat_map(tree::Element::elements)
        .filter(|it| it.local_name() == "element")
        .filter_map(|it| it.attributes.iter().find(|(name, _)| name == "name"))
        .map(|(_, name)| name.clone())
        .collect();
    let all = roots.iter().flat_map(|root| (0..INVENTED).map(move |number| (root, number)));
    all.filter_map(|(root, number)| inventor.document(root, &mut Chance::new(number))).collect()
}

/// The document, or the one that a collection of tests holds.
fn wanted(document: tree::Element, roots: &[&str]) -> Option<tree::Element> {
    if roots.contains(&document.local_name()) {
        return Some(document);
    }
    let found = document.numbers(&|it| roots.contains(&it.local_name()));
    found.first().and_then(|at| document.nth(*at)).cloned()
}

/// A file and all that it refers to, by path below the folder that they have in common.
fn gather(entry: &Path, number: usize) -> Result<(String, Files), Fault> {
    let entry = entry.canonicalize()?;
    let mut found: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
    let mut waiting = vec![entry.clone()];
    while let Some(path) = waiting.pop() {
        if found.contains_key(&path) {
            continue;
        }
        // What is not there is a hint that leads nowhere.
        let Ok(bytes) = fs::read(&path) else { continue };
        let folder = path.parent().unwrap_or(Path::new("/"));
        waiting.extend(references(&bytes).iter().map(|to| sources::plain(&folder.join(to))));
        found.insert(path, bytes);
    }
    let mut common = entry.parent().unwrap_or(Path::new("/")).to_owned();
    while !found.keys().all(|path| path.starts_with(&common)) {
        common.pop();
    }
    let name = |path: &Path| {
        let below = path.strip_prefix(&common).unwrap_or(path);
        format!("schemas/{number}/{}", below.to_string_lossy())
    };
    let files = found.iter().map(|(path, bytes)| (name(path), bytes.clone())).collect();
    Ok((name(&entry), files))
}

/// Where a schema or rule set refers to.
fn references(bytes: &[u8]) -> Vec<String> {
    let text = sluse_xml::decode(bytes, None).unwrap_or_default();
    let Ok(document) = Document::parse_text(&text, &Limits::default()) else { return Vec::new() };
    let elements = document
        .descendants(document.root())
        .filter(|node| document.kind(*node) == NodeKind::Element);
    let directives = elements.filter(|node| {
        matches!(document.local(*node), "include" | "import" | "redefine" | "extends")
    });
    let found = directives.filter_map(|node| {
        let location = document.attribute(node, "", "schemaLocation");
        location.or_else(|| document.attribute(node, "", "href"))
    });
    let local = found.map(|to| to.split('#').next().unwrap_or_default().trim().to_owned());
    local.filter(|to| !to.contains(':') && !to.is_empty()).collect()
}

/// A contract of these steps.
pub(super) fn load(steps: &[&Step], files: &Files) -> (Option<Arc<Contract>>, Vec<Finding>) {
    let judge: Vec<String> =
        steps.iter().map(|step| format!("{{ {} = '{}' }}", step.language, step.entry)).collect();
    let manifest = format!(
        "id = 'bench/mutated'\nversion = '1.0.0'\nstatus = 'in-force'\ntitle = {{ en = 'Mutated' }}\n\
         severity = {{ id-prefix = {{ 'W-' = 'warning' }} }}\n\
         [[operation]]\nname = 'send'\nkind = 'one-way'\nrequest = {{ judge = [{}] }}\n",
        judge.join(", ")
    );
    let mut contract = ContractFiles::new("");
    contract.add("contract.toml", manifest.into_bytes());
    for (path, bytes) in files {
        contract.add(path, bytes.clone());
    }
    Contract::load(&contract, &SchemaCache::new())
}

/// The schema alone, as streams are judged by it.
pub(super) fn schema(step: &Step, files: &Files) -> Option<Schema> {
    Schema::compile(&texts(files), &[&step.entry], &Budget::default()).0
}

fn texts(files: &Files) -> BTreeMap<String, Arc<str>> {
    let text = |bytes: &Vec<u8>| {
        let text = sluse_xml::decode(bytes, None).ok()?;
        Some(Arc::from(sources::without_declaration(&text)))
    };
    files.iter().filter_map(|(path, bytes)| Some((path.clone(), text(bytes)?))).collect()
}
