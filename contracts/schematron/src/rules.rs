//! A compiled rule set: rules, what they check, and which nodes they can meet.

use crate::message::Part;
use crate::severity::{Severities, Severity, Stated};
use sluse_xpath::{ContextPattern, NameIndex, Program, Root, Trail, Trails, VariableId};
use std::sync::Arc;

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
    pub(crate) stated: Stated,
    pub(crate) test: Test,
    pub(crate) parts: Vec<Part>,
    /// What the check's diagnostics say besides.
    pub(crate) diagnostics: Vec<Part>,
}

impl Check {
    /// The names without which, one in the other, the check does not fire.
    fn trail(&self, program: &Program) -> Trail {
        match self.test {
            Test::Assert(root) => program.trail(root, true),
            Test::Report(root) => program.trail(root, false),
            Test::Writes(_) => Trail::default(),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) pattern: u32,
    pub(crate) context: ContextPattern,
    pub(crate) checks: Vec<Check>,
    /// For each check what decides it.
    pub(crate) trails: Trails,
    /// Where the steps of its context are counted; those of its checks after it.
    pub(crate) account: usize,
}

impl Rule {
    /// Notes what the finished program tells of the checks.
    pub(crate) fn settle(&mut self, program: &Program) {
        for check in &self.checks {
            self.trails.push(&check.trail(program));
        }
    }
}

/// Rules by the name at the end of their context; each list in the order of the rules.
#[derive(Debug)]
pub(crate) struct Index {
    /// By name of the program, with the alternatives of the context that end in it.
    pub(crate) named: Vec<Vec<(u32, u64)>>,
    /// By kind of node: document, element, attribute, other.
    pub(crate) unnamed: [Vec<u32>; 4],
    pub(crate) names: Vec<NameIndex>,
    /// Whether the rule's context names its nodes, so that their names may be shown.
    pub(crate) shows_name: Vec<bool>,
}

impl Index {
    pub(crate) fn new(rules: &[Rule]) -> Self {
        let mut index = Self {
            named: Vec::new(),
            unnamed: Default::default(),
            names: Vec::new(),
            shows_name: Vec::new(),
        };
        for (number, rule) in rules.iter().enumerate() {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let names = rule.context.names();
            index.shows_name.push(names.is_some());
            match names {
                Some(names) => names.into_iter().for_each(|name| {
                    index.add(name, (number, rule.context.alternatives_of(name)));
                }),
                None => {
                    for (list, applies) in index.unnamed.iter_mut().zip(rule.context.kinds()) {
                        if applies {
                            list.push(number);
                        }
                    }
                }
            }
        }
        index
    }

    fn add(&mut self, name: NameIndex, rule: (u32, u64)) {
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

/// Rules that judge one document, as they are looked for.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) list: Vec<Rule>,
    pub(crate) index: Index,
}

impl Rules {
    pub(crate) fn new(list: Vec<Rule>) -> Self {
        Self { index: Index::new(&list), list }
    }
}

/// A pattern for other documents (ISO/IEC 19757-3:2016, section 5.4.10, `documents`).
#[derive(Debug)]
pub(crate) struct Elsewhere {
    /// Gives the references of the documents, in the document that is judged.
    pub(crate) documents: Root,
    /// The pattern's own variables, which are found in the other document.
    pub(crate) own: Vec<VariableId>,
    pub(crate) rules: Rules,
}

/// A compiled rule set. `Send + Sync`, immutable.
#[derive(Debug)]
pub struct RuleSet {
    pub(crate) program: Program,
    pub(crate) rules: Rules,
    pub(crate) elsewhere: Vec<Elsewhere>,
    pub(crate) patterns: usize,
    /// Accounts of steps, see [`Rule::account`].
    pub(crate) accounts: usize,
}

impl RuleSet {
    /// Weighs every check anew, by what its publisher's words and ids mean.
    #[must_use]
    pub fn weighed(mut self, severities: &Severities) -> Self {
        let elsewhere = self.elsewhere.iter_mut().map(|pattern| &mut pattern.rules);
        let rules = std::iter::once(&mut self.rules).chain(elsewhere);
        for check in rules.flat_map(|rules| &mut rules.list).flat_map(|rule| &mut rule.checks) {
            check.severity = severities.of(&check.stated);
        }
        self
    }

    fn all_rules(&self) -> impl Iterator<Item = &Rule> {
        let elsewhere = self.elsewhere.iter().map(|pattern| &pattern.rules);
        std::iter::once(&self.rules).chain(elsewhere).flat_map(|rules| &rules.list)
    }

    /// Whether rules are for other documents than the one that is judged, see [`RuleSet::judge_with`].
    pub fn asks_for_documents(&self) -> bool {
        !self.elsewhere.is_empty()
    }

    /// The patterns that are judged.
    pub fn pattern_count(&self) -> usize {
        self.patterns
    }

    /// The rules that are judged.
    pub fn rule_count(&self) -> usize {
        self.all_rules().count()
    }

    /// The asserts and reports that are judged.
    pub fn check_count(&self) -> usize {
        self.all_rules().map(|rule| rule.checks.len()).sum()
    }

    /// The ids of all checks, as often as they stand, with their severities.
    pub fn checks(&self) -> impl Iterator<Item = (Option<&str>, Severity)> {
        let checks = self.all_rules().flat_map(|rule| &rule.checks);
        checks.map(|check| (check.id.as_deref(), check.severity))
    }
}
