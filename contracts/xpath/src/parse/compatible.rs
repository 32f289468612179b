//! XPath 1.0 compatibility mode: conversions put around operands and arguments (XPath 2.0, sections 3.1.5, 3.4 and 3.5.2).
//!
//! What an expression asks of XPath 2.0 alone is read as ever; the functions of XPath 1.0 convert what they are given.

use super::{Binary, Parsed, Parser};
use crate::ast::{ExprId, Node, Predicate, PredicateKind};
use crate::functions::Builtin;
use crate::functions::compatible::{NUMBER, OPERAND, STRING};
use crate::lex::Kind;
use crate::program::Builder;

/// How the arguments of a function are converted; the last way holds for all that follow.
#[derive(Clone, Copy)]
enum Way {
    /// To text.
    Text,
    /// To a number.
    Number,
    /// The first item of it.
    First,
    /// Each item to a number.
    Numbers,
    /// As it is.
    AsIs,
}

/// The functions of XPath 1.0 and XSLT 1.0 that convert arguments, and those of XPath 2.0 that take text.
fn ways(function: &str) -> &'static [Way] {
    match function {
        "concat" | "contains" | "starts-with" | "ends-with" | "substring-before"
        | "substring-after" | "translate" | "string-length" | "normalize-space" | "upper-case"
        | "lower-case" | "matches" | "replace" | "tokenize" => &[Way::Text],
        "substring" => &[Way::Text, Way::Number],
        "round" | "floor" | "ceiling" | "abs" => &[Way::Number],
        "format-number" => &[Way::Number, Way::Text],
        "sum" => &[Way::Numbers, Way::AsIs],
        "name" | "local-name" | "namespace-uri" | "lang" => &[Way::First],
        _ => &[Way::AsIs],
    }
}

/// Whether XPath 1.0, section 4, or XSLT 1.0, section 12, has the function.
pub(super) fn is_function_of_xpath_1(name: &str) -> bool {
    const FUNCTIONS: [&str; 37] = [
        "boolean",
        "ceiling",
        "concat",
        "contains",
        "count",
        "current",
        "document",
        "element-available",
        "false",
        "floor",
        "format-number",
        "function-available",
        "generate-id",
        "id",
        "key",
        "lang",
        "last",
        "local-name",
        "name",
        "namespace-uri",
        "node",
        "normalize-space",
        "not",
        "number",
        "position",
        "round",
        "starts-with",
        "string",
        "string-length",
        "substring",
        "substring-after",
        "substring-before",
        "sum",
        "system-property",
        "translate",
        "true",
        "unparsed-entity-uri",
    ];
    FUNCTIONS.binary_search(&name).is_ok()
}

impl Parser<'_> {
    /// Whether the operator that stands here is one of XPath 1.0.
    pub(super) fn is_operator_of_xpath_1(&self) -> bool {
        match self.kind() {
            Kind::Symbol(symbol) => !matches!(symbol, "<<" | ">>"),
            Kind::Name(None, word) => matches!(word, "or" | "and" | "div" | "mod"),
            _ => false,
        }
    }

    pub(super) fn call_compatibly(
        &mut self,
        builtin: &'static Builtin,
        mut arguments: Vec<ExprId>,
    ) -> Parsed {
        let conversion = match builtin.name {
            "string" => Some(&STRING),
            "number" => Some(&NUMBER),
            _ => None,
        };
        if let Some(conversion) = conversion {
            return match arguments.first() {
                Some(argument) => self.converted(conversion, *argument),
                None if builtin.name == "number" => self.push(Node::Call(&NUMBER, Box::default())),
                None => self.push(Node::Call(builtin, Box::default())),
            };
        }
        let ways = ways(builtin.name);
        for (at, argument) in arguments.iter_mut().enumerate() {
            let way = ways.get(at).or(ways.last()).copied().unwrap_or(Way::AsIs);
            *argument = match way {
                Way::Text => self.converted(&STRING, *argument)?,
                Way::Number => self.converted(&NUMBER, *argument)?,
                Way::First => first(self.builder, *argument, 0)?,
                Way::Numbers => {
                    let number = self.push(Node::Call(&NUMBER, Box::default()))?;
                    self.push(Node::Each(*argument, number))?
                }
                Way::AsIs => *argument,
            };
        }
        self.push(Node::Call(builtin, arguments.into()))
    }

    pub(super) fn operate_compatibly(
        &mut self,
        left: ExprId,
        operator: &Binary,
        right: ExprId,
    ) -> Parsed {
        match operator {
            Binary::General(op) => self.push(Node::Compatible(*op, left, right)),
            Binary::Arithmetic(op) => {
                let (left, right) = (self.operand(left)?, self.operand(right)?);
                self.push(Node::Arithmetic(*op, left, right))
            }
            _ => Err(self.fault("This operator has no meaning of XPath 1.0.")),
        }
    }

    /// The right side of `=` and `!=`, which hold less tightly than `<` and its like (XPath 1.0, section 3.4).
    pub(super) fn ordered(&mut self, first: ExprId, precedence: u8) -> Parsed {
        let mut left = first;
        while let Some((_, operator @ Binary::General(op), tokens)) = self.operator() {
            if !op.is_order() {
                break;
            }
            self.at += tokens;
            let right = self.binary(precedence + 1)?;
            left = self.operate_compatibly(left, &operator, right)?;
        }
        Ok(left)
    }

    pub(super) fn operand(&mut self, operand: ExprId) -> Parsed {
        self.converted(&OPERAND, operand)
    }

    fn converted(&mut self, conversion: &'static Builtin, argument: ExprId) -> Parsed {
        let at = self.place();
        convert(self.builder, conversion, argument, at)
    }
}

/// The text of an expression's first item.
pub(crate) fn string(builder: &mut Builder, expr: ExprId, at: usize) -> Parsed {
    convert(builder, &STRING, expr, at)
}

fn convert(
    builder: &mut Builder,
    conversion: &'static Builtin,
    argument: ExprId,
    at: usize,
) -> Parsed {
    if std::ptr::eq(conversion, &raw const STRING)
        && matches!(builder.program.node(argument), Node::Text(_))
    {
        return Ok(argument);
    }
    let argument = first(builder, argument, at)?;
    builder.push(Node::Call(conversion, Box::new([argument])), at)
}

/// The first item of an expression's value.
fn first(builder: &mut Builder, expr: ExprId, at: usize) -> Parsed {
    if builder.program.props(expr).single {
        return Ok(expr);
    }
    let one = crate::value::Seq::atom(crate::value::Atomic::integer(1));
    let position = builder.push(Node::Constant(Box::new(one)), at)?;
    let predicate = Predicate {
        expr: position,
        kind: PredicateKind::Position(1),
        needs_size: false,
        uses_position: false,
    };
    builder.push(Node::Filter { base: expr, predicates: Box::new([predicate]) }, at)
}
