//! From tokens to the arena: one pass that resolves names, variables and functions as it goes
//! (XPath 2.0, appendix A.1).
//!
//! Operators of two sides are parsed by precedence in one loop, so that depth of the stack follows
//! parentheses alone, and those are counted.

mod call;
pub(crate) mod compatible;
mod path;
mod types;

pub(crate) use path::axes_stream;

use crate::ast::{Comparison, ExprId, Node, NodeComparison, Operator, SetOperator};
use crate::fault::{Code, StaticFault};
use crate::lex::{self, Kind, Token};
use crate::limits::EXPRESSION_DEPTH_MAX;
use crate::program::{Builder, EXPRESSION_BYTES_MAX};
use crate::scope::StaticScope;
use crate::value::{Atomic, Seq};

/// Parenthesised levels: less than levels of expressions, because each takes several of these.
const PARENTHESES_MAX: usize = EXPRESSION_DEPTH_MAX / 2;

/// The local variables of one evaluation frame: each binding has a slot of its own.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    pub(crate) slots: u32,
    pub(crate) bindings: Vec<(String, String, u32)>,
}

impl Frame {
    /// Binds a name to a new slot, until the binding is popped.
    pub(crate) fn bind(&mut self, namespace: String, local: String) -> u32 {
        let slot = self.slots;
        self.slots += 1;
        self.bindings.push((namespace, local, slot));
        slot
    }
}

/// Compiles a whole expression into the builder's arena.
pub(crate) fn compile(
    builder: &mut Builder,
    text: &str,
    scope: &StaticScope,
    frame: &mut Frame,
) -> Result<ExprId, StaticFault> {
    let mut parser = Parser::new(builder, text, scope, frame)?;
    let expr = parser.expr()?;
    parser.expect_end()?;
    Ok(expr)
}

/// Reads a sequence type alone, as in an `as` attribute.
pub(crate) fn sequence_type(
    builder: &mut Builder,
    text: &str,
    scope: &StaticScope,
) -> Result<crate::types::SeqType, StaticFault> {
    let mut frame = Frame::default();
    let mut parser = Parser::new(builder, text, scope, &mut frame)?;
    let seq_type = parser.sequence_type()?;
    parser.expect_end()?;
    Ok(seq_type)
}

pub(crate) struct Parser<'p> {
    builder: &'p mut Builder,
    tokens: Vec<Token<'p>>,
    at: usize,
    scope: &'p StaticScope,
    frame: &'p mut Frame,
    depth: usize,
}

type Parsed = Result<ExprId, StaticFault>;

enum Binary {
    Or,
    And,
    General(Comparison),
    Value(Comparison),
    Nodes(NodeComparison),
    To,
    Arithmetic(Operator),
    Set(SetOperator),
    InstanceOf,
    Treat,
    Castable,
    Cast,
}

impl<'p> Parser<'p> {
    fn new(
        builder: &'p mut Builder,
        text: &'p str,
        scope: &'p StaticScope,
        frame: &'p mut Frame,
    ) -> Result<Self, StaticFault> {
        if text.len() > EXPRESSION_BYTES_MAX {
            return Err(StaticFault::new(
                Code::TooLarge,
                0,
                "The expression is longer than the limit expression-bytes-max.",
            ));
        }
        builder.program.xpath_3 |= scope.xpath_3;
        Ok(Self { builder, tokens: lex::tokens(text)?, at: 0, scope, frame, depth: 0 })
    }

