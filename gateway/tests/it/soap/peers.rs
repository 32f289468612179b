//! Other people's SOAP on both sides of a running gateway: spyne answers, zeep asks.

use super::super::world::{World, answer, world};
use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

/// A Python that has both, as `deploy/test.sh` makes one.
#[expect(clippy::disallowed_methods, reason = "tests have no configuration to read it in")]
fn python() -> Option<PathBuf> {
    let found = env::var("SLUSE_TEST_PYTHON").ok().map(PathBuf::from);
    if found.is_none() {
        let line = "SKIPPED: SLUSE_TEST_PYTHON names no Python that has zeep and spyne\n";
        std::io::stderr().write_all(line.as_bytes()).unwrap();
    }
    found
}

/// A service by spyne, ended when it is dropped.
struct Service {
    process: Child,
    port: u16,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn script(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/soap").join(name)
}

fn service(python: &PathBuf, version: &str) -> Service {
    let mut process = Command::new(python)
        .arg(script("server.py"))
        .arg(version)
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python runs");
    let mut line = String::new();
    let mut told = BufReader::new(process.stdout.take().expect("standard output"));
    told.read_line(&mut line).expect("the service says its port");
    Service { process, port: line.trim().parse().expect("a port") }
}

async fn description(service: &Service) -> String {
    let address = format!("127.0.0.1:{}", service.port).parse().unwrap();
    let mut wire = super::super::world::Wire::connect(address).await;
    wire.send(b"GET /?wsdl HTTP/1.0\r\nhost: x\r\n\r\n").await;
    let reply = wire.reply().await;
    assert_eq!(reply.status, 200);
    reply.text()
}

async fn gateway(service: &Service, wsdl: &str) -> World {
    let files = format!(
        "#--- services/soap.toml\nid = \"dk.cpr/register/soap\"\ncontract = \"dk.cpr/soap@1.0.0\"\n\
         upstream = [\"http://127.0.0.1:{}/\"]\n[[route]]\npath = \"/soap\"\n\
         #--- contracts/dk.cpr/soap/1.0.0/contract.toml\nid = \"dk.cpr/soap\"\nversion = \"1.0.0\"\n\
         status = \"in-force\"\ntitle = {{ en = \"Register\" }}\nwsdl = \"service.wsdl\"\n\
         #--- contracts/dk.cpr/soap/1.0.0/service.wsdl\n{wsdl}",
        service.port
    );
    world(&files, |_| answer(500, "text/plain", "")).await
}

/// The same service for those who speak JSON, by its WSDL alone; and SOAP again made of that, behind a second gateway.
async fn lanes(service: &Service, wsdl: &str) -> [World; 2] {
    let contract = format!(
        "#--- contracts/dk.cpr/soap/1.0.0/contract.toml\nid = \"dk.cpr/soap\"\nversion = \"1.0.0\"\n\
         status = \"in-force\"\ntitle = {{ en = \"Register\" }}\nwsdl = \"service.wsdl\"\n\
         #--- contracts/dk.cpr/soap/1.0.0/service.wsdl\n{wsdl}"
    );
    let offered = |upstream: &str, said: &str| {
        format!(
            "#--- services/soap.toml\nid = \"dk.cpr/register/soap\"\ncontract = \"dk.cpr/soap@1.0.0\"\n\
             upstream = [\"http://{upstream}\"]\n{said}\n{contract}"
        )
    };
    let json = "[[route]]\npath = \"/json\"\nadapter = \"soap-json\"";
    let first = offered(&format!("127.0.0.1:{}/", service.port), json);
    let first = world(&first, |_| answer(500, "text/plain", "")).await;
    let soap = "adapter = \"soap-json\"\n[[route]]\npath = \"/soap\"";
    let second = offered(&format!("{}/json", first.address()), soap);
    let second = world(&second, |_| answer(500, "text/plain", "")).await;
    [first, second]
}

/// What a caller with JSON is told: the path, the JSON, the status, and what the answer holds.
const ASKED: [(&str, &str, u16, &str); 9] = [
    ("get_person", r#"{"id":"7",$H}"#, 200, r#"{"get_personResult":{"id":"7","name":"Ane"}}"#),
    ("get_person", r#"{"id":"0",$H}"#, 400, r#"NotFound","reason":"there is no such person"}"#),
    ("get_person", r#"{"id":"-1",$H}"#, 422, r#""code":"V0203""#),
    ("get_person", r#"{"id":7,$H}"#, 422, r#""code":"V0971""#),
    ("get_person", r#"{"id":"13",$H}"#, 502, r#""code":"F0201""#),
    ("get_person", r#"{"id":"7"}"#, 422, r#""path":"/$headers""#),
    ("put_file", r#"{"content":"YWJj",$H}"#, 200, r#"{"put_fileResult":"3"}"#),
    ("get_file", r#"{"size":"6",$H}"#, 200, r#"{"get_fileResult":"eHh4eHh4"}"#),
    ("other", "{}", 404, r#""code":"F0103""#),
];

async fn ask_with_json(world: &World, wsdl: &std::path::Path) {
    let folder = wsdl.parent().unwrap();
    let told = super::sluse(folder, &["adapter", "openapi", "--wsdl", "service.wsdl"]);
    let yaml = told.strip_prefix("exit: 0\n--- stdout\n").expect(&told);
    std::fs::write(folder.join("face.yaml"), yaml.split("--- stderr").next().unwrap()).unwrap();
    for (operation, json, status, holds) in ASKED {
        let json = json.replace("$H", r#""$headers":{"Context":{"purpose":"test"}}"#);
        let reply = world.post(&format!("/json/{operation}"), &json).await;
        assert_eq!(reply.status, status, "{operation} {json} {}", reply.text());
        assert!(reply.text().contains(holds), "{operation} {json} {}", reply.text());
        if operation == "other" {
            continue;
        }
        // The description of the face takes what the face takes.
        std::fs::write(folder.join("asked.json"), &json).unwrap();
        let described = ["--openapi", "face.yaml", "--operation", operation];
        let judged = super::sluse(
            folder,
            &[&["validate", "asked.json"][..], &described, &["--direction", "request"]].concat(),
        );
        let is_taken = judged.starts_with("exit: 0");
        assert_eq!(is_taken, status != 422, "{operation} {json} {judged}");
    }
}

/// What zeep is told by a service of JSON, made one of SOAP by its WSDL.
const SAID_OF_JSON: [&str; 10] = [
    "get Ane",
    "missing fault there is no such person",
    "negative fault The request breaks the contract. V0203",
    "breach fault ",
    "purpose fault The request breaks the contract. V0203",
    "headless fault The request breaks the contract. V0608",
    "put 3",
    "attached 14",
    "nowhere fault The request breaks the contract. V0612",
    "file 1000",
];

async fn speak_json(version: &str) {
    let Some(python) = python() else { return };
    let service = service(&python, version);
    let wsdl = description(&service).await;
    let [json, soap] = lanes(&service, &wsdl).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("service.wsdl");
    std::fs::write(&file, &wsdl).unwrap();
    ask_with_json(&json, &file).await;
    let lines = zeep(python, file, soap.address()).await;
    assert_eq!(lines.len(), SAID_OF_JSON.len(), "{lines:#?}");
    for (line, said) in lines.iter().zip(SAID_OF_JSON) {
        assert!(line.starts_with(said), "{lines:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn json_reaches_spyne_and_zeep_reaches_json_by_the_wsdl_alone_in_soap_1_1() {
    speak_json("11").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn json_reaches_spyne_and_zeep_reaches_json_by_the_wsdl_alone_in_soap_1_2() {
    speak_json("12").await;
}

/// What zeep is told, one line for each call.
const SAID: [&str; 10] = [
    "get Ane",
    "missing fault there is no such person",
    "negative fault The request breaks the contract. V0203",
    "breach fault The provider's answer breaks the contract. V0203",
    "purpose fault The request breaks the contract. V0203",
    "headless fault The request breaks the contract. V0608",
    "put 3",
    "attached 14",
    "nowhere fault The request breaks the contract. V0612",
    "file 1000",
];

async fn speak(version: &str) {
    let Some(python) = python() else { return };
    let service = service(&python, version);
    let wsdl = description(&service).await;
    let gateway = gateway(&service, &wsdl).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("service.wsdl");
    std::fs::write(&file, &wsdl).unwrap();
    let lines = zeep(python, file, gateway.address()).await;
    assert_eq!(lines, SAID);
}

/// What zeep is told, calling `/soap` of a gateway.
async fn zeep(python: PathBuf, wsdl: PathBuf, gateway: std::net::SocketAddr) -> Vec<String> {
    let address = format!("http://{gateway}/soap");
    let client = move || {
        Command::new(python).arg(script("client.py")).arg(wsdl).arg(address).output().unwrap()
    };
    let told = tokio::task::spawn_blocking(client).await.unwrap();
    assert!(told.stderr.is_empty(), "{}", String::from_utf8_lossy(&told.stderr));
    String::from_utf8_lossy(&told.stdout).lines().map(ToOwned::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zeep_and_spyne_speak_soap_1_1_through_the_gateway_with_attachments() {
    speak("11").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zeep_and_spyne_speak_soap_1_2_through_the_gateway_with_attachments() {
    speak("12").await;
}
