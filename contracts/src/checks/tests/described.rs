//! Checks of contracts whose operations a description declares.

use super::*;
use crate::Occasion;

const WSDL: &str = include_str!("../../schema/wsdl/tests/service.wsdl");
const OPENAPI: &str = r##"{"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/permits": {"post": {
    "operationId": "apply",
    "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
    "responses": {"200": {"description": "d", "content": {"application/json": {"schema": {"type": "object"}}}}}
}}}}"##;

fn described(file: &str, text: &str, checks: &str) -> Arc<Contract> {
    let key = if file.ends_with(".wsdl") { "wsdl" } else { "openapi" };
    let prefixes =
        "[namespaces]\nt = 'urn:t'\nh = 'urn:h'\ns = 'http://schemas.xmlsoap.org/soap/envelope/'\n";
    let mut files = files(&format!("{key} = '{file}'\n{prefixes}{checks}"));
    files.add(file, text.as_bytes().to_vec());
    load(&files)
}

fn envelope(header: &str, body: &str) -> String {
    format!(
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' xmlns:t='urn:t' xmlns:h='urn:h'>\
         {header}<s:Body>{body}</s:Body></s:Envelope>"
    )
}

/// What checks say: the paths alone.
fn told(contract: &Contract, text: &str, operation: &str, direction: Direction) -> Vec<String> {
    let found = judged_as(contract, text, operation, direction);
    let of_checks = found.into_iter().filter(|line| line.starts_with("V07"));
    of_checks.map(|line| line.split(' ').nth(3).unwrap_or_default().to_owned()).collect()
}

#[test]
fn paths_of_a_soap_service_begin_at_the_content_of_the_body() {
    let check = |path: &str, more: &str| {
        format!("[[check]]\nid = 'C-1'\npath = '{path}'\nidentifier = 'cvr'\n{more}\n")
    };
    let got = envelope("", "<t:got><t:name>x</t:name></t:got>");
    let more = envelope("", "<t:more>x</t:more>");
    let header = envelope("<s:Header><h:who>1</h:who></s:Header>", "<t:get><t:id>1</t:id></t:get>");
    let name = "/s:Envelope[1]/s:Body[1]/t:got[1]/t:name[1]";
    let shown = "/s:Envelope[1]/s:Body[1]/*[1]/t:name[1]";
    for (path, rule, message, direction, places) in [
        ("t:name", "", &got, Direction::Response, &[shown][..]),
        ("t:name", "operation = 'get'", &got, Direction::Response, &[shown]),
        ("t:name", "operation = 'put'", &got, Direction::Response, &[]),
        ("t:name", "direction = 'request'", &got, Direction::Response, &[]),
        ("/s:Envelope/s:Body/t:got/t:name", "", &got, Direction::Response, &[name]),
        (".", "operation = 'put'", &more, Direction::Request, &["/s:Envelope[1]/s:Body[1]/*[1]"]),
        (
            "/s:Envelope/s:Header/h:who",
            "operation = 'get'",
            &header,
            Direction::Request,
            &["/s:Envelope[1]/s:Header[1]/h:who[1]"],
        ),
        (".", "", &envelope("", ""), Direction::Request, &[]),
    ] {
        let contract = described("service.wsdl", WSDL, &check(path, rule));
        assert_eq!(told(&contract, message, "", direction), places, "{path} {rule}");
    }
}

#[test]
fn a_message_that_is_of_no_operation_is_held_to_no_check() {
    let check = "[[check]]\nid = 'C-1'\npath = '.'\nidentifier = 'cvr'\n";
    let contract = described("service.wsdl", WSDL, check);
    let foreign = envelope("", "<t:canary/>");
    assert_eq!(told(&contract, &foreign, "", Direction::Request), [""; 0]);
    let check = "[[check]]\nid = 'C-1'\npath = '/seller'\nidentifier = 'cvr'\n";
    let contract = described("api.json", OPENAPI, check);
    assert_eq!(told(&contract, "{\"seller\":\"1\"}", "canary", Direction::Request), [""; 0]);
}

#[test]
fn operations_of_a_description_are_told_apart() {
    let check = "[[check]]\nid = 'C-1'\npath = '/seller'\nidentifier = 'cvr'\n";
    let contract = described(
        "api.json",
        OPENAPI,
        &format!("{check}operation = 'apply'\ndirection = 'request'\n"),
    );
    let document = "{\"seller\":\"1\"}";
    assert_eq!(told(&contract, document, "apply", Direction::Request), ["/seller"]);
    assert_eq!(told(&contract, document, "apply", Direction::Response), [""; 0]);
    let occasion = Occasion::request("apply");
    let verdict = contract.judge(None, &occasion, &JudgeOptions::default());
    assert!(verdict.violations.iter().all(|each| !each.code.as_str().starts_with("V07")));
}

