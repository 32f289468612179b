//! From bytes to text, block by block.

use super::ReadFault;
use crate::decode::{Charset, DECLARATION_BYTES_MAX, charset_of, iso8859};
use encoding_rs::{Decoder, DecoderResult, UTF_8, UTF_16BE, UTF_16LE};
use std::io::Read;

/// Bytes on their way to be text.
pub(super) struct Input<R> {
    input: R,
    /// The charset that the media type states.
    stated: Option<Box<str>>,
    /// How bytes become text; nothing before the first of them were read.
    decoding: Option<Decoding>,
    /// Bytes of the byte order mark.
    mark: u64,
    /// Bytes that are read and not yet text.
    bytes: Vec<u8>,
    /// Bytes before these.
    before: u64,
    /// How many bytes are wanted, where the input had no more of them for now.
    wanted: Option<usize>,
    ended: bool,
    /// Whether the last of it is text.
    is_done: bool,
}

enum Decoding {
    Utf8,
    Ascii,
    Iso8859(&'static encoding_rs::Encoding),
    Other(Box<Decoder>),
}

impl<R: Read> Input<R> {
    pub(super) fn new(input: R, charset: Option<&str>) -> Self {
        Self {
            input,
            stated: charset.map(Into::into),
            decoding: None,
            mark: 0,
            bytes: Vec::new(),
            before: 0,
            wanted: None,
            ended: false,
            is_done: false,
        }
    }

    pub(super) fn input_mut(&mut self) -> &mut R {
        &mut self.input
    }

    /// Bytes of the byte order mark.
    pub(super) fn mark(&self) -> u64 {
        self.mark
    }

    /// How many bytes of the message a text was.
    pub(super) fn bytes_of(&self, text: &str) -> u64 {
        let bytes = match &self.decoding {
            None | Some(Decoding::Utf8 | Decoding::Ascii) => text.len(),
            Some(Decoding::Iso8859(_)) => text.chars().count(),
            Some(Decoding::Other(decoder)) => match decoder.encoding() {
                encoding if encoding == UTF_16LE || encoding == UTF_16BE => {
                    2 * text.encode_utf16().count()
                }
                encoding if encoding.is_single_byte() => text.chars().count(),
                encoding => encoding.encode(text).0.len(),
            },
        };
        bytes as u64
    }

    pub(super) fn held_bytes(&self) -> usize {
        self.bytes.capacity()
    }

    /// Finds out how bytes become text.
    fn begin(&mut self) -> Result<(), ReadFault> {
        self.read_bytes(DECLARATION_BYTES_MAX)?;
        let (charset, mark) = charset_of(&self.bytes, self.stated.as_deref())?;
        self.decoding = Some(match charset {
            Charset::Ascii => Decoding::Ascii,
            Charset::Iso8859(encoding) => Decoding::Iso8859(encoding),
            Charset::Other(encoding) if encoding == UTF_8 => Decoding::Utf8,
            Charset::Other(encoding) => {
                Decoding::Other(Box::new(encoding.new_decoder_without_bom_handling()))
            }
        });
        self.mark = mark as u64;
        self.taken(mark);
        Ok(())
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.is_done
    }

    /// Appends text of at least one more block, unless the end is reached. Gives the offset of bytes that
    /// are not of the encoding. Where the input fails nothing is lost: the same may be asked again.
    pub(super) fn read(
        &mut self,
        wanted: usize,
        text: &mut String,
    ) -> Result<Option<u64>, ReadFault> {
        if self.decoding.is_none() {
            self.begin()?;
        }
        let wanted = *self.wanted.get_or_insert(self.bytes.len().saturating_add(wanted));
        self.read_bytes(wanted)?;
        self.wanted = None;
        let broken = match &mut self.decoding {
            None | Some(Decoding::Utf8) => return Ok(self.utf8(text)),
            Some(Decoding::Ascii) => {
                let valid = self.bytes.iter().position(|byte| !byte.is_ascii());
                let head = self.bytes.get(..valid.unwrap_or(self.bytes.len()));
                text.extend(head.unwrap_or_default().iter().map(|byte| char::from(*byte)));
                valid
            }
            Some(Decoding::Iso8859(encoding)) => {
                let (piece, broken) = iso8859(encoding, &self.bytes, 0);
                text.push_str(&piece);
                broken
            }
            Some(Decoding::Other(decoder)) => {
                let broken = decode(decoder, &self.bytes, self.ended, text);
                // What is malformed may have begun in the block before.
                let broken = broken.map(|(read, back)| (self.before + read).saturating_sub(back));
                self.taken(self.bytes.len());
                self.is_done = self.ended;
                return Ok(broken);
            }
        };
        let broken = broken.map(|at| self.before + at as u64);
        self.taken(self.bytes.len());
        self.is_done = self.ended;
        Ok(broken)
    }

    fn utf8(&mut self, text: &mut String) -> Option<u64> {
        let (valid, broken) = match std::str::from_utf8(&self.bytes) {
            Ok(all) => (all.len(), false),
            // Where the last character is cut off, the next block has the rest.
            Err(fault) => (fault.valid_up_to(), self.ended || fault.error_len().is_some()),
        };
        let head = self.bytes.get(..valid).and_then(|head| std::str::from_utf8(head).ok());
        text.push_str(head.unwrap_or_default());
        self.taken(valid);
        self.is_done = self.ended && !broken;
        broken.then_some(self.before)
    }

    fn taken(&mut self, count: usize) {
        self.bytes.drain(..count);
        self.before += count as u64;
    }

    /// Reads until there are so many bytes, or the input ends.
    fn read_bytes(&mut self, wanted: usize) -> Result<(), ReadFault> {
        let missing = wanted.saturating_sub(self.bytes.len()) as u64;
        if missing > 0 && !self.ended {
            let read = self.input.by_ref().take(missing).read_to_end(&mut self.bytes)?;
            self.ended = (read as u64) < missing;
        }
        Ok(())
    }
}

/// Appends text. Where bytes are not of the encoding, gives how many were read up to the end of what is
/// malformed, and how many to go back from there.
fn decode(
    decoder: &mut Decoder,
    bytes: &[u8],
    last: bool,
    text: &mut String,
) -> Option<(u64, u64)> {
    let mut read = 0;
    loop {
        let rest = bytes.get(read..).unwrap_or_default();
        text.reserve(rest.len().saturating_mul(2).saturating_add(16));
        let (result, taken) = decoder.decode_to_string_without_replacement(rest, text, last);
        read += taken;
        match result {
            DecoderResult::InputEmpty => return None,
            DecoderResult::OutputFull => text.reserve(64),
            DecoderResult::Malformed(length, after) => {
                return Some((read as u64, u64::from(length) + u64::from(after)));
            }
        }
    }
}
