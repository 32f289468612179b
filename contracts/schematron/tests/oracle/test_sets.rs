//! EN 16931 and Peppol: test sets with document fragments, and complete documents.

use crate::shared::{corpora, document, fragment, ids, judge, rule_set};
use serde_json::Value;
use sluse_schematron::RuleSet;
use sluse_xml::{Document, NodeId, NodeKind};
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn texts(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The document elements of a test set's tests.
fn tests(set: &Document) -> Vec<NodeId> {
    let elements = |node| set.children(node).filter(|each| set.kind(*each) == NodeKind::Element);
    elements(set.document_element())
        .filter(|each| set.local(*each) == "test")
        .filter_map(|test| elements(test).find(|each| set.local(*each) != "assert"))
        .collect()
}

/// Judges each test that the oracle lists and whose file is here; gives right and all.
fn check_sets(folder: &Path, rules: &RuleSet, oracle: &Value) -> (usize, usize) {
    let mut sets: HashMap<String, Document> = HashMap::new();
    let (mut right, mut all) = (0, 0);
    for case in oracle.as_array().unwrap() {
        let file = case["file"].as_str().unwrap();
        let Ok(bytes) = std::fs::read(folder.join(file)) else { continue };
        let set = sets.entry(file.to_owned()).or_insert_with(|| document(&bytes));
        let number = usize::try_from(case["test"].as_u64().unwrap()).unwrap();
        let Some(test) = tests(set).get(number).copied() else { continue };
        let found = ids(&judge(rules, &fragment(set, test)));
        let expected = texts(&case["fired"]);
        all += 1;
        if found == expected {
            right += 1;
        } else {
            let missing: Vec<_> = expected.difference(&found).collect();
            let extra: Vec<_> = found.difference(&expected).collect();
            println!("{file} test {number}: missing {missing:?}, too many {extra:?}");
        }
    }
    (right, all)
}

fn check_set_file(name: &str, sets: &Path, rules: &RuleSet, oracle: &Path) {
    let (right, all) = check_sets(sets, rules, &json(oracle));
    println!("{name}: {right} of {all} tests as the oracle says");
    assert!(all > 0);
    assert_eq!(right, all, "{name}");
}

#[test]
fn en16931_ubl_test_sets_fire_as_the_oracle_says() {
    let Some(corpora) = corpora() else { return };
    let folder = corpora.join("en16931");
    let rules = rule_set(&folder.join("ubl"), "EN16931-UBL-validation-preprocessed.sch");
    println!("{} rules, {} checks", rules.rule_count(), rules.check_count());
    check_set_file("EN 16931 UBL", &folder.join("test"), &rules, &folder.join("oracle-ubl.json"));
}

#[test]
fn en16931_ubl_examples_fire_as_the_oracle_says() {
    let Some(corpora) = corpora() else { return };
    let folder = corpora.join("en16931/ubl");
    let rules = rule_set(&folder, "EN16931-UBL-validation-preprocessed.sch");
    let mut all = 0;
    for (file, expected) in json(&folder.join("oracle-examples.json")).as_object().unwrap() {
        let places =
            [folder.join("examples").join(file), corpora.join("en16931/test/testfiles").join(file)];
        let Some(bytes) = places.iter().find_map(|place| std::fs::read(place).ok()) else {
            continue;
        };
        let report = judge(&rules, &document(&bytes));
        let errors =
            report.fired.iter().filter(|fired| fired.severity == sluse_schematron::Severity::Error);
        let errors: BTreeSet<String> =
            errors.filter_map(|fired| fired.rule.as_deref().map(str::to_owned)).collect();
        assert_eq!(errors, texts(expected), "{file}");
        assert!(report.rules_met > 0, "{file}");
        all += 1;
    }
    println!("EN 16931 UBL examples: {all} as the oracle says");
    assert!(all > 0);
}

#[test]
fn en16931_cii_fires_as_the_test_sets_say() {
    let Some(corpora) = corpora() else { return };
    let folder = corpora.join("en16931");
    let rules = rule_set(&folder.join("cii"), "EN16931-CII-validation-preprocessed.sch");
    let (mut right, mut all) = (0, 0);
    for entry in std::fs::read_dir(folder.join("test/cii")).unwrap() {
        let path = entry.unwrap().path();
        let (r, a) = check_expectations(&path, &rules);
        (right, all) = (right + r, all + a);
    }
    println!("EN 16931 CII: {right} of {all} expectations hold");
    assert_eq!(right, all);
    let mut clean = 0;
    for entry in std::fs::read_dir(folder.join("cii/examples")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "xml") {
            let report = judge(&rules, &document(&std::fs::read(&path).unwrap()));
            assert!(report.rules_met > 0, "{}", path.display());
            clean += usize::from(report.fired.is_empty());
        }
    }
    println!("EN 16931 CII: {clean} examples fire nothing");
}

