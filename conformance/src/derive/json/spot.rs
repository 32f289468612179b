//! What applies to one place of a value: every schema that judges it, through references and combinations.

use serde_json::Value;
use sluse_contracts::schema::described::{SchemaAt, Schemas};
use std::collections::BTreeMap;

/// Most schemas that apply to one place.
const PARTS_MAX: usize = 400;

/// An alternative that a schema was reached through: what is broken in it is told at the combination's own place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Above {
    /// The place of `anyOf` or `oneOf`, as a verdict names it.
    pub(crate) place: String,
    /// The alternative.
    pub(crate) branch: SchemaAt,
    /// Where the combination judges, as a JSON Pointer.
    pub(crate) pointer: String,
}

/// A schema that applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// The schema.
    pub(crate) at: SchemaAt,
    /// The alternatives that lead to it, the outermost first.
    pub(crate) above: Vec<Above>,
    /// Whether it is a condition (`if`), which may fail without harm.
    pub(crate) is_condition: bool,
}

impl Part {
    /// A schema that applies whatever is chosen.
    pub(crate) fn of(at: SchemaAt) -> Self {
        Self { at, above: Vec::new(), is_condition: false }
    }

    fn at(&self, at: SchemaAt) -> Self {
        Self { at, ..self.clone() }
    }
}

/// Which alternative is taken: of a combination at a place of the value.
pub(crate) type Choices = BTreeMap<(String, SchemaAt), usize>;

/// A combination of which one alternative was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fork {
    /// Where it judges, as a JSON Pointer.
    pub(crate) pointer: String,
    /// The place of the keyword.
    pub(crate) at: SchemaAt,
    /// `anyOf`, `oneOf` or `if`.
    pub(crate) keyword: &'static str,
    /// How many alternatives it has.
    pub(crate) n_branches: usize,
}

/// Everything that applies to one place of a value.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spot {
    /// The place, as a JSON Pointer.
    pub(crate) pointer: String,
    /// The schemas, outer ones first.
    pub(crate) parts: Vec<Part>,
    /// Those that must each take a value: where they do, all do.
    pub(crate) heads: Vec<SchemaAt>,
    /// The combinations on the way.
    pub(crate) forks: Vec<Fork>,
    /// Whether no value can be here, or nobody knows which.
    pub(crate) is_closed: bool,
}

/// Gathers what applies.
#[derive(Debug)]
pub(crate) struct Gatherer<'g, 'd> {
    pub(crate) schemas: &'g Schemas<'d>,
    pub(crate) choices: &'g Choices,
}

impl Gatherer<'_, '_> {
    /// What applies at a pointer, given the schemas that begin there. Conditions count by the value, where there is one.
    pub(crate) fn gather(&self, starts: &[Part], pointer: &str, value: Option<&Value>) -> Spot {
        let mut spot = Spot { pointer: pointer.to_owned(), ..Spot::default() };
        for start in starts {
            spot.heads.push(start.at.clone());
            self.add(start, value, &mut spot);
        }
        spot
    }

    fn add(&self, part: &Part, value: Option<&Value>, spot: &mut Spot) {
        if spot.parts.iter().any(|each| each.at == part.at) {
            return;
        }
        if spot.parts.len() >= PARTS_MAX {
            spot.is_closed = true;
            return;
        }
        let schema = self.schemas.value(&part.at);
        if *schema == Value::Bool(false) {
            spot.is_closed = true;
        }
        spot.parts.push(part.clone());
        for keyword in ["$ref", "$dynamicRef", "$recursiveRef"] {
            let Some(reference) = schema.get(keyword).and_then(Value::as_str) else { continue };
            match self.schemas.resolve(&part.at, reference) {
                Some(target) => self.add(&part.at(target), value, spot),
                None => spot.is_closed = true,
            }
            if self.schemas.reference_stands_alone() {
                return;
            }
        }
        for at in listed(&part.at, schema, "allOf") {
            self.add(&part.at(at), value, spot);
        }
        self.add_alternatives(part, schema, value, spot);
        self.add_conditional(part, schema, value, spot);
        self.add_dependent(part, schema, value, spot);
    }

