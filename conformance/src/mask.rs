//! Personal data out of a result, before it leaves the supplier's house.
//!
//! What a contract's `keys.subject` reads, and every personal number that the search of contracts
//! finds, is put away everywhere in the result, the same value always by the same other one: a digit
//! for a digit, a letter for a letter, a personal number by one that has the same form and right
//! check digits. So the kept exchanges can still be judged, and compared with each other.

use crate::{
    plan::Plan,
    result::{CaseResult, Exchanged, Kept, RunResult},
};
use regex::{Captures, Regex, RegexBuilder};
use serde_json::Value;
use sluse_contracts::{
    Contract, MediaType, Message, Payload,
    files::FileDigest,
    identifiers::{Identifier, search},
    payload::Limits,
};
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
};

/// Most values that are put away in one result; the bodies of messages beyond are taken out whole.
pub const MASKED_VALUES_MAX: usize = 20_000;
/// Shorter subjects are only put away where they stand alone: `7` stands in everything. In bytes.
const SUBJECT_BYTES_MIN: usize = 4;
/// Largest pattern of all values, in bytes.
const PATTERN_BYTES_MAX: usize = 256 << 20;
/// How many numbers are tried until one has right check digits.
const TRIES_MAX: u32 = 60_000;

/// Puts personal data away; gives how many values that were. `salt` is random, and forgotten afterwards.
///
/// What the plan itself sends is of the contract and invented: it stays, so that a case can be told again from what was kept.
pub fn mask(result: &mut RunResult, contract: &Contract, plan: &Plan, salt: &[u8; 32]) -> usize {
    let mut found = Found::default();
    for case in &result.cases {
        for exchange in &case.exchanges {
            found.read(exchange, contract);
        }
        texts(case, &mut |text| found.search(text));
    }
    for heard in result.heard.iter().flat_map(|heard| &heard.requests) {
        found.message(&heard.request, contract);
        texts_of(&heard.request, &mut |text| found.search(text));
    }
    let invented = invented(plan);
    found.values.retain(|value, _| !invented.contains(value));
    let table = Table::new(&found.values, salt);
    let over = found.values.len() > MASKED_VALUES_MAX
        || (table.pattern.is_none() && !found.values.is_empty());
    for case in &mut result.cases {
        // Only who pastes lines needs them, and they stand in the exchanges as well.
        case.renewed.clear();
        table.lay_on(case, over);
    }
    for heard in result.heard.iter_mut().flat_map(|heard| &mut heard.requests) {
        table.lay_on_message(&mut heard.request, over);
    }
    found.values.len()
}

/// The values that the bodies of a plan have in themselves, those with slots left out.
fn invented(plan: &Plan) -> HashSet<String> {
    let mut values = HashSet::new();
    for request in plan.cases.iter().flat_map(|case| case.play.calls()).flat_map(|it| &it.requests)
    {
        let Some(template) = request.body.template() else { continue };
        let text = template.to_string();
        match serde_json::from_str::<Value>(&text) {
            Ok(value) => leaves(&value, &mut values),
            Err(_) => values.extend(text.split(['<', '>', '"']).map(|each| each.trim().to_owned())),
        }
    }
    values.retain(|value| !value.contains("{{"));
    values
}

fn leaves(value: &Value, values: &mut HashSet<String>) {
    match value {
        Value::String(text) => drop(values.insert(text.clone())),
        Value::Number(number) => drop(values.insert(number.to_string())),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, values)),
        Value::Object(members) => members.values().for_each(|member| leaves(member, values)),
        Value::Null | Value::Bool(_) => {}
    }
}

#[derive(Debug, Default)]
struct Found {
    /// Each value, and which identifier it is, where it is one.
    values: BTreeMap<String, Option<Identifier>>,
}

impl Found {
    fn read(&mut self, exchange: &Exchanged, contract: &Contract) {
        self.message(&exchange.request, contract);
        if let Some(answer) = &exchange.answer {
            self.message(answer, contract);
        }
    }

