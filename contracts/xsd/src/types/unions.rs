//! Unions whose members are partly named and partly written within, made alike before the front end resolves names.
//!
//! The front end gives a type that restricts a union the members that the union has by then. Members written within
//! are there at once, named ones later: where the restriction is read first, it would have the former alone, and
//! values of the latter would be refused. So a named member becomes one written within that restricts it by nothing,
//! which `types::compile` takes for the member itself (XML Schema Part 2, section 4.1.2.3: both stand for the same).

use std::collections::HashSet;
use xsd_schema::SchemaSet;
use xsd_schema::parser::frames::{
    QNameRef, SimpleTypeResult, SimpleTypeVariety, TypeFrameResult, TypeRefResult,
};
use xsd_schema::parser::location::SourceRef;

/// The identifier of a type that stands for its base. No document can give it: it has a colon.
pub(crate) const STAND_IN: &str = "sluse:member";

/// Makes the members of those unions alike that a type read before them restricts.
///
/// Of the others nothing is changed: where a type that restricts one is its member by name, the front end tells so by
/// that name alone.
pub(crate) fn make_alike(set: &mut SchemaSet) {
    let mut restricted = HashSet::new();
    for each in set.arenas.entries_mut().simple_types.values_mut() {
        let name = each.name.map(|name| (each.target_namespace, name));
        if name.is_some_and(|name| restricted.contains(&name)) {
            let source = each.source.clone();
            members(&mut each.member_types, source.as_ref());
        }
        if let Some(TypeRefResult::QName(base)) = &each.base_type {
            restricted.insert((base.namespace, base.local_name));
        }
    }
}

fn members(members: &mut [TypeRefResult], source: Option<&SourceRef>) {
    let mixed = members.iter().any(|each| matches!(each, TypeRefResult::Inline(_)));
    for each in members.iter_mut().filter(|_| mixed) {
        if let TypeRefResult::QName(name) = each {
            let stand_in =
                TypeFrameResult::Simple(Box::new(stand_in(name.clone(), source.cloned())));
            *each = TypeRefResult::Inline(Box::new(stand_in));
        }
    }
}

fn stand_in(name: QNameRef, source: Option<SourceRef>) -> SimpleTypeResult {
    SimpleTypeResult {
        name: None,
        variety: SimpleTypeVariety::Atomic,
        base_type: Some(TypeRefResult::QName(name)),
        item_type: None,
        member_types: Vec::new(),
        facets: Default::default(),
        final_derivation: None,
        id: Some(STAND_IN.to_owned()),
        derivation_id: None,
        annotation: None,
        source,
    }
}
