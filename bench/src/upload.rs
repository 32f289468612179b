//! An upload that breaks off: it may leave no file and no memory behind.

use crate::{Fault, gateway::loopback, process::Running, setup::Ports};
use serde_json::{Value, json};
use std::{fs, path::Path, time::Duration};
use tokio::{io::AsyncWriteExt as _, net::TcpStream};

const PIECE_BYTES: usize = 1 << 20;

/// Says it will send `bytes`, sends nine tenths of them, and hangs up.
pub(crate) async fn break_off(
    bytes: u64,
    sluse: &Running,
    ports: Ports,
    folder: &Path,
) -> Result<Value, Fault> {
    let before = sluse.usage().memory_bytes;
    let files_before = files(folder);
    let mut stream = TcpStream::connect(loopback(ports.sluse)).await?;
    let head = format!(
        "POST / HTTP/1.1\r\nhost: pass.bench.example\r\ncontent-type: application/octet-stream\r\n\
         content-length: {bytes}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    let piece = vec![b'x'; PIECE_BYTES];
    let (mut sent, mut peak, mut refused) = (0, before, false);
    while sent < bytes / 10 * 9 {
        if stream.write_all(&piece).await.is_err() {
            refused = true;
            break;
        }
        sent += PIECE_BYTES as u64;
        peak = peak.max(sluse.usage().memory_bytes);
    }
    drop(stream);
    tokio::time::sleep(Duration::from_secs(2)).await;
    Ok(json!({
        "bytes_sent": sent,
        "refused_by_limit": refused,
        "memory_bytes_before": before,
        "memory_bytes_peak": peak,
        "memory_bytes_after": sluse.usage().memory_bytes,
        "files_left": files(folder).saturating_sub(files_before),
    }))
}

/// How many files there are in and below `folder`.
fn files(folder: &Path) -> usize {
    fs::read_dir(folder).into_iter().flatten().flatten().fold(0, |sum, entry| {
        let path = entry.path();
        sum + if path.is_dir() { files(&path) } else { 1 }
    })
}
