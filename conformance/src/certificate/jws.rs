//! JSON Web Signatures in compact form (RFC 7515) by Ed25519 (RFC 8037), and nothing else of JOSE.
//!
//! The header is checked, not followed: `alg` must be `EdDSA`, `typ` the one that is asked for, and a
//! header that says it must be understood (`crit`) is refused. The key is one of those given; nothing
//! in the token chooses or brings it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sluse_ledger::{SigningKey, VerifierKey};

/// Why a token cannot be made or believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwsFault {
    /// Not three parts in base64url with JSON in the first two.
    #[error("it is not a JWS in compact form")]
    Form,
    /// A header that is not of this kind of token.
    #[error("its header is not that of this kind of token")]
    Header,
    /// None of the keys signed it.
    #[error("none of the trusted keys signed it, or it was changed")]
    Signature,
    /// The payload lacks something or says too much.
    #[error("it does not say what a token of this kind says")]
    Claims,
    /// Larger than the limit.
    #[error("it is larger than the limit")]
    TooLarge,
}

#[derive(Debug, Serialize, Deserialize)]
struct Header {
    alg: String,
    typ: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    crit: Option<serde_json::Value>,
}

pub(super) fn sign(
    typ: &str,
    claims: &impl Serialize,
    key: &SigningKey,
) -> Result<String, JwsFault> {
    let header = Header {
        alg: "EdDSA".to_owned(),
        typ: typ.to_owned(),
        kid: Some(key.verifier().key_id()),
        crit: None,
    };
    let part = |bytes: Result<Vec<u8>, _>| {
        bytes.map(|bytes| BASE64URL.encode(bytes)).map_err(|_: serde_json::Error| JwsFault::Claims)
    };
    let signed =
        format!("{}.{}", part(serde_json::to_vec(&header))?, part(serde_json::to_vec(claims))?);
    let signature = BASE64URL.encode(key.sign_bytes(signed.as_bytes()));
    Ok(format!("{signed}.{signature}"))
}

pub(super) fn read<C: DeserializeOwned>(
    typ: &str,
    text: &str,
    keys: &[VerifierKey],
) -> Result<(C, VerifierKey), JwsFault> {
    let (signed, signature) = text.rsplit_once('.').ok_or(JwsFault::Form)?;
    let signature = BASE64URL.decode(signature).map_err(|_| JwsFault::Form)?;
    let payload = payload(typ, signed)?;
    let signer = keys.iter().find(|key| key.verifies(signed.as_bytes(), &signature));
    let signer = signer.ok_or(JwsFault::Signature)?.clone();
    let claims = serde_json::from_slice(&payload).map_err(|_| JwsFault::Claims)?;
    Ok((claims, signer))
}

pub(super) fn unproven<C: DeserializeOwned>(typ: &str, text: &str) -> Result<C, JwsFault> {
    let (signed, _) = text.rsplit_once('.').ok_or(JwsFault::Form)?;
    serde_json::from_slice(&payload(typ, signed)?).map_err(|_| JwsFault::Claims)
}

/// The bytes of the payload, where the header is of the kind.
fn payload(typ: &str, signed: &str) -> Result<Vec<u8>, JwsFault> {
    let (header, payload) = signed.split_once('.').ok_or(JwsFault::Form)?;
    let header = BASE64URL.decode(header).map_err(|_| JwsFault::Form)?;
    let header: Header = serde_json::from_slice(&header).map_err(|_| JwsFault::Form)?;
    if header.alg != "EdDSA" || header.typ != typ || header.crit.is_some() {
        return Err(JwsFault::Header);
    }
    BASE64URL.decode(payload).map_err(|_| JwsFault::Form)
}
