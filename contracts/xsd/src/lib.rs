//! XML Schema 1.0: a schema compiled once into tables that all threads share, and documents judged
//! against them in one pass.
//!
//! Reading schemas is left to the crate `xsd-schema`, which is right and slow; judging is our own,
//! because every message passes through it: no allocation on the common way, memory bounded by the
//! depth of the document, time linear in its length whatever a sender tries.

#![allow(dead_code, unused_imports, unreachable_pub, reason = "until the run lands")]

mod types;