    fn add_alternatives(
        &self,
        part: &Part,
        schema: &Value,
        value: Option<&Value>,
        spot: &mut Spot,
    ) {
        for keyword in ["anyOf", "oneOf"] {
            let branches = listed(&part.at, schema, keyword);
            if branches.is_empty() {
                continue;
            }
            let at = part.at.below(keyword);
            let key = (spot.pointer.clone(), at.clone());
            let chosen = match self.choices.get(&key) {
                Some(chosen) => *chosen,
                None => self.usual(&branches),
            };
            let (pointer, n_branches) = (spot.pointer.clone(), branches.len());
            spot.forks.push(Fork { pointer: pointer.clone(), at, keyword, n_branches });
            let Some(branch) = branches.get(chosen) else { continue };
            let place = self.schemas.place(&part.at, keyword);
            let mut inner = part.at(branch.clone());
            inner.above.push(Above { place, branch: branch.clone(), pointer });
            spot.heads.push(branch.clone());
            self.add(&inner, value, spot);
        }
    }

    /// The alternative that is taken unless asked otherwise: the first that says more than `null`.
    fn usual(&self, branches: &[SchemaAt]) -> usize {
        let says_more = |at: &SchemaAt| {
            let schema = self.schemas.value(at);
            schema.get("type") != Some(&Value::String("null".into()))
                && *schema != Value::Bool(false)
        };
        branches.iter().position(says_more).unwrap_or_default()
    }

    fn add_conditional(&self, part: &Part, schema: &Value, value: Option<&Value>, spot: &mut Spot) {
        if schema.get("if").is_none() {
            return;
        }
        let at = part.at.below("if");
        let key = (spot.pointer.clone(), at.clone());
        let pointer = spot.pointer.clone();
        spot.forks.push(Fork { pointer, at: at.clone(), keyword: "if", n_branches: 2 });
        let holds = match self.choices.get(&key) {
            Some(1) => {
                let condition = Part { at: at.clone(), is_condition: true, ..part.clone() };
                spot.heads.push(at.clone());
                self.add(&condition, value, spot);
                Some(true)
            }
            _ => value.and_then(|value| self.schemas.takes(&at, value)),
        };
        let keyword = match holds {
            Some(true) => "then",
            Some(false) => "else",
            None => return,
        };
        if schema.get(keyword).is_some() {
            self.add(&part.at(part.at.below(keyword)), value, spot);
        }
    }

    fn add_dependent(&self, part: &Part, schema: &Value, value: Option<&Value>, spot: &mut Spot) {
        let Some(Value::Object(members)) = value else { return };
        for keyword in ["dependentSchemas", "dependencies"] {
            let named = schema.get(keyword).and_then(Value::as_object).into_iter().flatten();
            for (name, dependent) in named {
                if members.contains_key(name) && !dependent.is_array() {
                    self.add(&part.at(part.at.below(keyword).below(name)), value, spot);
                }
            }
        }
    }
}

/// The schemas of a keyword that lists them.
pub(crate) fn listed(at: &SchemaAt, schema: &Value, keyword: &str) -> Vec<SchemaAt> {
    let n = schema.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
    (0..n).map(|number| at.below(keyword).below(&number.to_string())).collect()
}

