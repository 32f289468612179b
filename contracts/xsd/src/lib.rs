//! XML Schema 1.0: a schema compiled once into tables that all threads share, and documents judged
//! against them in one pass.
//!
//! Reading schemas is left to the crate `xsd-schema`, which is right and slow; judging is our own,
//! because every message passes through it: no allocation on the common way, memory bounded by the
//! depth of the document, time linear in its length whatever a sender tries.

mod absent;
mod automaton;
mod beyond_front;
mod compile;
mod dangling;
mod documents;
mod fault;
mod front;
mod identity;
pub mod limits;
mod names;
mod outline;
mod part;
mod readings;
mod repetition;
mod restrict;
mod rules;
mod run;
mod schema;
mod shape;
mod stream;
mod tables;
#[cfg(test)]
mod tests;
mod tree;
mod types;
mod unplaced;
mod weight;
mod wildcard;

pub use fault::{Asked, Budget, SchemaFault, Violation};
pub use outline::{Inside, Outline};
pub use part::{Part, StandIn};
pub use schema::Schema;
pub use shape::{
    AnyType, Bounds, Choice, ComplexId, Content, DeclaredAttribute, DeclaredElement, ElementId,
    Given, IdentityConstraint, IdentityKind, IdentityPath, ModelId, ModelShape, NameTest,
    Processing, Shapes, SimpleId, Variety, Walk, WildcardId,
};
pub use stream::Judging;
pub use types::{IdUse, Primitive, Restrictions};
