//! What every store must do: one suite, run against each of them.
//!
//! A new store adds one line to the list at the end.

mod embedded;
mod model;

use super::*;
use sluse_ledger::{
    Checkpoint, Frontier, Hash, Leaf, SigningKey,
    leaf::{Ending, MessageDigest},
};
use std::{collections::HashSet, path::Path, sync::Arc};

const ORIGIN: &str = "gateway.dk.example/ledger";
const PEM: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH\n-----END PRIVATE KEY-----\n";

fn key() -> SigningKey {
    SigningKey::from_pem(ORIGIN, PEM).unwrap()
}

fn storage_key() -> StorageKey {
    StorageKey::from_bytes([5; 32])
}

fn open_embedded(folder: &Path) -> Embedded {
    let path = folder.join("ledger.db");
    Embedded::open(&path, key(), storage_key(), embedded::limits()).unwrap()
}

/// An invented exchange that opens.
fn begin(exchange: &str, at_ms: u64) -> Begin {
    let request =
        MessageDigest { digest: "00".repeat(32), bytes: 2, media_type: "application/json".into() };
    let opening = Opening {
        parent: None,
        translated: Vec::new(),
        exchange: exchange.into(),
        at_ms,
        consumer: "dk.example/desk".into(),
        service: Some("dk.example/register/persons".into()),
        operation: None,
        contract: Some("dk.example/persons@1.0.0".into()),
        enforcement: Some("enforce".into()),
        request,
        verdict: None,
        snapshot: "11".repeat(32),
    };
    Begin { opening, salt: Salt([7; 32]), outbox: None, idempotency: None }
}

fn closing(exchange: &str, opening: u64, ending: Ending) -> Closing {
    Closing {
        translated: Vec::new(),
        exchange: exchange.into(),
        opening,
        at_ms: 9,
        ending,
        fault: None,
        status: Some(200),
        response: None,
        verdict: None,
        attempts: 1,
    }
}

fn finish(exchange: &str, opening: u64, ending: Ending) -> Finish {
    Finish { closing: closing(exchange, opening, ending), answer: None }
}

fn parcel(due_ms: u64) -> OutboxEntry {
    OutboxEntry {
        exchange: String::new(),
        opening: 0,
        service: "dk.example/archive/documents".into(),
        head: Bytes::from_static(b"POST /documents\r\ncontent-type: application/xml\r\n"),
        body: Bytes::from_static(b"<letter>canary</letter>"),
        attempts: 0,
        due_ms,
    }
}

fn one_way(exchange: &str, due_ms: u64) -> Begin {
    Begin { outbox: Some(parcel(due_ms)), ..begin(exchange, 1) }
}

fn with_key(begin: Begin, key: u8, message: u8) -> Begin {
    Begin { idempotency: Some(idempotency(key, message)), ..begin }
}

fn idempotency(key: u8, message: u8) -> Idempotency {
    Idempotency { key: [key; 32], message: [message; 32] }
}

fn answer(exchange: &str, opening: u64) -> StoredAnswer {
    StoredAnswer {
        exchange: exchange.into(),
        opening,
        status: 201,
        headers: vec![("location".into(), Bytes::from_static(b"/a/\xff"))],
        body: Bytes::from_static(b"canary"),
    }
}

async fn opened(store: &dyn Store, begin: Begin) -> u64 {
    match store.begin(begin).await.unwrap() {
        Begun::Opened(index) => index,
        other => panic!("{other:?}"),
    }
}

/// All leaves, checked against the signed checkpoint.
async fn evidence(store: &dyn Store) -> Vec<Leaf> {
    let rows = store.leaves(0, usize::MAX).await.unwrap();
    let indexes: Vec<u64> = rows.iter().map(|(index, _)| *index).collect();
    assert_eq!(indexes, (0..rows.len() as u64).collect::<Vec<_>>());
    let tree: Frontier = rows.iter().map(|(_, bytes)| Hash::of_leaf(bytes)).collect();
    match store.checkpoint().await.unwrap() {
        Some(note) => {
            let checkpoint = Checkpoint::read(&note, key().verifier()).unwrap();
            assert_eq!((checkpoint.size, checkpoint.root), (tree.size(), tree.root()));
        }
        None => assert!(rows.is_empty()),
    }
    rows.iter().map(|(_, bytes)| Leaf::read(bytes).unwrap()).collect()
}

