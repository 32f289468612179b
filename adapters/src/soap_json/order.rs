//! Whether the contents of a model follow one order of names, and which names can stand more than once.
//!
//! Asked of the model's automaton: a name that can be read after another one follows it. Where the names can be
//! put in a row so that none follows one behind it, that row is the order of every content, and a JSON object
//! needs not say it.

use std::collections::{BTreeSet, VecDeque};

/// What was found of a model.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The names in their order, where there is one.
    pub(super) order: Option<Vec<usize>>,
    /// Whether each can stand more than once.
    pub(super) repeats: Vec<bool>,
}

/// A set of names.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Names(Vec<u64>);

impl Names {
    fn none(n_names: usize) -> Self {
        Self(vec![0; n_names.div_ceil(64)])
    }

    fn add(&mut self, name: usize) {
        if let Some(word) = self.0.get_mut(name / 64) {
            *word |= 1 << (name % 64);
        }
    }

    fn has(&self, name: usize) -> bool {
        self.0.get(name / 64).is_some_and(|word| word & 1 << (name % 64) != 0)
    }

    /// Adds all of another set; whether any was new.
    fn add_all(&mut self, other: &Self) -> bool {
        let mut grown = false;
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            grown |= theirs & !*mine != 0;
            *mine |= theirs;
        }
        grown
    }
}

/// The states of an automaton as they are reached, each once.
pub(super) fn breadth_first<T>(start: usize, states: &[Vec<(T, usize)>]) -> Vec<usize> {
    let mut seen = BTreeSet::from([start]);
    let mut open = VecDeque::from([start]);
    let mut reached = Vec::new();
    while let Some(at) = open.pop_front() {
        reached.push(at);
        for (_, next) in states.get(at).into_iter().flatten() {
            if seen.insert(*next) {
                open.push_back(*next);
            }
        }
    }
    reached
}

/// Asks the automaton; `states` gives for each state the names that it reads and the state that follows.
pub(super) fn find(states: &[Vec<(usize, usize)>], n_names: usize) -> Found {
    let reached = readable(states, n_names);
    let mut follows = vec![Names::none(n_names); n_names];
    for (name, next) in states.iter().flatten() {
        if let (Some(into), Some(from)) = (follows.get_mut(*name), reached.get(*next)) {
            into.add_all(from);
        }
    }
    let repeats = follows.iter().enumerate().map(|(name, after)| after.has(name)).collect();
    Found { order: sorted(&follows), repeats }
}

/// What can be read in a state, or in one that can be reached from it.
fn readable(states: &[Vec<(usize, usize)>], n_names: usize) -> Vec<Names> {
    let mut all = vec![Names::none(n_names); states.len()];
    loop {
        let mut grown = false;
        // Most edges lead to later states, so that two rounds do for most models.
        for (at, edges) in states.iter().enumerate().rev() {
            let Some(mut here) = all.get(at).cloned() else { continue };
            let before = here.clone();
            for (name, next) in edges {
                here.add(*name);
                if let Some(beyond) = all.get(*next) {
                    here.add_all(beyond);
                }
            }
            if here != before {
                grown = true;
                if let Some(into) = all.get_mut(at) {
                    *into = here;
                }
            }
        }
        if !grown {
            return all;
        }
    }
}

/// The names in a row in which none stands behind one that follows it; of several, as they were met.
fn sorted(follows: &[Names]) -> Option<Vec<usize>> {
    let n_names = follows.len();
    let mut n_before: Vec<usize> = (0..n_names)
        .map(|name| {
            let before = |(other, after): &(usize, &Names)| *other != name && after.has(name);
            follows.iter().enumerate().filter(before).count()
        })
        .collect();
    let free = n_before.iter().enumerate().filter(|(_, n)| **n == 0).map(|(name, _)| name);
    let mut free: BTreeSet<usize> = free.collect();
    let mut row = Vec::with_capacity(n_names);
    while let Some(name) = free.pop_first() {
        row.push(name);
        let after = follows.get(name)?;
        for (other, n) in n_before.iter_mut().enumerate() {
            if other != name && after.has(other) {
                *n -= 1;
                if *n == 0 {
                    free.insert(other);
                }
            }
        }
    }
    (row.len() == n_names).then_some(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_order_where_there_is_one() {
        // a b? c*
        let found = find(&[vec![(0, 1)], vec![(1, 2), (2, 3)], vec![(2, 3)], vec![(2, 3)]], 3);
        let expected = Found { order: Some(vec![0, 1, 2]), repeats: vec![false, false, true] };
        assert_eq!(found, expected);
        // (a b)*
        let found = find(&[vec![(0, 1)], vec![(1, 0)]], 2);
        assert_eq!(found, Found { order: None, repeats: vec![true, true] });
        // (a b) | (b c) | (c a): two by two there is an order, in all there is none.
        let found = find(
            &[vec![(0, 1), (1, 2), (2, 3)], vec![(1, 4)], vec![(2, 4)], vec![(0, 4)], vec![]],
            3,
        );
        assert_eq!(found, Found { order: None, repeats: vec![false; 3] });
    }
}
