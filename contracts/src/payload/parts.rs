//! Multipart bodies, cut at their boundary (RFC 2046, section 5.1; RFC 7578): nothing of a part is decoded.

use crate::{
    MediaType, Violation, code,
    message::{is_token, parameters},
};
use bytes::Bytes;
use std::ops::Range;

/// Most parts of a body, or fields of a form.
pub(crate) const PARTS_MAX: usize = 1_000;
/// Largest head of a part, in bytes.
pub(crate) const PART_HEAD_BYTES_MAX: usize = 16 * 1024;
/// Longest boundary (RFC 2046, section 5.1.1).
const BOUNDARY_BYTES_MAX: usize = 70;

/// Headers that say what a part is: of two, one reader takes the first and another the last.
const JUDGED_BY: [&str; 5] = [
    "content-disposition",
    "content-encoding",
    "content-id",
    "content-transfer-encoding",
    "content-type",
];

/// One part of a multipart body.
#[derive(Debug)]
pub(crate) struct Part {
    /// Names in lower case and values of its headers.
    pub(crate) headers: Vec<(String, String)>,
    /// Its content, as received.
    pub(crate) body: Bytes,
}

/// The charset of parts that state none, where a part `_charset_` says it (RFC 7578, section 4.6).
pub(crate) fn charset_of_form(parts: &[Part]) -> Option<String> {
    let part = parts.iter().find(|part| part.name().as_deref() == Some("_charset_"))?;
    let name = std::str::from_utf8(&part.body).ok()?.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

impl Part {
    /// The first header of this name, in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut fitting = self.headers.iter().filter(|(each, _)| each == name);
        fitting.next().map(|(_, value)| value.as_str())
    }

    /// The media type that it states, where it states one.
    ///
    /// # Errors
    /// A violation of layer `syntax` where what is stated is none.
    pub(crate) fn media_type(&self) -> Result<Option<MediaType>, Violation> {
        let stated = self.header("content-type").map(str::parse).transpose();
        stated.map_err(|_| broken("a part states a media type that cannot be read"))
    }

    /// The name of the field that it is of (RFC 7578, section 4.2); every part of a form has one.
    pub(crate) fn name(&self) -> Option<String> {
        let (disposition, stated) = self.header("content-disposition")?.split_once(';')?;
        let is_field = disposition.trim().eq_ignore_ascii_case("form-data");
        let stated = parameters(stated).filter(|_| is_field)?.into_vec().into_iter();
        stated.into_iter().find_map(|(name, value)| (&*name == "name").then(|| value.into()))
    }

    /// Whether it is in a coding, which is not undone.
    pub(crate) fn is_coded(&self) -> bool {
        let plain = ["identity", "7bit", "8bit", "binary"];
        let stated = ["content-encoding", "content-transfer-encoding"];
        stated
            .iter()
            .filter_map(|name| self.header(name))
            .any(|coding| !plain.iter().any(|each| coding.trim().eq_ignore_ascii_case(each)))
    }
}

/// The parts of a multipart body of this media type.
///
/// # Errors
/// A violation of layer `syntax`: no boundary, not well-formed, or over a limit.
pub(crate) fn parts(bytes: &Bytes, media_type: &MediaType) -> Result<Vec<Part>, Violation> {
    let boundary = media_type.parameter("boundary").unwrap_or_default();
    if boundary.is_empty() || boundary.len() > BOUNDARY_BYTES_MAX {
        return Err(broken("the media type states no boundary of 1 to 70 characters"));
    }
    let delimiter = format!("--{boundary}");
    let mut lines = delimiters(bytes, delimiter.as_bytes());
    let Some(mut start) = lines.next() else {
        return Err(broken("the boundary that the media type states is not in the body"));
    };
    let mut parts = Vec::new();
    while !start.is_last {
        let Some(end) = lines.next() else {
            return Err(broken("the body breaks off before its last boundary"));
        };
        if parts.len() >= PARTS_MAX {
            let sentence = "the body has more parts than the limit";
            return Err(Violation::syntax(code::MULTIPART_TOO_LARGE, sentence));
        }
        parts.push(part(bytes, start.after..end.before)?);
        start = end;
    }
    Ok(parts)
}

