//! Contracts that know the same documents, found before a document is.
//!
//! Where two contracts in force know one document, the gateway refuses it: no order is guessed.
//! That is better heard from `check` than from a supplier. Whether two patterns have a text in
//! common is tried with texts made from each of them: what is reported is certain, what is not
//! found may still happen, and then has its own code at the document.

use crate::{
    Contract, Finding, code,
    manifest::{Condition, FILE, Manifest, SelectBy, Status},
};
use regex_syntax::hir::{Class, Hir, HirKind};
use std::collections::BTreeMap;

/// Texts made from one pattern.
const SAMPLES_MAX: usize = 32;
/// Length of such a text, in bytes.
const SAMPLE_BYTES_MAX: usize = 1_000;
/// Depth to which a pattern is followed.
const DEPTH_MAX: usize = 50;
/// Contracts of one root element that are compared with each other.
const COMPARED_MAX: usize = 500;

/// Pairs of contracts in force that would both know a document, as findings.
pub fn overlaps<'c>(contracts: impl IntoIterator<Item = &'c Contract>) -> Vec<Finding> {
    let mut alike: BTreeMap<(&str, &str), Vec<&Contract>> = BTreeMap::new();
    for contract in contracts {
        let manifest = contract.manifest();
        if let Some(known_by) = known_by(manifest).filter(|_| is_in_force(manifest)) {
            alike.entry(known_by).or_default().push(contract);
        }
    }
    let mut findings = Vec::new();
    for group in alike.values() {
        let group: Vec<_> = group.iter().take(COMPARED_MAX).collect();
        for (at, contract) in group.iter().enumerate() {
            let later = group.iter().skip(at + 1);
            let meeting = later.filter(|other| meet(contract.manifest(), other.manifest()));
            findings.extend(meeting.map(|other| finding(other, contract)));
        }
    }
    findings
}

/// Whether two contracts would certainly both know some document, whatever their status.
pub fn know_the_same(one: &Contract, other: &Contract) -> bool {
    let (one, other) = (one.manifest(), other.manifest());
    let known = known_by(one);
    known.is_some() && known == known_by(other) && meet(one, other)
}

fn finding(contract: &Contract, other: &Contract) -> Finding {
    let manifest = contract.manifest();
    let file = format!("contracts/{}/{}/{FILE}", manifest.id, manifest.version);
    let sentence = format!("{contract} and {other} know the same documents");
    let hint = "put one of them in force, not both: by `library` in sluse.toml, or by its status";
    Finding::in_file(file, code::CONTRACT_OVERLAP, sentence).hint(hint)
}

fn is_in_force(manifest: &Manifest) -> bool {
    matches!(manifest.status, Status::InForce | Status::Deprecated)
}

/// Namespace and name of the root element, or the member's pointer.
fn known_by(manifest: &Manifest) -> Option<(&str, &str)> {
    match &manifest.select.as_ref()?.by {
        SelectBy::Root(name) => Some((&name.namespace, &name.local)),
        SelectBy::Member(member) => Some(("", member)),
    }
}

/// Whether a document of the one may be of the other: each path that both look at can hold a text
/// that pleases both. Where each looks at a path that the other does not, nothing is certain.
fn meet(one: &Manifest, other: &Manifest) -> bool {
    let conditions = |manifest: &Manifest| -> Vec<Condition> {
        manifest.select.as_ref().map(|select| select.conditions.clone()).unwrap_or_default()
    };
    let (one, other) = (conditions(one), conditions(other));
    let of_path = |all: &[Condition], path: &str| -> Vec<Condition> {
        all.iter().filter(|each| each.path.value == path).cloned().collect()
    };
    let alone = |these: &[Condition], those: &[Condition]| {
        these.iter().any(|each| of_path(those, &each.path.value).is_empty())
    };
    if alone(&one, &other) && alone(&other, &one) {
        return false;
    }
    one.iter().all(|each| {
        let against = of_path(&other, &each.path.value);
        let same = of_path(&one, &each.path.value);
        let all = || against.iter().chain(&same);
        against.is_empty()
            || all().any(|from| {
                let pleases = |text: &String| all().all(|each| each.matches.is_match(text));
                samples(from.matches.as_str()).iter().any(pleases)
            })
    })
}

/// Texts that a pattern matches, at least for the most part.
fn samples(pattern: &str) -> Vec<String> {
    match regex_syntax::parse(pattern) {
        Ok(hir) => extend(vec![String::new()], &hir, 0),
        Err(_) => Vec::new(),
    }
}

