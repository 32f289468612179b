//! Calls of functions: built-in ones, constructors of types, and those of the rule set.

use super::{Parsed, Parser, compatible};
use crate::ast::{ExprId, Node};
use crate::fault::{Code, StaticFault};
use crate::functions;
use crate::scope::{FN_NAMESPACE, KEY_NAMESPACE, XS_NAMESPACE};
use crate::types::AtomType;

impl Parser<'_> {
    pub(super) fn call(&mut self, prefix: Option<&str>, local: &str) -> Parsed {
        let at = self.place();
        let namespace = match prefix {
            Some(prefix) => self.namespace(prefix)?,
            None => FN_NAMESPACE.to_owned(),
        };
        self.advance();
        self.advance();
        let mut arguments = Vec::new();
        if !self.eat_symbol(")") {
            loop {
                arguments.push(self.single()?);
                if !self.eat_symbol(",") {
                    break;
                }
            }
            self.expect_symbol(")")?;
        }
        let key = (namespace, local.to_owned(), arguments.len());
        if let Some(index) = self.builder.functions.get(&key) {
            let index = *index;
            return self.push(Node::CallUser(index, arguments.into()));
        }
        if key.0 == FN_NAMESPACE
            && local == "key"
            && let Some((index, value)) = self.key(&arguments, at)?
        {
            return self.push(Node::CallUser(index, Box::new([value])));
        }
        if key.0 == XS_NAMESPACE {
            return self.constructor(local, &arguments, at);
        }
        self.builder.newer |= !compatible::is_function_of_xpath_1(local) || prefix.is_some();
        let found = (key.0 == FN_NAMESPACE).then(|| functions::find(local)).flatten();
        let later = !self.scope.xpath_3 && functions::is_of_xpath_3(local, arguments.len());
        match found {
            Some(builtin) if builtin.takes(arguments.len()) && !later => {
                self.compile_pattern(local, &arguments, at)?;
                if self.scope.compatible {
                    return self.call_compatibly(builtin, arguments);
                }
                self.push(Node::Call(builtin, arguments.into()))
            }
            Some(builtin) if !later => {
                let sentence =
                    format!("The function {local}() takes {}, not {}.", builtin.arity(), key.2);
                Err(StaticFault::new(Code::Xpst0017, at, sentence))
            }
            Some(_) => {
                let sentence = format!(
                    "The function {local}() with {} is of XPath 3.",
                    functions::counted(key.2)
                );
                Err(StaticFault::new(Code::Xpst0017, at, sentence))
            }
            None => Err(self.unknown_function(local, &key.0, at)),
        }
    }

    /// A regular expression that stands as a literal is compiled once for the program, and told at once where it is wrong: XPath 2.0
    /// (section 2.3.1) lets an error be told before evaluation that evaluation would end in.
    fn compile_pattern(
        &mut self,
        function: &str,
        arguments: &[ExprId],
        at: usize,
    ) -> Result<(), StaticFault> {
        let flags_at = match function {
            "matches" | "tokenize" => 2,
            "replace" => 3,
            _ => return Ok(()),
        };
        let literal = |id: Option<&ExprId>| match id.map(|id| self.builder.program.node(*id)) {
            Some(Node::Text(text)) => Some(text.to_string()),
            _ => None,
        };
        let flags = if arguments.len() > flags_at {
            literal(arguments.get(flags_at))
        } else {
            Some(String::new())
        };
        let (Some(text), Some(flags)) = (literal(arguments.get(1)), flags) else { return Ok(()) };
        if self.builder.program.patterns.find(&text, &flags).is_some() {
            return Ok(());
        }
        let xpath_3 = self.builder.program.xpath_3;
        match self.builder.program.patterns.compile(&text, &flags, xpath_3) {
            Ok(_) => Ok(()),
            Err(fault) => Err(StaticFault::new(fault.code, at, fault.sentence)),
        }
    }

    /// The function that stands for a key, where it is named by a literal and its value is all that is given.
    fn key(&self, arguments: &[ExprId], at: usize) -> Result<Option<(u32, ExprId)>, StaticFault> {
        let [name, value] = arguments else { return Ok(None) };
        let Node::Text(name) = self.builder.program.node(*name) else { return Ok(None) };
        let function = (KEY_NAMESPACE.to_owned(), name.to_string(), 1);
        match self.builder.functions.get(&function) {
            Some(index) => Ok(Some((*index, *value))),
            None => {
                let sentence = format!("There is no key `{name}`: no `xsl:key` declares it.");
                Err(StaticFault::new(Code::Xpst0017, at, sentence))
            }
        }
    }

    fn unknown_function(&self, local: &str, namespace: &str, at: usize) -> StaticFault {
        if namespace == FN_NAMESPACE && functions::UNSUPPORTED.contains(&local) {
            return StaticFault::new(
                Code::Unsupported,
                at,
                format!("The function {local}() is not supported."),
            );
        }
        StaticFault::new(Code::Xpst0017, at, format!("There is no function {local}()."))
    }

    fn constructor(&mut self, local: &str, arguments: &[ExprId], at: usize) -> Parsed {
        let atom_type = AtomType::find(local);
        match (atom_type, arguments) {
            (Some(AtomType::AnyAtomic | AtomType::Notation) | None, _) => Err(StaticFault::new(
                Code::Xpst0017,
                at,
                format!("There is no constructor xs:{local}()."),
            )),
            (Some(atom_type), [operand]) => self.cast(*operand, atom_type, true),
            (Some(_), _) => Err(StaticFault::new(
                Code::Xpst0017,
                at,
                format!("The constructor xs:{local}() takes one argument."),
            )),
        }
    }
}
