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
    let address = format!("http://{}/soap", gateway.address());
    let client = move || {
        Command::new(python).arg(script("client.py")).arg(file).arg(address).output().unwrap()
    };
    let told = tokio::task::spawn_blocking(client).await.unwrap();
    let (said, errors) =
        (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines, SAID, "{errors}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zeep_and_spyne_speak_soap_1_1_through_the_gateway_with_attachments() {
    speak("11").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zeep_and_spyne_speak_soap_1_2_through_the_gateway_with_attachments() {
    speak("12").await;
}
