//! What only a store on disk can do wrong: restarts, crashes, full disks, files of others.

use super::*;
use crate::store::embedded::EmbeddedLimits;
use rusqlite::Connection;
use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

pub(super) fn limits() -> EmbeddedLimits {
    EmbeddedLimits { value_bytes_max: 1 << 20, ..EmbeddedLimits::default() }
}

fn open(folder: &Path) -> Result<Embedded, StoreFault> {
    Embedded::open(&folder.join("ledger.db"), key(), storage_key(), limits())
}

fn count(folder: &Path, table: &str) -> i64 {
    let connection = Connection::open(folder.join("ledger.db")).unwrap();
    connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn many_exchanges_share_a_commit() {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Arc::new(open(folder.path()).unwrap());
    takes_many_exchanges_at_the_same_time(Arc::clone(&store)).await;
    store.close().await.unwrap();
    let (leaves, checkpoints) = (count(folder.path(), "leaf"), count(folder.path(), "checkpoint"));
    assert_eq!(leaves, 64 * 24);
    assert!(checkpoints < leaves / 4, "{checkpoints} commits for {leaves} leaves");
}

#[tokio::test]
async fn after_an_orderly_stop_the_one_file_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    for at in 0..20 {
        opened(&store, begin(&format!("exchange-{at}"), 1)).await;
    }
    let leaves = store.leaves(0, 99).await.unwrap();
    store.close().await.unwrap();
    let copy = tempfile::tempdir().unwrap();
    let name = "ledger.db";
    std::fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
    let store = open(copy.path()).unwrap();
    assert_eq!(store.leaves(0, 99).await.unwrap(), leaves);
}

#[tokio::test]
async fn a_restart_finds_everything_and_takes_up_leases() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    opened(&store, begin("a", 1)).await;
    opened(&store, with_key(one_way("b", 5), 1, 1)).await;
    let first = opened(&store, with_key(begin("c", 1), 2, 1)).await;
    let kept = answer("c", first);
    let answered = Some((idempotency(2, 1), kept.clone()));
    store
        .finish(Finish { answer: answered, ..finish("c", first, Ending::Answered) })
        .await
        .unwrap();
    let taken = store.outbox_take(5, 1_000_000, 9).await.unwrap();
    assert_eq!(taken.len(), 1);
    let before = (store.leaves(0, 99).await.unwrap(), store.checkpoint().await.unwrap());
    store.close().await.unwrap();

    let store = open(folder.path()).unwrap();
    let after = (store.leaves(0, 99).await.unwrap(), store.checkpoint().await.unwrap());
    assert_eq!(before, after);
    assert_eq!(store.outbox_take(5, 1_000_000, 9).await.unwrap(), taken);
    assert_eq!(store.left_open().await.unwrap(), [(0, begin("a", 1).opening)]);
    let repeat = store.begin(with_key(begin("d", 1), 2, 1)).await.unwrap();
    assert_eq!(repeat, Begun::Answered(kept));
    assert_eq!(opened(&store, begin("e", 1)).await, 4);
    evidence(&store).await;
    store.close().await.unwrap();
}

#[tokio::test]
async fn one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let fault = open(folder.path()).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "the store could not open its database: another process has it open"
    );
    store.close().await.unwrap();
    open(folder.path()).unwrap().close().await.unwrap();
}

#[tokio::test]
async fn says_what_is_wrong_with_a_file_that_it_cannot_use() {
    let reason = |folder: &Path| open(folder).unwrap_err().reason;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    std::fs::write(&path, "this is a letter and no database".repeat(100)).unwrap();
    assert_eq!(reason(folder.path()), "the file is not an SQLite database");

    std::fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE other (a)").unwrap();
    assert_eq!(reason(folder.path()), "the file is a database of another program");
    assert!(reason(&path.join("below-a-file")).contains("directory"));

    std::fs::remove_file(&path).unwrap();
    let store = open(folder.path()).unwrap();
    opened(&store, begin("a", 1)).await;
    opened(&store, begin("b", 1)).await;
    store.close().await.unwrap();
    let edit = |text: &str| Connection::open(&path).unwrap().execute_batch(text).unwrap();
    edit("UPDATE schema_version SET version = 99");
    assert_eq!(reason(folder.path()), "its schema is version 99, and this program knows 1");
    edit("UPDATE schema_version SET version = 1; DELETE FROM leaf WHERE idx = 1");
    assert_eq!(
        reason(folder.path()),
        "its newest checkpoint does not fit its leaves; run `sluse ledger verify`"
    );
    let other = SigningKey::generate(ORIGIN).unwrap();
    let fault = Embedded::open(&path, other, storage_key(), limits()).unwrap_err();
    assert!(fault.reason.starts_with("the ledger in it is signed by another key"), "{fault}");
}

