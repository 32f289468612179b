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
pub struct Tree {
    /// What the file says.
    pub value: Value,
    places: Places,
}

#[derive(Debug, Clone)]
enum Places {
    Json(Arc<JsonPayload>),
    Yaml(Arc<HashMap<String, Place>>),
}

/// Why a file is no tree.
#[derive(Debug, Clone)]
pub struct TreeFault {
    sentence: String,
    place: Option<Place>,
}

impl TreeFault {
    /// The fault of this file.
    pub fn finding(&self, file: &str) -> Finding {
        let mut finding = Finding::in_file(file, code::SCHEMA_BROKEN, self.sentence.clone());
        if self.sentence == NOT_FINITE {
            finding = finding.hint(NO_BOUND);
        }
        match self.place {
            Some(place) => finding.at(place.line, place.column),
            None => finding,
        }
    }
}

impl Tree {
    /// Reads a file: YAML where its name says so, else JSON.
    pub fn read(path: &str, bytes: &Bytes) -> Result<Self, TreeFault> {
        if path.ends_with(".yaml") || path.ends_with(".yml") { yaml(bytes) } else { json(bytes) }
    }

    /// Where the part at a JSON Pointer stands, or the nearest part around it.
    pub fn nearest_place(&self, pointer: &str) -> Option<Place> {
        let mut pointer = pointer;
        loop {
            if let Some(place) = self.place(pointer) {
                return Some(place);
            }
            pointer = pointer.rsplit_once('/')?.0;
        }
    }

    /// Where the parts at JSON Pointers stand.
    pub(crate) fn places(&self, pointers: &[&str]) -> Vec<Option<Place>> {
        match &self.places {
            Places::Json(payload) => payload.places(pointers),
            Places::Yaml(places) => {
                pointers.iter().map(|pointer| places.get(*pointer).copied()).collect()
            }
        }
    }

    /// Where the part at a JSON Pointer stands.
    pub fn place(&self, pointer: &str) -> Option<Place> {
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
        serde_saphyr::from_str_with_options(text, options).map_err(|fault| TreeFault {
            place: fault.location().map(place),
            sentence: said(&fault),
        })?;
    let mut reading = Reading { text, places: HashMap::new(), fault: None };
    reading.places.insert(String::new(), place(root.referenced));
    let value = reading.value(root, "");
    match reading.fault {
        Some(fault) => Err(fault),
        None => Ok(Tree { value, places: Places::Yaml(Arc::new(reading.places)) }),
    }
}

/// JSON has no such numbers (RFC 8259, section 6), and the reader of YAML keeps none whose power of ten is beyond those of
/// a double.
const NOT_FINITE: &str = "a number is infinite, none at all, or beyond the largest double";
const NO_BOUND: &str =
    "write a number of JSON, or a text in quotes; without a bound everything is allowed";

const MORE_THAN_THE_LIMIT: &str = "the file has more values, levels or aliases than the limit";

/// What the reader of YAML found, in words for people who write descriptions.
fn said(fault: &serde_saphyr::Error) -> String {
    use serde_saphyr::Error;
    let mut fault = fault;
    while let Error::AliasError { error, .. } | Error::WithSnippet { error, .. } = fault {
        fault = error;
    }
    match fault {
        Error::DuplicateMappingKey { key: Some(key), .. } => {
            format!("the key `{key}` stands twice in one mapping")
        }
        Error::NonFiniteFloat { .. } => NOT_FINITE.to_owned(),
        Error::DuplicateMappingKey { .. } => "a key stands twice in one mapping".to_owned(),
        Error::AliasReplayCounterOverflow { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::Budget { .. } => MORE_THAN_THE_LIMIT.to_owned(),
        other => {
            // The place is told beside the sentence.
            let text = other.to_string();
            let text = text.lines().next().unwrap_or_default();
            let text = text.split(" at line ").next().unwrap_or_default();
            if text.starts_with("recursion limit") {
                return MORE_THAN_THE_LIMIT.to_owned();
            }
            format!("the file is not YAML: {text}")
        }
    }
}

fn place(location: serde_saphyr::Location) -> Place {
    let number = |number: u64| u32::try_from(number).unwrap_or(u32::MAX).max(1);
    Place { line: number(location.line()), column: number(location.column()) }
}

/// A part of YAML as it is read: its depth is bounded by the reader.
enum Node {
    Scalar(Value),
    /// A number that the reader has rounded: what it is stands in the file.
    Rounded(f64),
    List(Vec<Spanned<Self>>),
    Map(Vec<(Spanned<Key>, Spanned<Self>)>),
}

/// What is gathered while parts become values.
struct Reading<'t> {
    text: &'t str,
    places: HashMap<String, Place>,
    fault: Option<TreeFault>,
}

impl<'t> Reading<'t> {
    fn value(&mut self, node: Spanned<Node>, pointer: &str) -> Value {
        match node.value {
            Node::Scalar(value) => value,
            Node::Rounded(number) => self.number(number, node.defined),
            Node::List(items) => {
                let items = items.into_iter().enumerate().map(|(at, item)| {
                    let pointer = format!("{pointer}/{at}");
                    self.places.insert(pointer.clone(), place(item.referenced));
                    self.value(item, &pointer)
                });
                Value::Array(items.collect())
            }
            Node::Map(entries) => {
                let mut members = Map::new();
                for (key, node) in entries {
                    let at = place(key.referenced);
                    let name = self.name(key);
                    let pointer = format!("{pointer}/{}", escape_step(&name));
                    self.places.insert(pointer.clone(), at);
                    let value = self.value(node, &pointer);
                    members.insert(name, value);
                }
                Value::Object(members)
            }
        }
    }

