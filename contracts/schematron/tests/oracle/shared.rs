//! Where the shared data stands, and how rule sets and documents are read from it.

use sluse_schematron::{CompileOptions, JudgeOptions, Report, RuleSet};
use sluse_xml::{Document, Limits, NodeId, NodeKind};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folder of corpora, or `None` with a loud word where it is absent.
pub(crate) fn corpora() -> Option<PathBuf> {
    let shared = from_environment()
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
    let corpora = shared.join("corpora");
    if corpora.is_dir() {
        return Some(corpora);
    }
    println!("SKIPPED: no shared data; set SLUSE_SHARED");
    None
}

fn from_environment() -> Option<PathBuf> {
    std::env::var_os("SLUSE_SHARED").map(PathBuf::from)
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
    write(document, node, &mut text);
    self::document(text.as_bytes())
}

fn write(document: &Document, node: NodeId, out: &mut String) {
    match document.kind(node) {
        NodeKind::Text => out.push_str(&escape(document.text(node))),
        NodeKind::Element => {
            let prefix = document.prefix(node);
            let name = if prefix.is_empty() {
                document.local(node).to_owned()
            } else {
                format!("{prefix}:{}", document.local(node))
            };
            out.push_str(&format!("<{name}"));
            let mut declared = BTreeSet::new();
            let mut declare = |prefix: &str, namespace: &str, out: &mut String| {
                if declared.insert(prefix.to_owned()) && prefix != "xml" {
                    let colon = if prefix.is_empty() { "" } else { ":" };
                    out.push_str(&format!(" xmlns{colon}{prefix}=\"{}\"", escape(namespace)));
                }
            };
            declare(prefix, document.namespace(node), out);
            for attribute in document.attributes(node) {
                if !document.prefix(attribute).is_empty() {
                    declare(document.prefix(attribute), document.namespace(attribute), out);
                }
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
                write(document, child, out);
            }
            out.push_str(&format!("</{name}>"));
        }
        _ => {}
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\r', "&#13;")
}
