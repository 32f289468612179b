//! The ledger's key: an Ed25519 pair named after the ledger's origin.
//!
//! The private half is a PKCS #8 PEM file, as every tool knows it. The public half is one line of
//! text, `origin+hash+base64`, the verifier key of C2SP `signed-note`.

use crate::tree::Hash;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use std::{fmt, str::FromStr};

/// The signature kind of Ed25519 in C2SP `signed-note`.
const ED25519_KIND: u8 = 0x01;
/// Longest origin, in bytes.
pub const ORIGIN_BYTES_MAX: usize = 255;
const PEM_BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const PEM_END: &str = "-----END PRIVATE KEY-----";

/// Why a key cannot be used. Never shows the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// Not a PEM file with one private key.
    #[error("not a PEM file with one PRIVATE KEY (PKCS #8)")]
    NotPem,
    /// PKCS #8, but not Ed25519.
    #[error("not an Ed25519 key in PKCS #8")]
    NotEd25519,
    /// Not written `origin+hash+base64`.
    #[error("not a verifier key: expected origin+hash+base64 on one line")]
    NotVerifierKey,
    /// The hash in a verifier key is not that of its origin and key.
    #[error(
        "the verifier key's hash does not fit its origin and key: a character is wrong, or the origin was changed"
    )]
    HashWrong,
    /// The origin is empty, too long, or has a space, a control character or a plus sign.
    #[error(
        "an origin is 1 to {ORIGIN_BYTES_MAX} bytes without spaces, control characters and plus signs"
    )]
    OriginWrong,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
}

/// The private half: signs checkpoints.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    verifier: VerifierKey,
}

impl SigningKey {
    /// A new key for the ledger of this origin.
    ///
    /// # Errors
    /// Where the origin is not one, or there is no randomness.
    pub fn generate(origin: &str) -> Result<Self, KeyFault> {
        let pair = Ed25519KeyPair::generate().map_err(|_| KeyFault::NoRandomness)?;
        Self::from_pair(origin, pair)
    }

    /// Reads a PKCS #8 PEM file.
    ///
    /// # Errors
    /// Where it is not one, holds no Ed25519 key, or the origin is not one.
    pub fn from_pem(origin: &str, pem: &str) -> Result<Self, KeyFault> {
        let (_, rest) = pem.split_once(PEM_BEGIN).ok_or(KeyFault::NotPem)?;
        let (body, after) = rest.split_once(PEM_END).ok_or(KeyFault::NotPem)?;
        if after.contains(PEM_BEGIN) {
            return Err(KeyFault::NotPem);
        }
        let body: String = body.split_ascii_whitespace().collect();
        let der = BASE64.decode(body).map_err(|_| KeyFault::NotPem)?;
        let pair = Ed25519KeyPair::from_pkcs8(&der).map_err(|_| KeyFault::NotEd25519)?;
        Self::from_pair(origin, pair)
    }

    /// The key as a PKCS #8 PEM file.
    ///
    /// # Errors
    /// Where the library cannot write it.
    pub fn to_pem(&self) -> Result<String, KeyFault> {
        let der = self.pair.to_pkcs8v1().map_err(|_| KeyFault::NotEd25519)?;
        Ok(format!("{PEM_BEGIN}\n{}\n{PEM_END}\n", BASE64.encode(der.as_ref())))
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs bytes that are no checkpoint. What is signed must say what it is (a prefix, a header), so that one kind
    /// of text cannot be taken for another.
    pub fn sign_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        self.pair.sign(bytes).as_ref().to_vec()
    }

    pub(crate) fn sign(&self, text: &str) -> Vec<u8> {
        self.sign_bytes(text.as_bytes())
    }

    fn from_pair(origin: &str, pair: Ed25519KeyPair) -> Result<Self, KeyFault> {
        let public = pair.public_key().as_ref().try_into().map_err(|_| KeyFault::NotEd25519)?;
        let verifier = VerifierKey::new(origin, public)?;
        Ok(Self { pair, verifier })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.verifier)
    }
}

/// The public half: an auditor's means to check signatures. Displays as `origin+hash+base64`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    origin: String,
    public: [u8; 32],
    id: [u8; 4],
}

impl VerifierKey {
    fn new(origin: &str, public: [u8; 32]) -> Result<Self, KeyFault> {
        check_origin(origin)?;
        let hash = Hash::of(&[origin.as_bytes(), b"\n", &[ED25519_KIND], &public]).0;
        let [a, b, c, d, ..] = hash;
        Ok(Self { origin: origin.to_owned(), public, id: [a, b, c, d] })
    }

    /// The ledger's origin, which is the key's name.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Its name and the hash in its key id, `origin+hash`: which key it is, in few letters.
    pub fn key_id(&self) -> String {
        format!("{}+{:08x}", self.origin, u32::from_be_bytes(self.id))
    }