/// Checks what a test set itself says: `success` must not fire, `error` and `warning` must.
fn check_expectations(path: &Path, rules: &RuleSet) -> (usize, usize) {
    let set = document(&std::fs::read(path).unwrap());
    let elements = |node| set.children(node).filter(|each| set.kind(*each) == NodeKind::Element);
    let (mut right, mut all) = (0, 0);
    for test in elements(set.document_element()).filter(|each| set.local(*each) == "test") {
        let Some(root) = elements(test).find(|each| set.local(*each) != "assert") else { continue };
        let found = ids(&judge(rules, &fragment(&set, root)));
        for expectation in
            elements(test).filter(|each| set.local(*each) == "assert").flat_map(elements)
        {
            let must_fire = match set.local(expectation) {
                "success" => false,
                "error" | "warning" => true,
                _ => continue,
            };
            all += 1;
            let holds = found.contains(set.string_value(expectation).trim()) == must_fire;
            right += usize::from(holds);
            if !holds {
                println!(
                    "{}: {} should fire: {must_fire}",
                    path.display(),
                    set.string_value(expectation)
                );
            }
        }
    }
    (right, all)
}

#[test]
fn peppol_ubl_test_sets_fire_as_the_oracle_says() {
    let Some(corpora) = corpora() else { return };
    let folder = corpora.join("peppol-bis-billing3");
    let rules = rule_set(&folder.join("sch"), "PEPPOL-EN16931-UBL.sch");
    check_set_file("Peppol UBL", &folder, &rules, &folder.join("oracle-ubl.json"));
}

#[test]
fn peppol_cii_test_sets_fire_as_the_oracle_says() {
    let Some(corpora) = corpora() else { return };
    let folder = corpora.join("peppol-bis-billing3");
    let rules = rule_set(&folder.join("sch"), "PEPPOL-EN16931-CII.sch");
    check_set_file("Peppol CII", &folder, &rules, &folder.join("oracle-cii.json"));
}

#[test]
fn peppol_examples_are_clean_under_both_rule_sets() {
    let Some(corpora) = corpora() else { return };
    let folder = corpora.join("peppol-bis-billing3");
    let sets: Vec<RuleSet> = ["CEN-EN16931-UBL.sch", "PEPPOL-EN16931-UBL.sch"]
        .into_iter()
        .map(|entry| rule_set(&folder.join("sch"), entry))
        .collect();
    let mut all = 0;
    for entry in std::fs::read_dir(folder.join("examples")).unwrap() {
        let path = entry.unwrap().path();
        let document = document(&std::fs::read(&path).unwrap());
        for rules in &sets {
            let report = judge(rules, &document);
            let errors = report
                .fired
                .iter()
                .filter(|fired| fired.severity == sluse_schematron::Severity::Error);
            let errors: Vec<_> = errors.map(|fired| fired.rule.clone()).collect();
            assert!(errors.is_empty(), "{}: {errors:?}", path.display());
        }
        all += 1;
    }
    println!("Peppol: {all} examples clean");
    assert!(all > 0);
}
