//! Functions that take texts apart and put them together (Functions and Operators, sections 7.4 and 7.5).

use super::{Builtin, Gives, argument};
use crate::ast::ExprId;
use crate::cast;
use crate::eval::{Focus, Run};
use crate::fault::Outcome;
use crate::held::Held;
use crate::value::{Atomic, Item, Seq, Text};

pub(super) const TABLE: &[Builtin] = &[
    Builtin::atom("string", 0, 1, Gives::Text, |run, arguments, focus| {
        let item = match arguments.first() {
            None => run.here(focus)?,
            Some(argument) => match run.eval(*argument, focus)?.items() {
                [] => return Ok(Some(Atomic::string(""))),
                [item] => item.clone(),
                _ => return Err(super::TYPE),
            },
        };
        let text = match item {
            Item::Node(node) => run.text_of(node)?,
            Item::Atom(atom) => cast::to_text(atom),
        };
        Ok(Some(Atomic::string(text)))
    }),
    Builtin::atom("concat", 2, usize::MAX, Gives::Text, concat),
    Builtin::new("string-join", 1, 2, Gives::Text, |run, arguments, focus| {
        let separator = if arguments.len() > 1 {
            run.required_text(arguments, 1, focus)?
        } else {
            Text::Borrowed("")
        };
        if !run.program.xpath_3 {
            return run.joined_texts(argument(arguments, 0)?, &separator, focus).map(Seq::string);
        }
        run.joined(argument(arguments, 0)?, &separator, focus).map(Seq::string)
    }),
    Builtin::atom("substring", 2, 3, Gives::Text, substring),
    Builtin::atom("string-length", 0, 1, Gives::Single, |run, arguments, focus| {
        let text = text_or_here(run, arguments, focus)?;
        run.spend(text.len() / 64)?;
        Ok(Some(Atomic::count(text.chars().count())))
    }),
    Builtin::atom("contains", 2, 3, Gives::Boolean, |run, arguments, focus| {
        let (text, part) = pair(run, arguments, focus)?;
        Ok(Some(Atomic::Boolean(text.contains(&*part))))
    }),
    Builtin::atom("starts-with", 2, 3, Gives::Boolean, |run, arguments, focus| {
        let (text, part) = pair(run, arguments, focus)?;
        Ok(Some(Atomic::Boolean(text.starts_with(&*part))))
    }),
    Builtin::atom("ends-with", 2, 3, Gives::Boolean, |run, arguments, focus| {
        let (text, part) = pair(run, arguments, focus)?;
        Ok(Some(Atomic::Boolean(text.ends_with(&*part))))
    }),
    Builtin::atom("substring-before", 2, 3, Gives::Text, |run, arguments, focus| {
        let (text, part) = pair(run, arguments, focus)?;
        let end = text.find(&*part).unwrap_or(0);
        Ok(Some(Atomic::string(slice(&text, 0, end))))
    }),
    Builtin::atom("substring-after", 2, 3, Gives::Text, |run, arguments, focus| {
        let (text, part) = pair(run, arguments, focus)?;
        let start = text.find(&*part).map_or(text.len(), |at| at + part.len());
        Ok(Some(Atomic::string(slice(&text, start, text.len()))))
    }),
    Builtin::new("compare", 2, 3, Gives::Single, |run, arguments, focus| {
        run.check_collation(arguments, 2, focus)?;
        let texts = run.two_texts(arguments, focus)?;
        Ok(texts.map(|(a, b)| Atomic::integer((*a).cmp(&*b) as i128)).into())
    }),
    Builtin::new("default-collation", 0, 0, Gives::Text, |_, _, _| {
        Ok(Seq::string(super::CODEPOINT))
    }),
    Builtin::new("codepoint-equal", 2, 2, Gives::Text, |run, arguments, focus| {
        let texts = run.two_texts(arguments, focus)?;
        Ok(texts.map(|(a, b)| Atomic::Boolean(a == b)).into())
    }),
];

/// Two texts; a third argument may name the code point collation.
fn pair<'a>(
    run: &mut Run<'a>,
    arguments: &'a [ExprId],
    focus: &Focus<'a>,
) -> Outcome<(Text<'a>, Text<'a>)> {
    run.check_collation(arguments, 2, focus)?;
    let text = run.text_argument(arguments, 0, focus)?;
    let part = run.text_argument(arguments, 1, focus)?;
    run.spend(text.len() / 64)?;
    Ok((text, part))
}

pub(super) fn text_or_here<'a>(
    run: &mut Run<'a>,
    arguments: &'a [ExprId],
    focus: &Focus<'a>,
) -> Outcome<Text<'a>> {
    if !arguments.is_empty() {
        return run.text_argument(arguments, 0, focus);
    }
    match run.here(focus)? {
        Item::Node(node) => run.text_of(node),
        Item::Atom(atom) => Ok(cast::to_text(atom)),
    }
}

/// A part of a text, borrowed where the whole is.
pub(super) fn slice<'a>(text: &Text<'a>, start: usize, end: usize) -> Text<'a> {
    match text {
        Text::Borrowed(text) => Text::Borrowed(text.get(start..end).unwrap_or("")),
        text => Text::from(text.get(start..end).unwrap_or("").to_owned()),
    }
}

fn concat<'a>(
    run: &mut Run<'a>,
    arguments: &'a [ExprId],
    focus: &Focus<'a>,
) -> Outcome<Option<Atomic<'a>>> {
    let mut joined = String::new();
    let mut held = Held::default();
    for argument in arguments {
        if let Some(atom) = run.atom(*argument, focus)? {
            let text = cast::to_text(atom);
            run.spend_part(&joined, text.len())?;
            held.add(text.len());
            joined.push_str(&text);
        }
    }
    Ok(Some(Atomic::string(joined)))
}

fn substring<'a>(
    run: &mut Run<'a>,
    arguments: &'a [ExprId],
    focus: &Focus<'a>,
) -> Outcome<Option<Atomic<'a>>> {
    let text = run.text_argument(arguments, 0, focus)?;
    let start = round(run.double_argument(arguments, 1, focus)?);
    let end = if arguments.len() > 2 {
        start + round(run.double_argument(arguments, 2, focus)?)
    } else {
        f64::INFINITY
    };
    run.spend(text.len() / 64)?;
    let mut position = 0f64;
    let (mut from, mut to) = (None, text.len());
    for (at, _) in text.char_indices() {
        position += 1.0;
        let within = position >= start && position < end;
        if within && from.is_none() {
            from = Some(at);
        } else if !within && from.is_some() {
            to = at;
            break;
        }
    }
    let part = from.map_or(Text::Borrowed(""), |from| slice(&text, from, to));
    Ok(Some(Atomic::string(part)))
}

fn round(value: f64) -> f64 {
    (value + 0.5).floor()
}
