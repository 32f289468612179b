//! Where the shared data stands, and how rule sets and documents are read from it.

use sluse_schematron::{CompileOptions, JudgeOptions, Report, RuleSet};
use sluse_xml::{Document, Limits, NodeId, NodeKind};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folder of corpora, or `None` with a loud word where it is absent.
pub(crate) fn corpora() -> Option<PathBuf> {
    let corpora = shared().join("corpora");
    if corpora.is_dir() {
        return Some(corpora);
    }
    println!("SKIPPED: no shared data; set SLUSE_SHARED");
    None
}

/// A suite, unpacked, or `None` with a loud word where it is absent.
pub(crate) fn suites(name: &str) -> Option<PathBuf> {
    let archive = shared().join("suites").join(format!("{name}.tar.gz"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("suites");
    std::fs::create_dir_all(&folder).unwrap();
    let mut tar = std::process::Command::new("tar");
    let unpack = tar.arg("xzf").arg(&archive).arg("-C").arg(&folder);
    if archive.is_file() && unpack.status().is_ok_and(|status| status.success()) {
        return Some(folder.join(name));
    }
    println!("SKIPPED: no shared data; set SLUSE_SHARED");
    None
}

fn shared() -> PathBuf {
    let stated = std::env::var_os("SLUSE_SHARED").map(PathBuf::from);
    stated.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"))
}

/// Compiles a rule set of a folder; faults that are no warnings fail the test.
pub(crate) fn rule_set(folder: &Path, entry: &str) -> RuleSet {
    let files = |path: &str| std::fs::read(folder.join(path)).ok().map(Arc::from);
    let (rule_set, faults) = RuleSet::compile(entry, &files, &CompileOptions::default());
    for fault in &faults {
        assert!(fault.is_warning(), "{fault}");
    }
    rule_set.unwrap()
}

pub(crate) fn document(bytes: &[u8]) -> Document {
    Document::parse(bytes, None, &Limits::default()).unwrap()
}

pub(crate) fn judge(rule_set: &RuleSet, document: &Document) -> Report {
    let report = rule_set.judge(document, &JudgeOptions::default());
    assert!(!report.over_budget);
    report
}

/// The ids that fired, apart from those that could not be evaluated.
pub(crate) fn ids(report: &Report) -> BTreeSet<String> {
    report
        .fired
        .iter()
        .filter(|fired| !fired.evaluation_failed)
        .map(|fired| fired.rule.as_deref().unwrap_or("?").to_owned())
        .collect()
}

/// An element as a document of its own.
pub(crate) fn fragment(document: &Document, node: NodeId) -> Document {
    let mut text = String::new();
    write(document, node, true, &mut text);
    self::document(text.as_bytes())
}

/// What stands in an element as the text of a document.
pub(crate) fn write_document(document: &Document, holder: NodeId) -> String {
    let mut text = String::new();
    for child in document.children(holder).filter(|child| document.kind(*child) != NodeKind::Text) {
        write(document, child, true, &mut text);
    }
    text
}

/// Writes a node; `top`: with the namespaces that are in scope outside of it.
pub(crate) fn write(document: &Document, node: NodeId, top: bool, out: &mut String) {
    match document.kind(node) {
        NodeKind::Text => out.push_str(&escape(document.text(node))),
        NodeKind::Comment => out.push_str(&format!("<!--{}-->", document.text(node))),
        NodeKind::Instruction => {
            out.push_str(&format!("<?{} {}?>", document.local(node), document.text(node)));
        }
        NodeKind::Element => {
            let prefix = document.prefix(node);
            let colon = if prefix.is_empty() { "" } else { ":" };
            let name = format!("{prefix}{colon}{}", document.local(node));
            out.push_str(&format!("<{name}"));
            for (prefix, namespace) in declarations(document, node, top) {
                let colon = if prefix.is_empty() { "" } else { ":" };
                out.push_str(&format!(" xmlns{colon}{prefix}=\"{}\"", escape(&namespace)));
            }
            for attribute in document.attributes(node) {
                let prefix = document.prefix(attribute);
                let colon = if prefix.is_empty() { "" } else { ":" };
                let value =
                    escape(document.text(attribute)).replace('\n', "&#10;").replace('\t', "&#9;");
                out.push_str(&format!(" {prefix}{colon}{}=\"{value}\"", document.local(attribute)));
            }
            out.push('>');
            for child in document.children(node) {
                write(document, child, false, out);
            }
            out.push_str(&format!("</{name}>"));
        }
        _ => {}
    }
}

/// The namespaces to declare at an element: its own name's and its attributes', at the top also those in scope.
fn declarations(document: &Document, node: NodeId, top: bool) -> BTreeMap<String, String> {
    let mut declared = BTreeMap::new();
    let mut declare = |prefix: &str, namespace: &str| {
        if prefix != "xml" {
            declared.entry(prefix.to_owned()).or_insert_with(|| namespace.to_owned());
        }
    };
    declare(document.prefix(node), document.namespace(node));
    for attribute in document.attributes(node).filter(|each| !document.prefix(*each).is_empty()) {
        declare(document.prefix(attribute), document.namespace(attribute));
    }
    let mut at = Some(node);
    while let Some(each) = at {
        for (prefix, namespace) in
            document.declarations(each).filter(|(prefix, _)| !prefix.is_empty())
        {
            declare(prefix, namespace);
        }
        at = if top { document.parent(each) } else { None };
    }
    declared
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\r', "&#13;")
}
