//! The description of an interchange: the grammar of its messages, and how it is written.
//!
//! ```toml
//! format           = "edifact"
//! grammar          = "medcom"      # one that comes with the product; else the tables of a grammar stand here
//! line-ends        = "lf"          # after each segment, when written: "none", "lf" or "crlf"
//! advice           = true          # whether `UNA` is written
//! check-trailers   = true          # whether counts and references must be right
//! object-bytes-max = 67_108_864    # the longest binary object
//! ```

use super::{
    Edifact,
    grammar::{BUILTIN, Grammar},
    reader::{OBJECT_BYTES_MAX, ReadOptions},
    writer::WriteOptions,
};
use crate::layout::Layout;
use sluse_contracts::{code, settings::Table};
use std::sync::Arc;

/// Reads a description; nothing where a fault was reported.
pub(crate) fn describe(table: &mut Table<'_>) -> Option<Arc<dyn Layout>> {
    let grammar = grammar(table);
    let words: [(&str, &[u8]); 3] = [("none", b""), ("lf", b"\n"), ("crlf", b"\r\n")];
    let line_end = table.choice("line-ends", &words).unwrap_or_default();
    let advises = table.flag("advice").unwrap_or(true);
    let checks_trailers = table.flag("check-trailers").unwrap_or(true);
    let longest = table.whole("object-bytes-max", 0..=1 << 32);
    let object_bytes_max = longest.unwrap_or(OBJECT_BYTES_MAX);
    Some(Arc::new(Edifact {
        grammar: Arc::new(grammar?),
        read: ReadOptions { checks_trailers, object_bytes_max, keeps_manner: false },
        write: WriteOptions { advises, line_end, makes_trailers: checks_trailers },
    }))
}

fn grammar(table: &mut Table<'_>) -> Option<Grammar> {
    let Some(name) = table.optional_placed_text("grammar") else {
        if !table.has("message") {
            let names: Vec<_> = BUILTIN.iter().map(|(name, _)| *name).collect();
            let hint = format!("name one of: {}", names.join(", "));
            let sentence = "there is neither `grammar` nor `[[message]]`";
            let settings = table.settings();
            settings.report_with_hint(table.place(), code::KEY_MISSING, sentence, hint);
        }
        return Grammar::of(table);
    };
    let read = Grammar::builtin(&name.value);
    if let Err(findings) = &read {
        for finding in findings {
            let hint = finding.hint.clone().unwrap_or_default();
            let settings = table.settings();
            settings.report_with_hint(name.place, code::VALUE_WRONG, &*finding.sentence, hint);
        }
    }
    read.ok()
}
