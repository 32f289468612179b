//! Bytes in, bytes out, and what is seen in them.

use crate::{
    fault::Faults,
    layout::{Layout, Step, describe},
    tree::Tree,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use sluse_contracts::{Finding, payload::Limits};
use std::sync::Arc;

fn layout(text: &str) -> Arc<dyn Layout> {
    let mut findings = Vec::new();
    let layout = describe("content.toml", text, &mut findings);
    layout.unwrap_or_else(|| panic!("{findings:?}"))
}

fn read(layout: &Arc<dyn Layout>, bytes: &[u8], piece: usize) -> Result<Tree, String> {
    let limits = Limits::default();
    let mut tree = Tree::new(layout.names().clone(), &limits);
    let mut faults = Faults::new(10);
    let mut reader = layout.clone().reader(&limits);
    bytes.chunks(piece).for_each(|piece| reader.feed(piece));
    reader.finish();
    match reader.next(&mut tree, &mut faults) {
        Step::Unit => Ok(tree),
        _ => Err(faults.take().iter().map(|fault| format!("{} {fault}", fault.code)).collect()),
    }
}

fn written(layout: &Arc<dyn Layout>, tree: &Tree) -> Result<Vec<u8>, String> {
    let (mut writer, mut out) = (layout.clone().writer(), Vec::new());
    writer.write(tree, &mut out).map_err(|fault| format!("{} {fault}", fault.code))?;
    writer.finish(&mut out).map_err(|fault| format!("{} {fault}", fault.code))?;
    Ok(out)
}

const INSIDE: &str = "format = 'content'\nmedia-type = 'application/xml'\nfield = 'bytes'\n\
    [inside]\nformat = 'xml'\nroot = 'a'\n";

#[test]
fn a_message_is_looked_into_and_carried_as_it_is() {
    let layout = layout(INSIDE);
    let message = b"<?xml version='1.0'?>\n<a><b>7</b></a>\n";
    let tree = read(&layout, message, 5).unwrap();
    let of = tree.at(tree.root(), &["a", "b"]).unwrap();
    assert_eq!(tree.value(of), Some("7"));
    let bytes = tree.at(tree.root(), &["bytes"]).unwrap();
    assert_eq!(STANDARD.decode(tree.value(bytes).unwrap()).unwrap(), message);
    assert_eq!(layout.media_type().to_string(), "application/xml");
    // What was seen in it is not written: only the bytes are.
    assert!(written(&layout, &tree).unwrap_err().starts_with("V0910"));
    let mut alone = Tree::new(layout.names().clone(), &Limits::default());
    alone.graft(&tree, bytes).unwrap();
    assert_eq!(written(&layout, &alone).unwrap(), message);
}

#[test]
fn what_cannot_be_looked_into_is_refused() {
    let layout = layout(INSIDE);
    assert!(read(&layout, b"<b/>", 9).unwrap_err().starts_with("V0903"));
    assert!(read(&layout, b"<a>", 9).unwrap_err().starts_with("V0101"));
    assert!(read(&layout, b"", 9).unwrap_err().starts_with("V0109"));
}

#[test]
fn faults_of_a_description_are_told() {
    let mut findings: Vec<Finding> = Vec::new();
    let text = "format = 'content'\nmedia-type = 'x'\n[inside]\nformat = 'pdf'\nroot = 'a'\n";
    assert!(describe("content.toml", text, &mut findings).is_none());
    let told: Vec<String> = findings.iter().map(|finding| finding.code.to_string()).collect();
    assert_eq!(told, ["C0105", "C0105"], "{findings:?}");
}

proptest! {
    /// Any bytes but none come back.
    #[test]
    fn any_bytes_come_back(bytes in proptest::collection::vec(any::<u8>(), 1..300), piece in 1_usize..40) {
        let layout = layout("format = 'content'");
        let tree = read(&layout, &bytes, piece).unwrap();
        prop_assert_eq!(written(&layout, &tree).unwrap(), bytes);
    }
}
