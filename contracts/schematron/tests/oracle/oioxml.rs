//! OIOXML 0.7: rules that were published as a stylesheet alone.

use crate::shared::{corpora, document, judge, rule_set};
use serde_json::Value;
use std::path::Path;

const STYLESHEET: &str = "ublinvoice.xsl";

fn texts(value: &Value) -> Vec<String> {
    let texts = value.as_array().into_iter().flatten().filter_map(Value::as_str);
    texts.map(words).collect()
}

/// Texts alike where only white space differs.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The oracle's case for a file, which stands there under the folder that its publisher had it in.
fn case<'o>(oracle: &'o Value, path: &Path) -> Option<&'o Value> {
    let name = path.file_name()?.to_str()?;
    let invalid = path.parent()?.ends_with("invalid");
    let cases = oracle.as_object()?.iter();
    let mut named = cases.filter(|(key, _)| key.rsplit('/').next() == Some(name));
    named
        .find(|(key, case)| key.contains("Invalid") == invalid && case["sch"].is_array())
        .map(|(_, case)| case)
}

#[test]
fn oioxml_documents_break_the_rules_that_the_oracle_says() {
    let Some(corpora) = corpora() else { return };
    let folder = corpora.join("oioxml-0.7");
    let rules = rule_set(&folder.join("schematron-xslt1"), STYLESHEET);
    assert_eq!((rules.pattern_count(), rules.rule_count(), rules.check_count()), (25, 32, 109));
    let oracle: Value =
        serde_json::from_slice(&std::fs::read(folder.join("oracle.json")).unwrap()).unwrap();
    let (mut all, mut broken) = (0, 0);
    for part in ["valid", "invalid"] {
        for entry in std::fs::read_dir(folder.join(part)).unwrap() {
            let path = entry.unwrap().path();
            let Some(case) = case(&oracle, &path) else {
                println!("no oracle for {}", path.display());
                continue;
            };
            let report = judge(&rules, &document(&std::fs::read(&path).unwrap()));
            let found: Vec<String> = report.fired.iter().map(|fired| words(&fired.text)).collect();
            let expected = texts(&case["sch"]);
            assert_eq!(found.len(), expected.len(), "{}: {found:#?}", path.display());
            // The oracle keeps the beginning of what the stylesheet writes.
            for (found, expected) in found.iter().zip(&expected) {
                assert!(found.starts_with(expected), "{found}\n{expected}");
            }
            assert!(report.rules_met > 0);
            all += 1;
            broken += found.len();
        }
    }
    println!("OIOXML 0.7: {all} documents as the oracle says, {broken} rules broken");
    assert!(all > 0);
}
