//! Suites for Schematron processors: W3C-like test cases in one file each, folders of findings, schemas to refuse.

use crate::shared::{document, suites, write_document};
use serde_json::Value;
use sluse_schematron::{CompileOptions, JudgeOptions, Report, RuleSet, Subordinate};
use sluse_xml::{Document, NodeId, NodeKind};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

fn elements<'d>(
    document: &'d Document,
    node: NodeId,
    local: &'d str,
) -> impl Iterator<Item = NodeId> + 'd {
    document.children(node).filter(move |each| {
        document.kind(*each) == NodeKind::Element
            && (local == "*" || document.local(*each) == local)
    })
}

fn judge(rules: &RuleSet, text: &[u8], files: &HashMap<String, Arc<[u8]>>) -> Report {
    let options = JudgeOptions { show_values: true, ..JudgeOptions::default() };
    let documents = |reference: &str| {
        let (name, document) = (reference.to_owned(), document(files.get(reference)?));
        Some(Arc::new(Subordinate { name, document }))
    };
    rules.judge_with(&document(text), &options, &documents)
}

fn phase(row: &Value) -> CompileOptions {
    let phase = row["phase"].as_str().filter(|phase| !phase.is_empty()).map(str::to_owned);
    CompileOptions { phase }
}

/// What a test case in one file gives: `valid`, `invalid` or `error`.
fn testcase(path: &Path, row: &Value) -> &'static str {
    let file = document(&std::fs::read(path).unwrap());
    let top = file.document_element();
    let mut files: HashMap<String, Arc<[u8]>> = HashMap::new();
    let mut documents = Vec::new();
    for each in elements(&file, top, "documents").flat_map(|all| elements(&file, all, "*")) {
        let name = file.attribute(each, "", "filename").unwrap_or("document.xml").to_owned();
        let text = write_document(&file, each);
        if matches!(file.local(each), "primary" | "document") {
            documents.push(text.clone());
        }
        files.insert(name, text.into_bytes().into());
    }
    let schema =
        elements(&file, top, "schemas").flat_map(|all| elements(&file, all, "*")).next().unwrap();
    files.insert("schema.sch".to_owned(), write_document_of(&file, schema).into_bytes().into());
    let (rules, _) = RuleSet::compile("schema.sch", &|path| files.get(path).cloned(), &phase(row));
    let Some(rules) = rules else { return "error" };
    let reports: Vec<Report> =
        documents.iter().map(|text| judge(&rules, text.as_bytes(), &files)).collect();
    if reports.iter().any(|report| report.fired.iter().any(|fired| fired.evaluation_failed)) {
        return "error";
    }
    if reports.iter().any(|report| !report.fired.is_empty()) { "invalid" } else { "valid" }
}

fn write_document_of(file: &Document, node: NodeId) -> String {
    let mut text = String::new();
    crate::shared::write(file, node, true, &mut text);
    text
}

/// Whether a folder of findings gives the texts that it lists.
fn findings(folder: &Path) -> bool {
    let files = |path: &str| std::fs::read(folder.join(path)).ok().map(Arc::from);
    let phase =
        std::fs::read_to_string(folder.join("phase")).ok().map(|text| text.trim().to_owned());
    let (rules, faults) = RuleSet::compile("schema.sch", &files, &CompileOptions { phase });
    let Some(rules) = rules else {
        println!("{}: {faults:?}", folder.display());
        return false;
    };
    let input = std::fs::read(folder.join("input.xml")).unwrap();
    let report = judge(&rules, &input, &HashMap::new());
    let mut found: Vec<String> = report.fired.iter().map(|fired| fired.text.clone()).collect();
    let expected = std::fs::read_to_string(folder.join("expected.txt")).unwrap();
    let lines = expected.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let mut expected: Vec<String> = lines
        .filter_map(|line| line.splitn(3, '|').nth(2))
        .map(|text| text.trim().to_owned())
        .collect();
    found.sort_unstable();
    expected.sort_unstable();
    if found != expected {
        println!("{}: found {found:?}, expected {expected:?}", folder.display());
    }
    found == expected
}

/// Cases that need XSLT itself, and the element of it that the manual's page lists as what is not supported.
const XSLT_ONLY: [(&str, &str); 1] = [("schxslt/xslt3-accumulators-01", "xsl:accumulator")];

const PAGE: &str = include_str!("../../../../gateway/docs/xpath-and-schematron.md");

/// Whether a case gives what it says.
fn holds(folder: &Path, row: &Value) -> bool {
    let path = folder.join(row["file"].as_str().unwrap());
    let expected = row["expected"].as_str().unwrap();
    match row["form"].as_str().unwrap() {
        "testcase" => {
            let found = testcase(&path, row);
            if found != expected {
                println!("{}: {found}, expected {expected}", path.display());
            }
            found == expected
        }
        "findings" => findings(if path.is_dir() { &path } else { path.parent().unwrap() }),
        _ => {
            let files = |_: &str| std::fs::read(&path).ok().map(Arc::from);
            let options = CompileOptions::default();
            let refused = RuleSet::compile("schema.sch", &files, &options).0.is_none();
            if !refused {
                println!("{}: not refused", path.display());
            }
            refused
        }
    }
}

#[test]
fn schematron_suites_are_judged_as_they_say() {
    let Some(folder) = suites("schematron") else { return };
    let index = std::fs::read_to_string(folder.join("index.jsonl")).unwrap();
    let (mut right, mut listed) = (0, 0);
    for line in index.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let id = row["id"].as_str().unwrap();
        let is_listed = XSLT_ONLY.iter().any(|(each, _)| *each == id);
        let holds = holds(&folder, &row);
        // A case that is listed and holds has no place in the list.
        assert_eq!(holds, !is_listed, "{id}");
        right += usize::from(holds);
        listed += usize::from(is_listed);
    }
    let (_, table) = PAGE.split_once("\n### What needs XSLT itself\n").unwrap();
    let (table, _) = table.split_once("\n#").unwrap();
    for (id, element) in XSLT_ONLY {
        assert!(table.contains(&format!("| `{element}`")), "{id}: the manual names {element}");
    }
    println!("Schematron suites: {right} of {right} as they say; {listed} need XSLT itself");
    assert_eq!(listed, XSLT_ONLY.len());
}
