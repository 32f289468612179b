//! From bytes to text: which encoding applies, and whether the bytes keep to it.
//!
//! The order is that of RFC 7303: a byte order mark, the charset of the media type, the XML
//! declaration, UTF-8.

use crate::fault::{FaultKind, XmlFault};
use crate::names::is_space;
use crate::place::place_in;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// How far into a document its XML declaration must end to be found, in bytes.
pub(crate) const DECLARATION_BYTES_MAX: usize = 1_000;

/// How a message's bytes are to be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Charset {
    Ascii,
    /// One of ISO 8859: bytes 0x80 to 0x9F are the control characters of the same numbers, which
    /// the WHATWG's tables replace.
    Iso8859(&'static Encoding),
    Other(&'static Encoding),
}

/// The text of a message's bytes, without byte order mark.
///
/// # Errors
/// [`FaultKind::Encoding`] at the first bytes that are not of the encoding;
/// [`FaultKind::EncodingUnknown`] at the first byte when the encoding is not known.
pub fn decode<'b>(bytes: &'b [u8], charset: Option<&str>) -> Result<Cow<'b, str>, XmlFault> {
    match decode_up_to(bytes, charset)? {
        (text, None) => Ok(text),
        (_, Some(fault)) => Err(fault),
    }
}

/// The text up to the first bytes that are not of the encoding, and the fault of these.
///
/// # Errors
/// [`FaultKind::EncodingUnknown`] as [`decode`] has it, and what is no XML from the first byte on.
pub(crate) fn decode_up_to<'b>(
    bytes: &'b [u8],
    charset: Option<&str>,
) -> Result<(Cow<'b, str>, Option<XmlFault>), XmlFault> {
    let (charset, mark) = charset_of(bytes, charset)?;
    let (text, broken) = read(bytes, mark, charset);
    let fault = broken.map(|offset| {
        let (line, column) = place_in(&text, text.len());
        XmlFault { kind: FaultKind::Encoding, line, column, offset: offset as u64 }
    });
    Ok((text, fault))
}

/// Which encoding applies to a message that begins with these bytes, and how long its byte order mark is.
pub(crate) fn charset_of(
    bytes: &[u8],
    charset: Option<&str>,
) -> Result<(Charset, usize), XmlFault> {
    let unknown = || XmlFault { kind: FaultKind::EncodingUnknown, line: 1, column: 1, offset: 0 };
    if let Some((encoding, mark)) = byte_order_mark(bytes).ok_or_else(unknown)? {
        if charset.is_none() && is_contradicted(encoding, bytes.get(mark..).unwrap_or_default()) {
            return Err(XmlFault { kind: FaultKind::Encoding, line: 1, column: 1, offset: 0 });
        }
        return Ok((Charset::Other(encoding), mark));
    }
    let charset = match charset {
        Some(label) => by_label(label, bytes).ok_or_else(unknown)?,
        None => declared(bytes)?.ok_or_else(unknown)?,
    };
    Ok((charset, 0))
}

/// The encoding that a byte order mark states and the mark's length. `None` for UTF-32, which is refused.
#[expect(clippy::option_option, reason = "refused, absent and found are three things")]
fn byte_order_mark(bytes: &[u8]) -> Option<Option<(&'static Encoding, usize)>> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => None,
        [0xEF, 0xBB, 0xBF, ..] => Some(Some((UTF_8, 3))),
        [0xFF, 0xFE, ..] => Some(Some((UTF_16LE, 2))),
        [0xFE, 0xFF, ..] => Some(Some((UTF_16BE, 2))),
        _ => Some(None),
    }
}

/// Whether the declaration behind a byte order mark names another encoding than that of the mark, which is "a fatal
/// error" where nobody else says what the encoding is (XML 1.0, section 4.3.3).
fn is_contradicted(encoding: &'static Encoding, body: &[u8]) -> bool {
    let head = body.get(..body.len().min(2 * DECLARATION_BYTES_MAX)).unwrap_or_default();
    let ascii: Vec<u8> = match encoding == UTF_8 {
        true => head.to_vec(),
        false => {
            let little = encoding == UTF_16LE;
            let unit = |pair: &[u8; 2]| {
                let [low, high] = if little { *pair } else { [pair[1], pair[0]] };
                (high == 0).then_some(low)
            };
            head.as_chunks::<2>().0.iter().map_while(unit).collect()
        }
    };
    let Some(label) = declared_label(&ascii).map(str::to_ascii_lowercase) else { return false };
    match by_label(&label, body) {
        // UTF-16 has both orders, and the mark says which.
        Some(Charset::Other(_)) if encoding != UTF_8 && matches!(&*label, "utf-16" | "utf16") => {
            false
        }
        Some(Charset::Other(declared)) => declared != encoding,
        _ => true,
    }
}

/// A charset by its name. UTF-16 without mark and without order is big-endian (RFC 2781), unless
/// the first `<` says otherwise.
fn by_label(label: &str, bytes: &[u8]) -> Option<Charset> {
    let label = label.trim().to_ascii_lowercase();
    match label.as_str() {
        "us-ascii" | "ascii" | "ansi_x3.4-1968" | "iso-ir-6" | "iso646-us" => {
            return Some(Charset::Ascii);
        }
        "utf-16" | "utf16" => {
            let little = matches!(bytes, [b'<', 0, ..]);
            return Some(Charset::Other(if little { UTF_16LE } else { UTF_16BE }));
        }
        _ => {}
    }
    let encoding = Encoding::for_label_no_replacement(label.as_bytes())?;
    if matches!(encoding.name(), "ISO-2022-JP" | "x-user-defined") {
        return None;
    }
    let iso = label.starts_with("iso") || label.starts_with("latin") || label.starts_with("csiso");
    let single = encoding.is_single_byte() && !label.contains("windows");
    Some(if iso && single { Charset::Iso8859(encoding) } else { Charset::Other(encoding) })
}

