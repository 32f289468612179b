//! `instance of`, `treat as`, `castable as`, `cast as`, and the conversion of arguments
//! (XPath 2.0, sections 3.10 and 3.1.5).

use super::{Focus, Run};
use crate::ast::ExprId;
use crate::cast;
use crate::fault::{Code, Fault, Outcome};
use crate::types::{AtomType, ItemType, SeqType};
use crate::value::{Atomic, Item, Seq};

const TYPE: Fault = Fault::new(Code::Xpty0004, "A value is not of the required type.");

impl<'a> Run<'a> {
    pub(super) fn is_instance(&self, value: &Seq<'a>, seq_type: SeqType) -> bool {
        match seq_type.item {
            None => value.is_empty(),
            Some(item_type) => {
                seq_type.occurs.admits(value.len())
                    && value.items().iter().all(|item| self.is_of_type(item, item_type))
            }
        }
    }

    fn is_of_type(&self, item: &Item<'a>, item_type: ItemType) -> bool {
        match (item, item_type) {
            (_, ItemType::Item) => true,
            (_, ItemType::Nothing) => false,
            (Item::Atom(atom), ItemType::Atomic(wanted)) => atom.atom_type().derives_from(wanted),
            (Item::Node(_), ItemType::AnyNode) => true,
            (Item::Node(node), ItemType::Kind(kind, name)) => {
                self.document.kind(*node) == kind
                    && name.is_none_or(|name| self.name_passes(name, *node))
            }
            _ => false,
        }
    }

    pub(super) fn treat(
        &mut self,
        a: ExprId,
        seq_type: SeqType,
        focus: &Focus<'a>,
    ) -> Outcome<Seq<'a>> {
        let value = self.eval(a, focus)?;
        if self.is_instance(&value, seq_type) {
            return Ok(value);
        }
        Err(Fault::new(Code::Xpdy0050, "The value is not of the type that it is treated as."))
    }

    /// The function conversion rules: atomize, cast untyped values, promote numbers and URIs.
    pub(crate) fn convert(&mut self, value: Seq<'a>, seq_type: SeqType) -> Outcome<Seq<'a>> {
        let converted = match seq_type.item {
            Some(ItemType::Atomic(wanted)) => {
                let atoms = self.atomize_all(value.items())?;
                let mut items = Vec::with_capacity(atoms.len());
                for item in atoms.items() {
                    if let Item::Atom(atom) = item {
                        items.push(Item::Atom(converted(atom.clone(), wanted)?));
                    }
                }
                items.into()
            }
            _ => value,
        };
        if self.is_instance(&converted, seq_type) { Ok(converted) } else { Err(TYPE) }
    }

    pub(super) fn castable(
        &mut self,
        a: ExprId,
        atom_type: AtomType,
        optional: bool,
        focus: &Focus<'a>,
    ) -> Outcome<Seq<'a>> {
        let value = self.eval(a, focus)?;
        let castable = match value.items() {
            [] => optional,
            [item] => {
                let atom = self.atomize(item.clone())?;
                cast::cast(atom, atom_type).is_ok()
            }
            _ => false,
        };
        Ok(Seq::boolean(castable))
    }

    pub(super) fn cast(
        &mut self,
        a: ExprId,
        atom_type: AtomType,
        optional: bool,
        focus: &Focus<'a>,
    ) -> Outcome<Option<Atomic<'a>>> {
        match self.atom(a, focus)? {
            Some(atom) => cast::cast(atom, atom_type).map(Some),
            None if optional => Ok(None),
            None => Err(TYPE),
        }
    }
}

fn converted(atom: Atomic<'_>, wanted: AtomType) -> Outcome<Atomic<'_>> {
    let given = atom.atom_type();
    if given.derives_from(wanted) {
        return Ok(atom);
    }
    match (&atom, wanted) {
        (Atomic::Untyped(_), AtomType::AnyAtomic) => Ok(atom),
        (Atomic::Untyped(_), _) => cast::cast(atom, wanted),
        (number, AtomType::Double) if number.is_numeric() => {
            cast::double(number).map(Atomic::Double)
        }
        (number, AtomType::Float) if number.is_numeric() && given != AtomType::Double => {
            cast::float(number).map(Atomic::Float)
        }
        (Atomic::AnyUri(text), AtomType::String) => Ok(Atomic::string(text.clone())),
        _ => Err(TYPE),
    }
}
