//! From text to tree, without recursion: nesting is bounded by a limit, never by the stack.

use super::{
    decimal::is_huge,
    lexer::{Lexer, Rule},
    place::Spot,
};
use crate::payload::Limits;
use serde_json::{Map, Number, Value};

/// Why there is no tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FaultKind {
    NotWellFormed(Rule),
    DuplicateMember,
    TooDeep,
    TreeTooLarge,
    NameTooLong,
    NumberTooLong,
    Empty,
}

/// A fault at a byte offset of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) kind: FaultKind,
    pub(super) offset: usize,
}

/// A tree, and whether it holds a number whose exponent has more digits than can be compared.
pub(super) struct Tree {
    pub(super) value: Value,
    pub(super) huge_number: bool,
    /// Of each value, in the order of the text.
    pub(super) spots: Vec<Spot>,
}

/// What a text takes on the heap beside its bytes, and the least that it takes: allocators hand out pieces of 16 bytes, keep
/// 8 to themselves, and none is smaller than 32. A document of short numbers is mostly this.
const HEAP_BYTES: usize = 8;
const HEAP_BYTES_LEAST: usize = 32;
/// What a member takes beside its name and value: the hash, and its place in the table of hashes.
const MEMBER_BYTES: usize = 3 * size_of::<usize>();
/// Most members that an object is given room for before any is read.
const ROOM_MAX: usize = 16;

/// How long the text of a value and the name before it are, about; and the most values that there is room for before any is
/// read. As much that is not used is kept.
const VALUE_TEXT_BYTES: usize = 24;
const VALUES_ROOM_MAX: usize = 512;

/// What a value takes beside what it holds: itself, and where it stands.
const VALUE_BYTES: usize = size_of::<Value>() + size_of::<Spot>();

/// What a text takes on the heap.
fn on_heap(text: &str) -> usize {
    match text.len() {
        0 => 0,
        len => len.saturating_add(HEAP_BYTES).next_multiple_of(16).max(HEAP_BYTES_LEAST),
    }
}

/// A list or object that is being read.
struct Open {
    /// How many values stand before it.
    number: usize,
    parts: Parts,
}

enum Parts {
    Items(Vec<Value>),
    /// With the name of the member whose value is being read, where that stands, and what all names would take once more.
    Members(Map<String, Value>, Option<(String, usize)>, usize),
}

struct Reader<'t> {
    lexer: Lexer<'t>,
    limits: &'t Limits,
    tree_bytes: usize,
    /// The most that the names of one object take: who judges may gather those that are too many.
    names_bytes_most: usize,
    spots: Vec<Spot>,
    /// How many members the last object of each depth had, up to `ROOM_MAX`: the next is likely to have as many.
    room: Vec<usize>,
    huge_number: bool,
}

pub(super) fn read(text: &str, limits: &Limits) -> Result<Tree, Fault> {
    // The text is kept as long as the tree is: places are looked up in it.
    let mut reader = Reader {
        lexer: Lexer::new(text),
        limits,
        tree_bytes: text.len(),
        names_bytes_most: 0,
        spots: Vec::with_capacity((text.len() / VALUE_TEXT_BYTES).min(VALUES_ROOM_MAX)),
        room: Vec::new(),
        huge_number: false,
    };
    match reader.document() {
        Ok(value) => {
            let Reader { huge_number, mut spots, .. } = reader;
            if spots.capacity() - spots.len() > VALUES_ROOM_MAX {
                spots.shrink_to_fit();
            }
            Ok(Tree { value, huge_number, spots })
        }
        Err((kind, offset)) => {
            Err(Fault { kind, offset: offset.unwrap_or_else(|| reader.lexer.offset()) })
        }
    }
}

/// A fault, and its offset where that is not where reading stopped.
type Stop = (FaultKind, Option<usize>);

