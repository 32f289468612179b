//! A draft of rows of cells.

use super::{DOUBT, name_of, quoted, set};
use crate::{charset::CharacterSet, field::MomentForm};
use std::{collections::HashSet, fmt::Write};

/// Delimiters that are tried.
const DELIMITERS: [char; 4] = [';', ',', '\t', '|'];
/// Rows that are looked at to know a delimiter.
const ROWS_MAX: usize = 1_000;
/// Forms of dates that are tried.
const FORMS: [&str; 7] = [
    "yyyy-MM-dd",
    "dd-MM-yyyy",
    "dd.MM.yyyy",
    "dd/MM/yyyy",
    "yyyyMMdd",
    "yyyy-MM-ddTHH:mm:ss",
    "yyyy-MM-dd HH:mm",
];

/// Rows, as far as a sample shows them.
struct Rows {
    delimiter: char,
    all_quoted: bool,
    rows: Vec<Vec<String>>,
}

/// Whether every line has the same number of the same delimiter.
pub(super) fn is_one(sample: &[u8]) -> bool {
    let guess = set::guess(sample, CharacterSet::Utf8);
    decoded(sample, guess.set).is_some_and(|text| rows(&text).is_some())
}

/// Descriptions, the most telling one first.
pub(super) fn drafts(sample: &[u8]) -> Option<Vec<String>> {
    let guess = set::guess(sample, CharacterSet::Utf8);
    let text = decoded(sample, guess.set)?;
    let rows = rows(&text)?;
    let is_crlf = text.contains("\r\n");
    Some([false, true].map(|plain| description(&rows, guess, is_crlf, plain)).to_vec())
}

fn decoded(sample: &[u8], set: CharacterSet) -> Option<String> {
    let mut text = String::new();
    set.decode(sample, &mut text).ok()?;
    Some(text)
}

fn rows(text: &str) -> Option<Rows> {
    let tried = DELIMITERS.iter().filter_map(|delimiter| {
        let rows = cut(text.trim_start_matches('\u{feff}'), *delimiter)?;
        let n_columns = rows.rows.first()?.len();
        let is_even = rows.rows.iter().take(ROWS_MAX).all(|row| row.len() == n_columns);
        let is_table = rows.rows.len() > 1 || text.ends_with('\n');
        (is_even && is_table && n_columns > 1).then_some((n_columns, rows))
    });
    tried.max_by_key(|(n_columns, _)| *n_columns).map(|(_, rows)| rows)
}

/// Cells by a delimiter; nothing where quotes are not closed.
fn cut(text: &str, delimiter: char) -> Option<Rows> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut all_quoted, mut was_quoted) = (false, true, false);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() => (quoted, was_quoted) = (true, true),
            c if quoted => cell.push(c),
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' => {
                all_quoted &= was_quoted || cell.is_empty();
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
                was_quoted = false;
            }
            c if c == delimiter => {
                all_quoted &= was_quoted || cell.is_empty();
                row.push(std::mem::take(&mut cell));
                was_quoted = false;
            }
            c => cell.push(c),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        all_quoted &= was_quoted || cell.is_empty();
        row.push(cell);
        rows.push(row);
    }
    (!quoted).then_some(Rows { delimiter, all_quoted, rows })
}

fn description(rows: &Rows, guess: set::Guess, is_crlf: bool, plain: bool) -> String {
    let header = header(&rows.rows);
    let body = rows.rows.get(usize::from(header.is_some())..).unwrap_or_default();
    let mut text =
        String::from("# A draft from a sample: what is marked `# ?` the sample leaves open.\n");
    let _ = writeln!(text, "format        = \"csv\"");
    let doubt =
        |doubt: Option<&str>| doubt.map(|doubt| format!("   {DOUBT} {doubt}")).unwrap_or_default();
    let _ = writeln!(text, "character-set = \"{}\"{}", guess.set.name(), doubt(guess.doubt));
    let _ = writeln!(text, "delimiter     = {}", quoted(&rows.delimiter.to_string()));
    let _ = writeln!(text, "line-ends     = \"{}\"", if is_crlf { "crlf" } else { "lf" });
    if rows.all_quoted {
        let _ = writeln!(text, "quotes        = \"always\"");
    }
    if header.is_none() {
        let _ = writeln!(
            text,
            "header        = false{}",
            doubt(Some("the first row looks like the others"))
        );
    }
    let _ = writeln!(
        text,
        "row           = \"row\"{}",
        doubt(Some("what is a row: a payment, a person?"))
    );
    text.push_str("field = [\n");
    let (mut taken, n_columns) = (HashSet::new(), rows.rows.first().map_or(0, Vec::len));
    for column in 0..n_columns {
        let heading = header.and_then(|header| header.get(column));
        let name = unused(heading.map_or("", String::as_str), column, &mut taken);
        let cells: Vec<&str> =
            body.iter().filter_map(|row| row.get(column)).map(|cell| &**cell).collect();
        let (kind, wonder) = if plain { (String::new(), None) } else { kind(&cells) };
        let column = match heading {
            Some(heading) => format!(", column = {}", quoted(heading)),
            None => String::new(),
        };
        let comment = wonder.map(|wonder| format!("   {DOUBT} {wonder}")).unwrap_or_default();
        let _ = writeln!(text, "    {{ name = \"{name}\"{column}{kind} }},{comment}");
    }
    text.push_str("]\n");
    text
}

