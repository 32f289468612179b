//! How many exchanges the embedded store makes durable in a second, by how many are under way at once.
//!
//! `cargo run --release --package sluse --example group_commit -- [FOLDER]`; the folder should be on the disk that is
//! to be measured. Prints one JSON line per width; asserts no times.
#![expect(clippy::print_stdout, reason = "printing is all that this program is for")]

use bytes::Bytes;
use futures_util::future::join_all;
use sluse::store::{
    Begin, Begun, Embedded, Finish, LedgerFile, OutboxEntry, Salt, StorageKey, Store,
    embedded::EmbeddedLimits,
};
use sluse_ledger::{
    Closing, Opening, SigningKey,
    leaf::{Ending, MessageDigest},
    verify::{Options, verify},
};
use std::{error::Error, path::PathBuf, time::Instant};

const WIDTHS: [u64; 6] = [1, 4, 16, 64, 256, 1_024];
const EXCHANGES_MAX: u64 = 20_000;
const EXCHANGES_PER_WIDTH: u64 = 500;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build()?;
    for one_way in [false, true] {
        for width in WIDTHS {
            let folder = tempfile::tempdir_in(&folder)?;
            runtime.block_on(measure(folder.path().join("ledger.sqlite"), width, one_way))?;
        }
    }
    Ok(())
}

async fn measure(path: PathBuf, width: u64, one_way: bool) -> Result<(), Box<dyn Error>> {
    let key = SigningKey::generate("gateway.example/ledger")?;
    let verifier = key.verifier().clone();
    let storage = StorageKey::from_text(&StorageKey::new_text()?)?;
    let store = Embedded::open(&path, key, storage, EmbeddedLimits::default())?;
    let each = (width * EXCHANGES_PER_WIDTH).min(EXCHANGES_MAX).div_ceil(width);
    let begun = Instant::now();
    let tasks = (0..width).map(|task| {
        let store = &store;
        async move {
            for turn in 0..each {
                exchange(store, format!("{task:08}-{turn:08}-7000-8000-000000000000"), one_way)
                    .await?;
            }
            Ok::<(), sluse::store::StoreFault>(())
        }
    });
    join_all(tasks).await.into_iter().collect::<Result<Vec<()>, _>>()?;
    let seconds = begun.elapsed().as_secs_f64();
    store.close().await?;
    let bytes = path.metadata()?.len();
    let verifying = Instant::now();
    let options = Options { key: Some(&verifier), earlier: None };
    let report = verify(&mut LedgerFile::open(&path)?, options, &mut |_| {})?;
    let verified = verifying.elapsed().as_secs_f64();
    let (exchanges, leaves) = (width * each, report.leaves);
    println!(
        r#"{{"one_way":{one_way},"width":{width},"exchanges":{exchanges},"exchanges_per_s":{:.0},"leaves_per_commit":{:.1},"bytes_per_exchange":{},"verified_leaves_per_s":{:.0},"holds":{}}}"#,
        exchanges as f64 / seconds,
        leaves as f64 / report.checkpoints as f64,
        bytes / exchanges,
        leaves as f64 / verified,
        report.holds(),
    );
    Ok(())
}

async fn exchange(
    store: &Embedded,
    id: String,
    one_way: bool,
) -> Result<(), sluse::store::StoreFault> {
    let outbox = one_way.then(|| OutboxEntry {
        exchange: id.clone(),
        opening: 0,
        service: "dk.example/archive/documents".into(),
        head: Bytes::from_static(b"POST /documents\r\ncontent-type: application/xml\r\n"),
        body: vec![b'x'; 10_000].into(),
        attempts: 0,
        due_ms: 0,
    });
    let begin = Begin { opening: opening(&id), salt: Salt([7; 32]), outbox, idempotency: None };
    let Begun::Opened(opening) = store.begin(begin).await? else { return Ok(()) };
    let closing = Closing {
        translated: Vec::new(),
        exchange: id,
        opening,
        at_ms: 1,
        ending: if one_way { Ending::Delivered } else { Ending::Answered },
        fault: None,
        status: Some(200),
        response: Some(message()),
        verdict: None,
        attempts: 1,
    };
    store.finish(Finish { closing, answer: None }).await.map(drop)
}

fn opening(id: &str) -> Opening {
    Opening {
        parent: None,
        translated: Vec::new(),
        exchange: id.to_owned(),
        at_ms: 1,
        consumer: "dk.example/desk".into(),
        service: Some("dk.example/register/persons".into()),
        operation: Some("getPerson".into()),
        contract: Some("dk.example/persons@1.0.0".into()),
        enforcement: Some("enforce".into()),
        request: message(),
        verdict: None,
        snapshot: "11".repeat(32),
    }
}

fn message() -> MessageDigest {
    MessageDigest { digest: "00".repeat(32), bytes: 2_048, media_type: "application/json".into() }
}
