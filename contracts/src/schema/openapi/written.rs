//! From text to value: how parameters and the fields of forms are written (OpenAPI 3.1, section 4.8.12.2.2; RFC 6570).
//!
//! Texts are cut before they are decoded, so that a delimiter that belongs to a value may stand in it percent-encoded.

use super::{
    parameters::{Style, Written},
    shape::{Kind, Shape},
};
use crate::percent::decode;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// A name, decoded, and a value, still percent-encoded.
pub(super) type Pair<'p> = (Cow<'p, str>, &'p str);

/// What is written of one parameter or field.
#[derive(Debug, PartialEq)]
pub(super) enum Given {
    /// Nothing.
    Absent,
    /// A value; the first of those that its text may stand for, and the others.
    Value(Value, Vec<Value>),
    /// Something that cannot be read, and why.
    Wrong(&'static str),
}

/// How texts are decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// Not at all: in headers.
    Plain,
    /// Percent-encoding (RFC 3986).
    Percent,
    /// Percent-encoding in which `+` is a space (WHATWG URL, application/x-www-form-urlencoded).
    Form,
}

impl Coding {
    pub(super) fn decode(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Plain => Cow::Borrowed(text),
            Self::Percent => decode(text),
            Self::Form if text.contains('+') => {
                Cow::Owned(decode(&text.replace('+', " ")).into_owned())
            }
            Self::Form => decode(text),
        }
    }
}

/// Names and values of a query or of a form.
pub(super) fn pairs(text: &str, between: char) -> Vec<Pair<'_>> {
    let pairs = text.split(between).map(str::trim_start).filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (Coding::Form.decode(name), value)
        })
        .collect()
}

/// Reads one value of a shape.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writing<'w> {
    pub(super) name: &'w str,
    pub(super) written: Written,
    pub(super) coding: Coding,
    pub(super) shape: &'w Shape,
}

