//! Functions that change texts as a whole (Functions and Operators, sections 7.2 and 7.4).

use super::string::{slice, text_or_here};
use super::{Builtin, Gives, argument};
use crate::ast::ExprId;
use crate::cast;
use crate::eval::{Focus, GO_ON, Run};
use crate::fault::{Code, Fault, Outcome};
use crate::normal_form::NormalForm;
use crate::value::{Atomic, Item, Seq, Text};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;

const NOT_A_CHARACTER: Fault = Fault::new(Code::Foch0001, "The code point is not a character.");

pub(super) const TABLE: &[Builtin] = &[
    Builtin::atom("normalize-space", 0, 1, Gives::Text, |run, arguments, focus| {
        let text = text_or_here(run, arguments, focus)?;
        run.spend(text.len() / 64)?;
        Ok(Some(Atomic::string(match &text {
            Text::Borrowed(borrowed) => Text::from(cast::normalize_space(borrowed)),
            shared => match cast::normalize_space(shared) {
                Cow::Borrowed(same) if same.len() == shared.len() => text,
                changed => Text::from(changed.into_owned()),
            },
        })))
    }),
    Builtin::atom("upper-case", 1, 1, Gives::Text, |run, arguments, focus| {
        let text = run.text_argument(arguments, 0, focus)?;
        run.spend_text(text.len())?;
        let changes = text.bytes().any(|b| b.is_ascii_lowercase() || !b.is_ascii());
        Ok(Some(Atomic::string(if changes { Text::from(text.to_uppercase()) } else { text })))
    }),
    Builtin::atom("lower-case", 1, 1, Gives::Text, |run, arguments, focus| {
        let text = run.text_argument(arguments, 0, focus)?;
        run.spend_text(text.len())?;
        let changes = text.bytes().any(|b| b.is_ascii_uppercase() || !b.is_ascii());
        Ok(Some(Atomic::string(if changes { Text::from(text.to_lowercase()) } else { text })))
    }),
    Builtin::new("translate", 3, 3, Gives::Text, translate),
    Builtin::new("string-to-codepoints", 1, 1, Gives::Atoms, |run, arguments, focus| {
        let text = run.text_argument(arguments, 0, focus)?;
        let mut items = Vec::new();
        for c in text.chars() {
            run.grow(items.len())?;
            items.push(Item::Atom(Atomic::integer(i128::from(u32::from(c)))));
        }
        Ok(items.into())
    }),
    Builtin::new("codepoints-to-string", 1, 1, Gives::Text, |run, arguments, focus| {
        let mut text = String::new();
        let _ = run.visit(argument(arguments, 0)?, focus, &mut |run, item| {
            let atom = run.atomize(item)?;
            let atom = if let Atomic::Untyped(_) = atom {
                cast::cast(atom, crate::types::AtomType::Integer)?
            } else {
                atom
            };
            let Atomic::Integer(code, _) = atom else { return Err(super::TYPE) };
            let c = u32::try_from(code).ok().and_then(char::from_u32).filter(|c| is_xml_char(*c));
            run.spend_part(&text, 4)?;
            text.push(c.ok_or(NOT_A_CHARACTER)?);
            Ok(GO_ON)
        })?;
        Ok(Seq::string(text))
    }),
    Builtin::new("normalize-unicode", 1, 2, Gives::Text, normalize_unicode),
    Builtin::new("encode-for-uri", 1, 1, Gives::Text, |run, arguments, focus| {
        let keeps = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
        escape(run, arguments, focus, &keeps)
    }),
    Builtin::new("iri-to-uri", 1, 1, Gives::Text, |run, arguments, focus| {
        let escapes = |b: u8| !(0x21..=0x7E).contains(&b) || b"<>\" {}|\\^`".contains(&b);
        escape(run, arguments, focus, &|b| !escapes(b))
    }),
    Builtin::new("escape-html-uri", 1, 1, Gives::Text, |run, arguments, focus| {
        escape(run, arguments, focus, &|b| (0x20..=0x7E).contains(&b))
    }),
];

fn normalize_unicode<'a>(
    run: &mut Run<'a>,
    arguments: &'a [ExprId],
    focus: &Focus<'a>,
) -> Outcome<Seq<'a>> {
    let text = run.text_argument(arguments, 0, focus)?;
    let form =
        if arguments.len() > 1 { run.required_text(arguments, 1, focus)? } else { "NFC".into() };
    let form = form.trim().to_uppercase();
    if form.is_empty() {
        return Ok(Seq::string(text));
    }
    let form = NormalForm::of(&form).ok_or(Fault::new(
        Code::Foch0003,
        "There is no such normalization form, or it is not supported.",
    ))?;
    // ASCII is its own normal form in each of the four.
    if text.is_ascii() {
        return Ok(Seq::string(text));
    }
    let mut normal = String::with_capacity(text.len());
    for c in form.chars(&text) {
        run.spend_part(&normal, 4)?;
        normal.push(c);
    }
    Ok(Seq::string(normal))
}

fn translate<'a>(
    run: &mut Run<'a>,
    arguments: &'a [ExprId],
    focus: &Focus<'a>,
) -> Outcome<Seq<'a>> {
    let text = run.text_argument(arguments, 0, focus)?;
    let from = run.required_text(arguments, 1, focus)?;
    let to = run.required_text(arguments, 2, focus)?;
    run.spend_text(text.len() + from.len() + to.len())?;
    if text.is_empty() || !text.contains(|c| from.contains(c)) {
        return Ok(Seq::string(slice(&text, 0, text.len())));
    }
    let mut map: HashMap<char, Option<char>> = HashMap::new();
    let mut targets = to.chars();
    for c in from.chars() {
        let target = targets.next();
        map.entry(c).or_insert(target);
    }
    let translated: String =
        text.chars().filter_map(|c| map.get(&c).copied().unwrap_or(Some(c))).collect();
    Ok(Seq::string(translated))
}

fn escape<'a>(
    run: &mut Run<'a>,
    arguments: &'a [ExprId],
    focus: &Focus<'a>,
    keeps: &dyn Fn(u8) -> bool,
) -> Outcome<Seq<'a>> {
    let text = run.text_argument(arguments, 0, focus)?;
    run.spend_text(text.len() * 3)?;
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if keeps(byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    Ok(Seq::string(escaped))
}

/// The characters that XML 1.0 allows.
fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}
