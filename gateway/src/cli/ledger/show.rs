//! `sluse ledger show`: both leaves of an exchange, and what proves them.

use super::{Opened, Place, moment};
use crate::{
    cli::{Exit, Output, Style, plural},
    store::LedgerFile,
};
use serde::Serialize;
use serde_json::Value;
use sluse_ledger::{
    Checkpoint, Hash, Leaf, proof,
    verify::{Source, StoredLeaf},
};

/// Show both leaves of an exchange and what proves them, or the newest checkpoint
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse ledger show 0197f3c2-5c1e-7d3a-9b1f-2f6c7f0a1b2c --config /etc/sluse\n  \
    sluse ledger show 41 --ledger copy.sqlite --format json\n  \
    sluse ledger show --checkpoint --config /etc/sluse > kept-in-june.txt\n\n\
    Keep a checkpoint where the gateway's operators cannot reach it: `sluse ledger verify --checkpoint`\n\
    then finds what was cut off or rewritten since.")]
pub(super) struct Args {
    #[command(flatten)]
    place: Place,
    /// The exchange's id, or the index of one of its leaves
    #[arg(value_name = "EXCHANGE", required_unless_present = "checkpoint")]
    exchange: Option<String>,
    /// The newest signed checkpoint, to be kept
    #[arg(long, conflicts_with = "exchange")]
    checkpoint: bool,
}

/// A leaf and its proof, as programs read it.
#[derive(Debug, Serialize)]
struct LeafLine {
    index: u64,
    content: Value,
    hash: String,
    proof: Proof,
}

/// A message of a file, as programs read it.
#[derive(Debug, Serialize)]
struct ChildLine<'a> {
    child: &'a str,
    opening: u64,
}

