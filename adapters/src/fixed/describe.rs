//! Reading a description of fixed width: every fault of it at once, with its place.
//!
//! | key of the file | says |
//! |---|---|
//! | `character-set` | one of [`crate::charset::SETS`] |
//! | `record-length` | characters of each record; without it, where its last field ends |
//! | `line-ends` | `none` (default), `lf`, `crlf`, `nel` |
//! | `trailing-blanks` | `kept` (default) or `stripped` from the ends of lines |
//! | `type` | `position` and `length` of what tells records apart |
//! | `record` | a list of record types |
//!
//! | key of a record | says |
//! |---|---|
//! | `name`, `type` | its group in the tree; what stands where the type stands |
//! | `role` | `body` (default), `start`, `trailer` |
//! | `inside`, `key` | the record it stands in; fields that both must have in common |
//! | `at-least`, `at-most` | how many there may be, in the record around it or in the file |
//! | `field` | a list of fields |
//!
//! | key of a field | says |
//! |---|---|
//! | `name`, `position`, `length`, `times` | its name; where it begins, from 1, else after the field before; its characters; how often it stands |
//! | `kind` | `text` (default), `digits`, `number`, `date`, `packed`, `binary`, `count`, `sequence`, `constant`, `filler`, `ignored` |
//! | `required`, `absent` | whether it must have a value; a list of what stands for none: `blanks`, `zeros`, `nulls` |
//! | `align`, `pad` | of a text: `left` or `right`; what fills it up |
//! | `decimals`, `mark`, `sign`, `plus`, `pad` | of a number: how many; what stands before them, where they are not implied; `none`, `leading`, `trailing`, `overpunch`; `+`, `blank`, `0`; `0` or `blank` in front |
//! | `form`, `pivot`, `partial` | of a date or time: as `ddMMyy`; where years begin to be 19yy; whether month and day may be zeros |
//! | `of` | of a count: `records`, or a list of names |
//! | `value` | of a constant |

use super::{Content, FixedLayout, Frame, LineEnd, Record, Role, Slot, check, packed};
use crate::{
    charset::CharacterSet,
    field::{Field, FieldKind, FieldTable, NumberForm},
    layout::{FieldName, Layout},
    tree::Names,
};
use sluse_contracts::{
    code,
    settings::{Place, Placed, Table},
};
use std::sync::Arc;

/// Longest record, in characters.
pub(super) const RECORD_LENGTH_MAX: u64 = 65_536;
/// Most types of records in a description.
const RECORDS_MAX: usize = 1_000;
/// Most fields in a record.
const FIELDS_MAX: usize = 5_000;
/// Most repetitions of a field.
const TIMES_MAX: u64 = 10_000;
/// Kinds of fields that are in the tree by their name.
const NAMED: [&str; 8] =
    ["text", "digits", "number", "date", "packed", "binary", "count", "sequence"];

/// What is known of the description while its records are read.
pub(super) struct Described {
    pub(super) set: CharacterSet,
    pub(super) frame: Frame,
    pub(super) record_length: Option<usize>,
    pub(super) type_at: Option<(usize, usize)>,
    pub(super) names: Names,
}

/// A record with what only its checking needs.
pub(super) struct Draft {
    pub(super) record: Record,
    pub(super) place: Place,
    pub(super) inside: Option<Placed<String>>,
    /// Where each slot stands in the file, and the records that a count names.
    pub(super) slots: Vec<(Place, Option<Vec<Placed<String>>>)>,
}

