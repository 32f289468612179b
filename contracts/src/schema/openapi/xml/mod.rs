//! XML bodies under a description: read as the values that its schemas speak of, then judged as JSON is.
//!
//! The XML Object says how a schema's members are written as elements and attributes (OpenAPI 3.0.4, section 4.7.25;
//! 3.1.1, section 4.8.26; Swagger 2.0, "XML Object"). Where it leaves open how a body is to be read, nothing is guessed:
//! the body is judged for form alone, and its verdict says so and why.

mod gather;
mod judge;
mod plan;
mod read;

pub(super) use gather::plan;
pub(super) use plan::Plan;

/// Most elements and attributes of one XML body that a description judges.
const VALUES_MAX: usize = 500_000;
/// Deepest elements of one XML body that a description judges, as of JSON.
const DEPTH_MAX: usize = 128;
