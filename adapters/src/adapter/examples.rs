//! Examples of an adapter: a file of each side, of which each must be what the other is translated to.

use super::{Adapter, Options, Step};
use crate::mapping::Way;
use sluse_contracts::{
    Finding, code,
    files::{ContractFiles, resolve},
    settings::{Place, Placed, Table},
};

/// Most examples of an adapter.
const EXAMPLES_MAX: usize = 200;
/// Largest file of an example.
const EXAMPLE_BYTES_MAX: usize = 4 << 20;

/// A file of each side.
pub(super) struct Example {
    place: Place,
    legacy: Placed<String>,
    contract_side: Placed<String>,
    /// The only way in which it is true.
    only: Option<Way>,
}

/// Reads the examples that a manifest names.
pub(super) fn read(root: &mut Table<'_>) -> Vec<Example> {
    let tables = root.tables("example");
    if tables.len() > EXAMPLES_MAX {
        let sentence = format!("an adapter has {EXAMPLES_MAX} examples at most");
        root.report("example", code::VALUE_WRONG, sentence);
    }
    let ways = [("forward", Way::Forward), ("reverse", Way::Reverse)];
    let read = |mut table: Table<'_>| {
        let place = table.place();
        let (legacy, contract_side) =
            (table.placed_text("legacy"), table.placed_text("contract-side"));
        let only = table.choice("only", &ways);
        Some(Example { place, legacy: legacy?, contract_side: contract_side?, only })
    };
    tables.into_iter().take(EXAMPLES_MAX).filter_map(read).collect()
}

/// Translates the examples, each way in which it is true.
pub(super) fn check(
    adapter: &Adapter,
    examples: &[Example],
    files: &ContractFiles,
    manifest: &str,
) -> Vec<Finding> {
    let goes_back = adapter.plans(Way::Reverse).is_ok();
    let mut findings = Vec::new();
    for example in examples {
        let mut tell = |place: Place, code, sentence: String| {
            findings.push(Finding::in_file(manifest, code, sentence).at(place.line, place.column));
        };
        let bytes = |file: &Placed<String>| files.get(&resolve("", &file.value)?);
        let mut sides = Vec::new();
        for file in [&example.legacy, &example.contract_side] {
            match bytes(file) {
                Some(found) if found.bytes.len() <= EXAMPLE_BYTES_MAX => sides.push(&found.bytes),
                Some(_) => {
                    let sentence = format!("an example has {EXAMPLE_BYTES_MAX} bytes at most");
                    tell(file.place, code::FILE_TOO_LARGE, sentence);
                }
                None => {
                    let name = &file.value;
                    let sentence = format!("there is no file `{name}` in the adapter's folder");
                    tell(file.place, code::FILE_UNREADABLE, sentence);
                }
            }
        }
        let [legacy, contract_side] = sides.as_slice() else { continue };
        let (from, to) = (&example.legacy.value, &example.contract_side.value);
        if example.only != Some(Way::Reverse)
            && let Some(wrong) = differs(adapter, Way::Forward, legacy, contract_side)
        {
            let sentence = format!("translated forward, `{from}` {wrong} `{to}`");
            tell(example.place, code::EXAMPLE_DIFFERS, sentence);
        }
        if example.only != Some(Way::Forward)
            && goes_back
            && let Some(wrong) = differs(adapter, Way::Reverse, contract_side, legacy)
        {
            let sentence = format!("translated in reverse, `{to}` {wrong} `{from}`");
            tell(example.place, code::EXAMPLE_DIFFERS, sentence);
        }
    }
    findings
}

/// How what comes of a file differs from what should; nothing where it does not.
fn differs(adapter: &Adapter, way: Way, from: &[u8], to: &[u8]) -> Option<String> {
    let plans = adapter.plans(way).ok()?;
    let mut translation = plans.begin(Options { faults_max: 1, ..Options::default() });
    let mut out = Vec::new();
    translation.feed(from);
    translation.finish();
    loop {
        match translation.next(&mut out) {
            Step::Unit(_) | Step::Around(_) => {}
            Step::Refused(faults) | Step::Broken(faults) => {
                let first = faults.first().map(|fault| format!(", {} {fault}", fault.code));
                return Some(format!("is refused{}: it is not", first.unwrap_or_default()));
            }
            // No more comes than was fed.
            Step::Hungry | Step::End => break,
        }
    }
    if out == to {
        return None;
    }
    let same = out.iter().zip(to).take_while(|(made, expected)| made == expected).count();
    let lines = to.get(..same).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count();
    Some(format!("differs in line {} (byte {same}) from", lines + 1))
}