/// Reads the table of a description; nothing where a fault was reported.
pub(crate) fn describe(root: &mut Table<'_>) -> Option<Arc<dyn Layout>> {
    let set: Option<CharacterSet> = root.name("character-set");
    let record_length = root.whole("record-length", 1..=RECORD_LENGTH_MAX);
    let record_length = record_length.and_then(|length| usize::try_from(length).ok());
    let frame = frame(root, set.unwrap_or(CharacterSet::Latin1), record_length);
    let (mut type_at, mut type_is_sound) = (None, true);
    if let Some(mut table) = root.optional_table("type") {
        type_at = position(&mut table).zip(length(&mut table));
        type_is_sound = type_at.is_some();
    }
    if !root.has("record") {
        root.report_missing("record");
    }
    // What is wrong here does not hide what is wrong in the records.
    let mut described = Described {
        set: set.unwrap_or(CharacterSet::Latin1),
        frame: frame.unwrap_or(Frame::Length(0)),
        record_length,
        type_at,
        names: Names::default(),
    };
    let tables = root.tables("record");
    let n_tables = tables.len();
    if n_tables > RECORDS_MAX {
        let sentence = format!("a description has {RECORDS_MAX} records at most");
        root.report("record", code::VALUE_WRONG, sentence);
        return None;
    }
    let drafts: Vec<Draft> =
        tables.into_iter().filter_map(|mut table| draft(&mut described, &mut table)).collect();
    if drafts.len() < n_tables || drafts.is_empty() || !type_is_sound {
        return None;
    }
    let records = check::records(&described, root, drafts)?;
    let (set, frame, names) = (set?, frame?, Arc::new(described.names));
    Some(Arc::new(FixedLayout { names, set, frame, type_at, records }))
}

fn frame(root: &mut Table<'_>, set: CharacterSet, length: Option<usize>) -> Option<Frame> {
    let ends = [
        ("none", None),
        ("lf", Some(LineEnd::Lf)),
        ("crlf", Some(LineEnd::Crlf)),
        ("nel", Some(LineEnd::Nel)),
    ];
    let has_ends = root.has("line-ends");
    let end = root.choice("line-ends", &ends);
    let has_blanks = root.has("trailing-blanks");
    let stripped = root.choice("trailing-blanks", &[("kept", false), ("stripped", true)]);
    if (has_ends && end.is_none()) || (has_blanks && stripped.is_none()) {
        return None;
    }
    let refused = match (end.flatten(), length) {
        (Some(LineEnd::Nel), _) if set.is_ascii_superset() => {
            ("line-ends", code::VALUE_WRONG, "`nel` is a line end of EBCDIC: say lf or crlf")
        }
        (Some(end), _) => return Some(Frame::Lines { end, stripped: stripped.unwrap_or(false) }),
        (None, _) if set == CharacterSet::Utf8 => {
            let sentence = "records in utf-8 need `line-ends`: a character may take several bytes";
            ("character-set", code::VALUE_WRONG, sentence)
        }
        (None, _) if has_blanks => {
            ("trailing-blanks", code::VALUE_WRONG, "`trailing-blanks` takes `line-ends`")
        }
        (None, Some(length)) => return Some(Frame::Length(length)),
        (None, None) if root.has("record-length") => return None,
        (None, None) => {
            let sentence = "records without `line-ends` are parted by `record-length`: say it";
            ("record-length", code::KEY_MISSING, sentence)
        }
    };
    root.report(refused.0, refused.1, refused.2);
    None
}

