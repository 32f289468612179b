//! Documents far larger than what may be held of them: judged while they are read, by the binary as it runs.

use crate::{
    cli::sluse,
    config::lay,
    hostile::{Serving, peak_kib},
    world::{Act, Seen, Wire, answer, limits, request},
};
use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

/// Length of the large documents, in bytes.
const LARGE_BYTES: usize = 64 << 20;
/// What a process may hold at its fullest that reads such a document, in KiB.
const PEAK_KIB_MAX: u64 = 64 * 1024;
/// How long an answer may take on a machine that does much else.
const REPLY_WITHIN_S: u64 = 240;

const SCHEMA: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:example:list"
 targetNamespace="urn:example:list" elementFormDefault="qualified">
<xs:element name="List"><xs:complexType><xs:sequence><xs:element name="To" type="xs:string"/>
<xs:element name="Row" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence><xs:element name="Number" type="xs:int"/>
<xs:element name="Text" type="xs:string"/></xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element></xs:schema>"#;

/// Contracts for lists, by XML Schema alone and with a rule set, and services under them.
const LISTS: &str = r#"#--- services/lists.toml
id = "dk.cpr/register/lists"
contract = "dk.example/list@1.0.0"
upstream = ["http://@A/lists"]
[[route]]
path = "/lists"
[receives]
keys = ["0184:87654321"]
#--- services/checked.toml
id = "dk.cpr/register/checked"
contract = "dk.example/checked@1.0.0"
upstream = ["http://@A/checked"]
[[route]]
path = "/checked"
#--- contracts/dk.example/list/1.0.0/contract.toml
id = "dk.example/list"
version = "1.0.0"
status = "in-force"
title = { en = "List" }
[namespaces]
l = "urn:example:list"
[select]
root = "l:List"
where = [{ path = "l:To", matches = "^[0-9]+$" }]
[keys]
receiver = { path = "l:To", scheme-value = "0184" }
[[operation]]
name = "send"
kind = "two-way"
request = { media-type = "application/xml", judge = [{ xsd = "schemas/list.xsd" }] }
response = { media-type = "application/xml", judge = [{ xsd = "schemas/list.xsd" }] }
#--- contracts/dk.example/checked/1.0.0/contract.toml
id = "dk.example/checked"
version = "1.0.0"
status = "in-force"
title = { en = "List that rules check" }
[[operation]]
name = "send"
kind = "two-way"
request = { media-type = "application/xml", judge = [{ xsd = "schemas/list.xsd" }, { schematron = "schemas/list.sch" }] }
#--- contracts/dk.example/checked/1.0.0/schemas/list.sch
<schema xmlns="http://purl.oclc.org/dsdl/schematron"><ns prefix="l" uri="urn:example:list"/>
<pattern><rule context="l:List"><assert id="L1" test="l:Row">a list has rows</assert></rule></pattern></schema>
"#;

fn lists() -> String {
    let mut files = LISTS.to_owned();
    for name in ["list", "checked"] {
        let path = format!("contracts/dk.example/{name}/1.0.0/schemas/list.xsd");
        files.push_str(&format!("#--- {path}\n{SCHEMA}\n"));
    }
    files
}

/// A list of about so many bytes, a row on each line, and what ends it.
fn list(bytes: usize, last: &str) -> Vec<u8> {
    let row = format!("<Row><Number>7</Number><Text>{}</Text></Row>\n", "some words ".repeat(180));
    let mut list = b"<List xmlns='urn:example:list'><To>87654321</To>\n".to_vec();
    list.reserve(bytes + row.len() + last.len());
    while list.len() < bytes {
        list.extend_from_slice(row.as_bytes());
    }
    list.extend_from_slice(last.as_bytes());
    list
}

const SOUND: &str = "</List>";
const BREACH: &str = "<Row><Number>canary</Number><Text/></Row></List>";
const UNCLOSED: &str = "<Row>";

/// Answers with a list of its own, sound or not as the address asks.
fn provider(seen: &Seen) -> Act {
    let last = if seen.line().contains("breach") { BREACH } else { SOUND };
    answer(200, "application/xml", &String::from_utf8(list(LARGE_BYTES, last)).unwrap())
}

/// Status of the answer, its body's length, and the code of the refusal and of its first violation.
async fn send(serving: &Serving, path: &str, document: &[u8]) -> (u16, usize, String) {
    let mut wire = Wire::connect(serving.address).await;
    wire.send(&request("POST", path, &["content-type: application/xml"], document)).await;
    let reply = wire.reply_within(REPLY_WITHIN_S).await;
    let said: serde_json::Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let code = |value: &serde_json::Value| value["code"].as_str().unwrap_or_default().to_owned();
    assert!(!said.to_string().contains("canary"), "{said}");
    (reply.status, reply.body.len(), format!("{} {}", code(&said), code(&said["violations"][0])))
}

