//! What an exchange leaves in the ledger: an opening and a closing leaf, built from its trail.
//!
//! Leaves name parties, service, contract and codes. The messages are bound by salted digests only.

pub mod digest;
mod leaves;
mod media;

pub use leaves::{closing, opening, recovered, summary};
pub use media::media_type;

use crate::store::Salt;
use sluse_ledger::{SaltedDigest, leaf::MessageDigest};

/// What makes an exchange itself: its id, and the salt of its digests.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The id: a UUID of version 7.
    pub exchange: String,
    /// The salt.
    pub salt: Salt,
}

impl Identity {
    /// A new one; none where the system gives no random bytes, for then nothing may be recorded.
    pub fn new(now_ms: u64) -> Option<Self> {
        let random = digest::random::<42>()?;
        let (id, salt) = random.split_first_chunk::<10>()?;
        let salt = Salt(salt.try_into().ok()?);
        Some(Self { exchange: digest::uuid(now_ms, *id), salt })
    }
}

/// The digest of a message that has been taken in.
pub fn message_digest(taken: SaltedDigest, media_type: &str) -> MessageDigest {
    let (digest, bytes) = taken.finish();
    MessageDigest { digest, bytes, media_type: media_type.to_owned() }
}