impl Spot {
    /// What a keyword says, of each schema that has it.
    pub(crate) fn each<'s, 'd: 's>(
        &'s self,
        schemas: &'s Schemas<'d>,
        keyword: &'s str,
    ) -> impl Iterator<Item = (&'s Part, &'d Value)> {
        self.parts.iter().filter_map(move |part| Some((part, schemas.keyword(&part.at, keyword)?)))
    }

    /// The schemas of a member that has this name.
    pub(crate) fn member(&self, schemas: &Schemas<'_>, name: &str) -> Vec<Part> {
        let mut parts = Vec::new();
        for part in &self.parts {
            let schema = schemas.value(&part.at);
            let is_there = |keyword: &str| schema.get(keyword).is_some();
            let mut is_named = false;
            if schema.get("properties").and_then(|all| all.get(name)).is_some() {
                parts.push(part.at(part.at.below("properties").below(name)));
                is_named = true;
            }
            let patterns = schema.get("patternProperties").and_then(Value::as_object);
            for (pattern, _) in patterns.into_iter().flatten() {
                if super::pattern::matches(pattern, name) {
                    parts.push(part.at(part.at.below("patternProperties").below(pattern)));
                    is_named = true;
                }
            }
            if !is_named && is_there("additionalProperties") {
                parts.push(part.at(part.at.below("additionalProperties")));
            }
        }
        if parts.is_empty() {
            let unevaluated =
                |part: &&Part| schemas.value(&part.at).get("unevaluatedProperties").is_some();
            let found = self.parts.iter().filter(unevaluated);
            parts.extend(found.map(|part| part.at(part.at.below("unevaluatedProperties"))));
        }
        parts
    }

    /// The schemas of an item at this position.
    pub(crate) fn item(&self, schemas: &Schemas<'_>, position: usize) -> Vec<Part> {
        let mut parts = Vec::new();
        for part in &self.parts {
            let schema = schemas.value(&part.at);
            let tuple = ["prefixItems", "items"]
                .into_iter()
                .find_map(|keyword| Some((keyword, schema.get(keyword)?.as_array()?.len())));
            let found = match tuple {
                Some((keyword, n)) if position < n => {
                    Some(part.at.below(keyword).below(&position.to_string()))
                }
                Some(("prefixItems", _)) => schema.get("items").map(|_| part.at.below("items")),
                Some(_) => schema.get("additionalItems").map(|_| part.at.below("additionalItems")),
                None => schema.get("items").map(|_| part.at.below("items")),
            };
            parts.extend(found.map(|at| part.at(at)));
        }
        if parts.is_empty() {
            let found = self
                .parts
                .iter()
                .filter(|part| schemas.value(&part.at).get("unevaluatedItems").is_some());
            parts.extend(found.map(|part| part.at(part.at.below("unevaluatedItems"))));
        }
        parts
    }

    /// The names of the members that are declared, in order.
    pub(crate) fn declared<'d>(&self, schemas: &Schemas<'d>) -> Vec<&'d str> {
        let mut names: Vec<&'d str> = Vec::new();
        for (_, properties) in self.each(schemas, "properties") {
            let found = properties.as_object().into_iter().flatten();
            for (name, schema) in found {
                if !names.contains(&name.as_str()) && *schema != Value::Bool(false) {
                    names.push(name);
                }
            }
        }
        names
    }

    /// The names of the members that must be there, in order.
    pub(crate) fn required<'d>(&self, schemas: &Schemas<'d>) -> Vec<&'d str> {
        let mut names: Vec<&'d str> = Vec::new();
        for (_, required) in self.each(schemas, "required") {
            let found = required.as_array().into_iter().flatten().filter_map(Value::as_str);
            for name in found {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }

    /// The greatest of what a keyword that counts says.
    pub(crate) fn at_least(&self, schemas: &Schemas<'_>, keyword: &str) -> Option<usize> {
        self.counts(schemas, keyword).max()
    }

    /// The least of what a keyword that counts says.
    pub(crate) fn at_most(&self, schemas: &Schemas<'_>, keyword: &str) -> Option<usize> {
        self.counts(schemas, keyword).min()
    }

    fn counts<'s>(
        &'s self,
        schemas: &'s Schemas<'_>,
        keyword: &'s str,
    ) -> impl Iterator<Item = usize> + 's {
        self.each(schemas, keyword).filter_map(|(_, value)| count(value))
    }
}

/// A count as schemas write it: `3` or `3.0`.
pub(crate) fn count(value: &Value) -> Option<usize> {
    let whole = value.as_u64().and_then(|count| usize::try_from(count).ok());
    let number = || value.as_number()?.as_str().strip_suffix(".0")?.parse().ok();
    whole.or_else(number)
}
