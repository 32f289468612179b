//! What happens to a head on its way through: hop-by-hop fields end here, our own are added.

use crate::answer::{EXCHANGE, RECEIPT};
use http::{
    HeaderMap, HeaderName, HeaderValue, Uri,
    header::{
        CONNECTION, CONTENT_LENGTH, EXPECT, FORWARDED, HOST, PROXY_AUTHENTICATE,
        PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, VIA,
    },
    uri::{PathAndQuery, Scheme},
};
use sluse_contracts::id::SubsystemId;

const HOP_BY_HOP: [HeaderName; 9] = [
    CONNECTION,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];
const VIA_US: HeaderValue = HeaderValue::from_static("1.1 sluse");
const CONNECTION_OPTIONS_MAX: usize = 32;

/// What the provider is told of the hop before it (RFC 7239).
#[derive(Debug, Clone, Copy)]
pub struct Forwarding<'a> {
    /// The consumer.
    pub consumer: &'a SubsystemId,
    /// The exchange.
    pub exchange: &'a str,
    /// Whether the consumer came over TLS.
    pub secure: bool,
}

/// Removes what belongs to one connection only (RFC 9110, section 7.6.1).
pub fn end_to_end(headers: &mut HeaderMap) {
    if headers.contains_key(CONNECTION) {
        let named: Vec<HeaderName> = headers
            .get_all(CONNECTION)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .take(CONNECTION_OPTIONS_MAX)
            .filter_map(|option| HeaderName::try_from(option.trim()).ok())
            .collect();
        for name in named {
            headers.remove(name);
        }
    }
    for name in &HOP_BY_HOP {
        headers.remove(name);
    }
    headers.remove(EXCHANGE);
    headers.remove(RECEIPT);
}

/// Whether a message that states a transfer coding states `chunked` and no other, once.
pub(crate) fn is_chunked_alone(headers: &HeaderMap) -> bool {
    let mut stated = headers.get_all(TRANSFER_ENCODING).iter();
    let first = stated.next();
    first.is_none_or(|coding| coding.as_bytes().eq_ignore_ascii_case(b"chunked"))
        && stated.next().is_none()
}

/// Makes a consumer's headers ready for the provider.
pub fn toward_provider(headers: &mut HeaderMap, forwarding: Forwarding<'_>) {
    end_to_end(headers);
    // The length is the body's own, whatever was stated beside another framing.
    headers.remove(CONTENT_LENGTH);
    let host = headers.remove(HOST);
    headers.remove(EXPECT);
    headers.append(VIA, VIA_US);
    let mut text = String::with_capacity(96);
    text.push_str("for=_");
    let word = |c: char| if c == '/' { '.' } else { c };
    text.extend(forwarding.consumer.as_str().chars().map(word));
    text.push_str(if forwarding.secure { ";proto=https" } else { ";proto=http" });
    if let Some(host) = host.as_ref().and_then(|host| host.to_str().ok())
        && !host.contains(['"', '\\'])
    {
        text.push_str(";host=\"");
        text.push_str(host);
        text.push('"');
    }
    if let Ok(value) = HeaderValue::try_from(text) {
        headers.append(FORWARDED, value);
    }
    if let Ok(value) = HeaderValue::from_str(forwarding.exchange) {
        headers.insert(EXCHANGE, value);
    }
}

/// The address of `place` at `upstream`.
///
/// Where the upstream has a path of its own, `place` is what follows it: the route has cut its own prefix off. One
/// that begins with `?` asks for the upstream's path itself: no `/` is added to that.
pub(super) fn address(upstream: &Uri, place: Option<PathAndQuery>) -> Option<Uri> {
    let mut parts = http::uri::Parts::default();
    parts.scheme = Some(upstream.scheme().cloned().unwrap_or(Scheme::HTTP));
    parts.authority = Some(upstream.authority()?.clone());
    let root = || PathAndQuery::from_static("/");
    parts.path_and_query = match place {
        None => Some(upstream.path_and_query().cloned().unwrap_or_else(root)),
        Some(place) => {
            let rest = if place.as_str() == "?" { "" } else { place.as_str() };
            let base = match rest.starts_with('/') {
                true => upstream.path().trim_end_matches('/'),
                false => upstream.path(),
            };
            Some(PathAndQuery::try_from(format!("{base}{rest}")).ok()?)
        }
    };
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_hop_by_hop_fields_and_those_that_connection_names() {
        let mut headers = HeaderMap::new();
        let pairs = [
            ("connection", "close, X-Mine"),
            ("x-mine", "1"),
            ("te", "trailers"),
            ("upgrade", "h2c"),
            ("sluse-exchange", "forged"),
            ("host", "persons.example"),
            ("x-kept", "2"),
        ];
        for (name, value) in pairs {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let consumer = "dk.erst/desk".parse().unwrap();
        let forwarding = Forwarding { consumer: &consumer, exchange: "e-1", secure: true };
        toward_provider(&mut headers, forwarding);
        let mut left: Vec<String> = headers
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        left.sort();
        let forwarded = "forwarded: for=_dk.erst.desk;proto=https;host=\"persons.example\"";
        assert_eq!(left, [forwarded, "sluse-exchange: e-1", "via: 1.1 sluse", "x-kept: 2"]);
    }

    #[test]
    fn addresses_join_the_upstreams_path_and_the_place() {
        let cases = [
            ("http://a:1", Some("/x?y=1"), "http://a:1/x?y=1"),
            ("http://a:1/", Some("/x"), "http://a:1/x"),
            ("https://a/base", Some("/x?y"), "https://a/base/x?y"),
            ("https://a/base/", Some("/x"), "https://a/base/x"),
            ("https://a/in", None, "https://a/in"),
            ("https://a/in", Some("?"), "https://a/in"),
            ("https://a/in/", Some("?x=1"), "https://a/in/?x=1"),
            ("https://a/in", Some("/"), "https://a/in/"),
            ("https://a", Some("?"), "https://a/"),
        ];
        for (upstream, place, expected) in cases {
            let place = place.map(|place| place.parse().unwrap());
            assert_eq!(address(&upstream.parse().unwrap(), place).unwrap(), expected);
        }
    }
}