impl Reader<'_> {
    fn document(&mut self) -> Result<Value, Stop> {
        if self.lexer.peek().is_none() {
            return Err((FaultKind::Empty, None));
        }
        let mut open: Vec<Open> = Vec::new();
        let read = self.values(&mut open);
        read.map_err(|stop| self.first_fault(stop, &open))
    }

    /// A name that stands twice is seen when its value is whole. Where reading stops before that, the name came first.
    fn first_fault(&self, stop: Stop, open: &[Open]) -> Stop {
        let twice = open.iter().find_map(|container| match &container.parts {
            Parts::Members(members, Some((name, at)), _) if members.contains_key(name) => Some(*at),
            _ => None,
        });
        match twice.filter(|_| !self.limits.duplicate_members_allowed) {
            Some(at) => (FaultKind::DuplicateMember, Some(at)),
            None => stop,
        }
    }

    fn values(&mut self, open: &mut Vec<Open>) -> Result<Value, Stop> {
        loop {
            let Some(mut value) = self.value(open)? else { continue };
            loop {
                let Some(container) = open.last_mut() else { return self.end(value) };
                if !self.put(container, value)? {
                    break;
                }
                let Some(whole) = open.pop() else { return Err(rule("expected a value")) };
                let n_values = self.spots.len();
                if let Some(spot) = self.spots.get_mut(whole.number) {
                    spot.close(n_values);
                }
                value = match whole.parts {
                    Parts::Items(items) => Value::Array(items),
                    Parts::Members(members, ..) => {
                        self.note_room(open.len(), members.len())?;
                        Value::Object(members)
                    }
                };
            }
        }
    }

    fn end(&mut self, value: Value) -> Result<Value, Stop> {
        match self.lexer.peek() {
            None => Ok(value),
            Some(_) => Err(rule("something follows the end of the document")),
        }
    }

    /// A value without parts, or an empty one; nothing where a list or object was opened.
    fn value(&mut self, open: &mut Vec<Open>) -> Result<Option<Value>, Stop> {
        self.grow(VALUE_BYTES)?;
        let first = self.lexer.peek();
        let start = match open.last() {
            Some(Open { parts: Parts::Members(_, Some((_, at)), _), .. }) => *at,
            _ => self.lexer.offset(),
        };
        self.spots.push(Spot::new(start, self.spots.len()));
        let value = match first {
            Some(b'{') => return self.open_object(open),
            Some(b'[') => return self.open_list(open),
            Some(b'"') => {
                let text = self.lexer.string().map_err(rule)?.into_owned();
                self.grow(on_heap(&text))?;
                Value::String(text)
            }
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(b't') if self.lexer.word("true") => Value::Bool(true),
            Some(b'f') if self.lexer.word("false") => Value::Bool(false),
            Some(b'n') if self.lexer.word("null") => Value::Null,
            Some(_) => return Err(rule("expected a value")),
            None => return Err(rule("the document breaks off here")),
        };
        Ok(Some(value))
    }

    fn open_object(&mut self, open: &mut Vec<Open>) -> Result<Option<Value>, Stop> {
        self.check_depth(open)?;
        self.lexer.take(b'{');
        if self.lexer.take(b'}') {
            return Ok(Some(Value::Object(Map::new())));
        }
        let name = self.name()?;
        let names_bytes = self.after_name(&name.0, 0)?;
        let room = self.room.get(open.len()).copied().unwrap_or(0);
        let members = Map::with_capacity(room);
        open.push(self.open(Parts::Members(members, Some(name), names_bytes)));
        Ok(None)
    }

    fn open_list(&mut self, open: &mut Vec<Open>) -> Result<Option<Value>, Stop> {
        self.check_depth(open)?;
        self.lexer.take(b'[');
        if self.lexer.take(b']') {
            return Ok(Some(Value::Array(Vec::new())));
        }
        open.push(self.open(Parts::Items(Vec::new())));
        Ok(None)
    }

    /// The value that was begun last, with its parts to come.
    fn open(&self, parts: Parts) -> Open {
        Open { number: self.spots.len().saturating_sub(1), parts }
    }

    /// Notes how many members an object had. What it had room for and did not need counts as well.
    fn note_room(&mut self, depth: usize, n_members: usize) -> Result<(), Stop> {
        if self.room.len() <= depth {
            self.room.resize(depth + 1, 0);
        }
        let Some(room) = self.room.get_mut(depth) else { return Ok(()) };
        let unused = room.saturating_sub(n_members);
        *room = n_members.min(ROOM_MAX);
        self.grow(unused * (MEMBER_BYTES + size_of::<(String, Value)>()))
    }

    fn check_depth(&self, open: &[Open]) -> Result<(), Stop> {
        if open.len() >= self.limits.json_depth_max {
            return Err((FaultKind::TooDeep, None));
        }
        Ok(())
    }

    /// Puts a value into its container, and says whether that ends.
    fn put(&mut self, container: &mut Open, value: Value) -> Result<bool, Stop> {
        match &mut container.parts {
            Parts::Items(items) => {
                items.push(value);
                if self.lexer.take(b',') {
                    Ok(false)
                } else if self.lexer.take(b']') {
                    Ok(true)
                } else {
                    Err(rule("expected `,` or `]` after an item"))
                }
            }
            Parts::Members(members, name, names_bytes) => {
                let Some((name_of_value, at)) = name.take() else {
                    return Err(rule("expected a value"));
                };
                let before = members.insert(name_of_value, value);
                if before.is_some() && !self.limits.duplicate_members_allowed {
                    return Err((FaultKind::DuplicateMember, Some(at)));
                }
                if self.lexer.take(b',') {
                    let (next, _) = name.insert(self.name()?);
                    *names_bytes = self.after_name(next, *names_bytes)?;
                    Ok(false)
                } else if self.lexer.take(b'}') {
                    Ok(true)
                } else {
                    Err(rule("expected `,` or `}` after a member"))
                }
            }
        }
    }

    /// A member's name, and where it stands.
    fn name(&mut self) -> Result<(String, usize), Stop> {
        if self.lexer.peek() != Some(b'"') {
            return Err(rule("expected the name of a member"));
        }
        let start = self.lexer.offset();
        let name = self.lexer.string().map_err(rule)?;
        if name.len() > self.limits.name_bytes_max {
            return Err((FaultKind::NameTooLong, Some(start)));
        }
        Ok((name.into_owned(), start))
    }

    /// The colon after a member's name. Gives what the names of its object would take once more, this one added to those before.
    fn after_name(&mut self, name: &str, before: usize) -> Result<usize, Stop> {
        let name_bytes = size_of::<String>() + on_heap(name);
        let names_bytes = before.saturating_add(name_bytes);
        self.names_bytes_most = self.names_bytes_most.max(names_bytes);
        self.grow(MEMBER_BYTES + name_bytes)?;
        match self.lexer.take(b':') {
            true => Ok(names_bytes),
            false => Err(rule("expected `:` after the name of a member")),
        }
    }

    fn number(&mut self) -> Result<Number, Stop> {
        let start = self.lexer.offset();
        let text = self.lexer.number().map_err(rule)?;
        if text.len() > self.limits.number_bytes_max {
            return Err((FaultKind::NumberTooLong, Some(start)));
        }
        self.grow(on_heap(text))?;
        self.huge_number |= is_huge(text);
        // Kept as it is written: a parser of numbers would write exponents in its own way.
        Ok(Number::from_string_unchecked(text.to_owned()))
    }

    fn grow(&mut self, bytes: usize) -> Result<(), Stop> {
        self.tree_bytes = self.tree_bytes.saturating_add(bytes);
        let taken = self.tree_bytes.saturating_add(self.names_bytes_most);
        if taken > self.limits.tree_bytes_max {
            return Err((FaultKind::TreeTooLarge, None));
        }
        Ok(())
    }
}

fn rule(rule: Rule) -> Stop {
    (FaultKind::NotWellFormed(rule), None)
}