/// The first row, where it names the columns: texts, each once, none of them a value.
fn header(rows: &[Vec<String>]) -> Option<&Vec<String>> {
    let first = rows.first()?;
    let unlike = |cell: &String| !cell.is_empty() && !cell.contains(|c: char| c.is_ascii_digit());
    let distinct: HashSet<&String> = first.iter().collect();
    let is_whole =
        first.iter().all(|cell| !cell.trim().is_empty()) && distinct.len() == first.len();
    let n_unlike = first.iter().filter(|cell| unlike(cell)).count();
    (rows.len() > 1 && is_whole && n_unlike * 4 > first.len() * 3).then_some(first)
}

fn unused(heading: &str, column: usize, taken: &mut HashSet<String>) -> String {
    let name = match name_of(heading) {
        name if name.is_empty() => format!("column-{}", column + 1),
        name => name,
    };
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    let mut names = std::iter::once(name.clone()).chain(numbered);
    names.find(|name| taken.insert(name.clone())).unwrap_or(name)
}

/// What the cells of a column have in common, as keys of a field, and what is doubtful about it.
fn kind(cells: &[&str]) -> (String, Option<&'static str>) {
    let values: Vec<&str> = cells.iter().copied().filter(|cell| !cell.is_empty()).collect();
    if values.is_empty() {
        return (String::new(), Some("the sample has no value here"));
    }
    if let Some(form) = FORMS.iter().find(|form| all_dates(&values, form)) {
        let doubt = (*form == "dd/MM/yyyy").then_some("or the month first: MM/dd/yyyy");
        return (format!(", kind = \"date\", form = \"{form}\""), doubt);
    }
    let all_digits = values.iter().all(|value| value.bytes().all(|byte| byte.is_ascii_digit()));
    let begins_with_zero = values.iter().any(|value| value.len() > 1 && value.starts_with('0'));
    if all_digits && (begins_with_zero || values.iter().all(|value| value.len() >= 8)) {
        return (", kind = \"digits\"".to_owned(), None);
    }
    for mark in [',', '.'] {
        if let Some(decimals) = decimals(&values, mark) {
            return match decimals {
                0 => (
                    ", kind = \"number\"".to_owned(),
                    Some("a number, or digits that name something"),
                ),
                _ => {
                    let keys =
                        format!(", kind = \"number\", decimals = {decimals}, mark = \"{mark}\"");
                    (keys, all_threes(&values, mark).then_some(THOUSANDS_OR_DECIMALS))
                }
            };
        }
    }
    let has_thousands = [(',', '.'), ('.', ','), (',', ' '), (',', '\u{a0}'), ('.', '\'')]
        .into_iter()
        .any(|(mark, between)| are_in_thousands(&values, mark, between));
    (String::new(), has_thousands.then_some(THOUSANDS))
}

/// Said of a mark behind which three digits stand in every number.
const THOUSANDS_OR_DECIMALS: &str = "or the mark stands between thousands";
/// Said of numbers that no field reads.
const THOUSANDS: &str =
    "numbers with a mark between thousands, which are read as text: the sender should leave it out";

/// Whether three digits stand behind the mark wherever there is one.
fn all_threes(values: &[&str], mark: char) -> bool {
    let behind = values.iter().filter_map(|value| value.split_once(mark));
    behind.map(|(_, behind)| behind.len()).all(|length| length == 3)
}

/// Whether all are numbers once what stands between thousands is taken away, which one of them has at least.
fn are_in_thousands(values: &[&str], mark: char, between: char) -> bool {
    let is_grouped = |value: &str| {
        let whole = value.split(mark).next().unwrap_or_default();
        let mut groups = whole.strip_prefix('-').unwrap_or(whole).split(between);
        let begins = groups.next().is_some_and(|first| (1..=3).contains(&first.len()));
        begins && groups.all(|group| group.len() == 3)
    };
    let (plain, grouped): (Vec<&str>, Vec<&str>) =
        values.iter().partition(|value| !value.contains(between));
    let without: Vec<String> = grouped.iter().map(|value| value.replace(between, "")).collect();
    let all: Vec<&str> = plain.into_iter().chain(without.iter().map(String::as_str)).collect();
    !grouped.is_empty()
        && grouped.iter().all(|value| is_grouped(value))
        && decimals(&all, mark).is_some()
}

fn all_dates(values: &[&str], form: &str) -> bool {
    let Ok(form) = MomentForm::new(form, 0, false) else { return false };
    let is_date =
        |value: &&str| value.len() == form.width() && form.read(value, &mut String::new()).is_ok();
    values.iter().all(is_date)
}

/// The most decimals of numbers with a mark; nothing where one of them is none.
fn decimals(values: &[&str], mark: char) -> Option<usize> {
    let mut most = 0;
    for value in values {
        let digits = value.strip_prefix('-').unwrap_or(value);
        let (whole, fraction) = digits.split_once(mark).unwrap_or((digits, ""));
        let is_number = !whole.is_empty()
            && (fraction.is_empty() != digits.contains(mark))
            && [whole, fraction].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
        let is_plain = whole == "0" || !whole.starts_with('0');
        if !is_number || !is_plain {
            return None;
        }
        most = most.max(fraction.len());
    }
    Some(most)
}