    fn kind(&self) -> Kind<'p> {
        self.ahead(0)
    }

    fn ahead(&self, count: usize) -> Kind<'p> {
        self.tokens.get(self.at + count).map_or(Kind::End, |token| token.kind)
    }

    fn place(&self) -> usize {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(0, |token| token.start)
    }

    fn advance(&mut self) {
        self.at += 1;
    }

    fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self.kind(), Kind::Symbol(found) if found == symbol)
    }

    fn is_word(&self, ahead: usize, word: &str) -> bool {
        self.ahead(ahead) == Kind::Name(None, word)
    }

    fn eat_symbol(&mut self, symbol: &str) -> bool {
        let found = self.is_symbol(symbol);
        if found {
            self.advance();
        }
        found
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(0, word);
        if found {
            self.advance();
        }
        found
    }

    fn expect_symbol(&mut self, symbol: &str) -> Result<(), StaticFault> {
        if self.eat_symbol(symbol) {
            return Ok(());
        }
        Err(self.fault(format!("`{symbol}` is expected here.")))
    }

    fn expect_word(&mut self, word: &str) -> Result<(), StaticFault> {
        if self.eat_word(word) {
            return Ok(());
        }
        Err(self.fault(format!("`{word}` is expected here.")))
    }

    fn expect_end(&self) -> Result<(), StaticFault> {
        if self.kind() == Kind::End {
            return Ok(());
        }
        if let Kind::Symbol(symbol @ ("||" | "!" | "=>" | ":=")) = self.kind() {
            let sentence = format!("The operator `{symbol}` is of XPath 3 and not supported.");
            return Err(self.fault(sentence));
        }
        Err(self.fault("The expression should end here."))
    }

    fn fault(&self, sentence: impl Into<String>) -> StaticFault {
        StaticFault::new(Code::Xpst0003, self.place(), sentence)
    }

    fn push(&mut self, node: Node) -> Parsed {
        let at = self.place();
        self.builder.push(node, at)
    }

    fn expr(&mut self) -> Parsed {
        let first = self.single()?;
        if !self.is_symbol(",") {
            return Ok(first);
        }
        let mut items = vec![first];
        self.builder.newer = true;
        while self.eat_symbol(",") {
            items.push(self.single()?);
        }
        self.push(Node::Sequence(items.into()))
    }

    fn single(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > PARENTHESES_MAX {
            return Err(StaticFault::new(
                Code::TooDeep,
                self.place(),
                "The expression is nested deeper than the limit expression-depth-max.",
            ));
        }
        let dollar = self.ahead(1) == Kind::Symbol("$");
        let parenthesis = self.ahead(1) == Kind::Symbol("(");
        let keyword = match self.kind() {
            Kind::Name(None, "for" | "let" | "some" | "every") => dollar,
            Kind::Name(None, "if") => parenthesis,
            _ => false,
        };
        let parsed = match self.kind() {
            Kind::Name(None, "for") if dollar => self.for_expr(),
            Kind::Name(None, "let") if dollar => self.let_expr(),
            Kind::Name(None, "some") if dollar => self.quantified(false),
            Kind::Name(None, "every") if dollar => self.quantified(true),
            Kind::Name(None, "if") if parenthesis => self.if_expr(),
            _ => self.binary(1),
        };
        self.builder.newer |= keyword;
        self.depth -= 1;
        parsed
    }

    fn for_expr(&mut self) -> Parsed {
        self.advance();
        self.bindings("in", &|parser| parser.expect_word("return"), &|slot, domain, body| {
            Node::For { slot, domain, body }
        })
    }

    fn let_expr(&mut self) -> Parsed {
        self.advance();
        self.bindings(":=", &|parser| parser.expect_word("return"), &|slot, value, body| {
            Node::Let { slot, value, body }
        })
    }

    fn quantified(&mut self, every: bool) -> Parsed {
        self.advance();
        self.bindings("in", &|parser| parser.expect_word("satisfies"), &|slot, domain, body| {
            Node::Quantified { every, slot, domain, body }
        })
    }

    /// `$a in x, $b in y return body`: one node for each binding, the first outermost.
    fn bindings(
        &mut self,
        between: &'static str,
        end: &dyn Fn(&mut Self) -> Result<(), StaticFault>,
        node: &dyn Fn(u32, ExprId, ExprId) -> Node,
    ) -> Parsed {
        let mut bound = Vec::new();
        loop {
            self.expect_symbol("$")?;
            let (namespace, local) = self.variable_name()?;
            if between == ":=" {
                self.expect_symbol(":=")?;
            } else {
                self.expect_word(between)?;
            }
            let domain = self.single()?;
            bound.push((self.frame.bind(namespace, local), domain));
            if !self.eat_symbol(",") {
                break;
            }
        }
        end(self)?;
        let mut body = self.single()?;
        for (slot, domain) in bound.into_iter().rev() {
            self.frame.bindings.pop();
            body = self.push(node(slot, domain, body))?;
        }
        Ok(body)
    }

    fn if_expr(&mut self) -> Parsed {
        self.advance();
        self.expect_symbol("(")?;
        let test = self.expr()?;
        self.expect_symbol(")")?;
        self.expect_word("then")?;
        let then = self.single()?;
        self.expect_word("else")?;
        let otherwise = self.single()?;
        self.push(Node::If(test, then, otherwise))
    }

    fn binary(&mut self, least: u8) -> Parsed {
        let mut left = self.unary()?;
        loop {
            let Some((precedence, operator, tokens)) = self.operator() else { return Ok(left) };
            if precedence < least {
                return Ok(left);
            }
            self.builder.newer |= !self.is_operator_of_xpath_1();
            self.at += tokens;
            left = self.operate(left, precedence, &operator)?;
            let may_follow = |next: &Binary| {
                // XPath 1.0 reads `a = b = c` from the left (section 3.4).
                let compared =
                    matches!((&operator, next), (Binary::General(_), Binary::General(_)));
                !matches!(precedence, 3 | 4 | 9..=12) || (self.scope.compatible && compared)
            };
            let next = self.operator().filter(|(next, ..)| *next == precedence);
            if next.is_some_and(|(_, next, _)| !may_follow(&next)) {
                return Err(self.fault(
                    "This operator cannot follow another of its kind without parentheses.",
                ));
            }
        }
    }

    fn operate(&mut self, left: ExprId, precedence: u8, operator: &Binary) -> Parsed {
        if self.scope.compatible
            && let Binary::General(_) | Binary::Arithmetic(_) = operator
        {
            let mut right = self.binary(precedence + 1)?;
            if matches!(operator, Binary::General(op) if !op.is_order()) {
                right = self.ordered(right, precedence)?;
            }
            return self.operate_compatibly(left, operator, right);
        }
        let node = match operator {
            Binary::Or | Binary::And => return self.chain(left, precedence),
            Binary::General(op) => Node::General(*op, left, self.binary(precedence + 1)?),
            Binary::Value(op) => Node::Value(*op, left, self.binary(precedence + 1)?),
            Binary::Nodes(op) => Node::Nodes(*op, left, self.binary(precedence + 1)?),
            Binary::To => Node::Range(left, self.binary(precedence + 1)?),
            Binary::Arithmetic(op) => Node::Arithmetic(*op, left, self.binary(precedence + 1)?),
            Binary::Set(op) => Node::Set(*op, left, self.binary(precedence + 1)?),
            Binary::InstanceOf => Node::InstanceOf(left, self.sequence_type()?),
            Binary::Treat => Node::Treat(left, self.sequence_type()?),
            Binary::Castable => {
                let (atom_type, optional) = self.single_type()?;
                return self.castable(left, atom_type, optional);
            }
            Binary::Cast => {
                let (atom_type, optional) = self.single_type()?;
                return self.cast(left, atom_type, optional);
            }
        };
        self.push(node)
    }

    /// `a or b or c` as one node, so that long chains do not nest.
    fn chain(&mut self, first: ExprId, precedence: u8) -> Parsed {
        let word = if precedence == 1 { "or" } else { "and" };
        let mut items = vec![first, self.binary(precedence + 1)?];
        while self.eat_word(word) {
            items.push(self.binary(precedence + 1)?);
        }
        let items = items.into();
        self.push(if precedence == 1 { Node::Or(items) } else { Node::And(items) })
    }

    /// The operator that stands here, its precedence and its number of tokens.
    fn operator(&self) -> Option<(u8, Binary, usize)> {
        use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        let found = match self.kind() {
            Kind::Symbol(symbol) => match symbol {
                "=" => (3, Binary::General(Equal)),
                "!=" => (3, Binary::General(NotEqual)),
                "<" => (3, Binary::General(Less)),
                "<=" => (3, Binary::General(LessOrEqual)),
                ">" => (3, Binary::General(Greater)),
                ">=" => (3, Binary::General(GreaterOrEqual)),
                "<<" => (3, Binary::Nodes(NodeComparison::Before)),
                ">>" => (3, Binary::Nodes(NodeComparison::After)),
                "+" => (5, Binary::Arithmetic(Operator::Add)),
                "-" => (5, Binary::Arithmetic(Operator::Subtract)),
                "*" => (6, Binary::Arithmetic(Operator::Multiply)),
                "|" => (7, Binary::Set(SetOperator::Union)),
                _ => return None,
            },
            Kind::Name(None, word) => return self.word_operator(word),
            _ => return None,
        };
        Some((found.0, found.1, 1))
    }

    fn word_operator(&self, word: &str) -> Option<(u8, Binary, usize)> {
        use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        let two = |second: &str| self.is_word(1, second).then_some(2);
        Some(match word {
            "or" => (1, Binary::Or, 1),
            "and" => (2, Binary::And, 1),
            "eq" => (3, Binary::Value(Equal), 1),
            "ne" => (3, Binary::Value(NotEqual), 1),
            "lt" => (3, Binary::Value(Less), 1),
            "le" => (3, Binary::Value(LessOrEqual), 1),
            "gt" => (3, Binary::Value(Greater), 1),
            "ge" => (3, Binary::Value(GreaterOrEqual), 1),
            "is" => (3, Binary::Nodes(NodeComparison::Is), 1),
            "to" => (4, Binary::To, 1),
            "div" => (6, Binary::Arithmetic(Operator::Divide), 1),
            "idiv" => (6, Binary::Arithmetic(Operator::IntegerDivide), 1),
            "mod" => (6, Binary::Arithmetic(Operator::Modulo), 1),
            "union" => (7, Binary::Set(SetOperator::Union), 1),
            "intersect" => (8, Binary::Set(SetOperator::Intersect), 1),
            "except" => (8, Binary::Set(SetOperator::Except), 1),
            "instance" => (9, Binary::InstanceOf, two("of")?),
            "treat" => (10, Binary::Treat, two("as")?),
            "castable" => (11, Binary::Castable, two("as")?),
            "cast" => (12, Binary::Cast, two("as")?),
            _ => return None,
        })
    }

    fn unary(&mut self) -> Parsed {
        let mut signs = 0usize;
        let mut minuses = 0usize;
        while self.is_symbol("-") || self.is_symbol("+") {
            minuses += usize::from(self.is_symbol("-"));
            signs += 1;
            self.advance();
        }
        let operand = self.path()?;
        if signs == 0 {
            return Ok(operand);
        }
        let operand = if self.scope.compatible { self.operand(operand)? } else { operand };
        self.push(if minuses % 2 == 1 { Node::Negate(operand) } else { Node::Plus(operand) })
    }

    fn constant(&mut self, atom: Atomic<'static>) -> Parsed {
        self.push(Node::Constant(Box::new(Seq::atom(atom))))
    }
}
