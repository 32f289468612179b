//! A record as text: its slots by position, each decoded when it is asked for.
//!
//! Most records are ASCII, or EBCDIC that is ASCII once decoded: these are decoded at one go, and a
//! slot is a piece of the result. Others are decoded slot by slot.

use crate::charset::{CharacterSet, WrongByte};

/// Buffers that are used again from record to record.
#[derive(Default)]
pub(super) struct Buffers {
    ascii: Vec<u8>,
    starts: Vec<usize>,
    padded: Vec<u8>,
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
    /// Where each character begins, in UTF-8 that is not ASCII.
    starts: Option<&'r [usize]>,
}

impl Buffers {
    pub(super) fn held_bytes(&self) -> usize {
        self.ascii.capacity() + self.starts.capacity() * size_of::<usize>() + self.padded.capacity()
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
        Ok(RecordText { set, bytes, n_given, ascii, plain, starts })
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
