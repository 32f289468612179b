//! The shipped library and the import of published standards, against the published files
//! themselves where they are at hand.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail, and says what it skips"
)]

use bytes::Bytes;
use sluse_contracts::{
    Contract, ContractFiles, Finding, SchemaCache,
    import::{Action, Asked, Import, import},
    library,
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

fn corpus(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let shared = std::env::var_os("SLUSE_SHARED").map_or_else(beside, PathBuf::from);
    let folder = shared.join("corpora").join(name);
    if !folder.is_dir() {
        println!("SKIPPED: no corpus `{name}`; set SLUSE_SHARED to the folder that holds corpora/");
        return None;
    }
    Some(folder)
}

fn files(corpus: &Path) -> BTreeMap<String, Bytes> {
    fn take(folder: &Path, at: &str, found: &mut BTreeMap<String, Bytes>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = format!("{at}/{}", entry.file_name().to_string_lossy());
            if entry.file_type().unwrap().is_dir() {
                take(&entry.path(), &path, found);
            } else {
                found.insert(path, fs::read(entry.path()).unwrap().into());
            }
        }
    }
    let mut found = BTreeMap::new();
    take(corpus, "given", &mut found);
    found
}

fn bring_in(corpus_name: &str, name: &str, cache: &SchemaCache) -> Option<Import> {
    let given = files(&corpus(corpus_name)?);
    let asked = Asked { given: &given, existing: &BTreeMap::new(), name };
    Some(import(&asked, library::ALL, cache, &mut |_, _| {}))
}

fn errors(findings: &[Finding]) -> Vec<String> {
    findings.iter().filter(|finding| finding.is_error()).map(ToString::to_string).collect()
}

/// Contract, schemas that judge, files that are still missing.
fn made(import: &Import) -> Vec<(String, usize, usize)> {
    let made = import.contracts.iter();
    let mut made: Vec<_> = made
        .map(|each| (format!("{}@{}", each.id, each.version), each.judge.len(), each.missing.len()))
        .collect();
    made.sort();
    made
}

/// Loads what was written as a contract's folder would be, with schemas shared.
fn load_all(import: &Import, cache: &SchemaCache) {
    for each in &import.contracts {
        let folder = format!("{}/{}/", each.id, each.version);
        let mut contract = ContractFiles::new(&*folder);
        for (path, bytes) in &import.writes {
            if let Some(path) = path.strip_prefix(&folder) {
                assert!(contract.add(path, bytes.clone()), "{path}");
            }
        }
        let (loaded, findings) = Contract::load(&contract, cache);
        assert_eq!(errors(&findings), [""; 0], "{folder}");
        assert!(loaded.unwrap().has_schema(), "{folder}");
    }
}

#[test]
fn every_shipped_contract_loads() {
    let cache = SchemaCache::default();
    for shipped in library::ALL {
        let (contract, findings) = Contract::load(&shipped.files(), &cache);
        assert_eq!(errors(&findings), [""; 0], "{}", shipped.id);
        assert!(contract.is_some());
    }
}

#[test]
fn brings_in_each_published_standard() {
    for (corpus, name, contracts, judged_by, missing) in [
        ("oioubl-2.1", "dk.oioubl", 16, 2, 0),
        ("nemhandel-rasp/ubl20-xsd", "dk.oioubl", 15, 1, 1),
        ("oioxml-0.7", "dk.oioxml", 4, 2, 0),
        ("sbdh-1.3", "org.unece.sbdh", 2, 1, 0),
    ] {
        let cache = SchemaCache::default();
        let Some(import) = bring_in(corpus, name, &cache) else { return };
        assert_eq!(errors(&import.findings), [""; 0], "{corpus}");
        let made = made(&import);
        assert_eq!(made.len(), contracts, "{corpus}: {made:?}");
        let whole = made.iter().all(|each| (each.1, each.2) == (judged_by, missing));
        assert!(whole, "{corpus}: {made:?}");
        load_all(&import, &cache);
    }
}

#[test]
fn brings_in_the_european_invoice_and_peppol() {
    for (corpus, family, version, rules, cii_missing) in [
        ("en16931", "eu.en16931", "2017.0.0", 1, 0),
        ("peppol-bis-billing3", "eu.peppol.billing", "3.0.0", 2, 1),
    ] {
        let cache = SchemaCache::default();
        let Some(import) = bring_in(corpus, family, &cache) else { return };
        assert_eq!(errors(&import.findings), [""; 0], "{corpus}");
        let id = |root: &str| format!("{family}/{root}@{version}");
        assert_eq!(
            made(&import),
            [
                (id("credit-note"), rules, 1),
                (id("cross-industry-invoice"), rules + 1 - cii_missing, cii_missing),
                (id("invoice"), rules, 1)
            ]
        );
        load_all(&import, &cache);
    }
}

