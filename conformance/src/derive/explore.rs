//! Requests by chance, for whoever looks for more than a verdict: seeded, and each judged before it is sent.
//!
//! What is found so is no breach until it is understood: another seed may not show it. So these cases are never part of
//! a plan.

use super::{
    json::{
        breaks::breaks,
        chance::{Chance, changes},
        make,
        spot::Part,
        variants::Variant,
    },
    openapi::{Cases, Deriving, Sound, explored},
};
use crate::{case::Case, suite::Suite};
use serde_json::Value;
use sluse_contracts::{Contract, Direction, schema::described::SchemaAt};

/// Most requests of one exploration.
pub const EXPLORED_MAX: usize = 100_000;

/// Most changes of one document.
const CHANGES_MAX: usize = 5;

/// So many requests by chance, about half of them wrong; the same for the same seed.
///
/// What the judge takes must be accepted, what it does not must be refused.
pub fn explore(contract: &Contract, suite: Option<&Suite>, seed: u64, n: usize) -> Vec<Case> {
    let mut cases = Cases::default();
    contract.describe(Direction::Request, &mut |described| {
        let deriving = Deriving::new(contract, described, suite);
        let bodies = |sound: &&Sound<'_, '_>| sound.fault.is_none() && sound.content.is_some();
        let sounds: Vec<&Sound<'_, '_>> = deriving.sounds.iter().filter(bodies).collect();
        let mut chance = Chance::new(seed);
        for number in 0..n.min(EXPLORED_MAX) {
            let Some(sound) = chance.one(&sounds) else { return };
            let Some((_, root)) = &sound.content else { continue };
            let Some(variant) = chance.one(&sound.variants) else { continue };
            let document = document(variant, root, &mut chance);
            explored(&deriving, sound, (seed, number), document, &mut cases);
        }
    });
    cases.found.into_iter().map(|each| each.case).collect()
}

/// A document with some places changed, and perhaps one of them wrong.
fn document(variant: &Variant<'_, '_>, root: &SchemaAt, chance: &mut Chance) -> Value {
    let starts = [Part::of(root.clone())];
    let mut value = variant.value.clone();
    for _ in 0..chance.below(CHANGES_MAX) {
        let found = changes(&variant.maker, &starts, &value, chance);
        let Some(change) = chance.one(&found) else { break };
        value = put(&value, &change.pointer, change.value.clone()).unwrap_or(value);
    }
    if chance.below(2) == 0 {
        let ways = breaks(&variant.maker, &starts, &value);
        let candidates: Vec<(&str, &Value)> = ways
            .iter()
            .flat_map(|way| {
                way.candidates.iter().take(20).map(|value| (way.pointer.as_str(), value))
            })
            .collect();
        if let Some((pointer, wrong)) = chance.one(&candidates) {
            value = put(&value, pointer, (*wrong).clone()).unwrap_or(value);
        }
    }
    value
}

fn put(whole: &Value, pointer: &str, new: Value) -> Option<Value> {
    if pointer.is_empty() { Some(new) } else { make::with(whole, pointer, new) }
}
