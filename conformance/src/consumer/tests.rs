//! Consumers of the permits contract, as the requests that they send: what is seen of them.

use super::{Answers, Played, Received, Reply, cases};
use crate::{
    case::Case,
    library,
    result::CaseResult,
    suite::{self, Suite},
};
use sluse_contracts::{Contract, SchemaCache};
use std::sync::Arc;

/// Answers of the permits contract, written by hand.
struct Permits;

const PERMIT: &str = r#"{"id": "11111111-1111-4111-8111-111111111111", "status": "received", "version": 1,
    "created": "2026-03-01T10:00:00Z", "reference": "REF-0000001", "applicant": {"name": "Test Test"}, "parcel": "1a",
    "kind": "new", "received": "2026-03-01"}"#;

const EVENTS: &str = r#"{"items": [{"id": "11111111-1111-4111-8111-111111111111", "sequence": 1,
    "time": "2026-03-01T10:00:00Z", "kind": "created", "permit": "11111111-1111-4111-8111-111111111112"}]}"#;

impl Answers for Permits {
    fn answer(&self, operation: &str, status: Option<u16>) -> Option<Reply> {
        let (good, body) = match operation {
            "createPermit" => (201, PERMIT),
            "getPermit" | "replacePermit" => (200, PERMIT),
            "listPermits" => (200, r#"{"items": []}"#),
            "listEvents" => (200, EVENTS),
            _ => return None,
        };
        if status.is_some_and(|status| status != good) {
            return None;
        }
        let reply = Reply { body: body.into(), ..Reply::status(good) };
        let reply = reply.with_header("content-type", "application/json");
        Some(if good == 201 { reply.with_header("location", "/permits/x") } else { reply })
    }
}

/// When runs here end, in milliseconds from their start.
const ENDED_MS: u64 = 100_000;

fn permits() -> (Arc<Contract>, Suite, Vec<Case>) {
    let files = library::find("example.city/permits").unwrap().files();
    let contract = Contract::load(&files, &SchemaCache::default()).0.unwrap();
    let suite = suite::read(&files, &contract).0;
    let cases = cases(&contract, &suite);
    (contract, suite, cases)
}

fn ask(at_ms: u64, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Received {
    let mut headers: Vec<(String, String)> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    headers.push(("authorization".to_owned(), "Bearer canary".to_owned()));
    if !body.is_empty() {
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    Received { method: method.to_owned(), path: path.to_owned(), headers, body: body.into(), at_ms }
}

fn create(at_ms: u64, key: &str, reference: &str) -> Received {
    let body = format!(
        r#"{{"reference": "{reference}", "applicant": {{"name": "Åse"}}, "parcel": "17a", "kind": "new", "received": "2026-03-01"}}"#
    );
    ask(at_ms, "POST", "/permits", &[("idempotency-key", key)], &body)
}

/// What is seen of a consumer that sends these, a case a line; cases that say nothing are left out.
fn seen(requests: &[Received]) -> (String, Vec<Reply>) {
    let (contract, suite, cases) = permits();
    let mut played = Played::new(&contract, &suite, &cases, &Permits, 7);
    let replies = requests.iter().map(|request| played.receive(request)).collect();
    let mut lines = Vec::new();
    for result in played.results(&cases, ENDED_MS) {
        let verdict = serde_json::to_value(result.verdict).unwrap();
        let verdict = verdict.as_str().unwrap();
        if verdict == "not-tested" {
            continue;
        }
        lines.push(format!("{} {verdict}", result.id));
        for each in &result.differences {
            let path = each.path.as_deref().unwrap_or("-");
            lines.push(format!("  {}: {} | {} | {path}", each.what, each.expected, each.actual));
        }
        assert!(!format!("{result:?}").contains("canary"), "a secret of the system is kept");
    }
    (lines.join("\n"), replies)
}

/// Sent until 429, 503, failures in a row and a lost answer are past: each new application, and its repeat after a while with the key.
fn patient() -> Vec<Received> {
    let mut requests = Vec::new();
    for n in 0..4 {
        let (key, reference) = (format!("key-000{n}"), format!("REF-000000{n}"));
        requests.push(create(n * 10_000, &key, &reference));
        requests.push(create(n * 10_000 + 1_500, &key, &reference));
    }
    // It fails once more without a word of when it will be over.
    requests.push(create(33_500, "key-0003", "REF-0000003"));
    requests.push(create(37_500, "key-0003", "REF-0000003"));
    requests
}

#[test]
fn a_consumer_that_waits_and_keeps_its_key_passes() {
    let (seen, replies) = seen(&patient());
    insta::assert_snapshot!(seen);
    let statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    // What was not done is done by the repeat; what was done is answered again.
    assert_eq!(statuses, [503, 201, 201, 201, 429, 201, 503, 503, 503, 201]);
    assert!(replies[2].lost && !replies[3].lost);
    assert_eq!(replies[2].body, replies[3].body);
}

#[test]
fn one_that_asks_again_at_once_with_another_key_does_not() {
    let requests = [
        create(0, "key-0001", "REF-0000001"),
        create(100, "key-0002", "REF-0000001"),
        create(200, "key-0003", "REF-0000002"),
        ask(
            300,
            "POST",
            "/permits",
            &[],
            &String::from_utf8(create(0, "", "REF-0000002").body).unwrap(),
        ),
    ];
    insta::assert_snapshot!(seen(&requests).0);
}

#[test]
fn what_breaks_the_contract_is_told_once_and_refused() {
    let bad = ask(
        0,
        "POST",
        "/permits",
        &[("idempotency-key", "key-0001")],
        r#"{"parcel": "seventeen"}"#,
    );
    let requests = [
        bad.clone(),
        bad,
        ask(5, "GET", "/permits?limit=0", &[], ""),
        ask(9, "PATCH", "/permits", &[], ""),
    ];
    let (seen, replies) = seen(&requests);
    insta::assert_snapshot!(seen);
    let statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    assert_eq!(statuses, [400, 400, 400, 405]);
}

#[test]
fn who_changes_what_another_has_changed_reads_it_anew() {
    let id = "22222222-2222-4222-8222-222222222222";
    let path = format!("/permits/{id}");
    let body = String::from_utf8(create(0, "", "REF-0000001").body).unwrap();
    let change = |at, etag: &str| ask(at, "PUT", &path, &[("if-match", etag)], &body);
    let read = |at| ask(at, "GET", &path, &[], "");
    let (good, replies) = seen(&[read(0), change(1, "\"v1\""), read(2), change(3, "\"v2\"")]);
    let statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    assert_eq!(statuses, [200, 412, 200, 200]);
    assert!(good.contains("replacePermit.after-stale.reads-anew passed"), "{good}");
    let (bad, _) = seen(&[read(0), change(1, "\"v1\""), change(3, "\"v1\"")]);
    assert!(bad.contains("it was not read before it was changed"), "{bad}");
}

#[test]
fn what_was_made_is_read_changed_and_gone() {
    let (contract, suite, cases) = permits();
    let none: Vec<Case> =
        cases.into_iter().filter(|case| !case.id.as_str().contains("after-")).collect();
    let mut played = Played::new(&contract, &suite, &none, &Permits, 7);
    let made = played.receive(&create(0, "key-0001", "REF-0000009"));
    let place = made.headers.iter().find(|(name, _)| name == "location").unwrap().1.clone();
    let read = played.receive(&ask(1, "GET", &place, &[], ""));
    let told: serde_json::Value = serde_json::from_slice(&read.body).unwrap();
    assert_eq!(
        (told["reference"].as_str(), told["parcel"].as_str()),
        (Some("REF-0000009"), Some("17a"))
    );
    assert!(place.ends_with(told["id"].as_str().unwrap()));
    assert_eq!(played.receive(&ask(2, "DELETE", &place, &[], "")).status, 204);
    assert_eq!(played.receive(&ask(3, "GET", &place, &[], "")).status, 404);
    assert!(!played.is_done(ENDED_MS));
    assert!(!played.waited_for(3).is_empty());
}

/// What is seen of a consumer that reads events twice and each time the permits that they tell of: as they come, or with care.
fn reads(careful: bool) -> Vec<String> {
    let (contract, suite, cases) = permits();
    let mut played = Played::new(&contract, &suite, &cases, &Permits, 7);
    let (mut at_ms, mut seen) = (0, Vec::new());
    for _ in 0..2 {
        let told = played.receive(&ask(at_ms, "GET", "/events", &[], ""));
        let told: serde_json::Value = serde_json::from_slice(&told.body).unwrap();
        let mut events = told["items"].as_array().unwrap().clone();
        if careful {
            events.sort_by_key(|event| event["sequence"].as_u64());
        }
        for event in events {
            let id = event["id"].as_str().unwrap().to_owned();
            if !careful || !seen.contains(&id) {
                at_ms += 10;
                let path = format!("/permits/{}", event["permit"].as_str().unwrap());
                played.receive(&ask(at_ms, "GET", &path, &[], ""));
            }
            seen.push(id);
        }
    }
    let results = played.results(&cases, ENDED_MS).into_iter();
    let of_events = results.filter(|it| it.id.as_str().starts_with("listEvents.after"));
    let actual = |it: &CaseResult| it.differences.first().map(|each| each.actual.clone());
    of_events.map(|it| format!("{} {:?} {:?}", it.id, it.verdict, actual(&it))).collect()
}

#[test]
fn events_that_come_twice_or_in_another_order_are_seen_to_be_acted_on() {
    assert_eq!(
        reads(false),
        [
            "listEvents.after-duplicate.acts-once Failed Some(\"3 acts for one event\")",
            "listEvents.after-out-of-order.in-order Failed Some(\"the later event first\")"
        ]
    );
    assert_eq!(
        reads(true),
        [
            "listEvents.after-duplicate.acts-once Passed None",
            "listEvents.after-out-of-order.in-order Passed None"
        ]
    );
}