/// That the leaf is in the tree of the newest checkpoint (RFC 9162, section 2.1.3).
#[derive(Debug, Serialize)]
struct Proof {
    holds: bool,
    size: u64,
    root: String,
    path: Vec<String>,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<Exit, String> {
    let mut opened = args.place.open()?;
    let newest = opened.file.newest_checkpoint().map_err(|fault| fault.to_string())?;
    let Some(newest) = newest else { return Err("the ledger is empty".to_owned()) };
    let checkpoint = Checkpoint::read(&newest.note, &opened.key)
        .map_err(|fault| format!("F0405 the newest checkpoint: {fault}"))?;
    let Some(asked) = &args.exchange else {
        output.raw(newest.note.as_bytes());
        return Ok(Exit::Fine);
    };
    let leaves = find(&mut opened.file, asked).map_err(|fault| fault.to_string())?;
    if leaves.is_empty() {
        return Err(format!("the ledger has no exchange or leaf `{asked}`"));
    }
    let children = children(&opened.file, &leaves).map_err(|fault| fault.to_string())?;
    let mut exit = Exit::Fine;
    for leaf in leaves {
        let line = prove(&mut opened, &checkpoint, &leaf)?;
        if !line.proof.holds {
            exit = Exit::Found;
        }
        tell(&line, output);
    }
    tell_children(&children, output);
    Ok(exit)
}

/// The messages of a file whose two leaves these are.
fn children(
    file: &LedgerFile,
    leaves: &[StoredLeaf],
) -> Result<Vec<(u64, String)>, crate::store::StoreFault> {
    let (mut opening, mut closing) = (None, None);
    for leaf in leaves {
        match Leaf::read(&leaf.bytes) {
            Ok(Leaf::Opening(read)) => opening = Some((leaf.index, read.exchange)),
            Ok(Leaf::Closing(_)) => closing = Some(leaf.index),
            Err(_) => {}
        }
    }
    match opening {
        Some((index, exchange)) => file.children(&exchange, index, closing),
        None => Ok(Vec::new()),
    }
}

fn tell_children(children: &[(u64, String)], output: &mut Output) {
    if output.is_json() {
        for (opening, child) in children {
            output.json(&ChildLine { child, opening: *opening });
        }
        return;
    }
    if children.is_empty() {
        return;
    }
    let head = output.paint(Style::Bold, plural(children.len(), "message") + " of this file");
    output.line(head);
    for (opening, child) in children {
        output.line(format_args!("  leaf {opening:<7} {child}"));
    }
}

/// The leaves of an exchange, asked for by its id or the index of one of its leaves.
fn find(file: &mut LedgerFile, asked: &str) -> Result<Vec<StoredLeaf>, crate::store::StoreFault> {
    let exchange = match asked.parse::<u64>() {
        Ok(index) => match file.leaf(index)? {
            Some(leaf) => match Leaf::read(&leaf.bytes) {
                Ok(read) => read.exchange().to_owned(),
                Err(_) => return Ok(vec![leaf]),
            },
            None => return Ok(Vec::new()),
        },
        Err(_) => asked.to_owned(),
    };
    let mut found = Vec::new();
    if let Some((opening, closing)) = file.places(&exchange)? {
        for index in [Some(opening), closing].into_iter().flatten() {
            found.extend(file.leaf(index)?.filter(|leaf| is_of(leaf, &exchange)));
        }
    }
    // What the file notes about places is not evidence: where it leads to less than both, the leaves are asked.
    if found.len() == 2 { Ok(found) } else { scan(file, &exchange) }
}

fn scan(
    file: &mut LedgerFile,
    exchange: &str,
) -> Result<Vec<StoredLeaf>, crate::store::StoreFault> {
    let (mut found, mut from) = (Vec::new(), 0);
    loop {
        let page = file.leaves(from, 1_024)?;
        let Some(last) = page.last() else { return Ok(found) };
        from = last.index.saturating_add(1);
        found.extend(page.into_iter().filter(|leaf| is_of(leaf, exchange)));
    }
}

fn is_of(leaf: &StoredLeaf, exchange: &str) -> bool {
    Leaf::read(&leaf.bytes).is_ok_and(|leaf| leaf.exchange() == exchange)
}

fn prove(
    opened: &mut Opened,
    checkpoint: &Checkpoint,
    leaf: &StoredLeaf,
) -> Result<LeafLine, String> {
    let hash = Hash::of_leaf(&leaf.bytes);
    let mut path = Vec::new();
    for range in proof::inclusion(leaf.index, checkpoint.size).unwrap_or_default() {
        path.push(opened.file.root_of(range).map_err(|fault| fault.to_string())?);
    }
    let holds = proof::verify_inclusion(hash, leaf.index, checkpoint.size, &path, checkpoint.root);
    Ok(LeafLine {
        index: leaf.index,
        content: serde_json::from_slice(&leaf.bytes).unwrap_or(Value::Null),
        hash: hash.to_string(),
        proof: Proof {
            holds,
            size: checkpoint.size,
            root: checkpoint.root.to_string(),
            path: path.iter().map(ToString::to_string).collect(),
        },
    })
}

fn tell(line: &LeafLine, output: &mut Output) {
    if output.is_json() {
        output.json(line);
        return;
    }
    let kind = line.content.get("leaf").and_then(Value::as_str).unwrap_or("unreadable");
    let head = output.paint(Style::Bold, format_args!("leaf {}: {kind}", line.index));
    output.line(head);
    for (name, value) in line.content.as_object().into_iter().flatten() {
        if name != "leaf" && !value.is_null() {
            let label = if name == "at_ms" { "at" } else { name };
            output.line(format_args!("  {label:<12} {}", shown(name, value)));
        }
    }
    output.line(format_args!("  {:<12} {}", "hash", line.hash));
    let proof = &line.proof;
    let proved = if proof.holds {
        let hashes = match proof.path.len() {
            1 => "1 hash".to_owned(),
            many => format!("{many} hashes"),
        };
        let text = format!("{}, in the signed tree of {} leaves", hashes, proof.size);
        output.paint(Style::Good, text)
    } else {
        output.paint(Style::Bad, "does NOT hold: run `sluse ledger verify`")
    };
    output.line(format_args!("  {:<12} {proved}", "proof"));
}

fn shown(name: &str, value: &Value) -> String {
    match (name, value) {
        ("at_ms", Value::Number(at)) => at.as_u64().map_or_else(String::new, moment::show),
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}
