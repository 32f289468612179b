//! What tells the records of a sample apart.

use super::super::name_of;
use std::collections::{BTreeMap, HashSet};

/// Longest type that is looked for.
const TYPE_LENGTH_MAX: usize = 4;
/// Most types that a sample may have.
const TYPES_MAX: usize = 40;

/// What a record is in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Body,
    Start,
    Trailer,
}

/// One type of record.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) name: String,
    /// What stands where the type stands.
    pub(super) text: String,
    pub(super) role: Role,
    /// The numbers of its records, from 0.
    pub(super) records: Vec<usize>,
    /// Whether each of its records follows one of another type: it may belong to it.
    pub(super) follows_one: bool,
}

/// How long the type at the beginning of each record is, 0 where there is one type alone, and the types in the order
/// in which they come.
pub(super) fn tell_apart(records: &[Vec<char>]) -> (usize, Vec<Kind>) {
    let length = type_length(records);
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, record) in records.iter().enumerate() {
        groups.entry(prefix(record, length)).or_default().push(at);
    }
    let mut groups: Vec<(String, Vec<usize>)> = groups.into_iter().collect();
    groups.sort_by_key(|(_, records)| records.first().copied());
    let (n_groups, n_records) = (groups.len(), records.len());
    let mut names = HashSet::new();
    let first_body = usize::from(n_groups > 2);
    let kinds = groups.into_iter().enumerate().map(|(number, (text, of_kind))| {
        let is_alone = n_groups > 1 && of_kind.len() == 1;
        let role = match of_kind.as_slice() {
            [0] if is_alone => Role::Start,
            [last] if is_alone && *last + 1 == n_records && number + 1 == n_groups => Role::Trailer,
            _ => Role::Body,
        };
        let name = match role {
            Role::Start => "start".to_owned(),
            Role::Trailer => "end".to_owned(),
            Role::Body if n_groups == 1 => "record".to_owned(),
            Role::Body => format!("record-{}", name_of(&text)),
        };
        let name = if names.insert(name.clone()) { name } else { format!("record-{}", number + 1) };
        names.insert(name.clone());
        let follows_one = length > 0 && number > first_body && of_kind.iter().all(|at| *at > 0);
        Kind { name, text, role, records: of_kind, follows_one }
    });
    (length, kinds.collect())
}

/// The longest beginning of few characters that parts records no further than a shorter one does.
fn type_length(records: &[Vec<char>]) -> usize {
    if records.len() < 2 || is_alike(records.iter()) {
        return 0;
    }
    let values = |length: usize| -> HashSet<String> {
        records.iter().map(|record| prefix(record, length)).collect()
    };
    let is_type = |values: &HashSet<String>| {
        let most = TYPES_MAX.min(2 + records.len() / 2);
        values.len() <= most && values.iter().all(|value| value.chars().all(char::is_alphanumeric))
    };
    let mut best = 0;
    for length in 1..=TYPE_LENGTH_MAX {
        let here = values(length);
        // A type is written alike in all records: digits stand where digits stand.
        let kinds: HashSet<u8> =
            between(records).iter().map(|record| kind(record.get(length - 1))).collect();
        if !is_type(&here) || kinds.len() > 1 {
            break;
        }
        // A longer beginning that parts records further is the type only where the shorter parts none.
        if best > 0
            && here.len() > values(best).len()
            && values(best).len() > 1
            && !parts_better(records, best, length)
        {
            break;
        }
        best = length;
    }
    if values(best).len() > 1 { best } else { 0 }
}

/// The records between the first and the last, where these two begin with another kind of character than all others do: a start and
/// a trailer may be told by letters among types of digits.
fn between(records: &[Vec<char>]) -> &[Vec<char>] {
    /// Fewer records show nothing.
    const RECORDS_MIN: usize = 4;
    let [first, between @ .., last] = records else { return records };
    let kind_of = |record: &Vec<char>| kind(record.first());
    let is_own = |edge| !between.iter().any(|record| kind_of(record) == kind_of(edge));
    let are_told_apart = first.first() != last.first();
    match records.len() >= RECORDS_MIN && is_own(first) && is_own(last) && are_told_apart {
        true => between,
        false => records,
    }
}

/// Whether records of one longer beginning are alike where those of one shorter are not.
fn parts_better(records: &[Vec<char>], shorter: usize, longer: usize) -> bool {
    let alike = |length: usize| {
        let mut groups: BTreeMap<String, Vec<&Vec<char>>> = BTreeMap::new();
        records
            .iter()
            .for_each(|record| groups.entry(prefix(record, length)).or_default().push(record));
        groups.values().all(|group| is_alike(group.iter().copied()))
    };
    !alike(shorter) && alike(longer)
}

/// Whether records have the same kinds of characters at most places.
fn is_alike<'r>(records: impl Iterator<Item = &'r Vec<char>>) -> bool {
    let mut records = records.take(2_000);
    let Some(first) = records.next() else { return true };
    let (mut same, mut looked_at) = (0_usize, 0_usize);
    for record in records {
        let longest = first.len().max(record.len());
        for at in 0..longest {
            let (a, b) = (kind(first.get(at)), kind(record.get(at)));
            if a == 0 && b == 0 {
                continue;
            }
            looked_at += 1;
            same += usize::from(a == b);
        }
    }
    same * 10 >= looked_at * 8
}

/// Blank, digit or other.
fn kind(c: Option<&char>) -> u8 {
    match c {
        None | Some(' ' | '\0') => 0,
        Some(c) if c.is_ascii_digit() => 1,
        Some(_) => 2,
    }
}

fn prefix(record: &[char], length: usize) -> String {
    record.iter().take(length).collect()
}
