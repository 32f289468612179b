//! Systems that do not speak as the contract says: consumers, providers, and both.

use crate::world::{Act, Seen, World, answer, limits, world};
use sluse_ledger::leaf::{Ending, MessageDigest};

/// The contract of the usual world, with a provider and consumers of records of fixed width.
const OVER: &str = r#"
#--- services/old.toml
id = "dk.cpr/register/old"
contract = "dk.cpr/persons@^1.0"
upstream = ["http://@A/old"]
adapter = "records"
[[route]]
path = "/modern"
[[route]]
path = "/both"
adapter = "records"
#--- services/new.toml
id = "dk.cpr/register/new"
contract = "dk.cpr/persons@^1.0"
upstream = ["http://@A/new"]
[[route]]
path = "/records"
adapter = "records"
[[route]]
path = "/watched-records"
adapter = "records"
enforcement = { request = "observe", response = "observe" }
#--- adapters/records/adapter.toml
title = "Records"
legacy = "legacy.toml"
contract-side = "json.toml"
[[mapping]]
file = "question.toml"
when = "question"
reverse-when = "id"
[[mapping]]
file = "answer.toml"
when = "answer"
reverse-when = "name"
#--- adapters/records/legacy.toml
format = "fixed"
character-set = "iso-8859-1"
line-ends = "lf"
type = { position = 1, length = 1 }
[[record]]
name = "question"
type = "Q"
field = [{ name = "id", position = 2, length = 10, kind = "digits", required = true }]
[[record]]
name = "answer"
type = "A"
field = [{ name = "name", position = 2, length = 8 }]
#--- adapters/records/json.toml
format = "json"
#--- adapters/records/question.toml
row = [{ from = "question/id", to = "id" }]
#--- adapters/records/answer.toml
row = [{ from = "answer/name", to = "name" }]
"#;

const QUESTION: &[u8] = b"Q0101010101\n";
const QUESTION_JSON: &str = r#"{"id":"0101010101"}"#;
const JSON: &str = "content-type: application/json";
const RECORDS: &str = "content-type: application/octet-stream";