fn draft(described: &mut Described, table: &mut Table<'_>) -> Option<Draft> {
    let place = table.place();
    let name: Option<FieldName> = table.name("name");
    let type_text = table.optional_text("type");
    let roles = [("body", Role::Body), ("start", Role::Start), ("trailer", Role::Trailer)];
    let role = table.choice("role", &roles).unwrap_or_default();
    let inside = table.optional_placed_text("inside");
    let key: Vec<_> =
        table.texts("key").iter().map(|key| described.names.add(&key.value)).collect();
    let least = u64::from(role == Role::Start);
    let at_least = table.whole("at-least", least..=u64::from(u32::MAX)).unwrap_or(least);
    let at_most = table.whole("at-most", 1..=u64::from(u32::MAX)).unwrap_or(u64::MAX);
    let (mut slots, mut places, mut sound) = (Vec::new(), Vec::new(), true);
    let mut next = 0;
    if !table.has("field") {
        table.report_missing("field");
        sound = false;
    }
    let fields = table.tables("field");
    if fields.len() > FIELDS_MAX {
        let sentence = format!("a record has {FIELDS_MAX} fields at most");
        table.report("field", code::VALUE_WRONG, sentence);
        return None;
    }
    for mut field in fields {
        let read = slot(described, &mut field, next, role);
        sound &= read.is_some();
        let Some((slot, of)) = read else { continue };
        next = slot.start + slot.length * slot.times;
        places.push((field.place(), of));
        slots.push(slot);
    }
    let title = name.filter(|_| sound)?.to_string();
    let record = Record {
        name: described.names.add(&title),
        title,
        type_text,
        role,
        inside: None,
        key,
        at_least,
        at_most,
        is_parent: false,
        length: described.record_length.unwrap_or(next),
        slots,
    };
    Some(Draft { record, place, inside, slots: places })
}

/// A field of a record, and the records that it counts by name.
fn slot(
    described: &mut Described,
    table: &mut Table<'_>,
    next: usize,
    role: Role,
) -> Option<(Slot, Option<Vec<Placed<String>>>)> {
    let kind = table.optional_text("kind").unwrap_or_else(|| "text".to_owned());
    let is_named = NAMED.contains(&&*kind);
    let name: Option<FieldName> = match is_named {
        true => table.name("name"),
        false => table.optional_name("name"),
    };
    let start = if table.has("position") { position(table) } else { Some(next) };
    let times = table.whole("times", 1..=TIMES_MAX).unwrap_or(1);
    let has_length = table.has("length");
    let mut length = if has_length { length(table) } else { table.value("length").and(None) };
    let (content, of) = content(described, table, &kind, role)?;
    let own = match &content {
        Content::Field(field) => field.width(),
        _ => None,
    };
    match (length, own) {
        (Some(length), Some(own)) if length != own => {
            let sentence =
                format!("`length` is {length}, but what is written takes {own} characters");
            table.report("length", code::VALUE_WRONG, sentence);
            return None;
        }
        (None, own) if !has_length => length = own,
        _ => {}
    }
    if length.is_none() && !has_length {
        table.report_missing("length");
    }
    let (start, length, times) = (start?, length?, usize::try_from(times).ok()?);
    check_content(described, table, &content, length)?;
    let title = match name {
        Some(name) => name.to_string(),
        None if is_named => return None,
        None => kind,
    };
    let name = described.names.add(&title);
    Some((Slot { name, title, start, length, times, content }, of))
}

fn content(
    described: &Described,
    table: &mut Table<'_>,
    kind: &str,
    role: Role,
) -> Option<(Content, Option<Vec<Placed<String>>>)> {
    let signed = |table: &mut Table<'_>| table.flag("signed").unwrap_or(true);
    let content = match kind {
        "packed" => {
            let signed = signed(table);
            let required = table.flag("required").unwrap_or(false);
            let mut keys = FieldTable::new(table);
            let (decimals, absent) = (keys.whole("decimals", 0)?, keys.absent_or(&["blanks"])?);
            if absent.zeros {
                let sentence = "a packed number of zeros is zero: say blanks or nulls";
                table.report("absent", code::VALUE_WRONG, sentence);
                return None;
            }
            Content::Packed(packed::Packed { decimals, signed, absent, required })
        }
        "binary" => {
            let signed = signed(table);
            let decimals = FieldTable::new(table).whole("decimals", 0)?;
            Content::Binary(packed::Binary { decimals, signed })
        }
        "count" => {
            let of = counted(table)?;
            let form = FieldTable::new(table).number()?;
            if role != Role::Trailer {
                let sentence = "a count stands in the record with `role = \"trailer\"`";
                table.report("kind", code::VALUE_WRONG, sentence);
                return None;
            }
            return Some((Content::Count { form, of: None }, of));
        }
        "sequence" => Content::Sequence(FieldTable::new(table).number()?),
        "filler" => Content::Filler(FieldTable::new(table).character("pad")?.unwrap_or(' ')),
        "ignored" => Content::Ignored,
        "text" | "digits" | "number" | "date" | "constant" => {
            let mut field = FieldTable::new(table).field(kind)?;
            danish_zeros(described.set, &mut field);
            Content::Field(field)
        }
        _ => {
            let kinds = NAMED.join(", ");
            let sentence = format!("`kind` takes one of: {kinds}, constant, filler, ignored");
            table.report("kind", code::VALUE_WRONG, sentence);
            return None;
        }
    };
    Some((content, None))
}

