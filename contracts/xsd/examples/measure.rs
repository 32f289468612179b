//! How long a schema takes to compile, and a document to be read and judged.
//!
//! `cargo run --release -p sluse-xsd --example measure -- FOLDER ENTRY DOCUMENT [ROUNDS [parse|judge|stream|read]…]`

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a program for a person")]

use sluse_xsd::{Asked, Budget, Schema};
use std::{collections::BTreeMap, fs, path::Path, sync::Arc, time::Instant};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, entry, document, rounds @ ..] = arguments.as_slice() else {
        return Err("FOLDER ENTRY DOCUMENT [ROUNDS]".into());
    };
    let modes = rounds.get(1..).unwrap_or_default();
    let rounds: u32 = rounds.first().map_or(Ok(2_000), |text| text.parse())?;
    let mut documents = BTreeMap::new();
    read(Path::new(folder), Path::new(folder), &mut documents)?;
    let begun = Instant::now();
    let (schema, faults) = Schema::compile(&documents, &[entry], &Budget::default());
    println!("compile: {:?}, {} faults", begun.elapsed(), faults.len());
    for fault in faults.iter().take(5) {
        println!("  {fault:?}");
    }
    let Some(schema) = schema else { return Ok(()) };
    println!("{schema:?}");
    let bytes = fs::read(document)?;
    let limits = sluse_xml::Limits::default();
    let asked = Asked { show_values: false, violations_max: 1_000 };
    let tree = sluse_xml::Document::parse(&bytes, None, &limits)?;
    for each in schema.judge(&tree, asked).iter().take(5) {
        println!("  {each:?}");
    }
    let wanted = |mode: &str| modes.is_empty() || modes.iter().any(|each| each == mode);
    let per_round = |mode: &str, begun: Instant| {
        println!("{mode}: {:?} of {} bytes", begun.elapsed() / rounds, bytes.len());
    };
    if wanted("parse") {
        let begun = Instant::now();
        for _ in 0..rounds {
            std::hint::black_box(sluse_xml::Document::parse(&bytes, None, &limits)?);
        }
        per_round("parse", begun);
    }
    if wanted("judge") {
        let begun = Instant::now();
        for _ in 0..rounds {
            std::hint::black_box(schema.judge(&tree, asked));
        }
        per_round("judge", begun);
    }
    if wanted("stream") {
        let begun = Instant::now();
        for _ in 0..rounds {
            let reader = sluse_xml::Reader::new(bytes.as_slice(), None, limits)?;
            std::hint::black_box(schema.judge_stream(reader, asked)?);
        }
        per_round("stream", begun);
    }
    if wanted("read") {
        let begun = Instant::now();
        for _ in 0..rounds {
            let mut reader = sluse_xml::Reader::new(bytes.as_slice(), None, limits)?;
            while !matches!(reader.next_event()?, sluse_xml::Event::Eof) {}
        }
        per_round("read", begun);
    }
    Ok(())
}

fn read(
    root: &Path,
    folder: &Path,
    documents: &mut BTreeMap<String, Arc<str>>,
) -> Result<(), Box<dyn std::error::Error>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if path.is_dir() {
            read(root, &path, documents)?;
        } else if path.extension().is_some_and(|each| each == "xsd") {
            let name = path.strip_prefix(root)?.to_string_lossy().into_owned();
            let bytes = fs::read(&path)?;
            let text = sluse_xml::decode(&bytes, None)?;
            documents.insert(name, text.trim_start_matches('\u{feff}').into());
        }
    }
    Ok(())
}
