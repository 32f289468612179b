//! What refuses: the statuses that a description declares, and those that HTTP itself gives, which few descriptions list.

use super::*;
use crate::{
    result::CaseVerdict,
    run::{RunOptions, Runner, tests::system},
    target::{Answer, NoAnswer, Sent},
};

/// A description that declares 400 as its only refusal.
const DESCRIPTION: &str = r#"
openapi: 3.0.3
info: { title: Things, version: '1' }
paths:
  /things:
    post:
      operationId: make
      requestBody:
        required: true
        content: { application/json: { schema: { type: object, required: [name], properties: { name: { type: string, maxLength: 5 } } } } }
      responses:
        '201': { description: made, content: { application/json: { schema: { type: object, required: [id], properties: { id: { type: string } } } } } }
        '400': { description: refused, content: { application/problem+json: { schema: { type: object, required: [title] } } } }
  /things/{id}:
    get:
      operationId: read
      parameters: [{ name: id, in: path, required: true, schema: { type: string, maxLength: 8 } }]
      responses:
        '200': { description: there, content: { application/json: { schema: { type: object, required: [id] } } } }
"#;

/// What a system answers to each kind of wrong request.
#[derive(Clone, Copy)]
struct Statuses {
    media_type: u16,
    syntax: u16,
    schema: u16,
    method: u16,
    path: u16,
}

const OF_HTTP: Statuses =
    Statuses { media_type: 415, syntax: 400, schema: 400, method: 405, path: 404 };

fn answer(status: u16) -> Result<Answer, NoAnswer> {
    let (media_type, body) = match status {
        201 => ("application/json", r#"{"id":"1"}"#),
        400 => ("application/problem+json", r#"{"title":"refused"}"#),
        _ => ("text/plain", "refused before any code of the service was asked"),
    };
    let headers = vec![("content-type".to_owned(), media_type.to_owned())];
    Ok(Answer { status, headers, body: body.as_bytes().to_vec(), micros: 1 })
}

fn answered(sent: &Sent, of: Statuses) -> u16 {
    let media_type = sent.headers.iter().find(|(name, _)| name == "content-type");
    match (sent.method.as_str(), sent.path.as_str()) {
        ("POST", "/things") => {}
        ("GET", path) if path.starts_with("/things/") => return of.path,
        (_, path) if path.starts_with("/things") => return of.method,
        _ => return of.path,
    }
    if media_type.is_none_or(|(_, value)| !value.starts_with("application/json")) {
        return of.media_type;
    }
    let body = sent.body.clone().unwrap_or_default();
    let text = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&body);
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(text) else { return of.syntax };
    let twice = String::from_utf8_lossy(text).matches("\"name\"").count() > 1;
    let name = value.get("name").and_then(serde_json::Value::as_str);
    let fits = name.is_some_and(|name| name.chars().count() <= 5) && !twice;
    if fits { 201 } else { of.schema }
}

/// The cases that fail, where a system answers so.
fn failing(of: Statuses) -> Vec<String> {
    let contract = described(DESCRIPTION);
    let plan = plan(&contract, Role::Provider, &Options::default());
    let target = system(|sent, _| answer(answered(sent, of)));
    let options = RunOptions::default();
    let runner = Runner::new(&contract, &target, &options);
    let results = plan.cases.iter().map(|case| runner.run(case));
    let failed = results.filter(|result| {
        assert!(
            matches!(
                result.verdict,
                CaseVerdict::Passed | CaseVerdict::Failed | CaseVerdict::Warning
            ),
            "{} {:?}",
            result.id,
            result.reason
        );
        result.verdict != CaseVerdict::Passed
    });
    failed.map(|result| result.id.to_string()).collect()
}

#[test]
fn what_http_gives_refuses_though_the_description_does_not_list_it() {
    let none: [&str; 0] = [];
    assert_eq!(failing(OF_HTTP), none);
    assert_eq!(failing(Statuses { media_type: 400, ..OF_HTTP }), none);
    assert_eq!(failing(Statuses { method: 501, ..OF_HTTP }), none);
    assert_eq!(failing(Statuses { syntax: 413, ..OF_HTTP }), none);
}

#[test]
fn another_status_than_those_that_are_declared_or_fit_does_not_refuse() {
    insta::assert_snapshot!(failing(Statuses { schema: 409, ..OF_HTTP }).join("\n"));
    assert_eq!(
        failing(Statuses { media_type: 404, ..OF_HTTP }),
        ["make.body.missing", "make.body.media-type"]
    );
    assert_eq!(failing(Statuses { syntax: 500, ..OF_HTTP }).len(), 7);
    assert_eq!(failing(Statuses { method: 200, ..OF_HTTP }).len(), 2);
    let unknown = failing(Statuses { path: 500, ..OF_HTTP });
    assert!(unknown.iter().any(|id| id.contains("unknown-path")), "{unknown:?}");
}
