//! From text to tree, without recursion: nesting is bounded by a limit, never by the stack.

use super::{
    decimal::is_huge,
    lexer::{Lexer, Rule},
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
    pub(super) n_values: usize,
}

/// What a text takes on the heap beside its bytes, and the least that it takes: allocators hand out pieces of 16 bytes, keep
/// 8 to themselves, and none is smaller than 32. A document of short numbers is mostly this.
const HEAP_BYTES: usize = 8;
const HEAP_BYTES_LEAST: usize = 32;
/// What a member takes beside its name and value: the hash, and its place in the table of hashes.
const MEMBER_BYTES: usize = 3 * size_of::<usize>();

/// What a text takes on the heap.
fn on_heap(text: &str) -> usize {
    match text.len() {
        0 => 0,
        len => len.saturating_add(HEAP_BYTES).next_multiple_of(16).max(HEAP_BYTES_LEAST),
    }
}

enum Open {
    List(Vec<Value>),
    Object(Map<String, Value>, String),
}

struct Reader<'t> {
    lexer: Lexer<'t>,
    limits: &'t Limits,
    tree_bytes: usize,
    n_values: usize,
    huge_number: bool,
}

pub(super) fn read(text: &str, limits: &Limits) -> Result<Tree, Fault> {
    let mut reader =
        Reader { lexer: Lexer::new(text), limits, tree_bytes: 0, n_values: 0, huge_number: false };
    match reader.document() {
        Ok(value) => {
            let Reader { huge_number, n_values, .. } = reader;
            Ok(Tree { value, huge_number, n_values })
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
        loop {
            let Some(mut value) = self.value(&mut open)? else { continue };
            loop {
                let Some(container) = open.pop() else { return self.end(value) };
                match self.close(container, value)? {
                    Closed::Whole(whole) => value = whole,
                    Closed::Not(container) => {
                        open.push(container);
                        break;
                    }
                }
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
        self.grow(size_of::<Value>())?;
        self.n_values += 1;
        let value = match self.lexer.peek() {
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
        let members = Map::new();
        let name = self.name(&members)?;
        open.push(Open::Object(members, name));
        Ok(None)
    }

    fn open_list(&mut self, open: &mut Vec<Open>) -> Result<Option<Value>, Stop> {
        self.check_depth(open)?;
        self.lexer.take(b'[');
        if self.lexer.take(b']') {
            return Ok(Some(Value::Array(Vec::new())));
        }
        open.push(Open::List(Vec::new()));
        Ok(None)
    }

    fn check_depth(&self, open: &[Open]) -> Result<(), Stop> {
        if open.len() >= self.limits.json_depth_max {
            return Err((FaultKind::TooDeep, None));
        }
        Ok(())
    }

    /// Puts a value into its container, and sees whether that ends.
    fn close(&mut self, container: Open, value: Value) -> Result<Closed, Stop> {
        match container {
            Open::List(mut items) => {
                items.push(value);
                if self.lexer.take(b',') {
                    Ok(Closed::Not(Open::List(items)))
                } else if self.lexer.take(b']') {
                    Ok(Closed::Whole(Value::Array(items)))
                } else {
                    Err(rule("expected `,` or `]` after an item"))
                }
            }
            Open::Object(mut members, name) => {
                members.insert(name, value);
                if self.lexer.take(b',') {
                    let name = self.name(&members)?;
                    Ok(Closed::Not(Open::Object(members, name)))
                } else if self.lexer.take(b'}') {
                    Ok(Closed::Whole(Value::Object(members)))
                } else {
                    Err(rule("expected `,` or `}` after a member"))
                }
            }
        }
    }

    /// A member's name and the colon after it.
    fn name(&mut self, members: &Map<String, Value>) -> Result<String, Stop> {
        if self.lexer.peek() != Some(b'"') {
            return Err(rule("expected the name of a member"));
        }
        let start = self.lexer.offset();
        let name = self.lexer.string().map_err(rule)?;
        if name.len() > self.limits.name_bytes_max {
            return Err((FaultKind::NameTooLong, Some(start)));
        }
        if !self.limits.duplicate_members_allowed && members.contains_key(&*name) {
            return Err((FaultKind::DuplicateMember, Some(start)));
        }
        self.grow(size_of::<String>() + MEMBER_BYTES + on_heap(&name))?;
        if !self.lexer.take(b':') {
            return Err(rule("expected `:` after the name of a member"));
        }
        Ok(name.into_owned())
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
        if self.tree_bytes > self.limits.tree_bytes_max {
            return Err((FaultKind::TreeTooLarge, None));
        }
        Ok(())
    }
}

enum Closed {
    Whole(Value),
    Not(Open),
}

fn rule(rule: Rule) -> Stop {
    (FaultKind::NotWellFormed(rule), None)
}
