//! Constructors of XSLT that rule sets use inside functions and variables, compiled into the same arena.
//!
//! Only what makes text and values: a temporary tree is the text it holds.

use crate::ast::{ExprId, Node};
use crate::fault::{Code, StaticFault};
use crate::parse::{self, Frame};
use crate::program::{Builder, Root, UserFunction};
use crate::scope::StaticScope;
use crate::types::{ItemType, Occurs, SeqType};
use crate::value::Seq;

/// Levels of constructors within constructors.
const DEPTH_MAX: usize = 50;

/// An instruction, and the place of it that a fault names.
#[derive(Debug, Clone)]
pub struct Instruction {
    /// Line and column in the rule set's file, from 1.
    pub place: (u32, u32),
    /// What it does.
    pub kind: InstructionKind,
}

/// What an instruction does.
#[derive(Debug, Clone)]
pub enum InstructionKind {
    /// Literal text.
    Text(String),
    /// Text of an expression's items, joined by the separator.
    ValueOf {
        /// The expression.
        select: String,
        /// Between items; XSLT 2.0 says one space.
        separator: String,
    },
    /// The items of an expression.
    Sequence(String),
    /// A variable that the instructions after it see.
    Variable(Variable),
    /// Instructions under conditions: the first that holds.
    Choose {
        /// Condition and instructions.
        when: Vec<(String, Vec<Instruction>)>,
        /// Where none holds.
        otherwise: Vec<Instruction>,
    },
    /// Instructions for each item.
    ForEach {
        /// The items.
        select: String,
        /// What is done for each.
        body: Vec<Instruction>,
    },
    /// Instructions for each group of items.
    ForEachGroup {
        /// The items.
        select: String,
        /// The key that items of one group share.
        group_by: String,
        /// What is done for each group.
        body: Vec<Instruction>,
    },
    /// An element of the result: its text counts.
    Element(Vec<Instruction>),
}

/// A variable or parameter of XSLT.
#[derive(Debug, Clone, Default)]
pub struct Variable {
    /// Its name, with prefix where it has one.
    pub name: String,
    /// The `as` attribute.
    pub as_type: Option<String>,
    /// The `select` attribute.
    pub select: Option<String>,
    /// Its content, where there is no `select`.
    pub content: Vec<Instruction>,
}

/// A function of XSLT.
#[derive(Debug, Clone)]
pub struct Function {
    /// Namespace and local name.
    pub name: (String, String),
    /// The parameters, in order.
    pub parameters: Vec<Variable>,
    /// The `as` attribute.
    pub as_type: Option<String>,
    /// What it does.
    pub body: Vec<Instruction>,
}

type Placed<T> = Result<T, ((u32, u32), StaticFault)>;

impl Builder {
    /// Makes a function known, so that expressions may call it before its body is compiled.
    ///
    /// # Errors
    /// A type that cannot be read.
    pub fn declare_function(
        &mut self,
        function: &Function,
        scope: &StaticScope,
    ) -> Result<(), StaticFault> {
        let mut parameters = Vec::new();
        for parameter in &function.parameters {
            parameters.push(self.as_type(parameter.as_type.as_deref(), scope)?);
        }
        let result = self.as_type(function.as_type.as_deref(), scope)?;
        let index = u32::try_from(self.program.functions.len()).unwrap_or(u32::MAX);
        let (namespace, local) = function.name.clone();
        self.functions.insert((namespace, local, parameters.len()), index);
        self.program.functions.push(UserFunction { parameters, result, body: None });
        Ok(())
    }

    /// Compiles the body of a declared function.
    ///
    /// # Errors
    /// The first fault, with the place of its instruction.
    pub fn define_function(&mut self, function: &Function, scope: &StaticScope) -> Placed<()> {
        let mut frame = Frame::default();
        for parameter in &function.parameters {
            let (namespace, local) =
                variable_name(&parameter.name, scope).map_err(|fault| ((0, 0), fault))?;
            frame.bind(namespace, local);
        }
        let expr = self.instructions(&function.body, scope, &mut frame, 0)?;
        let (namespace, local) = function.name.clone();
        let key = (namespace, local, function.parameters.len());
        let index = self.functions.get(&key).copied();
        if let Some(declared) =
            index.and_then(|index| self.program.functions.get_mut(index as usize))
        {
            declared.body = Some(Root { expr, slots: frame.slots });
        }
        Ok(())
    }

    /// Compiles the value of a variable: its `select`, or its content.
    ///
    /// # Errors
    /// The first fault, with the place of its instruction.
    pub fn variable(
        &mut self,
        variable: &Variable,
        place: (u32, u32),
        scope: &StaticScope,
    ) -> Placed<Root> {
        let mut frame = Frame::default();
        let expr = self.variable_value(variable, place, scope, &mut frame, 0)?;
        Ok(Root { expr, slots: frame.slots })
    }

    /// Compiles instructions into one value.
    ///
    /// # Errors
    /// The first fault, with the place of its instruction.
    pub fn content(&mut self, content: &[Instruction], scope: &StaticScope) -> Placed<Root> {
        let mut frame = Frame::default();
        let expr = self.instructions(content, scope, &mut frame, 0)?;
        Ok(Root { expr, slots: frame.slots })
    }