/// Each text so far, with each way to go on.
fn extend(before: Vec<String>, hir: &Hir, depth: usize) -> Vec<String> {
    if depth == DEPTH_MAX {
        return before;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => before,
        HirKind::Literal(literal) => add(before, &String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => add(before, &member(class).to_string()),
        HirKind::Capture(capture) => extend(before, &capture.sub, depth + 1),
        HirKind::Repetition(repetition) => (0..repetition.min.min(64))
            .fold(before, |texts, _| extend(texts, &repetition.sub, depth + 1)),
        HirKind::Concat(parts) => {
            parts.iter().fold(before, |texts, part| extend(texts, part, depth + 1))
        }
        HirKind::Alternation(ways) => {
            let all = ways.iter().flat_map(|way| extend(before.clone(), way, depth + 1));
            all.take(SAMPLES_MAX).collect()
        }
    }
}

fn add(mut texts: Vec<String>, more: &str) -> Vec<String> {
    for text in texts.iter_mut().filter(|text| text.len() + more.len() <= SAMPLE_BYTES_MAX) {
        text.push_str(more);
    }
    texts
}

/// A character of a class: a full stop where it may be one, since patterns that forget to escape it mean it.
fn member(class: &Class) -> char {
    let has = |each: char| match class {
        Class::Unicode(class) => {
            class.iter().any(|range| (range.start()..=range.end()).contains(&each))
        }
        Class::Bytes(class) => {
            let byte = u8::try_from(each).unwrap_or(0);
            class.iter().any(|range| (range.start()..=range.end()).contains(&byte))
        }
    };
    let first = match class {
        Class::Unicode(class) => {
            class.iter().next().map(regex_syntax::hir::ClassUnicodeRange::start)
        }
        Class::Bytes(class) => class.iter().next().map(|range| char::from(range.start())),
    };
    ['.', '-', '1', 'a', 'A'].into_iter().find(|each| has(*each)).or(first).unwrap_or('.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ContractFiles, SchemaCache, library};
    use std::sync::Arc;

    fn contract(version: &str, status: &str, conditions: &[(&str, &str)]) -> Arc<Contract> {
        let condition = |(path, pattern): &(&str, &str)| {
            format!("{{ path = \"{path}\", matches = '{pattern}' }}")
        };
        let conditions: Vec<String> = conditions.iter().map(condition).collect();
        let text = format!(
            "id = \"x/order\"\nversion = \"{version}\"\nstatus = \"{status}\"\ntitle = {{ en = \"Order\" }}\n\
             [select]\nroot = \"Order\"\nwhere = [{}]\n",
            conditions.join(", ")
        );
        let mut files = ContractFiles::new("");
        files.add(FILE, text);
        let (contract, findings) = Contract::load(&files, &SchemaCache::default());
        contract.unwrap_or_else(|| panic!("{findings:?}"))
    }

    fn meet(one: &[(&str, &str)], other: &[(&str, &str)]) -> bool {
        let pair = [contract("1.0.0", "in-force", one), contract("2.0.0", "in-force", other)];
        !overlaps(pair.iter().map(|each| &**each)).is_empty()
    }

    #[test]
    fn finds_patterns_that_have_a_text_in_common() {
        for (one, other, expected) in [
            ("^1$", "^1$", true),
            ("^1\\.", "^2\\.", false),
            ("OIOUBL-2.0(1|2)", "^OIOUBL-2\\.(01|02|1)$", true),
            ("^(a|b)$", "^(b|c)$", true),
            ("^(a|b)$", "^(c|d)$", false),
            ("^[a-z]{3}$", "^aaa", true),
        ] {
            assert_eq!(meet(&[("v", one)], &[("v", other)]), expected, "{one} {other}");
        }
        assert!(meet(&[], &[("v", "^1$")]), "without a condition all documents are known");
        assert!(meet(&[("v", "^1$")], &[("v", "^1$"), ("w", "x")]));
        assert!(!meet(&[("v", "^1$")], &[("w", "^1$")]), "that is not certain");
    }

    #[test]
    fn contracts_that_are_not_in_force_are_in_nobodys_way() {
        let pair = [contract("1.0.0", "in-force", &[]), contract("2.0.0", "draft", &[])];
        assert_eq!(overlaps(pair.iter().map(|each| &**each)), []);
    }

    #[test]
    fn the_register_is_free_of_overlaps_and_two_versions_of_oioubl_are_not() {
        let cache = SchemaCache::default();
        let count = |words: &[&str]| {
            let shipped = words.iter().flat_map(|word| library::meant_by(word));
            let contracts: Vec<_> =
                shipped.filter_map(|each| Contract::load(&each.files(), &cache).0).collect();
            overlaps(contracts.iter().map(|each| &**each)).len()
        };
        assert_eq!(
            count(&[
                "dk.nemhandel",
                "eu.peppol.billing",
                "eu.en16931",
                "dk.oioxml/invoice-with-image"
            ]),
            0
        );
        // The utility statement's two versions have different root elements.
        assert_eq!(count(&["dk.oioubl"]), 15);
    }
}
