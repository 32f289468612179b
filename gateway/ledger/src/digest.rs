//! Salted digests: what binds a message to a leaf without giving it away.

use aws_lc_rs::{hmac, rand};
use std::fmt;

/// HMAC-SHA-256 of a message under its exchange's salt, fed as the message arrives.
#[derive(Clone)]
pub struct SaltedDigest {
    hmac: hmac::Context,
    bytes: u64,
}

impl SaltedDigest {
    /// A digest under `salt`.
    pub fn new(salt: &[u8; 32]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, salt);
        Self { hmac: hmac::Context::with_key(&key), bytes: 0 }
    }

    /// The digest of a message that is there as a whole, in lower-case hex.
    pub fn of(salt: &[u8; 32], message: &[u8]) -> String {
        let mut digest = Self::new(salt);
        digest.update(message);
        digest.finish().0
    }

    /// Takes in the next piece of the message.
    pub fn update(&mut self, piece: &[u8]) {
        self.hmac.update(piece);
        self.bytes = self.bytes.saturating_add(piece.len() as u64);
    }

    /// The digest in lower-case hex, and the message's length in bytes.
    pub fn finish(self) -> (String, u64) {
        (to_hex(self.hmac.sign().as_ref()), self.bytes)
    }
}

impl fmt::Debug for SaltedDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SaltedDigest({} bytes)", self.bytes)
    }
}

/// The system has no randomness to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no random numbers")]
pub struct NoRandomness;

/// A new salt.
///
/// # Errors
/// Where the system gives no random numbers.
pub fn new_salt() -> Result<[u8; 32], NoRandomness> {
    let mut salt = [0; 32];
    rand::fill(&mut salt).map_err(|_| NoRandomness)?;
    Ok(salt)
}

/// Bytes in lower-case hex.
pub fn to_hex(bytes: &[u8]) -> String {
    let digit =
        |nibble: u8| char::from(if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 });
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_hmac_sha_256_however_the_message_is_cut() {
        // Checked against another implementation: HMAC-SHA-256 of "a message" under 32 times 0x0b.
        let salt = [0x0b; 32];
        let whole = SaltedDigest::of(&salt, b"a message");
        let mut cut = SaltedDigest::new(&salt);
        cut.update(b"a mes");
        cut.update(b"");
        cut.update(b"sage");
        assert_eq!(cut.finish(), (whole.clone(), 9));
        assert_eq!(whole, "fa8b43e8fb1ed745153726bfe783a4a9bf663406ed166667d95927e26073f958");
        assert_ne!(whole, SaltedDigest::of(&[0x0c; 32], b"a message"));
        assert_ne!(new_salt().unwrap(), new_salt().unwrap());
    }
}
