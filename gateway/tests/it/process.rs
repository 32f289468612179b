//! The process as its operator and its host see it: what it writes, what it leaves behind, what it costs.

use crate::{
    cli::sluse,
    config::lay,
    secure::{Authority, client, digest},
    world::{Act, Provider, Seen, Wire, answer, limits, request, write_folder},
};
use bytes::Bytes;
use http::{Method, Request};
use http_body_util::Full;
use rcgen::ExtendedKeyUsagePurpose;
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    net::SocketAddr,
    path::Path,
    process::{Child, ChildStderr, ChildStdout, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread::JoinHandle,
    time::Duration,
};
use tempfile::TempDir;

const CANARY: &str = "KANARIE77";
const JSON: &str = "content-type: application/json";
const XML: &str = "content-type: application/xml";

/// The binary at work.
struct Gateway {
    child: Child,
    listeners: Vec<SocketAddr>,
    operators: SocketAddr,
    written: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Gateway {
    /// Starts it on a folder, and waits until it serves.
    fn start(folder: &Path, log: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sluse"))
            .args(["serve", "--config"])
            .arg(folder)
            .env("SLUSE_LOG", log)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let operators = "127.0.0.1:0".parse().unwrap();
        let written = Arc::new(Mutex::new(String::new()));
        let mut gateway =
            Self { child, listeners: Vec::new(), operators, written, readers: Vec::new() };
        let lines = gateway.read(stdout, stderr);
        loop {
            let line = lines.recv_timeout(Duration::from_secs(20)).expect("it serves");
            if let Some(at) = line.strip_prefix("listening on ") {
                gateway.listeners.push(at.parse().unwrap());
            } else if let Some(at) = line.strip_prefix("operators on http://") {
                gateway.operators = at.parse().unwrap();
                return gateway;
            }
        }
    }

    /// Reads what it writes as long as it runs; gives the lines of standard error as they come.
    fn read(&mut self, mut stdout: ChildStdout, stderr: ChildStderr) -> mpsc::Receiver<String> {
        let (tell, told) = mpsc::channel();
        let list = Arc::clone(&self.written);
        self.readers.push(std::thread::spawn(move || {
            for line in BufReader::new(stderr).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).into_owned();
                list.lock().unwrap().push_str(&format!("{line}\n"));
                // Nobody asks any more once it serves.
                let _ = tell.send(line);
            }
        }));
        let list = Arc::clone(&self.written);
        self.readers.push(std::thread::spawn(move || {
            let mut said = Vec::new();
            let _ = stdout.read_to_end(&mut said);
            list.lock().unwrap().push_str(&String::from_utf8_lossy(&said));
        }));
        told
    }

    fn written(&self) -> String {
        self.written.lock().unwrap().clone()
    }

    /// Memory in use, in KiB.
    fn memory_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// Open files that have no name.
    fn nameless_files(&self) -> usize {
        let files = fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap();
        let links = files.filter_map(|file| fs::read_link(file.ok()?.path()).ok());
        links.filter(|link| link.to_string_lossy().ends_with("(deleted)")).count()
    }

    /// Tells it to stop, waits, and gives everything it wrote.
    async fn stop(mut self) -> String {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        for _ in 0..1_000 {
            if let Some(status) = self.child.try_wait().unwrap() {
                let written = Arc::clone(&self.written);
                for reader in self.readers.drain(..) {
                    reader.join().unwrap();
                }
                let said = written.lock().unwrap().clone();
                assert_eq!(status.code(), Some(0), "{said}");
                return said;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it did not stop: {}", self.written());
    }
}

fn embedded(over: &str, provider: SocketAddr) -> TempDir {
    write_folder(&over.replace("kind = \"memory\"", "kind = \"embedded\""), provider)
}

/// What stands in the folder of the store that is not the store's.
fn strays(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder.join("data")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|name| !name.starts_with("sluse.sqlite")).collect()
}

/// Begins an upload and sends so many bytes of it.
async fn upload(gateway: &Gateway, bytes: usize) -> Wire {
    let mut wire = Wire::connect(gateway.listeners[0]).await;
    let length = format!("content-length: {}", 2 * bytes);
    wire.send(&request("POST", "/plain/up", &["content-type: text/plain", &length], b"")).await;
    let piece = vec![b'z'; 1_000_000];
    for _ in 0..bytes / piece.len() {
        wire.send(&piece).await;
    }
    wire
}

async fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_upload_that_breaks_off_leaves_no_file_and_no_memory_and_so_does_a_kill() {
    let provider = Provider::start(|_| answer(200, "text/plain", "done")).await;
    let folder = embedded(&limits(""), provider.address);
    let gateway = Gateway::start(folder.path(), "info");
    drop(upload(&gateway, 2_000_000).await);
    wait_until("the first is gone", || gateway.nameless_files() == 0).await;
    let before = gateway.memory_kib();
    let wire = upload(&gateway, 200_000_000).await;
    wait_until("it is spooled", || gateway.nameless_files() == 1).await;
    let during = gateway.memory_kib();
    assert_eq!(strays(folder.path()), Vec::<String>::new(), "a spool has no name");
    drop(wire);
    wait_until("the file is gone", || gateway.nameless_files() == 0).await;
    let after = gateway.memory_kib();
    println!("memory: {before} KiB before, {during} KiB during 200 MB, {after} KiB after");
    assert!(during < before + 30_000 && after < before + 30_000, "{before} {during} {after}");
    assert_eq!(provider.seen().len(), 0);

    let _wire = upload(&gateway, 20_000_000).await;
    wait_until("it is spooled", || gateway.nameless_files() == 1).await;
    // Killed at once: nothing can be tidied up.
    drop(gateway);
    assert_eq!(strays(folder.path()), Vec::<String>::new(), "nothing is left behind");
    let gateway = Gateway::start(folder.path(), "info");
    let mut wire = Wire::connect(gateway.listeners[0]).await;
    wire.send(&request("POST", "/plain/x", &[], b"x")).await;
    assert_eq!(wire.reply().await.status, 200);
    gateway.stop().await;
}

/// Contracts in XML beside the usual ones.
const LETTERS: &str = r#"
#--- contracts/dk.cpr/letters/1.0.0/contract.toml
id = "dk.cpr/letters"
version = "1.0.0"
status = "in-force"
title = { en = "Letters" }
[[operation]]
name = "send"
kind = "two-way"
method = "POST"
path = "/send"
request = { media-type = "application/xml", judge = [{ xsd = "schemas/letter.xsd" }] }
response = { media-type = "application/xml", judge = [{ xsd = "schemas/letter.xsd" }] }
#--- contracts/dk.cpr/letters/1.0.0/schemas/letter.xsd
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:x:letter" elementFormDefault="qualified">
  <xs:element name="letter"><xs:complexType><xs:sequence>
    <xs:element name="number" type="xs:integer"/><xs:element name="day" type="xs:date" minOccurs="0"/>
  </xs:sequence><xs:attribute name="kind" type="xs:int"/></xs:complexType></xs:element>
</xs:schema>
#--- services/letters.toml
id = "dk.cpr/register/letters"
contract = "dk.cpr/letters@^1.0"
upstream = ["http://@A/letters"]
[[route]]
path = "/letters"
"#;

/// Documents whose every word is a canary. A prefix that is bound to a namespace of the schema is shown by agreement.
fn letters() -> Vec<String> {
    let c = CANARY;
    [
        format!("<l:letter xmlns:l='urn:x:letter'><l:{c}>{c}</l:{c}></l:letter>"),
        format!("<l:letter xmlns:l='urn:x:letter'><l:number>{c}</l:number><l:day>{c}</l:day></l:letter>"),
        format!("<l:letter xmlns:l='urn:x:letter' kind='{c}' {c}='{c}'><l:number>1</l:number></l:letter>"),
        format!("<l:letter xmlns:l='urn:x:letter' xmlns:{c}='urn:{c}' {c}:a='{c}'><{c}:b/></l:letter>"),
        format!("<l:letter xmlns:l='urn:x:letter'>{c}<l:number>1</l:number></l:letter>"),
        format!("<l:letter xmlns:l='urn:x:letter' xmlns:x='http://www.w3.org/2001/XMLSchema-instance' x:type='{c}'/>"),
        format!("<{c}:{c} xmlns:{c}='urn:{c}'/>"),
        format!("<{c} xmlns='urn:{c}'/>"),
        format!("<letter xmlns='urn:x:letter'><{c}"),
        format!("<letter xmlns='urn:x:letter'><{c}:x/></letter>"),
        format!("<letter xmlns='urn:x:letter'>&{c};</letter>"),
        format!("<!DOCTYPE {c} SYSTEM '{c}'><{c}/>"),
        format!("<?xml version='1.0' encoding='{c}'?><{c}/>"),
        format!("<letter xmlns='urn:x:letter' {c}='1' {c}='2'></{c}>"),
    ]
    .into()
}