    fn message(&mut self, kept: &Kept, contract: &Contract) {
        let subjects = payload(kept).map(|payload| contract.keys(&payload).subjects);
        for subject in
            subjects.unwrap_or_default().into_iter().filter(|subject| !subject.is_empty())
        {
            self.values.entry(subject).or_insert(None);
        }
    }

    fn search(&mut self, text: &str) {
        let identifiers: Vec<Identifier> = search::PERSONAL.iter().map(|(_, each)| *each).collect();
        for found in search::find(text, &identifiers) {
            let value = number_at(text, found.character);
            if !value.is_empty() {
                self.values.insert(value, Some(found.identifier));
            }
        }
    }
}

fn payload(kept: &Kept) -> Option<Payload> {
    let body = kept.body.as_ref()?;
    let stated = kept.headers.iter().find(|(name, _)| name == "content-type");
    let media_type: MediaType = stated?.1.parse().ok()?;
    let message = Message::new(media_type, body.clone().into_bytes());
    Payload::parse(&message, &Limits::default()).ok()
}

/// The digits, or two runs of them, that begin at a character (from 1).
fn number_at(text: &str, character: usize) -> String {
    let rest: Vec<char> = text.chars().skip(character.saturating_sub(1)).take(13).collect();
    let run = |from: usize| rest.iter().skip(from).take_while(|c| c.is_ascii_digit()).count();
    let first = run(0);
    let second = if matches!(first, 6 | 8) { run(first + 1) } else { 0 };
    let length = if matches!(second, 4 | 5) { first + 1 + second } else { first };
    rest.into_iter().take(length).collect()
}

/// Every text of a case that can hold what a message said.
fn texts(case: &CaseResult, see: &mut dyn FnMut(&str)) {
    for exchange in &case.exchanges {
        for kept in std::iter::once(&exchange.request).chain(&exchange.answer) {
            texts_of(kept, see);
        }
    }
    for difference in &case.differences {
        see(&difference.expected);
        see(&difference.actual);
        difference.hint.iter().for_each(|hint| see(hint));
        difference.path.iter().for_each(|path| see(path));
    }
    case.reason.iter().for_each(|reason| see(reason));
}

fn texts_of(kept: &Kept, see: &mut dyn FnMut(&str)) {
    see(&kept.start);
    kept.headers.iter().for_each(|(_, value)| see(value));
    kept.body.iter().for_each(|body| see(body));
}

/// Which value stands for which.
struct Table {
    /// All values, the longest first; none where there are none, or too many for one pass.
    pattern: Option<Regex>,
    others: HashMap<String, String>,
}

impl Table {
    fn new(values: &BTreeMap<String, Option<Identifier>>, salt: &[u8; 32]) -> Self {
        let mut others = HashMap::new();
        for (value, identifier) in values.iter().take(MASKED_VALUES_MAX) {
            let other = disguise(value, *identifier, salt);
            others.insert(percent_encoded(value), percent_encoded(&other));
            others.insert(value.clone(), other);
        }
        let mut known: Vec<&String> = others.keys().collect();
        known.sort_by_key(|value| (std::cmp::Reverse(value.len()), *value));
        let escaped: Vec<String> = known.iter().map(|value| regex::escape(value)).collect();
        let pattern = RegexBuilder::new(&escaped.join("|")).size_limit(PATTERN_BYTES_MAX).build();
        let pattern = pattern.ok().filter(|_| !others.is_empty());
        Self { pattern, others }
    }

    fn lay_on(&self, case: &mut CaseResult, over: bool) {
        for exchange in &mut case.exchanges {
            for kept in std::iter::once(&mut exchange.request).chain(&mut exchange.answer) {
                self.lay_on_message(kept, over);
            }
        }
        for difference in &mut case.differences {
            self.put(&mut difference.expected);
            self.put(&mut difference.actual);
            difference.hint.iter_mut().for_each(|hint| self.put(hint));
            difference.path.iter_mut().for_each(|path| self.put(path));
        }
        case.reason.iter_mut().for_each(|reason| self.put(reason));
    }

