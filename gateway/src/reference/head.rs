//! What the head of a request asks for, as far as the reference system looks at it.

use http::{HeaderMap, HeaderName};
use sluse_contracts::MediaType;

/// A header's value as text; nothing where it is absent or no text.
pub(super) fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// Whether an answer in JSON is accepted (RFC 9110, section 12.5.1).
pub(super) fn accepts_json(accept: Option<&str>) -> bool {
    let Some(accept) = accept else { return true };
    let fits = |range: &str| {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let refused = parts.any(|part| {
            matches!(part.replace(' ', "").as_str(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
        });
        !refused && matches!(name.as_str(), "*/*" | "application/*" | "application/json")
    };
    accept.trim().is_empty() || accept.split(',').any(fits)
}

/// Whether a body of this type is JSON.
pub(super) fn is_json(stated: Option<&str>) -> bool {
    stated.and_then(|stated| stated.parse::<MediaType>().ok()).is_some_and(|stated| {
        stated.essence() == "application/json" && stated.charset().is_none_or(|set| set == "utf-8")
    })
}

/// Whether a version is among those that a header lists (RFC 9110, section 8.8.3.2: compared weakly).
pub(super) fn lists(header: &str, etag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    header.split(',').any(|tag| bare(tag) == bare(etag))
}

/// The value of a parameter of a query, decoded.
pub(super) fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let pairs = query?.split('&').filter_map(|pair| pair.split_once('='));
    let mut values = pairs.filter(|(key, _)| *key == name).map(|(_, value)| decoded(value));
    values.next()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = (*first == b'%').then(|| after.get(..2)).flatten();
        let hex = hex.and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(if *first == b'+' { b' ' } else { *first });
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_head_asks_for() {
        for (accept, yes) in [
            (None, true),
            (Some("application/json;q=0.5"), true),
            (Some("text/html, */*;q=0.1"), true),
            (Some("application/json;q=0"), false),
            (Some("application/xml"), false),
        ] {
            assert_eq!(accepts_json(accept), yes, "{accept:?}");
        }
        assert!(is_json(Some("application/json; charset=UTF-8")) && !is_json(Some("text/plain")));
        assert!(lists("\"a\", W/\"b\"", "\"b\"") && !lists("\"a\"", "\"b\""));
        assert_eq!(parameter(Some("a=1&b=x%20y+z"), "b").as_deref(), Some("x y z"));
    }
}
