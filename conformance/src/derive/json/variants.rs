//! The documents that cases start from: one for each alternative that a schema leaves.

use super::{
    breaks::breaks,
    keeps::keeps,
    make::{Fullness, Maker, with},
    naming::{NAMING_MAX, naming},
    spot::{Choices, Fork, Part},
};
use serde_json::Value;
use sluse_contracts::schema::described::{SchemaAt, Schemas};

/// Most documents that cases of one schema start from.
const VARIANTS_MAX: usize = 40;

/// Most documents that are tried to make a condition fail.
const FAILING_MAX: usize = 60;

/// A document, and which alternatives it takes.
#[derive(Debug)]
pub(crate) struct Variant<'v, 'd> {
    pub(crate) maker: Maker<'v, 'd>,
    pub(crate) value: Value,
    /// The alternative that it stands for; nothing for the usual ones.
    pub(crate) fork: Option<(Fork, usize)>,
    /// Whether a member of it says which schema judges.
    pub(crate) is_named: bool,
}

/// The usual document first, as full as it can be, then one for each other alternative.
pub(crate) fn variants<'v, 'd>(
    schemas: &'v Schemas<'d>,
    root: &SchemaAt,
    hint: Option<&Value>,
    foreign: &'static str,
) -> Vec<Variant<'v, 'd>> {
    let mut found: Vec<Variant<'v, 'd>> = Vec::new();
    let Some(usual) = usual(schemas, root, hint, foreign) else { return found };
    let mut open = forks(&usual, root);
    found.push(usual);
    let mut seen: Vec<(SchemaAt, usize)> = Vec::new();
    while !open.is_empty() && found.len() < VARIANTS_MAX {
        let (choices, fork, branch) = open.remove(0);
        if seen.contains(&(fork.at.clone(), branch)) {
            continue;
        }
        let maker = Maker::new(schemas, choices, foreign);
        let made = match (fork.keyword, branch) {
            ("if", 0) => found.iter().find_map(|each| failing(&maker, root, &fork, &each.value)),
            _ => maker.value(root, None, Fullness::Full),
        };
        let Some(value) = made else { continue };
        if found.iter().any(|each| each.value == value) || !is_taken(&maker, &fork, branch, &value)
        {
            continue;
        }
        let told = naming(&maker, root, &value);
        if told.unnamed.is_some() {
            continue;
        }
        seen.push((fork.at.clone(), branch));
        let (fork, is_named) = (Some((fork, branch)), told.is_asked);
        let variant = Variant { maker, value, fork, is_named };
        open.extend(forks(&variant, root));
        found.push(variant);
    }
    found
}

/// The document that takes the usual alternatives; others where those cannot be taken.
fn usual<'v, 'd>(
    schemas: &'v Schemas<'d>,
    root: &SchemaAt,
    hint: Option<&Value>,
    foreign: &'static str,
) -> Option<Variant<'v, 'd>> {
    let first = Maker::new(schemas, Choices::new(), foreign);
    if let Some(value) = first.value(root, hint, Fullness::Full) {
        return Some(renamed(first, root, hint, value));
    }
    let spot = first.gather(&[Part::of(root.clone())], "", None);
    for fork in &spot.forks {
        for branch in 0..fork.n_branches.min(VARIANTS_MAX) {
            let key = (fork.pointer.clone(), fork.at.clone());
            let maker = Maker::new(schemas, Choices::from([(key, branch)]), foreign);
            if let Some(value) = maker.value(root, hint, Fullness::Full) {
                return Some(renamed(maker, root, hint, value));
            }
        }
    }
    None
}

/// A document whose objects each name the schema that judges them, as far as one can be made.
fn renamed<'v, 'd>(
    mut maker: Maker<'v, 'd>,
    root: &SchemaAt,
    hint: Option<&Value>,
    mut value: Value,
) -> Variant<'v, 'd> {
    let mut found = naming(&maker, root, &value);
    for _ in 0..NAMING_MAX {
        let Some(open) = &found.unnamed else { break };
        let better = open.conditions.iter().find_map(|at| {
            let mut choices = maker.choices.clone();
            choices.insert((open.pointer.clone(), at.clone()), 1);
            let other = Maker::new(maker.schemas, choices, maker.foreign);
            let value = other.value(root, hint, Fullness::Full)?;
            let found = naming(&other, root, &value);
            let is_named = found.unnamed.as_ref().is_none_or(|next| next.pointer != open.pointer);
            is_named.then_some((other, value, found))
        });
        let Some(better) = better else { break };
        (maker, value, found) = better;
    }
    Variant { maker, value, fork: None, is_named: found.is_asked }
}