/// A provider that speaks as it is asked.
fn speaks(seen: &Seen) -> Act {
    if seen.line().contains("/old") {
        let body = "ABj\u{f8}rn   \n".chars().map(|c| u8::try_from(u32::from(c)).unwrap());
        let body: Vec<u8> = body.collect();
        let length = body.len();
        let head = format!(
            "HTTP/1.1 200 x\r\ncontent-type: application/octet-stream\r\netag: \"x\"\r\ncontent-length: {length}\r\n\r\n"
        );
        return Act::Send([head.into_bytes(), body].concat());
    }
    answer(200, "application/json", r#"{"name":"Bj\u00f8rn"}"#)
}

async fn asked(
    world: &World,
    path: &str,
    header: &str,
    body: &[u8],
) -> (u16, Vec<u8>, String, String) {
    let reply = world.ask("POST", path, &[header], body).await;
    let media_type = reply.header("content-type").unwrap_or_default().to_owned();
    (reply.status, reply.body.clone(), media_type, reply.exchange().to_owned())
}

fn types(translated: &[MessageDigest]) -> Vec<&str> {
    translated.iter().map(|digest| digest.media_type.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_side_speaks_as_it_does_and_the_contract_judges_between() {
    let world = world(OVER, speaks).await;
    let (json, bytes) = ("application/json", "application/octet-stream");
    let record = b"ABj\xf8rn   \n".to_vec();
    let name = "{\"name\":\"Bj\u{f8}rn\"}".as_bytes().to_vec();
    let cases = [
        (
            "/records/ask",
            RECORDS,
            QUESTION,
            record.clone(),
            bytes,
            QUESTION_JSON.as_bytes(),
            vec![json],
            vec![bytes],
        ),
        (
            "/modern/ask",
            JSON,
            QUESTION_JSON.as_bytes(),
            name,
            json,
            QUESTION,
            vec![bytes],
            vec![json],
        ),
        (
            "/both/ask",
            RECORDS,
            QUESTION,
            record,
            bytes,
            QUESTION,
            vec![json, bytes],
            vec![json, bytes],
        ),
    ];
    for (number, (path, header, sent, expected, media_type, provider_gets, request, response)) in
        cases.into_iter().enumerate()
    {
        let (status, body, stated, exchange) = asked(&world, path, header, sent).await;
        assert_eq!((status, body, stated.as_str()), (200, expected, media_type), "{path}");
        let seen = world.provider.wait_for(number + 1).await.pop().unwrap();
        assert_eq!(seen.body, provider_gets, "{path}");
        let (opening, closing) = world.exchange(&exchange).await;
        assert_eq!(opening.request.bytes, sent.len() as u64, "evidence is of what was received");
        assert_eq!(types(&opening.translated), request, "{path}");
        assert_eq!(types(&closing.translated), response, "{path}");
        assert_eq!(opening.verdict.unwrap().outcome, "accepted", "{path}");
        assert_eq!(closing.verdict.unwrap().outcome, "accepted", "{path}");
        assert_eq!(closing.ending, Ending::Answered);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_translated_goes_nowhere_whatever_is_enforced() {
    let world = world(OVER, speaks).await;
    for path in ["/records/ask", "/watched-records/ask"] {
        for body in [&b"Q010101010x\n"[..], b"Q0101010101\nX\n", b"Q01"] {
            let reply = world.ask("POST", path, &[RECORDS], body).await;
            assert_eq!(reply.refusal().1, "F0101", "{path}");
            assert!(!reply.text().contains("010101"), "no value is shown");
            assert_eq!(world.ending(reply.exchange()).await, Ending::Refused);
        }
    }
    // The contract has no say before there is something to judge, and judges what was made of it.
    let two = world.ask("POST", "/records/ask", &[RECORDS], b"Q0101010101\nQ0101010101\n").await;
    assert_eq!(two.refusal().1, "F0101", "a message of JSON is one unit");
    assert!(world.provider.seen().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_cannot_be_translated_is_held_back() {
    let long = |_: &Seen| answer(200, "application/json", r#"{"name":"Maximilian"}"#);
    let consumers = world(OVER, long).await;
    let reply = consumers.ask("POST", "/records/ask", &[RECORDS], QUESTION).await;
    let expected = (502, "F0208".to_owned(), "provider".to_owned(), "unsafe".to_owned());
    assert_eq!(reply.refusal(), expected);
    assert!(!reply.text().contains("Maximilian"));
    assert_eq!(consumers.ending(reply.exchange()).await, Ending::Failed);

    let providers = world(OVER, long).await;
    let reply = providers.ask("POST", "/modern/ask", &[JSON], QUESTION_JSON.as_bytes()).await;
    assert_eq!(reply.refusal().1, "F0202", "JSON is no record");

    // A provider's own error is no business answer, and is passed on as it is.
    let failing = world(OVER, |_: &Seen| answer(503, "text/plain", "later")).await;
    let reply = failing.ask("POST", "/modern/ask", &[JSON], QUESTION_JSON.as_bytes()).await;
    assert_eq!((reply.status, reply.text().as_str()), (503, "later"));
}

/// Files of fixed width that become rows, for a provider without a contract.
const LONG: &str = r#"
#--- services/long.toml
id = "dk.cpr/register/long"
upstream = ["http://@A/long"]
[[route]]
path = "/long"
adapter = "long"
#--- adapters/long/adapter.toml
title = "Long files"
legacy = "legacy.toml"
contract-side = "rows.toml"
#--- adapters/long/legacy.toml
format = "fixed"
character-set = "iso-8859-1"
line-ends = "lf"
type = { position = 1, length = 1 }
[[record]]
name = "question"
type = "Q"
field = [{ name = "id", position = 2, length = 10, kind = "digits", required = true }]
#--- adapters/long/rows.toml
format = "csv"
character-set = "utf-8"
line-ends = "lf"
quotes = "always"
row = "question"
field = [{ name = "id" }]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_of_a_long_message_goes_over_the_disk_and_is_bounded() {
    let file: String = (0..300).map(|n| format!("Q{n:010}\n")).collect();
    let taken = |_: &Seen| answer(204, "text/plain", "");
    let roomy = limits("body-memory-bytes-max = 1000\nbody-bytes-max = 20000");
    let roomy = world(&format!("{roomy}{LONG}"), taken).await;
    let reply = roomy.ask("POST", "/long", &[RECORDS], file.as_bytes()).await;
    assert_eq!(reply.status, 204, "{}", reply.text());
    let seen = roomy.provider.seen().pop().unwrap();
    let rows = String::from_utf8(seen.body).unwrap();
    assert_eq!(rows.lines().count(), 301, "a heading and the rows");
    let (opening, _) = roomy.exchange(reply.exchange()).await;
    assert_eq!(opening.translated[0].bytes, rows.len() as u64);
    // What came is within the limit, what becomes of it is not.
    let narrow = limits("body-memory-bytes-max = 1000\nbody-bytes-max = 3700");
    let narrow = world(&format!("{narrow}{LONG}"), taken).await;
    let reply = narrow.ask("POST", "/long", &[RECORDS], file.as_bytes()).await;
    assert_eq!((reply.status, reply.refusal().1.as_str()), (413, "F0106"), "{}", reply.text());
    assert!(narrow.provider.seen().is_empty());
}
