//! `[[check]]`: what a contract demands of its messages beyond their schemas.

use super::read::SEVERITIES;
use crate::{
    Direction, Severity, code,
    identifiers::{ControlDigits, Demand, Identifier, NAMES, SERIES, Series, search},
    settings::{Placed, Table, Value},
};
use indexmap::IndexMap;

/// Most checks of one contract.
pub const CHECKS_MAX: usize = 1_000;

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The rule that violations, clauses and waivers name.
    pub id: String,
    /// What it looks at: XPath relative to the root element, or JSON Pointers.
    pub paths: Vec<Placed<String>>,
    /// What it demands.
    pub rule: CheckRule,
    /// The operation whose messages it judges; all where absent.
    pub operation: Option<Placed<String>>,
    /// The direction that it judges; both where absent.
    pub direction: Option<Direction>,
    /// How much a violation weighs.
    pub severity: Severity,
    /// What a violation says, by language, in place of the sentence of the kind.
    pub message: IndexMap<String, String>,
}

/// What a check demands: one variant for each kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckRule {
    /// Each value is an identifier of a register.
    Identifier(IdentifierRule),
    /// No personal number stands in a text.
    NoPersonalNumber(NoPersonalNumberRule),
    /// The other side is the number of places.
    CountEquals(SidesRule),
    /// The other side is the sum of the values.
    SumEquals(SidesRule),
    /// No value lies before the other side.
    NotBefore(SidesRule),
    /// Each value is a code of a list.
    CodeList(CodeListCheck),
}

/// The kind `identifier`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifierRule {
    /// Which identifier, and which of its numbers.
    pub demand: Demand,
    /// What wrong check digits weigh; nothing where they are not looked at.
    pub check_digits: Option<Severity>,
}

/// The kind `no-personal-number`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoPersonalNumberRule {
    /// The identifiers that are searched for.
    pub identifiers: Vec<Identifier>,
}

/// The kinds that hold the values of a check against another path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SidesRule {
    /// The path of the other side.
    pub other: Placed<String>,
    /// The elements in each of which both sides are looked for; the whole document where absent.
    pub within: Option<Placed<String>>,
}

/// The kind `code-list`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeListCheck {
    /// The list, by its name in the manifest.
    pub list: Placed<String>,
    /// The one version that counts.
    pub version: Option<Placed<String>>,
    /// The path from the code's place to the version that the document names.
    pub version_path: Option<Placed<String>>,
    /// The path, from where paths begin, to the day that decides which codes hold; the day of judging where absent.
    pub at: Option<Placed<String>>,
    /// Whether `KGM` and `kgm` are one code.
    pub ignore_case: bool,
}

impl CheckRule {
    /// The key of `[[check]]` that names the kind.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Identifier(_) => "identifier",
            Self::NoPersonalNumber(_) => "no-personal-number",
            Self::CountEquals(_) => "count-equals",
            Self::SumEquals(_) => "sum-equals",
            Self::NotBefore(_) => "not-before",
            Self::CodeList(_) => "code-list",
        }
    }
}

/// Reads a kind's own keys; the value is that of the key which names the kind.
type Read = fn(&Value<'_>, &mut Table<'_>) -> Option<CheckRule>;

/// The kinds of checks, by the key that names each.
const KINDS: &[(&str, Read)] = &[
    ("identifier", read_identifier),
    ("no-personal-number", read_no_personal_number),
    ("count-equals", |value, table| read_sides(value, table).map(CheckRule::CountEquals)),
    ("sum-equals", |value, table| read_sides(value, table).map(CheckRule::SumEquals)),
    ("not-before", |value, table| read_sides(value, table).map(CheckRule::NotBefore)),
    ("code-list", read_code_list),
];

const DIRECTIONS: &[(&str, Direction)] =
    &[("request", Direction::Request), ("response", Direction::Response)];
const CHECK_DIGITS: &[(&str, Option<Severity>)] =
    &[("off", None), ("warning", Some(Severity::Warning)), ("error", Some(Severity::Error))];
const CASES: &[(&str, bool)] = &[("exact", false), ("ignore", true)];
const CONTROL_DIGITS: &[(&str, ControlDigits)] =
    &[("1964", ControlDigits::Of1964), ("2032", ControlDigits::Of2032)];

/// Reads all `[[check]]` of a manifest.
pub(super) fn read_checks(root: &mut Table<'_>) -> Vec<Check> {
    let mut checks: Vec<Check> = Vec::new();
    for table in root.tables("check") {
        if checks.len() >= CHECKS_MAX {
            let sentence = format!("a contract has at most {CHECKS_MAX} checks");
            table.settings().report(table.place(), code::VALUE_WRONG, sentence);
            break;
        }
        let check = read_check(table, &checks);
        checks.extend(check);
    }
    checks
}

