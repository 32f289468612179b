//! The suite's files: the index, and the documents of each schema.

use sluse_xml::{Document, Limits, NodeKind};
use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

const XS: &str = "http://www.w3.org/2001/XMLSchema";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// The documents of a schema by path, and those that are loaded first.
pub(crate) struct Sources {
    pub(crate) documents: BTreeMap<String, Arc<str>>,
    pub(crate) entries: Vec<String>,
}

/// One test.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) contributor: String,
    /// Paths of the schema's documents, in the order to load them.
    pub(crate) schema: Vec<String>,
    /// The instance; none where the schema itself is tested.
    pub(crate) instance: Option<String>,
    pub(crate) valid: bool,
    /// Whether the instance says where further documents of the schema are.
    hints: bool,
}

/// The suite, unpacked.
pub(crate) struct Suite {
    folder: PathBuf,
    pub(crate) rows: Vec<Row>,
}

impl Suite {
    /// The suite, unpacked once; `None` with a loud word where it is absent.
    pub(crate) fn get() -> Option<&'static Self> {
        static SUITE: OnceLock<Option<Suite>> = OnceLock::new();
        SUITE.get_or_init(Self::unpack).as_ref()
    }

    fn unpack() -> Option<Self> {
        let shared = std::env::var_os("SLUSE_SHARED").map(PathBuf::from);
        let shared =
            shared.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
        let archive = shared.join("suites/xsd10.tar.gz");
        let Ok(about) = std::fs::metadata(&archive) else {
            println!("SKIPPED: the suite xsd10 is not there; set SLUSE_SHARED");
            return None;
        };
        let folders = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let folder = folders.join(format!("w3c-{}", about.len()));
        if !folder.is_dir() {
            // Tests are processes: each unpacks for itself, and the first gives its folder the name.
            let own = folders.join(format!("w3c-of-{}", std::process::id()));
            std::fs::create_dir_all(&own).unwrap();
            let tar = Command::new("tar").arg("xzf").arg(&archive).arg("-C").arg(&own).status();
            assert!(tar.unwrap().success(), "the suite could not be unpacked");
            if std::fs::rename(&own, &folder).is_err() {
                std::fs::remove_dir_all(&own).unwrap();
            }
        }
        let folder = folder.join("xsd10");
        let index = std::fs::read_to_string(folder.join("index.tsv")).unwrap();
        let rows = index.lines().skip(1).map(row).collect();
        Some(Self { folder, rows })
    }

    /// The tests that another engine, Xerces in Java 17, fails.
    pub(crate) fn failed_by_xerces(&self) -> Vec<String> {
        let table = self.folder.join("baseline-jdk17-xerces.tsv");
        let table = std::fs::read_to_string(table).unwrap();
        table
            .lines()
            .skip(1)
            .filter_map(|line| line.split('\t').next())
            .map(str::to_owned)
            .collect()
    }

    /// A document of the suite.
    pub(crate) fn bytes(&self, path: &str) -> Option<Vec<u8>> {
        std::fs::read(self.folder.join("suite").join(path)).ok()
    }

    /// All documents that a test's schema is made of, as UTF-8 without XML declaration. Those that
    /// are not there are left out: that is for the engine to judge.
    pub(crate) fn sources(&self, row: &Row) -> Sources {
        let mut entries = row.schema.clone();
        if row.hints {
            entries.extend(self.hinted(row).into_iter().filter(|path| !row.schema.contains(path)));
        }
        let mut documents = BTreeMap::new();
        let mut waiting: VecDeque<String> = entries.iter().cloned().collect();
        while let Some(path) = waiting.pop_front() {
            if documents.contains_key(&path) {
                continue;
            }
            let Some(text) = self.bytes(&path).and_then(|bytes| text(&bytes)) else { continue };
            waiting.extend(references(&text).iter().filter_map(|to| resolve(&path, to)));
            documents.insert(path, Arc::from(text));
        }
        entries.retain(|path| documents.contains_key(path));
        Sources { documents, entries }
    }

    /// Where the instance says that its schemas are.
    fn hinted(&self, row: &Row) -> Vec<String> {
        let Some(path) = &row.instance else { return Vec::new() };
        let bytes = self.bytes(path).unwrap_or_default();
        let Ok(document) = Document::parse(&bytes, None, &Limits::default()) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for node in document.descendants(document.root()) {
            let hint = |name| document.attribute(node, XSI, name).unwrap_or_default();
            let pairs = hint("schemaLocation").split_ascii_whitespace().skip(1).step_by(2);
            let alone = hint("noNamespaceSchemaLocation").split_ascii_whitespace();
            for path in pairs.chain(alone).filter_map(|to| resolve(path, to)) {
                if !found.contains(&path) {
                    found.push(path);
                }
            }
        }
        found
    }
}

fn row(line: &str) -> Row {
    let columns: Vec<&str> = line.split('\t').collect();
    let [id, kind, schema, instance, expected, _, hints, contributor, ..] = columns[..] else {
        panic!("a row of the index has too few columns: {line}");
    };
    Row {
        id: id.to_owned(),
        contributor: contributor.to_owned(),
        schema: schema.split('|').filter(|path| !path.is_empty()).map(str::to_owned).collect(),
        instance: (kind == "instance").then(|| instance.to_owned()),
        valid: expected == "valid",
        hints: kind == "instance" && hints != "none",
    }
}

/// The text, its XML declaration made white space so that lines and columns stay.
fn text(bytes: &[u8]) -> Option<String> {
    let text = sluse_xml::decode(bytes, None).ok()?;
    let end = text.find("?>").filter(|_| text.starts_with("<?xml ")).map_or(0, |at| at + 2);
    let (declaration, rest) = text.split_at(end);
    let white = declaration.chars().map(|sign| if sign == '\n' { sign } else { ' ' });
    Some(white.chain(rest.chars()).collect())
}

/// Where a schema document says that others are.
fn references(text: &str) -> Vec<String> {
    let Ok(document) = Document::parse_text(text, &Limits::default()) else { return Vec::new() };
    let children = document.children(document.document_element());
    let directives = children.filter(|node| {
        document.kind(*node) == NodeKind::Element
            && document.namespace(*node) == XS
            && matches!(document.local(*node), "include" | "import" | "redefine")
    });
    let locations = directives.filter_map(|node| document.attribute(node, "", "schemaLocation"));
    locations.map(|location| location.trim().to_owned()).collect()
}

/// A path relative to another one; none for what is on the network or outside the suite.
fn resolve(from: &str, to: &str) -> Option<String> {
    if to.contains(':') || to.starts_with('/') || to.is_empty() {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in to.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
