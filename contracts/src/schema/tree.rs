//! A schema file as a tree, whether it is written in JSON or in YAML, with the places of its parts.

use crate::{
    Finding, code,
    payload::{JsonPayload, Limits, escape_step},
    settings::Place,
};
use bytes::Bytes;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};
use serde_saphyr::Spanned;
use std::{collections::HashMap, fmt, sync::Arc};

/// A schema file as a tree.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    pub(crate) value: Value,
    places: Places,
}

#[derive(Debug, Clone)]
enum Places {
    Json(Arc<JsonPayload>),
    Yaml(Arc<HashMap<String, Place>>),
}

/// Why a file is no tree.
#[derive(Debug, Clone)]
pub(crate) struct TreeFault {
    sentence: String,
    place: Option<Place>,
}

impl TreeFault {
    /// The fault of this file.
    pub(crate) fn finding(&self, file: &str) -> Finding {
        let finding = Finding::in_file(file, code::SCHEMA_BROKEN, self.sentence.clone());
        match self.place {
            Some(place) => finding.at(place.line, place.column),
            None => finding,
        }
    }
}

impl Tree {
    /// Reads a file: YAML where its name says so, else JSON.
    pub(crate) fn read(path: &str, bytes: &Bytes) -> Result<Self, TreeFault> {
        if path.ends_with(".yaml") || path.ends_with(".yml") { yaml(bytes) } else { json(bytes) }
    }

    /// Where the part at a JSON Pointer stands, or the nearest part around it.
    pub(crate) fn nearest_place(&self, pointer: &str) -> Option<Place> {
        let mut pointer = pointer;
        loop {
            if let Some(place) = self.place(pointer) {
                return Some(place);
            }
            pointer = pointer.rsplit_once('/')?.0;
        }
    }

    /// Where the part at a JSON Pointer stands.
    pub(crate) fn place(&self, pointer: &str) -> Option<Place> {
        match &self.places {
            Places::Json(payload) => payload.places(&[pointer]).into_iter().next().flatten(),
            Places::Yaml(places) => places.get(pointer).copied(),
        }
    }
}

fn json(bytes: &Bytes) -> Result<Tree, TreeFault> {
    let payload = JsonPayload::parse(bytes, None, &Limits::default()).map_err(|fault| {
        let place = fault.line.zip(fault.column).map(|(line, column)| Place { line, column });
        TreeFault { sentence: fault.message, place }
    })?;
    Ok(Tree { value: payload.value().clone(), places: Places::Json(Arc::new(payload)) })
}

fn yaml(bytes: &Bytes) -> Result<Tree, TreeFault> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| TreeFault { sentence: "the file is not UTF-8 text".into(), place: None })?;
    // YAML 1.2: `no` is a text, and so is 1_000.
    let options = serde_saphyr::options! {
        with_snippet: false,
        strict_booleans: true,
        underscored_numbers_as_strings: true,
    };
    let root: Spanned<Node> =
        serde_saphyr::from_str_with_options(text, options).map_err(|fault| {
            let place = fault.location().map(place);
            let sentence = fault.without_snippet().to_string();
            TreeFault { sentence: sentence.lines().next().unwrap_or_default().to_owned(), place }
        })?;
    let mut places = HashMap::new();
    places.insert(String::new(), place(root.referenced));
    let value = root.value.into_value("", &mut places);
    Ok(Tree { value, places: Places::Yaml(Arc::new(places)) })
}

fn place(location: serde_saphyr::Location) -> Place {
    let number = |number: u64| u32::try_from(number).unwrap_or(u32::MAX).max(1);
    Place { line: number(location.line()), column: number(location.column()) }
}

/// A part of YAML as it is read: its depth is bounded by the reader.
enum Node {
    Scalar(Value),
    List(Vec<Spanned<Self>>),
    Map(Vec<(Spanned<Key>, Spanned<Self>)>),
}

impl Node {
    fn into_value(self, pointer: &str, places: &mut HashMap<String, Place>) -> Value {
        match self {
            Self::Scalar(value) => value,
            Self::List(items) => {
                let items = items.into_iter().enumerate().map(|(at, item)| {
                    let pointer = format!("{pointer}/{at}");
                    places.insert(pointer.clone(), place(item.referenced));
                    item.value.into_value(&pointer, places)
                });
                Value::Array(items.collect())
            }
            Self::Map(entries) => {
                let mut members = Map::new();
                for (key, node) in entries {
                    let pointer = format!("{pointer}/{}", escape_step(&key.value.0));
                    places.insert(pointer.clone(), place(key.referenced));
                    members.insert(key.value.0, node.value.into_value(&pointer, places));
                }
                Value::Object(members)
            }
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Number(value.into())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Number(value.into())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Scalar(Number::from_f64(value).map_or(Value::Null, Value::Number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Scalar(Value::String(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Node::Map(map))
    }
}

/// A key: in JSON's terms always a text, such as the status `200`.
struct Key(String);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Node::deserialize(deserializer)? {
            Node::Scalar(Value::String(text)) => Ok(Self(text)),
            Node::Scalar(value) => Ok(Self(value.to_string())),
            Node::List(_) | Node::Map(_) => Err(serde::de::Error::custom("a key must be a text")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_yaml_as_json_with_places() {
        for (text, expected) in [
            (
                "[y, n, yes, no, NO, on, off, 1_000, True, .5, 0x1f, 1e3]",
                r#"["y","n","yes","no","NO","on","off","1_000",true,0.5,31,1000.0]"#,
            ),
            ("{on: 1, 1: 2, true: 3, null: 4}", r#"{"on":1,"1":2,"true":3,"null":4}"#),
        ] {
            let tree = Tree::read("x.yaml", &text.into()).unwrap();
            assert_eq!(tree.value.to_string(), expected, "{text}");
        }
        let text = "a: &x\n  200: [1, -2.5, ~, true]\n  'b/c': |\n    text\nd: *x\n";
        let tree = Tree::read("x.yaml", &text.into()).unwrap();
        let same = r#"{"200":[1,-2.5,null,true],"b/c":"text\n"}"#;
        assert_eq!(tree.value.to_string(), format!(r#"{{"a":{same},"d":{same}}}"#));
        assert_eq!(tree.place("/a/200/1"), Some(Place { line: 2, column: 12 }));
        assert_eq!(tree.place("/a/b~1c"), Some(Place { line: 3, column: 3 }));
    }

    #[test]
    fn says_where_a_file_is_broken() {
        for (path, text, expected) in [
            ("x.yaml", "a: [1\nb: 2\n", "x.yaml:2:"),
            ("x.yml", "a: 1\na: 2\n", "x.yml:2:1 C0203"),
            ("x.json", "{\"a\": }", "x.json:1:7 C0203"),
        ] {
            let fault = Tree::read(path, &text.into()).unwrap_err();
            let printed = fault.finding(path).to_string();
            assert!(printed.starts_with(expected), "{printed}");
        }
    }

    #[test]
    fn survives_deep_and_repeating_yaml() {
        let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n\
                    d: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e]\n\
                    g: [*f,*f,*f,*f,*f,*f,*f,*f]\n";
        for text in ["[".repeat(100_000), bomb.to_owned(), "- ".repeat(5_000)] {
            assert!(Tree::read("x.yaml", &text.into()).is_err());
        }
    }
}
