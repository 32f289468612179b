//! Commands as a supplier gives them: what `init` asks for, what `explore` says, and that no output holds a secret.

use super::{holds, options, reference};
use std::{
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::Command,
    thread,
};

/// What a token is here: found wherever it is written, in every form.
const CANARY: &str = "canary-5e1f-of-the-token";

/// Runs `sluse` with the token in the variable `TOKEN`; gives its status and all that it says.
fn sluse(folder: &Path, token: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_sluse"))
        .args(arguments)
        .current_dir(folder)
        .env("TOKEN", token)
        .output()
        .expect("sluse runs");
    let said = [done.stdout, done.stderr].concat();
    (done.status.code(), String::from_utf8_lossy(&said).into_owned())
}

fn file(folder: &Path, address: &str) {
    let text = format!(
        "contract = \"example.city/permits\"\nrole = \"provider\"\naddress = \"{address}\"\n\
         [system]\nname = \"Permits\"\n[credentials.own]\ntoken = \"env:TOKEN\"\n"
    );
    fs::write(folder.join("conformance.toml"), text).expect("a file");
}

#[test]
fn init_asks_for_credentials_where_the_contract_says_that_the_system_asks_who_calls() {
    let folder = tempfile::tempdir().expect("a folder");
    let manifest = "id = 'test/things'\nversion = '1.0.0'\nstatus = 'in-force'\ntitle = { en = 'Things' }\nopenapi = 'api.yaml'\n";
    let description = "openapi: 3.0.3\ninfo: { title: Things, version: '1' }\npaths:\n  /things:\n    get:\n      operationId: list\n      responses: { '200': { description: all } }\n";
    for (name, more, asks) in [
        ("open", "", false),
        ("nobody", "security: []\n", false),
        ("known", "security:\n  - token: []\n", true),
        ("one", "      security: [{ token: [] }]\n", true),
    ] {
        let contract = folder.path().join(name);
        fs::create_dir(&contract).expect("a folder");
        fs::write(contract.join("contract.toml"), manifest).expect("a file");
        fs::write(contract.join("api.yaml"), format!("{description}{more}")).expect("a file");
        let written = format!("{name}.toml");
        let init = ["conformance", "init", "--contract", name, "--file", &written];
        assert_eq!(sluse(folder.path(), "", &init).0, Some(0), "{name}");
        let text = fs::read_to_string(folder.path().join(&written)).expect("the file");
        assert_eq!(text.lines().any(|line| line == "[credentials.own]"), asks, "{name}: {text}");
    }
}

#[test]
fn a_token_that_is_too_short_to_be_hidden_is_told_with_the_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let system = reference(options());
    file(folder.path(), &system.url("127.0.0.1"));
    let (status, said) = sluse(folder.path(), "abc", &["conformance", "doctor"]);
    assert_eq!(status, Some(3));
    assert!(
        said.contains("are shorter than 4 bytes") && said.contains("ask for a longer one"),
        "{said}"
    );
}

#[test]
fn explore_says_its_seed_and_that_it_is_no_verdict() {
    let folder = tempfile::tempdir().expect("a folder");
    let system = reference(options());
    file(folder.path(), &system.url("127.0.0.1"));
    let explore = ["conformance", "explore", "--seed", "5", "--count", "30"];
    let (status, said) = sluse(folder.path(), &system.token("own"), &explore);
    assert_eq!(status, Some(0), "{said}");
    // What happens to be sent twice is sent once.
    let told = said.contains("explored with seed 5: ")
        && said.contains(" cases, no answers worth a look; this is no verdict");
    assert!(told, "{said}");
}

/// A system whose list is sound, and that otherwise fails, and says back whatever it was shown.
fn echo(mut stream: TcpStream) {
    let mut bytes = vec![0; 64 * 1024];
    let n = stream.read(&mut bytes).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes[..n]).into_owned();
    let token =
        text.lines().find_map(|line| line.split_once(": Bearer ")).map_or("", |(_, token)| token);
    let (status, kind, body) = match text.starts_with("GET /permits") {
        true => ("200 OK", "application/json", "{\"items\":[]}".to_owned()),
        false => ("500 Failed", "text/plain", format!("{token} {text}")),
    };
    let length = body.len();
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nx-echo: {token}\r\n\
         location: /permits?token={token}\r\nconnection: close\r\n\r\n{body}"
    );
}

