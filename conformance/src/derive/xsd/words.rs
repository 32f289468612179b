//! Words of content models: rows of children that a model takes, and how one more or one fewer fits in.

use sluse_xsd::{Choice, ModelId, ModelShape, Shapes, Walk};
use std::collections::HashSet;

/// Most ways through one model that are looked at for the shortest word.
const WALKS_MAX: usize = 20_000;
/// The same for a run that is put into a word.
const RUNS_MAX: usize = 600;
/// Longest word that is made.
pub(crate) const WORD_MAX: usize = 1_000;

/// Each element and wildcard that a model has a place for, in the order of the model.
pub(crate) fn choices(shapes: &Shapes<'_>, model: ModelId) -> Vec<Choice> {
    let mut seen = HashSet::new();
    let all: Vec<Choice> = match shapes.model(model) {
        ModelShape::Ordered { start, states } => in_order(start, &states),
        ModelShape::AnyOrder { elements, .. } => {
            elements.into_iter().map(|(element, ..)| Choice::Element(element)).collect()
        }
    };
    all.into_iter().filter(|choice| seen.insert(*choice)).collect()
}

/// The edges of a graph, state by state from the first one.
fn in_order(start: usize, states: &[Vec<(Choice, usize)>]) -> Vec<Choice> {
    let mut all = Vec::new();
    let mut seen = HashSet::from([start]);
    let mut open = std::collections::VecDeque::from([start]);
    while let Some(state) = open.pop_front() {
        for (choice, next) in states.get(state).into_iter().flatten() {
            all.push(*choice);
            if seen.insert(*next) {
                open.push_back(*next);
            }
        }
    }
    all
}

/// Whether a model takes a word as a whole.
pub(crate) fn accepts(shapes: &Shapes<'_>, model: ModelId, word: &[Choice]) -> bool {
    let mut walk = shapes.walk(model);
    word.iter().all(|choice| shapes.take(&mut walk, *choice)) && shapes.may_end(&walk)
}

/// The shortest word of a model whose children `allowed` lets in; elements go before wildcards.
pub(crate) fn shortest(
    shapes: &Shapes<'_>,
    model: ModelId,
    allowed: &dyn Fn(Choice) -> bool,
) -> Option<Vec<Choice>> {
    let mut letters: Vec<Choice> =
        choices(shapes, model).into_iter().filter(|choice| allowed(*choice)).collect();
    letters.sort_by_key(|choice| matches!(choice, Choice::Wildcard(_)));
    let mut ways: Vec<(Walk, Option<(usize, Choice)>)> = vec![(shapes.walk(model), None)];
    let mut seen: HashSet<Vec<u64>> = HashSet::new();
    let mut at = 0;
    while at < ways.len() {
        let (walk, _) = ways.get(at)?;
        if shapes.may_end(walk) {
            return Some(word_of(&ways, at));
        }
        let walk = walk.clone();
        for letter in &letters {
            let mut next = walk.clone();
            if ways.len() < WALKS_MAX && shapes.take(&mut next, *letter) && seen.insert(key(&next))
            {
                ways.push((next, Some((at, *letter))));
            }
        }
        at += 1;
    }
    None
}

/// What tells ways through a model apart, the steps that are left not counted.
fn key(walk: &Walk) -> Vec<u64> {
    walk.place()
}

fn word_of(ways: &[(Walk, Option<(usize, Choice)>)], end: usize) -> Vec<Choice> {
    let mut word = Vec::new();
    let mut at = end;
    while let Some((_, Some((before, letter)))) = ways.get(at) {
        word.push(*letter);
        at = *before;
    }
    word.reverse();
    word
}

/// Where one more child fits into a word, after others of its kind where there are some.
pub(crate) fn fits_at(
    shapes: &Shapes<'_>,
    model: ModelId,
    word: &[Choice],
    choice: Choice,
) -> Option<usize> {
    if word.len() >= WORD_MAX {
        return None;
    }
    let after = word.iter().rposition(|each| *each == choice).map(|at| at + 1);
    let mut places = after.into_iter().chain((0..=word.len()).rev());
    places.find(|at| {
        let mut longer = word.to_vec();
        longer.insert(*at, choice);
        accepts(shapes, model, &longer)
    })
}

