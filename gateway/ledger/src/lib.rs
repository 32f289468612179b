//! Evidence: what a leaf says, how leaves are hashed, how a checkpoint is signed, how all of it is verified.
//!
//! Pure: it knows bytes and hashes, not where they are stored, so that an auditor's verification
//! runs the same code as the gateway's recording.

pub mod leaf;

pub use leaf::{Closing, Leaf, Opening};
