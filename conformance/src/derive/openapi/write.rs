//! From value to text: how parameters and the fields of forms are written (OpenAPI 3.1, section 4.8.12.2.2; RFC 6570).

use serde_json::Value;
use sluse_contracts::schema::described::{In, Parameter, Style};
use std::borrow::Cow;

/// How texts are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Plain,
    Percent,
}

/// Percent-encodes everything but what is unreserved (RFC 3986, section 2.3).
pub(crate) fn encode(text: &str) -> String {
    let mut coded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            coded.push(char::from(byte));
        } else {
            coded.push_str(&format!("%{byte:02X}"));
        }
    }
    coded
}

/// What a parameter is written as: in path and header a text; in query and cookie each `name=value`.
/// Nothing where the value cannot be written in its place.
pub(crate) fn write(parameter: &Parameter<'_>, value: &Value) -> Option<Vec<String>> {
    let coding = if parameter.place == In::Header { Coding::Plain } else { Coding::Percent };
    let texts = if parameter.is_json || parameter.is_other {
        let text = match value {
            Value::String(text) if parameter.is_other => text.clone(),
            value => value.to_string(),
        };
        vec![named(parameter, &coded(&text, coding))]
    } else {
        styled(parameter, value, coding)?
    };
    let fits = texts.iter().all(|text| can_stand(parameter.place, text));
    (fits && !texts.is_empty()).then_some(texts)
}

/// Whether a text can stand in its place at all.
fn can_stand(place: In, text: &str) -> bool {
    match place {
        // `.` and `..` are taken out of paths; many servers take an encoded `/` for one.
        In::Path => !text.is_empty() && !matches!(text, "." | "..") && !text.contains("%2F"),
        In::Header => {
            let visible = |byte: u8| (b' '..=b'~').contains(&byte);
            !text.is_empty() && text.bytes().all(visible) && text.trim() == text
        }
        In::Cookie => !text.contains("%3B"),
        In::Query => true,
    }
}

fn coded(text: &str, coding: Coding) -> String {
    match coding {
        Coding::Plain => text.to_owned(),
        Coding::Percent => encode(text),
    }
}

fn named(parameter: &Parameter<'_>, text: &str) -> String {
    match parameter.place {
        In::Path | In::Header => text.to_owned(),
        In::Query | In::Cookie => format!("{}={text}", encode(&parameter.name)),
    }
}

fn styled(parameter: &Parameter<'_>, value: &Value, coding: Coding) -> Option<Vec<String>> {
    let text = |value: &Value| plain(value).map(|text| coded(&text, coding));
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(text).collect::<Option<_>>()?;
            Some(list(parameter, &items))
        }
        Value::Object(members) => {
            let members: Vec<(String, String)> = members
                .iter()
                .map(|(name, value)| Some((coded(name, coding), text(value)?)))
                .collect::<Option<_>>()?;
            Some(object(parameter, &members))
        }
        value => {
            let text = text(value)?;
            Some(vec![match parameter.style {
                Style::Label => format!(".{text}"),
                Style::Matrix => format!(";{}={text}", encode(&parameter.name)),
                _ => named(parameter, &text),
            }])
        }
    }
}

fn list(parameter: &Parameter<'_>, items: &[String]) -> Vec<String> {
    let name = encode(&parameter.name);
    let joined = |between: &str| items.join(between);
    match (parameter.style, parameter.explode) {
        (Style::Label, explode) => vec![format!(".{}", joined(if explode { "." } else { "," }))],
        (Style::Matrix, true) => {
            vec![items.iter().map(|item| format!(";{name}={item}")).collect()]
        }
        (Style::Matrix, false) => vec![format!(";{name}={}", joined(","))],
        (Style::Simple, _) => vec![named(parameter, &joined(","))],
        (_, true) => items.iter().map(|item| named(parameter, item)).collect(),
        (style, false) => vec![named(parameter, &joined(between(style)))],
    }
}

/// What stands between the items of a list that is one text.
fn between(style: Style) -> &'static str {
    match style {
        Style::Space => "%20",
        Style::Pipe => "%7C",
        Style::Tab => "%09",
        _ => ",",
    }
}

fn object(parameter: &Parameter<'_>, members: &[(String, String)]) -> Vec<String> {
    let name = encode(&parameter.name);
    let pairs = |within: &str, between: &str| {
        let pairs = members.iter().map(|(name, value)| format!("{name}{within}{value}"));
        pairs.collect::<Vec<_>>().join(between)
    };
    let each = |write: &dyn Fn(&str, &str) -> String| -> Vec<String> {
        members.iter().map(|(member, value)| write(member, value)).collect()
    };
    match (parameter.style, parameter.explode) {
        (Style::Deep, _) => each(&|member, value| format!("{name}%5B{member}%5D={value}")),
        (Style::Label, true) => vec![format!(".{}", pairs("=", "."))],
        (Style::Label, false) => vec![format!(".{}", pairs(",", ","))],
        (Style::Matrix, true) => vec![format!(";{}", pairs("=", ";"))],
        (Style::Matrix, false) => vec![format!(";{name}={}", pairs(",", ","))],
        (Style::Simple, true) => vec![named(parameter, &pairs("=", ","))],
        (Style::Simple, false) => vec![named(parameter, &pairs(",", ","))],
        (_, true) => each(&|member, value| format!("{member}={value}")),
        (style, false) => vec![named(parameter, &pairs(between(style), between(style)))],
    }
}

/// A value as text; nothing where it has parts.
pub(crate) fn plain(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Borrowed(number.as_str())),
        Value::Bool(flag) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
        Value::Null => Some(Cow::Borrowed("null")),
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// What parts of a form that has several are told apart by.
pub(crate) const BOUNDARY: &str = "sluse-part-7c3a5e19";

/// A form of several parts (RFC 7578): a list is a part for each item, what has members is JSON.
pub(crate) fn parts(value: &Value) -> Option<String> {
    let mut text = String::new();
    for (name, value) in value.as_object()? {
        let items = match value {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        for item in items {
            let name = name.replace(['"', '\r', '\n'], "_");
            text += &format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n");
            match plain(item) {
                Some(item) => text += &format!("\r\n{item}\r\n"),
                None => text += &format!("content-type: application/json\r\n\r\n{item}\r\n"),
            }
        }
    }
    Some(format!("{text}--{BOUNDARY}--\r\n"))
}

/// The fields of a form (WHATWG URL, application/x-www-form-urlencoded): a list is a field for each item.
pub(crate) fn fields(value: &Value) -> Option<String> {
    let mut pairs = Vec::new();
    for (name, value) in value.as_object()? {
        let name = encode(name);
        match value {
            Value::Array(items) => {
                for item in items {
                    pairs.push(format!("{name}={}", encode(&plain(item)?)));
                }
            }
            value => pairs.push(format!("{name}={}", encode(&plain(value)?))),
        }
    }
    Some(pairs.join("&"))
}
