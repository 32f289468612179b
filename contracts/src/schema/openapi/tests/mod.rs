mod forms;
mod parameters;
mod schemas;
mod swagger;
mod xml;

use crate::{
    Contract, ContractFiles, Direction, Finding, JudgeOptions, MediaType, Message, Occasion,
    Payload, SchemaCache, Verdict,
    judge::{RequestHead, ResponseHead},
    payload::Limits,
};
use std::sync::Arc;

const MANIFEST: &str = "id = 'test/api'\nversion = '1.0.0'\nstatus = 'in-force'\n\
                        title = { en = 'Test' }\nopenapi = 'api.yaml'\n";

const DESCRIPTION: &str = r##"
openapi: VERSION
info: { title: Permits, version: 1.0.0 }
servers: [{ url: "https://example.org/{stage}/v1", variables: { stage: { default: api } } }]
paths:
  /permits:
    post:
      operationId: apply
      parameters:
        - { name: x-case, in: header, required: true, schema: { type: string, pattern: "^[a-z]+$" } }
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: "#/components/schemas/Permit" } } }
      responses:
        "201":
          description: made
          headers: { Location: { required: true, schema: { type: string } } }
          content: { application/json: { schema: { $ref: "#/components/schemas/Permit" } } }
        4XX: { description: bad, content: { application/problem+json: { schema: { type: object, required: [code] } } } }
  /permits/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: integer, format: int32 } }]
    get:
      parameters:
        - { name: limit, in: query, schema: { type: integer, maximum: 10 } }
        - { name: tag, in: query, schema: { type: array, items: { enum: [a, b] } } }
        - { name: ids, in: query, explode: false, schema: { type: array, maxItems: 2, items: { type: integer } } }
      responses:
        "200": { description: ok, content: { "application/*": { schema: { $ref: "#/components/schemas/Permit" } } } }
        "204": { description: none }
  /permits/new:
    get: { operationId: blank, responses: { default: { description: any } } }
components:
  schemas:
    Permit:
      type: object
      required: [id, pin, name]
      additionalProperties: false
      properties:
        id: { type: integer, readOnly: true }
        pin: { type: string, writeOnly: true }
        name: { type: string, minLength: 2 }
        until: NULLABLE
        share: BELOW
"##;

fn description(version: &str) -> String {
    let is_3_0 = version.starts_with("3.0");
    let until = if is_3_0 {
        "{ type: string, format: date, nullable: true }"
    } else {
        "{ type: [string, \"null\"], format: date }"
    };
    let share = if is_3_0 {
        "{ type: number, maximum: 100, exclusiveMaximum: true }"
    } else {
        "{ type: number, exclusiveMaximum: 100 }"
    };
    DESCRIPTION.replace("VERSION", version).replace("NULLABLE", until).replace("BELOW", share)
}

fn load(text: &str, more: &[(&str, &str)]) -> (Option<Arc<Contract>>, Vec<Finding>) {
    let mut files = ContractFiles::new("");
    files.add("contract.toml", MANIFEST.as_bytes());
    files.add("api.yaml", text.as_bytes().to_vec());
    for (path, text) in more {
        files.add(path, text.as_bytes().to_vec());
    }
    Contract::load(&files, &SchemaCache::new())
}

/// Findings as they are printed.
fn told(findings: &[Finding]) -> String {
    findings.iter().map(|each| format!("{each}\n")).collect()
}

fn print(verdict: &Verdict) -> String {
    let lines = verdict.violations.iter().map(|each| {
        let place = each.line.zip(each.column).map(|(line, column)| format!(" {line}:{column}"));
        let (place, clause) = (place.unwrap_or_default(), each.clause.as_deref().unwrap_or("-"));
        format!("{} {}{place} {} [{clause}]\n", each.code, each.path, each.message)
    });
    lines.collect()
}

/// A request or an answer in one text: `POST /x?y` or a status, header lines, then the body.
fn judge(contract: &Contract, text: &str) -> String {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    judge_bytes(contract, head, body.as_bytes())
}

