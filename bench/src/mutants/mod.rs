//! Documents that are changed by chance and by a seed, so that each can be made again.

pub(crate) mod chance;
pub(crate) mod changes;
pub(crate) mod invent;
pub(crate) mod tree;
mod values;

pub(crate) use chance::Chance;
