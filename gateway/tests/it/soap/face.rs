//! A SOAP service as it is called with JSON: its OpenAPI, as a person asks for it.

use super::{WSDL, sluse};
use std::fs;

#[test]
fn prints_the_openapi_of_a_description_and_of_a_contract() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let run = |arguments: &[&str]| sluse(folder.path(), arguments);
    fs::write(path("service.wsdl"), WSDL).unwrap();
    let told = run(&["adapter", "openapi", "--wsdl", "service.wsdl"]);
    let yaml = told.strip_prefix("exit: 0\n--- stdout\n").expect(&told);
    let yaml = yaml.strip_suffix("--- stderr\n").expect(&told);
    fs::write(path("face.yaml"), yaml).unwrap();

    for (name, text) in [("good", "{\"id\":7}"), ("text", "{\"id\":\"7\"}"), ("none", "{}")] {
        fs::write(path(&format!("{name}.json")), text).unwrap();
        let file = format!("{name}.json");
        let operation = ["--openapi", "face.yaml", "--operation", "ask", "--direction", "request"];
        let judged = run(&[&["validate", &file][..], &operation].concat());
        let due = if name == "good" { "exit: 0" } else { "exit: 1" };
        assert!(judged.starts_with(due), "{judged}");
    }

    let told = run(&["adapter", "openapi", "--wsdl", "service.wsdl", "--format", "json"]);
    let json = told.lines().nth(2).expect(&told);
    let json: serde_json::Value = serde_json::from_str(json).expect(&told);
    assert_eq!(json["info"]["title"], "service");
    assert!(json["paths"]["/note"]["post"]["responses"]["202"].is_object(), "{json}");

    let contract = path("contracts/dk.cpr/soap/1.2.0");
    fs::create_dir_all(&contract).unwrap();
    fs::write(contract.join("service.wsdl"), WSDL).unwrap();
    let manifest = "id = \"dk.cpr/soap\"\nversion = \"1.2.0\"\nstatus = \"in-force\"\ntitle = { en = \"Register\" }\nwsdl = \"service.wsdl\"\n";
    fs::write(contract.join("contract.toml"), manifest).unwrap();
    let told = run(&["adapter", "openapi", "--contract", "dk.cpr/soap", "--config", "."]);
    let head = "exit: 0\n--- stdout\nopenapi: \"3.1.0\"\ninfo:\n  title: dk.cpr/soap\n  version: \"1.2.0\"\n";
    assert!(told.starts_with(head), "{told}");
}

#[test]
fn tells_why_there_is_no_openapi() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| sluse(folder.path(), arguments);
    let rpc = WSDL
        .replace("<soap:binding ", "<soap:binding style=\"rpc\" ")
        .replace("<soap12:binding ", "<soap12:binding style=\"rpc\" ")
        .replace("name=\"body\" element=\"t:done\"", "name=\"body\" type=\"xs:int\"")
        .replace("name=\"body\" element=\"t:ask\"", "name=\"body\" type=\"xs:int\"")
        .replace("name=\"body\" element=\"t:told\"", "name=\"body\" type=\"xs:int\"")
        .replace("name=\"body\" element=\"t:file\"", "name=\"body\" type=\"xs:int\"");
    fs::write(folder.path().join("rpc.wsdl"), rpc).unwrap();
    let told = run(&["adapter", "openapi", "--wsdl", "rpc.wsdl"]);
    assert!(told.starts_with("exit: 2\n--- stdout\n--- stderr\n"), "{told}");
    assert!(
        told.contains("`ask` has no form in JSON: it is not of style document/literal"),
        "{told}"
    );
    let told = run(&["adapter", "openapi"]);
    assert!(told.starts_with("exit: 2\n"), "{told}");
}
