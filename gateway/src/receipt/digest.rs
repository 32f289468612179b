//! Digests beside those of evidence: keyed ones for idempotency, plain ones for certificates; and ids.

use aws_lc_rs::{
    digest::{SHA256, digest},
    hmac::{self, HMAC_SHA256},
    rand,
};
use std::fmt::{self, Write as _};

pub use sluse_ledger::digest::to_hex as hex;

/// A digest of bytes that are still arriving.
pub struct Digesting(hmac::Context);

impl Digesting {
    /// HMAC-SHA-256 under `key`.
    pub fn new(key: &[u8]) -> Self {
        Self(hmac::Context::with_key(&hmac::Key::new(HMAC_SHA256, key)))
    }

    /// Takes more bytes in.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest, as bytes.
    pub fn finish(self) -> [u8; 32] {
        to_32(self.0.sign().as_ref())
    }
}

impl fmt::Debug for Digesting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digesting(…)")
    }
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    to_32(digest(&SHA256, bytes).as_ref())
}

/// Random bytes from the system's generator, all zero where there are none: then nothing may be recorded.
pub fn random<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).ok().map(|()| bytes)
}

/// A UUID of version 7 (RFC 9562, section 5.7): time first, so that ids sort by when they were given.
pub fn uuid(now_ms: u64, random: [u8; 10]) -> String {
    let [a, b, c, d, rest @ ..] = random;
    let a = 0x70 | (a & 0x0f);
    let c = 0x80 | (c & 0x3f);
    let mut text = String::with_capacity(36);
    let (high, low) = ((now_ms >> 16) & 0xffff_ffff, now_ms & 0xffff);
    // Writing into a string cannot fail.
    let _ = write!(text, "{high:08x}-{low:04x}-{a:02x}{b:02x}-{c:02x}{d:02x}-");
    text.push_str(&hex(&rest));
    text
}

fn to_32(bytes: &[u8]) -> [u8; 32] {
    bytes.try_into().unwrap_or([0; 32])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_ids_of_version_7() {
        let id = uuid(0x0199_aabb_ccdd, [0xff; 10]);
        assert_eq!(id, "0199aabb-ccdd-7fff-bfff-ffffffffffff");
        assert_eq!(hex(&[0, 0xaf, 9]), "00af09");
    }

    #[test]
    fn digests_the_same_in_pieces_and_at_once() {
        let mut pieces = Digesting::new(&[1; 32]);
        pieces.add(b"a");
        pieces.add(b"bc");
        let mut whole = Digesting::new(&[1; 32]);
        whole.add(b"abc");
        assert_eq!(pieces.finish(), whole.finish());
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hex(&sha256(b"abc")), known);
    }
}