fn read_check(mut table: Table<'_>, before: &[Check]) -> Option<Check> {
    let id = table.text("id");
    if let Some(id) = id.as_ref().filter(|id| before.iter().any(|each| each.id == **id)) {
        table.report("id", code::DUPLICATE, format!("two checks are called `{id}`"));
    }
    let paths = read_paths(&mut table, "path");
    let rule = read_rule(&mut table);
    let operation = table.optional_placed_text("operation");
    let direction = table.choice("direction", DIRECTIONS);
    let severity = table.choice("severity", SEVERITIES).unwrap_or(Severity::Error);
    let message = table.text_entries("message");
    let message = message.into_iter().map(|(word, text)| (word.value.to_owned(), text)).collect();
    let paths = paths?;
    Some(Check { id: id?, paths, rule: rule?, operation, direction, severity, message })
}

/// A required path, or several.
fn read_paths(table: &mut Table<'_>, key: &'static str) -> Option<Vec<Placed<String>>> {
    let Some(value) = table.value(key) else {
        table.report_missing(key);
        return None;
    };
    if !value.is_list() {
        return Some(vec![value.placed_text()?]);
    }
    let paths: Vec<_> = value.list().iter().filter_map(Value::placed_text).collect();
    if paths.is_empty() {
        value.refuse(format!("`{key}` takes a path, or a list of paths"));
        return None;
    }
    Some(paths)
}

/// The rule of the one kind that a check has.
fn read_rule(table: &mut Table<'_>) -> Option<CheckRule> {
    let mut found: Vec<(Value<'_>, Read)> = Vec::new();
    for (key, read) in KINDS {
        found.extend(table.value(key).map(|value| (value, *read)));
    }
    let [(value, read)] = found.as_slice() else {
        let kinds: Vec<String> = KINDS.iter().map(|(key, _)| format!("`{key}`")).collect();
        let sentence = format!("a check has one of {}, and one alone", kinds.join(", "));
        table.settings().report(table.place(), code::VALUE_WRONG, sentence);
        return None;
    };
    read(value, table)
}

/// `identifier`, and with it `check-digits`, `takes` and `control-digits`.
fn read_identifier(value: &Value<'_>, table: &mut Table<'_>) -> Option<CheckRule> {
    let identifier = value.choice(NAMES);
    let stated = table.choice("check-digits", CHECK_DIGITS);
    let takes = table.value("takes");
    let control_digits = table.choice("control-digits", CONTROL_DIGITS);
    let mut demand = Demand::new(identifier?);
    let Demand { identifier, .. } = demand;
    if matches!(stated, Some(Some(_))) && !identifier.has_check_digits() {
        let sentence = format!("`{}` has no check digits", identifier.word());
        table.report("check-digits", code::VALUE_WRONG, sentence);
    }
    if let Some(takes) = takes {
        demand.series = read_series(&takes, identifier);
    }
    if let Some(control_digits) = control_digits {
        if identifier != Identifier::Fodselsnummer {
            let sentence = "`control-digits` goes with `fodselsnummer`";
            table.report("control-digits", code::VALUE_WRONG, sentence);
        }
        demand.control_digits = control_digits;
    }
    let check_digits = stated.unwrap_or_else(|| identifier.check_digits_weigh());
    Some(CheckRule::Identifier(IdentifierRule { demand, check_digits }))
}

/// The series that a check takes.
fn read_series(value: &Value<'_>, identifier: Identifier) -> Vec<Series> {
    let known: Vec<(&str, Series)> =
        SERIES.iter().filter(|(_, each)| identifier.series().contains(each)).copied().collect();
    if known.is_empty() {
        value.refuse(format!(
            "`takes` goes with numbers of several series; `{}` has one",
            identifier.word()
        ));
        return Vec::new();
    }
    let list = value.list();
    if list.is_empty() && value.is_list() {
        value.refuse("`takes` names at least one series");
    }
    list.iter().filter_map(|each| each.choice(&known)).collect()
}

/// `no-personal-number`: the kinds of numbers that are searched for.
fn read_no_personal_number(value: &Value<'_>, _table: &mut Table<'_>) -> Option<CheckRule> {
    let list = value.list();
    if list.is_empty() && value.is_list() {
        value.refuse("`no-personal-number` names at least one kind of number");
    }
    let identifiers: Vec<_> =
        list.iter().filter_map(|each| each.choice(search::PERSONAL)).collect();
    let is_whole = !identifiers.is_empty();
    is_whole.then_some(CheckRule::NoPersonalNumber(NoPersonalNumberRule { identifiers }))
}

/// The path of the other side, and `within`.
fn read_sides(value: &Value<'_>, table: &mut Table<'_>) -> Option<SidesRule> {
    let within = table.optional_placed_text("within");
    Some(SidesRule { other: value.placed_text()?, within })
}

/// `code-list`, and with it `version` or `version-path`, `at` and `case`.
fn read_code_list(value: &Value<'_>, table: &mut Table<'_>) -> Option<CheckRule> {
    let version = table.optional_placed_text("version");
    let version_path = table.optional_placed_text("version-path");
    if version.is_some() && version_path.is_some() {
        let sentence = "give `version` or `version-path`, not both";
        table.report("version-path", code::VALUE_WRONG, sentence);
    }
    let at = table.optional_placed_text("at");
    let ignore_case = table.choice("case", CASES).unwrap_or(false);
    let list = value.placed_text()?;
    Some(CheckRule::CodeList(CodeListCheck { list, version, version_path, at, ignore_case }))
}