    fn lay_on_message(&self, kept: &mut Kept, over: bool) {
        if over {
            kept.body = None;
            kept.body_base64 = None;
        }
        self.put(&mut kept.start);
        kept.headers.iter_mut().for_each(|(_, value)| self.put(value));
        if let Some(body) = &mut kept.body {
            let before = body.len();
            self.put(body);
            // The length is that of the message: it must go on fitting what is kept of it.
            kept.body_bytes = (kept.body_bytes + body.len() as u64).saturating_sub(before as u64);
        }
    }

    fn put(&self, text: &mut String) {
        let Some(pattern) = &self.pattern else { return };
        let put = pattern.replace_all(text, |found: &Captures<'_>| self.other(text, found));
        if let Cow::Owned(put) = put {
            *text = put;
        }
    }

    fn other(&self, text: &str, found: &Captures<'_>) -> String {
        let Some(value) = found.get(0) else { return String::new() };
        let is_whole = || {
            let before = text.get(..value.start()).and_then(|before| before.chars().next_back());
            let after = text.get(value.end()..).and_then(|after| after.chars().next());
            let parts = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
            parts(before) && parts(after)
        };
        let other = self.others.get(value.as_str());
        match other.filter(|_| value.len() >= SUBJECT_BYTES_MIN || is_whole()) {
            Some(other) => other.clone(),
            None => value.as_str().to_owned(),
        }
    }
}

/// Another value of the same form: from the value and the salt alone.
fn disguise(value: &str, identifier: Option<Identifier>, salt: &[u8; 32]) -> String {
    let identifier = identifier.or_else(|| {
        let all: Vec<Identifier> = search::PERSONAL.iter().map(|(_, each)| *each).collect();
        let found = search::find(value, &all).next().map(|found| found.identifier);
        found.filter(|_| number_at(value, 1) == value)
    });
    let Some(identifier) = identifier else { return shaped(value, salt, 0) };
    let known = [identifier];
    let fits = |other: &String| other != value && search::find(other, &known).next().is_some();
    let made = (0..TRIES_MAX).map(|count| number(value, salt, count)).find(fits);
    made.unwrap_or_else(|| shaped(value, salt, 0))
}

/// A digit for each digit; days and months that are likely to exist.
fn number(value: &str, salt: &[u8; 32], count: u32) -> String {
    let other = shaped(value, salt, count);
    // Of twelve digits the first two are the century.
    let kept = if value.bytes().filter(u8::is_ascii_digit).count() == 12 { 2 } else { 0 };
    value.chars().take(kept).chain(other.chars().skip(kept)).collect()
}

fn shaped(value: &str, salt: &[u8; 32], count: u32) -> String {
    let mut stream = Stream::new(value, salt, count);
    let other = |c: char| match c {
        '0'..='9' => char::from(b'0' + stream.below(10)),
        c if c.is_uppercase() => char::from(b'A' + stream.below(26)),
        c if c.is_alphabetic() => char::from(b'a' + stream.below(26)),
        c => c,
    };
    value.chars().map(other).collect()
}

/// Numbers that look random, from SHA-256 over salt, value and a count.
struct Stream {
    seed: Vec<u8>,
    left: Vec<u8>,
    block: u32,
}

impl Stream {
    fn new(value: &str, salt: &[u8; 32], count: u32) -> Self {
        let mut seed = salt.to_vec();
        seed.extend(count.to_be_bytes());
        seed.extend(value.as_bytes());
        Self { seed, left: Vec::new(), block: 0 }
    }

    fn below(&mut self, most: u8) -> u8 {
        if self.left.is_empty() {
            let mut input = self.block.to_be_bytes().to_vec();
            input.extend(&self.seed);
            self.block += 1;
            // Two hexadecimal digits are one byte.
            let hex = FileDigest::of(&input).to_string().into_bytes();
            let digit = |byte: u8| {
                char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok()).unwrap_or(0)
            };
            self.left = hex
                .chunks_exact(2)
                .map(|pair| pair.iter().fold(0, |sum, byte| sum << 4 | digit(*byte)))
                .collect();
        }
        self.left.pop().unwrap_or(0) % most
    }
}

/// As a value stands in a path (RFC 3986, section 2.1).
fn percent_encoded(value: &str) -> String {
    let mut out = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
