//! Measures reading: `cargo run --release -p sluse-xml --example measure -- FILE`.
use sluse_xml::{Document, Limits};
use std::time::Instant;
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let bytes = std::fs::read(path).unwrap();
    let n = (200_000_000 / bytes.len().max(1)).clamp(3, 20_000);
    for _ in 0..3 {
        let t = Instant::now();
        let mut nodes = 0;
        for _ in 0..n { nodes += Document::parse(&bytes, None, &Limits::default()).unwrap().node_count(); }
        let s = t.elapsed().as_secs_f64();
        println!("tree {:.1} us, {:.0} MB/s, {} nodes, {} bytes", s / n as f64 * 1e6, bytes.len() as f64 * n as f64 / s / 1e6, nodes / n, bytes.len());
    }
}
