//! A record as text: its slots by position, each decoded when it is asked for.
//!
//! A record of a set of single bytes is decoded at one go, and a slot is a piece of the result. Where that cannot be, since a
//! byte stands for nothing, it is decoded slot by slot, so that the slot is known; so is UTF-8.

use crate::charset::{CharacterSet, Table, WrongByte};

/// Buffers that are used again from record to record.
#[derive(Default)]
pub(super) struct Buffers {
    ascii: Vec<u8>,
    starts: Vec<usize>,
    padded: Vec<u8>,
    decoded: Decoded,
}

/// One record.
pub(super) struct RecordText<'r> {
    set: CharacterSet,
    bytes: &'r [u8],
    /// How many characters were there, before it was filled up.
    pub(super) n_given: usize,
    /// The ASCII character of each byte, or something above.
    ascii: &'r [u8],
    /// The whole record, where all of it is ASCII.
    plain: Option<&'r str>,
    /// The whole record, where it is of a set of single bytes and not all ASCII.
    decoded: Option<&'r Decoded>,
    /// Where each character begins, in UTF-8 that is not ASCII.
    starts: Option<&'r [usize]>,
}

/// A record of single bytes as text.
#[derive(Default)]
struct Decoded {
    text: String,
    /// The positions of characters that take several bytes in the text, and how many more all up to it take.
    wide: Vec<(usize, usize)>,
}

impl Decoded {
    /// Decodes a record; false where a byte stands for nothing. `ascii` has the ASCII character of each byte, or something
    /// above: most stand in runs of these.
    fn decode(&mut self, table: &Table, bytes: &[u8], ascii: &[u8]) -> bool {
        self.text.clear();
        self.wide.clear();
        let (mut position, mut more) = (0, 0);
        while let Some(rest) = ascii.get(position..).filter(|rest| !rest.is_empty()) {
            let n_ascii = rest.iter().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
            let run = rest.get(..n_ascii).and_then(|run| str::from_utf8(run).ok());
            self.text.push_str(run.unwrap_or_default());
            position += n_ascii;
            let Some(byte) = bytes.get(position) else { break };
            let Some(character) = table.character(*byte) else { return false };
            self.text.push(character);
            more += character.len_utf8() - 1;
            self.wide.push((position, more));
            position += 1;
        }
        true
    }

    /// Where the character of a position begins in the text.
    fn start(&self, position: usize) -> usize {
        let n_before = self.wide.partition_point(|(wide, _)| *wide < position);
        let before = n_before.checked_sub(1).and_then(|last| self.wide.get(last));
        position + before.map_or(0, |(_, more)| *more)
    }

    fn slot(&self, start: usize, length: usize) -> Option<&str> {
        self.text.get(self.start(start)..self.start(start + length))
    }

    fn held_bytes(&self) -> usize {
        self.text.capacity() + self.wide.capacity() * size_of::<(usize, usize)>()
    }
}

impl Buffers {
    pub(super) fn held_bytes(&self) -> usize {
        self.ascii.capacity()
            + self.starts.capacity() * size_of::<usize>()
            + self.padded.capacity()
            + self.decoded.held_bytes()
    }

    /// Looks at a record. Where `filled_to` says so, blanks that were left out at its end are
    /// thought to be there.
    pub(super) fn text<'r>(
        &'r mut self,
        set: CharacterSet,
        bytes: &'r [u8],
        filled_to: Option<usize>,
    ) -> Result<RecordText<'r>, WrongByte> {
        let is_ascii = set.is_ascii_superset() && bytes.is_ascii();
        let in_utf8 = set == CharacterSet::Utf8 && !is_ascii;
        let n_given = match in_utf8 {
            true => self.find_starts(bytes)?,
            false => bytes.len(),
        };
        let n_missing = filled_to.unwrap_or(0).saturating_sub(n_given);
        let bytes = if n_missing > 0 {
            self.padded.clear();
            self.padded.extend_from_slice(bytes);
            self.padded.resize(bytes.len() + n_missing, set.ascii(b' '));
            let ends = (bytes.len()..self.padded.len()).map(|end| end + 1);
            self.starts.extend(ends.filter(|_| in_utf8));
            &self.padded
        } else {
            bytes
        };
        let (ascii, plain) = if set.is_ascii_superset() {
            (bytes, is_ascii)
        } else {
            let plain = set.table().is_some_and(|table| table.ascii_of(bytes, &mut self.ascii));
            (&*self.ascii, plain)
        };
        let plain = str::from_utf8(ascii).ok().filter(|_| plain);
        let starts = in_utf8.then_some(&*self.starts);
        let table = set.table().filter(|_| plain.is_none());
        let is_decoded = table.is_some_and(|table| self.decoded.decode(table, bytes, ascii));
        let decoded = is_decoded.then_some(&self.decoded);
        Ok(RecordText { set, bytes, n_given, ascii, plain, decoded, starts })
    }

    /// Finds where each character of UTF-8 begins, and the last one ends.
    fn find_starts(&mut self, bytes: &[u8]) -> Result<usize, WrongByte> {
        let text = str::from_utf8(bytes).map_err(|fault| WrongByte(fault.valid_up_to()))?;
        self.starts.clear();
        self.starts.extend(text.char_indices().map(|(at, _)| at).chain([bytes.len()]));
        Ok(self.starts.len() - 1)
    }
}

impl<'r> RecordText<'r> {
    /// Bytes before a position.
    pub(super) fn offset(&self, position: usize) -> usize {
        match self.starts {
            Some(starts) => starts.get(position).copied().unwrap_or(self.bytes.len()),
            None => position.min(self.bytes.len()),
        }
    }

    /// The bytes of a slot.
    pub(super) fn bytes(&self, start: usize, length: usize) -> &'r [u8] {
        self.bytes.get(self.offset(start)..self.offset(start + length)).unwrap_or_default()
    }

    /// The text of a slot; the buffer is used where it has to be decoded.
    pub(super) fn slot<'a>(
        &self,
        start: usize,
        length: usize,
        buffer: &'a mut String,
    ) -> Result<&'a str, WrongByte>
    where
        'r: 'a,
    {
        if let Some(plain) = self.plain {
            return Ok(plain.get(start..start + length).unwrap_or_default());
        }
        if let Some(decoded) = self.decoded {
            return Ok(decoded.slot(start, length).unwrap_or_default());
        }
        let ascii = self.ascii.get(self.offset(start)..self.offset(start + length));
        if let Some(ascii) = ascii.filter(|ascii| ascii.is_ascii())
            && let Ok(text) = str::from_utf8(ascii)
        {
            return Ok(text);
        }
        buffer.clear();
        self.set.decode(self.bytes(start, length), buffer)?;
        Ok(buffer)
    }

    /// Bytes of the record before a byte of a slot's text.
    pub(super) fn offset_within(&self, start: usize, text: &str, at: usize) -> usize {
        let n_before = match self.starts {
            Some(_) => at,
            None => text.get(..at).map_or(at, |before| before.chars().count()),
        };
        self.offset(start) + n_before
    }
}
