//! A service under its own description: paths, methods and media types are routes that nobody wrote.

use crate::{
    cli::sluse,
    world::{Act, Provider, Seen, answer, request, start, world},
};
use sluse::store::Memory;
use sluse_ledger::SigningKey;
use std::{fs, sync::Arc};

const DESCRIPTION: &str = "openapi: 3.0.3
info: { title: Building permits, version: 2.1 }
servers: [{ url: 'https://permits.example/permits/v2' }]
paths:
  /applications:
    get:
      parameters: [{ name: page, in: query, schema: { type: integer, minimum: 1 } }]
      responses: { '200': { description: ok, content: { application/json: { schema: { type: array } } } } }
    post:
      operationId: apply
      requestBody: { required: true, content: { application/json: { schema: { $ref: 'schemas/permit.yaml' } } } }
      responses:
        '201': { description: made, headers: { Location: { required: true, schema: { type: string } } } }
        4XX: { description: no, content: { application/problem+json: {} } }
  /applications/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
    get:
      responses: { '200': { description: ok, content: { application/json: { schema: { $ref: 'schemas/permit.yaml' } } } } }
    delete: { responses: { '204': { description: gone } } }
";

const PERMIT: &str =
    "type: object\nrequired: [street]\nproperties: { street: { type: string, minLength: 2 } }\n";

const SERVICE: &str = "id = 'dk.cpr/register/permits'\ncontract = 'test.city/permits@^2'\nupstream = ['http://@A']\n\
                       [[route]]\npath = '/permits/v2'\n[[route]]\npath = '/permits/open'\nunknown-operations = 'pass'\n";

fn over() -> String {
    let folder = "contracts/test.city/permits/2.1.0";
    let manifest = "id = 'test.city/permits'\nversion = '2.1.0'\nstatus = 'in-force'\ntitle = { en = 'Permits' }\nopenapi = 'openapi.yaml'\n";
    let description = DESCRIPTION.replace("/permits/v2'", "/permits/v2' }, { url: '/permits/open'");
    format!(
        "#--- {folder}/contract.toml\n{manifest}#--- {folder}/openapi.yaml\n{description}\
         #--- {folder}/schemas/permit.yaml\n{PERMIT}#--- services/permits.toml\n{SERVICE}"
    )
}

