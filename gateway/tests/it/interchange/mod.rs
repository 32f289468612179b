//! Files and interchanges of many messages: each an exchange of its own, and one acknowledgement that names them all.

mod answers;
mod edifact;

use crate::{
    pipeline::{Faulty, embedded},
    route::shared,
    world::{Act, Provider, Reply, Seen, World, answer, limits, start, world, world_with},
};
use serde_json::Value;
use sluse_ledger::{Closing, Leaf, Opening, key::SigningKey, leaf::Ending};
use std::{collections::BTreeSet, sync::atomic::Ordering, time::Duration};

/// Consumers that send files of fixed width, and interchanges of EDIFACT.
const OVER: &str = r#"
#--- services/files.toml
id = "dk.cpr/register/files"
contract = "dk.cpr/persons@^1.0"
upstream = ["http://@A/new"]
[[route]]
path = "/files"
adapter = "records"
messages = "many"
[[route]]
path = "/observed-files"
adapter = "records"
messages = "many"
enforcement = { request = "observe" }
#--- services/edi.toml
id = "dk.cpr/register/edi"
upstream = ["http://@A/edi"]
[[route]]
path = "/edi"
adapter = "interchanges"
messages = "many"
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
#--- adapters/records/answer.toml
row = [
    { from = "answer/name", to = "name" },
    { from = "/start", dropped = "the register does not ask" },
    { from = "/end", dropped = "counts are made anew" },
]
#--- adapters/records/legacy.toml
format = "fixed"
character-set = "iso-8859-1"
line-ends = "lf"
type = { position = 1, length = 1 }
[[record]]
name = "start"
type = "S"
role = "start"
field = [{ name = "made", position = 2, length = 8, kind = "digits" }]
[[record]]
name = "question"
type = "Q"
field = [{ name = "id", position = 2, length = 10, required = true }, { name = "kind", position = 12, length = 1, kind = "digits" }]
[[record]]
name = "answer"
type = "A"
field = [{ name = "name", position = 2, length = 10 }]
[[record]]
name = "end"
type = "E"
role = "trailer"
field = [{ name = "questions", position = 2, length = 4, kind = "count", of = ["question"] }]
#--- adapters/records/json.toml
format = "json"
#--- adapters/records/question.toml
row = [
    { from = "question/id", to = "id" },
    { from = "question/kind", dropped = "the register has one kind" },
    { from = "/start", dropped = "the register does not ask" },
    { from = "/end", dropped = "counts are made anew" },
]
#--- adapters/interchanges/adapter.toml
title = "Interchanges"
legacy = "edifact.toml"
contract-side = "json.toml"
#--- adapters/interchanges/edifact.toml
format = "edifact"
grammar = "medcom"
#--- adapters/interchanges/json.toml
format = "json"
"#;

const RECORDS: &str = "content-type: application/octet-stream";