fn questions() -> Vec<String> {
    let c = CANARY;
    [
        format!(r#"{{"id":"{c}"}}"#),
        format!(r#"{{"id":"1","{c}":{{"{c}":["{c}"]}}}}"#),
        format!(r#"{{"{c}":"{c}" {c}"#),
        format!(r#"{{"id":"1","{c}":1,"{c}":2}}"#),
        format!(r#"{{"order":"{c}","to":{{"id":"{c}","scheme":"{c}"}}}}"#),
        format!(r#"{{"order":1,"to":{{"id":"12345678","scheme":"0184","{c}":"{c}"}}}}"#),
        format!(r#"{{"id":"1","fill":"breach {c}"}}"#),
        format!(r#"{{"id":"1","fill":"garbage {c}"}}"#),
        format!(r#"{{"id":"1","fill":"half {c}"}}"#),
        format!("\"{c}\\u{c}\""),
    ]
    .into()
}

/// A provider whose every answer sings.
fn singing(seen: &Seen) -> Act {
    let text = String::from_utf8_lossy(&seen.body).into_owned();
    let said = format!(
        "HTTP/1.1 200 {CANARY}\r\nx-{CANARY}: {CANARY}\r\ncontent-type: application/{CANARY}"
    );
    if text.contains("garbage") {
        Act::SendAndClose(format!("{CANARY} {CANARY}\r\n\r\n").into_bytes())
    } else if text.contains("half") {
        Act::SendAndClose(format!("{said}\r\ncontent-length: 99\r\n\r\n{CANARY}").into_bytes())
    } else if text.contains("breach") {
        answer(
            200,
            "application/json",
            &format!(r#"{{"{CANARY}":"{CANARY}","name":{{"{CANARY}":1}}}}"#),
        )
    } else if text.contains("letter") {
        answer(
            200,
            "application/xml",
            &format!("<{CANARY} xmlns='urn:{CANARY}'>{CANARY}</{CANARY}>"),
        )
    } else {
        Act::Send(format!("{said}\r\ncontent-length: 9\r\n\r\n{CANARY}").into_bytes())
    }
}

static KEYS: AtomicUsize = AtomicUsize::new(0);

/// Sends canaries in every part of a request; gives the gateway's own answers.
async fn sing(gateway: &Gateway, path: &str, kinds: &[&str], body: &str) -> String {
    let c = CANARY;
    let more = [
        format!("x-{c}: {c}"),
        format!("idempotency-key: {c}{}", KEYS.fetch_add(1, Ordering::Relaxed)),
        "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned(),
        format!("tracestate: {}=t{c}", c.to_lowercase()),
        format!("soapaction: \"{c}\""),
        format!("forwarded: for={c}"),
        format!("cookie: {c}={c}"),
        format!("authorization: Bearer {c}"),
        format!("prefer: {c}"),
        format!("host: {c}.example"),
    ];
    let mut headers: Vec<&str> = more.iter().map(String::as_str).collect();
    headers.extend(kinds);
    let mut wire = Wire::connect(gateway.listeners[0]).await;
    wire.send(&request("POST", &format!("{path}?{c}={c}"), &headers, body.as_bytes())).await;
    let Some(reply) = wire.try_reply().await else { return String::new() };
    let mut said = String::new();
    let ours = reply.header("content-type").unwrap_or_default();
    if ours.starts_with("application/problem+json") || reply.text().contains("urn:sluse") {
        said.push_str(&reply.head);
        said.push_str(&reply.text());
    }
    let place = format!("/exchanges/{}", reply.exchange());
    for place in [place.clone(), format!("{place}/receipt")] {
        let mut wire = Wire::connect(gateway.listeners[0]).await;
        wire.send(&request("GET", &place, &[], b"")).await;
        said.push_str(&wire.reply().await.text());
    }
    said
}

/// Requests that are odd in themselves.
async fn sing_oddly(gateway: &Gateway) -> String {
    let c = CANARY;
    let mut said = String::new();
    for bytes in [
        request(c, "/v1/ask", &[JSON], b"{}"),
        request(c, "/documents", &[JSON], b"{}"),
        request("GET", &format!("/{c}/%{c}"), &[], b""),
        request("GET", &format!("/exchanges/{c}"), &[], b""),
        request("GET", "/exchanges/0bad0bad-0bad-0bad-0bad-0bad0bad0bad", &[], b""),
        request("GET", &format!("http://{c}/{c}"), &[], b""),
        format!("{c} {c} {c}\r\n\r\n").into_bytes(),
        format!("GET /{c} HTTP/1.1\r\nhost: a\r\n{c}\r\n\r\n").into_bytes(),
        format!("GET /{c} HTTP/1.1\r\nhost: {c}\r\nhost: {c}\r\n\r\n").into_bytes(),
        format!("GET /{} HTTP/1.1\r\nhost: {c}\r\n\r\n", c.repeat(9_000)).into_bytes(),
        format!("POST /{c} HTTP/1.1\r\nhost: a\r\ncontent-length: {c}\r\n\r\n").into_bytes(),
        format!("POST /v1/ask HTTP/1.1\r\nhost: a\r\n{JSON}\r\ntransfer-encoding: chunked\r\n\r\n{c}\r\n").into_bytes(),
    ] {
        let mut wire = Wire::connect(gateway.listeners[0]).await;
        wire.send(&bytes).await;
        if let Some(reply) = wire.try_reply().await {
            said.push_str(&reply.head);
            said.push_str(&reply.text());
        }
    }
    said
}

fn assert_silent(what: &str, said: &str) {
    assert!(!said.contains("0bad0bad"), "an id of the caller's making is in {what}");
    // Names of headers and media types are written in lower case on their way.
    let lower = said.to_ascii_lowercase();
    if let Some(at) = lower.find(&CANARY.to_ascii_lowercase()) {
        let text: String = lower.chars().collect();
        let from = text.floor_char_boundary(at.saturating_sub(400));
        let to = text.ceil_char_boundary((at + 100).min(text.len()));
        panic!("a canary sings in {what}: …{}…", &text[from..to]);
    }
}

/// Sends everything that sings, over every way in.
async fn sing_all(gateway: &Gateway) -> String {
    let mut said = String::new();
    let odd = format!("content-type: application/{CANARY}; charset={CANARY}");
    let charset = format!("{JSON}; charset={CANARY}");
    for body in questions() {
        for path in ["/v1/ask", "/v1/notes", "/watched/ask", "/plain/x", "/documents"] {
            said.push_str(&sing(gateway, path, &[JSON], &body).await);
        }
        said.push_str(&sing(gateway, "/v1/ask", &[&charset], &body).await);
    }
    for body in letters() {
        for (path, kind) in [
            ("/letters/send", XML),
            ("/letters/send", "content-type: text/xml"),
            ("/documents", XML),
        ] {
            said.push_str(&sing(gateway, path, &[kind], &body).await);
        }
        let charset = format!("{XML}; charset={CANARY}");
        said.push_str(&sing(gateway, "/letters/send", &[&charset], &body).await);
    }
    let good = "<letter xmlns='urn:x:letter'><number>1</number></letter>";
    said.push_str(&sing(gateway, "/letters/send", &[XML], good).await);
    for path in ["/v1/ask", "/plain/x", "/documents", &format!("/{CANARY}")] {
        said.push_str(&sing(gateway, path, &[&odd], CANARY).await);
    }
    said.push_str(&sing_oddly(gateway).await);
    said
}

async fn sing_over_tls(
    gateway: &Gateway,
    authority: &Authority,
    shown: &(String, String),
) -> String {
    let uri = format!("https://localhost:{}/v1/ask?{CANARY}", gateway.listeners[1].port());
    let ask = Request::builder().method(Method::POST).uri(uri).body(Full::from(Bytes::new()));
    let answer = client(authority, Some(shown), true).request(ask.unwrap()).await.unwrap();
    format!("{:?}", answer.headers())
}

/// Settings that tell as much as they can, over every channel there is.
fn talkative(receiver: SocketAddr, authority: &Authority, shown: &str) -> String {
    let server = authority.issue(ExtendedKeyUsagePurpose::ServerAuth);
    let tls = format!(
        "[[listener]]\naddress = \"127.0.0.1:0\"\n[listener.tls]\ncertificate = \"keys/server.pem\"\n\
         key = \"keys/server.key\"\nclient-ca = \"keys/ca.pem\"\n\
         [telemetry]\notlp-endpoint = \"http://{}\"\n[outbox]\nbackoff-first-ms = 5\ntries-max = 2\n\
         [limits]\nupstream-timeout-ms = 500\n\
         #--- keys/server.pem\n{}#--- keys/server.key\n{}#--- keys/ca.pem\n{}\
         #--- members/tls.toml\n[[member]]\nid = \"dk.tls\"\nname = \"Tls\"\n[[member.subsystem]]\n\
         id = \"dk.tls/desk\"\ncertificates = [\"sha256:{}\"]{LETTERS}",
        receiver, server.0, server.1, authority.pem, shown
    );
    limits("").replace("[limits]\n", &tls)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_word_of_a_message_is_in_anything_that_the_process_writes() {
    let receiver = Provider::start(|_| answer(200, "application/x-protobuf", "")).await;
    let provider = Provider::start(singing).await;
    let authority = Authority::new();
    let shown = authority.issue_to(CANARY, ExtendedKeyUsagePurpose::ClientAuth);
    let over = talkative(receiver.address, &authority, &digest(&shown.0));
    let folder = embedded(&over, provider.address);
    let gateway = Gateway::start(folder.path(), "trace");

    let mut said = sing_all(&gateway).await;
    let unknown = authority.issue_to(CANARY, ExtendedKeyUsagePurpose::ClientAuth);
    for shown in [&shown, &unknown] {
        said.push_str(&sing_over_tls(&gateway, &authority, shown).await);
    }
    for code in ["V0201", "V0203", "V0204", "V0405", "F0115", "F0201", "F0202", "F0205"] {
        assert!(said.contains(code), "{code} is among the refusals");
    }
    assert_silent("the gateway's answers", &said);

    // A change of configuration is told, while all this is in mind.
    lay(folder.path(), "#--- receivers/more.csv\n0184:87654321,dk.cpr/register/persons\n");
    wait_until("reloaded", || gateway.written().contains("the changed configuration is in force"))
        .await;
    for path in ["/metrics", "/api/status", "/api/outbox", "/ready", "/live"] {
        let mut wire = Wire::connect(gateway.operators).await;
        wire.send(&request("GET", path, &[], b"")).await;
        assert_silent(path, &wire.reply().await.text());
    }
    let lines = gateway.stop().await;
    assert!(lines.contains("stopped: everything under way was finished"), "{lines}");
    assert!(lines.contains("exchange ended") && lines.contains("an exchange did not complete"));
    assert_silent("standard output and error", &lines);
    let exported = receiver.seen();
    assert!(exported.iter().any(|seen| seen.line().contains("/v1/traces")));
    for seen in exported {
        assert_silent("what is exported", &String::from_utf8_lossy(&seen.body));
    }
    for file in fs::read_dir(folder.path().join("data")).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        assert_silent("the store", &String::from_utf8_lossy(&bytes));
    }
    for command in [["ledger", "find"], ["ledger", "verify"]] {
        let listed = sluse(folder.path(), &[command[0], command[1], "--config", "."]);
        assert!(listed.starts_with("exit: 0"), "{listed}");
        assert_silent(command[1], &listed);
    }
    validates_in_silence(folder.path());
}

/// The same documents, judged offline.
fn validates_in_silence(folder: &Path) {
    for (at, body) in letters().iter().chain(&questions()).enumerate() {
        let is_xml = body.starts_with('<');
        let (name, contract) =
            if is_xml { ("xml", "dk.cpr/letters") } else { ("json", "dk.cpr/persons") };
        let file = format!("document-{at}.{name}");
        fs::write(folder.join(&file), body).unwrap();
        for form in ["text", "json"] {
            let judged =
                ["validate", &file, "--contract", contract, "--config", ".", "--format", form];
            let said = sluse(folder, &judged);
            assert_silent(&format!("validate of {file}"), &said);
            let said = sluse(folder, &["validate", &file, "--config", ".", "--format", form]);
            assert_silent(&format!("validate of {file}"), &said);
        }
    }
}
