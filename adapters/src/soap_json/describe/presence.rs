//! Which members of an object may stand together, as a content model says, in words of JSON Schema.
//!
//! Where contents follow one order of names, a content is how many there are of each name, one after the other.
//! The model's automaton is followed name by name, and what follows alike is made one: what is left is a
//! diagram of decisions, most of which is "must be there" and "may be there", and choices as `if`.

use crate::soap_json::form::{Children, What};
use serde_json::{Map, Value, json};
use sluse_xsd::{Choice, Shapes, Walk};
use std::collections::HashMap;

/// Most steps through one model.
const STEPS_MAX: usize = 50_000;
/// Most names of one model.
const NAMES_MAX: usize = 600;
/// Most of one name that are counted.
const COUNT_MAX: u64 = 10_000;

/// Nothing more may be, and nothing is missing.
const YES: usize = 0;
/// The content is none of the model.
const NO: usize = 1;

/// A decision: how many there are of a name leads to other decisions. Counts from each number on, sorted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Node {
    name: usize,
    from: Vec<(u64, usize)>,
}

/// The decisions of a model.
pub(super) struct Presence<'c> {
    children: &'c Children,
    nodes: Vec<Node>,
    known: HashMap<Node, usize>,
    start: usize,
    /// How many decisions lead to each.
    n_uses: HashMap<usize, usize>,
}

/// Follows a model. Nothing where it is too large, or counts in a way that JSON Schema cannot.
pub(super) fn find<'c>(shapes: Shapes<'_>, children: &'c Children) -> Option<Presence<'c>> {
    if children.all.len() > NAMES_MAX {
        return None;
    }
    let presence = Presence {
        children,
        nodes: Vec::new(),
        known: HashMap::new(),
        start: YES,
        n_uses: HashMap::new(),
    };
    let mut following = Following { shapes, presence, met: HashMap::new(), n_steps: 0 };
    let start = following.follow(0, shapes.walk(children.model))?;
    let mut presence = following.presence;
    presence.start = start;
    for (_, next) in presence.nodes.iter().flat_map(|node| &node.from) {
        *presence.n_uses.entry(*next).or_default() += 1;
    }
    Some(presence)
}

struct Following<'s, 'c> {
    shapes: Shapes<'s>,
    presence: Presence<'c>,
    met: HashMap<(usize, Walk), usize>,
    n_steps: usize,
}

impl Following<'_, '_> {
    /// The decision at a name, and all after it.
    fn follow(&mut self, name: usize, walk: Walk) -> Option<usize> {
        if let Some(known) = self.met.get(&(name, walk.clone())) {
            return Some(*known);
        }
        if name == self.presence.children.all.len() {
            return Some(if self.shapes.may_end(&walk) { YES } else { NO });
        }
        let mut from: Vec<(u64, usize)> = Vec::new();
        let mut at = walk.clone();
        for count in 0..=COUNT_MAX {
            self.n_steps += 1;
            if self.n_steps > STEPS_MAX || count == COUNT_MAX {
                return None;
            }
            let next = self.follow(name + 1, at.clone())?;
            if from.last().is_none_or(|(_, before)| *before != next) {
                from.push((count, next));
            }
            let before = at.clone();
            if !self.take(name, &mut at)? {
                if from.last().is_none_or(|(_, before)| *before != NO) {
                    from.push((count + 1, NO));
                }
                break;
            }
            // From here on nothing changes however many there are.
            if at == before {
                break;
            }
        }
        let node = self.node(name, from);
        self.met.insert((name, walk), node);
        Some(node)
    }

    /// Takes one of a name; nothing where several wildcards would have to be told apart.
    fn take(&self, name: usize, walk: &mut Walk) -> Option<bool> {
        let child = self.presence.children.all.get(name)?;
        match child.what {
            What::Any => match *self.shapes.next_wildcards(walk) {
                [] => Some(false),
                [only] => Some(self.shapes.take(walk, Choice::Wildcard(only))),
                _ => None,
            },
            What::Element(id) => Some(self.shapes.take(walk, Choice::Element(id))),
        }
    }

    /// A decision, unless it makes no difference.
    fn node(&mut self, name: usize, from: Vec<(u64, usize)>) -> usize {
        let repeats = self.presence.is_list(name);
        let only = match *from.as_slice() {
            [(_, only)] => Some(only),
            // One of a name that stands once is all there can be.
            [(_, one), (2, NO)] if !repeats => Some(one),
            _ => None,
        };
        if let Some(only) = only {
            return only;
        }
        let node = Node { name, from };
        let next = self.presence.nodes.len() + 2;
        let id = *self.presence.known.entry(node.clone()).or_insert(next);
        if id == next {
            self.presence.nodes.push(node);
        }
        id
    }
}

