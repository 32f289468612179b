//! Published standards brought in by `sluse contract import`, and real documents judged as their publishers'
//! own tools judge them.

use crate::{cli::sluse, route::shared};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// A configuration as `init` writes it, with published files brought in. `check` finds no fault in it.
fn imported(paths: &[PathBuf], name: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    sluse(folder.path(), &["init", "conf"]);
    let paths = paths.iter().map(|path| path.to_str().unwrap());
    let asked: Vec<&str> =
        ["contract", "import", "--as", name, "--config", "conf"].into_iter().chain(paths).collect();
    let said = sluse(folder.path(), &asked);
    assert!(said.starts_with("exit: 0\n"), "{said}");
    for look in ["check", "contract lint"] {
        let asked: Vec<&str> = look.split(' ').chain(["--config", "conf"]).collect();
        let said = sluse(folder.path(), &asked);
        assert!(said.starts_with("exit: 0\n"), "{look}: {said}");
    }
    folder
}

/// What `validate` says of each document, by the path it was given.
fn judged(folder: &Path, arguments: &[&str]) -> BTreeMap<PathBuf, Value> {
    let text = sluse(folder, &[&["validate", "--format", "json"], arguments].concat());
    let lines = text.lines().filter(|line| line.starts_with('{'));
    let lines = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
    let found: BTreeMap<PathBuf, Value> =
        lines.map(|line| (PathBuf::from(line["file"].as_str().unwrap()), line)).collect();
    assert!(!found.is_empty(), "{text}");
    found
}

/// Judges documents under the contract that each belongs to; where a document does not say which, it is told.
fn judged_under(
    folder: &Path,
    documents: &[PathBuf],
    contract: impl Fn(&Path) -> String,
) -> BTreeMap<PathBuf, Value> {
    let paths: Vec<&str> = documents.iter().map(|path| path.to_str().unwrap()).collect();
    let mut found = judged(folder, &[&["--config", "conf"], paths.as_slice()].concat());
    for (path, line) in &mut found {
        if line["verdict"] == "unknown-contract" {
            let (path, contract) = (path.to_str().unwrap(), contract(path));
            let told = judged(folder, &["--config", "conf", "--contract", &contract, path]);
            *line = told.into_values().next().unwrap();
        }
    }
    found
}

/// Whether a document that could be read is valid by its schema.
fn is_valid(line: &Value) -> bool {
    let known = matches!(line["verdict"].as_str(), Some("accepted" | "rejected"));
    let violations = line["violations"].as_array().unwrap();
    known && !violations.iter().any(|each| each["layer"] == "xsd" && each["severity"] == "error")
}

/// The rules of one severity that a document breaks.
fn broken(line: &Value, severity: &str) -> BTreeSet<String> {
    let violations = line["violations"].as_array().unwrap().iter();
    let rules = violations
        .filter(|each| each["layer"] == "schematron" && each["severity"] == severity)
        .map(|each| each["rule"].as_str().unwrap_or("none").to_owned());
    rules.collect()
}

fn texts(list: &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The files below a folder, by their name alone.
fn by_name(folder: &Path) -> BTreeMap<String, PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path)).collect()
}

