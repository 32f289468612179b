//! Records reported to the tax administration: the published samples, in each character set, and each of the broken ones.

use crate::translate::{shared, shipped, translate};
use sluse_adapters::{
    adapter::{Adapter, MANIFEST},
    charset::{CharacterSet, SETS},
    mapping::Way,
};
use sluse_contracts::files::ContractFiles;
use std::fs;

const CORPUS: &str = "corpora/skat-records";

const EXPECTED: &str = "{\"user\":\"7654\",\"name\":\"Prøvekassen Ærø\",\"address\":\"Ågade 1, 5970 Ærøskøbing\",\"accounts\":[\
     {\"reporter\":\"27510647\",\"person\":\"8605010001\",\"account\":\"POL0000\",\"date\":\"2026-01-15\",\"action\":\"register\"},\
     {\"reporter\":\"27510647\",\"person\":\"8605010002\",\"account\":\"POL0001\",\"date\":\"2026-01-15\",\"action\":\"register\"}]}";

/// The adapter for files that are written otherwise: a manifest of one line, and no copy.
fn written(legacy: &str) -> Adapter {
    let mut files = ContractFiles::new("own");
    let manifest = format!("based-on = \"tax-accounts\"\nlegacy = {{ {legacy} }}\n");
    files.add(MANIFEST, manifest.into_bytes());
    let mut findings = Vec::new();
    let adapter = Adapter::read("own", &files, &mut findings);
    assert!(findings.is_empty(), "{findings:?}");
    adapter.unwrap()
}

/// Both ways: the file says what it should, and is written again with the same bytes.
fn says_the_same(name: &str, adapter: &Adapter, bytes: &[u8]) {
    for piece in [1, 61, 868, 65_536] {
        let done = translate(adapter, Way::Forward, bytes, piece);
        assert_eq!((done.n_units, done.lost.len()), (2, 0), "{name}");
        assert_eq!(String::from_utf8(done.sound()).unwrap().trim_end(), EXPECTED, "{name}");
    }
    let back = translate(adapter, Way::Reverse, EXPECTED.as_bytes(), 11).sound();
    assert!(back == bytes, "{name} is not written as it was read");
}

#[test]
fn the_sound_file_says_the_same_in_each_character_set_and_comes_back_with_the_same_bytes() {
    let Some(folder) = shared(CORPUS) else { return };
    let files = [
        ("sample-ok.latin1.bin", shipped("tax-accounts")),
        ("sample-ok.IBM277.bin", written("character-set = \"ibm277\"")),
        ("sample-ok.CP865.bin", written("character-set = \"cp865\"")),
        ("sample-ok.CP850.bin", written("character-set = \"cp850\"")),
        ("sample-ok.crlf.latin1.txt", written("line-ends = \"crlf\"")),
    ];
    for (name, adapter) in &files {
        says_the_same(name, adapter, &fs::read(folder.join(name)).unwrap());
    }
}

#[test]
fn the_sound_file_says_the_same_in_every_character_set_that_there_is() {
    let Some(folder) = shared(CORPUS) else { return };
    let (mut text, bytes) = (String::new(), fs::read(folder.join("sample-ok.latin1.bin")).unwrap());
    CharacterSet::Latin1.decode(&bytes, &mut text).unwrap();
    let records: Vec<char> = text.chars().collect();
    for (name, set) in SETS {
        // A character of UTF-8 takes several bytes, so its records are lines.
        let end = if set == CharacterSet::Utf8 { "\n" } else { "" };
        let records = records.chunks(868).map(|record| record.iter().collect::<String>() + end);
        let mut bytes = Vec::new();
        set.encode(&records.collect::<String>(), &mut bytes).unwrap();
        let lines = if end.is_empty() { "" } else { ", line-ends = \"lf\"" };
        let adapter = written(&format!("character-set = \"{name}\"{lines}"));
        says_the_same(name, &adapter, &bytes);
    }
}

#[test]
fn what_is_wrong_in_a_manifest_that_is_based_on_another_is_told_at_its_place() {
    let told = |manifest: &str| {
        let mut files = ContractFiles::new("own");
        files.add(MANIFEST, manifest.as_bytes().to_vec());
        let mut findings = Vec::new();
        assert!(Adapter::read("own", &files, &mut findings).is_none(), "{manifest}");
        findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(
        told("based-on = \"tax-acounts\""),
        "own/adapter.toml:1:12 C0105 no adapter of this name ships\n  hint: did you mean `tax-accounts`?"
    );
    let set = "based-on = \"tax-accounts\"\nlegacy = { character-set = \"ebcdic\" }";
    assert!(told(set).starts_with("own/adapter.toml:2:28 C0105"), "{}", told(set));
    let key = "based-on = \"tax-accounts\"\nlegacy = { record-length = \"7\" }";
    assert!(told(key).starts_with("own/adapter.toml:2:12 C0102"), "{}", told(key));
    let file = "based-on = \"tax-accounts\"\nlegacy = \"records.toml\"";
    assert!(told(file).starts_with("own/adapter.toml:2:10 C0103"), "{}", told(file));
    let ends = "based-on = \"tax-accounts\"\nlegacy = { line-ends = \"nel\" }";
    assert!(told(ends).starts_with("library/tax-accounts/records.toml:"), "{}", told(ends));
}

#[test]
fn each_broken_file_gives_its_fault_at_its_place() {
    let Some(folder) = shared(CORPUS) else { return };
    let adapter = shipped("tax-accounts");
    let of = |name: &str| {
        let bytes = fs::read(folder.join(name)).unwrap();
        let done = translate(&adapter, Way::Forward, &bytes, 1_000);
        (done.refused, done.broken)
    };
    let none = Vec::<String>::new;
    assert_eq!(
        of("sample-bad-count.latin1.bin"),
        (
            none(),
            vec![
                "V0905 the number is not that of the records that there are (record 4, byte 2612, end/records)"
                    .to_owned()
            ]
        )
    );
    assert_eq!(
        of("sample-truncated.latin1.bin"),
        (none(), vec!["V0901 the message ends within a record (record 4, byte 2604)".to_owned()])
    );
    assert_eq!(
        of("sample-bad-cpr.latin1.bin"),
        (
            vec![
                "V0906 the field holds a character that is no digit (record 2, byte 888, individual/person)"
                    .to_owned()
            ],
            none()
        )
    );
}
