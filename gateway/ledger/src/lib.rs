//! Evidence: what a leaf says, how leaves are hashed, how a checkpoint is signed, how all of it is verified.
//!
//! Pure: it knows bytes and hashes, not where they are stored, so that an auditor's verification
//! runs the same code as the gateway's recording.

mod canonical;
pub mod checkpoint;
pub mod digest;
pub mod key;
pub mod leaf;
pub mod proof;
pub mod tree;
pub mod verify;

pub use checkpoint::Checkpoint;
pub use digest::SaltedDigest;
pub use key::{SigningKey, VerifierKey};
pub use leaf::{Closing, Leaf, Opening};
pub use tree::{Frontier, Hash};
