//! A whole HTTP message in a file (RFC 9112): head, empty line, body.

use crate::pipeline::decode::is_any_coding;
use bytes::Bytes;
use sluse_contracts::MediaType;

/// Largest head.
const HEAD_BYTES_MAX: usize = 1 << 20;
/// Most headers.
const HEADERS_MAX: usize = 1_000;

/// Headers that a message has once, and what is said where it has more: two programs would read two messages.
const ONCE: [(&str, &str); 4] = [
    ("content-type", "the header Content-Type stands more than once"),
    ("content-length", "the header Content-Length stands more than once"),
    ("transfer-encoding", "the header Transfer-Encoding stands more than once"),
    ("soapaction", "the header SOAPAction stands more than once"),
];

/// The start line, as far as a contract may speak about it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// A request.
    Request {
        /// The method.
        method: String,
        /// The path, still percent-encoded.
        path: String,
        /// The query without `?`.
        query: Option<String>,
    },
    /// A response.
    Response {
        /// The status code.
        status: u16,
    },
}

/// A message.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct HttpMessage {
    pub(super) head: Head,
    headers: Vec<(String, String)>,
    pub(super) body: Bytes,
    /// Lines of the file before the body, where the body stands in it as it is.
    lines_before: u32,
}

impl HttpMessage {
    /// Reads a message. Lines may end in LF alone, as editors write them.
    ///
    /// # Errors
    /// What is wrong, without anything of the message.
    pub(super) fn parse(bytes: &Bytes) -> Result<Self, &'static str> {
        let (head, body_at) = split_head(bytes)?;
        let head = std::str::from_utf8(head).map_err(|_| "the head is not text")?;
        let mut lines = head.lines();
        let start = lines.next().unwrap_or_default();
        let head = if start.starts_with("HTTP/") { response(start)? } else { request(start)? };
        let headers = lines.map(header).collect::<Result<Vec<_>, _>>()?;
        if headers.len() > HEADERS_MAX {
            return Err("there are more than 1000 headers");
        }
        for (name, fault) in ONCE {
            if headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name)).count() > 1 {
                return Err(fault);
            }
        }
        let has = |name: &str| headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
        // RFC 9112, section 6.1: no sender may, and a receiver may refuse it.
        if has("content-length") && has("transfer-encoding") {
            return Err("the headers Content-Length and Transfer-Encoding stand together");
        }
        let above = bytes.get(..body_at).unwrap_or_default();
        let lines = above.iter().filter(|byte| **byte == b'\n').count();
        let lines_before = u32::try_from(lines).unwrap_or(u32::MAX);
        let mut message = Self { head, headers, body: Bytes::new(), lines_before };
        message.body = message.read_body(bytes.slice(body_at..))?;
        Ok(message)
    }

    /// The line of the file that is a line of the body; in a chunked body lines are those of the body.
    pub(super) fn line_in_file(&self, line: u32) -> u32 {
        let chunked = self.header("transfer-encoding").is_some();
        if chunked { line } else { line.saturating_add(self.lines_before) }
    }

    /// The stated media type.
    ///
    /// # Errors
    /// Where what is stated is none.
    pub(super) fn media_type(&self) -> Result<Option<MediaType>, &'static str> {
        let stated = self.header("content-type").map(str::parse).transpose();
        stated.map_err(|_| "the header Content-Type states no media type")
    }

    /// Whether its body is in a content coding, which is not undone (RFC 9110, section 8.4).
    pub(super) fn is_coded(&self) -> bool {
        let stated = |(name, _): &&(String, String)| name.eq_ignore_ascii_case("content-encoding");
        let codings = self.headers.iter().filter(stated).map(|(_, value)| value.as_str());
        !self.body.is_empty() && is_any_coding(codings)
    }

    /// Names and values of all headers.
    pub(super) fn header_pairs(&self) -> Vec<(&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut fitting = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        fitting.next().map(|(_, value)| value.as_str())
    }

    /// The body, by RFC 9112, section 6.3; without a length it reaches to the end.
    fn read_body(&self, rest: Bytes) -> Result<Bytes, &'static str> {
        if let Some(coding) = self.header("transfer-encoding") {
            return if coding.trim().eq_ignore_ascii_case("chunked") {
                chunks(&rest)
            } else {
                Err("the transfer coding is another than chunked")
            };
        }
        let Some(length) = self.header("content-length") else { return Ok(rest) };
        let length: usize = length.trim().parse().map_err(|_| "the content length is no number")?;
        match length {
            length if length > rest.len() => Err("the body is shorter than its stated length"),
            length => Ok(rest.slice(..length)),
        }
    }
}

/// Everything before the first empty line, and where the body begins.
fn split_head(bytes: &[u8]) -> Result<(&[u8], usize), &'static str> {
    let seen = bytes.get(..HEAD_BYTES_MAX).unwrap_or(bytes);
    let mut start = 0;
    loop {
        let Some(length) = seen.get(start..).and_then(|rest| rest.iter().position(|b| *b == b'\n'))
        else {
            return if bytes.len() > seen.len() {
                Err("the head is larger than 1 MiB")
            } else {
                Ok((bytes, bytes.len()))
            };
        };
        let line = seen.get(start..start + length).unwrap_or_default();
        if line.trim_ascii().is_empty() {
            return Ok((seen.get(..start).unwrap_or_default(), start + length + 1));
        }
        start += length + 1;
    }
}

