//! `sluse validate` and `sluse route`, as a person or a script meets them.

use crate::cli::sluse;
use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};
use tempfile::TempDir;

const CASES: &str = "conf/contracts/example.city/cases/1.0.0";

/// A folder in which `conf` is what `sluse init` writes.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    sluse(folder.path(), &["init", "conf"]);
    folder
}

/// Runs `sluse validate`, with the time that judging took made the same for all.
fn validate(folder: &Path, arguments: &[&str]) -> String {
    let text = sluse(folder, &[&["validate"], arguments].concat());
    let mut masked = String::new();
    for part in text.split_inclusive("\"micros\":") {
        let digits = if masked.ends_with("\"micros\":") {
            masked.push('0');
            part.trim_start_matches(|c: char| c.is_ascii_digit())
        } else {
            part
        };
        masked.push_str(digits);
    }
    masked
}

fn write(folder: &Path, path: &str, text: &str) {
    fs::write(folder.join(path), text).unwrap();
}

#[test]
fn judges_a_folder_under_a_contract_of_the_configuration() {
    let folder = folder();
    let examples = format!("{CASES}/examples");
    let asked = ["--contract", "example.city/cases", "--config", "conf", &examples];
    insta::assert_snapshot!(validate(folder.path(), &asked));
    insta::assert_snapshot!(validate(folder.path(), &[&asked[..], &["--format", "json"]].concat()));
    let broken = format!("{CASES}/examples/broken/four-faults.json");
    let asked = [&asked[..4], &[&broken]].concat();
    let shown = ["--show-values", "--max-violations", "2"];
    insta::assert_snapshot!(validate(folder.path(), &[&asked[..], &shown].concat()));
}

