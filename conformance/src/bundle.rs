//! The evidence bundle: a run's result, signed, so that others can judge it again without the system.
//!
//! An in-toto Statement v1 (<https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md>) in a
//! DSSE envelope (<https://github.com/secure-systems-lab/dsse/blob/master/envelope.md>). Its subjects are
//! the digests of contract, suite, tool, system declaration and result; its predicate is the result,
//! personal data masked. The signature is Ed25519 with a key as `sluse key new` makes it; `keyid` is
//! the whole verifier key of C2SP `signed-note`, so that a bundle can be read by who has no key file.

use crate::result::{Digested, RunResult};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde::{Deserialize, Serialize};
use sluse_contracts::files::FileDigest;
use sluse_ledger::{SigningKey, VerifierKey};

/// `payloadType` of an in-toto statement (in-toto attestation framework, envelope v1).
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
/// `_type` of a statement.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// What the predicate is.
pub const PREDICATE_TYPE: &str = "https://sluse.example/conformance/result/v1";
/// Largest bundle, in bytes.
pub const BUNDLE_BYTES_MAX: u64 = 512 << 20;
/// Most signatures of an envelope that are looked at.
const SIGNATURES_MAX: usize = 16;

/// What a bundle is signed about besides the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The tool's name and the digest of its binary.
    pub tool: Digested,
    /// The supplier's file that declares the system, as it was when the run began.
    pub declaration: Digested,
    /// How many values were masked.
    pub masked: usize,
}

#[derive(Debug, Serialize, Deserialize)]
struct Envelope {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    signatures: Vec<Signature>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Signature {
    #[serde(default)]
    keyid: String,
    sig: String,
}

/// The statement that a bundle signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// [`STATEMENT_TYPE`].
    #[serde(rename = "_type")]
    pub kind: String,
    /// What it is about.
    pub subject: Vec<Subject>,
    /// [`PREDICATE_TYPE`].
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// What it says.
    pub predicate: Predicate,
}

/// Something that the statement is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// What it is: `contract`, `suite`, `tool`, `system-declaration` or `result`, then a colon and its name.
    pub name: String,
    /// Its digest.
    pub digest: Sha256,
}

/// A digest set with SHA-256 alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sha256 {
    /// In hexadecimal.
    pub sha256: String,
}

/// What the statement says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Predicate {
    /// How many values of personal data were put away.
    pub masked: usize,
    /// The result. Its digest among the subjects is over its JSON as written here: no white space, members in this order.
    pub result: RunResult,
}

/// Why a bundle cannot be made or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleFault {
    /// Not a DSSE envelope.
    #[error("it is not a DSSE envelope")]
    NotAnEnvelope,
    /// An envelope of something else.
    #[error("the envelope does not hold an in-toto statement of a conformance result")]
    NotAResult,
    /// No signature fits.
    #[error("no signature is valid: the bundle was changed, or the key does not exist as written")]
    SignatureWrong,
    /// Signed, but by none of the keys given.
    #[error("it is signed by `{0}`, which is none of the keys given")]
    NotTrusted(String),
    /// A subject's digest is not that of what the bundle holds.
    #[error("the digest of the {0} is not that of what the bundle holds")]
    DigestWrong(&'static str),
    /// It cannot be written.
    #[error("the result cannot be written as JSON")]
    NotWritten,
}

/// Pre-Authentication Encoding (DSSE protocol, "Signature Definition"): `DSSEv1 LEN TYPE LEN BODY`.
fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes =
        format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

/// Signs a result, which is masked already. Gives the bundle's text, which ends with a line feed.
///
/// # Errors
/// Where the result cannot be written.
pub fn seal(result: RunResult, about: &About, key: &SigningKey) -> Result<String, BundleFault> {
    let statement = statement(result, about)?;
    let payload = serde_json::to_vec(&statement).map_err(|_| BundleFault::NotWritten)?;
    let sig = key.sign_bytes(&pae(PAYLOAD_TYPE, &payload));
    let envelope = Envelope {
        payload: BASE64.encode(&payload),
        payload_type: PAYLOAD_TYPE.to_owned(),
        signatures: vec![Signature { keyid: key.verifier().to_string(), sig: BASE64.encode(sig) }],
    };
    let mut text = serde_json::to_string(&envelope).map_err(|_| BundleFault::NotWritten)?;
    text.push('\n');
    Ok(text)
}

