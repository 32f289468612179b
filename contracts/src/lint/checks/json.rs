//! Pointers into JSON, held against what JSON Schemas and descriptions declare.

use super::{Asked, Judge, Leads};
use crate::{
    Direction,
    files::resolve,
    lint::Subject,
    manifest::Language,
    payload::{escape_step, unescape_step},
    percent::decode,
    schema::tree::Tree,
    settings::nearest,
};
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// Most parts of schemas that are looked at for one path.
const PARTS_MAX: usize = 10_000;
/// The types of values that have nothing in them.
const PLAIN: [&str; 5] = ["boolean", "integer", "null", "number", "string"];
/// Keywords whose schemas judge the same value.
const IN_PLACE: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// A part of a file.
type At = (String, String);

/// Where a pointer leads in the messages that a schema judges.
pub(super) fn leads(subject: &Subject<'_>, judge: &Judge<'_>, asked: &Asked<'_>) -> Leads {
    let mut files = Files { subject, trees: BTreeMap::new(), left: PARTS_MAX };
    let file = judge.step.file.value.clone();
    let mut open = match judge.step.language {
        Language::JsonSchema => vec![(file, String::new())],
        Language::Openapi => files.bodies(&file, judge),
        _ => Vec::new(),
    };
    if open.is_empty() {
        return Leads::Somewhere;
    }
    let paths = asked.before.iter().copied().chain([asked.path.value.as_str()]);
    for step in paths.flat_map(|path| path.split('/').skip(1)) {
        let step = unescape_step(step);
        let Some((next, known)) = files.below(open, &step) else { return Leads::Somewhere };
        if next.is_empty() {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let meant = nearest(&step, &known).map(str::to_owned);
            return Leads::Nowhere(step.into_owned(), meant);
        }
        open = next;
    }
    Leads::Somewhere
}

/// The files of the contract, read once.
struct Files<'s> {
    subject: &'s Subject<'s>,
    trees: BTreeMap<String, Option<Rc<Value>>>,
    left: usize,
}