#[test]
fn no_secret_is_in_any_output_of_a_run_though_the_system_says_it_back() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || echo(stream));
        }
    });
    let folder = tempfile::tempdir().expect("a folder");
    file(folder.path(), &address);
    let run =
        ["conformance", "run", "--junit", "junit.xml", "--html", "report.html", "--clause", "PE-1"];
    let (status, said) = sluse(folder.path(), CANARY, &run);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("{{TOKEN}}") && !said.contains(CANARY), "{said}");
    assert!(!holds(folder.path(), CANARY));
    let replay = ["conformance", "replay", "createPermit.body.full"];
    let (_, said) = sluse(folder.path(), CANARY, &replay);
    assert!(said.contains("500") && !said.contains(CANARY), "{said}");
}

#[test]
fn a_bundle_file_is_the_contract_that_it_was_made_of() {
    let folder = tempfile::tempdir().expect("a folder");
    let bundle = ["contract", "bundle", "example.city/permits", "--output"];
    for name in ["one.tar", "two.tar"] {
        let (status, said) = sluse(folder.path(), "", &[&bundle[..], &[name]].concat());
        assert_eq!(status, Some(0), "{said}");
    }
    let read = |name: &str| fs::read(folder.path().join(name)).expect("the file");
    assert_eq!(read("one.tar"), read("two.tar"));
    let list = |contract: &str| {
        sluse(folder.path(), "", &["conformance", "list", "--contract", contract]).1
    };
    assert_eq!(list("one.tar"), list("example.city/permits"));
    let init = ["conformance", "init", "--contract", "one.tar"];
    assert_eq!(sluse(folder.path(), "", &init).0, Some(0));
    let dry = ["conformance", "run", "--dry-run", "--clause", "PE-4.2"];
    let (status, said) = sluse(folder.path(), "", &dry);
    assert_eq!(status, Some(0), "{said}");
    // What any tar unpacks is the contract's folder.
    if let Ok(done) = Command::new("tar").args(["xf", "one.tar"]).current_dir(&folder).status() {
        assert!(done.success());
        assert_eq!(list("example.city/permits/1.0.0"), list("one.tar"));
    }
    let mut changed = read("one.tar");
    let at = changed.windows(12).position(|it| it == b"createPermit").expect("it is named");
    changed[at] = b'C';
    fs::write(folder.path().join("changed.tar"), changed).expect("a file");
    fs::write(folder.path().join("note.txt"), "no bundle").expect("a file");
    for (file, code) in [("changed.tar", "C0214"), ("note.txt", "C0106")] {
        let init = ["conformance", "init", "--contract", file, "--file", "other.toml"];
        let (status, said) = sluse(folder.path(), "", &init);
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains(code), "{said}");
    }
}

#[test]
fn a_system_is_tested_by_its_profile_and_conforms_to_no_more() {
    let system = reference(options());
    let folder = tempfile::tempdir().expect("a folder");
    file(folder.path(), &system.url("127.0.0.1"));
    let written = folder.path().join("conformance.toml");
    let text = fs::read_to_string(&written).expect("the file");
    let token = system.token("own");
    let list = |profile: &str| {
        fs::write(&written, format!("profile = \"{profile}\"\n{text}")).expect("a file");
        sluse(folder.path(), &token, &["conformance", "list"])
    };
    let (whole, part, unknown) = (list("whole"), list("without-events"), list("without-event"));
    assert_eq!((whole.0, part.0, unknown.0), (Some(0), Some(0), Some(2)));
    assert!(whole.1.contains("listEvents") && !part.1.contains("listEvents"), "{}", part.1);
    assert!(unknown.1.contains("without-events"), "{}", unknown.1);
    list("without-events");
    let listed =
        |profile| sluse(folder.path(), &token, &["conformance", "list", "--profile", profile]).1;
    assert_eq!(
        listed("whole"),
        whole.1,
        "what is asked for stands in place of what the file names"
    );
    let (_, said) = sluse(folder.path(), &token, &["conformance", "run", "--html", "report.html"]);
    assert!(said.contains("provider, profile without-events"), "{said}");
    let result = fs::read_to_string(folder.path().join("conformance-result.json")).expect("it");
    let result: serde_json::Value = serde_json::from_str(&result).expect("JSON");
    assert_eq!(result["profile"], "without-events");
    let clauses = result["clauses"].as_array().expect("clauses");
    assert!(clauses.iter().all(|it| it["id"].as_str().is_some_and(|id| !id.starts_with("PE-6"))));
}
