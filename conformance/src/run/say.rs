//! Whether two messages say the same, however they are written.
//!
//! JSON: members in any order, numbers digit for digit (`1`, `1.0` and `1e0` are one number), times with an offset by
//! their instant (RFC 3339). XML: names by namespace and local name, attributes in any order, white space between
//! elements, comments, instructions and prefixes left out.

use serde_json::Value;
use sluse_contracts::{
    Day,
    payload::{escape_step, same_number},
};
use sluse_xml::{Document, NodeId, NodeKind};
use std::collections::BTreeMap;

/// The first place, as a JSON Pointer, where two values do not say the same.
pub(super) fn json_differs(a: &Value, b: &Value) -> Option<String> {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let added = b.keys().find(|name| !a.contains_key(*name));
            let changed = a.iter().find_map(|(name, value)| {
                let below = b.get(name).map_or(Some(String::new()), |b| json_differs(value, b))?;
                Some(format!("/{}{below}", escape_step(name)))
            });
            changed.or_else(|| Some(format!("/{}", escape_step(added?))))
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let mut pairs = a.iter().zip(b).enumerate();
            pairs.find_map(|(at, (a, b))| Some(format!("/{at}{}", json_differs(a, b)?)))
        }
        (Value::Number(a), Value::Number(b)) if same_number(a, b) => None,
        (Value::String(a), Value::String(b)) if same_text(a, b) => None,
        (a, b) => (a != b).then(String::new),
    }
}

/// Whether a value of JSON says what a text means: the text itself, or the JSON that it is.
pub(super) fn json_says(value: &Value, text: &str) -> bool {
    if value.as_str().is_some_and(|value| same_text(value, text)) {
        return true;
    }
    serde_json::from_str(text).is_ok_and(|meant: Value| json_differs(value, &meant).is_none())
}

/// Whether two texts are the same, or one instant.
pub(super) fn same_text(a: &str, b: &str) -> bool {
    a == b || instant(a).is_some_and(|a| instant(b) == Some(a))
}

/// A date and time with an offset (RFC 3339, section 5.6) as seconds since 1970 and the digits of a fraction.
fn instant(text: &str) -> Option<(i64, &str)> {
    let (date, time) = text.split_once(['T', 't'])?;
    let day: Day = date.parse().ok()?;
    let (clock, offset_seconds) = offset(time)?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = clock.split(':');
    let (hour, minute, second) =
        (two_digits(parts.next()?)?, two_digits(parts.next()?)?, two_digits(parts.next()?)?);
    let sound = parts.next().is_none() && hour < 24 && minute < 60 && second <= 60;
    let digits = fraction.bytes().all(|b| b.is_ascii_digit());
    if !sound || !digits || clock.ends_with('.') {
        return None;
    }
    let seconds = day.days() * 86_400 + hour * 3_600 + minute * 60 + second - offset_seconds;
    Some((seconds, fraction.trim_end_matches('0')))
}

/// The time of day and the offset from UTC in seconds.
fn offset(time: &str) -> Option<(&str, i64)> {
    if let Some(clock) = time.strip_suffix(['Z', 'z']) {
        return Some((clock, 0));
    }
    let at = time.rfind(['+', '-'])?;
    let (clock, offset) = time.split_at_checked(at)?;
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    Some((clock, sign * (two_digits(hours)? * 3_600 + two_digits(minutes)? * 60)))
}

fn two_digits(text: &str) -> Option<i64> {
    let sound = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    if sound { text.parse().ok() } else { None }
}

/// The first element, as a path of the second document, where two do not say the same.
pub(super) fn xml_differs(a: &Document, b: &Document) -> Option<String> {
    let mut open = vec![(a.document_element(), b.document_element())];
    while let Some((in_a, in_b)) = open.pop() {
        let same = (a.namespace(in_a), a.local(in_a)) == (b.namespace(in_b), b.local(in_b))
            && attributes(a, in_a) == attributes(b, in_b);
        let (inner_a, inner_b) = (Inner::of(a, in_a), Inner::of(b, in_b));
        let alike = inner_a.text == inner_b.text
            || (inner_a.elements.is_empty() && same_text(&inner_a.text, &inner_b.text));
        if !same || !alike || inner_a.elements.len() != inner_b.elements.len() {
            return Some(b.path(in_b));
        }
        open.extend(inner_a.elements.into_iter().zip(inner_b.elements).rev());
    }
    None
}

/// The attributes, by name. Where schemas are found says nothing, and a type is named whatever its prefix.
fn attributes(document: &Document, element: NodeId) -> BTreeMap<(&str, &str), String> {
    const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
    let hint = |at: &NodeId| {
        let local = document.local(*at);
        document.namespace(*at) == XSI
            && matches!(local, "schemaLocation" | "noNamespaceSchemaLocation")
    };
    let value = |at: NodeId| {
        let text = document.text(at);
        match (document.namespace(at), document.local(at)) {
            (XSI, "type") => {}
            (XSI, "nil") => return matches!(text.trim(), "true" | "1").to_string(),
            _ => return text.to_owned(),
        }
        let (prefix, local) = text.trim().split_once(':').unwrap_or(("", text.trim()));
        let namespace = document.namespace_for_prefix(element, prefix).unwrap_or_default();
        format!("{{{namespace}}}{local}")
    };
    let each = document.attributes(element).filter(|at| !hint(at));
    each.map(|at| ((document.namespace(at), document.local(at)), value(at))).collect()
}