/// A word with one more child: alone where it fits so, else in the shortest run of children that does.
pub(crate) fn inserted(
    shapes: &Shapes<'_>,
    model: ModelId,
    word: &[Choice],
    choice: Choice,
    allowed: &dyn Fn(Choice) -> bool,
) -> Option<Vec<Choice>> {
    if let Some(at) = fits_at(shapes, model, word, choice) {
        let mut longer = word.to_vec();
        longer.insert(at, choice);
        return Some(longer);
    }
    let letters: Vec<Choice> =
        choices(shapes, model).into_iter().filter(|choice| allowed(*choice)).collect();
    let mut walk = shapes.walk(model);
    for at in 0..=word.len() {
        let (before, after) = word.split_at_checked(at)?;
        if let Some(run) = run(shapes, &walk, &letters, choice, after) {
            return Some(before.iter().chain(&run).chain(after).copied().collect());
        }
        let next = after.first()?;
        if !shapes.take(&mut walk, *next) {
            return None;
        }
    }
    None
}

/// The shortest run from a place in a model that has a child, and after which the rest of a word is taken.
fn run(
    shapes: &Shapes<'_>,
    from: &Walk,
    letters: &[Choice],
    choice: Choice,
    after: &[Choice],
) -> Option<Vec<Choice>> {
    let mut ways: Vec<(Walk, Option<(usize, Choice)>)> = vec![(from.clone(), None)];
    let mut seen: HashSet<(Vec<u64>, bool)> = HashSet::new();
    let mut has = vec![false];
    let mut at = 0;
    while at < ways.len() {
        let (walk, has_it) = (ways.get(at)?.0.clone(), *has.get(at)?);
        let mut end = walk.clone();
        let ends = has_it && after.iter().all(|choice| shapes.take(&mut end, *choice));
        if ends && shapes.may_end(&end) {
            return Some(word_of(&ways, at));
        }
        for letter in letters {
            let mut next = walk.clone();
            if ways.len() >= RUNS_MAX || !shapes.take(&mut next, *letter) {
                continue;
            }
            let has_it = has_it || *letter == choice;
            if seen.insert((key(&next), has_it)) {
                ways.push((next, Some((at, *letter))));
                has.push(has_it);
            }
        }
        at += 1;
    }
    None
}

/// A word with each child that fits besides those it has.
pub(crate) fn filled(
    shapes: &Shapes<'_>,
    model: ModelId,
    word: &[Choice],
    allowed: &dyn Fn(Choice) -> bool,
) -> Vec<Choice> {
    let mut full = word.to_vec();
    for choice in choices(shapes, model) {
        if full.contains(&choice) || !allowed(choice) {
            continue;
        }
        if let Some(longer) = inserted(shapes, model, &full, choice, allowed) {
            full = longer;
        }
    }
    full
}

/// A word that has a child which does not fit beside others of the word: the shortest with it.
pub(crate) fn instead(
    shapes: &Shapes<'_>,
    model: ModelId,
    word: &[Choice],
    choice: Choice,
) -> Option<Vec<Choice>> {
    // One child of the word makes room at a time, then runs of them.
    for from in 0..=word.len() {
        for to in from..=word.len() {
            let (before, rest) = word.split_at_checked(from)?;
            let after = rest.get(to - from..)?;
            let row: Vec<Choice> = before.iter().chain([&choice]).chain(after).copied().collect();
            if accepts(shapes, model, &row) {
                return Some(row);
            }
            if word.len() > 60 && to > from + 3 {
                break;
            }
        }
    }
    let letters = choices(shapes, model);
    run(shapes, &shapes.walk(model), &letters, choice, &[])
}