async fn leaves_two_leaves_for_each_exchange(store: &dyn Store) {
    assert_eq!(store.checkpoint().await.unwrap(), None);
    store.ready().await.unwrap();
    assert_eq!(opened(store, begin("a", 1)).await, 0);
    assert_eq!(opened(store, begin("b", 2)).await, 1);
    let open: Vec<u64> = store.left_open().await.unwrap().into_iter().map(|(at, _)| at).collect();
    assert_eq!(open, [0, 1]);
    assert_eq!(store.finish(finish("b", 1, Ending::Answered)).await.unwrap(), 2);
    let refused = closing("c", 0, Ending::Refused);
    assert_eq!(store.refuse(begin("c", 3), refused).await.unwrap(), 3);
    let leaves = evidence(store).await;
    let exchanges: Vec<&str> = leaves.iter().map(Leaf::exchange).collect();
    assert_eq!(exchanges, ["a", "b", "b", "c", "c"]);
    let record = store.exchange("c".into()).await.unwrap().unwrap();
    assert_eq!(record.opening, (3, begin("c", 3).opening));
    assert_eq!(record.closing, Some((4, closing("c", 3, Ending::Refused))));
    assert_eq!(record.salt, Some(Salt([7; 32])));
    assert_eq!(store.exchange("d".into()).await.unwrap(), None);
    assert_eq!(store.leaves(3, 1).await.unwrap()[0].0, 3);
    assert_eq!(store.left_open().await.unwrap(), [(0, begin("a", 1).opening)]);
}

async fn refuses_what_does_not_fit_and_leaves_nothing_of_it(store: &dyn Store) {
    opened(store, begin("a", 1)).await;
    opened(store, begin("b", 1)).await;
    store.finish(finish("a", 0, Ending::Answered)).await.unwrap();
    let faults = [
        store.finish(finish("a", 0, Ending::Answered)).await.unwrap_err(),
        store.finish(finish("b", 0, Ending::Answered)).await.unwrap_err(),
        store.finish(finish("c", 0, Ending::Answered)).await.unwrap_err(),
        store.begin(begin("a", 2)).await.unwrap_err(),
        store.refuse(begin("b", 2), closing("b", 0, Ending::Refused)).await.unwrap_err(),
        store.begin(begin("d", u64::MAX)).await.unwrap_err(),
        store.outbox_defer("b".into(), 1, 1).await.unwrap_err(),
    ];
    let texts: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "the store could not close the exchange: it is closed already",
            "the store could not close the exchange: the exchange was opened by another leaf",
            "the store could not close the exchange: there is no exchange of this id",
            "the store could not open the exchange: there is an exchange of this id already",
            "the store could not record the refusal: there is an exchange of this id already",
            "the store could not open the exchange: the leaf holds a number larger than 2^53 - 1",
            "the store could not use the outbox: the exchange has no message waiting",
        ]
    );
    assert_eq!(evidence(store).await.len(), 3);
    assert_eq!(store.exchange("d".into()).await.unwrap(), None);
}