fn judge_bytes(contract: &Contract, head: &str, body: &[u8]) -> String {
    let mut lines = head.lines();
    let first = lines.next().unwrap();
    let headers: Vec<(&str, &str)> = lines.map(|line| line.split_once(": ").unwrap()).collect();
    let media_type = headers.iter().find(|(name, _)| *name == "content-type");
    let media_type = media_type.map_or(MediaType::json(), |(_, value)| value.parse().unwrap());
    let message = Message::new(media_type.clone(), body.to_vec());
    let payload = (!body.is_empty()).then(|| Payload::parse(&message, &Limits::default()).unwrap());
    let words: Vec<&str> = first.split(' ').collect();
    let (path, query) = words[1].split_once('?').map_or((words[1], None), |(p, q)| (p, Some(q)));
    let Some(operation) = contract.operation_at(words[0], path) else {
        return "no operation\n".to_owned();
    };
    let request = RequestHead { method: words[0], path, query, headers: &headers };
    let occasion = match words.get(2) {
        None => Occasion::request(operation.name).with_request(request),
        Some(status) => Occasion::response(operation.name)
            .with_response(ResponseHead { status: status.parse().unwrap(), headers: &headers }),
    };
    let occasion = occasion.of_type(&media_type);
    print(&contract.judge(payload.as_ref(), &occasion, &JudgeOptions::default()))
}