/// The charset that a message states itself. UTF-16 without a byte order mark states it in its declaration
/// (XML 1.0, section 4.3.3 and appendix F.1).
fn declared(bytes: &[u8]) -> Result<Option<Charset>, XmlFault> {
    if matches!(bytes, [b'<', 0, ..] | [0, b'<', ..]) {
        let fault = XmlFault { kind: FaultKind::Encoding, line: 1, column: 1, offset: 0 };
        return declared_utf16(bytes).map(|encoding| Some(Charset::Other(encoding))).ok_or(fault);
    }
    Ok(match declared_label(bytes) {
        None => Some(Charset::Other(UTF_8)),
        Some(label) => by_label(label, bytes).filter(|charset| {
            // The declaration was read as one byte for each character: it cannot be UTF-16.
            !matches!(charset, Charset::Other(e) if *e == UTF_16LE || *e == UTF_16BE)
        }),
    })
}

/// UTF-16 by a declaration that is written in it, and says so in that order or in none.
fn declared_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let little = matches!(bytes, [b'<', 0, ..]);
    let head = bytes.get(..bytes.len().min(2 * DECLARATION_BYTES_MAX))?;
    let ascii = |unit: &[u8]| match (unit, little) {
        ([byte, 0], true) | ([0, byte], false) => Some(*byte),
        _ => None,
    };
    let declaration: Vec<u8> = head.chunks(2).map_while(ascii).collect();
    let label = declared_label(&declaration)?.to_ascii_lowercase();
    match (label.as_str(), little) {
        ("utf-16" | "utf-16le", true) => Some(UTF_16LE),
        ("utf-16" | "utf-16be", false) => Some(UTF_16BE),
        _ => None,
    }
}

/// The encoding in an XML declaration that is written in ASCII; a wrong declaration is the reader's to refuse.
fn declared_label(bytes: &[u8]) -> Option<&str> {
    let head = bytes.get(..bytes.len().min(DECLARATION_BYTES_MAX))?;
    let rest = head.strip_prefix(b"<?xml")?;
    let end = memchr::memmem::find(rest, b"?>")?;
    let inside = std::str::from_utf8(rest.get(..end)?).ok()?;
    inside.bytes().next().filter(|byte| is_space(*byte))?;
    let whole = std::str::from_utf8(head.get(..end + b"<?xml?>".len())?).ok()?;
    crate::prolog::read(whole).ok()?.encoding
}

/// A text, and the offset in the message of the bytes behind it that are none.
type Decoded<'b> = (Cow<'b, str>, Option<usize>);

fn read(bytes: &[u8], mark: usize, charset: Charset) -> Decoded<'_> {
    let body = bytes.get(mark..).unwrap_or_default();
    match charset {
        Charset::Ascii => {
            let valid = body.iter().position(|byte| !byte.is_ascii()).unwrap_or(body.len());
            utf8(body, mark, valid)
        }
        Charset::Other(encoding) if encoding == UTF_8 => match std::str::from_utf8(body) {
            Ok(text) => (Cow::Borrowed(text), None),
            Err(fault) => utf8(body, mark, fault.valid_up_to()),
        },
        Charset::Other(encoding) => {
            let mut text = String::new();
            let broken = transcode(encoding, body, mark, &mut text);
            (Cow::Owned(text), broken)
        }
        Charset::Iso8859(encoding) => {
            let (text, broken) = iso8859(encoding, body, mark);
            (Cow::Owned(text), broken)
        }
    }
}

/// The text of bytes of which the first `valid` are UTF-8.
fn utf8(body: &[u8], mark: usize, valid: usize) -> Decoded<'_> {
    let text =
        body.get(..valid).and_then(|head| std::str::from_utf8(head).ok()).unwrap_or_default();
    (Cow::Borrowed(text), (valid != body.len()).then_some(mark + valid))
}

/// The text of bytes in one of ISO 8859, and the offset of bytes behind it that are none.
pub(crate) fn iso8859(
    encoding: &'static Encoding,
    body: &[u8],
    mark: usize,
) -> (String, Option<usize>) {
    let control = |byte: &u8| (0x80..0xA0).contains(byte);
    let mut text = String::with_capacity(body.len() + body.len() / 8);
    let mut at = mark;
    for piece in body.split_inclusive(control) {
        let last = piece.last().copied().filter(control);
        let plain = piece.get(..piece.len() - usize::from(last.is_some())).unwrap_or_default();
        if let Some(broken) = transcode(encoding, plain, at, &mut text) {
            return (text, Some(broken));
        }
        text.extend(last.map(char::from));
        at += piece.len();
    }
    (text, None)
}

/// Appends to `text`; `at` is the offset of the first byte in the message. Gives that of bytes that are none.
fn transcode(
    encoding: &'static Encoding,
    body: &[u8],
    at: usize,
    text: &mut String,
) -> Option<usize> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut read = 0;
    loop {
        let rest = body.get(read..).unwrap_or_default();
        let room = decoder.max_utf8_buffer_length_without_replacement(rest.len()).unwrap_or(0);
        text.reserve(room.min(rest.len().saturating_mul(2).saturating_add(16)));
        let (result, taken) = decoder.decode_to_string_without_replacement(rest, text, true);
        read += taken;
        match result {
            encoding_rs::DecoderResult::InputEmpty => return None,
            encoding_rs::DecoderResult::OutputFull => text.reserve(64),
            encoding_rs::DecoderResult::Malformed(length, after) => {
                let back = usize::from(length) + usize::from(after);
                return Some(at + read.saturating_sub(back));
            }
        }
    }
}