impl Presence<'_> {
    fn is_list(&self, name: usize) -> bool {
        let child = self.children.all.get(name);
        child.is_some_and(|child| child.repeats || child.what == What::Any)
    }

    fn name(&self, name: usize) -> &str {
        self.children.all.get(name).map_or("", |child| &child.name)
    }

    /// What an object must also be, as keywords, and decisions that several lead to; these stand where `place` says.
    pub(super) fn keywords(&self, place: &dyn Fn(usize) -> String) -> (Value, Shared) {
        let mut telling =
            Telling { presence: self, place, told: HashMap::new(), shared: Vec::new() };
        let keywords = telling.decide(self.start);
        (keywords, telling.shared)
    }
}

/// Decisions that several lead to, by their numbers.
pub(super) type Shared = Vec<(usize, Value)>;

/// Decisions on their way into JSON Schema.
struct Telling<'p, 'c> {
    presence: &'p Presence<'c>,
    place: &'p dyn Fn(usize) -> String,
    told: HashMap<usize, Value>,
    shared: Shared,
}

impl Telling<'_, '_> {
    fn decide(&mut self, mut at: usize) -> Value {
        let presence = self.presence;
        let mut required: Vec<Value> = Vec::new();
        let mut counts = Map::new();
        let mut made = Map::new();
        while let Some(node) = at.checked_sub(2).and_then(|at| presence.nodes.get(at)) {
            let name = presence.name(node.name);
            // A number of them that is refused is a bound, and no decision.
            let sound: Vec<&(u64, usize)> = node.from.iter().filter(|(_, n)| *n != NO).collect();
            let [(least, next)] = *sound.as_slice() else {
                if let Value::Object(branch) = self.branch(node) {
                    made.extend(branch);
                }
                at = YES;
                break;
            };
            if *least > 0 {
                required.push(Value::from(name));
            }
            if presence.is_list(node.name) {
                let most = node.from.iter().find(|(from, n)| from > least && *n == NO);
                counts.insert(name.to_owned(), bounds(*least, most.map(|(from, _)| from - 1)));
            } else if *least == 0 {
                counts.insert(name.to_owned(), Value::Bool(false));
            }
            at = *next;
        }
        if at == NO {
            return Value::Bool(false);
        }
        if !required.is_empty() {
            made.insert("required".to_owned(), Value::Array(required));
        }
        if !counts.is_empty() {
            made.insert("properties".to_owned(), Value::Object(counts));
        }
        if made.is_empty() { Value::Bool(true) } else { Value::Object(made) }
    }

    /// A decision between several ways, as a chain of `if`.
    fn branch(&mut self, node: &Node) -> Value {
        let is_list = self.presence.is_list(node.name);
        let name = self.presence.name(node.name);
        let until = node.from.iter().skip(1).map(|(from, _)| Some(*from)).chain([None]);
        let ways: Vec<_> = node.from.iter().zip(until).collect();
        let mut made: Option<Value> = None;
        for ((from, next), until) in ways.into_iter().rev() {
            if !is_list && *from > 1 {
                continue;
            }
            let then = self.shared(*next);
            made = Some(match made {
                None => then,
                Some(otherwise) => {
                    let test = if is_list {
                        let items = bounds(*from, until.map(|until| until - 1));
                        let least: &[&str] = if *from > 0 { &[name] } else { &[] };
                        json!({ "properties": { name: items }, "required": least })
                    } else {
                        json!({ "not": { "required": [name] } })
                    };
                    json!({ "if": test, "then": then, "else": otherwise })
                }
            });
        }
        made.unwrap_or(Value::Bool(true))
    }

    /// A decision that others may lead to as well: told once, where it is not small.
    fn shared(&mut self, at: usize) -> Value {
        if let Some(told) = self.told.get(&at) {
            return told.clone();
        }
        let made = self.decide(at);
        let is_small = made.as_object().is_none_or(|made| !made.contains_key("if"));
        if is_small || self.presence.n_uses.get(&at).is_none_or(|n| *n < 2) {
            self.told.insert(at, made.clone());
            return made;
        }
        self.shared.push((at, made));
        let reference = json!({ "$ref": (self.place)(at) });
        self.told.insert(at, reference.clone());
        reference
    }
}

fn bounds(least: u64, most: Option<u64>) -> Value {
    let mut made = Map::new();
    if least > 0 {
        made.insert("minItems".to_owned(), least.into());
    }
    if let Some(most) = most {
        made.insert("maxItems".to_owned(), most.into());
    }
    Value::Object(made)
}
