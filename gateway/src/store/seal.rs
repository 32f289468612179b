//! What is kept of messages at rest is encrypted: outbox, stored answers, salts.
//!
//! AES-256-GCM. Each value has a key of its own, derived from the storage key (HMAC-SHA-256) by what
//! it is and which exchange it belongs to, so that a value moved to another place does not open, and
//! the number of random nonces under one key stays small.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    hmac, rand,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use std::fmt;

/// The key that encrypts what is kept of messages.
pub struct StorageKey(hmac::Key);

/// Why a storage key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StorageKeyFault {
    /// Not 32 bytes in base64.
    #[error("a storage key is 32 random bytes in base64, on one line")]
    NotAKey,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
}

/// What a sealed value is: part of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sealed {
    Outbox,
    Answer,
    Salt,
}

impl StorageKey {
    /// Reads a key file: 32 bytes in base64, on one line.
    ///
    /// # Errors
    /// Where it is not that.
    pub fn from_text(text: &str) -> Result<Self, StorageKeyFault> {
        let bytes = BASE64.decode(text.trim()).map_err(|_| StorageKeyFault::NotAKey)?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| StorageKeyFault::NotAKey)?;
        Ok(Self::from_bytes(bytes))
    }

    /// A key made anew, as the text of a key file.
    ///
    /// # Errors
    /// Where the system gives no random numbers.
    pub fn new_text() -> Result<String, StorageKeyFault> {
        let mut bytes = [0; 32];
        rand::fill(&mut bytes).map_err(|_| StorageKeyFault::NoRandomness)?;
        Ok(format!("{}\n", BASE64.encode(bytes)))
    }

    /// A key of these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
    }

    /// What tells one key from another without giving it away.
    pub(super) fn fingerprint(&self) -> Vec<u8> {
        hmac::sign(&self.0, b"sluse fingerprint").as_ref().to_vec()
    }

    /// A keyed digest, for what is only compared.
    pub(super) fn tag(&self, bytes: &[u8]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(b"sluse tag\0");
        context.update(bytes);
        context.sign().as_ref().to_vec()
    }

    /// Nonce, ciphertext and tag. `None` where the library fails.
    pub(super) fn seal(&self, what: Sealed, exchange: &str, mut value: Vec<u8>) -> Option<Vec<u8>> {
        let nonce = self.key(what, exchange)?.seal_in_place_append_tag(Aad::empty(), &mut value);
        let mut sealed = nonce.ok()?.as_ref().to_vec();
        sealed.append(&mut value);
        Some(sealed)
    }

    /// What was sealed. `None` where it was altered, moved, or sealed under another key.
    pub(super) fn open(&self, what: Sealed, exchange: &str, sealed: &[u8]) -> Option<Bytes> {
        let (nonce, value) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut value = value.to_vec();
        let nonce = Nonce::from(nonce);
        let opened = self.key(what, exchange)?.open_in_place(nonce, Aad::empty(), &mut value);
        let length = opened.ok()?.len();
        value.truncate(length);
        Some(value.into())
    }

    fn key(&self, what: Sealed, exchange: &str) -> Option<RandomizedNonceKey> {
        let label: &[u8] = match what {
            Sealed::Outbox => b"sluse outbox\0",
            Sealed::Answer => b"sluse answer\0",
            Sealed::Salt => b"sluse salt\0",
        };
        let mut context = hmac::Context::with_key(&self.0);
        context.update(label);
        context.update(exchange.as_bytes());
        RandomizedNonceKey::new(&AES_256_GCM, context.sign().as_ref()).ok()
    }
}

impl fmt::Debug for StorageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StorageKey(…)")
    }
}

/// Several values as one: each with its length before it.
pub(super) fn pack<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut packed = Vec::new();
    for piece in pieces {
        packed.extend_from_slice(&(piece.len() as u64).to_be_bytes());
        packed.extend_from_slice(piece);
    }
    packed
}

/// What was packed.
pub(super) fn unpack(packed: &Bytes) -> Option<Vec<Bytes>> {
    let mut rest = packed.clone();
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        let length = u64::from_be_bytes(*rest.first_chunk::<8>()?);
        let _ = rest.split_to(8);
        let length = usize::try_from(length).ok().filter(|length| *length <= rest.len())?;
        pieces.push(rest.split_to(length));
    }
    Some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_in_its_own_place_and_unaltered() {
        let key = StorageKey::from_text(&StorageKey::new_text().unwrap()).unwrap();
        let sealed = key.seal(Sealed::Outbox, "a", b"value".to_vec()).unwrap();
        assert_eq!(key.open(Sealed::Outbox, "a", &sealed).unwrap(), &b"value"[..]);
        assert!(key.open(Sealed::Outbox, "b", &sealed).is_none());
        assert!(key.open(Sealed::Answer, "a", &sealed).is_none());
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(key.open(Sealed::Outbox, "a", &altered).is_none());
            assert!(key.open(Sealed::Outbox, "a", &sealed[..at]).is_none());
        }
        assert!(!sealed.windows(5).any(|window| window == b"value"));
    }

    #[test]
    fn unpacks_what_it_packed() {
        let packed = Bytes::from(pack([&b"one"[..], b"", b"three"]));
        assert_eq!(unpack(&packed).unwrap(), ["one", "", "three"].map(Bytes::from));
        assert!(unpack(&packed.slice(..packed.len() - 1)).is_none());
        assert!(unpack(&Bytes::from_static(&[0xff; 8])).is_none());
    }
}