/// A line that is a boundary: where what is before it ends, and where what is after it begins.
struct Delimiter {
    before: usize,
    after: usize,
    is_last: bool,
}

fn delimiters<'b>(bytes: &'b [u8], delimiter: &'b [u8]) -> impl Iterator<Item = Delimiter> + 'b {
    memchr::memmem::find_iter(bytes, delimiter).filter_map(move |at| {
        let above = bytes.get(..at)?;
        if at > 0 && !above.ends_with(b"\n") {
            return None;
        }
        let rest = bytes.get(at + delimiter.len()..)?;
        let is_last = rest.starts_with(b"--");
        let rest = if is_last { rest.get(2..)? } else { rest };
        let line = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let blank = rest.get(..line)?.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
        if !blank || (!is_last && line == rest.len()) {
            return None;
        }
        let above = above.strip_suffix(b"\n").unwrap_or(above);
        let before = above.strip_suffix(b"\r").unwrap_or(above).len();
        let after = bytes.len() - rest.len() + line + 1;
        Some(Delimiter { before, after, is_last })
    })
}

fn part(bytes: &Bytes, range: Range<usize>) -> Result<Part, Violation> {
    let end = range.end.max(range.start);
    let mut headers: Vec<(String, String)> = Vec::new();
    let mut at = range.start;
    loop {
        if at - range.start > PART_HEAD_BYTES_MAX {
            let sentence = "the head of a part is larger than the limit";
            return Err(Violation::syntax(code::MULTIPART_TOO_LARGE, sentence));
        }
        let rest = bytes.get(at..end).unwrap_or_default();
        let seen = rest.get(..PART_HEAD_BYTES_MAX + 1).unwrap_or(rest);
        let Some(length) = seen.iter().position(|byte| *byte == b'\n') else {
            if seen.len() < rest.len() {
                let sentence = "the head of a part is larger than the limit";
                return Err(Violation::syntax(code::MULTIPART_TOO_LARGE, sentence));
            }
            // A part may be its head alone.
            if rest.is_empty() && (headers.is_empty() || at == end) {
                return Ok(Part { headers, body: Bytes::new() });
            }
            return Err(broken("no empty line follows the head of a part"));
        };
        let line = rest.get(..length).unwrap_or_default();
        at += length + 1;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return Ok(Part { headers, body: bytes.slice(at.min(end)..end) });
        }
        let text =
            std::str::from_utf8(line).map_err(|_| broken("the head of a part is not text"))?;
        match (text.starts_with([' ', '\t']), headers.last_mut(), text.split_once(':')) {
            (true, Some((_, value)), _) => {
                value.push(' ');
                value.push_str(text.trim());
            }
            (false, _, Some((name, value))) if is_token(name) => {
                let name = name.to_ascii_lowercase();
                if JUDGED_BY.contains(&name.as_str()) && headers.iter().any(|(it, _)| *it == name) {
                    return Err(broken("the head of a part states the same header twice"));
                }
                headers.push((name, value.trim().to_owned()));
            }
            _ => return Err(broken("a line in the head of a part is no header")),
        }
    }
}

