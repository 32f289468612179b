//! The search: changes are judged, and for each rule the one is kept that breaks it with the fewest others.

use super::edit::{Edit, Step, all};
use super::hints::Hints;
use super::tries;
use crate::derive::xsd::proof::{Way, judge};
use crate::derive::xsd::tree::{At, Element};
use sluse_contracts::{Contract, Layer, Outcome, Violation, code};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

/// Most documents that are judged to reach the rules of one operation.
pub(crate) const JUDGEMENTS_MAX: usize = 12_000;
/// Most examples in which one rule is looked for.
const EXAMPLES_MAX: usize = 4;
/// Most changes on top of which others are tried for one rule.
const BASES_MAX: usize = 6;
/// How many rules a change may break so that others are tried on top of it.
const NEAR_MAX: usize = 8;
/// Documents that are judged at once, before it is looked whether the rule is reached.
const BATCH: usize = 64;
/// Threads that judge at the same time; what is found does not depend on them.
const THREADS_MAX: usize = 8;
/// How many changes are tried for each rule in each round.
const SHARES: [usize; 5] = [8, 16, 32, 64, 128];

/// A rule that is looked for.
#[derive(Debug)]
pub(crate) struct Target {
    /// The place of its constraint: `schemas/rules.sch#BR-01`.
    pub(crate) place: String,
    pub(crate) rule: Option<String>,
    /// How its message begins, where it has no id.
    pub(crate) head: String,
    pub(crate) hints: Vec<Hints>,
    pub(crate) namespaces: BTreeMap<String, String>,
    pub(crate) hit: Option<Hit>,
    /// Whether it only warns, and refuses nothing.
    pub(crate) warns: bool,
    /// Whether its test is the same for every document, so that it never fires.
    pub(crate) is_idle: bool,
    pub(crate) tried: usize,
}

/// A change that breaks a rule.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    pub(crate) edit: Edit,
    /// The other rules that it breaks, sorted.
    pub(crate) others: Vec<String>,
}

impl Target {
    /// Whether a change was found that breaks it and nothing else.
    pub(crate) fn is_alone(&self) -> bool {
        self.hit.as_ref().is_some_and(|hit| hit.others.is_empty())
    }

    /// Whether there is nothing more to look for.
    pub(crate) fn is_settled(&self) -> bool {
        self.is_alone() || self.warns || self.is_idle
    }

    fn is(&self, violation: &Violation) -> bool {
        let is_rule = violation.layer == Layer::Schematron && violation.code == code::RULE_BROKEN;
        is_rule
            && match (&self.rule, &violation.rule) {
                (Some(rule), Some(found)) => rule == found,
                (None, None) => violation.message.starts_with(&self.head),
                _ => false,
            }
    }
}

/// What is still to be tried for one rule.
#[derive(Debug, Default)]
struct Waiting {
    edits: VecDeque<Edit>,
    /// Changes on top of which others are tried, with how many rules they break.
    bases: Vec<(Edit, usize)>,
}

/// What is searched in.
pub(crate) struct Search<'s> {
    pub(crate) contract: &'s Contract,
    pub(crate) way: &'s Way,
    pub(crate) examples: &'s [(String, Element)],
    pub(crate) targets: Vec<Target>,
    /// Changes that are taken, by the element that was changed last.
    pub(crate) taken: HashMap<(usize, At), Edit>,
    seen: HashSet<Edit>,
    /// Changes of one step that break few rules, and how many.
    near: HashMap<Edit, usize>,
    pub(crate) left: usize,
}

impl<'s> Search<'s> {
    pub(crate) fn new(
        contract: &'s Contract,
        way: &'s Way,
        examples: &'s [(String, Element)],
        targets: Vec<Target>,
    ) -> Self {
        let (taken, seen, near) = (HashMap::new(), HashSet::new(), HashMap::new());
        Self { contract, way, examples, targets, taken, seen, near, left: JUDGEMENTS_MAX }
    }