    fn as_type(&mut self, text: Option<&str>, scope: &StaticScope) -> Result<SeqType, StaticFault> {
        match text {
            Some(text) => parse::sequence_type(self, text, scope),
            None => Ok(SeqType { item: Some(ItemType::Item), occurs: Occurs::Any }),
        }
    }

    fn variable_value(
        &mut self,
        variable: &Variable,
        place: (u32, u32),
        scope: &StaticScope,
        frame: &mut Frame,
        depth: usize,
    ) -> Placed<ExprId> {
        let at = |fault| (place, fault);
        let value = match &variable.select {
            Some(select) => parse::compile(self, select, scope, frame).map_err(at)?,
            None => {
                let content = self.instructions(&variable.content, scope, frame, depth + 1)?;
                if variable.as_type.is_some() {
                    content
                } else {
                    self.push(Node::Content(Box::new([content])), 0).map_err(at)?
                }
            }
        };
        match &variable.as_type {
            Some(text) => {
                let seq_type = parse::sequence_type(self, text, scope).map_err(at)?;
                self.push(Node::Convert(value, seq_type), 0).map_err(at)
            }
            None => Ok(value),
        }
    }

    /// Instructions one after the other; a variable encloses those after it.
    fn instructions(
        &mut self,
        instructions: &[Instruction],
        scope: &StaticScope,
        frame: &mut Frame,
        depth: usize,
    ) -> Placed<ExprId> {
        let place = instructions.first().map_or((0, 0), |first| first.place);
        if depth > DEPTH_MAX {
            let fault = StaticFault::new(
                Code::TooDeep,
                0,
                "Instructions are nested deeper than the limit.",
            );
            return Err((place, fault));
        }
        let mut parts = Vec::new();
        let mut rest = instructions;
        while let Some((first, after)) = rest.split_first() {
            if let InstructionKind::Variable(variable) = &first.kind {
                let at = |fault| (first.place, fault);
                let value = self.variable_value(variable, first.place, scope, frame, depth)?;
                let (namespace, local) = variable_name(&variable.name, scope).map_err(at)?;
                let slot = frame.bind(namespace, local);
                let body = self.instructions(after, scope, frame, depth + 1)?;
                frame.bindings.pop();
                parts.push(self.push(Node::Let { slot, value, body }, 0).map_err(at)?);
                break;
            }
            parts.push(self.instruction(first, scope, frame, depth)?);
            rest = after;
        }
        match parts.as_slice() {
            [only] => Ok(*only),
            _ => self.push(Node::Sequence(parts.into()), 0).map_err(|fault| (place, fault)),
        }
    }

    fn instruction(
        &mut self,
        instruction: &Instruction,
        scope: &StaticScope,
        frame: &mut Frame,
        depth: usize,
    ) -> Placed<ExprId> {
        let at = |fault| (instruction.place, fault);
        match &instruction.kind {
            InstructionKind::Text(text) => {
                self.push(Node::Text(text.as_str().into()), 0).map_err(at)
            }
            InstructionKind::ValueOf { select, separator } => {
                let mut select = parse::compile(self, select, scope, frame).map_err(at)?;
                if scope.compatible {
                    select = parse::compatible::string(self, select, 0).map_err(at)?;
                }
                self.push(Node::ValueOf { select, separator: separator.as_str().into() }, 0)
                    .map_err(at)
            }
            InstructionKind::Sequence(select) => {
                parse::compile(self, select, scope, frame).map_err(at)
            }
            InstructionKind::Variable(_) => {
                self.push(Node::Constant(Box::new(Seq::Empty)), 0).map_err(at)
            }
            InstructionKind::Choose { when, otherwise } => {
                let mut result = self.instructions(otherwise, scope, frame, depth + 1)?;
                for (test, body) in when.iter().rev() {
                    let test = parse::compile(self, test, scope, frame).map_err(at)?;
                    let body = self.instructions(body, scope, frame, depth + 1)?;
                    result = self.push(Node::If(test, body, result), 0).map_err(at)?;
                }
                Ok(result)
            }
            InstructionKind::ForEach { select, body } => {
                let select = parse::compile(self, select, scope, frame).map_err(at)?;
                let body = self.instructions(body, scope, frame, depth + 1)?;
                self.push(Node::Each(select, body), 0).map_err(at)
            }
            InstructionKind::ForEachGroup { select, group_by, body } => {
                let select = parse::compile(self, select, scope, frame).map_err(at)?;
                let key = parse::compile(self, group_by, scope, frame).map_err(at)?;
                let body = self.instructions(body, scope, frame, depth + 1)?;
                self.push(Node::ForEachGroup { select, key, body }, 0).map_err(at)
            }
            InstructionKind::Element(content) => {
                let content = self.instructions(content, scope, frame, depth + 1)?;
                self.push(Node::Content(Box::new([content])), 0).map_err(at)
            }
        }
    }
}

/// Namespace and local part of a variable's name.
fn variable_name(name: &str, scope: &StaticScope) -> Result<(String, String), StaticFault> {
    match name.split_once(':') {
        None => Ok((String::new(), name.to_owned())),
        Some((prefix, local)) => match scope.namespace(prefix) {
            Some(namespace) => Ok((namespace.to_owned(), local.to_owned())),
            None => Err(StaticFault::new(
                Code::Xpst0081,
                0,
                "The prefix of a variable has no namespace.",
            )),
        },
    }
}
