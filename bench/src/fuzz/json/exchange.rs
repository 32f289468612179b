//! Requests and answers that a description may take, by chance.

use super::{super::text, change, invent::Inventor};
use crate::mutants::Chance;
use serde_json::{Value, json};

/// A request or an answer.
#[derive(Debug, Clone)]
pub(super) struct Exchange {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: Vec<(String, String)>,
    /// Of an answer.
    pub(super) status: Option<u16>,
    pub(super) media_type: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Exchange {
    /// All of it as text, for the folder of mutants that are kept.
    pub(super) fn written(&self) -> Vec<u8> {
        let mut text = format!("{} {}?{}\n", self.method, self.path, self.query);
        if let Some(status) = self.status {
            text.push_str(&format!("{status}\n"));
        }
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\n"));
        }
        if let Some(media_type) = &self.media_type {
            text.push_str(&format!("Content-Type: {media_type}\n"));
        }
        text.push('\n');
        let mut bytes = text.into_bytes();
        bytes.extend(&self.body);
        bytes
    }
}

const METHODS: &[&str] = &["get", "put", "post", "delete", "patch", "head", "options", "trace"];

/// Every operation of a description: path, method, itself, and the parameters of its path.
fn operations(root: &Value) -> Vec<(&str, &str, &Value, &Value)> {
    let paths = root.get("paths").and_then(Value::as_object).into_iter().flatten();
    let each = paths.flat_map(|(path, item)| {
        let found = METHODS.iter().filter_map(move |method| Some((*method, item.get(*method)?)));
        found.map(move |(method, it)| (path.as_str(), method, it, &item["parameters"]))
    });
    each.collect()
}

/// Invents a message of some operation.
pub(super) fn invented(root: &Value, chance: &mut Chance) -> Option<Exchange> {
    let all = operations(root);
    let (path, method, operation, above) = *chance.pick(&all)?;
    let inventor = Inventor::new(root);
    let mut made = Exchange {
        method: method.to_uppercase(),
        path: path.to_owned(),
        query: String::new(),
        headers: Vec::new(),
        status: None,
        media_type: None,
        body: Vec::new(),
    };
    let stated =
        [above, &operation["parameters"]].into_iter().filter_map(Value::as_array).flatten();
    for parameter in stated.map(|each| inventor.target(each)) {
        self::parameter(&mut made, &inventor, parameter, chance);
    }
    let described = if chance.one_in(2) {
        let answers = operation.get("responses")?.as_object()?;
        let (status, answer) = answers.iter().nth(chance.below(answers.len()))?;
        made.status = Some(status.replace(['X', 'x'], "0").parse().unwrap_or(500));
        let answer = inventor.target(answer);
        for (name, header) in answer.get("headers").and_then(Value::as_object).into_iter().flatten()
        {
            let value = inventor.value(&inventor.target(header)["schema"], chance);
            made.headers.push((name.clone(), plain(&value)));
        }
        answer
    } else {
        inventor.target(&operation["requestBody"])
    };
    if let Some(contents) = described.get("content").and_then(Value::as_object)
        && let Some((range, content)) = contents.iter().nth(chance.below(contents.len()))
    {
        body(&mut made, range, &inventor.value(&content["schema"], chance));
    }
    Some(made)
}