    /// Searches for all rules: a few changes for each, then more for those that are not reached.
    pub(crate) fn all(&mut self) {
        self.plainly();
        let mut waiting: Vec<Waiting> = (0..self.targets.len())
            .map(|at| Waiting { edits: self.by_name(at), ..Waiting::default() })
            .collect();
        for share in SHARES {
            for (at, waiting) in waiting.iter_mut().enumerate() {
                self.some(at, waiting, share);
            }
        }
    }

    /// Changes every element of the examples, with half of what may be judged.
    fn plainly(&mut self) {
        let examples = self.examples;
        let mut alike = HashMap::new();
        let texts = tries::texts(examples);
        for (number, (_, tree)) in examples.iter().enumerate() {
            for edits in tries::plain(number, tree, &texts, &mut alike).chunks(BATCH) {
                let is_done = |target: &Target| target.is_settled();
                if self.left < JUDGEMENTS_MAX / 2 || self.targets.iter().all(is_done) {
                    return;
                }
                self.judge(edits.to_vec());
            }
        }
    }

    /// The changes of what one rule speaks of, in the examples that have what it meets before the others.
    fn by_name(&self, at: usize) -> VecDeque<Edit> {
        let Some(target) = self.targets.get(at).filter(|each| !each.is_settled()) else {
            return VecDeque::new();
        };
        let bears = |tree: &Element| {
            all(tree).iter().any(|(_, element)| {
                target.hints.iter().any(|hints| hints.context.contains(&element.name.local))
            })
        };
        let mut order: Vec<(usize, &Element)> =
            self.examples.iter().enumerate().map(|(number, (_, tree))| (number, tree)).collect();
        order.sort_by_key(|(_, tree)| !bears(tree));
        let mut all = VecDeque::new();
        for (number, tree) in order.into_iter().take(EXAMPLES_MAX) {
            let base = Edit { example: number, steps: Vec::new() };
            for hints in &target.hints {
                all.extend(tries::of_rule(&base, tree, hints, &target.namespaces));
            }
            if all.len() > tries::TRIES_MAX {
                break;
            }
        }
        all
    }

    /// Tries so many changes more for one rule; where they are used up, changes on top of those that were taken, or that
    /// brought in what it meets.
    fn some(&mut self, at: usize, waiting: &mut Waiting, share: usize) {
        if self.targets.get(at).is_none_or(|target| target.is_settled()) {
            return;
        }
        if waiting.edits.is_empty() && !waiting.bases.is_empty() {
            waiting.edits = self.on_top(at, std::mem::take(&mut waiting.bases));
        }
        let mut left = share;
        while left > 0 && !self.is_done(at, left) {
            let Some(edit) = waiting.edits.pop_front() else { break };
            // What was judged for another rule costs nothing, but others may be tried on top of it.
            let mut edits = vec![edit];
            while edits.len() < BATCH / 4 {
                let Some(edit) = waiting.edits.pop_front() else { break };
                edits.push(edit);
            }
            self.try_all(at, &edits, &mut left);
            let near =
                edits.into_iter().filter_map(|edit| self.near.get(&edit).map(|n| (edit, *n)));
            waiting.bases.extend(near);
        }
    }

    fn on_top(&self, at: usize, mut bases: Vec<(Edit, usize)>) -> VecDeque<Edit> {
        // What is taken goes first, and what was put in opens more than what was written otherwise.
        let is_put_in = |edit: &Edit| matches!(edit.steps.last(), Some(Step::Insert(..)));
        bases.sort_by_key(|(edit, broken)| (*broken, !is_put_in(edit)));
        bases.truncate(BASES_MAX);
        let mut all = VecDeque::new();
        let Some(target) = self.targets.get(at) else { return all };
        for (base, _) in bases {
            let Some(tree) = base.apply(self.examples) else { continue };
            for hints in &target.hints {
                let mut edits = tries::of_rule(&base, &tree, hints, &target.namespaces);
                edits.truncate(tries::TRIES_MAX / 3);
                all.extend(edits);
            }
        }
        all
    }

