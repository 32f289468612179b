//! The status list: which certificates of an issuer were revoked.
//!
//! A Status List Token of IETF Token Status List (draft-ietf-oauth-status-list) as a JWT: a string of
//! bits, compressed with DEFLATE in ZLIB form, in base64url. Supported: `bits` 1 (0 valid, 1 revoked),
//! the JWT form, `sub`, `iat`, `exp`. Not supported: 2, 4 and 8 bits, the CWT form, fetching. The
//! private claim `issued` counts the places given out, so that the token is all that an issuer keeps.

use super::jws::{self, JwsFault};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use serde::{Deserialize, Serialize};
use sluse_ledger::{SigningKey, VerifierKey};
use std::io::{Read, Write};

/// `typ` of a Status List Token (section 5.1 of the draft).
const TYPE: &str = "statuslist+jwt";
/// Most places in a list.
pub const STATUS_ENTRIES_MAX: u64 = 1 << 23;
/// Largest token, in bytes.
const TOKEN_BYTES_MAX: usize = 4 << 20;

/// The status list of an issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusList {
    /// Its name: the `uri` by which certificates refer to it.
    pub uri: String,
    /// When it was signed, in seconds since 1970-01-01T00:00:00Z.
    pub issued_at: i64,
    /// Until when it may be relied on, where it says so.
    pub expires_at: Option<i64>,
    /// Places given out.
    pub issued: u64,
    bits: Vec<u8>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    sub: String,
    iat: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    status_list: Compressed,
    #[serde(default)]
    issued: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Compressed {
    bits: u8,
    lst: String,
}

impl StatusList {
    /// An empty list.
    pub fn new(uri: impl Into<String>) -> Self {
        Self { uri: uri.into(), issued_at: 0, expires_at: None, issued: 0, bits: Vec::new() }
    }

    /// Gives out the next place; nothing where the list is full.
    pub fn take_place(&mut self) -> Option<u64> {
        let place = self.issued;
        if place >= STATUS_ENTRIES_MAX {
            return None;
        }
        self.issued += 1;
        self.bits.resize(self.issued.div_ceil(8).try_into().ok()?, 0);
        Some(place)
    }

    /// Revokes the certificate at a place; false where it was never given out.
    pub fn revoke(&mut self, place: u64) -> bool {
        let byte = usize::try_from(place / 8).ok().and_then(|at| self.bits.get_mut(at));
        match byte.filter(|_| place < self.issued) {
            // The first place is the lowest bit of the first byte (section 4.1 of the draft).
            Some(byte) => {
                *byte |= 1 << (place % 8);
                true
            }
            None => false,
        }
    }

    /// Whether the certificate at a place was revoked; nothing where the list has no such place.
    pub fn is_revoked(&self, place: u64) -> Option<bool> {
        let byte = self.bits.get(usize::try_from(place / 8).ok()?)?;
        Some(byte >> (place % 8) & 1 == 1)
    }

    /// Signs the list as of now: a compact JWS, without a line feed.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn sign(&self, now: i64, key: &SigningKey) -> Result<String, JwsFault> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        let compressed = encoder.write_all(&self.bits).and_then(|()| encoder.finish());
        let lst = BASE64URL.encode(compressed.map_err(|_| JwsFault::Claims)?);
        let claims = Claims {
            sub: self.uri.clone(),
            iat: now,
            exp: self.expires_at,
            status_list: Compressed { bits: 1, lst },
            issued: self.issued,
        };
        jws::sign(TYPE, &claims, key)
    }

    /// Reads a Status List Token: the signature first.
    ///
    /// # Errors
    /// Where none of the keys signed it, or it says what is not supported.
    pub fn read(text: &str, keys: &[VerifierKey]) -> Result<(Self, VerifierKey), JwsFault> {
        if text.len() > TOKEN_BYTES_MAX {
            return Err(JwsFault::TooLarge);
        }
        let (claims, issuer) = jws::read::<Claims>(TYPE, text.trim(), keys)?;
        if claims.status_list.bits != 1 {
            return Err(JwsFault::Claims);
        }
        let compressed = BASE64URL.decode(&claims.status_list.lst).map_err(|_| JwsFault::Claims)?;
        let bits = inflate(&compressed)?;
        let places = bits.len() as u64 * 8;
        let list = Self {
            uri: claims.sub,
            issued_at: claims.iat,
            expires_at: claims.exp,
            issued: claims.issued.min(places),
            bits,
        };
        Ok((list, issuer))
    }
}

/// At most so many bytes as a list may have places for: what unpacks to more is refused.
fn inflate(compressed: &[u8]) -> Result<Vec<u8>, JwsFault> {
    let most = STATUS_ENTRIES_MAX / 8;
    let mut bits = Vec::new();
    let read = ZlibDecoder::new(compressed).take(most + 1).read_to_end(&mut bits);
    match read {
        Ok(read) if read as u64 <= most => Ok(bits),
        Ok(_) => Err(JwsFault::TooLarge),
        Err(_) => Err(JwsFault::Claims),
    }
}