#[test]
fn schemas_first_and_rule_sets_later_complete_the_same_contracts() {
    let Some(corpus) = corpus("oioubl-2.1") else { return };
    let all = files(&corpus);
    let part = |folder: &str| -> BTreeMap<String, Bytes> {
        let below = all.iter().filter(|(path, _)| path.starts_with(folder));
        below.map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
    };
    let cache = SchemaCache::default();
    let mut folder = BTreeMap::new();
    for (given, action) in [
        (part("given/xsd"), Action::Made),
        (part("given/sch"), Action::Completed),
        (all.clone(), Action::Unchanged),
    ] {
        let asked = Asked { given: &given, existing: &folder, name: "dk.oioubl@2.1.0" };
        let import = import(&asked, library::ALL, &cache, &mut |_, _| {});
        assert_eq!(errors(&import.findings), [""; 0]);
        assert_eq!(import.contracts.len(), 16);
        assert!(import.contracts.iter().all(|each| each.action == action), "{action:?}");
        folder.extend(import.writes);
    }
}

mod register {
    use super::{Contract, SchemaCache, corpus, library};
    use serde_json::Value;
    use sluse_contracts::{
        Day, MediaType, Message, ParticipantKey, Payload, Registry, Selection, payload::Limits,
    };
    use std::fs;

    /// The register's words for schemes, as ISO 6523 has them. For the rest the document's own word counts.
    fn expected_key(value: &Value, words: &Value) -> Option<(String, String)> {
        let value = value.as_str()?;
        let word = words.pointer("/0/1")?.as_str()?;
        let scheme = match word {
            "GLN" => "0088",
            "DK:CVR" => "0184",
            "DK:SE" => "0198",
            "DK:P" => "0096",
            own => own,
        };
        let value = if scheme.starts_with("01") { value.trim_start_matches("DK") } else { value };
        Some((scheme.to_owned(), value.to_owned()))
    }

    fn found_key(key: Option<&ParticipantKey>) -> Option<(String, String)> {
        key.map(|key| (key.scheme.to_string(), key.value.to_string()))
    }

    #[test]
    fn every_message_of_the_register_gives_its_contract_and_keys() {
        let Some(corpus) = corpus("nemhandel-rasp") else { return };
        let cache = SchemaCache::default();
        let load = |shipped: &&library::Shipped| Contract::load(&shipped.files(), &cache).0;
        let contracts: Vec<_> = library::meant_by("dk.nemhandel").iter().filter_map(load).collect();
        assert_eq!(contracts.len(), 36);
        let registry = Registry::new(contracts);
        let today: Day = "2026-11-25".parse().unwrap();
        let routes = fs::read(corpus.join("expected-routes.json")).unwrap();
        let routes: serde_json::Map<String, Value> = serde_json::from_slice(&routes).unwrap();
        let mut judged = 0;
        for (file, expected) in &routes {
            let Ok(bytes) = fs::read(corpus.join("messages").join(file)) else { continue };
            judged += 1;
            let message = Message { bytes: bytes.into(), media_type: MediaType::xml() };
            let payload = Payload::parse(&message, &Limits::default());
            let Some(matches) = expected["matches"].as_array() else {
                assert!(payload.is_err(), "{file} is not well-formed");
                continue;
            };
            let payload = payload.unwrap();
            let selection = registry.select(&payload, today);
            let Some(name) = matches.first() else {
                assert!(matches!(selection, Selection::None), "{file}: {selection:?}");
                continue;
            };
            let contract = selection.one().unwrap();
            assert_eq!(contract.manifest().title["da"], name.as_str().unwrap(), "{file}");
            let keys = contract.keys(&payload);
            let (key, sender) = (&expected["key"], &expected["sender"]);
            assert_eq!(
                found_key(keys.receiver.as_ref()),
                expected_key(key, &expected["key_type"]),
                "{file}"
            );
            assert_eq!(
                found_key(keys.sender.as_ref()),
                expected_key(sender, &expected["sender_type"]),
                "{file}"
            );
            assert_eq!(keys.profile.as_deref(), expected["profile"].as_str(), "{file}");
            assert_eq!(
                keys.document.as_deref().unwrap_or_default(),
                expected["docid"].as_str().unwrap_or_default(),
                "{file}"
            );
        }
        assert!(judged > 80, "{judged} messages");
    }
}