fn parameter(made: &mut Exchange, inventor: &Inventor<'_>, parameter: &Value, chance: &mut Chance) {
    let name = parameter["name"].as_str().unwrap_or_default();
    let place = parameter["in"].as_str().unwrap_or_default();
    if place != "path" && parameter["required"] != json!(true) && chance.one_in(3) {
        return;
    }
    let value = inventor.value(&parameter["schema"], chance);
    let text = match (&value, parameter["style"].as_str()) {
        (Value::Object(members), Some("deepObject")) => {
            let pairs =
                members.iter().map(|(member, value)| format!("{name}[{member}]={}", plain(value)));
            pairs.collect::<Vec<_>>().join("&")
        }
        (Value::Object(members), Some("matrix")) => {
            members.iter().map(|(member, value)| format!(";{member}={}", plain(value))).collect()
        }
        (value, _) if place == "query" => format!("{name}={}", plain(value)),
        (value, _) => plain(value),
    };
    match place {
        "path" => made.path = made.path.replace(&format!("{{{name}}}"), &text),
        "query" => {
            let between = if made.query.is_empty() { "" } else { "&" };
            made.query = format!("{}{between}{text}", made.query);
        }
        "cookie" => made.headers.push(("Cookie".to_owned(), format!("{name}={text}"))),
        _ => made.headers.push((name.to_owned(), text)),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

fn body(made: &mut Exchange, range: &str, value: &Value) {
    let fields = value.as_object().into_iter().flatten();
    made.body = match range {
        "application/x-www-form-urlencoded" => fields
            .map(|(name, value)| format!("{name}={}", plain(value)))
            .collect::<Vec<_>>()
            .join("&"),
        "multipart/form-data" => {
            made.media_type = Some("multipart/form-data; boundary=b".to_owned());
            let head = "Content-Disposition: form-data; name=";
            let parts = fields.map(|(name, value)| {
                format!("--b\r\n{head}\"{name}\"\r\n\r\n{}\r\n", plain(value))
            });
            format!("{}--b--\r\n", parts.collect::<String>())
        }
        _ => value.to_string(),
    }
    .into_bytes();
    made.media_type.get_or_insert_with(|| range.replace('*', "plain"));
}

/// What parameters and forms are made of.
const PIECES: &[&str] = &[
    "&",
    "=",
    ";",
    ",",
    "|",
    "%20",
    "%",
    "%zz",
    "%00",
    "%2F",
    "%ff",
    "[",
    "]",
    "[a][b]",
    "+",
    "\u{e6}",
    "\r\n",
    "--b",
    "--b--",
    "\r\n\r\n",
    "Content-Type: application/json\r\n",
    "Content-Encoding: gzip\r\n",
    "\"",
    "{",
    "a=1&a=2",
];

/// Changes a message; says what was done.
pub(super) fn change(made: &mut Exchange, chance: &mut Chance) -> String {
    let parsed = serde_json::from_slice::<Value>(&made.body).ok();
    if let Some(document) = parsed
        && !chance.one_in(3)
        && let Some(mutant) = change::mutant(&[document], chance)
    {
        made.body = mutant.bytes;
        return format!("body: {}", mutant.kind);
    }
    match chance.below(5) {
        0 => format!("path: {}", put_in(&mut made.path, chance)),
        1 => format!("query: {}", put_in(&mut made.query, chance)),
        2 => {
            let at = chance.below(made.headers.len());
            match made.headers.get_mut(at) {
                Some((_, value)) => format!("header: {}", put_in(value, chance)),
                None => "header: nothing".to_owned(),
            }
        }
        3 => {
            let types = [
                "application/json",
                "multipart/form-data",
                "multipart/form-data; boundary=\"\"",
                "text/plain",
                "a/b+json",
                "application/xml",
            ];
            made.media_type = chance.pick(&types).map(|name| (*name).to_owned());
            "media type".to_owned()
        }
        _ => {
            let mut text = String::from_utf8_lossy(&made.body).into_owned();
            let kind = put_in(&mut text, chance);
            made.body = text.into_bytes();
            format!("text: {kind}")
        }
    }
}

fn put_in(text: &mut String, chance: &mut Chance) -> &'static str {
    if chance.one_in(3) {
        let mut bytes = std::mem::take(text).into_bytes();
        let done = text::bytes(&mut bytes, chance);
        *text = String::from_utf8_lossy(&bytes).into_owned();
        return done;
    }
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let piece = chance.pick(PIECES).copied().unwrap_or_default();
    let times = if chance.one_in(4) {
        10_usize.pow(u32::try_from(1 + chance.below(4)).unwrap_or(1))
    } else {
        1
    };
    text.insert_str(chance.pick(&places).copied().unwrap_or(0), &piece.repeat(times));
    if times > 1 { "repeated" } else { "put between" }
}