/// Zones C and D with a zero are `æ` and `å` in the Danish and Norwegian EBCDIC, `{` and `}` in others.
fn danish_zeros(set: CharacterSet, field: &mut Field) {
    if let FieldKind::Number(form) = &mut field.kind
        && !set.is_ascii_superset()
    {
        form.zeros = ['æ', 'å'];
    }
}

/// What a count counts: all records, or those of a list of names.
fn counted(table: &mut Table<'_>) -> Option<Option<Vec<Placed<String>>>> {
    let Some(value) = table.value("of") else {
        table.report_missing("of");
        return None;
    };
    if value.is_list() {
        return Some(Some(value.list().iter().filter_map(|name| name.placed_text()).collect()));
    }
    match value.text()?.as_str() {
        "records" => Some(None),
        _ => {
            value.refuse("`of` is \"records\", for all of them, or a list of names of records");
            None
        }
    }
}

fn check_content(
    described: &Described,
    table: &Table<'_>,
    content: &Content,
    length: usize,
) -> Option<()> {
    let is_bytes = matches!(content, Content::Packed(_) | Content::Binary(_));
    let refused = if is_bytes && described.set == CharacterSet::Utf8 {
        ("kind", "bytes that are no text cannot stand in utf-8")
    } else if is_bytes && matches!(described.frame, Frame::Lines { .. }) {
        ("kind", "bytes that are no text may hold a line end: leave `line-ends` out")
    } else if matches!(content, Content::Binary(_)) && length > 8 {
        ("length", "a binary number has 1 to 8 bytes")
    } else if content.decimals() > content.n_digits(length) {
        ("decimals", "`decimals` are more than the digits that the field has room for")
    } else {
        return Some(());
    };
    table.report(refused.0, code::VALUE_WRONG, refused.1);
    None
}

impl Content {
    /// How many decimals a number has.
    fn decimals(&self) -> usize {
        match self {
            Self::Field(Field { kind: FieldKind::Number(form), .. })
            | Self::Count { form, .. }
            | Self::Sequence(form) => form.decimals,
            Self::Packed(packed) => packed.decimals,
            _ => 0,
        }
    }

    /// How many digits there is room for.
    fn n_digits(&self, length: usize) -> usize {
        match self {
            Self::Packed(_) => (length * 2).saturating_sub(1),
            _ => length,
        }
    }
}

/// Characters before a position, which is counted from 1.
fn position(table: &mut Table<'_>) -> Option<usize> {
    let position = table.whole("position", 1..=RECORD_LENGTH_MAX);
    if position.is_none() && !table.has("position") {
        table.report_missing("position");
    }
    usize::try_from(position? - 1).ok()
}

fn length(table: &mut Table<'_>) -> Option<usize> {
    let length = table.whole("length", 1..=RECORD_LENGTH_MAX);
    if length.is_none() && !table.has("length") {
        table.report_missing("length");
    }
    usize::try_from(length?).ok()
}

/// How a number that reading checks and writing makes is written.
pub(super) fn made(form: &NumberForm) -> Field {
    Field {
        kind: FieldKind::Number(*form),
        absent: crate::field::Absent::default(),
        required: true,
    }
}