fn provider(seen: &Seen) -> Act {
    if seen.line().starts_with("HEAD ") {
        let head = "HTTP/1.1 200 x\r\ncontent-type: application/json\r\ncontent-length: 17\r\n\r\n";
        return Act::Send(head.into());
    }
    match seen.line().split(' ').nth(1).unwrap() {
        "/permits/v2/applications/1" => answer(200, "application/json", r#"{"street":"Main"}"#),
        "/permits/v2/applications/2" => answer(200, "application/json", r#"{"street":"M"}"#),
        "/permits/v2/applications/3" => answer(418, "text/plain", "short and stout"),
        _ => answer(200, "application/json", "[]"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_paths_and_media_types_are_those_of_the_description() {
    let world = world(&over(), provider).await;
    let json = "content-type: application/json";
    for (method, path, headers, body, status, code, allow) in [
        ("GET", "/permits/v2/applications?page=1", &[][..], "", 200, "", None),
        ("GET", "/permits/v2/applications", &["accept: application/*"], "", 200, "", None),
        ("GET", "/permits/v2/applications/1", &[], "", 200, "", None),
        ("GET", "/permits/v2/applications?page=0", &[], "", 422, "F0108", None),
        ("GET", "/permits/v2/applications/one", &[], "", 422, "F0108", None),
        ("POST", "/permits/v2/applications", &[json], r#"{"street":"M"}"#, 422, "F0108", None),
        ("POST", "/permits/v2/applications", &[json], "{", 400, "F0101", None),
        ("POST", "/permits/v2/applications", &["content-type: text/csv"], "a", 415, "F0107", None),
        (
            "POST",
            "/permits/v2/applications",
            &["content-type: application/hal+json"],
            "{}",
            415,
            "F0107",
            None,
        ),
        ("GET", "/permits/v2/applications", &["accept: text/html"], "", 406, "F0118", None),
        (
            "GET",
            "/permits/v2/applications",
            &["accept: application/json;q=0"],
            "",
            406,
            "F0118",
            None,
        ),
        ("PUT", "/permits/v2/applications", &[json], "{}", 405, "F0117", Some("GET, HEAD, POST")),
        (
            "POST",
            "/permits/v2/applications/1",
            &[json],
            "{}",
            405,
            "F0117",
            Some("DELETE, GET, HEAD"),
        ),
        ("GET", "/permits/v2/other", &[], "", 404, "F0103", None),
        ("GET", "/permits/v2/applications/1/x", &[], "", 404, "F0103", None),
        ("GET", "/permits/v2/applications/2", &[], "", 502, "F0201", None),
        ("GET", "/permits/v2/applications/3", &[], "", 502, "F0201", None),
        ("GET", "/permits/open/other", &[], "", 200, "", None),
        ("PUT", "/permits/open/applications", &[json], "{", 200, "", None),
        ("GET", "/permits/open/applications?page=0", &[], "", 422, "F0108", None),
    ] {
        let reply = world.ask(method, path, headers, body.as_bytes()).await;
        let shown = format!("{method} {path} {headers:?}: {}", reply.text());
        assert_eq!(reply.status, status, "{shown}");
        assert_eq!(reply.header("allow"), allow, "{shown}");
        if !code.is_empty() {
            assert_eq!(reply.json()["code"], code, "{shown}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_by_get_may_be_asked_by_head_and_is_judged_alike() {
    let world = world(&over(), provider).await;
    for (path, status) in [
        ("/permits/v2/applications?page=0", 422),
        ("/permits/v2/applications/one", 422),
        ("/permits/v2/other", 404),
        ("/permits/v2/applications", 200),
    ] {
        let mut wire = world.wire().await;
        wire.send(&request("HEAD", path, &["connection: close"], b"")).await;
        let head = wire.head().await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{path} {head}");
    }
    assert_eq!(world.provider.seen().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_of_the_gateway_itself_say_which_methods_they_take() {
    let world = world("", provider).await;
    let reply = world.ask("GET", "/documents", &[], b"").await;
    assert_eq!((reply.status, reply.header("allow")), (405, Some("POST")));
    let place = "/exchanges/00000000-0000-7000-8000-000000000000";
    let reply = world.ask("DELETE", place, &[], b"").await;
    assert_eq!((reply.status, reply.header("allow")), (405, Some("GET, HEAD")));
}

#[tokio::test(flavor = "multi_thread")]
async fn init_from_a_description_writes_a_folder_that_judges_at_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("schemas")).unwrap();
    fs::write(folder.path().join("openapi.yaml"), DESCRIPTION).unwrap();
    fs::write(folder.path().join("schemas/permit.yaml"), PERMIT).unwrap();
    let provider = Provider::start(provider).await;
    let upstream = format!("http://{}", provider.address);
    let said =
        sluse(folder.path(), &["init", "conf", "--from", "openapi.yaml", "--upstream", &upstream]);
    assert!(said.starts_with("exit: 0\n"), "{said}");
    assert!(said.contains("example.city/building-permits@2.1.0 with 4 operations"), "{said}");
    let checked = sluse(folder.path(), &["check", "--config", "conf"]);
    assert!(checked.contains("1 contract, 1 service, 1 route"), "{checked}");
    let conf = tempfile::tempdir().unwrap();
    let copied = std::process::Command::new("cp")
        .args(["-a", &format!("{}/conf/.", folder.path().display())])
        .arg(conf.path())
        .status();
    assert!(copied.unwrap().success());
    let settings = fs::read_to_string(conf.path().join("sluse.toml")).unwrap();
    let settings =
        settings.replace("127.0.0.1:8080", "127.0.0.1:0").replace("127.0.0.1:9090", "127.0.0.1:0");
    fs::write(conf.path().join("sluse.toml"), settings).unwrap();
    let key = SigningKey::generate("test").unwrap();
    let world = start(conf, Arc::new(Memory::new(key)), provider).await;
    for (method, path, status) in [
        ("GET", "/permits/v2/applications/1", 200),
        ("GET", "/permits/v2/applications/2", 502),
        ("GET", "/permits/v2/applications/x", 422),
        ("PUT", "/permits/v2/applications", 405),
        ("GET", "/elsewhere", 404),
    ] {
        assert_eq!(world.ask(method, path, &[], b"").await.status, status, "{method} {path}");
    }
}

#[test]
fn init_refuses_what_it_cannot_judge_by_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("openapi.yaml"), DESCRIPTION).unwrap();
    fs::write(folder.path().join("other.yaml"), "a: 1\n").unwrap();
    let init = |arguments: &[&str]| sluse(folder.path(), &[&["init", "conf"], arguments].concat());
    let upstream = "--upstream=http://127.0.0.1:1";
    let said = init(&["--from", "openapi.yaml", upstream]);
    assert!(said.starts_with("exit: 1\n") && said.contains("C0204"), "{said}");
    let said = init(&["--from", "other.yaml", upstream]);
    assert!(
        said.starts_with("exit: 2\n") && said.contains("no description of a service"),
        "{said}"
    );
    let said = init(&["--from", ".", upstream]);
    assert!(
        said.starts_with("exit: 2\n") && said.contains("hint: name the description in it"),
        "{said}"
    );
    let said = init(&["--from", "nowhere.yaml", upstream]);
    assert!(said.starts_with("exit: 2\n"), "{said}");
    let said = init(&["--from", "openapi.yaml", "--upstream", "permits"]);
    assert!(said.starts_with("exit: 2\n") && said.contains("--upstream"), "{said}");
    assert!(init(&["--from", "openapi.yaml"]).starts_with("exit: 2\n"));
    assert!(!folder.path().join("conf").exists());
}
