//! A compiled rule set: rules, what they check, and which nodes they can meet.

use crate::message::Part;
use crate::source::Element;
use sluse_xpath::{ContextPattern, NameIndex, Program, Root};
use std::sync::Arc;

/// How much a rule weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// For information.
    Info,
    /// Should be put right.
    Warning,
    /// Rejects.
    Error,
}

impl Severity {
    /// By `flag`, else `role`, of the check or its rule; where there is none, an id that begins with `W-` is a warning, as OIOUBL
    /// writes them; all else is an error.
    pub(crate) fn of(check: &Element, rule: &Element, id: Option<&str>) -> Self {
        let attributes = [
            check.attribute("flag"),
            check.attribute("role"),
            rule.attribute("flag"),
            rule.attribute("role"),
        ];
        let stated = attributes.into_iter().flatten().find_map(Self::read);
        stated.unwrap_or(if id.is_some_and(|id| id.starts_with("W-")) {
            Self::Warning
        } else {
            Self::Error
        })
    }

    fn read(word: &str) -> Option<Self> {
        match word.trim().to_ascii_lowercase().as_str() {
            "fatal" | "error" => Some(Self::Error),
            "warning" | "warn" => Some(Self::Warning),
            "info" | "information" => Some(Self::Info),
            _ => None,
        }
    }
}

/// When a check fires.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Test {
    /// Where the expression is false.
    Assert(Root),
    /// Where the expression is true.
    Report(Root),
    /// Where instructions give anything.
    Writes(Root),
}

#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) id: Option<Arc<str>>,
    pub(crate) severity: Severity,
    pub(crate) test: Test,
    pub(crate) parts: Vec<Part>,
}

#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) pattern: u32,
    pub(crate) context: ContextPattern,
    pub(crate) checks: Vec<Check>,
}

/// Rules by the name at the end of their context; each list in the order of the rules.
#[derive(Debug)]
pub(crate) struct Index {
    /// By name of the program.
    pub(crate) named: Vec<Vec<u32>>,
    /// By kind of node: document, element, attribute, other.
    pub(crate) unnamed: [Vec<u32>; 4],
    pub(crate) names: Vec<NameIndex>,
    /// Whether the rule's context names its nodes, so that their names may be shown.
    pub(crate) shows_name: Vec<bool>,
}

impl Index {
    pub(crate) fn new(rules: &[Rule], program: &Program) -> Self {
        let mut index = Self {
            named: Vec::new(),
            unnamed: Default::default(),
            names: Vec::new(),
            shows_name: Vec::new(),
        };
        for (number, rule) in rules.iter().enumerate() {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let names = rule.context.names(program);
            index.shows_name.push(names.is_some());
            match names {
                Some(names) => names.into_iter().for_each(|name| index.add(name, number)),
                None => {
                    for (list, applies) in index.unnamed.iter_mut().zip(rule.context.kinds(program))
                    {
                        if applies {
                            list.push(number);
                        }
                    }
                }
            }
        }
        index
    }

    fn add(&mut self, name: NameIndex, rule: u32) {
        if self.named.len() <= name.index() {
            self.named.resize(name.index() + 1, Vec::new());
        }
        if let Some(list) = self.named.get_mut(name.index()) {
            if list.is_empty() {
                self.names.push(name);
            }
            if list.last() != Some(&rule) {
                list.push(rule);
            }
        }
    }
}

/// A compiled rule set. `Send + Sync`, immutable.
#[derive(Debug)]
pub struct RuleSet {
    pub(crate) program: Program,
    pub(crate) rules: Vec<Rule>,
    pub(crate) index: Index,
    pub(crate) patterns: usize,
}

impl RuleSet {
    /// The patterns that are judged.
    pub fn pattern_count(&self) -> usize {
        self.patterns
    }

    /// The rules that are judged.
    pub fn rule_count(&self) -> usize {
        self.rules.len()
    }

    /// The asserts and reports that are judged.
    pub fn check_count(&self) -> usize {
        self.rules.iter().map(|rule| rule.checks.len()).sum()
    }

    /// The ids of all checks, as often as they stand, with their severities.
    pub fn checks(&self) -> impl Iterator<Item = (Option<&str>, Severity)> {
        self.rules
            .iter()
            .flat_map(|rule| &rule.checks)
            .map(|check| (check.id.as_deref(), check.severity))
    }
}
