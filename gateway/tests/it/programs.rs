//! Adapters that are other programs, on services and routes: what they fail at is told, closed and over.

use crate::world::{Act, Seen, World, answer, world};
use sluse::{
    clock::SystemClock,
    config::{Followed, Reloaded},
};
use sluse_ledger::leaf::Ending;
use std::{fs, path::Path, sync::Arc, time::Duration};

/// A program that reads lines of `name=value` and writes JSON, and does worse where it is told to.
const PROGRAM: &str = r#"
import json, os, struct, sys, time
def read():
    length, kind = struct.unpack(">Ic", sys.stdin.buffer.read(5) or sys.exit())
    return kind, sys.stdin.buffer.read(length - 1)
def send(kind, body=b""):
    sys.stdout.buffer.write(struct.pack(">Ic", len(body) + 1, kind) + body)
    sys.stdout.buffer.flush()
while True:
    (way, stated), message = read(), b""
    while (frame := read())[0] == b"B":
        message += frame[1]
    if b"dies" in message:
        os._exit(3)
    if b"hangs" in message:
        time.sleep(60)
    if b"floods" in message:
        while True: send(b"B", b"x" * 100000)
    if b"lies" in message:
        sys.stdout.buffer.write(b"\xff\xff\xff\xff"); sys.stdout.buffer.flush(); time.sleep(60)
    if b"refused" in message:
        send(b"X", b"bad-line 3")
        continue
    if way == b"D":
        said = dict(line.split("=", 1) for line in message.decode().splitlines())
        if said.pop("who", None): said["id"] = "%010d" % int(os.readlink("/proc/self"))
        send(b"B", json.dumps(said).encode())
    else:
        send(b"B", "".join(f"{k}={v}\n" for k, v in json.loads(message).items()).encode())
    send(b"Z")
"#;

fn files() -> String {
    format!(
        r#"
#--- services/new.toml
id = "dk.cpr/register/new"
contract = "dk.cpr/persons@^1.0"
upstream = ["http://@A/new"]
[[route]]
path = "/lines"
adapter = "lines"
#--- services/old.toml
id = "dk.cpr/register/old"
contract = "dk.cpr/persons@^1.0"
upstream = ["http://@A/old"]
adapter = "lines"
[[route]]
path = "/modern"
#--- adapters/lines/adapter.toml
title = "Lines"
[program]
command = ["python3", "adapter.py"]
media-types = {{ legacy = "text/plain", contract-side = "application/json" }}
refusals = {{ bad-line = "a line is bad" }}
time-ms-max = 3000
processes-max = 1
answer-bytes-max = 1000000
#--- adapters/lines/adapter.py
{PROGRAM}
"#
    )
}