async fn gives_the_first_answer_again(store: &dyn Store) {
    let first = opened(store, with_key(begin("a", 1), 1, 1)).await;
    let again = |message| store.begin(with_key(begin("b", 2), 1, message));
    assert_eq!(again(1).await.unwrap(), Begun::KeyUnderWay);
    assert_eq!(again(2).await.unwrap(), Begun::KeyReused);
    let kept = answer("a", first);
    let answered = Some((idempotency(1, 1), kept.clone()));
    let closed = Finish { answer: answered, ..finish("a", first, Ending::Answered) };
    store.finish(closed).await.unwrap();
    assert_eq!(again(1).await.unwrap(), Begun::Answered(kept));
    assert_eq!(again(2).await.unwrap(), Begun::KeyReused);
    assert_eq!(evidence(store).await.len(), 2);
    let late = with_key(begin("late", 2 + IDEMPOTENCY_KEPT_MS), 1, 2);
    assert_eq!(store.begin(late).await.unwrap(), Begun::Opened(2));

    // Without an answer to give again the key of a two-way exchange is free.
    let failed = opened(store, with_key(begin("c", 1), 3, 1)).await;
    store.finish(finish("c", failed, Ending::Failed)).await.unwrap();
    opened(store, with_key(begin("d", 1), 3, 1)).await;

    // A one-way message was accepted for good.
    let accepted = opened(store, with_key(one_way("e", 5), 4, 1)).await;
    let repeat = || store.begin(with_key(one_way("f", 5), 4, 1));
    let same = Begun::Accepted { exchange: "e".into(), opening: accepted };
    assert_eq!(repeat().await.unwrap(), same);
    assert_eq!(store.answer("e".into()).await.unwrap(), None);
    let kept = answer("e", accepted);
    let delivered = Some((idempotency(0, 0), kept.clone()));
    let closed = Finish { answer: delivered, ..finish("e", accepted, Ending::Delivered) };
    store.finish(closed).await.unwrap();
    assert_eq!(repeat().await.unwrap(), same, "what was answered later is fetched");
    assert_eq!(store.answer("e".into()).await.unwrap(), Some(kept));
    assert_eq!(store.answer("f".into()).await.unwrap(), None);
    assert_eq!(store.exchange("f".into()).await.unwrap(), None);
}

async fn knows_the_messages_of_a_file(store: &dyn Store) {
    let part = |exchange: &str, at_ms| {
        let begin = begin(exchange, at_ms);
        Begin { opening: Opening { parent: Some("file".into()), ..begin.opening }, ..begin }
    };
    opened(store, begin("file", 1)).await;
    opened(store, part("a", 2)).await;
    opened(store, begin("other", 2)).await;
    let refused = closing("b", 0, Ending::Refused);
    store.refuse(part("b", 3), refused).await.unwrap();
    opened(store, part("c", 4)).await;
    let ids = async |after, most| {
        let found = store.children("file".into(), after, most).await.unwrap();
        let told = found.into_iter().map(|record| {
            assert_eq!(record.salt, None);
            let ending = record.closing.map(|(_, closing)| closing.ending);
            (record.opening.1.exchange, record.opening.0, ending)
        });
        told.collect::<Vec<_>>()
    };
    let all =
        [("a".into(), 1, None), ("b".into(), 3, Some(Ending::Refused)), ("c".into(), 5, None)];
    assert_eq!(ids(0, 9).await, all);
    assert_eq!(ids(1, 1).await, all[1..2]);
    assert!(ids(5, 9).await.is_empty());
    assert!(store.children("a".into(), 0, 9).await.unwrap().is_empty());
}