impl Files<'_> {
    fn tree(&mut self, path: &str) -> Option<Rc<Value>> {
        if let Some(known) = self.trees.get(path) {
            return known.clone();
        }
        let file = self.subject.files.get(path);
        let tree = file.and_then(|file| Tree::read(path, &file.bytes).ok());
        let tree = tree.map(|tree| Rc::new(tree.value));
        self.trees.insert(path.to_owned(), tree.clone());
        tree
    }

    /// The object at a place, references left as they are.
    fn members(&mut self, (file, pointer): &At) -> Option<Map<String, Value>> {
        self.tree(file)?.pointer(pointer)?.as_object().cloned()
    }

    /// Where a reference of a file leads; nothing where that is not a file of the contract.
    fn target(&mut self, file: &str, reference: &str) -> Option<At> {
        let (address, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let file = match address {
            "" => file.to_owned(),
            address => resolve(file, &decode(address))?,
        };
        let at = (file, decode(fragment).into_owned());
        self.members(&at).map(|_| at)
    }

    /// What a place is, through its references.
    fn followed(&mut self, at: At) -> Option<At> {
        let mut at = at;
        for _ in 0..100 {
            let members = self.members(&at)?;
            let Some(reference) = members.get("$ref").and_then(Value::as_str) else {
                return Some(at);
            };
            at = self.target(&at.0, reference)?;
        }
        None
    }

    /// The schemas of the bodies that a description has for a check; nothing where one is not known.
    fn bodies(&mut self, file: &str, judge: &Judge<'_>) -> Vec<At> {
        const METHODS: [&str; 8] =
            ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
        let mut bodies = Vec::new();
        let paths = (file.to_owned(), "/paths".to_owned());
        for path in self.names(&paths) {
            let Some(item) = self.followed(below(&paths, &path)) else { continue };
            for method in METHODS {
                let operation = below(&item, method);
                let Some(members) = self.members(&operation) else { continue };
                let stated = members.get("operationId").and_then(Value::as_str);
                let name = stated
                    .map_or_else(|| format!("{} {path}", method.to_uppercase()), str::to_owned);
                if judge.operation.is_some_and(|named| named != name) {
                    continue;
                }
                if judge.direction != Some(Direction::Response) {
                    bodies.extend(self.contents(below(&operation, "requestBody")));
                }
                if judge.direction != Some(Direction::Request) {
                    let answers = below(&operation, "responses");
                    for status in self.names(&answers) {
                        bodies.extend(self.contents(below(&answers, &status)));
                    }
                }
            }
        }
        bodies
    }

    fn contents(&mut self, at: At) -> Vec<At> {
        let Some(body) = self.followed(at) else { return Vec::new() };
        let contents = below(&body, "content");
        let types = self.names(&contents).into_iter();
        let schemas = types.map(|media_type| below(&below(&contents, &media_type), "schema"));
        schemas.collect()
    }

    fn names(&mut self, at: &At) -> Vec<String> {
        self.members(at)
            .into_iter()
            .flat_map(|members| members.into_iter().map(|(name, _)| name))
            .collect()
    }

    /// The schemas of a member or item of what these schemas judge, and the names that they declare. Nothing where they leave
    /// open what there is.
    fn below(&mut self, schemas: Vec<At>, step: &str) -> Option<(Vec<At>, Vec<String>)> {
        let (mut next, mut names, mut is_closed) = (Vec::new(), Vec::new(), false);
        for at in self.in_place(schemas)? {
            let members = self.members(&at)?;
            let properties = below(&at, "properties");
            if let Some(declared) = members.get("properties").and_then(Value::as_object) {
                is_closed = true;
                names.extend(declared.keys().cloned());
                if declared.contains_key(step) {
                    next.push(below(&properties, step));
                }
            }
            match members.get("additionalProperties") {
                Some(Value::Object(_)) => {
                    is_closed = true;
                    next.push(below(&at, "additionalProperties"));
                }
                Some(Value::Bool(true)) => return None,
                _ => {}
            }
            if members.contains_key("patternProperties") || members.contains_key("additionalItems")
            {
                return None;
            }
            let is_item = step == "*" || step.bytes().all(|byte| byte.is_ascii_digit());
            match members.get("items").filter(|_| is_item) {
                Some(Value::Object(_)) => next.push(below(&at, "items")),
                Some(_) => return None,
                None if members.contains_key("prefixItems") => return None,
                None => {}
            }
            is_closed |= members.contains_key("items") || is_plain(&members);
        }
        is_closed.then_some((next, names))
    }

    /// All schemas that judge what these judge. Nothing where one is not known, or there are too many.
    fn in_place(&mut self, schemas: Vec<At>) -> Option<Vec<At>> {
        let (mut found, mut seen, mut open) = (Vec::new(), BTreeSet::new(), schemas);
        while let Some(at) = open.pop() {
            self.left = self.left.checked_sub(1)?;
            if !seen.insert(at.clone()) {
                continue;
            }
            let members = self.members(&at)?;
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                open.push(self.target(&at.0, reference)?);
            }
            for keyword in IN_PLACE {
                let items = members.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
                open.extend((0..items).map(|item| below(&below(&at, keyword), &item.to_string())));
            }
            for keyword in
                ["if", "then", "else"].into_iter().filter(|each| members.contains_key(*each))
            {
                open.push(below(&at, keyword));
            }
            let is_elsewhere = ["$dynamicRef", "$recursiveRef", "dependentSchemas"]
                .iter()
                .any(|each| members.contains_key(*each));
            if is_elsewhere {
                return None;
            }
            found.push(at);
        }
        Some(found)
    }
}

fn below((file, pointer): &At, step: &str) -> At {
    (file.clone(), format!("{pointer}/{}", escape_step(step)))
}

/// Whether a schema takes nothing but values that have nothing in them.
fn is_plain(members: &Map<String, Value>) -> bool {
    let plain = |kind: &Value| kind.as_str().is_some_and(|kind| PLAIN.contains(&kind));
    match members.get("type") {
        Some(Value::Array(types)) => types.iter().all(plain),
        Some(kind) => plain(kind),
        None => false,
    }
}