    /// A key as it is written, where the reader took it for a number: `1.10` is not `1.1`.
    fn name(&self, key: Spanned<Key>) -> String {
        match key.value {
            Key::Text(text) => text,
            Key::Rounded(number) => {
                let written = self.written(key.defined).map(str::to_owned);
                written.unwrap_or_else(|| number.to_string())
            }
        }
    }

    /// A number with all its digits.
    fn number(&mut self, rounded: f64, defined: serde_saphyr::Location) -> Value {
        let written = self.written(defined).unwrap_or_default();
        if written.len() > Limits::default().number_bytes_max {
            let sentence = "a number is longer than the limit".to_owned();
            self.fault.get_or_insert(TreeFault { sentence, place: Some(place(defined)) });
        }
        let exact = decimal(written).and_then(|text| text.parse::<Number>().ok());
        // Infinities and what is no number have no place in JSON.
        exact.or_else(|| Number::from_f64(rounded)).map_or(Value::Null, Value::Number)
    }

    fn written(&self, defined: serde_saphyr::Location) -> Option<&'t str> {
        let span = defined.span();
        let start = usize::try_from(span.byte_offset()?).ok()?;
        let length = usize::try_from(span.byte_len()?).ok()?;
        Some(self.text.get(start..start.checked_add(length)?)?.trim())
    }
}

