//! `sluse contract` as a person and a script meet it.

use crate::cli::sluse;
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};
use zip::{ZipWriter, write::SimpleFileOptions};

const ORDER: &str = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:shop'\n  \
    xmlns='urn:shop' elementFormDefault='qualified'>\n  \
    <xs:include schemaLocation='common/types.xsd'/>\n  \
    <xs:element name='Order' type='OrderType'/>\n</xs:schema>\n";
const TYPES: &str = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:shop'\n  \
    xmlns='urn:shop' elementFormDefault='qualified'>\n  \
    <xs:complexType name='OrderType'><xs:sequence><xs:element name='ID' type='xs:string'/></xs:sequence></xs:complexType>\n\
    </xs:schema>\n";
const REPLY: &str = "{ \"$schema\": \"http://json-schema.org/draft-07/schema#\", \"type\": \"object\", \"required\": [\"id\"] }\n";

fn pack(folder: &Path) {
    for (path, text) in files() {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn files() -> [(&'static str, &'static str); 4] {
    [
        ("shop/order.xsd", ORDER),
        ("shop/common/types.xsd", TYPES),
        ("shop/reply.json", REPLY),
        ("shop/readme.txt", "not a schema"),
    ]
}

fn zip(path: &Path, entries: &[(&str, &str)]) {
    let mut writer = ZipWriter::new(File::create(path).unwrap());
    for (name, text) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap();
}

/// Every file below a folder, with its bytes.
fn below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                open.push(entry);
            } else {
                found.insert(
                    entry.strip_prefix(folder).unwrap().to_owned(),
                    fs::read(&entry).unwrap(),
                );
            }
        }
    }
    found
}

#[test]
fn import_begins_a_family_and_finds_it_unchanged_the_next_time() {
    let folder = tempfile::tempdir().unwrap();
    pack(folder.path());
    let import = ["contract", "import", "shop", "--as", "dk.shop", "--config", "conf"];
    insta::assert_snapshot!(sluse(folder.path(), &import));
    let first = below(&folder.path().join("conf"));
    insta::assert_snapshot!(String::from_utf8_lossy(
        &first[Path::new("contracts/dk.shop/order/1.0.0/contract.toml")]
    ));
    insta::assert_snapshot!(sluse(folder.path(), &[&import[..], &["--format", "json"]].concat()));
    assert_eq!(below(&folder.path().join("conf")), first);
}

#[test]
fn an_archive_gives_the_same_as_the_folder_it_was_packed_from() {
    let folder = tempfile::tempdir().unwrap();
    pack(folder.path());
    zip(&folder.path().join("pack.zip"), &files());
    for (path, config) in [("shop", "a"), ("pack.zip", "b")] {
        let said = sluse(
            folder.path(),
            &["contract", "import", path, "--as", "dk.shop", "--config", config],
        );
        assert!(said.starts_with("exit: 0"), "{said}");
    }
    assert_eq!(below(&folder.path().join("a")), below(&folder.path().join("b")));
}

