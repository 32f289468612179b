//! A draft of records of fixed width: how they are parted, what tells their types apart, where their fields begin.

mod columns;
mod records;
mod types;

use super::{DOUBT, quoted};
use columns::{Column, Holds};
use records::Records;
use std::fmt::Write;
use types::{Kind, Role};

/// Descriptions, the most telling one first.
pub(super) fn drafts(sample: &[u8], record_length: Option<usize>) -> Option<Vec<String>> {
    let records = Records::part(sample, record_length)?;
    let (type_length, kinds) = types::tell_apart(&records.records);
    let description = |plain: bool| describe(&records, type_length, &kinds, plain);
    Some([false, true].map(description).to_vec())
}

fn describe(records: &Records, type_length: usize, kinds: &[Kind], plain: bool) -> String {
    let mut text =
        String::from("# A draft from a sample: what is marked `# ?` the sample leaves open.\n");
    text.push_str("format          = \"fixed\"\n");
    let doubt =
        |doubt: Option<&str>| doubt.map(|doubt| format!("   {DOUBT} {doubt}")).unwrap_or_default();
    let _ = writeln!(
        text,
        "character-set   = \"{}\"{}",
        records.guess.set.name(),
        doubt(records.guess.doubt)
    );
    match records.line_end {
        None => {
            let why = "found from what repeats: the sender's own description says it";
            let _ = writeln!(text, "record-length   = {}{}", records.length, doubt(Some(why)));
        }
        Some(end) => {
            let _ = writeln!(text, "line-ends       = \"{end}\"");
            if records.is_stripped {
                text.push_str("trailing-blanks = \"stripped\"\n");
            }
        }
    }
    if type_length > 0 {
        let why = "what tells the records apart: is it longer, or elsewhere?";
        let _ = writeln!(
            text,
            "type            = {{ position = 1, length = {type_length} }}{}",
            doubt(Some(why))
        );
    }
    for (number, kind) in kinds.iter().enumerate() {
        record(&mut text, records, type_length, kinds, number, plain);
        if kind.follows_one && kind.role == Role::Body {
            let _ = writeln!(
                text,
                "{DOUBT} if these belong to the record before them: inside = \"…\", and key = [\"…\"] where both have one"
            );
        }
    }
    text
}

fn record(
    text: &mut String,
    records: &Records,
    type_length: usize,
    kinds: &[Kind],
    number: usize,
    plain: bool,
) {
    let Some(kind) = kinds.get(number) else { return };
    let _ = writeln!(text, "\n[[record]]\nname  = \"{}\"", kind.name);
    if type_length > 0 {
        let _ = writeln!(text, "type  = {}", quoted(&kind.text));
    }
    match kind.role {
        Role::Start => text.push_str("role  = \"start\"\n"),
        Role::Trailer => text.push_str("role  = \"trailer\"\n"),
        Role::Body => {}
    }
    text.push_str("field = [\n");
    let of_kind: Vec<&[char]> = kind
        .records
        .iter()
        .filter_map(|at| records.records.get(*at))
        .map(|record| &**record)
        .collect();
    for column in columns::find(&of_kind, type_length, records.length_of(&of_kind)) {
        let length = column.length;
        let position = column.start + 1;
        let (keys, wonder) = match &column.holds {
            _ if plain && column.holds != Holds::Nothing => (String::new(), None),
            Holds::Digits if kind.role == Role::Trailer => {
                match counts(&column, &of_kind, kinds, records.records.len()) {
                    Some(pieces) => {
                        text.push_str(&pieces);
                        continue;
                    }
                    None => keys(&column),
                }
            }
            _ => keys(&column),
        };
        let name = match column.holds {
            Holds::Nothing => String::new(),
            _ => format!("name = \"field-{position}\", "),
        };
        let comment = wonder.map(|wonder| format!("   {DOUBT} {wonder}")).unwrap_or_default();
        let _ = writeln!(
            text,
            "    {{ {name}position = {position}, length = {length}{keys} }},{comment}"
        );
    }
    text.push_str("]\n");
}