#[test]
fn a_shipped_contract_takes_no_foreign_document_and_says_what_judges_nothing_yet() {
    let folder = folder();
    let root = "xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\" \
                xmlns:c=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\"";
    let version = |text: &str| {
        format!("<Invoice {root}><c:CustomizationID>{text}</c:CustomizationID></Invoice>")
    };
    write(folder.path(), "1-own.xml", &version("OIOUBL-2.1"));
    write(folder.path(), "2-other-version.xml", &version("canary"));
    write(folder.path(), "3-foreign.xml", "<canary/>");
    let asked = [
        "1-own.xml",
        "2-other-version.xml",
        "3-foreign.xml",
        "--contract",
        "dk.oioubl/invoice@2.1.0",
    ];
    insta::assert_snapshot!(validate(folder.path(), &asked), @r"
    exit: 1
    --- stdout
    accepted  1-own.xml  dk.oioubl/invoice@2.1.0
      warning V0806  judged for form alone: published files of dk.oioubl/invoice@2.1.0 are not there; bring them in with `sluse contract import PATH --as dk.oioubl/invoice`
    accepted  2-other-version.xml  dk.oioubl/invoice@2.1.0
      1:152  warning V0805  in documents of the contract cbc:CustomizationID matches ^OIOUBL-2\.(01|02|1)$
          at /Invoice[1]/c:CustomizationID[1]
      warning V0806  judged for form alone: published files of dk.oioubl/invoice@2.1.0 are not there; bring them in with `sluse contract import PATH --as dk.oioubl/invoice`
    rejected  3-foreign.xml  dk.oioubl/invoice@2.1.0
      1:1  error V0805  documents of the contract are XML with the root element `Invoice` of the namespace urn:oasis:names:specification:ubl:schema:xsd:Invoice-2
          at /*[1]
    --- stderr
    3 documents: 2 accepted, 1 rejected
    ");
    insta::assert_snapshot!(validate(folder.path(), &["1-own.xml", "--format", "json", "--library", "dk.oioubl/invoice@2.1.0"]), @r#"
    exit: 0
    --- stdout
    {"file":"1-own.xml","contract":"dk.oioubl/invoice@2.1.0","verdict":"accepted","violations":[{"code":"V0806","rule":null,"layer":"syntax","severity":"warning","message":"judged for form alone: published files of dk.oioubl/invoice@2.1.0 are not there; bring them in with `sluse contract import PATH --as dk.oioubl/invoice`","path":"","line":null,"column":null,"clause":null}],"micros":0}
    --- stderr
    "#);
}

#[test]
fn what_cannot_be_judged_in_a_folder_is_told() {
    let folder = folder();
    fs::create_dir(folder.path().join("many")).unwrap();
    write(folder.path(), "many/a.xml", "<a/>");
    let link = |target: &str, at: &str| {
        std::os::unix::fs::symlink(target, folder.path().join("many").join(at)).unwrap();
    };
    link("nothing", "b.xml");
    link("..", "c");
    insta::assert_snapshot!(validate(folder.path(), &["many", "--contract", "dk.nemkonto/private-payer-request"]), @"
    exit: 2
    --- stdout
    rejected  many/a.xml  dk.nemkonto/private-payer-request@1.0.0
      1:1  error V0805  documents of the contract are XML with the root element `NemkontoPrivatUdbetalerTransporterRequest` of the namespace http://rep.oio.dk/oes.dk/nemkonto/xml/schemas/2007/10/01/
          at /*[1]
    --- stderr
    `many/c` is a link to a folder, or no file: it is left out
    error: `many/b.xml`: there is no such file
    ");
    insta::assert_snapshot!(validate(folder.path(), &["many", "--contract", "dk.none/such"]), @"
    exit: 2
    --- stdout
    --- stderr
    error: no contract fits `dk.none/such`

    hint: `sluse contract list` shows what ships; --config DIR makes your own contracts known
    ");
}

#[test]
fn an_abstract_element_is_one_fault() {
    let folder = tempfile::tempdir().unwrap();
    let schema = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>\
        <xs:element name='A' abstract='true' type='xs:string'/>\
        <xs:element name='B' type='xs:string' substitutionGroup='A'/>\
        <xs:element name='N'><xs:complexType><xs:sequence><xs:element ref='A'/></xs:sequence></xs:complexType></xs:element>\
        </xs:schema>";
    write(folder.path(), "n.xsd", schema);
    for (document, faults) in [("<N><A>x</A></N>", 1), ("<N><B>x</B></N>", 0)] {
        write(folder.path(), "n.xml", document);
        let said = validate(folder.path(), &["n.xml", "--xsd", "n.xsd", "--format", "json"]);
        assert_eq!(said.matches("\"code\":").count(), faults, "{said}");
    }
}

#[test]
fn a_folder_without_files_is_not_green() {
    let folder = folder();
    fs::create_dir_all(folder.path().join("none/below")).unwrap();
    insta::assert_snapshot!(validate(folder.path(), &["none", "--config", "conf"]), @r"
    exit: 2
    --- stdout
    --- stderr
    error: `none`: there is no file in the folder
    ");
}

#[test]
fn tells_many_documents_in_the_order_given() {
    let folder = folder();
    fs::create_dir(folder.path().join("many")).unwrap();
    for number in 0..200 {
        let attachments = if number % 3 == 0 { "-1" } else { "1" };
        let text = format!(
            r#"{{"kind":"enquiry","title":"{}","received":"2026-03-02","attachments":{attachments}}}"#,
            "x".repeat(200 - number)
        );
        write(folder.path(), &format!("many/{number:03}.json"), &text);
    }
    let asked =
        ["many", "--contract", "example.city/cases@^1", "--config", "conf", "--format", "json"];
    let text = validate(folder.path(), &asked);
    let lines: Vec<serde_json::Value> = text
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 200);
    for (number, line) in lines.iter().enumerate() {
        assert_eq!(line["file"], format!("many/{number:03}.json"));
        let verdict = if number % 3 == 0 { "rejected" } else { "accepted" };
        assert_eq!(line["verdict"], verdict, "{line}");
    }
    assert!(text.starts_with("exit: 1"));
}

#[test]
fn judges_standard_input_by_a_schema_named_on_the_command_line() {
    let folder = folder();
    let schema = format!("{CASES}/schemas/case.json");
    let mut child = Command::new(env!("CARGO_BIN_EXE_sluse"))
        .args(["validate", "-", "--json-schema", &schema])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"{\"kind\":\"enquiry\"}").unwrap();
    let done = child.wait_with_output().unwrap();
    assert_eq!(done.status.code(), Some(1));
    insta::assert_snapshot!(String::from_utf8(done.stdout).unwrap());
}

#[test]
fn a_schema_on_the_command_line_may_refer_to_files_beside_and_above_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("a/entry")).unwrap();
    fs::create_dir_all(folder.path().join("a/parts")).unwrap();
    write(
        folder.path(),
        "a/entry/main.json",
        r#"{"properties":{"x":{"$ref":"../parts/x.json#/$defs/x"}}}"#,
    );
    write(folder.path(), "a/parts/x.json", r#"{"$defs":{"x":{"type":"string"}}}"#);
    write(folder.path(), "good.json", r#"{"x":"a"}"#);
    write(folder.path(), "bad.json", r#"{"x":1}"#);
    let asked = ["good.json", "bad.json", "--json-schema", "a/entry/main.json"];
    insta::assert_snapshot!(validate(folder.path(), &asked));
    write(folder.path(), "a/parts/x.json", "{");
    let refused = validate(folder.path(), &asked);
    assert!(refused.starts_with("exit: 2\n--- stdout\n--- stderr\na/"), "{refused}");
}

#[test]
fn a_schema_on_the_command_line_may_refer_to_others_by_their_address() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("entry")).unwrap();
    fs::create_dir_all(folder.path().join("parts")).unwrap();
    let main = r#"{"properties":{"x":{"$ref":"https://x.example/v1/x.json#/$defs/x"}}}"#;
    let x = r#"{"$id":"https://x.example/v1/x.json","$defs":{"x":{"$ref":"y.json"}}}"#;
    write(folder.path(), "entry/main.json", main);
    write(folder.path(), "parts/any-name.json", x);
    write(
        folder.path(),
        "parts/y_1.json",
        r#"{"$id":"https://x.example/v1/y.json","type":"string"}"#,
    );
    // Nobody refers to these: what is wrong with them does not count.
    write(folder.path(), "entry/broken.json", "{");
    write(folder.path(), "parts/broken.json", r#"{"$id":"https://x.example/z.json","type":1}"#);
    write(folder.path(), "good.json", r#"{"x":"a"}"#);
    write(folder.path(), "bad.json", r#"{"x":1}"#);
    let said =
        validate(folder.path(), &["good.json", "bad.json", "--json-schema", "entry/main.json"]);
    assert!(said.starts_with("exit: 1\n--- stdout\naccepted  good.json"), "{said}");
    assert!(said.contains("rejected  bad.json") && said.contains("V0401 type"), "{said}");
}

#[test]
fn judges_under_contracts_of_a_folder_that_holds_nothing_else() {
    let folder = folder();
    fs::create_dir(folder.path().join("alone")).unwrap();
    fs::rename(folder.path().join("conf/contracts"), folder.path().join("alone/contracts"))
        .unwrap();
    let examples = "alone/contracts/example.city/cases/1.0.0/examples";
    let asked = ["--contract", "example.city/cases", "--config", "alone", examples];
    let said = validate(folder.path(), &asked);
    assert!(said.starts_with("exit: 1\n") && said.contains("accepted  "), "{said}");
    assert!(said.contains("four-faults.json"), "{said}");
    fs::create_dir(folder.path().join("empty")).unwrap();
    let said = validate(folder.path(), &["--config", "empty", examples]);
    assert!(said.starts_with("exit: 2\n"), "{said}");
}

#[test]
fn tells_malformed_unknown_and_unreadable_documents_apart() {
    let folder = folder();
    write(folder.path(), "malformed.json", "{\"a\":");
    write(folder.path(), "empty.json", "");
    write(folder.path(), "unknown.json", "{}");
    let asked = ["malformed.json", "absent.json", "empty.json", "unknown.json", "--config", "conf"];
    insta::assert_snapshot!(validate(folder.path(), &asked));
    insta::assert_snapshot!(validate(folder.path(), &[&asked[..], &["--format", "json"]].concat()));
}

#[test]
fn refuses_what_it_cannot_do_and_says_what_would_help() {
    let folder = folder();
    write(folder.path(), "a.json", "{}");
    let asked = |more: &[&str]| validate(folder.path(), &[&["a.json"], more].concat());
    insta::assert_snapshot!(asked(&["--contract", "example.city/case", "--config", "conf"]));
    insta::assert_snapshot!(asked(&[
        "--contract",
        "example.city/cases",
        "--config",
        "conf",
        "--operation",
        "close"
    ]));
    insta::assert_snapshot!(asked(&["--json-schema", "absent.json"]));
    insta::assert_snapshot!(asked(&["--json-schema", "a.json", "--contract", "a/b"]));
    insta::assert_snapshot!(asked(&["--config", "absent"]));
}

const API: &str = "openapi: 3.1.0
info: { title: Cases, version: 1.0.0 }
paths:
  /cases/{number}:
    get:
      operationId: getCase
      parameters:
        - { name: number, in: path, required: true, schema: { type: string, pattern: '^[0-9]+$' } }
        - { name: full, in: query, schema: { type: boolean } }
      responses:
        '200': { description: The case, content: { application/json: { schema: { $ref: 'parts/case.json' } } } }
    put:
      operationId: putCase
      requestBody: { required: true, content: { application/json: { schema: { $ref: 'parts/case.json' } } } }
      responses:
        '204': { description: Kept }
";

fn api() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("parts")).unwrap();
    write(folder.path(), "api.yaml", API);
    let case = r#"{"type":"object","required":["title"],"properties":{"title":{"type":"string"}}}"#;
    write(folder.path(), "parts/case.json", case);
    write(folder.path(), "good.json", r#"{"title":"a"}"#);
    write(folder.path(), "bad.json", r#"{"title":1}"#);
    folder
}

#[test]
fn judges_bodies_by_an_openapi_description() {
    let folder = api();
    let asked = |more: &[&str]| {
        validate(
            folder.path(),
            &[&["good.json", "bad.json", "--openapi", "api.yaml"], more].concat(),
        )
    };
    insta::assert_snapshot!(asked(&["--operation", "putCase"]));
    let answer = ["--operation", "getCase", "--direction", "response", "--status"];
    insta::assert_snapshot!(asked(&[&answer[..], &["200"]].concat()));
    insta::assert_snapshot!(asked(&[&answer[..], &["404"]].concat()));
    insta::assert_snapshot!(asked(&[]));
}

#[test]
fn judges_whole_http_messages_by_an_openapi_description() {
    let folder = api();
    let json = "Content-Type: application/json";
    for (name, text) in [
        ("1-get.http", "GET /cases/12?full=true HTTP/1.1\nHost: a.example\n\n".to_owned()),
        ("2-parameters.http", "GET /cases/x?full=maybe HTTP/1.1\nHost: a.example\n\n".to_owned()),
        ("3-unknown.http", "DELETE /cases/12 HTTP/1.1\nHost: a.example\n\n".to_owned()),
        ("4-body.http", format!("PUT /cases/12 HTTP/1.1\n{json}\n\n{{\"title\":1}}")),
        ("5-type.http", "PUT /cases/12 HTTP/1.1\nContent-Type: text/plain\n\nabc".to_owned()),
        ("6-none.http", "PUT /cases/12 HTTP/1.1\n\n".to_owned()),
        ("7-broken.http", "cases\n".to_owned()),
    ] {
        write(folder.path(), name, &text);
    }
    let names: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".http"))
        .collect();
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.sort_unstable();
    let asked = [&names[..], &["--http", "--openapi", "api.yaml"]].concat();
    insta::assert_snapshot!(validate(folder.path(), &asked));
    write(folder.path(), "answer.http", &format!("HTTP/1.1 200 OK\n{json}\n\n{{}}"));
    let asked = ["answer.http", "--http", "--openapi", "api.yaml", "--operation", "getCase"];
    insta::assert_snapshot!(validate(folder.path(), &asked));
}

#[test]
fn judges_by_rule_sets_in_the_order_given() {
    let folder = tempfile::tempdir().unwrap();
    let rules = |id: &str, test: &str| {
        format!(
            "<schema xmlns='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt2'>\
             <phase id='late'/><pattern id='p'><rule context='/note'>\
             <assert id='{id}' test='{test}'>The note has what {id} asks for.</assert></rule></pattern></schema>"
        )
    };
    write(folder.path(), "a.sch", &rules("A-1", "to"));
    write(folder.path(), "b.sch", &rules("B-1", "from"));
    write(folder.path(), "note.xml", "<note>\n  <at/>\n</note>");
    write(folder.path(), "full.xml", "<note><to/><from/></note>");
    let asked = ["note.xml", "full.xml", "--schematron", "b.sch", "--schematron", "a.sch"];
    insta::assert_snapshot!(validate(folder.path(), &asked));
    insta::assert_snapshot!(validate(folder.path(), &["note.xml", "--schematron", "note.xml"]));
}

/// A rule set in which each phase has a pattern of its own, and all of them one more.
const PHASES: &str = "<schema xmlns='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt2' defaultPhase='early'>\
    <phase id='early'><active pattern='e'/></phase><phase id='late'><active pattern='l'/><active pattern='e'/></phase>\
    <pattern id='e'><rule context='/note'><assert id='E-1' test='to'>The note is to somebody.</assert></rule></pattern>\
    <pattern id='l'><rule context='/note'><assert id='L-1' test='from'>The note is from somebody.</assert></rule></pattern>\
    <pattern id='n'><rule context='/note'><assert id='N-1' test='at'>The note has a time.</assert></rule></pattern></schema>";

/// The rules of the set with phases that `sluse validate` tells of; also the text.
fn told(folder: &Path, arguments: &[&str]) -> (Vec<&'static str>, String) {
    let text = validate(folder, arguments);
    let told = ["E-1", "L-1", "N-1"].into_iter().filter(|rule| text.contains(rule));
    (told.collect(), text)
}

#[test]
fn a_phase_is_chosen_on_the_command_line_and_in_a_manifest() {
    let folder = folder();
    let contract = "conf/contracts/example.city/notes/1.0.0";
    fs::create_dir_all(folder.path().join(contract)).unwrap();
    write(folder.path(), "rules.sch", PHASES);
    write(folder.path(), &format!("{contract}/rules.sch"), PHASES);
    write(folder.path(), "note.xml", "<note/>");
    let cases: [(Option<&str>, &[&str]); 5] = [
        (None, &["E-1"]),
        (Some("#DEFAULT"), &["E-1"]),
        (Some("early"), &["E-1"]),
        (Some("late"), &["E-1", "L-1"]),
        (Some("#ALL"), &["E-1", "L-1", "N-1"]),
    ];
    let by_manifest = |phase: Option<&str>| {
        let phase = phase.map(|phase| format!(", phase = '{phase}'")).unwrap_or_default();
        let manifest = format!(
            "id = 'example.city/notes'\nversion = '1.0.0'\nstatus = 'in-force'\ntitle = {{ en = 'Notes' }}\n\
             [[operation]]\nname = 'send'\nkind = 'one-way'\n\
             request = {{ judge = [{{ schematron = 'rules.sch'{phase} }}] }}\n"
        );
        write(folder.path(), &format!("{contract}/contract.toml"), &manifest);
        told(folder.path(), &["note.xml", "--contract", "example.city/notes", "--config", "conf"])
    };
    let by_option = |phase: Option<&str>| {
        let asked = ["note.xml", "--schematron", "rules.sch"];
        let phase = phase.map(|phase| ["--phase", phase]);
        told(folder.path(), &[&asked[..], phase.as_ref().map_or(&[], |phase| &phase[..])].concat())
    };
    for (phase, rules) in cases {
        for (told, text) in [by_option(phase), by_manifest(phase)] {
            assert_eq!(told, rules, "{phase:?}: {text}");
            assert!(text.starts_with("exit: 1\n"), "{text}");
        }
    }
    for (told, text) in [by_option(Some("noon")), by_manifest(Some("noon"))] {
        assert!(told.is_empty() && !text.starts_with("exit: 0\n"), "{text}");
        let sentence = "There is no phase `noon`; the rule set has `early`, `late`.";
        assert!(text.contains(sentence), "{text}");
    }
}

#[test]
fn judges_real_invoices_by_the_publishers_own_files() {
    let Some(corpus) = crate::route::shared("corpora/oioubl-2.1") else { return };
    let schemas = [
        "--xsd",
        "xsd/UBL_v2.1/maindoc/UBL-Invoice-2.1.xsd",
        "--schematron",
        "sch/OIOUBL_Invoice_Schematron.xml",
    ];
    let good = ["examples/OIOUBL_Invoice_v2p2.xml", "--format", "json"];
    let text = validate(&corpus, &[&good[..], &schemas].concat());
    assert!(text.starts_with("exit: 0"), "{text}");
    // An order is no invoice: the schema says so, and no rule of the rule set met anything.
    let order = ["examples/OIOUBL_Order_v2p2.xml", "--format", "json"];
    let text = validate(&corpus, &[&order[..], &schemas].concat());
    assert!(text.starts_with("exit: 1"), "{text}");
    for expected in ["\"rule\":\"cvc-elt.1\"", "\"layer\":\"xsd\"", "\"verdict\":\"rejected\""] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
}