fn broken(why: &str) -> Violation {
    Violation::syntax(code::MULTIPART_BROKEN, why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(media_type: &str, text: &str) -> String {
        let body = Bytes::copy_from_slice(text.as_bytes());
        match parts(&body, &media_type.parse().unwrap()) {
            Ok(parts) => {
                let shown = parts.iter().map(|part| {
                    let body = String::from_utf8_lossy(&part.body).into_owned();
                    format!("{}={body:?}", part.name().unwrap_or_default())
                });
                shown.collect::<Vec<_>>().join(" ")
            }
            Err(fault) => format!("{} {}", fault.code, fault.message),
        }
    }

    #[test]
    fn cuts_a_body_at_its_boundary() {
        let form = "multipart/form-data; boundary=\"a b\"";
        let whole = "preamble\r\n--a b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n\
                     --a b  \r\ncontent-disposition: form-data;\r\n name=\"y;\\\"z\"; filename=\"=;\"\r\n\r\n--a bc\r\n\r\n\r\n--a b--\r\nepilogue";
        assert_eq!(check(form, whole), "x=\"1\" y;\"z=\"--a bc\\r\\n\\r\\n\"");
        let lines = "--b\nContent-Disposition: form-data; name=x\n\n1\n--b--";
        assert_eq!(check("multipart/form-data;boundary=b", lines), "x=\"1\"");
        assert_eq!(check("multipart/mixed;boundary=b", "--b--"), "");
        assert_eq!(check("multipart/mixed;boundary=b", "--b\r\n\r\n--b--"), "=\"\"");
        for (media_type, text, expected) in [
            (
                "multipart/form-data",
                "--b--",
                "V0121 the media type states no boundary of 1 to 70 characters",
            ),
            (
                "multipart/form-data;boundary=c",
                "--b--",
                "V0121 the boundary that the media type states is not in the body",
            ),
            (
                "multipart/form-data;boundary=b",
                "x --b--",
                "V0121 the boundary that the media type states is not in the body",
            ),
            (
                "multipart/form-data;boundary=b",
                "--b\r\na: b\r\n\r\nx",
                "V0121 the body breaks off before its last boundary",
            ),
            (
                "multipart/form-data;boundary=b",
                "--b\r\nab\r\n\r\nx\r\n--b--",
                "V0121 a line in the head of a part is no header",
            ),
            (
                "multipart/form-data;boundary=b",
                "--b\r\na: b\r\n--b--",
                "V0121 no empty line follows the head of a part",
            ),
            (
                "multipart/form-data;boundary=b",
                "--b\r\na : b\r\n\r\nx\r\n--b--",
                "V0121 a line in the head of a part is no header",
            ),
        ] {
            assert_eq!(check(media_type, text), expected, "{text}");
        }
    }

    #[test]
    fn a_part_says_once_what_it_is() {
        for name in JUDGED_BY {
            let twice =
                format!("--b\r\n{name}: a\r\nx: y\r\n{}: a\r\n\r\n1\r\n--b--", name.to_uppercase());
            let expected = "V0121 the head of a part states the same header twice";
            assert_eq!(check("multipart/mixed;boundary=b", &twice), expected, "{name}");
        }
        for (disposition, expected) in [
            ("form-data; name=a", "a"),
            ("FORM-DATA; name=\"\"", ""),
            ("form-data; name=a; filename=a,b.txt", "a"),
            ("form-data", "none"),
            ("form-data; filename=a", "none"),
            ("attachment; name=a", "none"),
            ("form-data; name=a; name=b", "none"),
            ("form-data; name=a; name*=utf-8''b", "none"),
            ("form-data; name=\"a", "none"),
        ] {
            let headers = vec![("content-disposition".to_owned(), disposition.to_owned())];
            let part = Part { headers, body: Bytes::new() };
            assert_eq!(part.name().as_deref().unwrap_or("none"), expected, "{disposition}");
        }
    }

    #[test]
    fn parts_and_their_heads_are_limited() {
        let media_type = "multipart/form-data;boundary=b";
        let many = format!("{}--b--", "--b\r\n\r\n1\r\n".repeat(10_000));
        assert_eq!(check(media_type, &many), "V0122 the body has more parts than the limit");
        for head in ["a: b\r\n".repeat(100_000), format!("a: {}", "b".repeat(1_000_000))] {
            let text = format!("--b\r\n{head}\r\n\r\nx\r\n--b--");
            assert_eq!(
                check(media_type, &text),
                "V0122 the head of a part is larger than the limit"
            );
        }
    }

    proptest! {
        #[test]
        fn cuts_whatever_comes(text in "(--b|--|\r\n|\n|a: b|content-disposition: x; name=\"|;|\"|[a-z]){0,30}") {
            check("multipart/form-data;boundary=b", &text);
        }
    }
}
