//! Forms as checks see them: an object of JSON, whose members are the fields as texts; of fields that stand several times, lists.

use crate::{
    MediaType, Payload,
    payload::{JsonPayload, Limits, PARTS_MAX, charset_of_form, parts, text},
    percent::decode,
};
use bytes::Bytes;
use serde_json::{Map, Value};

/// What a form says; nothing where the message is none that can be read, which its description tells.
pub(super) fn fields(payload: &Payload, media_type: Option<&MediaType>) -> Option<JsonPayload> {
    let Payload::Other(Some(bytes)) = payload else { return None };
    let media_type = media_type?;
    let pairs = match media_type.essence() {
        "application/x-www-form-urlencoded" => of_text(std::str::from_utf8(bytes).ok()?)?,
        "multipart/form-data" => of_parts(bytes, media_type)?,
        _ => return None,
    };
    let mut members: Map<String, Value> = Map::new();
    for (name, text) in pairs {
        match members.get_mut(&name) {
            Some(Value::Array(all)) => all.push(Value::String(text)),
            Some(first) => *first = Value::Array(vec![first.take(), Value::String(text)]),
            None => _ = members.insert(name, Value::String(text)),
        }
    }
    let text = Bytes::from(Value::Object(members).to_string());
    JsonPayload::parse(&text, None, &Limits::default()).ok()
}

/// Fields as a query is written (WHATWG URL, application/x-www-form-urlencoded).
fn of_text(text: &str) -> Option<Vec<(String, String)>> {
    let plain = |text: &str| decode(&text.replace('+', " ")).into_owned();
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let pairs: Vec<_> =
        pairs.take(PARTS_MAX + 1).map(|(name, value)| (plain(name), plain(value))).collect();
    (pairs.len() <= PARTS_MAX).then_some(pairs)
}

/// Parts that are text; files are not looked into.
fn of_parts(bytes: &Bytes, media_type: &MediaType) -> Option<Vec<(String, String)>> {
    let parts = parts(bytes, media_type).ok()?;
    let of_form = charset_of_form(&parts);
    let field = |part: &crate::payload::Part| {
        let stated = part.media_type().ok()?;
        let is_text = stated.as_ref().is_none_or(|stated| stated.essence().starts_with("text/"));
        if !is_text || part.is_coded() {
            return None;
        }
        let charset = stated.as_ref().and_then(MediaType::charset).or(of_form.as_deref());
        Some((part.name()?, text(&part.body, charset).ok()?.into_owned()))
    };
    Some(parts.iter().filter_map(field).collect())
}