#[tokio::test]
async fn a_damaged_file_is_a_fault_and_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let store = open(folder.path()).unwrap();
    for turn in 0..100 {
        opened(&store, one_way(&format!("x{turn}"), 1)).await;
    }
    store.close().await.unwrap();
    let whole = std::fs::read(&path).unwrap();
    for at in (100..whole.len()).step_by(whole.len() / 60) {
        let mut damaged = whole.clone();
        let end = (at + 700).min(whole.len());
        damaged[at..end].fill(0xa5);
        std::fs::write(&path, &damaged).unwrap();
        let Ok(store) = open(folder.path()) else { continue };
        let _ = store.leaves(0, 999).await;
        let _ = store.left_open().await;
        let _ = store.exchange("x7".into()).await;
        let _ = store.outbox_take(9, 99, 99).await;
        let _ = store.begin(begin("new", 1)).await;
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn where_the_disk_is_full_nothing_opens_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let small = EmbeddedLimits { file_bytes_max: 200 << 10, ..limits() };
    let store = Embedded::open(&path, key(), storage_key(), small).unwrap();
    let mut kept = 0;
    let fault = loop {
        let mut big = one_way(&format!("x{kept}"), 1);
        big.outbox = Some(OutboxEntry { body: vec![7; 5_000].into(), ..parcel(1) });
        match store.begin(big).await {
            Ok(begun) => assert_eq!(begun, Begun::Opened(kept)),
            Err(fault) => break fault,
        }
        kept += 1;
        assert!(kept < 1_000);
    };
    assert!(fault.reason.contains("full"), "{fault}");
    assert!(kept > 5);
    assert_eq!(evidence(&store).await.len() as u64, kept);
    let lost = format!("x{kept}");
    assert_eq!(store.exchange(lost.clone()).await.unwrap(), None);
    store.close().await.unwrap();
    let store = open(folder.path()).unwrap();
    assert_eq!(opened(&store, begin(&lost, 1)).await, kept);
    evidence(&store).await;
    store.close().await.unwrap();
}

#[tokio::test]
async fn one_refused_write_does_not_spoil_the_others_of_its_commit() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let writes = (0..60).map(|turn| {
        let mut begin = one_way(&format!("x{turn}"), 1);
        if turn % 3 == 0 {
            begin.outbox = Some(OutboxEntry { body: vec![7; 2 << 20].into(), ..parcel(1) });
        }
        store.begin(begin)
    });
    let outcomes = futures_util::future::join_all(writes).await;
    for (turn, outcome) in outcomes.iter().enumerate() {
        assert_eq!(outcome.is_err(), turn % 3 == 0, "{turn} {outcome:?}");
    }
    assert_eq!(evidence(&store).await.len(), 40);
    assert_eq!(store.outbox_depth().await.unwrap().waiting, 40);
    store.close().await.unwrap();
}

#[tokio::test]
async fn keeps_nothing_of_a_message_in_the_clear() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    opened(&store, one_way("a", 1)).await;
    let first = opened(&store, with_key(begin("b", 1), 0x41, 0x42)).await;
    let answered = Some((idempotency(0x41, 0x42), answer("b", first)));
    store
        .finish(Finish { answer: answered, ..finish("b", first, Ending::Answered) })
        .await
        .unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let secrets: [&[u8]; 4] = [b"canary", &[7; 32], &[0x42; 32], &[5; 32]];
        for secret in secrets {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret), "{path:?}");
        }
    }
    store.close().await.unwrap();

    let other = || StorageKey::from_bytes([6; 32]);
    let path = folder.path().join("ledger.db");
    let fault = Embedded::open(&path, key(), other(), limits()).unwrap_err();
    assert!(fault.reason.contains("under another storage key"), "{fault}");
    let store = open(folder.path()).unwrap();
    store.finish(finish("a", 0, Ending::Delivered)).await.unwrap();
    store.close().await.unwrap();
    let store = Embedded::open(&path, key(), other(), limits()).unwrap();
    assert_eq!(store.exchange("a".into()).await.unwrap().unwrap().salt, None);
    store.close().await.unwrap();
}

/// The child of the test below: writes until it is killed, and says what it was told is durable.
#[tokio::test]
async fn child_that_writes_until_it_is_killed() {
    let Some(folder) = std::env::var_os("SLUSE_TEST_CRASH_FOLDER") else { return };
    let store = open(Path::new(&folder)).unwrap();
    let writers = (0..8).map(|writer| {
        let store = &store;
        async move {
            for turn in 0..100_000 {
                let exchange = format!("{writer}-{turn}");
                let index = opened(store, one_way(&exchange, 1)).await;
                println!("\nDURABLE {exchange} {index}");
                store.finish(finish(&exchange, index, Ending::Delivered)).await.unwrap();
            }
        }
    });
    futures_util::future::join_all(writers).await;
}

#[tokio::test]
async fn what_was_said_to_be_durable_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..3_usize {
        std::fs::create_dir(folder.path().join(round.to_string())).unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "store::suite::embedded::child_that_writes_until_it_is_killed"])
            .args(["--nocapture", "--test-threads=1"])
            .env("SLUSE_TEST_CRASH_FOLDER", folder.path().join(round.to_string()))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut durable = Vec::new();
        for line in lines.map_while(Result::ok) {
            if let Some(said) = line.strip_prefix("DURABLE ") {
                let (exchange, index) = said.split_once(' ').unwrap();
                durable.push((exchange.to_owned(), index.parse::<u64>().unwrap()));
                if durable.len() == 50 * (round + 1) {
                    child.kill().unwrap();
                }
            }
        }
        child.wait().unwrap();
        assert!(durable.len() >= 50, "the child wrote");
        let store = open(&folder.path().join(round.to_string())).unwrap();
        evidence(&store).await;
        for (exchange, index) in &durable {
            let record = store.exchange(exchange.clone()).await.unwrap().unwrap();
            assert_eq!(record.opening.0, *index);
        }
        // What was under way is in the outbox and is handed out again.
        let depth = store.outbox_depth().await.unwrap();
        let taken = store.outbox_take(9, 99, 999).await.unwrap();
        assert_eq!(taken.len() as u64, depth.waiting);
        for entry in taken {
            let closed = finish(&entry.exchange, entry.opening, Ending::Delivered);
            store.finish(closed).await.unwrap();
        }
        assert!(store.left_open().await.unwrap().is_empty());
        evidence(&store).await;
        store.close().await.unwrap();
    }
}
