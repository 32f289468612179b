//! The adapter `soap-json` on the command line: in the list, and on files.

use super::{WSDL, envelope, sluse};
use std::fs;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let contract = folder.path().join("contracts/dk.cpr/soap/1.2.0");
    fs::create_dir_all(&contract).unwrap();
    fs::write(contract.join("service.wsdl"), WSDL).unwrap();
    let manifest = "id = \"dk.cpr/soap\"\nversion = \"1.2.0\"\nstatus = \"in-force\"\ntitle = { en = \"Register\" }\nwsdl = \"service.wsdl\"\n";
    fs::write(contract.join("contract.toml"), manifest).unwrap();
    fs::write(folder.path().join("service.wsdl"), WSDL).unwrap();
    folder
}

#[test]
fn translates_both_ways_by_a_wsdl_or_a_contract() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("ask.json"), "{\"id\":7}").unwrap();
    for by in [&["--wsdl", "service.wsdl"][..], &["--contract", "dk.cpr/soap", "--config", "."]] {
        let run = |arguments: &[&str]| {
            let adapter = ["--adapter", "soap-json"];
            sluse(folder.path(), &[&["translate"], arguments, &adapter, by].concat())
        };
        let told = run(&["ask.json", "--operation", "ask", "--output", "ask.xml"]);
        assert!(told.starts_with("exit: 0\n"), "{told}");
        let written = fs::read_to_string(path("ask.xml")).unwrap();
        assert!(written.contains("Envelope") && written.contains(">7</"), "{written}");
        // The envelope says itself which operation it asks for.
        let told = run(&["ask.xml", "--reverse"]);
        assert!(told.starts_with("exit: 0\n--- stdout\n{\"id\":7}\n"), "{told}");
        fs::write(path("told.xml"), envelope("<t:told><t:name>1</t:name></t:told>")).unwrap();
        let answer = ["told.xml", "--reverse", "--direction", "response"];
        let told = run(&[&answer[..], &["--operation", "ask"]].concat());
        assert!(told.contains("{\"name\":"), "{told}");
        // A fault is told as the problem of the gateway has it.
        let fault =
            "<s:Fault><faultcode>s:Client</faultcode><faultstring>no</faultstring></s:Fault>";
        fs::write(path("fault.xml"), envelope(fault)).unwrap();
        let fault = ["fault.xml", "--reverse", "--direction", "response", "--operation", "ask"];
        let told = run(&fault);
        assert!(told.contains("{\"fault\":{\"code\":\"Client\",\"reason\":\"no\""), "{told}");
    }
}

#[test]
fn refuses_what_has_no_form_or_breaks_the_schema_and_writes_nothing() {
    let folder = folder();
    let run = |arguments: &[&str]| {
        let by = ["--adapter", "soap-json", "--wsdl", "service.wsdl", "--output", "out"];
        sluse(folder.path(), &[&["translate"], arguments, &by].concat())
    };
    for (name, text, code) in [
        ("unknown.json", "{\"id\":7,\"canary\":1}", "V0971"),
        ("text.json", "{\"id\":\"canary\"}", "V0971"),
        ("none.json", "{}", "V02"),
        ("broken.json", "{\"id\":", "V01"),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
        let told = run(&[name, "--operation", "ask"]);
        assert!(told.starts_with("exit: 1\n") && told.contains(code), "{name} {told}");
        assert!(told.contains("nothing is written") && !told.contains("canary"), "{told}");
        let told = run(&[name, "--operation", "ask", "--format", "json"]);
        assert!(told.contains("\"verdict\":\"broken\""), "{told}");
    }
    fs::write(folder.path().join("other.xml"), envelope("<t:canary/>")).unwrap();
    let told = run(&["other.xml", "--reverse", "--operation", "ask"]);
    assert!(told.starts_with("exit: 1\n") && told.contains("V0972"), "{told}");
    assert!(!folder.path().join("out").exists());
}

#[test]
fn says_what_is_missing() {
    let folder = folder();
    fs::write(folder.path().join("ask.json"), "{\"id\":7}").unwrap();
    let run = |arguments: &[&str]| {
        sluse(folder.path(), &[&["translate", "ask.json"], arguments].concat())
    };
    let soap = |more: &[&str]| run(&[&["--adapter", "soap-json"], more].concat());
    for (told, due) in [
        (soap(&[]), "name it with --wsdl, or a contract with --contract"),
        (soap(&["--wsdl", "service.wsdl"]), "name it with --operation"),
        (soap(&["--wsdl", "service.wsdl", "--operation", "as"]), "hint: it has "),
        (soap(&["--wsdl", "none.wsdl"]), "none.wsdl"),
        (soap(&["--wsdl", "service.wsdl", "--explain"]), "has no mapping"),
        (
            run(&["--adapter", "person-register", "--operation", "ask"]),
            "are for the adapter `soap-json`",
        ),
        (run(&["--adapter", "soap-jsn"]), "did you mean `soap-json`?"),
        (sluse(folder.path(), &["adapter", "explain", "soap-json"]), "it follows from a WSDL"),
    ] {
        assert!(told.starts_with("exit: 2\n") && told.contains(due), "{due}: {told}");
    }
    let told = sluse(folder.path(), &["adapter", "list"]);
    assert!(told.contains("built-in  soap-json"), "{told}");
    let told = sluse(folder.path(), &["adapter", "list", "--format", "json"]);
    assert!(
        told.contains("{\"adapter\":\"soap-json\",") && told.contains("\"source\":\"built-in\""),
        "{told}"
    );
}