    fn is_done(&self, at: usize, left: usize) -> bool {
        left == 0 || self.left == 0 || self.targets.get(at).is_none_or(Target::is_alone)
    }

    /// Tries changes for one rule until it is reached alone.
    fn try_all(&mut self, at: usize, edits: &[Edit], left: &mut usize) {
        let new = edits.iter().filter(|edit| !self.seen.contains(edit));
        let new: Vec<Edit> = new.cloned().collect();
        for edits in new.chunks(BATCH / 4) {
            if self.is_done(at, *left) {
                break;
            }
            let edits: Vec<Edit> = edits.iter().take(*left).cloned().collect();
            *left -= edits.len();
            if let Some(target) = self.targets.get_mut(at) {
                target.tried += edits.len();
            }
            self.judge(edits);
        }
    }

    /// Judges changes, and notes for each rule what they break.
    fn judge(&mut self, edits: Vec<Edit>) {
        let new: Vec<Edit> = edits
            .into_iter()
            .filter(|edit| self.seen.insert(edit.clone()))
            .take(self.left)
            .collect();
        self.left -= new.len();
        let judged = self.in_parallel(&new);
        for (edit, found) in new.into_iter().zip(judged) {
            let Some(found) = found else { continue };
            if found.outcome == Outcome::Accepted {
                let last = edit.steps.last().map(|step| step.at().clone()).unwrap_or_default();
                self.taken.entry((edit.example, last)).or_insert_with(|| edit.clone());
            }
            self.note(&edit, &found);
            if found.errors.len() <= NEAR_MAX && edit.steps.len() == 1 {
                self.near.insert(edit, found.errors.len());
            }
        }
    }

    fn in_parallel(&self, edits: &[Edit]) -> Vec<Option<Found>> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX);
        let share = edits.len().div_ceil(threads).max(1);
        let one = |edit: &Edit| {
            let tree = edit.apply(self.examples)?;
            let judged = judge(self.contract, self.way, tree.document().as_bytes());
            Some(Found {
                outcome: judged.outcome,
                errors: judged.errors,
                warnings: judged.warnings,
            })
        };
        std::thread::scope(|scope| {
            let each = |edits: &[Edit]| edits.iter().map(one).collect::<Vec<_>>();
            let running: Vec<_> = edits
                .chunks(share)
                .map(|part| (part.len(), scope.spawn(move || each(part))))
                .collect();
            let found = running.into_iter().flat_map(|(count, thread)| {
                // What broke down found nothing.
                thread
                    .join()
                    .unwrap_or_else(|_| std::iter::repeat_with(|| None).take(count).collect())
            });
            found.collect()
        })
    }

    fn note(&mut self, edit: &Edit, found: &Found) {
        let names: BTreeSet<String> = found.errors.iter().map(name).collect();
        for target in &mut self.targets {
            target.warns |= found.warnings.iter().any(|each| target.is(each));
            let Some(own) = found.errors.iter().find(|each| target.is(each)) else { continue };
            let own = name(own);
            let others: Vec<String> = names.iter().filter(|each| **each != own).cloned().collect();
            let is_better = target.hit.as_ref().is_none_or(|hit| others.len() < hit.others.len());
            if is_better {
                target.hit = Some(Hit { edit: edit.clone(), others });
            }
        }
    }
}

struct Found {
    outcome: Outcome,
    errors: Vec<Violation>,
    warnings: Vec<Violation>,
}

/// What a violation is called in a set of rules.
fn name(violation: &Violation) -> String {
    violation.rule.clone().unwrap_or_else(|| match violation.code == code::RULE_BROKEN {
        true => violation.message.clone(),
        false => violation.code.as_str().to_owned(),
    })
}
