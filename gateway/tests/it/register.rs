//! The documents of a real register, posted to a running gateway: each arrives at its receiver, byte for byte.

use crate::world::{Provider, World, answer, limits, world};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

fn corpus() -> Option<PathBuf> {
    let root = std::env::var_os("SLUSE_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"), PathBuf::from);
    let folder = root.join("corpora/nemhandel-rasp");
    if !folder.is_dir() {
        println!("SKIPPED: corpora/nemhandel-rasp is not there; set SLUSE_SHARED");
        return None;
    }
    Some(folder)
}

/// The receiver's key, as the register's words say; none where the document names no receiver.
fn receiver(expected: &Value) -> Option<String> {
    let value = expected["key"].as_str().filter(|value| !value.is_empty())?;
    let kind = &expected["key_type"][0];
    let (scheme, national) = match kind[0].as_str() {
        Some("ean") => ("0088", false),
        Some("cvr") => ("0184", true),
        Some("se") => ("0198", true),
        Some("p") => ("0096", true),
        _ => (kind[1].as_str()?, false),
    };
    let value = if national { value.strip_prefix("DK").unwrap_or(value) } else { value };
    Some(format!("{scheme}:{value}"))
}

/// Half of the receivers lead to one provider, half to the other.
fn is_first(key: &str) -> bool {
    key.bytes().map(usize::from).sum::<usize>().is_multiple_of(2)
}

async fn register(expected: &BTreeMap<String, Value>) -> (World, Provider) {
    let second = Provider::start(|_| answer(200, "text/plain", "")).await;
    let mut table = String::new();
    let keys: std::collections::BTreeSet<String> = expected.values().filter_map(receiver).collect();
    for key in keys {
        let service = if is_first(&key) { "first" } else { "second" };
        writeln!(table, "{key},dk.cpr/register/{service}").unwrap();
    }
    let over = format!(
        "{}#--- services/first.toml\nid = \"dk.cpr/register/first\"\nupstream = [\"http://@A/in\"]\n\
         #--- services/second.toml\nid = \"dk.cpr/register/second\"\nupstream = [\"http://{}/in\"]\n\
         #--- services/orders.toml (absent)\n#--- receivers/all.csv\n{table}",
        limits("").replace("[limits]", "[contracts]\nlibrary = [\"dk.nemhandel\"]\n"),
        second.address
    );
    (world(&over, |_| answer(200, "text/plain", "")).await, second)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_document_of_the_register_arrives_at_its_receiver_byte_for_byte() {
    let Some(corpus) = corpus() else { return };
    let expected = fs::read_to_string(corpus.join("expected-routes.json")).unwrap();
    let mut expected: BTreeMap<String, Value> = serde_json::from_str(&expected).unwrap();
    expected.retain(|file, _| corpus.join("messages").join(file).is_file());
    let (world, second) = register(&expected).await;
    let (mut wrong, mut n_sent) = (Vec::new(), [0, 0]);
    for (file, expected) in &expected {
        let bytes = fs::read(corpus.join("messages").join(file)).unwrap();
        let reply =
            world.ask("POST", "/documents", &["content-type: application/xml"], &bytes).await;
        let known = expected["matches"].as_array().unwrap().len() == 1;
        let Some(key) = receiver(expected).filter(|_| known) else {
            if reply.status != 422 || world.exchange(reply.exchange()).await.1.attempts != 0 {
                wrong.push(format!("{file}: {} for a document of no receiver", reply.status));
            }
            continue;
        };
        if reply.status != 202 {
            wrong.push(format!("{file}: {} {}", reply.status, reply.text()));
            continue;
        }
        let at = usize::from(!is_first(&key));
        n_sent[at] += 1;
        let provider = [&world.provider, &second][at];
        let seen = provider.wait_for(n_sent[at]).await;
        let last = seen.last().unwrap();
        if last.body != bytes || last.header("sluse-exchange") != Some(reply.exchange()) {
            wrong.push(format!("{file}: arrived otherwise than it was sent"));
        }
    }
    println!("{} and {} documents arrived", n_sent[0], n_sent[1]);
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
    assert!(n_sent[0] + n_sent[1] > 50 && n_sent[0] > 0 && n_sent[1] > 0, "{n_sent:?}");
}
