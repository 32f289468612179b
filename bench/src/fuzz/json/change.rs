//! One mutant of a JSON document: a few parts changed, one of them made huge, its marks or its bytes.

use super::{
    super::text,
    tree::{any, copy, number},
};
use crate::mutants::Chance;
use serde_json::{Map, Value, json};

/// A mutant and what was done to it.
#[derive(Debug)]
pub(super) struct Mutant {
    pub(super) kind: String,
    pub(super) bytes: Vec<u8>,
}

/// Makes one mutant of one of some documents.
pub(super) fn mutant(documents: &[Value], chance: &mut Chance) -> Option<Mutant> {
    let mut document = chance.pick(documents)?.clone();
    let donor = chance.pick(documents)?;
    let (kind, text) = match chance.below(100) {
        0..55 => {
            let mut done = "nothing";
            for _ in 0..=chance.below(3) {
                done = changed(&mut document, donor, chance).unwrap_or(done);
            }
            (format!("tree: {done}"), document.to_string())
        }
        55..70 => {
            let done = grown(&mut document, chance).unwrap_or("nothing");
            (format!("grown: {done}"), document.to_string())
        }
        70 => ("grown: depth".to_owned(), deep(&document.to_string(), chance)),
        71..85 => {
            let (kind, text) = marks(&document.to_string(), chance);
            (format!("marks: {kind}"), text)
        }
        _ => {
            let mut bytes = document.to_string().into_bytes();
            let kind = text::bytes(&mut bytes, chance);
            return Some(Mutant { kind: format!("bytes: {kind}"), bytes });
        }
    };
    Some(Mutant { kind, bytes: text.into_bytes() })
}

/// Numbers at the edges of what programs hold.
pub(super) const NUMBERS: &[&str] = &[
    "0",
    "-0",
    "-0.0",
    "1.0",
    "1e0",
    "1E+2",
    "0.1",
    "0.30000000000000004",
    "2147483648",
    "-2147483649",
    "9007199254740993",
    "9007199254740993.5",
    "9223372036854775808",
    "18446744073709551616",
    "1e308",
    "1e309",
    "-1e400",
    "1e-400",
    "4.9e-324",
    "1e9999",
    "1e-9999",
    "1e1000000000",
    "1e999999999999999999",
    "1e1000000000000000000",
    "123456789012345678901234567890.123456789012345678901234567890",
];

/// Texts at the edges of formats and patterns.
const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "\u{0}",
    "\u{d7ff}",
    "\u{1f600}",
    "e\u{301}",
    "2024-02-30",
    "2016-12-31T23:59:60Z",
    "://",
    "a:",
    "http://[::1",
    "%",
    "%zz",
    "xn--a",
    "@",
    "a@[1.2.3.4]",
    "::",
    "1.2.3.4.5",
    "P",
    "#/~2",
    "-----",
    "AB-123456789",
    "null",
    "1e400",
];

/// Changes one part.
fn changed(document: &mut Value, donor: &Value, chance: &mut Chance) -> Option<&'static str> {
    let from_donor = copy(donor, chance);
    let part = any(document, chance)?;
    Some(match chance.below(9) {
        0 => {
            *part = number(chance.pick(NUMBERS)?);
            "number"
        }
        1 => {
            *part = Value::from(*chance.pick(TEXTS)?);
            "text"
        }
        2 => {
            let others =
                [Value::Null, json!(true), json!([]), json!({}), json!(1), json!("a"), json!([[]])];
            *part = chance.pick(&others)?.clone();
            "other type"
        }
        3 => {
            *part = from_donor;
            "part of another"
        }
        4 => {
            *part = json!([part.take()]);
            "in a list"
        }
        5 => {
            *part = json!({ "a": part.take() });
            "in an object"
        }
        6 => match part {
            Value::Object(members) => {
                let name = name(members, chance)?;
                members.shift_remove(&name);
                "member left out"
            }
            Value::Array(items) if !items.is_empty() => {
                items.remove(chance.below(items.len()));
                "item left out"
            }
            _ => return None,
        },
        7 => match part {
            Value::Object(members) => {
                let name = name(members, chance)?;
                let member = members.shift_remove(&name)?;
                members.insert(format!("{name}{}", chance.pick(TEXTS)?), member);
                "member renamed"
            }
            Value::Array(items) => {
                items.reverse();
                "items turned"
            }
            _ => return None,
        },
        _ => match part {
            Value::Object(members) => {
                members.insert((*chance.pick(TEXTS)?).to_owned(), from_donor);
                "member added"
            }
            Value::Array(items) => {
                items.push(from_donor);
                "item added"
            }
            _ => return None,
        },
    })
}

