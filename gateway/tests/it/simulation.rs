//! A hostile hour in a few seconds: providers that stall, lie, die and send half, consumers that hang up anywhere; and
//! evidence that holds through all of it.

use crate::{
    cli::sluse,
    world::{Act, Provider, Seen, Wire, World, answer, limits, read, request, start, write_folder},
};
use sluse::store::{LedgerFile, open};
use sluse_ledger::Leaf;
use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher as _, Hasher as _, RandomState},
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

const GOOD: &str = r#"{"id":"0101010101"}"#;
const EXCHANGES: usize = 300;
const CONSUMERS: usize = 12;

/// Numbers by chance that a seed repeats (xorshift64*).
#[derive(Clone)]
struct Chance(u64);

impl Chance {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(number).unwrap() % below
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.next(all.len())]
    }
}

/// The seed of `SLUSE_SEED`, or a new one.
#[expect(clippy::disallowed_methods, reason = "a test's own variable, to repeat a run")]
fn seed() -> u64 {
    let said = std::env::var("SLUSE_SEED").ok().and_then(|seed| seed.parse().ok());
    said.unwrap_or_else(|| RandomState::new().build_hasher().finish() | 1)
}

fn hostile(chance: &mut Chance) -> Act {
    let head = "HTTP/1.1 200 x\r\ncontent-type: application/json\r\n";
    let half = format!("{head}content-length: 100\r\n\r\n{{\"name\"").into_bytes();
    let good = || answer(200, "application/json", r#"{"name":"Ane"}"#);
    match chance.next(14) {
        0 => Act::Stall,
        1 => Act::SendAndClose(b"nonsense\r\n\r\n".to_vec()),
        2 => Act::SendAndClose(half),
        3 => Act::Send(half),
        4 => Act::SendAndClose(Vec::new()),
        5 => answer(200, "application/json", r#"{"no":"name"}"#),
        6 => answer(503, "text/plain", "busy"),
        7 => answer(200, "text/plain", &"y".repeat(60_000)),
        8 => Act::After(80, Box::new(good())),
        9 => Act::SendAndClose(format!("{head}content-length: 4\r\n\r\ntrue").into_bytes()),
        _ => good(),
    }
}

/// One request, well or badly sent, whose answer may or may not be waited for.
async fn consume(address: SocketAddr, mut chance: Chance) {
    let path =
        chance.of(&["/v1/ask", "/v1/notes", "/plain/x", "/watched/ask", "/documents", "/no"]);
    let body = match chance.next(6) {
        0 => r#"{"id":"a"}"#.to_owned(),
        1 => "{".to_owned(),
        2 => format!(r#"{{"id":"1","fill":"{}"}}"#, "x".repeat(9_000)),
        3 => r#"{"order":7,"to":{"id":"12345678","scheme":"0184"}}"#.to_owned(),
        _ => GOOD.to_owned(),
    };
    let key = format!("idempotency-key: k-{}", chance.next(6));
    let mut headers = vec!["content-type: application/json"];
    if chance.next(4) == 0 {
        headers.push(&key);
    }
    let bytes = request("POST", path, &headers, body.as_bytes());
    let mut wire = Wire::connect(address).await;
    match chance.next(6) {
        // Hangs up within the request, or right after it.
        0 => drop(wire.try_send(&bytes[..chance.next(bytes.len())]).await),
        1 => drop(wire.try_send(&bytes).await),
        2 => {
            wire.try_send(&bytes).await;
            tokio::time::sleep(Duration::from_millis(chance.next(120) as u64)).await;
        }
        _ => {
            wire.try_send(&bytes).await;
            wire.try_reply().await;
        }
    }
}

/// Waits until nothing is under way and nothing is waiting, and gives all leaves.
async fn settled(world: &World) -> Vec<Leaf> {
    for _ in 0..400 {
        let depth = world.store.outbox_depth().await.unwrap();
        let leaves = world.leaves().await;
        let openings = leaves.iter().filter(|leaf| matches!(leaf, Leaf::Opening(_))).count();
        if depth.waiting == 0 && openings * 2 == leaves.len() {
            return leaves;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("exchanges are still open");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_every_exchange_has_one_closing_leaf_and_the_evidence_holds() {
    let seed = seed();
    println!("SLUSE_SEED={seed}");
    let mut chance = Chance(seed);
    let acts = Mutex::new(Chance(seed ^ 0x5555));
    let provider = Provider::start(move |_| hostile(&mut acts.lock().unwrap())).await;
    let over = limits(
        "upstream-timeout-ms = 250\nbody-idle-timeout-ms = 250\nbody-memory-bytes-max = 2000",
    )
    .replace("kind = \"memory\"", "kind = \"embedded\"")
    .replace("[limits]", "[outbox]\nbackoff-first-ms = 10\ntries-max = 3\n[limits]");
    let folder = write_folder(&over, provider.address);
    let settings = read(folder.path()).settings;
    let store = open(&settings.store, &settings.ledger, None).unwrap();
    let world = start(folder, store, provider).await;

    let mut consumers = tokio::task::JoinSet::new();
    for _ in 0..EXCHANGES {
        if consumers.len() >= CONSUMERS {
            consumers.join_next().await.unwrap().unwrap();
        }
        consumers.spawn(consume(world.address(), Chance(chance.next(usize::MAX) as u64 | 1)));
    }
    while let Some(ended) = consumers.join_next().await {
        ended.unwrap();
    }

    let leaves = settled(&world).await;
    let (mut open, mut opened) = (HashMap::new(), HashSet::new());
    for leaf in &leaves {
        match leaf {
            Leaf::Opening(opening) => {
                assert!(opened.insert(opening.exchange.clone()), "opened twice, seed {seed}");
                open.insert(opening.exchange.clone(), ());
            }
            Leaf::Closing(closing) => {
                assert!(open.remove(&closing.exchange).is_some(), "closed twice, seed {seed}");
            }
        }
    }
    assert!(open.is_empty(), "{} exchanges were not closed, seed {seed}", open.len());
    assert!(opened.len() > EXCHANGES / 2, "{} exchanges, seed {seed}", opened.len());
    for seen in world.provider.seen() {
        let id = seen.header("sluse-exchange").unwrap();
        assert!(opened.contains(id), "sent on without evidence, seed {seed}");
    }
    let spool = std::fs::read_dir(world.folder.path().join("spool")).unwrap();
    assert_eq!(spool.count(), 0);
    assert!(world.running.drain().await, "seed {seed}");
    let verified = sluse(world.folder.path(), &["ledger", "verify", "--config", "."]);
    assert!(verified.starts_with("exit: 0"), "seed {seed}: {verified}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_looks_into_the_ledger_finds_the_request_it_just_got() {
    let found = Arc::new(Mutex::new(Vec::new()));
    let (list, path) = (Arc::clone(&found), Arc::new(Mutex::new(None::<std::path::PathBuf>)));
    let place = Arc::clone(&path);
    let looks = move |seen: &Seen| {
        let file = place.lock().unwrap().clone().unwrap();
        let id = seen.header("sluse-exchange").unwrap();
        // Another reader of the file sees only what was committed.
        let places = LedgerFile::open(&file).unwrap().places(id).unwrap();
        list.lock().unwrap().push((id.to_owned(), places));
        answer(200, "application/json", r#"{"name":"Ane"}"#)
    };
    let provider = Provider::start(looks).await;
    let over = limits("").replace("kind = \"memory\"", "kind = \"embedded\"");
    let folder = write_folder(&over, provider.address);
    *path.lock().unwrap() = Some(folder.path().join("data/sluse.sqlite"));
    let settings = read(folder.path()).settings;
    let store = open(&settings.store, &settings.ledger, None).unwrap();
    let world = start(folder, store, provider).await;
    let order = r#"{"order":7,"to":{"id":"12345678","scheme":"0184"}}"#;
    for (path, body, status) in [
        ("/v1/ask", GOOD, 200),
        ("/watched/ask", "{", 200),
        ("/plain/x", GOOD, 200),
        ("/v1/notes", GOOD, 202),
        ("/documents", order, 202),
    ] {
        let reply = world.post(path, body).await;
        assert_eq!(reply.status, status, "{path}");
        world.exchange(reply.exchange()).await;
        let (id, places) = found.lock().unwrap().last().cloned().unwrap();
        assert_eq!(id, reply.exchange());
        let receipt = reply.header("sluse-receipt").unwrap().parse().unwrap();
        assert_eq!(places, Some((receipt, None)), "{path}: the opening leaf, and no closing one");
    }
}