#[test]
fn an_operation_that_no_description_has_is_a_fault_of_the_contract() {
    for (file, text, hint) in
        [("service.wsdl", WSDL, "did you mean `put`?"), ("api.json", OPENAPI, "operations: apply")]
    {
        let key = if file == "service.wsdl" { "wsdl" } else { "openapi" };
        let check = "[[check]]\nid = 'C-1'\npath = '/a'\nidentifier = 'cvr'\noperation = 'puts'\n";
        let mut files = files(&format!("{key} = '{file}'\n{check}"));
        files.add(file, text.as_bytes().to_vec());
        let (contract, findings) = Contract::load(&files, &SchemaCache::new());
        assert!(contract.is_none());
        let found: Vec<String> =
            findings.iter().filter(|each| each.is_error()).map(ToString::to_string).collect();
        assert_eq!(
            found,
            [format!(
                "contract.toml:10:13 C0105 the contract has no operation `puts`\n  hint: {hint}"
            )]
        );
    }
}

#[test]
fn the_fields_of_a_form_are_held_to_checks() {
    let openapi = r##"{"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {"/permits": {"post": {
        "operationId": "apply", "requestBody": {"content": {
            "application/x-www-form-urlencoded": {"schema": {"type": "object"}}, "multipart/form-data": {"schema": {"type": "object"}}}},
        "responses": {"200": {"description": "d"}}}}}}"##;
    let checks = "[[check]]\nid = 'C-1'\npath = '/cvr'\nidentifier = 'cvr'\n\
                  [[check]]\nid = 'C-2'\npath = '/part/*'\nsum-equals = '/sum'\n";
    let contract = described("api.json", openapi, checks);
    let part = |name: &str, text: &str| {
        format!("--b\r\nContent-Disposition: form-data; name={name}\r\n\r\n{text}\r\n")
    };
    let typed = |stated: &str| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=cvr\r\nContent-Type: {stated}\r\n\r\n\u{e9}CANARY\r\n"
        )
    };
    let urlencoded = "application/x-www-form-urlencoded";
    let parted = "multipart/form-data; boundary=b";
    for (media_type, text, told) in [
        (urlencoded, "cvr=10150817".to_owned(), &[][..]),
        (urlencoded, "cvr=CANARY".to_owned(), &["V0701 /cvr"]),
        (urlencoded, "c%76r=1015+0817&x".to_owned(), &["V0701 /cvr"]),
        (urlencoded, "part=1.5&part=2&sum=3.5".to_owned(), &[]),
        (urlencoded, "part=1.5&part=2&sum=4".to_owned(), &["V0705 /sum"]),
        (urlencoded, "x=1".to_owned(), &[]),
        (parted, part("cvr", "CANARY") + "--b--", &["V0701 /cvr"]),
        (parted, part("part", "1") + &part("part", "2") + &part("sum", "3") + "--b--", &[]),
        (
            parted,
            part("part", "1") + &part("part", "2") + &part("sum", "4") + "--b--",
            &["V0705 /sum"],
        ),
        // Texts in another charset are looked at too, whoever states it.
        (parted, typed("text/plain; charset=iso-8859-1") + "--b--", &["V0701 /cvr"]),
        (parted, part("_charset_", "iso-8859-1") + &typed("text/plain") + "--b--", &["V0701 /cvr"]),
        ("text/plain", "cvr=CANARY".to_owned(), &[]),
    ] {
        let media_type: MediaType = media_type.parse().unwrap();
        // What stands for one byte of ISO 8859-1 is one.
        let bytes: Vec<u8> = match text.contains("8859") {
            true => text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect(),
            false => text.clone().into_bytes(),
        };
        let payload = Payload::Other(Some(bytes.into()));
        let occasion = Occasion::request("apply").of_type(&media_type);
        let verdict = contract.judge(Some(&payload), &occasion, &JudgeOptions::default());
        let of_checks =
            verdict.violations.iter().filter(|each| each.code.as_str().starts_with("V07"));
        let found: Vec<String> = of_checks
            .map(|each| {
                assert!(each.line.is_none() && !each.message.contains("CANARY"));
                format!("{} {}", each.code, each.path)
            })
            .collect();
        assert_eq!(found, told, "{text}");
    }
}