#[test]
fn an_archive_of_a_published_standard_gives_the_same_as_its_folder() {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let shared = std::env::var_os("SLUSE_SHARED").map_or_else(beside, PathBuf::from);
    let corpus = shared.join("corpora/oioxml-0.7");
    if !corpus.is_dir() {
        println!(
            "SKIPPED: no corpus `oioxml-0.7`; set SLUSE_SHARED to the folder that holds corpora/"
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut writer = ZipWriter::new(File::create(folder.path().join("oioxml.zip")).unwrap());
    for (path, bytes) in below(&corpus) {
        writer.start_file(path.to_str().unwrap(), SimpleFileOptions::default()).unwrap();
        writer.write_all(&bytes).unwrap();
    }
    writer.finish().unwrap();
    for (path, config) in [(corpus.to_str().unwrap(), "a"), ("oioxml.zip", "b")] {
        let import = ["contract", "import", path, "--as", "dk.oioxml", "--config", config];
        let said = sluse(folder.path(), &import);
        assert!(said.starts_with("exit: 0"), "{said}");
    }
    let made = below(&folder.path().join("a"));
    assert_eq!(made.keys().filter(|path| path.ends_with("contract.toml")).count(), 4);
    assert_eq!(made, below(&folder.path().join("b")));
}

#[test]
fn import_refuses_what_is_hostile_or_incomplete_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    zip(&folder.path().join("evil.zip"), &[("order.xsd", ORDER), ("../../evil.xsd", TYPES)]);
    zip(&folder.path().join("part.zip"), &[("order.xsd", ORDER)]);
    let import = |path: &str| {
        sluse(folder.path(), &["contract", "import", path, "--as", "dk.shop", "--config", "conf"])
    };
    insta::assert_snapshot!(import("evil.zip"));
    insta::assert_snapshot!(import("part.zip"));
    insta::assert_snapshot!(import("absent"));
    for name in ["BAD NAME", "dk.shop@1", "dk.shop@", "", "a/b/c/d/e"] {
        let said = sluse(folder.path(), &["contract", "import", "part.zip", "--as", name]);
        assert!(said.starts_with("exit: 2\n") && said.contains("hint: write it as in"), "{said}");
    }
    assert!(!folder.path().join("conf").exists());
}

#[test]
fn lists_and_shows_what_stands_in_the_folder_and_what_ships() {
    let folder = tempfile::tempdir().unwrap();
    pack(folder.path());
    sluse(folder.path(), &["contract", "import", "shop", "--as", "dk.shop", "--config", "conf"]);
    let here =
        |arguments: &[&str]| sluse(folder.path(), &[arguments, &["--config", "conf"][..]].concat());
    insta::assert_snapshot!(here(&["contract", "list", "dk.shop", "org.unece.sbdh"]));
    insta::assert_snapshot!(here(&["contract", "show", "dk.oioubl/invoice"]));
    insta::assert_snapshot!(here(&["contract", "show", "dk.oiubl/invoice"]));
    let register = here(&["contract", "list", "dk.nemhandel", "--format", "json"]);
    assert_eq!(register.lines().filter(|line| line.starts_with("{\"contract\":")).count(), 36);
}

#[test]
fn lint_tells_the_faults_of_contracts_and_exits_1() {
    let folder = tempfile::tempdir().unwrap();
    pack(folder.path());
    sluse(folder.path(), &["contract", "import", "shop", "--as", "dk.shop", "--config", "conf"]);
    let reply = "conf/contracts/dk.shop/reply/1.0.0";
    insta::assert_snapshot!(sluse(folder.path(), &["contract", "lint", reply]));
    fs::remove_file(folder.path().join(reply).join("schemas/json-schema/reply.json")).unwrap();
    let lint = ["contract", "lint", "dk.shop/reply", "--config", "conf"];
    insta::assert_snapshot!(sluse(folder.path(), &lint));
    insta::assert_snapshot!(sluse(folder.path(), &["contract", "lint", "dk.unknown"]));
}

#[test]
fn lint_takes_schemas_before_there_is_a_contract() {
    let folder = tempfile::tempdir().unwrap();
    pack(folder.path());
    let lint =
        |arguments: &[&str]| sluse(folder.path(), &[&["contract", "lint"][..], arguments].concat());
    let of_folder = lint(&["shop"]);
    assert!(of_folder.starts_with("exit: 0"), "{of_folder}");
    assert!(
        of_folder.contains("entry shop/order.xsd (xsd)\nentry shop/reply.json (json-schema)\n")
    );
    assert!(of_folder.contains("2 entry files: no faults, no warnings"), "{of_folder}");
    fs::write(folder.path().join("shop/common/types.xsd"), "<xs:schema").unwrap();
    let of_file = lint(&["shop/order.xsd", "shop/reply.json", "--format", "json"]);
    assert!(of_file.starts_with("exit: 1"), "{of_file}");
    assert!(of_file.contains("\"file\":\"shop/common/types.xsd\""), "{of_file}");
    for (arguments, words) in [
        (&["shop/readme.txt"][..], "there is no contract and no schema in `shop/readme.txt`"),
        (&["shop/reply.json", "--profile", "dk"], "it is one of plain, oio, no"),
    ] {
        let refused = lint(arguments);
        assert!(refused.starts_with("exit: 2") && refused.contains(words), "{refused}");
    }
}

#[test]
fn a_version_that_is_brought_in_goes_before_the_shipped_one_of_the_same_documents() {
    let folder = tempfile::tempdir().unwrap();
    sluse(folder.path(), &["init", "conf"]);
    let schema = ORDER
        .replace("urn:shop", "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2")
        .replace("<xs:include schemaLocation='common/types.xsd'/>", "")
        .replace("name='Order' type='OrderType'", "name='Invoice' type='xs:string'");
    fs::write(folder.path().join("UBL-Invoice-2.1.xsd"), schema).unwrap();
    let import =
        ["contract", "import", "UBL-Invoice-2.1.xsd", "--as", "dk.oioubl", "--config", "conf"];
    let said = sluse(folder.path(), &import);
    assert!(said.starts_with("exit: 0") && said.contains("dk.oioubl/invoice@2.1.0"), "{said}");
    let checked = sluse(folder.path(), &["check", "--config", "conf"]);
    assert!(checked.starts_with("exit: 0") && !checked.contains("C0216"), "{checked}");
}
