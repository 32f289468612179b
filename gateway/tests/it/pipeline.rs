//! The invariants: each is a test whose name is the sentence.

use crate::world::{
    Act, Provider, Seen, World, answer, limits, read, request, start, world, world_with,
    write_folder,
};
use futures_util::future::BoxFuture;
use sluse::store::{
    Begin, Begun, Embedded, ExchangeRecord, Finish, Memory, OutboxDepth, OutboxEntry, StorageKey,
    Store, StoreFault, StoredAnswer, embedded::EmbeddedLimits,
};
use sluse::{listen::edge, pipeline::Caller};
use sluse_ledger::{Closing, Leaf, Opening, SigningKey, leaf::Ending};
use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

const GOOD: &str = r#"{"id":"0101010101"}"#;
const JSON: &str = "content-type: application/json";
const ORDER: &str = r#"{"order":7,"to":{"id":"12345678","scheme":"0184"}}"#;

fn friendly(_: &Seen) -> Act {
    answer(200, "application/json", r#"{"name":"Ane"}"#)
}

/// A store that does as the one inside, unless told to fail.
#[derive(Debug)]
pub(crate) struct Faulty {
    inner: Memory,
    begins_fail: AtomicBool,
    pub(crate) finishes_fail: AtomicBool,
}

impl Faulty {
    pub(crate) fn new() -> Arc<Self> {
        let inner = Memory::new(SigningKey::generate("test").unwrap());
        Arc::new(Self { inner, begins_fail: false.into(), finishes_fail: false.into() })
    }
}

fn failed<T: Send + 'static>() -> BoxFuture<'static, Result<T, StoreFault>> {
    Box::pin(async { Err(StoreFault::new("write", "the disk is full")) })
}

impl Store for Faulty {
    fn begin(&self, begin: Begin) -> BoxFuture<'_, Result<Begun, StoreFault>> {
        if self.begins_fail.load(Ordering::SeqCst) { failed() } else { self.inner.begin(begin) }
    }
    fn finish(&self, finish: Finish) -> BoxFuture<'_, Result<u64, StoreFault>> {
        if self.finishes_fail.load(Ordering::SeqCst) { failed() } else { self.inner.finish(finish) }
    }
    fn refuse(&self, begin: Begin, closing: Closing) -> BoxFuture<'_, Result<u64, StoreFault>> {
        self.inner.refuse(begin, closing)
    }
    fn left_open(&self) -> BoxFuture<'_, Result<Vec<(u64, Opening)>, StoreFault>> {
        self.inner.left_open()
    }
    fn outbox_take(
        &self,
        now_ms: u64,
        lease_until_ms: u64,
        most: usize,
    ) -> BoxFuture<'_, Result<Vec<OutboxEntry>, StoreFault>> {
        self.inner.outbox_take(now_ms, lease_until_ms, most)
    }
    fn outbox_defer(
        &self,
        exchange: String,
        attempts: u32,
        due_ms: u64,
    ) -> BoxFuture<'_, Result<(), StoreFault>> {
        self.inner.outbox_defer(exchange, attempts, due_ms)
    }
    fn outbox_depth(&self) -> BoxFuture<'_, Result<OutboxDepth, StoreFault>> {
        self.inner.outbox_depth()
    }
    fn outbox_next_due(&self) -> BoxFuture<'_, Result<Option<u64>, StoreFault>> {
        self.inner.outbox_next_due()
    }
    fn exchange(
        &self,
        exchange: String,
    ) -> BoxFuture<'_, Result<Option<ExchangeRecord>, StoreFault>> {
        self.inner.exchange(exchange)
    }
    fn children(
        &self,
        parent: String,
        after: u64,
        most: usize,
    ) -> BoxFuture<'_, Result<Vec<ExchangeRecord>, StoreFault>> {
        self.inner.children(parent, after, most)
    }
    fn answer(&self, exchange: String) -> BoxFuture<'_, Result<Option<StoredAnswer>, StoreFault>> {
        self.inner.answer(exchange)
    }
    fn leaves(
        &self,
        from: u64,
        most: usize,
    ) -> BoxFuture<'_, Result<Vec<(u64, bytes::Bytes)>, StoreFault>> {
        self.inner.leaves(from, most)
    }
    fn checkpoint(&self) -> BoxFuture<'_, Result<Option<String>, StoreFault>> {
        self.inner.checkpoint()
    }
    fn ready(&self) -> BoxFuture<'_, Result<(), StoreFault>> {
        self.inner.ready()
    }
    fn close(&self) -> BoxFuture<'_, Result<(), StoreFault>> {
        self.inner.close()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_on_before_the_store_has_the_exchange() {
    let store = Faulty::new();
    let world = world_with("", store.clone(), friendly).await;
    store.begins_fail.store(true, Ordering::SeqCst);
    for (path, body) in
        [("/v1/ask", GOOD), ("/v1/notes", GOOD), ("/plain/x", "x"), ("/documents", ORDER)]
    {
        let reply = world.post(path, body).await;
        let expected = (503, "F0301".to_owned(), "gateway".to_owned(), "safe".to_owned());
        assert_eq!(reply.refusal(), expected, "{path}");
        assert!(reply.header("retry-after").is_some());
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(world.provider.seen().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_delivered_though_its_closing_leaf_cannot_be_written_and_recovery_closes_it() {
    let store = Faulty::new();
    let world = world_with("", store.clone(), friendly).await;
    store.finishes_fail.store(true, Ordering::SeqCst);
    let reply = world.post("/v1/ask", GOOD).await;
    assert_eq!((reply.status, reply.text().as_str()), (200, r#"{"name":"Ane"}"#));
    assert_eq!(world.leaves().await.len(), 1, "open");
    store.finishes_fail.store(false, Ordering::SeqCst);
    // The same store, the next process.
    let World { folder, provider, store, .. } = world;
    let world = start(folder, store, provider).await;
    let (_, closing) = world.exchange(reply.exchange()).await;
    let fault = closing.fault.as_deref();
    assert_eq!((closing.ending, fault), (Ending::Recovered, Some("F0305")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_runs_to_its_end_though_the_consumer_hangs_up() {
    let slow = |_: &Seen| {
        Act::After(300, Box::new(friendly(&Seen { head: String::new(), body: Vec::new() })))
    };
    let world = world("", slow).await;
    for path in ["/v1/ask", "/plain/x"] {
        let mut wire = world.wire().await;
        wire.send(&request("POST", path, &[JSON], GOOD.as_bytes())).await;
        let seen = world.provider.wait_for(if path == "/v1/ask" { 1 } else { 2 }).await;
        drop(wire);
        let id = seen.last().unwrap().header("sluse-exchange").unwrap().to_owned();
        let (_, closing) = world.exchange(&id).await;
        assert_eq!((closing.ending, closing.status), (Ending::Answered, Some(200)), "{path}");
    }
    let big = "y".repeat(20_000_000);
    let world = crate::world::world("", move |_| answer(200, "text/plain", &big)).await;
    let mut wire = world.wire().await;
    wire.send(&request("GET", "/plain/big", &[], b"")).await;
    let seen = world.provider.wait_for(1).await;
    drop(wire);
    let id = seen[0].header("sluse-exchange").unwrap();
    let (_, closing) = world.exchange(id).await;
    assert_eq!(closing.ending, Ending::Answered);
    assert_eq!(closing.response.unwrap().bytes, 20_000_000, "read to its end all the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_sees_one_snapshot_from_first_to_last() {
    let slow = |_: &Seen| {
        let reply = answer(200, "application/json", r#"{"no":"name"}"#);
        Act::After(400, Box::new(reply))
    };
    let world = world("", slow).await;
    let before = world.snapshot.load_full();
    let mut wire = world.wire().await;
    wire.send(&request("POST", "/v1/ask", &[JSON], GOOD.as_bytes())).await;
    world.provider.wait_for(1).await;
    // Now answers are watched only: the exchange under way must not see that.
    let changed = "#--- services/persons.toml\nid = \"dk.cpr/register/persons\"\n\
        contract = \"dk.cpr/persons@^1.0\"\nupstream = [\"http://@A/persons\"]\n\
        enforcement = { request = \"observe\", response = \"observe\" }\n[[route]]\npath = \"/v1\"\n";
    let folder = write_folder(changed, world.provider.address);
    world.snapshot.store(Arc::new(read(folder.path())));
    world.running.swapped();
    let reply = wire.reply().await;
    assert_eq!(reply.refusal().1, "F0201", "held back, as the configuration said when it began");
    let (opening, _) = world.exchange(reply.exchange()).await;
    assert_eq!(opening.snapshot, before.digest);
    let reply = world.post("/v1/ask", r#"{"id":"a"}"#).await;
    assert_eq!(reply.status, 200, "the next one sees the new one");
    let (opening, _) = world.exchange(reply.exchange()).await;
    assert_ne!(opening.snapshot, before.digest);
}

#[tokio::test(flavor = "multi_thread")]
async fn observing_records_what_enforcing_holds_back() {
    let world = world("", |_| answer(200, "application/json", r#"{"no":"name"}"#)).await;
    let bad = r#"{"id":"a"}"#;
    let reply = world.post("/watched/ask", bad).await;
    assert_eq!(reply.status, 200);
    assert_eq!(world.provider.seen()[0].body, bad.as_bytes());
    let (opening, closing) = world.exchange(reply.exchange()).await;
    assert_eq!(opening.enforcement.as_deref(), Some("observe"));
    assert_eq!(opening.verdict.unwrap().outcome, "rejected");
    assert_eq!(closing.verdict.unwrap().outcome, "rejected");
    let reply = world.post("/watched/ask", "{").await;
    assert_eq!(reply.status, 200, "what cannot be read passes too");
    let (opening, _) = world.exchange(reply.exchange()).await;
    assert_eq!(opening.verdict.unwrap().outcome, "malformed");
    let reply = world.post("/v1/ask", bad).await;
    assert_eq!(reply.status, 422);
    let violation = &reply.json()["violations"][0];
    assert_eq!((&violation["code"], &violation["path"]), (&"V0405".into(), &"/id".into()));
    let (opening, closing) = world.exchange(reply.exchange()).await;
    assert_eq!(opening.enforcement.as_deref(), Some("enforce"));
    assert_eq!((closing.ending, closing.attempts), (Ending::Refused, 0));
    assert_eq!(world.provider.seen().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiver_lets_one_rule_be_broken_until_its_last_day() {
    let waiver = |until: &str| {
        format!(
            "#--- waivers/one.toml\n[[waiver]]\nid = \"w-1\"\nsubsystem = \"dk.example/office\"\n\
             contract = \"dk.cpr/persons@^1.0\"\nrule = \"V0405\"\nreason = \"old system\"\n\
             approver = \"board\"\nuntil = {until}\n"
        )
    };
    let world = world(&waiver("2999-01-01"), friendly).await;
    let reply = world.post("/v1/ask", r#"{"id":"a"}"#).await;
    assert_eq!(reply.status, 200);
    let verdict = world.exchange(reply.exchange()).await.0.verdict.unwrap();
    assert_eq!((verdict.outcome.as_str(), verdict.waivers), ("accepted", vec!["w-1".to_owned()]));
    assert_eq!(world.post("/v1/ask", r#"{"name":"a"}"#).await.status, 422, "another rule");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_way_messages_are_answered_202_once_durable_and_delivered_later() {
    let fails = Arc::new(AtomicUsize::new(2));
    let left = Arc::clone(&fails);
    let act = move |_: &Seen| {
        let fail = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        if fail.is_ok() {
            answer(503, "text/plain", "busy")
        } else {
            answer(200, "text/plain", "ok")
        }
    };
    let over = limits("").replace("[limits]", "[outbox]\nbackoff-first-ms = 20\n");
    let world = world(&over, act).await;
    for (path, place, body) in [
        ("/v1/notes?q=1", "POST /persons/notes?q=1 HTTP/1.1", GOOD),
        ("/documents", "POST /orders HTTP/1.1", ORDER),
    ] {
        let reply = world.post(path, body).await;
        assert_eq!((reply.status, reply.body.len()), (202, 0));
        assert!(reply.header("sluse-receipt").is_some());
        let place_of = format!("/exchanges/{}", reply.exchange());
        assert_eq!(reply.header("location"), Some(place_of.as_str()));
        let (opening, closing) = world.exchange(reply.exchange()).await;
        assert_eq!((closing.ending, closing.status), (Ending::Delivered, Some(200)));
        assert_eq!(closing.attempts, if path == "/documents" { 1 } else { 3 });
        assert_eq!(opening.request.bytes, body.len() as u64);
        let seen = world.provider.seen();
        let seen = seen.last().unwrap();
        assert_eq!((seen.line(), seen.body.as_slice()), (place, body.as_bytes()));
        assert_eq!(seen.header("sluse-exchange"), Some(reply.exchange()));
        let status = world.ask("GET", &place_of, &[], b"").await;
        assert_eq!(status.json()["state"], "delivered");
        let receipt = world.ask("GET", &format!("{place_of}/receipt"), &[], b"").await.json();
        assert_eq!(receipt["opening"]["leaf"]["exchange"], reply.exchange());
        assert_eq!(receipt["closing"]["leaf"]["ending"], "delivered");
        assert_eq!(receipt["salt"].as_str().unwrap().len(), 64);
        assert!(receipt["checkpoint"].as_str().unwrap().contains("test"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_nobody_takes_is_parked_after_its_tries() {
    let over = limits("").replace("[limits]", "[outbox]\nbackoff-first-ms = 10\ntries-max = 3\n");
    let world = world(&over, |_| answer(400, "text/plain", "no")).await;
    let reply = world.post("/v1/notes", GOOD).await;
    assert_eq!(reply.status, 202);
    let (_, closing) = world.exchange(reply.exchange()).await;
    assert_eq!((closing.ending, closing.attempts), (Ending::Parked, 3));
    assert_eq!(closing.fault.as_deref(), Some("F0207"));
    assert_eq!(world.provider.seen().len(), 3);
    let depth = world.store.outbox_depth().await.unwrap();
    assert_eq!((depth.waiting, depth.parked), (0, 1));
}

/// A store in a file, which outlives a gateway.
pub(crate) fn embedded(file: &Path, key: &SigningKey) -> Arc<dyn Store> {
    let key = SigningKey::from_pem("test", &key.to_pem().unwrap()).unwrap();
    let storage = StorageKey::from_bytes([7; 32]);
    Arc::new(Embedded::open(file, key, storage, EmbeddedLimits::default()).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_resumes_the_outbox() {
    let kept = tempfile::tempdir().unwrap();
    let file = kept.path().join("store.sqlite");
    let key = SigningKey::generate("test").unwrap();
    let over = limits("").replace("[limits]", "[outbox]\nbackoff-first-ms = 300\n");
    let world =
        world_with(&over, embedded(&file, &key), |_| answer(503, "text/plain", "busy")).await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(world.post("/v1/notes", GOOD).await.exchange().to_owned());
    }
    world.provider.wait_for(5).await;
    assert!(world.running.drain().await);
    let World { folder, provider, running, store, .. } = world;
    let address = provider.address;
    drop((provider, running, store));
    tokio::time::sleep(Duration::from_millis(50)).await;

    let provider = Provider::start_at(address, |_| answer(204, "text/plain", "")).await;
    let world = start(folder, embedded(&file, &key), provider).await;
    for id in &ids {
        let (_, closing) = world.exchange(id).await;
        assert_eq!((closing.ending, closing.status), (Ending::Delivered, Some(204)));
        assert!(closing.attempts >= 2);
    }
    let mut seen: Vec<String> = world
        .provider
        .seen()
        .iter()
        .map(|seen| seen.header("sluse-exchange").unwrap().to_owned())
        .collect();
    seen.sort();
    ids.sort();
    assert_eq!(seen, ids, "each once more, and no other");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_idempotency_key_gives_the_first_answer_again() {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let act = move |_: &Seen| {
        let n = counter.fetch_add(1, Ordering::SeqCst);
        Act::After(150, Box::new(answer(201, "application/json", &format!(r#"{{"name":"{n}"}}"#))))
    };
    let world = world("", act).await;
    let keyed = [JSON, "idempotency-key: k-1"];
    let first = world.ask("POST", "/v1/ask", &keyed, GOOD.as_bytes()).await;
    let again = world.ask("POST", "/v1/ask", &keyed, GOOD.as_bytes()).await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.body, again.body);
    assert_eq!(first.exchange(), again.exchange(), "the same exchange, the same receipt");
    assert_eq!(first.header("sluse-receipt"), again.header("sluse-receipt"));
    assert_eq!(again.header("content-type"), Some("application/json"));
    let other = world.ask("POST", "/v1/ask", &keyed, br#"{"id":"2"}"#).await;
    assert_eq!((other.status, other.refusal().1.as_str()), (422, "F0111"));
    let elsewhere = world.ask("POST", "/plain/x", &keyed, GOOD.as_bytes()).await;
    assert_eq!(elsewhere.status, 201, "keys are scoped to the operation");

    let keyed = [JSON, "idempotency-key: k-2"];
    let mut wire = world.wire().await;
    wire.send(&request("POST", "/v1/ask", &keyed, GOOD.as_bytes())).await;
    world.provider.wait_for(3).await;
    let under_way = world.ask("POST", "/v1/ask", &keyed, GOOD.as_bytes()).await;
    assert_eq!((under_way.status, under_way.refusal().1.as_str()), (409, "F0110"));
    assert_eq!(under_way.header("retry-after"), Some("1"));
    assert_eq!(wire.reply().await.status, 201);

    let keyed = [JSON, "idempotency-key: k-3"];
    let first = world.ask("POST", "/v1/notes", &keyed, GOOD.as_bytes()).await;
    let again = world.ask("POST", "/v1/notes", &keyed, GOOD.as_bytes()).await;
    assert_eq!((first.status, again.status), (202, 202));
    assert_eq!(first.header("location"), again.header("location"));
    assert_eq!(world.ending(first.exchange()).await, Ending::Delivered);
    assert_eq!(count.load(Ordering::SeqCst), 4, "nothing reached the provider twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_two_way_message_is_answered_later_where_the_consumer_prefers_that() {
    let world = world("", friendly).await;
    let reply = world
        .ask("POST", "/v1/ask", &[JSON, "prefer: wait=1, Respond-Async"], GOOD.as_bytes())
        .await;
    assert_eq!((reply.status, reply.header("preference-applied")), (202, Some("respond-async")));
    assert_eq!(world.ending(reply.exchange()).await, Ending::Delivered);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_exchanges_are_taken_than_there_is_room_for() {
    let over = limits("exchanges-max = 2");
    let world =
        world(&over, |_| Act::After(500, Box::new(answer(200, "text/plain", "late")))).await;
    let (mut first, mut second) = (world.wire().await, world.wire().await);
    first.send(&request("POST", "/plain/1", &[], b"x")).await;
    second.send(&request("POST", "/plain/2", &[], b"x")).await;
    world.provider.wait_for(2).await;
    let reply = world.post("/plain/3", "x").await;
    assert_eq!((reply.status, reply.refusal().1.as_str()), (503, "F0302"));
    assert_eq!(reply.header("retry-after"), Some("1"));
    assert_eq!((first.reply().await.status, second.reply().await.status), (200, 200));
    assert_eq!(world.post("/plain/4", "x").await.status, 200, "room again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drain_finishes_what_is_under_way_and_takes_nothing_new() {
    let world = world("", |_| Act::After(400, Box::new(answer(200, "text/plain", "late")))).await;
    let mut idle = world.wire().await;
    let mut wire = world.wire().await;
    wire.send(&request("POST", "/plain/1", &[], b"x")).await;
    world.provider.wait_for(1).await;
    let address = world.address();
    let (finished, reply) = tokio::join!(world.running.drain(), wire.reply());
    assert!(finished);
    assert_eq!((reply.status, reply.text().as_str()), (200, "late"));
    assert!(idle.try_reply().await.is_none(), "idle connections are closed");
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "nobody listens");
    let request = http::Request::post("/plain/2").header("host", "a").body(String::new()).unwrap();
    let gateway = Arc::clone(&world.running.gateway);
    let late = edge::serve(gateway, Caller::Stranger, request).await;
    assert_eq!(
        (late.status().as_u16(), late.headers()["retry-after"].as_bytes()),
        (503, &b"5"[..])
    );
    let leaves = world.store.leaves(0, 10).await;
    assert!(leaves.is_err() || leaves.unwrap().len() == 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn parties_of_an_exchange_may_look_it_up_and_nobody_else() {
    let over = "#--- sluse.toml\n[operators]\naddress = \"127.0.0.1:0\"\n[store]\nkind = \"memory\"\n\
        [[listener]]\naddress = \"127.0.0.1:0\"\nconsumer = \"dk.example/office\"\n\
        [[listener]]\naddress = \"127.0.0.3:0\"\nconsumer = \"dk.cpr/register\"\n\
        [[listener]]\naddress = \"127.0.0.2:0\"\nconsumer = \"dk.third/party\"\n\
        #--- members/third.toml\n[[member]]\nid = \"dk.third\"\nname = \"Third\"\n[[member.subsystem]]\nid = \"dk.third/party\"\n";
    let world = world(over, friendly).await;
    let reply = world.post("/v1/ask", GOOD).await;
    let path = format!("/exchanges/{}", reply.exchange());
    for (at, status) in [(0, 200), (1, 200), (2, 404)] {
        let mut wire = crate::world::Wire::connect(world.running.addresses[at]).await;
        for path in [path.clone(), format!("{path}/receipt")] {
            wire.send(&request("GET", &path, &[], b"")).await;
            assert_eq!(wire.reply().await.status, status, "{at} {path}");
        }
    }
}

/// Everything that is written by `tracing` in this process.
static WRITTEN: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Writer;

impl std::io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        WRITTEN.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

const CANARY: &str = "KANARIE77";

fn capture_lines() {
    use tracing_subscriber::{Layer as _, layer::SubscriberExt as _, util::SubscriberInitExt as _};
    let ours = tracing_subscriber::filter::filter_fn(|meta| meta.target().starts_with("sluse"));
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(|| Writer)
        .with_filter(ours);
    let _ = tracing_subscriber::registry().with(lines).try_init();
}

/// A provider whose every answer, good or bad, holds canaries.
fn singing(seen: &Seen) -> Act {
    let text = String::from_utf8_lossy(&seen.body).into_owned();
    let half = format!("HTTP/1.1 200 x\r\nx-{CANARY}: 1\r\ncontent-length: 99\r\n\r\n{CANARY}");
    if text.contains("garbage") {
        Act::SendAndClose(format!("{CANARY} nonsense\r\n\r\n").into_bytes())
    } else if text.contains("half") {
        Act::SendAndClose(half.into_bytes())
    } else if text.contains("broken") {
        let body = format!(r#"{{"{CANARY}":"{CANARY}","name":{{"{CANARY}":1}}}}"#);
        answer(200, "application/json", &body)
    } else {
        answer(500, "text/plain", CANARY)
    }
}

/// Sends canaries by every way in; gives what the gateway itself answered.
async fn send_canaries(world: &World) -> String {
    let bodies = [
        format!(r#"{{"id":"{CANARY}"}}"#),
        format!(r#"{{"id":"1","{CANARY}":"{CANARY}"}}"#),
        format!(r#"{{"id":"1","fill":"garbage {CANARY}"}}"#),
        format!(r#"{{"id":"1","fill":"half {CANARY}"}}"#),
        format!(r#"{{"id":"1","fill":"broken {CANARY}"}}"#),
        format!(r#"{{"{CANARY}":"{CANARY}" {CANARY}"#),
        format!(r#"{{"order":"{CANARY}","to":{{"id":"{CANARY}","scheme":"{CANARY}"}}}}"#),
        format!(r#"{{"order":1,"to":{{"id":"12345678","scheme":"0184","{CANARY}":"{CANARY}"}}}}"#),
    ];
    let (key, own) = (format!("idempotency-key: {CANARY}"), format!("x-own: {CANARY}"));
    let soap = ["content-type: text/xml", "soapaction: x", own.as_str()];
    let mut outputs = String::new();
    for body in &bodies {
        for path in ["/v1/ask", "/v1/notes", "/watched/ask", "/plain/x", "/documents", "/nowhere"] {
            let path = format!("{path}?{CANARY}={CANARY}");
            for headers in [&[JSON, own.as_str(), key.as_str()][..], &soap] {
                let mut wire = world.wire().await;
                wire.send(&request("POST", &path, headers, body.as_bytes())).await;
                let Some(reply) = wire.try_reply().await else { continue };
                // What is not the gateway's own is the provider's answer, passed on.
                if reply.text().contains("sluse") {
                    outputs.push_str(&reply.text());
                }
            }
        }
        let reply = world.ask("GET", &format!("/{CANARY}/{CANARY}"), &[&own], b"").await;
        outputs.push_str(&reply.text());
    }
    outputs
}

/// Everything that can be read of a gateway afterwards.
async fn read_outputs(world: &World) -> String {
    let mut outputs = String::new();
    for leaf in world.leaves().await {
        if let Leaf::Opening(opening) = leaf {
            let place = format!("/exchanges/{}", opening.exchange);
            outputs.push_str(&world.ask("GET", &place, &[], b"").await.text());
            outputs.push_str(&world.ask("GET", &format!("{place}/receipt"), &[], b"").await.text());
        }
    }
    for path in ["/metrics", "/api/status", "/api/outbox", "/ready"] {
        let mut wire = crate::world::Wire::connect(world.running.operators).await;
        wire.send(&request("GET", path, &[], b"")).await;
        let reply = wire.reply().await;
        assert_eq!(reply.status, 200, "{path}");
        outputs.push_str(&reply.text());
    }
    for leaf in world.leaf_bytes().await {
        outputs.push_str(&String::from_utf8_lossy(&leaf));
    }
    outputs
}

#[tokio::test(flavor = "multi_thread")]
async fn no_value_from_a_message_is_in_any_output() {
    capture_lines();
    let over = limits("upstream-timeout-ms = 500")
        .replace("[limits]", "[outbox]\nbackoff-first-ms = 5\ntries-max = 2\n[limits]");
    let world = world(&over, singing).await;
    let mut outputs = send_canaries(&world).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    outputs.push_str(&read_outputs(&world).await);
    assert!(world.running.drain().await);
    outputs.push_str(&String::from_utf8_lossy(&WRITTEN.lock().unwrap()));
    assert!(outputs.contains("exchange ended") && outputs.contains("sluse_exchanges_total"));
    assert!(outputs.contains("V0405"), "the breaches are there");
    if let Some(at) = outputs.find(CANARY) {
        let from = at.saturating_sub(300);
        panic!("a canary sings: …{}…", &outputs[from..at + 50]);
    }
}