async fn hands_out_each_message_to_one_at_a_time(store: &dyn Store) {
    for (exchange, due_ms) in [("a", 30), ("b", 10), ("c", 20), ("d", 99)] {
        opened(store, one_way(exchange, due_ms)).await;
    }
    assert!(store.left_open().await.unwrap().is_empty());
    assert_eq!(store.outbox_next_due().await.unwrap(), Some(10));
    assert!(store.outbox_take(9, 100, 9).await.unwrap().is_empty());
    let taken = store.outbox_take(30, 100, 2).await.unwrap();
    let ids: Vec<_> = taken.iter().map(|entry| (entry.exchange.as_str(), entry.opening)).collect();
    assert_eq!(ids, [("b", 1), ("c", 2)]);
    assert_eq!((&taken[0].head, &taken[0].body), (&parcel(0).head, &parcel(0).body));
    let rest = store.outbox_take(30, 100, 9).await.unwrap();
    assert_eq!(rest.len(), 1);
    assert_eq!(store.outbox_next_due().await.unwrap(), Some(99));
    store.outbox_defer("a".into(), 1, 50).await.unwrap();
    assert_eq!(store.outbox_next_due().await.unwrap(), Some(50));
    assert_eq!(store.outbox_take(50, 200, 9).await.unwrap()[0].attempts, 1);
    store.finish(finish("a", 0, Ending::Delivered)).await.unwrap();
    store.finish(finish("b", 1, Ending::Parked)).await.unwrap();
    let depth = store.outbox_depth().await.unwrap();
    assert_eq!(depth, OutboxDepth { waiting: 2, parked: 1 });
    assert!(store.outbox_defer("b".into(), 1, 50).await.is_err());
    // The lease of what was taken and never came back has run out.
    let taken = store.outbox_take(150, 300, 9).await.unwrap();
    assert_eq!(taken.iter().map(|entry| &entry.exchange).collect::<Vec<_>>(), ["c", "d"]);
    evidence(store).await;
}

async fn takes_many_exchanges_at_the_same_time(store: Arc<dyn Store>) {
    let tasks = (0..64).map(|task| {
        let store = Arc::clone(&store);
        async move {
            for turn in 0..16 {
                let exchange = format!("{task}-{turn}");
                let index = opened(&*store, begin(&exchange, 1)).await;
                if turn % 2 == 0 {
                    store.finish(finish(&exchange, index, Ending::Answered)).await.unwrap();
                }
            }
        }
    });
    futures_util::future::join_all(tasks).await;
    let leaves = evidence(&*store).await;
    assert_eq!(leaves.len(), 64 * 24);
    let openings = leaves.iter().filter(|leaf| matches!(leaf, Leaf::Opening(_)));
    assert_eq!(openings.map(Leaf::exchange).collect::<HashSet<_>>().len(), 64 * 16);
    assert_eq!(store.left_open().await.unwrap().len(), 64 * 8);
}

async fn does_nothing_once_closed(store: &dyn Store) {
    opened(store, begin("a", 1)).await;
    store.close().await.unwrap();
    store.close().await.unwrap();
    assert!(store.begin(begin("b", 1)).await.unwrap_err().reason.contains("closed"));
    assert!(store.ready().await.is_err());
}

macro_rules! suite {
    ($($store:ident: $make:expr;)*) => { $(
        mod $store {
            use super::*;

            #[tokio::test]
            async fn leaves_two_leaves_for_each_exchange() {
                let (_kept, store) = $make;
                super::leaves_two_leaves_for_each_exchange(&*store).await;
            }

            #[tokio::test]
            async fn refuses_what_does_not_fit_and_leaves_nothing_of_it() {
                let (_kept, store) = $make;
                super::refuses_what_does_not_fit_and_leaves_nothing_of_it(&*store).await;
            }

            #[tokio::test]
            async fn gives_the_first_answer_again() {
                let (_kept, store) = $make;
                super::gives_the_first_answer_again(&*store).await;
            }

            #[tokio::test]
            async fn knows_the_messages_of_a_file() {
                let (_kept, store) = $make;
                super::knows_the_messages_of_a_file(&*store).await;
            }

            #[tokio::test]
            async fn hands_out_each_message_to_one_at_a_time() {
                let (_kept, store) = $make;
                super::hands_out_each_message_to_one_at_a_time(&*store).await;
            }

            #[tokio::test]
            async fn takes_many_exchanges_at_the_same_time() {
                let (_kept, store) = $make;
                super::takes_many_exchanges_at_the_same_time(store).await;
            }

            #[tokio::test]
            async fn does_nothing_once_closed() {
                let (_kept, store) = $make;
                super::does_nothing_once_closed(&*store).await;
            }
        }
    )* };
}

suite! {
    in_memory: ((), Arc::new(Memory::new(key())) as Arc<dyn Store>);
    in_sqlite: {
        let folder = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = Arc::new(open_embedded(folder.path()));
        (folder, store)
    };
}