impl Writing<'_> {
    /// A value of a path or header.
    pub(super) fn of_text(&self, text: &str) -> Given {
        match self.written.style {
            Style::Label | Style::Dotted => match text.strip_prefix('.') {
                Some(rest) => {
                    let dotted = self.written.style == Style::Dotted && !rest.contains(',');
                    let between = if self.written.explode || dotted { '.' } else { ',' };
                    self.parted(rest, between, between)
                }
                None => Given::Wrong("a value of the style `label` begins with `.`"),
            },
            Style::Matrix => self.matrix(text),
            Style::Space => self.parted(text, ' ', ' '),
            Style::Pipe => self.parted(text, '|', '|'),
            Style::Tab => self.parted(text, '\t', '\t'),
            Style::Simple | Style::Form | Style::Deep => self.parted(text, ',', ','),
        }
    }

    /// `;name=value`, and so on.
    fn matrix(&self, text: &str) -> Given {
        let Some(rest) = text.strip_prefix(';') else {
            return Given::Wrong("a value of the style `matrix` begins with `;`");
        };
        if self.shape.is_object() && self.written.explode {
            return self
                .members(rest.split(';').map(|pair| pair.split_once('=').unwrap_or((pair, ""))));
        }
        let mut values = Vec::new();
        for pair in rest.split(';') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if decode(name) != self.name {
                return Given::Wrong(
                    "a value of the style `matrix` is written with the parameter's name",
                );
            }
            values.push(value);
        }
        match values.as_slice() {
            [one] if !(self.shape.is_list() && self.written.explode) => self.parted(one, ',', ','),
            _ if self.shape.is_list() => self.list(values.into_iter()),
            _ => Given::Wrong("it takes one value, and has several"),
        }
    }

    /// The parts of a text. In a header, spaces around a delimiter and items of nothing are no part of a list (RFC 9110,
    /// section 5.6.1).
    fn cut<'t>(&self, text: &'t str, between: char) -> impl Iterator<Item = &'t str> {
        let is_header = self.coding == Coding::Plain;
        let parts = text.split(between);
        let parts =
            parts.map(move |part| if is_header { part.trim_matches([' ', '\t']) } else { part });
        parts.filter(move |part| !(is_header && part.is_empty()))
    }

    /// A text that is cut where the shape has parts: items at `between`, names and values of members at `within`.
    fn parted(&self, text: &str, within: char, between: char) -> Given {
        if self.shape.is_object() && self.written.explode {
            let pairs: Option<Vec<_>> =
                self.cut(text, between).map(|pair| pair.split_once('=')).collect();
            return match pairs {
                Some(pairs) => self.members(pairs.into_iter()),
                None if self.shape.is_primitive() => self.one(text),
                // RFC 6570, section 3.2.1: with an explode modifier each is a name, `=` and a value.
                None => Given::Wrong("each member is written as `name=value`"),
            };
        }
        if self.shape.is_object() && !self.shape.is_primitive() {
            let mut parts = self.cut(text, within);
            let mut pairs = Vec::new();
            while let Some(name) = parts.next() {
                let Some(value) = parts.next() else {
                    return Given::Wrong("the members are written as names and values in turn");
                };
                pairs.push((name, value));
            }
            return self.members(pairs.into_iter());
        }
        let is_list =
            self.shape.is_list() && (!self.shape.is_primitive() || text.contains(between));
        if is_list {
            return if text.is_empty() {
                Given::Value(Value::Array(Vec::new()), Vec::new())
            } else {
                self.list(self.cut(text, between))
            };
        }
        self.one(text)
    }

    /// The value of a query, cookie or form.
    pub(super) fn of_pairs(&self, pairs: &[Pair<'_>]) -> Given {
        if self.written.style == Style::Deep {
            return self.deep(pairs);
        }
        if self.shape.is_object() && self.written.explode && self.written.style == Style::Form {
            return self.exploded(pairs);
        }
        let mut values =
            pairs.iter().filter(|(name, _)| name == self.name).map(|(_, value)| *value);
        let Some(first) = values.next() else { return Given::Absent };
        let others: Vec<&str> = values.collect();
        if self.shape.is_list() && self.written.explode {
            if others.is_empty() && self.shape.is_primitive() {
                return self.one(first);
            }
            return self.list(std::iter::once(first).chain(others));
        }
        if !others.is_empty() {
            return Given::Wrong("it stands more than once, and takes one value");
        }
        let delimiter = match self.written.style {
            Style::Space => ' ',
            Style::Pipe => '|',
            Style::Tab => '\t',
            _ => ',',
        };
        self.parted(&stands_plain(first, delimiter), delimiter, delimiter)
    }

    /// Each member is a parameter of its own: those that the shape names, else those that nothing else takes.
    fn exploded(&self, pairs: &[Pair<'_>]) -> Given {
        let is_member = |name: &str| self.shape.members.contains_key(name);
        let found = pairs.iter().filter(|(name, _)| is_member(name));
        let found: Vec<(&str, &str)> = found.map(|(name, value)| (name.as_ref(), *value)).collect();
        if found.is_empty() { Given::Absent } else { self.members(found.into_iter()) }
    }

    /// `name[member]=value`.
    fn deep(&self, pairs: &[Pair<'_>]) -> Given {
        let mut found = Vec::new();
        for (name, value) in pairs {
            let rest = name.strip_prefix(self.name).and_then(|rest| rest.strip_prefix('['));
            let Some(rest) = rest else { continue };
            match rest.strip_suffix(']') {
                Some(member) if !member.contains(['[', ']']) => found.push((member, *value)),
                Some(member) if member.ends_with('[') => {
                    // `name[member][]=value`, as many write lists.
                    found.push((member.trim_end_matches("]["), *value));
                }
                _ => return Given::Wrong("members within members have no form that is defined"),
            }
        }
        if found.is_empty() { Given::Absent } else { self.members(found.into_iter()) }
    }

    fn list<'t>(&self, texts: impl Iterator<Item = &'t str>) -> Given {
        let item = self.shape.item();
        let read = texts.map(|text| self.item(text, &item));
        Given::Value(Value::Array(read.collect()), Vec::new())
    }

    /// One item; one that is a list itself is cut at what its schema says.
    fn item(&self, text: &str, shape: &Shape) -> Value {
        let Some(between) = shape.between else {
            return first(&self.coding.decode(text), shape);
        };
        let text = stands_plain(text, between);
        let texts = text.split(between).filter(|part| !part.is_empty());
        let below = shape.item();
        Value::Array(texts.map(|text| self.item(text, &below)).collect())
    }

    fn members<'t>(&self, pairs: impl Iterator<Item = (&'t str, &'t str)>) -> Given {
        let mut members = Map::new();
        for (name, text) in pairs {
            let name = self.coding.decode(name).into_owned();
            let shape = self.shape.member(&name);
            if shape.is_list() {
                let value = first(&self.coding.decode(text), &shape.item());
                let list = members.entry(name).or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(items) = list {
                    items.push(value);
                }
                continue;
            }
            if members.insert(name, first(&self.coding.decode(text), &shape)).is_some() {
                return Given::Wrong("a member stands more than once, and takes one value");
            }
        }
        Given::Value(Value::Object(members), Vec::new())
    }

    fn one(&self, text: &str) -> Given {
        let mut values = primitives(&self.coding.decode(text), self.shape).into_iter();
        values.next().map_or(Given::Absent, |first| Given::Value(first, values.collect()))
    }
}