fn request(line: &str) -> Result<Head, &'static str> {
    let wrong = "the first line is neither `METHOD TARGET HTTP/1.1` nor `HTTP/1.1 STATUS REASON`";
    let mut words = line.split(' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(wrong);
    };
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    let sound =
        !method.is_empty() && method.bytes().all(token) && version.trim_end().starts_with("HTTP/");
    if !sound {
        return Err(wrong);
    }
    // The absolute form names scheme and host before the path.
    let path = match target.split_once("://") {
        Some((_, rest)) if !target.starts_with('/') => {
            rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
        }
        _ => target,
    };
    if !path.starts_with('/') {
        return Err("the target is neither a path nor a whole URL");
    }
    let (path, query) = match path.split_once('?') {
        Some((path, query)) => (path, Some(query.to_owned())),
        None => (path, None),
    };
    Ok(Head::Request { method: method.to_owned(), path: path.to_owned(), query })
}

fn response(line: &str) -> Result<Head, &'static str> {
    let status = line.split(' ').nth(1).and_then(|status| status.trim().parse().ok());
    let status = status.filter(|status| (100..=599).contains(status));
    status
        .map(|status| Head::Response { status })
        .ok_or("the status is no number between 100 and 599")
}

fn header(line: &str) -> Result<(String, String), &'static str> {
    let (name, value) = line.split_once(':').ok_or("a line of the head is not `name: value`")?;
    if name.is_empty() || name.bytes().any(|b| b.is_ascii_whitespace()) {
        return Err("a header's name is empty or has a space");
    }
    Ok((name.to_owned(), value.trim().to_owned()))
}

/// The body of chunks (RFC 9112, section 7.1); extensions and trailers are passed over.
fn chunks(bytes: &[u8]) -> Result<Bytes, &'static str> {
    let wrong = "the chunks of the body cannot be read";
    let mut body = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    loop {
        let end = rest.iter().position(|b| *b == b'\n').ok_or(wrong)?;
        let (line, after) = rest.split_at_checked(end).ok_or(wrong)?;
        let after = after.get(1..).unwrap_or_default();
        let size = std::str::from_utf8(line).map_err(|_| wrong)?;
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| wrong)?;
        if size == 0 {
            return Ok(body.into());
        }
        let (chunk, after) = after.split_at_checked(size).ok_or(wrong)?;
        body.extend_from_slice(chunk);
        let after = after.strip_prefix(b"\r").unwrap_or(after);
        rest = after.strip_prefix(b"\n").ok_or(wrong)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<HttpMessage, &'static str> {
        HttpMessage::parse(&Bytes::copy_from_slice(text.as_bytes()))
    }

    #[test]
    fn reads_requests_and_responses() {
        let text =
            "POST /a/b?x=1 HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/json\r\n\r\n{}";
        let message = parse(text).unwrap();
        let head =
            Head::Request { method: "POST".into(), path: "/a/b".into(), query: Some("x=1".into()) };
        assert_eq!((&message.head, &message.body[..]), (&head, &b"{}"[..]));
        assert_eq!(message.media_type().unwrap().unwrap().essence(), "application/json");
        let message = parse("GET http://a.example/b HTTP/1.1\n").unwrap();
        assert_eq!(
            message.head,
            Head::Request { method: "GET".into(), path: "/b".into(), query: None }
        );
        let message = parse("HTTP/1.1 404 Not Found\ncontent-length: 2\n\nabc").unwrap();
        assert_eq!((message.head, &message.body[..]), (Head::Response { status: 404 }, &b"ab"[..]));
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\n\r\n";
        assert_eq!(&parse(text).unwrap().body[..], b"abc");
    }

    #[test]
    fn a_body_in_a_content_coding_is_known() {
        for (head, body, is_coded) in [
            ("content-encoding: gzip", "a", true),
            ("Content-Encoding: identity, br", "a", true),
            ("content-encoding: identity", "a", false),
            ("content-encoding:", "a", false),
            ("content-encoding: gzip", "", false),
            ("accept-encoding: gzip", "a", false),
        ] {
            let text = format!("HTTP/1.1 200 OK\n{head}\n\n{body}");
            assert_eq!(parse(&text).unwrap().is_coded(), is_coded, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_message() {
        for bad in [
            "",
            "{}",
            "GET /\n",
            "GET / HTTP/1.1 x\n",
            "GET a HTTP/1.1\n",
            "G T / HTTP/1.1\n",
            "HTTP/1.1 99\n",
            "HTTP/1.1 ok\n",
            "GET / HTTP/1.1\nno header\n",
            "GET / HTTP/1.1\na b: c\n",
            "GET / HTTP/1.1\ncontent-length: 5\n\nabc",
            "GET / HTTP/1.1\ncontent-length: -1\n\n",
            "GET / HTTP/1.1\ncontent-length: 1\nContent-Length: 1\n\na",
            "POST / HTTP/1.1\nContent-Type: text/xml\ncontent-type: text/xml\n\na",
            "POST / HTTP/1.1\nSOAPAction: a\nsoapaction: a\n\na",
            "GET / HTTP/1.1\ntransfer-encoding: gzip\n\n",
            "GET / HTTP/1.1\ntransfer-encoding: gzip, chunked\n\n0\n\n",
            "POST / HTTP/1.1\ncontent-length: 5\ntransfer-encoding: chunked\n\n0\n\n",
            "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nContent-Length: 0\n\n0\n\n",
            "GET / HTTP/1.1\ntransfer-encoding: chunked\n\nffffffffffffffff\nab",
            "GET / HTTP/1.1\ntransfer-encoding: chunked\n\n5\nab\n0\n\n",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
