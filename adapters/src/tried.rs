//! Layouts tried out in tests: descriptions, reading in pieces, writing.

use crate::{
    fault::{Fault, Faults, Reach},
    layout::{Layout, Step, describe},
    tree::Tree,
};
use sluse_contracts::payload::Limits;
use std::sync::Arc;

/// A sound description.
pub(crate) fn layout(text: &str) -> Arc<dyn Layout> {
    let mut findings = Vec::new();
    let layout = describe("layout.toml", text, &mut findings);
    assert!(findings.is_empty(), "{findings:#?}");
    layout.unwrap()
}

/// What is wrong with a description.
pub(crate) fn told(text: &str) -> String {
    let mut findings = Vec::new();
    assert!(describe("layout.toml", text, &mut findings).is_none());
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// What reading in pieces gives, as text, and the units.
pub(crate) fn read(layout: &Arc<dyn Layout>, bytes: &[u8], piece: usize) -> (String, Vec<Tree>) {
    read_within(layout, bytes, piece, &Limits::default())
}

pub(crate) fn read_within(
    layout: &Arc<dyn Layout>,
    bytes: &[u8],
    piece: usize,
    limits: &Limits,
) -> (String, Vec<Tree>) {
    let mut tree = Tree::new(layout.names().clone(), limits);
    let (mut reader, mut faults) = (layout.clone().reader(limits), Faults::new(100));
    let (mut pieces, mut text, mut units) = (bytes.chunks(piece), String::new(), Vec::new());
    loop {
        let step = reader.next(&mut tree, &mut faults);
        for fault in faults.take() {
            let reach = if fault.reach == Reach::Unit { "unit" } else { "message" };
            let line = fault.place.line;
            text.push_str(&format!("{} {reach}: line {line}: {fault}\n", fault.code));
        }
        match step {
            Step::Unit => {
                text.push_str(&tree.outline());
                text.push_str("unit\n");
                let next = Tree::new(layout.names().clone(), limits);
                units.push(std::mem::replace(&mut tree, next));
            }
            Step::Refused => text.push_str("refused\n"),
            Step::Hungry => match pieces.next() {
                Some(piece) => reader.feed(piece),
                None => reader.finish(),
            },
            Step::End | Step::Broken => {
                text.push_str(if step == Step::End { "end\n" } else { "broken\n" });
                assert_eq!(reader.next(&mut tree, &mut faults), step, "it stays so");
                return (text, units);
            }
        }
    }
}

/// Each unit written, or the first fault.
pub(crate) fn write(layout: &Arc<dyn Layout>, units: &[Tree]) -> Result<Vec<u8>, String> {
    let (mut writer, mut out) = (layout.clone().writer(), Vec::new());
    let told = |fault: Fault| format!("{} {fault}", fault.code);
    for unit in units {
        writer.write(unit, &mut out).map_err(told)?;
    }
    writer.finish(&mut out).map_err(told)?;
    Ok(out)
}

/// What is written, as text.
pub(crate) fn written(layout: &Arc<dyn Layout>, units: &[Tree]) -> String {
    write(layout, units).map_or_else(|fault| fault, |bytes| String::from_utf8(bytes).unwrap())
}
