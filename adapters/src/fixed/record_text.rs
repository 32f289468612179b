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
    /// The whole record, where each character of it is one byte.
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
        let utf8 = set == CharacterSet::Utf8;
        let text = match utf8 {
            true => Some(str::from_utf8(bytes).map_err(|fault| WrongByte(fault.valid_up_to()))?),
            false => None,
        };
        let n_given = text.map_or(bytes.len(), |text| text.chars().count());
        let n_missing = filled_to.unwrap_or(0).saturating_sub(n_given);
        let bytes = if n_missing > 0 {
            self.padded.clear();
            self.padded.extend_from_slice(bytes);
            self.padded.resize(bytes.len() + n_missing, set.ascii(b' '));
            &self.padded
        } else {
            bytes
        };
        if set.is_ascii_superset() && bytes.is_ascii() {
            let plain = str::from_utf8(bytes).ok();
            return Ok(RecordText { set, bytes, n_given, plain, starts: None });
        }
        if utf8 {
            let text = str::from_utf8(bytes).unwrap_or_default();
            self.starts.clear();
            self.starts.extend(text.char_indices().map(|(at, _)| at).chain([bytes.len()]));
            return Ok(RecordText { set, bytes, n_given, plain: None, starts: Some(&self.starts) });
        }
        let is_plain = set.table().is_some_and(|table| table.ascii_of(bytes, &mut self.ascii));
        let plain = str::from_utf8(&self.ascii).ok().filter(|_| is_plain);
        Ok(RecordText { set, bytes, n_given, plain, starts: None })
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
