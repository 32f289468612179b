//! How a message was written, as evidence may say it: a header is the sender's own words, so only media types that
//! everybody knows are named.

use http::{HeaderMap, header};
use sluse_contracts::{MediaType, message::Kind};

/// Media types that evidence names.
const KNOWN: [&str; 24] = [
    "application/edifact",
    "application/gzip",
    "application/json",
    "application/merge-patch+json",
    "application/octet-stream",
    "application/pdf",
    "application/problem+json",
    "application/soap+xml",
    "application/vnd.etsi.asic-e+zip",
    "application/x-www-form-urlencoded",
    "application/xml",
    "application/zip",
    "image/jpeg",
    "image/png",
    "image/svg+xml",
    "image/tiff",
    "multipart/form-data",
    "multipart/mixed",
    "multipart/related",
    "text/csv",
    "text/html",
    "text/plain",
    "text/tab-separated-values",
    "text/xml",
];

/// The media type that a message states, without parameters; its kind alone where it is not a known one, and nothing
/// where it states none.
pub fn media_type(headers: &HeaderMap) -> &'static str {
    let stated = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let Some(stated) = stated.and_then(|text| text.parse::<MediaType>().ok()) else { return "" };
    let known = KNOWN.binary_search(&stated.essence()).ok().and_then(|at| KNOWN.get(at));
    known.copied().unwrap_or(match stated.kind() {
        Kind::Json => "*/*+json",
        Kind::Xml => "*/*+xml",
        Kind::Other => "*/*",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn names_what_everybody_knows_and_no_more() {
        assert!(KNOWN.windows(2).all(|pair| pair[0] < pair[1]), "sorted");
        for (stated, expected) in [
            ("Application/JSON; charset=utf-8", "application/json"),
            ("text/xml", "text/xml"),
            ("application/vnd.jensen+json", "*/*+json"),
            ("jensen/x+xml; a=b", "*/*+xml"),
            ("application/jensen", "*/*"),
            ("jensen", ""),
            ("", ""),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(stated));
            assert_eq!(media_type(&headers), expected, "{stated}");
        }
        assert_eq!(media_type(&HeaderMap::new()), "");
    }
}