#[test]
fn judges_requests_and_answers_in_both_versions() {
    for version in ["3.0.3", "3.1.0"] {
        let (contract, findings) = load(&description(version), &[]);
        let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
        assert_eq!(contract.operations(), ["apply", "GET /permits/{id}", "blank"]);
        for good in [
            "POST /permits\nX-Case: abc\n\n{\"pin\":\"1\",\"name\":\"ab\",\"until\":null,\"share\":99.9}",
            "POST /api/v1/permits\nx-case: abc\n\n{\"pin\":\"1\",\"name\":\"ab\",\"until\":\"2026-01-01\"}",
            "POST /permits 201\nlocation: /permits/1\n\n{\"id\":1,\"name\":\"ab\"}",
            "POST /permits 422\ncontent-type: application/problem+json\n\n{\"code\":1}",
            "GET /permits/7?limit=10&tag=a&tag=b&ids=1,2&other=x",
            "GET /permits/7 204",
            "GET /permits/7 200\ncontent-type: application/json; charset=utf-8\n\n{\"id\":1,\"name\":\"ab\"}",
            "GET /permits/new 503",
        ] {
            assert_eq!(judge(&contract, good), "", "{version} {good}");
        }
        let bad = [
            "POST /permits",
            "POST /permits\nx-case: CANARY\n\n{\"id\":1,\"name\":\"a\",\"until\":\"CANARY\",\"share\":100,\"CANARY\":1}",
            "POST /permits\nx-case: a\ncontent-type: application/xml\n\n<x/>",
            "POST /permits 201\n\n{\"pin\":\"CANARY\",\"name\":\"ab\"}",
            "POST /permits\nx-case: a\n\n{\"id\":1,\"pin\":\"1\",\"name\":\"ab\"}",
            "POST /permits 201\nlocation: x\n\n{\"id\":1,\"pin\":\"CANARY\",\"name\":\"ab\"}",
            "POST /permits 404\ncontent-type: application/problem+json\n\n{}",
            "POST /permits 500",
            "GET /permits/99999999999?limit=CANARY&tag=c&ids=1,x,3\n\n{}",
            "GET /permits/CANARY",
            "GET /permits/7 200",
            "GET /permits/7 204\n\n{}",
            "DELETE /permits/7",
            "GET /permits/7/x",
        ];
        let all: String = bad.iter().map(|each| judge(&contract, each) + "\n").collect();
        assert!(!all.contains("CANARY"), "{all}");
        insta::allow_duplicates! { insta::assert_snapshot!(all, @r##"
        V0504 header/x-case the header `x-case` is missing [openapi#/paths/~1permits/post/parameters/0]
        V0505  the operation requires a body [openapi#/paths/~1permits/post/requestBody]

        V0504 header/x-case the header `x-case`: the text does not match the pattern ^[a-z]+$ [openapi#/paths/~1permits/post/parameters/0/schema/pattern]
        V0402  1:1 the member `pin` is missing [openapi#/components/schemas/Permit/required]
        V0407 /name 1:9 the text must have at least 2 characters [openapi#/components/schemas/Permit/properties/name/minLength]
        V0405 /until 1:20 the text does not have the format `date` [openapi#/components/schemas/Permit/properties/until/format]
        V0406 /share 1:37 the number must be less than 100 [openapi#/components/schemas/Permit/properties/share/exclusiveMaximum]
        V0404 /* 1:49 the schema does not allow this member [openapi#/components/schemas/Permit/additionalProperties]

        V0503  the operation declares no content of this media type: it declares application/json [openapi#/paths/~1permits/post/requestBody]

        V0504 header/location the header `location` is missing [openapi#/paths/~1permits/post/responses/201/headers/Location]
        V0402  1:1 the member `id` is missing [openapi#/components/schemas/Permit/required]

        V0506 /id 1:2 a read-only member stands in a request [openapi#/paths/~1permits/post/requestBody]

        V0506 /pin 1:9 a write-only member stands in an answer [openapi#/paths/~1permits/post/responses/201]

        V0402  1:1 the member `code` is missing [openapi#/paths/~1permits/post/responses/4XX/content/application~1problem+json/schema/required]

        V0502  the operation declares no answer of this status: it declares 201, 4XX [openapi#/paths/~1permits/post/responses]

        V0504 query/limit the query parameter `limit`: the value must be of type integer [openapi#/paths/~1permits~1{id}/get/parameters/0/schema/type]
        V0504 query/tag/0 the query parameter `tag`: the value must be one of "a", "b" [openapi#/paths/~1permits~1{id}/get/parameters/1/schema/items/enum]
        V0504 query/ids the query parameter `ids`: the list must have at most 2 items [openapi#/paths/~1permits~1{id}/get/parameters/2/schema/maxItems]
        V0504 query/ids/1 the query parameter `ids`: the value must be of type integer [openapi#/paths/~1permits~1{id}/get/parameters/2/schema/items/type]
        V0504 path/id the path parameter `id`: the number must be at most 2147483647 [openapi#/paths/~1permits~1{id}/parameters/0/schema/maximum]
        V0503  the operation declares no body [openapi#/paths/~1permits~1{id}/get]

        V0504 path/id the path parameter `id`: the value must be of type integer [openapi#/paths/~1permits~1{id}/parameters/0/schema/type]

        V0505  the answer has no body, and one is declared [openapi#/paths/~1permits~1{id}/get/responses/200]

        V0503  the answer declares no body [openapi#/paths/~1permits~1{id}/get/responses/204]

        no operation

        no operation
        "##) }
    }
}

#[test]
fn a_request_for_no_operation_is_told_what_its_path_takes() {
    let (contract, findings) = load(&description("3.1.0"), &[]);
    let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
    for (method, path, expected) in [
        ("DELETE", "/permits/7", ": its path takes GET"),
        ("GET", "/api/v1/permits", ": its path takes POST"),
        ("PUT", "/permits/new", ": its path takes GET"),
        ("GET", "/CANARY", ": it has no such path"),
        ("GET", "/permits/7/", ": it has no such path"),
    ] {
        let head = RequestHead { method, path, query: None, headers: &[] };
        let occasion = Occasion::request("").with_request(head);
        let found = print(&contract.judge(None, &occasion, &JudgeOptions::default()));
        let expected = format!("V0501  the contract has no such operation{expected} [-]\n");
        assert_eq!(found, expected, "{method} {path}");
    }
}

#[test]
fn cites_the_clause_of_the_schema_or_of_the_operation() {
    let clauses = "[[clause]]\nid = 'PA-1'\ncovers = ['openapi#/paths/~1permits/post']\n\
                   [[clause]]\nid = 'PA-2'\ncovers = ['openapi#/components/schemas/Permit/properties/name']\n";
    let (contract, _) = load(&description("3.1.0"), &[("clauses.toml", clauses)]);
    let contract = contract.unwrap();
    let found = judge(&contract, "POST /permits\nx-case: a\n\n{\"pin\":1,\"name\":\"a\"}");
    insta::assert_snapshot!(found, @r##"
        V0401 /pin 1:2 the value must be of type string [PA-1]
        V0407 /name 1:10 the text must have at least 2 characters [PA-2]
        "##);
}

#[test]
fn judges_a_body_offline_by_the_operations_name() {
    let (contract, _) = load(&description("3.1.0"), &[]);
    let message = Message::new(MediaType::json(), &b"{\"pin\":\"1\",\"name\":\"ab\"}"[..]);
    let payload = Payload::parse(&message, &Limits::default()).unwrap();
    let verdict = |occasion: &Occasion<'_>| {
        print(&contract.as_ref().unwrap().judge(Some(&payload), occasion, &JudgeOptions::default()))
    };
    assert_eq!(verdict(&Occasion::request("apply")), "");
    assert!(verdict(&Occasion::response("apply")).contains("`id` is missing"));
    assert!(verdict(&Occasion::request("none")).starts_with("V0501"));
    assert_eq!(Occasion::request("apply").direction, Direction::Request);
}

#[test]
fn takes_a_description_in_several_files() {
    let entry = "openapi: 3.1.0\npaths:\n  /a: { $ref: 'paths/a.yaml' }\n";
    let path = "get:\n  responses:\n    '200':\n      description: x\n      content:\n        application/json:\n\
                \x20         schema: { $ref: '../schemas/a.json#/$defs/a' }\n";
    let schema = r#"{"$defs":{"a":{"type":"object","required":["x"]}}}"#;
    let (contract, findings) = load(entry, &[("paths/a.yaml", path), ("schemas/a.json", schema)]);
    let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
    let found = judge(&contract, "GET /a 200\n\n{}");
    insta::assert_snapshot!(found, @r##"
        V0402  1:1 the member `x` is missing [schemas/a.json#/$defs/a/required]
        "##);
    let (contract, findings) = load(entry, &[("paths/a.yaml", path)]);
    assert!(contract.is_none());
    insta::assert_snapshot!(told(&findings), @r##"
        paths/a.yaml:7:11 C0204 the reference ../schemas/a.json#/$defs/a leads nowhere in the contract's files
          hint: copy the file in, and look at the pointer after `#`
        "##);
}

#[test]
fn a_reference_that_leads_nowhere_is_told_once() {
    let entry = "openapi: 3.1.0\npaths:\n  /a:\n    post:\n      requestBody: { content: { application/json: { schema: { $ref: 'x.txt' } } } }\n\
                 \x20     responses: { '200': { description: x, content: { application/json: { schema: { $ref: '#/components/schemas/A' } } } } }\n\
                 components:\n  schemas:\n    A: { properties: { b: { $ref: 'x.txt' }, c: { $ref: 'y.json' } } }\n";
    let (contract, findings) = load(entry, &[("x.txt", "x"), ("y.json", "{")]);
    assert!(contract.is_none());
    insta::assert_snapshot!(told(&findings), @"
    api.yaml:5:53 C0204 the reference x.txt leads nowhere in the contract's files
      hint: copy the file in, and look at the pointer after `#`
    api.yaml:9:24 C0204 the reference x.txt leads nowhere in the contract's files
      hint: copy the file in, and look at the pointer after `#`
    api.yaml:9:46 C0204 the reference y.json leads nowhere in the contract's files
      hint: copy the file in, and look at the pointer after `#`
    ");
}

#[test]
fn reports_every_fault_of_a_description_with_its_place() {
    let broken = "openapi: 3.1.0\npaths:\n  a: {}\n  /b/{c: {}\n  /d:\n    get:\n      operationId: x\n      parameters:\n\
                  \x20       - { in: query }\n        - { name: e, in: nowhere }\n        - $ref: '#/nope'\n\
                  \x20     responses: { abc: { description: x }, '200': { description: x, content: { application/json: { schema: { type: strin } } } } }\n\
                  \x20   put: { operationId: x, responses: { '200': { description: x, content: { application/json: { schema: { $ref: 'https://example.org/x.json' } } } } } }\n";
    for text in [broken, "swagger: '1.2'\npaths: {}\n", "openapi: [\n", "openapi: 3.1.0\n"] {
        let (contract, findings) = load(text, &[]);
        assert!(contract.is_none(), "{text}");
        println!("{}", told(&findings));
    }
    let (_, findings) = load(broken, &[]);
    insta::assert_snapshot!(told(&findings), @r##"
        api.yaml:3:3 C0203 a path begins with `/`
        api.yaml:4:3 C0203 the braces of the path do not pair, or it has too many segments
        api.yaml:9:11 C0203 a parameter has no `name`
        api.yaml:10:11 C0203 a parameter stands `in` path, query, header or cookie
        api.yaml:11:11 C0204 the reference #/nope leads nowhere in the contract's files
          hint: the pointer after `#` must lead to something in this file
        api.yaml:12:20 C0203 an answer's status is three digits, 1XX to 5XX, or `default`
        api.yaml:12:111 C0203 not a valid schema: `type` takes one or several of array, boolean, integer, null, number, object and string, not "strin"
        api.yaml:13:12 C0208 two operations are called `x`
          hint: the first is GET /d
        api.yaml:13:97 C0215 the reference https://example.org/x.json leads nowhere in the contract's files
          hint: nothing is fetched: copy the file in, and name its folder under [json.addresses]
        "##);
}
