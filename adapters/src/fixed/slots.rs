//! The slots of one record: each read to a field of the tree, or checked.

use super::{
    Content, FixedLayout, Record, Role, Slot, describe::made, read::State, record_text::RecordText,
};
use crate::{
    fault::{Fault, Faults},
    field::Wrong,
    tree::{Place, Tree},
};
use sluse_contracts::code;

/// Reads every slot; every fault is told.
pub(super) fn read(
    state: &mut State,
    record: &Record,
    text: &RecordText<'_>,
    place: Place,
    tree: &mut Tree,
    faults: &mut Faults,
) {
    for slot in &record.slots {
        // Repetitions without a value, which are written as empty ones if another follows.
        let mut n_empty = 0;
        for time in 0..slot.times {
            let start = slot.start + time * slot.length;
            let at = Place { offset: place.offset + text.offset(start) as u64, ..place };
            let (mut raw, mut value) =
                (std::mem::take(&mut state.raw), std::mem::take(&mut state.value));
            let found = slot.read(state, text, start, &mut raw, &mut value);
            let told = match found {
                Ok(None) => {
                    n_empty += 1;
                    Ok(())
                }
                Ok(Some(value)) => {
                    let empty = std::iter::repeat_n("", std::mem::take(&mut n_empty));
                    let mut values = empty.chain([value]);
                    values.try_for_each(|value| tree.field(slot.name, value, at).map(drop))
                }
                Err(wrong) => {
                    let offset = wrong.at as u64 + at.offset;
                    let fault = Fault::new(wrong.code, wrong.sentence, Place { offset, ..at });
                    state.tell(fault.in_field(slot.path(record)), record, faults);
                    Ok(())
                }
            };
            (state.raw, state.value) = (raw, value);
            if let Err(limit) = told {
                state.met_limit();
                return state.tell(Fault::over_limit(limit, at), record, faults);
            }
        }
    }
}

impl Slot {
    pub(super) fn path(&self, record: &Record) -> String {
        format!("{}/{}", record.title, self.title)
    }

    /// The canonical value; a fault with the number of bytes from the start of the slot.
    fn read<'a>(
        &self,
        state: &State,
        text: &RecordText<'a>,
        start: usize,
        raw: &'a mut String,
        value: &'a mut String,
    ) -> Result<Option<&'a str>, Wrong> {
        match &self.content {
            Content::Packed(packed) => {
                let bytes = text.bytes(start, self.length);
                let found = packed.read(bytes, state.layout.blank(), value)?;
                Ok(Some(&**value).filter(|_| found))
            }
            Content::Binary(binary) => {
                binary.read(text.bytes(start, self.length), value);
                Ok(Some(value))
            }
            Content::Ignored => Ok(None),
            content => {
                let raw = text.slot(start, self.length, raw).map_err(|wrong| Wrong {
                    code: code::ENCODING,
                    sentence: "a byte is no text in the character set",
                    at: wrong.0,
                })?;
                let bytes_to = |wrong: Wrong| Wrong {
                    at: text.offset_within(start, raw, wrong.at) - text.offset(start),
                    ..wrong
                };
                content.read(state, raw, value).map_err(bytes_to)
            }
        }
    }
}

impl Content {
    fn read<'a>(
        &self,
        state: &State,
        raw: &'a str,
        value: &'a mut String,
    ) -> Result<Option<&'a str>, Wrong> {
        match self {
            Self::Field(field) => field.read(raw, value),
            Self::Filler(pad) => match raw.find(|character| character != *pad) {
                Some(at) => Err(Wrong::value("a filler holds something", at)),
                None => Ok(None),
            },
            Self::Count { form, of } => {
                let expected = state.counted(of.as_deref());
                counted(made(form).read(raw, value)?, expected)
            }
            Self::Sequence(form) => counted(made(form).read(raw, value)?, state.n_records),
            Self::Packed(_) | Self::Binary(_) | Self::Ignored => Ok(None),
        }
    }
}

impl State {
    /// How many records of these types there are so far.
    fn counted(&self, of: Option<&[usize]>) -> u64 {
        counted_of(&self.counts, self.n_records, of)
    }
}

/// How many records of these types there are so far, of all where there is no list.
pub(super) fn counted_of(counts: &[u64], n_records: u64, of: Option<&[usize]>) -> u64 {
    match of {
        None => n_records,
        Some(of) => of.iter().filter_map(|at| counts.get(*at)).sum(),
    }
}

fn counted(found: Option<&str>, expected: u64) -> Result<Option<&str>, Wrong> {
    match found.and_then(|found| found.parse().ok()) == Some(expected) {
        true => Ok(found),
        false => Err(Wrong {
            code: code::COUNT_WRONG,
            sentence: "the number is not that of the records that there are",
            at: 0,
        }),
    }
}

impl FixedLayout {
    /// The type of a record.
    pub(super) fn record_of(&self, text: &RecordText<'_>, buffer: &mut String) -> Option<usize> {
        let Some((start, length)) = self.type_at else { return Some(0) };
        let found = text.slot(start, length, buffer).ok()?;
        self.records.iter().position(|record| record.type_text.as_deref() == Some(found))
    }

    pub(super) fn has(&self, role: Role) -> bool {
        self.records.iter().any(|record| record.role == role)
    }
}

impl Record {
    pub(super) fn is_bounded(&self) -> bool {
        self.at_least > 0 || self.at_most < u64::MAX
    }

    /// What is wrong with how many there are.
    pub(super) fn wrong_number(&self, n_found: u64) -> Option<String> {
        if n_found == 0 && self.at_least == 1 {
            return Some("the record is missing".to_owned());
        }
        if n_found < self.at_least {
            return Some(format!("there are fewer than {} of the record", self.at_least));
        }
        (n_found > self.at_most)
            .then(|| format!("there are more than {} of the record", self.at_most))
    }
}
