//! Descriptions of services as public bodies publish them, and messages that mean harm.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail, and says what it skips"
)]

mod files;
mod hostile;
mod pairs;
mod published;
#[path = "../../src/shared.rs"]
mod shared;

/// A contract that is its description alone.
const MANIFEST: &str = "id = 'test/api'\nversion = '1.0.0'\nstatus = 'in-force'\n\
                        title = { en = 'Test' }\nopenapi = 'api.yaml'\n";