#[tokio::test(flavor = "multi_thread")]
async fn large_bodies_are_judged_from_the_spool_both_ways_and_refused_where_rules_need_a_tree() {
    // What a tree may be is far less than the documents are.
    let files = format!("{}{}", limits("tree-bytes-max = 4_194_304"), lists());
    let serving = Serving::start_on(&files, provider).await;
    let (sound, breach) = (list(LARGE_BYTES, SOUND), list(LARGE_BYTES, BREACH));
    for (path, document, status, codes) in [
        ("/lists", &sound, 200, " "),
        ("/documents", &sound, 200, " "),
        ("/lists", &breach, 422, "F0108 V0203"),
        ("/documents", &breach, 422, "F0108 V0203"),
        ("/lists", &list(LARGE_BYTES, UNCLOSED), 400, "F0101 V0101"),
        ("/documents", &list(LARGE_BYTES, UNCLOSED), 400, "F0101 V0101"),
        ("/lists/breach", &sound, 502, "F0201 V0203"),
        ("/checked", &sound, 400, "F0101 V0106"),
        ("/checked", &list(100_000, SOUND), 200, " "),
        // Small for the spool, and too large for its tree.
        (
            "/lists",
            &format!("<List xmlns='urn:example:list'><To>1</To>{}</List>", "<To/>".repeat(150_000))
                .into(),
            422,
            "F0108 V0201",
        ),
    ] {
        let (found, bytes, told) = send(&serving, path, document).await;
        println!("{path} {found} {told}: {} MiB at the fullest", serving.peak_kib() / 1024);
        assert_eq!((found, told.as_str()), (status, codes), "{path} {}", document.len());
        assert!(found != 200 || bytes > LARGE_BYTES, "the whole answer is passed on");
    }
    // Refused requests did not reach the provider.
    assert_eq!(serving.provider.wait_for(4).await.len(), 4);
    let peak = serving.peak_kib();
    assert!(peak < PEAK_KIB_MAX, "{peak} KiB");
}

/// Runs `sluse validate` and gives exit status, standard output, and memory at its fullest in KiB.
fn validate(folder: &Path, arguments: &[&str], input: &[u8]) -> (i32, String, u64) {
    let mut process = Command::new(env!("CARGO_BIN_EXE_sluse"))
        .arg("validate")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = process.stdin.take().unwrap();
    let mut peak = 0;
    let status = std::thread::scope(|scope| {
        // Whoever reads no more closes the pipe.
        scope.spawn(move || drop(stdin.write_all(input)));
        loop {
            peak = peak.max(peak_kib(process.id()).unwrap_or(0));
            if let Some(status) = process.try_wait().unwrap() {
                break status;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    let said = std::io::read_to_string(process.stdout.take().unwrap()).unwrap();
    (status.code().unwrap(), said, peak)
}

#[test]
fn a_large_file_is_judged_in_memory_that_its_length_does_not_matter_to() {
    let folder = tempfile::tempdir().unwrap();
    sluse(folder.path(), &["init", "conf"]);
    let contract = LISTS.split_inclusive("#--- contracts/dk.example/list").nth(1).unwrap();
    let contract = contract.split("#--- contracts/dk.example/checked").next().unwrap();
    let below = "conf/contracts/dk.example/list";
    lay(folder.path(), &format!("#--- {below}{contract}"));
    lay(
        folder.path(),
        &format!("#--- {below}/1.0.0/schemas/list.xsd\n{SCHEMA}\n#--- list.xsd\n{SCHEMA}\n"),
    );
    let sound = list(LARGE_BYTES, SOUND);
    fs::write(folder.path().join("sound.xml"), &sound).unwrap();
    fs::write(folder.path().join("breach.xml"), list(LARGE_BYTES, BREACH)).unwrap();
    fs::write(folder.path().join("unclosed.xml"), list(LARGE_BYTES, UNCLOSED)).unwrap();
    let last = sound.iter().filter(|byte| **byte == b'\n').count() + 1;
    let breach = format!("{last}:6  error V0203 cvc-datatype-valid.1.2.1");
    let xsd = ["--xsd", "list.xsd"];
    let named = ["--contract", "dk.example/list", "--config", "conf"];
    let found = &named[2..];
    for (file, more, input, status, says) in [
        ("sound.xml", &xsd[..], &[][..], 0, "accepted"),
        ("-", &xsd[..], &sound, 0, "accepted"),
        ("breach.xml", &xsd[..], &[], 1, &breach),
        ("breach.xml", &named, &[], 1, &breach),
        ("breach.xml", found, &[], 1, &breach),
        ("unclosed.xml", found, &[], 1, "error V0101"),
    ] {
        let (code, said, peak) = validate(folder.path(), &[&[file], more].concat(), input);
        println!("{file} {more:?}: {} MiB at the fullest", peak / 1024);
        assert_eq!(code, status, "{file} {more:?}: {said}");
        assert!(said.contains(says) && !said.contains("canary"), "{file} {more:?}: {said}");
        assert!((1..PEAK_KIB_MAX).contains(&peak), "{file} {more:?}: {peak} KiB");
    }
}