fn name(members: &Map<String, Value>, chance: &mut Chance) -> Option<String> {
    members.keys().nth(chance.below(members.len())).cloned()
}

/// Bytes that a repeated part may have together.
const REPEATED_BYTES_MAX: usize = 4 << 20;

/// Makes one part huge: from ten to a hundred thousand, each size as often as the others.
fn grown(document: &mut Value, chance: &mut Chance) -> Option<&'static str> {
    let size = 10_usize.pow(1 + u32::try_from(chance.below(5)).ok()?);
    let part = chance.below(super::tree::size(document));
    let part = super::tree::nth_mut(document, part)?;
    Some(match chance.below(8) {
        0 => {
            let text = *chance.pick(TEXTS)?;
            *part = Value::from(text.repeat(size * 4 / text.len().max(1)));
            "text"
        }
        1 => {
            let digit = *chance.pick(&["9", "0", "10"])?;
            let begin = *chance.pick(&["1", "-1", "0.", "1e"])?;
            *part = number(&format!("{begin}{}", digit.repeat(size)));
            "number"
        }
        2 => {
            let times = size.min(REPEATED_BYTES_MAX / part.to_string().len().max(1));
            *part = Value::Array(vec![part.clone(); times]);
            "list of the same"
        }
        3 => {
            // Numbers that are told apart by their last digits alone.
            let item = |at: usize| number(&format!("1.{at:030}"));
            *part = Value::Array((0..size).map(item).collect());
            "list of near numbers"
        }
        4 => {
            *part = Value::Array(vec![number(chance.pick(NUMBERS)?); size]);
            "list of numbers"
        }
        5 => {
            let member = part.clone();
            let times = size.min(REPEATED_BYTES_MAX / member.to_string().len().max(1));
            *part =
                Value::Object((0..times).map(|at| (format!("m{at}"), member.clone())).collect());
            "many members"
        }
        6 => {
            *part = json!({ ("n".repeat(size)): 1 });
            "name"
        }
        _ => {
            let item =
                |at: usize| json!({ "kind": "person", "name": at.to_string(), "label": "AB-1" });
            *part = Value::Array((0..size).map(item).collect());
            "list of objects"
        }
    })
}

fn deep(text: &str, chance: &mut Chance) -> String {
    let levels = 10_usize.pow(1 + u32::try_from(chance.below(5)).unwrap_or(0));
    let (open, close) = *chance
        .pick(&[("[", "]"), ("{\"a\":", "}"), ("{\"below\":[", "]}")])
        .unwrap_or(&("[", "]"));
    let close = if chance.one_in(4) { "" } else { close };
    format!("{}{text}{}", open.repeat(levels), close.repeat(levels))
}

/// What JSON is made of: put in where bytes alone would seldom meet.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "\\udc00\\ud800",
    "\\x",
    "-",
    "+",
    ".",
    "e",
    "1e",
    "01",
    "NaN",
    "Infinity",
    "true",
    "nul",
    "//",
    "/*",
    "'",
    "\u{feff}",
    "\0",
    "\n",
    "\u{2028}",
    "\"a\":1,\"a\":2,",
    "{}",
    "[]",
    "\"__proto__\":{},",
];

/// Changes one to three marks of a text.
fn marks(text: &str, chance: &mut Chance) -> (&'static str, String) {
    let mut text = text.to_owned();
    let mut done = "nothing";
    for _ in 0..=chance.below(3) {
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let Some(at) = chance.pick(&places).copied() else { break };
        let piece = chance.pick(PIECES).copied().unwrap_or_default();
        match chance.below(3) {
            0 => {
                let of_marks: Vec<usize> = text
                    .match_indices(['{', '}', '[', ']', ',', ':', '"'])
                    .map(|(at, _)| at)
                    .collect();
                if let Some(at) = chance.pick(&of_marks) {
                    text.remove(*at);
                }
                done = "left out";
            }
            1 => {
                text.insert_str(at, piece);
                done = "put between";
            }
            _ => {
                let times = chance.below(10_000);
                text.insert_str(at, &piece.repeat(times));
                done = "repeated";
            }
        }
    }
    (done, text)
}