/// `OrderChange` as `order-change`.
fn kebab(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

#[test]
fn judges_oioubl_2_1_as_the_publishers_rule_set_does() {
    let Some(corpus) = shared("corpora/oioubl-2.1") else { return };
    let folder = imported(std::slice::from_ref(&corpus), "dk.oioubl");
    // Path, whether valid by the schema, fatal rules.
    let mut expected: BTreeMap<PathBuf, (bool, BTreeSet<String>)> = BTreeMap::new();
    for mutant in read(&corpus.join("mutants/manifest.json")).as_array().unwrap() {
        let path = corpus.join("mutants").join(mutant["file"].as_str().unwrap());
        expected.insert(path, (mutant["xsd_valid"] == true, texts(&mutant["fatal"])));
    }
    let mut whole = by_name(&corpus.join("examples"));
    whole.extend(by_name(&corpus.join("scenarios-2.02")));
    for (name, said) in read(&corpus.join("oracle-1.17.2.json")).as_object().unwrap() {
        if let Some(path) = whole.get(name.rsplit('/').next().unwrap()) {
            expected.insert(path.clone(), (said["xsd_valid"] == true, texts(&said["fatal"])));
        }
    }
    let documents: Vec<PathBuf> = expected.keys().filter(|path| path.is_file()).cloned().collect();
    let found = judged_under(folder.path(), &documents, |path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        format!("dk.oioubl/{}@2.1.0", kebab(name.split('-').next().unwrap()))
    });
    let (mut n_valid, mut n_broken, mut wrong) = (0, 0, Vec::new());
    for path in &documents {
        let ((valid, fatal), line) = (&expected[path], &found[path]);
        if is_valid(line) != *valid {
            wrong.push(format!("{}: valid is {valid}: {line}", path.display()));
        } else if *valid {
            n_valid += 1;
            n_broken += usize::from(!fatal.is_empty());
            let rules = broken(line, "error");
            if rules != *fatal {
                wrong.push(format!("{}: {rules:?} for {fatal:?}", path.display()));
            }
        }
    }
    println!(
        "{} documents, {n_valid} valid by their schema, {n_broken} of these break fatal rules; {} judged otherwise than by the publisher",
        documents.len(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(n_valid < documents.len() && n_broken > 0, "good and bad documents of both kinds");
}

#[test]
fn judges_oioxml_0_7_as_its_oracle_says() {
    let Some(corpus) = shared("corpora/oioxml-0.7") else { return };
    let folder = imported(std::slice::from_ref(&corpus), "dk.oioxml");
    let messages = corpus.with_file_name("nemhandel-rasp").join("messages");
    // Path, whether valid by the schema, how many rules are broken.
    let mut expected: BTreeMap<PathBuf, (bool, usize)> = BTreeMap::new();
    for (name, said) in read(&corpus.join("oracle.json")).as_object().unwrap() {
        let file = name.rsplit('/').next().unwrap();
        let own = if name.starts_with("Examples_Invalid/") { "invalid" } else { "valid" };
        let rules = said["sch"].as_array().map_or(0, Vec::len);
        let valid = match (said["xsdStrict"].as_bool(), &said["wellformed"]) {
            (Some(valid), _) => valid,
            (None, Value::Bool(false)) => false,
            _ => continue,
        };
        let paths = [messages.join(name), corpus.join(own).join(file)];
        expected.extend(
            paths.into_iter().filter(|path| path.is_file()).map(|path| (path, (valid, rules))),
        );
    }
    let documents: Vec<PathBuf> = expected.keys().cloned().collect();
    let found = judged_under(folder.path(), &documents, |path| panic!("{}", path.display()));
    for (path, (valid, rules)) in &expected {
        let line = &found[path];
        assert_eq!(is_valid(line), *valid, "{}: {line}", path.display());
        if *valid {
            let broken = line["violations"].as_array().unwrap().iter();
            let broken = broken.filter(|each| each["layer"] == "schematron");
            assert_eq!(broken.count(), *rules, "{}: {line}", path.display());
            let accepted = line["verdict"] == "accepted";
            assert_eq!(accepted, *rules == 0, "{}: {line}", path.display());
        }
    }
    let malformed = &found[&corpus.join("invalid/OIOXML_Invoice_v0.7.xml")];
    assert_eq!(
        (&malformed["verdict"], &malformed["violations"][0]["line"]),
        (&"malformed".into(), &43.into())
    );
    // What breaks the schema is told, in the words of the schema.
    let good = fs::read_to_string(corpus.join("valid/OIOXML_Invoice_v0.7.xml")).unwrap();
    let start = good.find(":SellerParty>").unwrap();
    let bad = folder.path().join("bad.xml");
    fs::write(
        &bad,
        format!("{}:SellerParties>{}", &good[..start], &good[start + 13..]).replacen(
            "/com:SellerParty>",
            "/com:SellerParties>",
            1,
        ),
    )
    .unwrap();
    let line = &judged(folder.path(), &["--config", "conf", "bad.xml"])[Path::new("bad.xml")];
    assert!(!is_valid(line) && line["verdict"] == "rejected", "{line}");
    println!("{} documents of OIOXML 0.7", documents.len());
}

#[test]
fn judges_whole_invoices_by_en_16931() {
    let Some(corpus) = shared("corpora/en16931") else { return };
    let mut files = vec![corpus.clone()];
    let schemas = corpus.with_file_name("oioubl-2.1").join("xsd");
    files.extend(schemas.is_dir().then_some(schemas));
    let folder = imported(&files, "eu.en16931");
    let mut whole = by_name(&corpus.join("ubl/examples"));
    if corpus.join("test/testfiles").is_dir() {
        whole.extend(by_name(&corpus.join("test/testfiles")));
    }
    let oracle = read(&corpus.join("ubl/oracle-examples.json"));
    let expected: BTreeMap<&PathBuf, &Value> = oracle
        .as_object()
        .unwrap()
        .iter()
        .filter_map(|(name, said)| Some((whole.get(name)?, said)))
        .collect();
    let documents: Vec<PathBuf> = expected.keys().copied().cloned().collect();
    let found = judged_under(folder.path(), &documents, |path| {
        let is_note = fs::read_to_string(path).unwrap().contains("CreditNote-2\"");
        let root = if is_note { "credit-note" } else { "invoice" };
        format!("eu.en16931/{root}")
    });
    for (path, fired) in &expected {
        let line = &found[*path];
        assert_eq!(broken(line, "error"), texts(fired), "{}: {line}", path.display());
        assert_eq!(line["verdict"] == "accepted", texts(fired).is_empty(), "{line}");
    }
    // An invoice without its number, issue date and totals breaks the rules that ask for them.
    let good = fs::read_to_string(&whole["ubl-tc434-example1.xml"]).unwrap();
    let mut bad = good.clone();
    for name in ["cbc:ID", "cbc:IssueDate", "cbc:PayableAmount"] {
        let (start, close) = (bad.find(&format!("<{name}")).unwrap(), format!("</{name}>"));
        let end = bad.find(&close).unwrap() + close.len();
        bad.replace_range(start..end, "");
    }
    fs::write(folder.path().join("bad.xml"), bad).unwrap();
    let line = &judged(folder.path(), &["--config", "conf", "bad.xml"])[Path::new("bad.xml")];
    let rules = broken(line, "error");
    for rule in ["BR-02", "BR-03", "BR-15"] {
        assert!(rules.contains(rule), "{rule} in {rules:?}");
    }
    println!("{} whole documents by EN 16931", documents.len());
}

#[test]
fn judges_messages_of_eformidling_as_its_readme_says() {
    let Some(corpus) = shared("corpora/eformidling") else { return };
    let schemas = corpus.join("json-schema");
    let folder = imported(std::slice::from_ref(&schemas), "no.digdir.dpi");
    let mut n_judged = 0;
    for (kind, file, rules) in [
        ("feil", "feil-sbd.json", &["required", "additionalProperties"][..]),
        ("digital", "digital_ready_for_send-sbd.json", &[]),
        ("utskrift", "utskrift_ready_for_send-sbd.json", &[]),
    ] {
        let sample = corpus.join("samples").join(file);
        if !sample.is_file() {
            println!("SKIPPED: {file} is not there");
            continue;
        }
        n_judged += 1;
        let path = sample.to_str().unwrap();
        let name = format!("innbyggerpost_dpi_{kind}_1_0");
        let contract = format!("no.digdir.dpi/{}", name.replace('_', "-"));
        let schema = schemas.join(format!("dpi/{name}.schema.json"));
        // Brought in, and by the publisher's own files as they lie.
        for by in [
            &["--config", "conf", "--contract", &contract][..],
            &["--json-schema", schema.to_str().unwrap()],
        ] {
            let line = &judged(folder.path(), &[by, &[path]].concat())[&sample];
            let found = line["violations"].as_array().unwrap().iter();
            let found: Vec<&str> = found.map(|each| each["rule"].as_str().unwrap()).collect();
            assert_eq!(found, rules, "{line}");
            assert_eq!(line["verdict"] == "accepted", rules.is_empty(), "{line}");
        }
    }
    assert!(n_judged > 0);
}

#[test]
fn judges_archive_messages_by_their_schema() {
    let Some(corpus) = shared("corpora/eformidling") else { return };
    let schema = corpus.join("xsd/arkivmelding.xsd");
    let folder = tempfile::tempdir().unwrap();
    let by = ["--xsd", schema.to_str().unwrap()];
    let namespace = "http://www.arkivverket.no/standarder/noark5/arkivmelding";
    let message = |head: &str| {
        format!(
            "<arkivmelding xmlns='{namespace}'>{head}<tidspunkt>2026-01-01T10:00:00</tidspunkt>\
             <antallFiler>1</antallFiler><mappe><systemID>9b6f6eb5-0f3b-4f37-9d2c-1b0d0a8d6f11</systemID>\
             <tittel>t</tittel><opprettetDato>2026-01-01T10:00:00</opprettetDato>\
             <opprettetAv>a</opprettetAv></mappe></arkivmelding>"
        )
    };
    for (head, rules) in [
        ("<system>s</system><meldingId>1</meldingId>", &[][..]),
        // The order is wrong.
        ("<meldingId>1</meldingId><system>s</system>", &["cvc-complex-type.2.4.a"]),
    ] {
        let file = folder.path().join("invented.xml");
        fs::write(&file, message(head)).unwrap();
        let line = &judged(folder.path(), &[&by[..], &[file.to_str().unwrap()]].concat())[&file];
        let found = line["violations"].as_array().unwrap().iter();
        let found: Vec<&str> = found.map(|each| each["rule"].as_str().unwrap()).collect();
        assert_eq!(found, rules, "{line}");
        assert_eq!(is_valid(line), rules.is_empty(), "{line}");
    }
    for (file, valid) in [("arkivmelding_ok.xml", true), ("arkivmelding_error.xml", false)] {
        let sample = corpus.join("samples").join(file);
        if !sample.is_file() {
            println!("SKIPPED: {file} is not there");
            continue;
        }
        let path = sample.to_str().unwrap();
        let line = &judged(folder.path(), &[&by[..], &[path]].concat())[&sample];
        assert_eq!(is_valid(line), valid, "{line}");
    }
}
