//! The functions of XPath (Functions and Operators), one table in each file, and those of XSLT that rule sets call.
//!
//! A function takes its arguments unevaluated, so that `exists`, `count` and the like need not make sequences.

mod aggregate;
mod boolean;
pub(crate) mod compatible;
mod date;
mod name;
mod node;
mod number;
mod regex;
mod sequence;
mod string;
mod text;

pub(crate) use number::round_or_abs;

use crate::ast::ExprId;
use crate::cast;
use crate::eval::{Focus, Run};
use crate::fault::{Code, Fault, Outcome};
use crate::value::{Atomic, Seq, Text};

/// What a function does with its arguments in a focus.
type Sequences = for<'a> fn(&mut Run<'a>, &'a [ExprId], &Focus<'a>) -> Outcome<Seq<'a>>;
/// The same, of a function that gives at most one atomic value.
type Atoms = for<'a> fn(&mut Run<'a>, &'a [ExprId], &Focus<'a>) -> Outcome<Option<Atomic<'a>>>;

/// A number of arguments in words.
pub(crate) fn counted(arguments: usize) -> String {
    match arguments {
        0 => "no argument".to_owned(),
        1 => "one argument".to_owned(),
        many => format!("{many} arguments"),
    }
}

/// What a function does.
#[derive(Clone, Copy)]
pub(crate) enum Body {
    Sequence(Sequences),
    Atom(Atoms),
}

/// What a function gives, as far as it is always so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gives {
    /// One boolean.
    Boolean,
    /// At most one value that is no number.
    Text,
    /// Values that are no numbers.
    Texts,
    /// At most one atomic value.
    Single,
    /// Atomic values.
    Atoms,
    /// At most one node.
    Node,
    /// Anything.
    Any,
}

/// A function: its name, how many arguments it takes, what it gives.
pub(crate) struct Builtin {
    pub(crate) name: &'static str,
    least: usize,
    most: usize,
    pub(crate) gives: Gives,
    pub(crate) run: Body,
}

impl Builtin {
    const fn new(
        name: &'static str,
        least: usize,
        most: usize,
        gives: Gives,
        run: Sequences,
    ) -> Self {
        Self { name, least, most, gives, run: Body::Sequence(run) }
    }

    /// How many arguments it takes, in words.
    pub(crate) fn arity(&self) -> String {
        match (self.least, self.most) {
            (least, most) if least == most => counted(least),
            (least, usize::MAX) => format!("{} or more", counted(least)),
            (least, most) => format!("{least} to {most} arguments"),
        }
    }

    /// A function that makes no sequence.
    const fn atom(name: &'static str, least: usize, most: usize, gives: Gives, run: Atoms) -> Self {
        Self { name, least, most, gives, run: Body::Atom(run) }
    }

    /// The value of a call.
    pub(crate) fn call<'a>(
        &self,
        run: &mut Run<'a>,
        arguments: &'a [ExprId],
        focus: &Focus<'a>,
    ) -> Outcome<Seq<'a>> {
        match self.run {
            Body::Sequence(body) => body(run, arguments, focus),
            Body::Atom(body) => body(run, arguments, focus).map(Seq::from),
        }
    }

    pub(crate) fn takes(&self, count: usize) -> bool {
        (self.least..=self.most).contains(&count)
    }
}

impl PartialEq for Builtin {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Builtin {}

impl std::hash::Hash for Builtin {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl std::fmt::Debug for Builtin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

const TABLES: [&[Builtin]; 10] = [
    aggregate::TABLE,
    boolean::TABLE,
    date::TABLE,
    name::TABLE,
    node::TABLE,
    number::TABLE,
    regex::TABLE,
    sequence::TABLE,
    string::TABLE,
    text::TABLE,
];

/// Functions of the recommendations that need what this crate does not have: other documents, or a schema.
pub(crate) const UNSUPPORTED: [&str; 17] = [
    "doc",
    "doc-available",
    "document",
    "collection",
    "id",
    "idref",
    "key",
    "unparsed-text",
    "unparsed-text-available",
    "generate-id",
    "system-property",
    "element-available",
    "function-available",
    "type-available",
    "unparsed-entity-uri",
    "unparsed-entity-public-id",
    "resolve-uri",
];

/// Whether a call with so many arguments is of XPath 3.0, not 2.0.
pub(crate) fn is_of_xpath_3(name: &str, arguments: usize) -> bool {
    matches!(
        (name, arguments),
        ("round", 2) | ("string-join", 1) | ("head" | "tail" | "has-children", _)
    )
}

/// Finds a function by its local name.
pub(crate) fn find(name: &str) -> Option<&'static Builtin> {
    TABLES.iter().flat_map(|table| table.iter()).find(|builtin| builtin.name == name)
}

/// The one collation that is known: texts compare by their code points.
const CODEPOINT: &str = "http://www.w3.org/2005/xpath-functions/collation/codepoint";

const TYPE: Fault =
    Fault::new(Code::Xpty0004, "An argument is not of the type that the function takes.");

/// A number; untyped text is a double.
fn numeric(atom: Option<Atomic<'_>>) -> Outcome<Option<Atomic<'_>>> {
    match atom {
        None => Ok(None),
        Some(untyped @ Atomic::Untyped(_)) => Ok(Some(Atomic::Double(cast::double(&untyped)?))),
        Some(atom) if atom.is_numeric() => Ok(Some(atom)),
        Some(_) => Err(TYPE),
    }
}

/// The argument at a place.
fn argument(arguments: &[ExprId], at: usize) -> Outcome<ExprId> {
    arguments.get(at).copied().ok_or(Fault::new(Code::Xpst0017, "An argument is missing."))
}

impl<'a> Run<'a> {
    /// An argument of type `xs:string?`; an empty sequence is the empty text.
    fn text_argument(
        &mut self,
        arguments: &[ExprId],
        at: usize,
        focus: &Focus<'a>,
    ) -> Outcome<Text<'a>> {
        Ok(self.text_or_none(arguments, at, focus)?.unwrap_or(Text::Borrowed("")))
    }

    fn text_or_none(
        &mut self,
        arguments: &[ExprId],
        at: usize,
        focus: &Focus<'a>,
    ) -> Outcome<Option<Text<'a>>> {
        match self.atom(argument(arguments, at)?, focus)? {
            None => Ok(None),
            Some(Atomic::String(text, _) | Atomic::Untyped(text) | Atomic::AnyUri(text)) => {
                Ok(Some(text))
            }
            Some(_) => Err(TYPE),
        }
    }

