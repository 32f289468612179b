//! Node tests, and sequence types (XPath 2.0, sections 2.5.3 and 3.2.1.2).

use super::{Parsed, Parser};
use crate::ast::{ExprId, Node, NodeTest};
use crate::fault::{Code, StaticFault};
use crate::lex::{self, Kind};
use crate::scope::XS_NAMESPACE;
use crate::types::{AtomType, ItemType, NameTest, Occurs, SeqType};
use sluse_xml::NodeKind;

impl Parser<'_> {
    /// A name test, or a kind test. `principal`: the kind that a name test means on the axis.
    pub(super) fn node_test(&mut self, principal: NodeKind) -> Result<NodeTest, StaticFault> {
        let parenthesis = self.ahead(1) == Kind::Symbol("(");
        if let Kind::Name(None, word) = self.kind()
            && parenthesis
        {
            return self.kind_test(word);
        }
        let name = self.name_test(principal == NodeKind::Element)?;
        Ok(NodeTest { kind: Some(principal), name, never: false })
    }

    fn name_test(&mut self, element: bool) -> Result<NameTest, StaticFault> {
        let test = match self.kind() {
            Kind::Symbol("*") => NameTest::Any,
            Kind::StarLocal(local) => NameTest::Local(self.builder.name("", local)),
            Kind::PrefixStar(prefix) => {
                let namespace = self.namespace(prefix)?;
                NameTest::Namespace(self.builder.name(&namespace, ""))
            }
            Kind::Name(prefix, local) => {
                let namespace = match prefix {
                    Some(prefix) => self.namespace(prefix)?,
                    None if element => self.scope.default_element_namespace.clone(),
                    None => String::new(),
                };
                NameTest::Name(self.builder.name(&namespace, local))
            }
            _ => return Err(self.fault("A name is expected here.")),
        };
        self.advance();
        Ok(test)
    }

    fn kind_test(&mut self, word: &str) -> Result<NodeTest, StaticFault> {
        let at = self.place();
        self.advance();
        self.expect_symbol("(")?;
        let mut test = NodeTest { kind: None, name: NameTest::Any, never: false };
        match word {
            "node" => {}
            "text" => test.kind = Some(NodeKind::Text),
            "comment" => test.kind = Some(NodeKind::Comment),
            "processing-instruction" => {
                test.kind = Some(NodeKind::Instruction);
                test.name = self.instruction_target()?;
            }
            "element" => {
                test.kind = Some(NodeKind::Element);
                self.element_test(&mut test, true)?;
            }
            "attribute" => {
                test.kind = Some(NodeKind::Attribute);
                self.element_test(&mut test, false)?;
            }
            "document-node" => {
                test.kind = Some(NodeKind::Document);
                if !self.is_symbol(")") {
                    self.document_test(&mut test)?;
                }
            }
            "schema-element" | "schema-attribute" => {
                let Kind::Name(prefix, _) = self.kind() else {
                    return Err(self.fault("A name is expected here."));
                };
                if let Some(prefix) = prefix {
                    self.namespace(prefix)?;
                }
                return Err(StaticFault::new(
                    Code::Xpst0008,
                    at,
                    "No schema is imported into the expression.",
                ));
            }
            _ => {
                return Err(StaticFault::new(Code::Xpst0003, at, "There is no such kind of node."));
            }
        }
        self.expect_symbol(")")?;
        Ok(test)
    }

    /// `document-node(element(…))`: the test is of the document's one element.
    fn document_test(&mut self, test: &mut NodeTest) -> Result<(), StaticFault> {
        match self.kind() {
            Kind::Name(None, word @ ("element" | "schema-element"))
                if self.ahead(1) == Kind::Symbol("(") =>
            {
                let element = self.kind_test(word)?;
                test.name = element.name;
                test.never = element.never;
                Ok(())
            }
            _ => Err(self.fault("A test of an element is expected here.")),
        }
    }

    fn instruction_target(&mut self) -> Result<NameTest, StaticFault> {
        let target = match self.kind() {
            Kind::Name(None, name) => name.to_owned(),
            Kind::String(literal) => lex::unquote(literal).trim().to_owned(),
            _ => return Ok(NameTest::Any),
        };
        self.advance();
        Ok(NameTest::Name(self.builder.name("", &target)))
    }

    fn element_test(&mut self, test: &mut NodeTest, element: bool) -> Result<(), StaticFault> {
        if self.is_symbol(")") {
            return Ok(());
        }
        test.name = self.name_test(element)?;
        if self.eat_symbol(",") {
            let at = self.place();
            let (namespace, local) = self.type_name()?;
            self.eat_symbol("?");
            let untyped = if element { "untyped" } else { "untypedAtomic" };
            let all = ["anyType", if element { "anyType" } else { "anySimpleType" }];
            let known = namespace == XS_NAMESPACE;
            if known
                && (local == untyped
                    || all.contains(&local.as_str())
                    || (!element && local == "anyAtomicType"))
            {
                return Ok(());
            }
            if !known
                || (AtomType::find(&local).is_none()
                    && local != "untyped"
                    && local != "anySimpleType")
            {
                return Err(StaticFault::new(Code::Xpst0008, at, "There is no such type."));
            }
            test.never = true;
        }
        Ok(())
    }

    fn type_name(&mut self) -> Result<(String, String), StaticFault> {
        let Kind::Name(prefix, local) = self.kind() else {
            return Err(self.fault("The name of a type is expected here."));
        };
        let namespace = match prefix {
            Some(prefix) => self.namespace(prefix)?,
            None => self.scope.default_element_namespace.clone(),
        };
        self.advance();
        Ok((namespace, local.to_owned()))
    }

    fn atom_type(&mut self) -> Result<AtomType, StaticFault> {
        let at = self.place();
        let (namespace, local) = self.type_name()?;
        let found = (namespace == XS_NAMESPACE).then(|| AtomType::find(&local)).flatten();
        found.ok_or_else(|| {
            StaticFault::new(Code::Xpst0051, at, format!("There is no atomic type `{local}`."))
        })
    }

    /// The type of `cast as` and `castable as`, and whether `?` follows.
    pub(super) fn single_type(&mut self) -> Result<(AtomType, bool), StaticFault> {
        let at = self.place();
        let atom_type = self.atom_type()?;
        if matches!(atom_type, AtomType::AnyAtomic | AtomType::Notation) {
            return Err(StaticFault::new(
                Code::Xpst0080,
                at,
                "A value cannot be cast to this type.",
            ));
        }
        Ok((atom_type, self.eat_symbol("?")))
    }

    pub(super) fn sequence_type(&mut self) -> Result<SeqType, StaticFault> {
        let parenthesis = self.ahead(1) == Kind::Symbol("(");
        if self.is_word(0, "empty-sequence") && parenthesis {
            self.advance();
            self.advance();
            self.expect_symbol(")")?;
            return Ok(SeqType { item: None, occurs: Occurs::Any });
        }
        let item = match self.kind() {
            Kind::Name(None, "item") if parenthesis => {
                self.advance();
                self.advance();
                self.expect_symbol(")")?;
                ItemType::Item
            }
            Kind::Name(None, word) if parenthesis => {
                let test = self.kind_test(word)?;
                match (test.never, test.kind) {
                    (true, _) => ItemType::Nothing,
                    (false, None) => ItemType::AnyNode,
                    (false, Some(kind)) => {
                        ItemType::Kind(kind, (test.name != NameTest::Any).then_some(test.name))
                    }
                }
            }
            _ => ItemType::Atomic(self.atom_type()?),
        };
        let occurs = if self.eat_symbol("?") {
            Occurs::Optional
        } else if self.eat_symbol("*") {
            Occurs::Any
        } else if self.eat_symbol("+") {
            Occurs::OneOrMore
        } else {
            Occurs::One
        };
        Ok(SeqType { item: Some(item), occurs })
    }

    /// A literal text is castable to a QName where it can be cast, as its prefix is resolved here.
    pub(super) fn castable(
        &mut self,
        operand: ExprId,
        atom_type: AtomType,
        optional: bool,
    ) -> Parsed {
        if atom_type == AtomType::QName
            && let Node::Text(text) = self.builder.program.node(operand)
        {
            let castable = lex::qname(crate::cast::trim(text)).is_some_and(|(prefix, _)| {
                prefix.is_empty() || self.scope.namespace(prefix).is_some()
            });
            return self.constant(crate::value::Atomic::Boolean(castable));
        }
        self.push(Node::Castable(operand, atom_type, optional))
    }

    /// A text is cast to a QName only as a literal, because its prefix is resolved here.
    pub(super) fn cast(&mut self, operand: ExprId, atom_type: AtomType, optional: bool) -> Parsed {
        if atom_type == AtomType::QName
            && let Node::Text(text) = self.builder.program.node(operand)
        {
            let text = text.clone();
            let at = self.place();
            let Some((prefix, local)) = lex::qname(crate::cast::trim(&text)) else {
                return Err(StaticFault::new(Code::Forg0001, at, "The text is not a name."));
            };
            let namespace = match prefix {
                "" => self.scope.default_element_namespace.clone(),
                prefix => self.scope.namespace(prefix).map(str::to_owned).ok_or_else(|| {
                    StaticFault::new(Code::Fons0004, at, "The prefix has no namespace.")
                })?,
            };
            let name = crate::value::QName {
                prefix: prefix.to_owned(),
                namespace,
                local: local.to_owned(),
            };
            return self.constant(crate::value::Atomic::QName(name.into()));
        }
        self.push(Node::Cast(operand, atom_type, optional))
    }
}