    /// Whether this key signed these bytes, which are no checkpoint.
    pub fn verifies(&self, bytes: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.public).verify(bytes, signature).is_ok()
    }

    /// The key id of C2SP `signed-note`: the first four bytes of SHA-256 over name, newline, kind and key.
    pub(crate) fn id(&self) -> [u8; 4] {
        self.id
    }

    pub(crate) fn signed(&self, text: &str, signature: &[u8]) -> bool {
        self.verifies(text.as_bytes(), signature)
    }

    /// The public key's DER form (`SubjectPublicKeyInfo`, RFC 8410), as PEM.
    pub fn to_pem(&self) -> String {
        // SEQUENCE { SEQUENCE { OID 1.3.101.112 }, BIT STRING }: the same prefix for every key.
        let mut der = vec![0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
        der.extend_from_slice(&self.public);
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", BASE64.encode(der))
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![ED25519_KIND];
        key.extend_from_slice(&self.public);
        let id = u32::from_be_bytes(self.id);
        write!(f, "{}+{id:08x}+{}", self.origin, BASE64.encode(key))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for VerifierKey {
    type Err = KeyFault;

    /// Reads `origin+hash+base64`; the base64 part may itself hold plus signs, the others may not.
    fn from_str(text: &str) -> Result<Self, KeyFault> {
        let mut parts = text.trim_end_matches(['\r', '\n']).splitn(3, '+');
        let (Some(origin), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(KeyFault::NotVerifierKey);
        };
        let key = BASE64.decode(key).map_err(|_| KeyFault::NotVerifierKey)?;
        let Some((&ED25519_KIND, public)) = key.split_first() else {
            return Err(KeyFault::NotVerifierKey);
        };
        let public = public.try_into().map_err(|_| KeyFault::NotVerifierKey)?;
        let read = Self::new(origin, public)?;
        let stated = u32::from_str_radix(hash, 16).ok().filter(|_| hash.len() == 8);
        match stated {
            None => Err(KeyFault::NotVerifierKey),
            Some(stated) if stated.to_be_bytes() == read.id => Ok(read),
            Some(_) => Err(KeyFault::HashWrong),
        }
    }
}

/// Names of keys have no spaces and no plus signs (C2SP `signed-note`).
pub(crate) fn check_origin(origin: &str) -> Result<(), KeyFault> {
    let wrong = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    let fits = (1..=ORIGIN_BYTES_MAX).contains(&origin.len()) && !origin.contains(wrong);
    if fits { Ok(()) } else { Err(KeyFault::OriginWrong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with another implementation, from the seed of 32 times 0x07.
    const PEM: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH\n-----END PRIVATE KEY-----\n";

    #[test]
    fn reads_and_writes_the_files_that_other_tools_know() {
        let key = SigningKey::from_pem("gateway.dk.example/ledger", PEM).unwrap();
        assert_eq!(key.to_pem().unwrap(), PEM);
        assert_eq!(
            key.verifier().to_string(),
            "gateway.dk.example/ledger+f54ac7d4+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs"
        );
        let read: VerifierKey = format!("{}\n", key.verifier()).parse().unwrap();
        assert_eq!(&read, key.verifier());
        assert!(!format!("{key:?}").contains("BwcH"));
        let made = SigningKey::generate("a").unwrap();
        let again = SigningKey::from_pem("a", &made.to_pem().unwrap()).unwrap();
        assert_eq!(again.verifier(), made.verifier());
    }

    #[test]
    fn says_why_a_key_cannot_be_used() {
        let pem = |text: &str| SigningKey::from_pem("a", text).unwrap_err();
        assert_eq!(pem(""), KeyFault::NotPem);
        assert_eq!(pem(&PEM.replace("MC4C", "MC!C")), KeyFault::NotPem);
        assert_eq!(pem(&PEM.replace("K2Vw", "K2Vx")), KeyFault::NotEd25519);
        assert_eq!(pem(&format!("{PEM}{PEM}")), KeyFault::NotPem);
        for origin in ["", "a b", "a+b", "a\n", &"a".repeat(300)] {
            assert_eq!(SigningKey::from_pem(origin, PEM).unwrap_err(), KeyFault::OriginWrong);
        }
        let line = SigningKey::from_pem("a", PEM).unwrap().verifier().to_string();
        let verifier = |text: &str| text.parse::<VerifierKey>().unwrap_err();
        assert_eq!(verifier(&line.replacen('a', "b", 1)), KeyFault::HashWrong);
        for bad in ["", "a", "a+b", "a+00000000+", "a+00000000+AAAA", "a+0+AQ=="] {
            assert_eq!(verifier(bad), KeyFault::NotVerifierKey, "{bad}");
        }
    }
}
