//! OIOUBL 2.1: examples, business scenarios and mutants.

use crate::shared::{corpora, document, ids, judge, rule_set};
use serde_json::Value;
use sluse_schematron::RuleSet;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// The rule sets of document types, compiled when they are first needed.
struct RuleSets {
    folder: PathBuf,
    known: HashMap<String, Option<RuleSet>>,
}

impl RuleSets {
    fn get(&mut self, root: &str) -> Option<&RuleSet> {
        let folder = self.folder.clone();
        let rules = self.known.entry(root.to_owned()).or_insert_with(|| {
            let entry = format!("OIOUBL_{root}_Schematron.xml");
            folder.join(&entry).is_file().then(|| rule_set(&folder, &entry))
        });
        rules.as_ref()
    }
}

fn union(case: &Value, kinds: [&str; 2]) -> BTreeSet<String> {
    let texts = kinds.iter().flat_map(|kind| case[kind].as_array().into_iter().flatten());
    texts.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn check(path: &Path, case: &Value, kinds: [&str; 2], sets: &mut RuleSets) -> Option<bool> {
    let document = document(&std::fs::read(path).ok()?);
    let rules = sets.get(document.local(document.document_element()))?;
    let found = ids(&judge(rules, &document));
    let expected = union(case, kinds);
    if found != expected {
        let missing: Vec<_> = expected.difference(&found).collect();
        let extra: Vec<_> = found.difference(&expected).collect();
        println!("{}: missing {missing:?}, too many {extra:?}", path.display());
    }
    Some(found == expected)
}

#[test]
fn oioubl_examples_and_scenarios_fire_as_the_oracle_says() {
    let Some(corpora) = corpora() else { return };
    let folder = corpora.join("oioubl-2.1");
    let mut sets = RuleSets { folder: folder.join("sch"), known: HashMap::new() };
    let oracle: Value =
        serde_json::from_slice(&std::fs::read(folder.join("oracle-1.17.2.json")).unwrap()).unwrap();
    let (mut right, mut all) = (0, 0);
    for (name, case) in oracle.as_object().unwrap() {
        let file = name.rsplit('/').next().unwrap();
        let places = [folder.join("examples").join(file), folder.join("scenarios-2.02").join(file)];
        let Some(path) = places.iter().find(|path| path.is_file()) else { continue };
        if let Some(holds) = check(path, case, ["fatal", "warn"], &mut sets) {
            all += 1;
            right += usize::from(holds);
        }
    }
    println!("OIOUBL examples and scenarios: {right} of {all} as the oracle says");
    assert!(all > 0);
    assert_eq!(right, all);
}

#[test]
fn oioubl_mutants_fire_as_the_oracle_says() {
    let Some(corpora) = corpora() else { return };
    let folder = corpora.join("oioubl-2.1");
    let mut sets = RuleSets { folder: folder.join("sch"), known: HashMap::new() };
    let manifest = std::fs::read(folder.join("mutants/manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    let (mut right, mut all) = (0, 0);
    for case in manifest.as_array().unwrap() {
        let path = folder.join("mutants").join(case["file"].as_str().unwrap());
        if case["xsd_valid"] != true {
            continue;
        }
        if let Some(holds) = check(&path, case, ["fatal", "warning"], &mut sets) {
            all += 1;
            right += usize::from(holds);
        }
    }
    println!("OIOUBL mutants: {right} of {all} as the oracle says");
    assert!(all > 0);
    assert_eq!(right, all);
}
