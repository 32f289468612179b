//! The suite's files: index, environments, cases.

use crate::assertion;
use serde_json::Value;
use sluse_xml::{Document, Limits, NodeId, NodeKind};
use sluse_xpath::StaticScope;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) set: String,
    pub(crate) expression: String,
    environment: String,
}

pub(crate) struct Suite {
    folder: PathBuf,
    documents: HashMap<PathBuf, Option<Document>>,
}

/// What a case is evaluated in.
pub(crate) struct Environment {
    pub(crate) scope: StaticScope,
    pub(crate) source: Option<PathBuf>,
    /// Variables by name, with the expressions of their values.
    pub(crate) variables: Vec<(String, String)>,
}

impl Suite {
    /// Unpacks the suite; `None` with a loud word where it is absent.
    pub(crate) fn unpack() -> Option<Self> {
        let shared = std::env::var_os("SLUSE_SHARED").map(PathBuf::from);
        let shared =
            shared.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
        let archive = shared.join("suites/qt3-xpath.tar.gz");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("qt3");
        std::fs::create_dir_all(&folder).unwrap();
        let unpacked = archive.is_file()
            && Command::new("tar")
                .arg("xzf")
                .arg(&archive)
                .arg("-C")
                .arg(&folder)
                .status()
                .is_ok_and(|s| s.success());
        if !unpacked {
            println!("SKIPPED: no shared data; set SLUSE_SHARED");
            return None;
        }
        Some(Self { folder: folder.join("qt3-xpath"), documents: HashMap::new() })
    }

    /// The cases for XPath 2.0 that need no optional feature.
    pub(crate) fn cases(&self) -> Vec<Case> {
        let index = std::fs::read_to_string(self.folder.join("index.jsonl")).unwrap();
        let rows = index.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let list = |row: &Value, key: &str| -> Vec<String> {
            row[key]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        };
        rows.filter(|row| row["xpath"] == true)
            .filter(|row| {
                list(row, "features").is_empty() && list(row, "other_dependencies").is_empty()
            })
            .filter(|row| {
                list(row, "spec")
                    .iter()
                    .all(|spec| spec.split(' ').any(|each| each.starts_with("XP20")))
            })
            .map(|row| Case {
                id: row["id"].as_str().unwrap().to_owned(),
                set: row["set"].as_str().unwrap().to_owned(),
                expression: row["expression"].as_str().unwrap_or("").to_owned(),
                environment: row["environment"].as_str().unwrap_or("").to_owned(),
            })
            .collect()
    }

    /// Whether a case gives what its set says; `Err`: why it cannot be run here.
    pub(crate) fn run(&mut self, case: &Case) -> Result<bool, String> {
        let set_path = self.folder.join("qt3").join(&case.set);
        let environment = self.environment(case, &set_path)?;
        if let Some(source) = environment.source.clone() {
            self.load(&source);
        }
        self.load(&set_path);
        let set = self.documents[&set_path].as_ref().ok_or("the set is not readable")?;
        let test = find(set, "test-case", &case.id).ok_or("no such case")?;
        let result = child(set, test, "result").ok_or("no result")?;
        let expected = elements(set, result).next().ok_or("no assertion")?;
        let document = match &environment.source {
            Some(source) => {
                Some(self.documents[source].as_ref().ok_or("the source is not readable")?)
            }
            None => None,
        };
        assertion::check(set, expected, &case.expression, &environment, document)
    }

    fn load(&mut self, path: &Path) {
        self.documents.entry(path.to_owned()).or_insert_with(|| {
            let bytes = std::fs::read(path).ok()?;
            Document::parse(&bytes, None, &Limits::default()).ok()
        });
    }

    fn environment(&mut self, case: &Case, set_path: &Path) -> Result<Environment, String> {
        let catalog = self.folder.join("qt3/catalog.xml");
        let (path, name) = match case.environment.split_once(':') {
            Some(("local", name)) => (set_path.to_owned(), Some(name)),
            Some(("global", name)) => (catalog, Some(name)),
            _ => (set_path.to_owned(), None),
        };
        self.load(&path);
        let file = self.documents[&path].as_ref().ok_or("the set is not readable")?;
        let node = match name {
            Some(name) => find(file, "environment", name),
            None => {
                find(file, "test-case", &case.id).and_then(|test| child(file, test, "environment"))
            }
        };
        let mut scope = StaticScope::default();
        scope.namespaces.insert("xs".to_owned(), sluse_xpath::XS_NAMESPACE.to_owned());
        let mut environment = Environment { scope, source: None, variables: Vec::new() };
        let Some(node) = node else { return Ok(environment) };
        for each in elements(file, node) {
            let attribute = |name: &str| file.attribute(each, "", name).unwrap_or("").to_owned();
            match file.local(each) {
                "namespace" if attribute("prefix").is_empty() => {
                    environment.scope.default_element_namespace = attribute("uri");
                }
                "namespace" => {
                    environment.scope.namespaces.insert(attribute("prefix"), attribute("uri"));
                }
                "source" if attribute("role") == "." => {
                    if attribute("validation") == "strict" {
                        return Err("needs a validated source".to_owned());
                    }
                    environment.source = Some(path.parent().unwrap().join(attribute("file")));
                }
                "param" => environment.variables.push((attribute("name"), attribute("select"))),
                "description" | "created" | "modified" => {}
                other => return Err(format!("environment with {other}")),
            }
        }
        Ok(environment)
    }
}

pub(crate) fn elements<'d>(
    document: &'d Document,
    node: NodeId,
) -> impl Iterator<Item = NodeId> + 'd {
    document.children(node).filter(|each| document.kind(*each) == NodeKind::Element)
}

fn child(document: &Document, node: NodeId, local: &str) -> Option<NodeId> {
    elements(document, node).find(|each| document.local(*each) == local)
}

fn find(document: &Document, local: &str, name: &str) -> Option<NodeId> {
    elements(document, document.document_element()).find(|each| {
        document.local(*each) == local && document.attribute(*each, "", "name") == Some(name)
    })
}
