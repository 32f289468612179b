//! Suites for Schematron processors: W3C-like test cases in one file each, folders of findings, schemas to refuse.

use crate::shared::{document, suites, write_document};
use serde_json::Value;
use sluse_schematron::{CompileOptions, JudgeOptions, Report, RuleSet};
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

fn judge(rules: &RuleSet, text: &[u8]) -> Report {
    let options = JudgeOptions { show_values: true, ..JudgeOptions::default() };
    rules.judge(&document(text), &options)
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
        documents.iter().map(|text| judge(&rules, text.as_bytes())).collect();
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
    let report = judge(&rules, &std::fs::read(folder.join("input.xml")).unwrap());
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

/// Cases that are not met, and why.
const NOT_MET: [(&str, &str); 1] = [(
    "pattern-subordinate-document-02",
    "other documents are not judged: a fault when the rule set is loaded",
)];

#[test]
fn schematron_suites_are_judged_as_they_say() {
    let Some(folder) = suites("schematron") else { return };
    let index = std::fs::read_to_string(folder.join("index.jsonl")).unwrap();
    let (mut right, mut all, mut xslt) = (0, 0, 0);
    for line in index.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        if row["needs_xslt"] == true {
            xslt += 1;
            continue;
        }
        let path = folder.join(row["file"].as_str().unwrap());
        let expected = row["expected"].as_str().unwrap();
        let holds = match row["form"].as_str().unwrap() {
            "testcase" => {
                let found = testcase(&path, &row);
                if found != expected {
                    println!("{}: {found}, expected {expected}", path.display());
                }
                found == expected
            }
            "findings" => findings(if path.is_dir() { &path } else { path.parent().unwrap() }),
            _ => {
                let files = |_: &str| std::fs::read(&path).ok().map(Arc::from);
                let refused =
                    RuleSet::compile("schema.sch", &files, &CompileOptions::default()).0.is_none();
                if !refused {
                    println!("{}: not refused", path.display());
                }
                refused
            }
        };
        all += 1;
        right += usize::from(holds);
        let excused = NOT_MET.iter().any(|(part, _)| path.to_string_lossy().contains(part));
        assert!(holds != excused, "{}: holds is {holds}", path.display());
    }
    println!("Schematron suites: {right} of {all}; {xslt} that need XSLT not run");
    assert!(all > 0);
}
