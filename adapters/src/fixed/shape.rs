//! What may stand in the trees of a description of fixed width.

use super::{Content, FixedLayout, Record, Role, Slot};
use crate::{
    field::{Field, FieldKind},
    shape::{Holds, Part, ValueShape, What},
};

pub(super) fn of(layout: &FixedLayout) -> Vec<Part> {
    let outermost = layout.records.iter().enumerate().filter(|(_, record)| record.inside.is_none());
    outermost.map(|(at, record)| group(layout, at, record)).collect()
}

fn group(layout: &FixedLayout, at: usize, record: &Record) -> Part {
    let in_tree = record.slots.iter().filter(|slot| slot.is_in_tree());
    let mut parts: Vec<Part> = in_tree.map(|slot| value(record, slot)).collect();
    let within = layout.records.iter().enumerate().filter(|(_, each)| each.inside == Some(at));
    parts.extend(within.map(|(at, record)| group(layout, at, record)));
    let times = match record.inside {
        Some(_) => (record.at_least, record.at_most),
        // A unit is one of them; what stands around units must be there.
        None => (u64::from(record.role != Role::Body), 1),
    };
    Part::group(&*record.title, times, parts)
}

fn value(record: &Record, slot: &Slot) -> Part {
    let (mut least, most) = (0, slot.times as u64);
    let mut shape = ValueShape { length_max: Some(slot.length), ..ValueShape::default() };
    match &slot.content {
        Content::Field(field) => {
            least = if field.required { most } else { 0 };
            of_field(field, slot.length, &mut shape);
        }
        Content::Packed(packed) => {
            least = if packed.required { most } else { 0 };
            shape.length_max = Some((slot.length * 2).saturating_sub(1));
            shape.holds = Holds::Number { decimals: packed.decimals, signed: packed.signed };
        }
        Content::Binary(binary) => {
            least = most;
            // The digits of the largest number of so many bytes.
            shape.length_max = Some((slot.length * 8 * 302) / 1_000 + 1);
            shape.holds = Holds::Number { decimals: binary.decimals, signed: binary.signed };
        }
        Content::Count { form, .. } | Content::Sequence(form) => {
            shape.is_made = true;
            shape.holds = Holds::Number { decimals: form.decimals, signed: false };
        }
        Content::Filler(_) | Content::Ignored => {}
    }
    // What both records have in common is written from the one around.
    if record.key.contains(&slot.name) {
        least = 0;
    }
    Part { name: slot.title.clone(), is_attribute: false, least, most, what: What::Value(shape) }
}

/// What a field says of its value.
pub(crate) fn of_field(field: &Field, length: usize, shape: &mut ValueShape) {
    match &field.kind {
        FieldKind::Text(_) => {}
        FieldKind::Digits => {
            shape.holds = Holds::Digits;
            shape.length_min = length;
        }
        FieldKind::Number(form) => {
            shape.holds = Holds::Number { decimals: form.decimals, signed: form.is_signed() };
            shape.length_max = Some(form.digits_max(length));
        }
        FieldKind::Moment(_) => {
            shape.holds = Holds::Moment;
            shape.length_max = None;
        }
        FieldKind::Constant(text) => shape.codes = vec![text.to_string()],
    }
}
