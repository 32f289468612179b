//! `sluse route` over the documents of a real register, and over what a configuration says.

use crate::cli::sluse;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// The folder of real documents; told loudly where it is absent.
pub(crate) fn shared(below: &str) -> Option<PathBuf> {
    let root = std::env::var_os("SLUSE_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"), PathBuf::from);
    let folder = root.join(below);
    if !folder.is_dir() {
        println!("SKIPPED: {below} is not there; set SLUSE_SHARED");
        return None;
    }
    Some(folder)
}

/// Runs `sluse route --format json` and gives its lines by file.
fn routes(folder: &Path, arguments: &[&str]) -> (String, BTreeMap<String, Value>) {
    let text = sluse(folder, &[&["route", "--format", "json"], arguments].concat());
    let lines = text.lines().filter(|line| line.starts_with('{'));
    let lines = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
    let by_file = lines.map(|line| (line["file"].as_str().unwrap().to_owned(), line)).collect();
    (text, by_file)
}

/// What the register calls a scheme, as ISO 6523 numbers it; others keep the document's own word.
fn scheme(kind: &Value) -> Option<String> {
    let number = match kind[0].as_str() {
        Some("ean") => "0088",
        Some("cvr") => "0184",
        Some("se") => "0198",
        Some("p") => "0096",
        _ => return kind[1].as_str().map(str::to_owned),
    };
    Some(number.to_owned())
}

fn check_participant(
    what: &str,
    value: &Value,
    kind: &Value,
    found: &Value,
    wrong: &mut Vec<String>,
) {
    let Some(value) = value.as_str().filter(|value| !value.is_empty()) else { return };
    let national = matches!(kind[0][0].as_str(), Some("cvr" | "se" | "p"));
    let value = if national { value.strip_prefix("DK").unwrap_or(value) } else { value };
    if found["value"] != value {
        wrong.push(format!("{what}: {} for {value}", found["value"]));
    }
    if let Some(scheme) = scheme(&kind[0])
        && found["scheme"] != scheme.as_str()
    {
        wrong.push(format!("{what}'s scheme: {} for {scheme}", found["scheme"]));
    }
}

#[test]
fn every_document_of_the_register_is_known_as_the_register_says() {
    let Some(corpus) = shared("corpora/nemhandel-rasp") else { return };
    let expected = fs::read_to_string(corpus.join("expected-routes.json")).unwrap();
    let expected: BTreeMap<String, Value> = serde_json::from_str(&expected).unwrap();
    let messages = corpus.join("messages");
    let (_, found) = routes(&messages, &["."]);
    let mut wrong = Vec::new();
    let mut n_compared = 0;
    for (file, expected) in &expected {
        let Some(found) = found.get(&format!("./{file}")) else {
            continue;
        };
        n_compared += 1;
        let mut faults = Vec::new();
        let matches = expected["matches"].as_array().unwrap();
        match matches.as_slice() {
            [one] => {
                if &found["title"]["da"] != one {
                    faults.push(format!("{} for {one}", found["title"]["da"]));
                }
                let kinds = [("receiver", "key", "key_type"), ("sender", "sender", "sender_type")];
                for (what, value, kind) in kinds {
                    check_participant(
                        what,
                        &expected[value],
                        &expected[kind],
                        &found[what],
                        &mut faults,
                    );
                }
                for (what, name) in [("profile", "profile"), ("document", "docid")] {
                    let wanted = expected[name].as_str().unwrap_or_default();
                    if found[what].as_str().unwrap_or_default() != wanted {
                        faults.push(format!("{what}: {} for {wanted}", found[what]));
                    }
                }
            }
            _ if found["contract"].is_null() && found["verdict"] != "accepted" => {}
            _ => faults.push(format!("{} for none", found["contract"])),
        }
        wrong.extend(faults.into_iter().map(|fault| format!("{file}: {fault}")));
    }
    assert!(n_compared > 50, "{n_compared} documents");
    println!("{n_compared} documents of the register");
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
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