/// Whether a document takes an alternative.
fn is_taken(maker: &Maker<'_, '_>, fork: &Fork, branch: usize, value: &Value) -> bool {
    let at = match fork.keyword {
        "if" => fork.at.clone(),
        _ => fork.at.below(&branch.to_string()),
    };
    let wanted = (fork.keyword, branch) != ("if", 0);
    let found = value.pointer(&fork.pointer);
    found.is_some_and(|value| maker.schemas.takes(&at, value) == Some(wanted))
}

/// A document in which a condition does not hold: one in which it does, with what the condition says broken.
fn failing(maker: &Maker<'_, '_>, root: &SchemaAt, fork: &Fork, value: &Value) -> Option<Value> {
    let here = value.pointer(&fork.pointer)?;
    if maker.schemas.takes(&fork.at, here) != Some(true) {
        return None;
    }
    // A good value at another place may be enough: another word of an enumeration.
    let kept = keeps(maker, &[Part::of(root.clone())], value).into_iter();
    let kept = kept.filter_map(|keep| with(value, &keep.pointer, keep.value));
    let fails = |changed: &Value| {
        let here = changed.pointer(&fork.pointer);
        here.is_some_and(|here| maker.schemas.takes(&fork.at, here) == Some(false))
    };
    let made =
        kept.filter(fails).find_map(|changed| maker.value(root, Some(&changed), Fullness::Full));
    if let Some(made) = made.filter(fails) {
        return Some(made);
    }
    let ways = breaks(maker, &[Part::of(fork.at.clone())], here);
    let tried = ways.iter().flat_map(|way| {
        let candidates = way.candidates.iter().take(FAILING_MAX);
        candidates.map(|candidate| (format!("{}{}", fork.pointer, way.pointer), candidate))
    });
    tried.take(FAILING_MAX).find_map(|(pointer, candidate)| {
        let changed = match pointer.as_str() {
            "" => candidate.clone(),
            pointer => with(value, pointer, candidate.clone())?,
        };
        let made = maker.value(root, Some(&changed), Fullness::Full)?;
        fails(&made).then_some(made)
    })
}

/// Whether a schema stands under `if`.
fn is_condition(at: &SchemaAt) -> bool {
    at.step() == "if"
}

/// The alternatives that a document does not take, and what to choose to take them.
fn forks(variant: &Variant<'_, '_>, root: &SchemaAt) -> Vec<(Choices, Fork, usize)> {
    let mut found = Vec::new();
    let starts = [Part::of(root.clone())];
    of_part(&variant.maker, &starts, "", &variant.value, &mut found);
    let mut open = Vec::new();
    for fork in found {
        let key = (fork.pointer.clone(), fork.at.clone());
        let taken = variant.maker.choices.get(&key);
        let branches = 0..fork.n_branches;
        for branch in branches {
            if taken != Some(&branch) {
                let mut choices = variant.maker.choices.clone();
                if (fork.keyword, branch) == ("if", 0) {
                    choices.remove(&key);
                    open.push((choices, fork.clone(), branch));
                    continue;
                }
                // Of several conditions at one place, one is made to hold.
                choices.retain(|(pointer, at), _| {
                    *pointer != fork.pointer || fork.keyword != "if" || !is_condition(at)
                });
                choices.insert(key.clone(), branch);
                open.push((choices, fork.clone(), branch));
            }
        }
    }
    open
}

fn of_part(
    maker: &Maker<'_, '_>,
    starts: &[Part],
    pointer: &str,
    value: &Value,
    found: &mut Vec<Fork>,
) {
    let spot = maker.gather(starts, pointer, Some(value));
    found.extend(spot.forks.iter().cloned());
    super::breaks::each_part(maker, &spot, value, &mut |starts, pointer, value| {
        of_part(maker, starts, pointer, value, found);
    });
}