    /// An argument of type `xs:string`: an empty sequence is a type error.
    fn required_text(
        &mut self,
        arguments: &[ExprId],
        at: usize,
        focus: &Focus<'a>,
    ) -> Outcome<Text<'a>> {
        self.text_or_none(arguments, at, focus)?.ok_or(TYPE)
    }

    /// The argument's atomic value, or that of the context item where it is left out.
    fn atom_or_here(
        &mut self,
        arguments: &[ExprId],
        focus: &Focus<'a>,
    ) -> Outcome<Option<Atomic<'a>>> {
        match arguments.first() {
            Some(argument) => self.atom(*argument, focus),
            None => {
                let item = self.here(focus)?;
                self.atomize(item).map(Some)
            }
        }
    }

    /// A numeric argument: untyped text is a double.
    fn numeric_argument(
        &mut self,
        arguments: &[ExprId],
        at: usize,
        focus: &Focus<'a>,
    ) -> Outcome<Option<Atomic<'a>>> {
        numeric(self.atom(argument(arguments, at)?, focus)?)
    }

    /// An argument of type `xs:double`.
    fn double_argument(
        &mut self,
        arguments: &[ExprId],
        at: usize,
        focus: &Focus<'a>,
    ) -> Outcome<f64> {
        let atom = self.numeric_argument(arguments, at, focus)?.ok_or(TYPE)?;
        cast::double(&atom)
    }

    /// Two arguments of type `xs:string?`: both are looked at, even where one is empty.
    fn two_texts(
        &mut self,
        arguments: &[ExprId],
        focus: &Focus<'a>,
    ) -> Outcome<Option<(Text<'a>, Text<'a>)>> {
        let first = self.text_or_none(arguments, 0, focus)?;
        let second = self.text_or_none(arguments, 1, focus)?;
        Ok(first.zip(second))
    }

    /// A collation argument: only the code point collation is known.
    fn check_collation(
        &mut self,
        arguments: &[ExprId],
        at: usize,
        focus: &Focus<'a>,
    ) -> Outcome<()> {
        if arguments.len() <= at || &*self.required_text(arguments, at, focus)? == CODEPOINT {
            return Ok(());
        }
        Err(Fault::new(Code::Foch0002, "The collation is not known."))
    }
}

#[cfg(test)]
mod tests {
    use super::{TABLES, UNSUPPORTED};
    use std::collections::BTreeSet;

    const PAGE: &str = include_str!("../../../../gateway/docs/xpath-and-schematron.md");

    /// The words in backticks between a heading and what ends its part.
    fn words(heading: &str, end: &str) -> BTreeSet<&'static str> {
        let (_, part) = PAGE.split_once(heading).expect("the manual has the heading");
        let (part, _) = part.split_once(end).expect("the part has an end");
        part.split('`').skip(1).step_by(2).collect()
    }

    #[test]
    fn the_manual_names_every_function_and_no_other() {
        let known: BTreeSet<_> = TABLES.iter().copied().flatten().map(|each| each.name).collect();
        assert_eq!(words("\n## Functions\n", "\nWhere they differ"), known);
        let refused: BTreeSet<_> = UNSUPPORTED.into_iter().collect();
        assert_eq!(words("\n## Functions that are a fault\n", "\n## "), refused);
        assert!(known.is_disjoint(&refused));
    }
}
