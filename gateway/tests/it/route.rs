//! `sluse route` over what a configuration says.

use crate::cli::sluse;
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::Path};

/// Runs `sluse route --format json` and gives its lines by file.
fn routes(folder: &Path, arguments: &[&str]) -> (String, BTreeMap<String, Value>) {
    let text = sluse(folder, &[&["route", "--format", "json"], arguments].concat());
    let lines = text.lines().filter(|line| line.starts_with('{'));
    let lines = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
    let by_file = lines.map(|line| (line["file"].as_str().unwrap().to_owned(), line)).collect();
    (text, by_file)
}

#[test]
fn every_document_has_a_line_whatever_it_is() {
    let folder = tempfile::tempdir().unwrap();
    sluse(folder.path(), &["init", "conf"]);
    let write = |path: &str, text: &str| fs::write(folder.path().join(path), text).unwrap();
    write("malformed.xml", "<a>");
    write("unknown.xml", "<a/>");
    write("none.bin", "\u{0}");
    let asked = ["malformed.xml", "unknown.xml", "none.bin", "absent.xml", "--config", "conf"];
    insta::assert_snapshot!(sluse(folder.path(), &[&["route"], &asked[..]].concat()));
}

#[test]
fn finds_the_service_of_a_receiver_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    sluse(folder.path(), &["init", "conf"]);
    let note = folder.path().join("conf/contracts/example.city/note/1.0.0");
    fs::create_dir_all(&note).unwrap();
    let manifest = "id = \"example.city/note\"\nversion = \"1.0.0\"\nstatus = \"in-force\"\n\
        title = { en = \"Note\" }\n\
        [namespaces]\nn = \"urn:example:note\"\n[select]\nroot = \"n:Note\"\n\
        [keys]\nreceiver = { path = \"n:To\", scheme = \"@scheme\" }\nsender = { path = \"n:From\", scheme-value = \"CVR\" }\n\
        document = { path = \"n:Id\" }\nschemes = { CVR = \"0184\" }\n\
        [[operation]]\nname = \"deliver\"\nkind = \"one-way\"\n";
    fs::write(note.join("contract.toml"), manifest).unwrap();
    let receivers = folder.path().join("conf/receivers");
    fs::create_dir_all(&receivers).unwrap();
    fs::write(receivers.join("all.csv"), "0184:99000001,example.city/register/cases\n").unwrap();
    let document = |to: &str| {
        format!(
            "<Note xmlns='urn:example:note'><Id>N1</Id><From>99000009</From><To scheme='CVR'>{to}</To></Note>"
        )
    };
    fs::write(folder.path().join("known.xml"), document("99000001")).unwrap();
    fs::write(folder.path().join("other.xml"), document("99000002")).unwrap();
    fs::write(folder.path().join("silent.xml"), document("")).unwrap();
    let asked = ["known.xml", "other.xml", "silent.xml", "--config", "conf"];
    insta::assert_snapshot!(sluse(folder.path(), &[&["route"], &asked[..]].concat()));
    insta::assert_snapshot!(routes(folder.path(), &asked).0);
}