fn statement(result: RunResult, about: &About) -> Result<Statement, BundleFault> {
    let subject = |what: &str, of: &Digested| Subject {
        name: format!("{what}:{}", of.name),
        digest: Sha256 { sha256: of.sha256.clone() },
    };
    let own = Digested { name: result.system.name.clone(), sha256: digest_of(&result)? };
    let subjects = vec![
        subject("contract", &result.contract),
        subject("suite", &result.suite),
        subject("tool", &about.tool),
        subject("system-declaration", &about.declaration),
        subject("result", &own),
    ];
    Ok(Statement {
        kind: STATEMENT_TYPE.to_owned(),
        subject: subjects,
        predicate_type: PREDICATE_TYPE.to_owned(),
        predicate: Predicate { masked: about.masked, result },
    })
}

fn digest_of(result: &RunResult) -> Result<String, BundleFault> {
    let bytes = serde_json::to_vec(result).map_err(|_| BundleFault::NotWritten)?;
    Ok(FileDigest::of(&bytes).to_string())
}

/// A bundle that was read, and whose signature was found valid first.
#[derive(Debug, Clone)]
pub struct Opened {
    /// What it says.
    pub statement: Statement,
    /// Who signed it.
    pub signer: VerifierKey,
    /// Whether that is one of the keys given; else it is only what the bundle says of itself.
    pub is_trusted: bool,
    /// SHA-256 of the bundle's bytes, in hexadecimal.
    pub sha256: String,
}

impl Opened {
    /// The result.
    pub fn result(&self) -> &RunResult {
        &self.statement.predicate.result
    }

    /// The digest of a subject, by what it is.
    pub fn digest(&self, what: &str) -> Option<&str> {
        let of = |subject: &&Subject| subject.name.split(':').next() == Some(what);
        self.statement.subject.iter().find(of).map(|subject| subject.digest.sha256.as_str())
    }
}

/// Reads a bundle: the signature first, then what it says, then whether its digests fit.
///
/// Where no key is given, the one that the bundle names will do, and the answer is not trusted.
///
/// # Errors
/// Why it cannot be believed.
pub fn open(bytes: &[u8], keys: &[VerifierKey]) -> Result<Opened, BundleFault> {
    let envelope: Envelope =
        serde_json::from_slice(bytes).map_err(|_| BundleFault::NotAnEnvelope)?;
    let payload = BASE64.decode(&envelope.payload).map_err(|_| BundleFault::NotAnEnvelope)?;
    if envelope.payload_type != PAYLOAD_TYPE {
        return Err(BundleFault::NotAResult);
    }
    let (signer, is_trusted) = signer(&envelope, &payload, keys)?;
    let statement: Statement =
        serde_json::from_slice(&payload).map_err(|_| BundleFault::NotAResult)?;
    let fits = statement.kind == STATEMENT_TYPE
        && statement.predicate_type == PREDICATE_TYPE
        && statement.predicate.result.form == crate::result::FORM;
    if !fits {
        return Err(BundleFault::NotAResult);
    }
    let opened =
        Opened { statement, signer, is_trusted, sha256: FileDigest::of(bytes).to_string() };
    check_digests(&opened)?;
    Ok(opened)
}

fn signer(
    envelope: &Envelope,
    payload: &[u8],
    keys: &[VerifierKey],
) -> Result<(VerifierKey, bool), BundleFault> {
    let signed = pae(PAYLOAD_TYPE, payload);
    let mut stranger = None;
    for signature in envelope.signatures.iter().take(SIGNATURES_MAX) {
        let Ok(sig) = BASE64.decode(&signature.sig) else { continue };
        if let Some(key) = keys.iter().find(|key| key.verifies(&signed, &sig)) {
            return Ok((key.clone(), true));
        }
        let own = signature.keyid.parse::<VerifierKey>().ok();
        stranger = stranger.or_else(|| own.filter(|key| key.verifies(&signed, &sig)));
    }
    match stranger {
        Some(key) if keys.is_empty() => Ok((key, false)),
        Some(key) => Err(BundleFault::NotTrusted(key.to_string())),
        None => Err(BundleFault::SignatureWrong),
    }
}

fn check_digests(opened: &Opened) -> Result<(), BundleFault> {
    let result = opened.result();
    for (what, digest) in [
        ("contract", result.contract.sha256.clone()),
        ("suite", result.suite.sha256.clone()),
        ("result", digest_of(result)?),
    ] {
        if opened.digest(what) != Some(digest.as_str()) {
            return Err(BundleFault::DigestWrong(what));
        }
    }
    Ok(())
}
