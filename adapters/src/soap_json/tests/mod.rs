//! The rules of the manual in tables, properties of all contents, and every operation of published services.

mod faults;
#[path = "../../../../contracts/src/schema/wsdl/tests/generate.rs"]
#[expect(dead_code, reason = "what only faults are made of is not needed here")]
mod generate;
mod hostile;
mod instances;
mod openapi;
mod properties;
mod published;
mod rules;
mod service;