/// A decimal of YAML as JSON writes it (YAML 1.2.2, section 10.3.2): no `+`, no `.5`, no `5.`, no zeros before.
fn decimal(written: &str) -> Option<String> {
    let (sign, rest) = match written.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", written.strip_prefix('+').unwrap_or(written)),
    };
    let (number, exponent) = match rest.find(['e', 'E']) {
        Some(at) => (rest.get(..at)?, rest.get(at..)?),
        None => (rest, ""),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || (whole.is_empty() && part.is_empty()) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if part.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{point}{part}{exponent}"))
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
        Ok(Node::Rounded(value))
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
enum Key {
    Text(String),
    Rounded(f64),
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Node::deserialize(deserializer)? {
            Node::Scalar(Value::String(text)) => Ok(Self::Text(text)),
            Node::Scalar(value) => Ok(Self::Text(value.to_string())),
            Node::Rounded(number) => Ok(Self::Rounded(number)),
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
                r#"["y","n","yes","no","NO","on","off","1_000",true,0.5,31,1e+3]"#,
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
    fn numbers_keep_every_digit() {
        for (written, expected) in [
            ("9007199254740993", "9007199254740993"),
            ("9007199254740993.0", "9007199254740993.0"),
            ("18446744073709551617", "18446744073709551617"),
            ("-18446744073709551617", "-18446744073709551617"),
            ("+123456789012345678901234567890", "123456789012345678901234567890"),
            ("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"),
            ("1.10", "1.10"),
            ("-.5", "-0.5"),
            ("5.", "5"),
            ("007.50", "7.50"),
            ("-1.5E-400", "-1.5e-400"),
            ("!!float 1.10", "1.10"),
        ] {
            for (text, pointer) in [
                (format!("a: {written}\n"), "/a"),
                (format!("[{written}, 2]"), "/0"),
                (format!("# \u{e6}\u{1f642}\n\u{e6}: &x {written}   # more\na: *x\n"), "/a"),
                (format!("- - {written}\r\n- 1\r\n"), "/0/0"),
            ] {
                let tree = Tree::read("x.yaml", &text.clone().into()).unwrap();
                assert_eq!(tree.value.pointer(pointer).unwrap().to_string(), expected, "{text}");
            }
        }
        let tree = Tree::read("x.yaml", &"{1.10: a, 18446744073709551617: b}".into()).unwrap();
        assert_eq!(tree.value.to_string(), r#"{"1.10":"a","18446744073709551617":"b"}"#);
        let long = format!("a: 0.{}\n", "9".repeat(2_000));
        let fault = Tree::read("x.yaml", &long.into()).unwrap_err();
        let expected = "x.yaml:1:4 C0203 a number is longer than the limit";
        assert!(fault.finding("x.yaml").to_string().starts_with(expected));
    }

    #[test]
    fn says_where_a_file_is_broken() {
        for (path, text, expected) in [
            ("x.yaml", "a: [1\nb: 2\n", "x.yaml:2:"),
            ("x.yml", "a: 1\na: 2\n", "x.yml:2:1 C0203 the key `a` stands twice in one mapping"),
            ("x.yml", "a: {b: 1, 'b': 2}\n", "x.yml:1:11 C0203 the key `b` stands twice"),
            ("x.yml", "a: \tb: c\n", "x.yml:1:"),
            ("x.yml", "a: 1e400\n", "x.yml:1:4 C0203 a number is infinite, none at all, or beyond"),
            ("x.yml", "a: .inf\n", "x.yml:1:4 C0203 a number is infinite, none at all, or beyond"),
            ("x.yml", "a: .nan\n", "x.yml:1:4 C0203 a number is infinite, none at all, or beyond"),
            ("x.json", "{\"a\": }", "x.json:1:7 C0203"),
        ] {
            let fault = Tree::read(path, &text.into()).unwrap_err();
            let printed = fault.finding(path).to_string();
            assert!(printed.starts_with(expected), "{printed}");
            let has_step = printed.contains("hint: write a number of JSON");
            assert_eq!(has_step, expected.contains("infinite"), "{printed}");
        }
    }

    #[test]
    fn survives_deep_and_repeating_yaml() {
        let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n\
                    d: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e]\n\
                    g: [*f,*f,*f,*f,*f,*f,*f,*f]\n";
        let many = MORE_THAN_THE_LIMIT;
        let few = "a: &a [x]\nb: [".to_owned() + &"*a,".repeat(2_000) + "]";
        for (text, sentence) in [
            ("[".repeat(100_000), many),
            (bomb.to_owned(), many),
            ("- ".repeat(5_000), many),
            (few, many),
        ] {
            assert_eq!(Tree::read("x.yaml", &text.into()).unwrap_err().sentence, sentence);
        }
    }
}