fn speaks(seen: &Seen) -> Act {
    if !seen.line().contains("/old") {
        return answer(200, "application/json", r#"{"name":"Ane"}"#);
    }
    let id = String::from_utf8_lossy(&seen.body).into_owned();
    let name = if id.contains("id=0000000001") { "dies" } else { "Ane" };
    answer(200, "text/plain", &format!("name={name}\n"))
}

async fn lines(world: &World, body: &str) -> crate::world::Reply {
    world.ask("POST", "/lines/ask", &["content-type: text/plain"], body.as_bytes()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_translates_for_consumers_and_for_a_provider() {
    let world = world(&files(), speaks).await;
    let reply = lines(&world, "id=0101010101\n").await;
    assert_eq!((reply.status, reply.text().as_str()), (200, "name=Ane\n"));
    assert_eq!(reply.header("content-type"), Some("text/plain"));
    assert_eq!(world.provider.seen()[0].body, br#"{"id": "0101010101"}"#);
    let (opening, closing) = world.exchange(reply.exchange()).await;
    assert_eq!(opening.translated[0].media_type, "application/json");
    assert_eq!(closing.translated[0].media_type, "text/plain");
    assert_eq!(opening.verdict.unwrap().outcome, "accepted");
    let reply = world.post("/modern/ask", r#"{"id":"0101010101"}"#).await;
    assert_eq!((reply.status, reply.text().as_str()), (200, r#"{"name": "Ane"}"#));
    assert_eq!(world.provider.seen()[1].body, b"id=0101010101\n");
    // What the contract does not allow is a breach like any other.
    let reply = lines(&world, "id=x\n").await;
    assert_eq!(reply.refusal().1, "F0108", "{}", reply.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_program_refuses_is_the_messages_and_what_it_fails_at_the_gateways() {
    let world = world(&files(), speaks).await;
    let reply = lines(&world, "refused").await;
    assert_eq!((reply.status, reply.refusal().1.as_str()), (400, "F0101"));
    assert!(reply.text().contains("a line is bad (byte 3)"), "{}", reply.text());
    for (body, why) in [
        ("dies", "It ended before its answer was whole."),
        ("hangs", "It took longer than the limit."),
        ("floods", "Its answer is larger than the limit."),
        ("lies", "What it answered is not as the frames demand."),
    ] {
        let reply = lines(&world, body).await;
        let text = reply.text();
        let expected = (503, "F0306".to_owned(), "gateway".to_owned(), "safe".to_owned());
        assert_eq!(reply.refusal(), expected, "{body} {text}");
        assert!(text.contains(why), "{body} {text}");
        assert_eq!(world.ending(reply.exchange()).await, Ending::Refused);
    }
    assert!(world.provider.seen().is_empty());
    assert_eq!(
        lines(&world, "id=0101010101\n").await.status,
        200,
        "the next message starts it anew"
    );

    // The provider has acted, and its answer cannot be said.
    let reply = world.post("/modern/ask", r#"{"id":"0000000001"}"#).await;
    let expected = (503, "F0306".to_owned(), "gateway".to_owned(), "unsafe".to_owned());
    assert_eq!(reply.refusal(), expected, "{}", reply.text());
    let (_, closing) = world.exchange(reply.exchange()).await;
    assert_eq!((closing.ending, closing.fault.as_deref()), (Ending::Failed, Some("F0306")));
    assert_eq!(closing.response.unwrap().bytes, 10, "evidence has what the provider answered");
}

/// The process that answers.
async fn process(world: &World) -> u32 {
    assert_eq!(lines(world, "who=1\n").await.status, 200);
    let seen = world.provider.seen().pop().unwrap();
    let id: serde_json::Value = serde_json::from_slice(&seen.body).unwrap();
    id["id"].as_str().unwrap().parse().unwrap()
}

async fn has_ended(process: u32) -> bool {
    for _ in 0..200 {
        if !Path::new(&format!("/proc/{process}")).exists() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_configuration_starts_and_stops_what_it_says() {
    let world = world(&files(), speaks).await;
    let folder = world.folder.path().to_owned();
    let followed = Followed {
        folder: folder.clone(),
        snapshot: Arc::clone(&world.snapshot),
        clock: Arc::new(SystemClock),
    };
    let reload = || {
        let reloaded = followed.reload(&|_| None);
        assert!(matches!(reloaded, Reloaded::Swapped { .. }), "{reloaded:?}");
    };
    let first = process(&world).await;
    fs::write(folder.join("contracts/readme.md"), "a change elsewhere").unwrap();
    reload();
    assert_eq!(process(&world).await, first, "nothing about it changed");
    fs::write(folder.join("adapters/lines/adapter.py"), format!("{PROGRAM}\n# changed\n")).unwrap();
    reload();
    let second = process(&world).await;
    assert_ne!(second, first);
    assert!(has_ended(first).await, "the old one has nothing left to do");
    let services = ["services/new.toml", "services/old.toml"];
    for name in services {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        fs::write(folder.join(name), text.replace("adapter = \"lines\"\n", "")).unwrap();
    }
    reload();
    assert!(has_ended(second).await, "nobody speaks by it any more");
}
