//! References to things by address, `xs:anyURI`.
//!
//! XML Schema Part 2 (second edition, section 3.2.17): what is a legal URI reference by RFC 2396, as RFC 2732 amends
//! it, after all characters that have no place in one are escaped (XLink 1.0, section 5.4). So nearly every text is
//! one; what each scheme asks for beyond that is not looked at.

use std::net::Ipv6Addr;

/// Brackets stand around addresses of the Internet Protocol, version 6, and may be in queries and fragments.
const BRACKETS: [char; 2] = ['[', ']'];

/// Whether a text, its white space collapsed, is a reference.
pub(super) fn is_uri(text: &str) -> bool {
    let (reference, fragment) = text.split_once('#').unwrap_or((text, ""));
    if fragment.contains('#') || !escapes_are_whole(text) {
        return false;
    }
    let Some(at) = reference.find([':', '/', '?']).filter(|at| is_colon(reference, *at)) else {
        return is_path(reference);
    };
    let (scheme, rest) = (reference.get(..at), reference.get(at + 1..).unwrap_or_default());
    if !scheme.is_some_and(is_scheme) || rest.is_empty() {
        return false;
    }
    // Behind a scheme stands a path from the root, or something that only the scheme can tell about.
    if rest.starts_with('/') { is_path(rest) } else { !rest.starts_with(BRACKETS) }
}

fn is_colon(text: &str, at: usize) -> bool {
    text.as_bytes().get(at) == Some(&b':')
}

/// Each `%` begins two hexadecimal digits (RFC 2396, section 2.4.1).
fn escapes_are_whole(text: &str) -> bool {
    let is_hex =
        |digits: &[u8]| digits.len() >= 2 && digits.iter().take(2).all(u8::is_ascii_hexdigit);
    text.split('%').skip(1).all(|behind| is_hex(behind.as_bytes()))
}

/// RFC 2396, section 3.1.
fn is_scheme(text: &str) -> bool {
    let is_more = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(is_more)
}

/// A path with an authority before it and a query behind it, if any.
fn is_path(text: &str) -> bool {
    let text = text.split('?').next().unwrap_or_default();
    match text.strip_prefix("//") {
        None => !text.contains(BRACKETS),
        Some(net) => {
            let (authority, path) = net.split_once('/').unwrap_or((net, ""));
            is_authority(authority) && !path.contains(BRACKETS)
        }
    }
}

/// Any name of a registry, or a host whose address is in brackets (RFC 2732, section 3).
fn is_authority(text: &str) -> bool {
    let Some((before, rest)) = text.split_once('[') else { return !text.contains(']') };
    let Some((address, port)) = rest.split_once(']') else { return false };
    let is_port = port.strip_prefix(':').unwrap_or(port).bytes().all(|byte| byte.is_ascii_digit());
    (before.is_empty() || before.ends_with('@'))
        && address.parse::<Ipv6Addr>().is_ok()
        && (port.is_empty() || port.starts_with(':') && is_port)
}