fn takes(_: &Seen) -> Act {
    answer(200, "application/json", r#"{"name":"Ane"}"#)
}

/// A file of these records, with a trailer that counts them.
fn file(records: &[&str]) -> String {
    let body: String = records.iter().map(|record| format!("Q{record}\n")).collect();
    format!("S20261201\n{body}E{:04}\n", records.len())
}

async fn send(world: &World, path: &str, file: &str) -> Reply {
    world.ask("POST", path, &[RECORDS], file.as_bytes()).await
}

fn openings(leaves: &[Leaf]) -> Vec<&Opening> {
    let openings = leaves.iter().filter_map(|leaf| match leaf {
        Leaf::Opening(opening) => Some(opening),
        Leaf::Closing(_) => None,
    });
    openings.collect()
}

/// The bodies that the provider got, in any order.
async fn got(world: &World, n_messages: usize) -> BTreeSet<String> {
    let seen = world.provider.wait_for(n_messages).await;
    seen.iter().map(|seen| String::from_utf8_lossy(&seen.body).into_owned()).collect()
}

async fn ended(world: &World, exchange: &Value) -> (Opening, Closing) {
    world.exchange(exchange.as_str().unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_message_of_a_file_becomes_an_exchange_and_the_sender_gets_one_answer() {
    let world = world(OVER, takes).await;
    let reply =
        send(&world, "/files/notes", &file(&["01010101011", "01010101021", "01010101031"])).await;
    let told = reply.json();
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (202, Some("application/json")),
        "{told}"
    );
    assert_eq!(
        (&told["messages"], &told["accepted"], &told["refused"]),
        (&3.into(), &3.into(), &0.into())
    );
    assert_eq!(told["exchange"], reply.exchange());
    let got = got(&world, 3).await;
    let due = ["0101010101", "0101010102", "0101010103"].map(|id| format!("{{\"id\":\"{id}\"}}"));
    assert_eq!(got, due.into_iter().collect());

    let (parent, closing) = world.exchange(reply.exchange()).await;
    assert_eq!((closing.ending, closing.status), (Ending::Answered, Some(202)));
    assert_eq!(parent.request.bytes, 55, "evidence is of what was received");
    assert_eq!(parent.parent, None);
    for (number, result) in (1_u64..).zip(told["results"].as_array().unwrap()) {
        assert_eq!((&result["number"], &result["outcome"]), (&number.into(), &"accepted".into()));
        assert_eq!(
            (&result["record"], &result["byte"]),
            (&(number + 1).into(), &(10 + (number - 1) * 13).into())
        );
        let (child, closing) = ended(&world, &result["exchange"]).await;
        assert_eq!(child.parent.as_deref(), Some(reply.exchange()));
        assert_eq!(child.operation.as_deref(), Some("note"));
        assert_eq!(child.verdict.unwrap().outcome, "accepted");
        assert_eq!(closing.ending, Ending::Delivered);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn good_messages_go_on_and_each_bad_one_is_refused_alone_with_its_place() {
    let world = world(OVER, takes).await;
    // The second cannot be translated, the third breaks the contract.
    let sent = file(&["01010101011", "0101010102x", "01010101xx1", "01010101041"]);
    let reply = send(&world, "/files/notes", &sent).await;
    let told = reply.json();
    assert_eq!(
        (reply.status, &told["accepted"], &told["refused"]),
        (202, &2.into(), &2.into()),
        "{told}"
    );
    let result = |at: usize| &told["results"][at];
    assert_eq!((&result(1)["code"], &result(1)["record"]), (&"F0101".into(), &3.into()));
    let violation = &result(1)["violations"][0];
    assert_eq!(
        (&violation["code"], &violation["record"], &violation["offset"]),
        (&"V0906".into(), &3.into(), &34.into())
    );
    assert_eq!((&result(2)["code"], &result(2)["record"]), (&"F0108".into(), &4.into()));
    assert_eq!(result(2)["violations"][0]["path"], "/id");
    assert!(!told.to_string().contains("01010101"), "no value is shown");
    assert_eq!(got(&world, 2).await.len(), 2);
    for at in [1, 2] {
        let (child, closing) = ended(&world, &result(at)["exchange"]).await;
        assert_eq!(
            (child.parent.as_deref(), closing.ending),
            (Some(reply.exchange()), Ending::Refused)
        );
    }
    // What is only observed goes on, what cannot be translated does not.
    let reply = send(&world, "/observed-files/notes", &sent).await;
    assert_eq!((reply.status, &reply.json()["accepted"]), (202, &3.into()));
    assert_eq!(got(&world, 5).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_around_the_messages_refuses_all_before_any_is_sent_on() {
    let world = world(OVER, takes).await;
    let good = file(&["01010101011", "01010101021"]);
    for (wrong, code) in [
        (good.replace("E0002", "E0003"), "V0905"),
        (good.replace("E0002\n", ""), "V0901"),
        (good.replace("S20261201\n", ""), "V0904"),
        ("S20261201\nE0000\n".to_owned(), "V0109"),
    ] {
        let reply = send(&world, "/files/notes", &wrong).await;
        assert_eq!(
            (reply.status, reply.refusal().1.as_str()),
            (400, "F0101"),
            "{wrong} {}",
            reply.text()
        );
        assert!(reply.text().contains(code), "{wrong} {}", reply.text());
        assert_eq!(world.ending(reply.exchange()).await, Ending::Refused);
    }
    let leaves = world.leaves().await;
    assert!(
        openings(&leaves).iter().all(|opening| opening.parent.is_none()),
        "no message became an exchange"
    );
    assert!(world.provider.seen().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_which_nothing_goes_on_is_refused_and_says_of_each_why() {
    let world = world(OVER, takes).await;
    let reply = send(&world, "/files/notes", &file(&["0101010101x", "01010101xx1"])).await;
    let told = reply.json();
    assert_eq!((reply.status, reply.refusal().1.as_str()), (422, "F0121"), "{told}");
    assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    assert_eq!(told["results"].as_array().unwrap().len(), 2);
    let (_, closing) = world.exchange(reply.exchange()).await;
    assert_eq!((closing.ending, closing.fault.as_deref()), (Ending::Refused, Some("F0121")));
    assert!(world.provider.seen().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_sent_again_with_its_key_sends_nothing_twice() {
    let world = world(OVER, takes).await;
    let headers = [RECORDS, "idempotency-key: file-7"];
    let sent = file(&["01010101011", "01010101021"]);
    let ask = async |body: &str| world.ask("POST", "/files/notes", &headers, body.as_bytes()).await;
    let first = ask(&sent).await;
    assert_eq!(first.status, 202);
    world.ending(first.exchange()).await;
    let again = ask(&sent).await;
    assert_eq!((again.status, again.text()), (202, first.text()));
    assert_eq!(ask(&file(&["01010101011"])).await.refusal().1, "F0111");
    assert_eq!(world.provider.wait_for(2).await.len(), 2);
    for seen in world.provider.seen() {
        assert_eq!(seen.header("idempotency-key"), None, "the key is the file's, not a message's");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_broke_off_is_taken_up_again_by_its_key() {
    let store = Faulty::new();
    let before = world_with(OVER, store.clone(), takes).await;
    let headers = [RECORDS, "idempotency-key: file-8"];
    let sent = file(&["01010101011", "01010101021"]);
    // The last that is written of the first try is the second message.
    store.finishes_fail.store(true, Ordering::SeqCst);
    let first = before.ask("POST", "/files/notes", &headers, sent.as_bytes()).await;
    before.provider.wait_for(2).await;
    store.finishes_fail.store(false, Ordering::SeqCst);
    let World { folder, provider, store, .. } = before;
    let world = start(folder, store, provider).await;
    assert_eq!(world.ending(first.exchange()).await, Ending::Recovered);
    let again = world.ask("POST", "/files/notes", &headers, sent.as_bytes()).await;
    assert_eq!(again.status, 202, "{}", again.text());
    assert_ne!(again.exchange(), first.exchange());
    assert_eq!(
        again.json()["results"],
        first.json()["results"],
        "each is the exchange that it was"
    );
    let leaves = world.leaves().await;
    assert_eq!(openings(&leaves).iter().filter(|each| each.parent.is_some()).count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_has_a_largest_number_of_messages() {
    let over = format!("{}{OVER}", limits("interchange-messages-max = 2"));
    let world = world(&over, takes).await;
    assert_eq!(send(&world, "/files/notes", &file(&["01010101011"; 2])).await.status, 202);
    let reply = send(&world, "/files/notes", &file(&["01010101011"; 3])).await;
    assert_eq!((reply.status, reply.refusal().1.as_str()), (413, "F0106"), "{}", reply.text());
    assert!(reply.text().contains("more messages than the limit"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_file_goes_over_the_disk_and_all_of_it_arrives() {
    let over = format!("{}{OVER}", limits("body-memory-bytes-max = 1000"));
    let world = world(&over, takes).await;
    let records: Vec<String> = (0..300).map(|n| format!("{n:010}1")).collect();
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let reply = send(&world, "/files/notes", &file(&records)).await;
    assert_eq!((reply.status, &reply.json()["accepted"]), (202, &300.into()));
    assert_eq!(got(&world, 300).await.len(), 300);
}

/// Orders of several receivers in one file, at the address of documents.
const ORDERS: &str = r#"
#--- adapters/orders/adapter.toml
title = "Orders"
legacy = "legacy.toml"
contract-side = "json.toml"
[[mapping]]
file = "order.toml"
#--- adapters/orders/legacy.toml
format = "fixed"
character-set = "utf-8"
line-ends = "lf"
type = { position = 1, length = 1 }
[[record]]
name = "order"
type = "O"
field = [{ name = "number", position = 2, length = 4, kind = "number" }, { name = "to", position = 6, length = 8 }]
#--- adapters/orders/json.toml
format = "json"
numbers = ["order"]
#--- adapters/orders/order.toml
row = [
    { from = "order/number", to = "order" },
    { from = "order/to", to = "to/id" },
    { to = "to/scheme", constant = "0184" },
]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn each_message_of_a_file_finds_its_own_receiver() {
    let settings = limits("").replace("[limits]\n", "");
    let documents = "[documents]\nadapters = { \"text/plain\" = \"orders\" }\n";
    let world = world(&format!("{settings}{documents}{ORDERS}"), takes).await;
    let file = "O000112345678\nO000287654321\nO000312345678\n";
    let reply =
        world.ask("POST", "/documents", &["content-type: text/plain"], file.as_bytes()).await;
    let told = reply.json();
    assert_eq!(
        (reply.status, &told["accepted"], &told["refused"]),
        (202, &2.into(), &1.into()),
        "{told}"
    );
    assert_eq!(told["results"][1]["code"], "F0113", "nobody receives for the second");
    let seen = world.provider.wait_for(2).await;
    assert!(seen.iter().all(|seen| seen.line() == "POST /orders HTTP/1.1"));
    let (child, _) = ended(&world, &told["results"][0]["exchange"]).await;
    assert_eq!(child.service.as_deref(), Some("dk.cpr/register/orders"));
    assert_eq!(child.parent.as_deref(), Some(reply.exchange()));
    let (parent, _) = world.exchange(reply.exchange()).await;
    assert_eq!((parent.service, parent.request.media_type.as_str()), (None, "text/plain"));
}

#[test]
fn an_adapter_that_leads_one_way_does_where_nothing_is_answered() {
    let adapter = ORDERS.replace("adapters/orders/", "adapters/in/").replace(
        "{ from = \"order/to\", to = \"to/id\" }",
        "{ from = \"order/to\", to = \"to/id\", convert = \"trim\" }",
    );
    let service = |contract: &str, more: &str| {
        format!(
            "{adapter}#--- services/in.toml\nid = \"dk.cpr/register/in\"\n{contract}upstream = [\"http://127.0.0.1:1\"]\n\
             {more}[[route]]\npath = \"/in\"\nadapter = \"in\"\nmessages = \"many\"\n"
        )
    };
    let (order, persons) =
        ("contract = \"dk.example/order@1.0.0\"\n", "contract = \"dk.cpr/persons@^1.0\"\n");
    for (files, fits) in [
        (service(order, ""), true),
        (service(persons, ""), false),
        (service("", ""), false),
        // A provider that speaks so would have to be spoken to, too.
        (service(order, "adapter = \"in\"\n"), false),
        (service(order, "").replace("messages", "unknown-operations = \"pass\"\nmessages"), false),
    ] {
        let folder = crate::world::write_folder(&files, "127.0.0.1:1".parse().unwrap());
        let loaded = sluse::config::load(folder.path(), &sluse::clock::SystemClock, &|_| None);
        let told: Vec<String> = loaded.findings.iter().map(ToString::to_string).collect();
        assert_eq!(told.iter().any(|line| line.contains("C0309")), !fits, "{files} {told:?}");
        assert_eq!(loaded.snapshot.is_some(), fits, "{told:?}");
    }
}
