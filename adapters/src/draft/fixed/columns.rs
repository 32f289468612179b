//! Where the fields of records of one type begin, and what they hold.

use crate::field::MomentForm;

/// A field, as the sample shows it.
#[derive(Debug)]
pub(super) struct Column {
    /// Characters before it.
    pub(super) start: usize,
    pub(super) length: usize,
    pub(super) holds: Holds,
    /// How many of its last characters are blank in all records.
    pub(super) blanks_after: usize,
    /// Whether nothing follows it.
    pub(super) is_last: bool,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holds {
    /// Blanks in all records.
    Nothing,
    Text,
    Digits,
    /// Digits with blanks in front, or with a sign after them.
    Number {
        sign: bool,
    },
    Date(&'static str),
}

/// What stands at one place of all records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Blank,
    Digit,
    /// A digit or a blank.
    Maybe,
    Sign,
    Text,
}

/// Forms of dates that are tried.
const FORMS: [&str; 4] = ["yyyyMMdd", "ddMMyyyy", "yyMMdd", "ddMMyy"];
/// So many digits or blanks between texts are part of a text, where many records show them and where few do.
const ISLAND: [usize; 2] = [4, 10];

/// The fields after the type.
pub(super) fn find(records: &[&[char]], from: usize, length: usize) -> Vec<Column> {
    let mut places: Vec<At> = (0..length).map(|at| place(records, at)).collect();
    join_texts(&mut places, records.len(), from);
    let mut columns: Vec<Column> = Vec::new();
    let mut start = from;
    while start < length {
        let (end, holds) = field(&places, start);
        columns.push(column(records, start, end, holds));
        start = end;
    }
    if let Some(last) = columns.last_mut() {
        last.is_last = true;
    }
    columns
}

fn place(records: &[&[char]], at: usize) -> At {
    let (mut blank, mut digit, mut sign, mut other) = (false, false, false, false);
    for record in records {
        match record.get(at) {
            None | Some(' ') => blank = true,
            Some(c) if c.is_ascii_digit() => digit = true,
            Some('+' | '-') => sign = true,
            Some(_) => other = true,
        }
    }
    match (blank, digit, sign, other) {
        (_, _, _, true) | (_, true, true, _) => At::Text,
        (_, false, true, false) => At::Sign,
        (true, true, false, false) => At::Maybe,
        (false, true, false, false) => At::Digit,
        _ => At::Blank,
    }
}

/// In texts there are digits and blanks, at places where few records show nothing else.
fn join_texts(places: &mut [At], n_records: usize, from: usize) {
    let is_few = n_records < 4;
    let [of_many, of_few] = ISLAND;
    let island_max = if is_few { of_few } else { of_many };
    let mut at = from;
    while at < places.len() {
        let Some(before) = at.checked_sub(1).filter(|before| *before >= from) else {
            at += 1;
            continue;
        };
        let here = places.get(at).copied();
        if places.get(before) != Some(&At::Text) || here == Some(At::Text) {
            at += 1;
            continue;
        }
        // What stands between this text and the next.
        let rest = places.get(at..).unwrap_or_default();
        let n_between = rest.iter().position(|place| *place == At::Text).unwrap_or(rest.len());
        let between = rest.get(..n_between).unwrap_or_default();
        let blanks_in_a_row = if is_few { 2 } else { 1 };
        let is_gap = |some: &[At]| some.iter().all(|place| *place == At::Blank);
        let is_island = n_between < rest.len()
            && n_between <= island_max
            && !between.windows(blanks_in_a_row).any(is_gap);
        if is_island {
            places.iter_mut().skip(at).take(n_between).for_each(|place| *place = At::Text);
        }
        at += n_between.max(1);
    }
}

/// Where a field that begins here ends, and what it may hold.
fn field(places: &[At], start: usize) -> (usize, Holds) {
    let run = |from: usize, of: &[At]| {
        let rest = places.get(from..).unwrap_or_default();
        from + rest.iter().take_while(|place| of.contains(place)).count()
    };
    match places.get(start) {
        Some(At::Blank) => (run(start, &[At::Blank]), Holds::Nothing),
        Some(At::Digit) => {
            let end = run(start, &[At::Digit]);
            let signed = run(end, &[At::Sign]);
            match signed - end {
                1 => (signed, Holds::Number { sign: true }),
                _ => (end, Holds::Digits),
            }
        }
        Some(At::Maybe) => {
            let blanks = run(start, &[At::Maybe]);
            let end = run(blanks, &[At::Digit]);
            // Digits at the left and blanks after them are a text.
            let holds = if end > blanks { Holds::Number { sign: false } } else { Holds::Text };
            (if end > blanks { end } else { run(blanks, &[At::Blank]) }, holds)
        }
        _ => {
            let end = run(start, &[At::Text, At::Sign]);
            let end = run(end, &[At::Maybe]);
            (run(end.max(start + 1), &[At::Blank]), Holds::Text)
        }
    }
}

fn column(records: &[&[char]], start: usize, end: usize, holds: Holds) -> Column {
    let length = end - start;
    let blanks = |record: &[char]| {
        let of_it = record.get(start..end.min(record.len())).unwrap_or_default();
        let n_said = of_it.iter().rposition(|c| *c != ' ').map_or(0, |at| at + 1);
        length - n_said
    };
    let blanks_after = records.iter().map(|record| blanks(record)).min().unwrap_or(0);
    let holds = match holds {
        Holds::Digits => FORMS
            .iter()
            .find(|form| form.len() == length && all_dates(records, start, form))
            .map_or(Holds::Digits, |form| Holds::Date(form)),
        other => other,
    };
    Column { start, length, holds, blanks_after, is_last: false }
}

fn all_dates(records: &[&[char]], start: usize, pattern: &str) -> bool {
    let Ok(form) = MomentForm::new(pattern, 50, false) else { return false };
    let plausible = |value: &str| {
        let century = pattern.find("yyyy").and_then(|at| value.get(at..at + 2));
        century.is_none_or(|century| matches!(century, "18" | "19" | "20"))
    };
    records.iter().all(|record| {
        let value: String = record.iter().skip(start).take(pattern.len()).collect();
        plausible(&value) && form.read(&value, &mut String::new()).is_ok()
    })
}
