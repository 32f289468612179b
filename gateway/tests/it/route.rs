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
    if !folder.exists() {
        println!("SKIPPED: {below} is not there; set SLUSE_SHARED");
        return None;
    }
    Some(folder)
}

/// Runs `sluse route --format json` and gives its lines by file.
pub(crate) fn routes(folder: &Path, arguments: &[&str]) -> (String, BTreeMap<String, Value>) {
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

/// Scheme and value of a participant, from what the register's own rules give for a document.
pub(crate) fn participant(value: &Value, kind: &Value) -> Option<(String, String)> {
    let value = value.as_str().filter(|value| !value.is_empty())?;
    let national = matches!(kind[0][0].as_str(), Some("cvr" | "se" | "p"));
    let value = if national { value.strip_prefix("DK").unwrap_or(value) } else { value };
    Some((scheme(&kind[0]).unwrap_or_default(), value.to_owned()))
}

/// The names of the types that a message is of; none for one that cannot be read.
pub(crate) fn matches(expected: &Value) -> &[Value] {
    expected["matches"].as_array().map_or(&[], Vec::as_slice)
}

/// What the register gives for each of its messages, by file.
pub(crate) fn expected(corpus: &Path) -> BTreeMap<String, Value> {
    let text = fs::read_to_string(corpus.join("expected-routes.json")).unwrap();
    let mut all: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    all.retain(|file, _| corpus.join("messages").join(file).is_file());
    all
}

/// Faults in what `sluse route` says of a document, against what the register says of it.
pub(crate) fn check_route(expected: &Value, found: &Value) -> Vec<String> {
    let [one] = matches(expected) else {
        let is_none = found["contract"].is_null() && found["verdict"] != "accepted";
        return if is_none { vec![] } else { vec![format!("{} for none", found["contract"])] };
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let pair = |found: &Value| {
        // A participant of whom only the scheme is said is none.
        let pair = (text(&found["scheme"]), text(&found["value"]));
        (!pair.1.is_empty()).then_some(pair)
    };
    let mut faults = Vec::new();
    if found["verdict"] != "accepted" || &found["title"]["da"] != one {
        faults.push(format!("{} {} for {one}", found["verdict"], found["title"]["da"]));
    }
    for (what, value, kind) in
        [("receiver", "key", "key_type"), ("sender", "sender", "sender_type")]
    {
        let wanted = participant(&expected[value], &expected[kind]);
        if pair(&found[what]) != wanted {
            faults.push(format!("{what}: {} for {wanted:?}", found[what]));
        }
    }
    for (what, name) in [("profile", "profile"), ("document", "docid")] {
        if text(&found[what]) != text(&expected[name]) {
            faults.push(format!("{what}: {} for {}", found[what], expected[name]));
        }
    }
    faults
}

#[test]
fn every_document_of_the_register_is_known_as_the_register_says() {
    let Some(corpus) = shared("corpora/nemhandel-rasp") else { return };
    let (_, found) = routes(&corpus.join("messages"), &["."]);
    let expected = expected(&corpus);
    let faults = |(file, expected): (&String, &Value)| {
        let found = found.get(&format!("./{file}")).unwrap_or_else(|| panic!("no line for {file}"));
        let faults = check_route(expected, found).into_iter();
        faults.map(|fault| format!("{file}: {fault}")).collect::<Vec<_>>()
    };
    let wrong: Vec<String> = expected.iter().flat_map(faults).collect();
    assert!(!expected.is_empty());
    println!("{} documents of the register", expected.len());
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
