//! Records reported to the tax administration: the published samples, in each character set, and each of the broken ones.

use crate::translate::{shared, shipped, translate};
use sluse_adapters::{adapter::Adapter, library, mapping::Way};
use sluse_contracts::files::ContractFiles;
use std::fs;

const CORPUS: &str = "corpora/skat-records";

/// The adapter as somebody copies it whose files are written otherwise: in its description one text stands for another.
fn copied(from: &str, to: &str) -> Adapter {
    let mut files = ContractFiles::new("copied");
    let mut n_changed = 0;
    for (path, bytes) in library::find("tax-accounts").unwrap().paths {
        let is_description = *path == "records.toml";
        // The example is of the character set that ships.
        let is_manifest = *path == "adapter.toml";
        let text = String::from_utf8_lossy(bytes).into_owned();
        if is_description {
            assert!(text.contains(from));
            n_changed += 1;
            files.add(path, text.replace(from, to).into_bytes());
        } else if is_manifest {
            let (without_example, _) = text.split_once("[[example]]").unwrap();
            files.add(path, without_example.as_bytes().to_vec());
        } else {
            files.add(path, *bytes);
        }
    }
    assert_eq!(n_changed, 1);
    let mut findings = Vec::new();
    let adapter = Adapter::read("copied", &files, &mut findings);
    assert!(findings.is_empty(), "{findings:?}");
    adapter.unwrap()
}

#[test]
fn the_sound_file_says_the_same_in_each_character_set_and_comes_back_with_the_same_bytes() {
    let Some(folder) = shared(CORPUS) else { return };
    let set = |set: &str| copied("iso-8859-1", set);
    let files = [
        ("sample-ok.latin1.bin", shipped("tax-accounts")),
        ("sample-ok.IBM277.bin", set("ibm277")),
        ("sample-ok.CP865.bin", set("cp865")),
        ("sample-ok.CP850.bin", set("cp850")),
        (
            "sample-ok.crlf.latin1.txt",
            copied("record-length = 868", "record-length = 868\nline-ends = \"crlf\""),
        ),
    ];
    let expected = "{\"user\":\"7654\",\"name\":\"Prøvekassen Ærø\",\"address\":\"Ågade 1, 5970 Ærøskøbing\",\"accounts\":[\
         {\"reporter\":\"27510647\",\"person\":\"8605010001\",\"account\":\"POL0000\",\"date\":\"2026-01-15\",\"action\":\"register\"},\
         {\"reporter\":\"27510647\",\"person\":\"8605010002\",\"account\":\"POL0001\",\"date\":\"2026-01-15\",\"action\":\"register\"}]}";
    for (name, adapter) in &files {
        let bytes = fs::read(folder.join(name)).unwrap();
        for piece in [1, 61, 868, 65_536] {
            let done = translate(adapter, Way::Forward, &bytes, piece);
            assert_eq!((done.n_units, done.lost.len()), (2, 0), "{name}");
            assert_eq!(String::from_utf8(done.sound()).unwrap().trim_end(), expected, "{name}");
        }
        let back = translate(adapter, Way::Reverse, expected.as_bytes(), 11).sound();
        assert!(back == bytes, "{name} is not written as it was read");
    }
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