/// The keys of a field that say what it holds, and what is doubtful about it.
fn keys(column: &Column) -> (String, Option<String>) {
    let own = |text: &str| Some(text.to_owned());
    match &column.holds {
        Holds::Nothing => (
            ", kind = \"filler\"".to_owned(),
            own("blanks, as far as the sample goes: a filler, or a field without a value?"),
        ),
        Holds::Text => match column.is_last && column.blanks_after > 0 {
            true => (String::new(), own("a text up to the end, or a shorter one and a filler?")),
            false => (String::new(), None),
        },
        Holds::Date(form) => match form.contains("yyyy") {
            true => (format!(", kind = \"date\", form = \"{form}\""), None),
            false => (
                format!(", kind = \"date\", form = \"{form}\", pivot = 50"),
                own("a date? Then of which century: years below `pivot` are 20yy"),
            ),
        },
        Holds::Digits if column.length > 10 => (
            ", kind = \"digits\"".to_owned(),
            Some(format!("{} digits in a row: one field or several?", column.length)),
        ),
        Holds::Digits => (
            ", kind = \"digits\"".to_owned(),
            own("digits that name something, or a number with implied decimals?"),
        ),
        Holds::Number { sign } => {
            let sign = if *sign { ", sign = \"trailing\"" } else { ", pad = \"blank\"" };
            (format!(", kind = \"number\"{sign}"), own("how many decimals are implied?"))
        }
    }
}

/// The fields of a trailer that count records, where the digits are such counts: several of one length, or one with
/// zeros in front behind something else.
fn counts(
    column: &Column,
    records: &[&[char]],
    kinds: &[Kind],
    n_records: usize,
) -> Option<String> {
    let [record] = records else { return None };
    let digits: String = record.get(column.start..column.start + column.length)?.iter().collect();
    for n_pieces in 1..=3 {
        let length = digits.len() / n_pieces;
        if length * n_pieces != digits.len() {
            continue;
        }
        let pieces = (0..n_pieces).map(|piece| {
            let digits = digits.get(piece * length..(piece + 1) * length)?;
            count(column.start + piece * length, digits, kinds, n_records)
        });
        if let Some(lines) = pieces.collect::<Option<Vec<String>>>() {
            return Some(lines.concat());
        }
    }
    let short = digits.trim_end_matches(|c| c != '0').trim_end_matches('0').len();
    let (before, digits) = digits.split_at_checked(short).filter(|(_, digits)| digits.len() > 2)?;
    let count = count(column.start + short, digits, kinds, n_records)?;
    let (position, length) = (column.start + 1, before.len());
    let comment = format!("{DOUBT} digits that name something, or a number?");
    Some(format!(
        "    {{ name = \"field-{position}\", position = {position}, length = {length}, kind = \"digits\" }},   {comment}\n{count}"
    ))
}

/// The line of a field that counts.
fn count(start: usize, digits: &str, kinds: &[Kind], n_records: usize) -> Option<String> {
    let of = counted(digits.parse().ok()?, kinds, n_records)?;
    let (position, length) = (start + 1, digits.len());
    let comment = format!("{DOUBT} it fits in the sample; is it what it counts?");
    Some(format!(
        "    {{ name = \"field-{position}\", position = {position}, length = {length}, kind = \"count\", of = {of} }},   {comment}\n"
    ))
}

/// What there are so many of.
fn counted(value: usize, kinds: &[Kind], n_records: usize) -> Option<String> {
    if value == n_records {
        return Some("\"records\"".to_owned());
    }
    let body = |kind: &&Kind| kind.role == Role::Body;
    if let Some(kind) = kinds.iter().filter(body).find(|kind| kind.records.len() == value) {
        return Some(format!("[\"{}\"]", kind.name));
    }
    let of_body: usize = kinds.iter().filter(body).map(|kind| kind.records.len()).sum();
    (value == of_body).then(|| {
        let names: Vec<String> =
            kinds.iter().filter(body).map(|kind| format!("\"{}\"", kind.name)).collect();
        format!("[{}]", names.join(", "))
    })
}