/// A text in which a delimiter stands as it is: a URL can have some of them percent-encoded alone.
fn stands_plain(text: &str, delimiter: char) -> Cow<'_, str> {
    let written: &[&str] = match delimiter {
        ' ' => &["%20", "+"],
        '|' => &["%7C", "%7c"],
        '\t' => &["%09"],
        _ => &[],
    };
    let coded = written.iter().any(|each| text.contains(each));
    if !coded {
        return Cow::Borrowed(text);
    }
    let plain = delimiter.to_string();
    Cow::Owned(written.iter().fold(text.to_owned(), |text, each| text.replace(each, &plain)))
}

fn first(text: &str, shape: &Shape) -> Value {
    primitives(text, shape).into_iter().next().unwrap_or(Value::Null)
}

/// The values that a text may stand for, by the types that its schema takes: the closest first, the text itself last.
pub(super) fn primitives(text: &str, shape: &Shape) -> Vec<Value> {
    let mut values = Vec::new();
    if (shape.is(Kind::Integer) || shape.is(Kind::Number))
        && text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
        && let Ok(number) = text.parse::<serde_json::Number>()
    {
        values.push(Value::Number(number));
    }
    match text {
        "true" if shape.is(Kind::Boolean) => values.push(Value::Bool(true)),
        "false" if shape.is(Kind::Boolean) => values.push(Value::Bool(false)),
        "" | "null" if shape.is(Kind::Null) && !shape.is(Kind::String) => values.push(Value::Null),
        _ => {}
    }
    if values.is_empty() || shape.is(Kind::String) || shape.kinds.is_empty() {
        values.push(Value::String(text.to_owned()));
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::openapi::reader::{At, Reader};
    use crate::{
        ContractFiles,
        manifest::JsonRules,
        schema::{FileReader, json::Documents},
    };
    use serde_json::json;

    fn shape(schema: &Value) -> Shape {
        let files = ContractFiles::new("");
        let reader = FileReader::new(&files);
        let documents = Documents::read("a.json", &[], &JsonRules::default(), &reader);
        let at = At { file: "a.json".into(), pointer: String::new(), value: schema };
        Reader::new(&documents, "a.json").shape(&at)
    }

    fn check(style: Style, explode: bool, schema: &Value, text: &str) -> String {
        let shape = shape(schema);
        let written = Written { style, explode, reserved: false };
        let of_path = matches!(style, Style::Simple | Style::Label | Style::Dotted | Style::Matrix);
        let coding = if of_path { Coding::Percent } else { Coding::Form };
        let writing = Writing { name: "color", written, coding, shape: &shape };
        let given =
            if of_path { writing.of_text(text) } else { writing.of_pairs(&pairs(text, '&')) };
        match given {
            Given::Absent => "absent".into(),
            Given::Value(value, _) => value.to_string(),
            Given::Wrong(why) => why.into(),
        }
    }

    /// The examples of section 4.8.12.2.2, and what stands at their edges.
    #[test]
    fn reads_every_style() {
        let (one, list) =
            (json!({"type": "string"}), json!({"type": "array", "items": {"type": "string"}}));
        let object = json!({"type": "object", "properties": {"R": {"type": "integer"}, "G": {"type": "integer"}, "B": {"type": "integer"}}});
        let colours = r#"["blue","black","brown"]"#;
        let rgb = r#"{"R":100,"G":200,"B":150}"#;
        for (style, explode, schema, text, expected) in [
            (Style::Matrix, false, &one, ";color=blue", "\"blue\""),
            (Style::Matrix, false, &list, ";color=blue,black,brown", colours),
            (Style::Matrix, false, &object, ";color=R,100,G,200,B,150", rgb),
            (Style::Matrix, true, &list, ";color=blue;color=black;color=brown", colours),
            (Style::Matrix, true, &object, ";R=100;G=200;B=150", rgb),
            (Style::Label, false, &one, ".blue", "\"blue\""),
            (Style::Label, false, &list, ".blue,black,brown", colours),
            (Style::Label, true, &list, ".blue.black.brown", colours),
            (Style::Label, false, &object, ".R,100,G,200,B,150", rgb),
            (Style::Label, true, &object, ".R=100.G=200.B=150", rgb),
            (Style::Simple, false, &one, "blue", "\"blue\""),
            (Style::Simple, false, &list, "blue,black,brown", colours),
            (Style::Simple, false, &list, "blue%2Cblack", r#"["blue,black"]"#),
            (Style::Simple, false, &object, "R,100,G,200,B,150", rgb),
            (Style::Simple, true, &object, "R=100,G=200,B=150", rgb),
            (Style::Form, false, &one, "color=blue", "\"blue\""),
            (Style::Form, false, &one, "color=a+b%2B", "\"a b+\""),
            (Style::Form, false, &one, "colour=blue", "absent"),
            (Style::Form, false, &list, "color=blue,black,brown", colours),
            (Style::Form, false, &list, "color=", "[]"),
            (Style::Form, true, &list, "color=blue&color=black&color=brown", colours),
            (Style::Form, true, &list, "color=blue", r#"["blue"]"#),
            (Style::Form, false, &object, "color=R,100,G,200,B,150", rgb),
            (Style::Form, true, &object, "R=100&G=200&B=150&X=1", rgb),
            (Style::Space, false, &list, "color=blue%20black+brown", colours),
            (Style::Pipe, false, &list, "color=blue|black%7Cbrown", colours),
            (Style::Tab, false, &list, "color=blue%09black%09brown", colours),
            (Style::Deep, true, &object, "color[R]=100&color%5BG%5D=200&color[B]=150", rgb),
            (Style::Deep, true, &object, "color=1", "absent"),
            (
                Style::Form,
                false,
                &one,
                "color=a&color=b",
                "it stands more than once, and takes one value",
            ),
            (
                Style::Matrix,
                false,
                &one,
                ";colour=blue",
                "a value of the style `matrix` is written with the parameter's name",
            ),
            (Style::Label, false, &one, "blue", "a value of the style `label` begins with `.`"),
            (
                Style::Simple,
                false,
                &object,
                "R,100,G",
                "the members are written as names and values in turn",
            ),
            (
                Style::Deep,
                true,
                &object,
                "color[R][x]=1",
                "members within members have no form that is defined",
            ),
        ] {
            assert_eq!(check(style, explode, schema, text), expected, "{style:?} {explode} {text}");
        }
    }

    #[test]
    fn labels_are_parted_as_the_table_of_the_version_prints_them() {
        let (one, list) =
            (json!({"type": "string"}), json!({"type": "array", "items": {"type": "string"}}));
        let object = json!({"type": "object", "properties": {"R": {"type": "integer"}, "G": {"type": "integer"}}});
        for (style, schema, text, expected) in [
            (Style::Label, &list, ".a.b", r#"["a.b"]"#),
            (Style::Dotted, &list, ".a.b", r#"["a","b"]"#),
            (Style::Dotted, &list, ".a,b", r#"["a","b"]"#),
            (Style::Dotted, &list, ".a", r#"["a"]"#),
            (Style::Dotted, &one, ".a.b", "\"a.b\""),
            (Style::Dotted, &object, ".R.100.G.200", r#"{"R":100,"G":200}"#),
            (Style::Dotted, &object, ".R,100,G,200", r#"{"R":100,"G":200}"#),
        ] {
            assert_eq!(check(style, false, schema, text), expected, "{style:?} {text}");
        }
    }

    #[test]
    fn spaces_around_the_commas_of_a_header_are_no_part_of_it() {
        let numbers = json!({"type": "array", "items": {"type": "integer"}});
        let texts = json!({"type": "array", "items": {"type": "string"}});
        let object = json!({"type": "object", "properties": {"R": {"type": "integer"}, "G": {"type": "integer"}}});
        for (schema, explode, text, coding, expected) in [
            (&numbers, false, "1,2", Coding::Plain, "[1,2]"),
            (&numbers, false, "1, 2\t,\t3 ", Coding::Plain, "[1,2,3]"),
            (&texts, false, "a b , c", Coding::Plain, r#"["a b","c"]"#),
            (&texts, false, ", a,, b ,", Coding::Plain, r#"["a","b"]"#),
            (&object, false, "R, 100, G, 200", Coding::Plain, r#"{"R":100,"G":200}"#),
            (&object, true, "R=100, G=200", Coding::Plain, r#"{"R":100,"G":200}"#),
            (&texts, false, "a, b", Coding::Percent, r#"["a"," b"]"#),
            (&texts, false, "a,,b", Coding::Percent, r#"["a","","b"]"#),
        ] {
            let shape = shape(schema);
            let written = Written { style: Style::Simple, explode, reserved: false };
            let writing = Writing { name: "x", written, coding, shape: &shape };
            let Given::Value(value, _) = writing.of_text(text) else { panic!("{text}") };
            assert_eq!(value.to_string(), expected, "{text}");
        }
    }

    #[test]
    fn a_text_is_of_the_types_that_its_schema_takes() {
        for (schema, text, expected) in [
            (json!({"type": "integer"}), "7", "[7]"),
            (json!({"type": "integer"}), "07", "[\"07\"]"),
            (json!({"type": "integer"}), "1.50", "[1.50]"),
            (json!({"type": "boolean"}), "true", "[true]"),
            (json!({"type": "boolean"}), "True", "[\"True\"]"),
            (json!({"type": "string"}), "7", "[\"7\"]"),
            (json!({"anyOf": [{"type": "integer"}, {"type": "string"}]}), "7", "[7,\"7\"]"),
            (json!({"enum": [1, 2]}), "2", "[2]"),
            (json!({}), "2", "[\"2\"]"),
            (json!({"type": ["integer", "null"]}), "", "[null]"),
        ] {
            let values = Value::Array(primitives(text, &shape(&schema)));
            assert_eq!(values.to_string(), expected, "{schema} {text}");
        }
    }
}