/// What stands in an element.
struct Inner {
    elements: Vec<NodeId>,
    /// All text of its own; white space alone between elements says nothing.
    text: String,
}

impl Inner {
    fn of(document: &Document, element: NodeId) -> Self {
        let mut inner = Self { elements: Vec::new(), text: String::new() };
        for child in document.children(element) {
            match document.kind(child) {
                NodeKind::Element => inner.elements.push(child),
                NodeKind::Text => inner.text.push_str(document.text(child)),
                _ => {}
            }
        }
        if !inner.elements.is_empty() && inner.text.trim().is_empty() {
            inner.text.clear();
        }
        inner
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use sluse_contracts::{MediaType, Message, Payload, payload::Limits};

    fn parsed(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn json_is_compared_by_what_it_says() {
        for (a, b) in [
            (r#"{"a":1,"b":[true,null]}"#, r#"{ "b": [true, null], "a": 1.0 }"#),
            ("9007199254740993", "9007199254740993.0e0"),
            (r#""2026-05-04T10:00:00Z""#, r#""2026-05-04T12:00:00.000+02:00""#),
            (r#""é""#, r#""\u00e9""#),
        ] {
            assert_eq!(json_differs(&parsed(a), &parsed(b)), None, "{a} {b}");
        }
        for (a, b, at) in [
            ("9007199254740993", "9007199254740992", ""),
            (r#"{"a":{"b/c":1}}"#, r#"{"a":{"b/c":"1"}}"#, "/a/b~1c"),
            (r#"{"a":1}"#, r#"{"a":1,"b":2}"#, "/b"),
            (r#"{"a":1,"b":2}"#, r#"{"a":1}"#, "/b"),
            ("[1,2]", "[1,3]", "/1"),
            ("[1]", "[1,2]", ""),
            (r#""2026-05-04T10:00:00Z""#, r#""2026-05-04T10:00:00""#, ""),
            (r#""2026-05-04T10:00:00Z""#, r#""2026-05-04T10:00:00.001Z""#, ""),
        ] {
            assert_eq!(json_differs(&parsed(a), &parsed(b)).as_deref(), Some(at), "{a} {b}");
        }
    }

    #[test]
    fn a_text_means_the_text_or_the_json_that_it_is() {
        assert!(json_says(&json!("17"), "17") && json_says(&json!("17"), "\"17\""));
        assert!(json_says(&json!(17), "17.0"));
        assert!(json_says(&json!({"a": [1]}), "{\"a\":[1]}") && json_says(&json!(null), "null"));
        assert!(!json_says(&json!(true), "yes") && !json_says(&json!("17"), "17.0"));
    }

    #[test]
    fn xml_is_compared_by_what_it_says() {
        let read = |text: &str| {
            let message = Message::new(MediaType::xml(), text.as_bytes().to_vec());
            match Payload::parse(&message, &Limits::default()).unwrap() {
                Payload::Xml(document) => document,
                other => panic!("{other:?}"),
            }
        };
        let a = "<o:a xmlns:o='urn:o' y='2' x='1'>\n  <o:b>1</o:b><!-- c --><o:t>2026-05-04T10:00:00Z</o:t>\n</o:a>";
        let same = "<a xmlns='urn:o' x='1' y='2'><b>1</b><t>2026-05-04T12:00:00+02:00</t></a>";
        assert_eq!(xml_differs(&read(a), &read(same)), None);
        let xsi = "http://www.w3.org/2001/XMLSchema-instance";
        let typed = |prefix: &str, nil: &str, more: &str| {
            format!(
                "<a xmlns:i='{xsi}' xmlns:{prefix}='urn:o' i:type='{prefix}:T' i:nil='{nil}' {more}/>"
            )
        };
        let (a_type, same) =
            (typed("p", "1", ""), typed("q", "true", "i:schemaLocation='urn:o elsewhere'"));
        assert_eq!(xml_differs(&read(&a_type), &read(&same)), None);
        assert!(xml_differs(&read(&a_type), &read(&typed("p", "0", ""))).is_some());
        for (other, at) in [
            ("<a xmlns='urn:o' x='1' y='2'><b>2</b><t>2026-05-04T10:00:00Z</t></a>", "/a[1]/b[1]"),
            ("<a xmlns='urn:o' x='1'><b>1</b><t>2026-05-04T10:00:00Z</t></a>", "/a[1]"),
            ("<a xmlns='urn:p' x='1' y='2'><b>1</b><t>2026-05-04T10:00:00Z</t></a>", "/a[1]"),
            ("<a xmlns='urn:o' x='1' y='2'><b>1</b></a>", "/a[1]"),
        ] {
            assert_eq!(xml_differs(&read(a), &read(other)).as_deref(), Some(at), "{other}");
        }
    }
}
