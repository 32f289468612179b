//! The certificate: a governing body's word that a system keeps to a contract.
//!
//! A JWS in compact form (RFC 7515) with `alg` `EdDSA` over Ed25519 (RFC 8037), of the type
//! [`TYPE`] (RFC 8725, section 3.11). It holds for one minor version of the contract and for twelve
//! months, and names its place in a status list, by which the issuer can revoke it. It says how it
//! was come by: `self-declared` from the supplier's own bundle, `observed` where the issuer ran or
//! replayed the suite himself. It is never issued from a run that does not conform.

mod issue;
mod jws;
mod standing;
mod status;

pub use issue::{Issue, IssueFault, issue};
pub use jws::JwsFault;
pub use standing::{Answer, Asked, Known, Why, can_connect};
pub use status::{STATUS_ENTRIES_MAX, StatusList};

use crate::Role;
use serde::{Deserialize, Serialize};
use sluse_contracts::{ContractId, Day, Version};
use sluse_ledger::{SigningKey, VerifierKey};
use std::{fmt, str::FromStr};

/// `typ` of a certificate.
pub const TYPE: &str = "sluse-certificate+jwt";
/// Largest certificate, in bytes.
pub const CERTIFICATE_BYTES_MAX: usize = 64 * 1024;
/// How long it holds, in months.
pub const MONTHS: u16 = 12;
const SECONDS_A_DAY: i64 = 86_400;

/// How a certificate was come by; the later is the stronger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// From the supplier's own bundle, judged again by the issuer.
    SelfDeclared,
    /// The issuer ran or replayed the suite against the system himself.
    Observed,
}

impl Word {
    /// Both, by their words.
    pub const ALL: [(&'static str, Self); 2] =
        [("self-declared", Self::SelfDeclared), ("observed", Self::Observed)];

    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SelfDeclared => "self-declared",
            Self::Observed => "observed",
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A minor version of a contract, such as `1.2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MinorVersion {
    /// Raised by a breaking change.
    pub major: u32,
    /// Raised by an addition.
    pub minor: u32,
}

impl From<Version> for MinorVersion {
    fn from(version: Version) -> Self {
        Self { major: version.major, minor: version.minor }
    }
}

impl FromStr for MinorVersion {
    type Err = &'static str;

    /// Reads `1.2`, and `1.2.3` as the minor version that it is of.
    fn from_str(text: &str) -> Result<Self, &'static str> {
        let rule = "a minor version is written as in 1.2";
        let whole =
            if text.matches('.').count() == 1 { format!("{text}.0") } else { text.to_owned() };
        whole.parse::<Version>().map(Self::from).map_err(|_| rule)
    }
}

impl TryFrom<String> for MinorVersion {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, &'static str> {
        text.parse()
    }
}

impl From<MinorVersion> for String {
    fn from(version: MinorVersion) -> Self {
        version.to_string()
    }
}

impl fmt::Display for MinorVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// What a certificate says: the claims of its JWT (RFC 7519; `status` as in IETF Token Status List).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who issued it.
    pub iss: String,
    /// Whose system: a subsystem (`member/subsystem`), or the name in the supplier's file.
    pub sub: String,
    /// Its own id: unique to its issuer.
    pub jti: String,
    /// When it was issued, in seconds since 1970-01-01T00:00:00Z.
    pub iat: i64,
    /// The first second in which it does not hold any more.
    pub exp: i64,
    /// The contract's id.
    pub contract: String,
    /// The contract's minor version.
    pub version: MinorVersion,
    /// Whose side of the contract was tested.
    pub role: Role,
    /// The part of the contract that was tested; absent: the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// How it was come by.
    pub word: Word,
    /// What was tested.
    pub evidence: Evidence,
    /// Where to look whether it was revoked.
    pub status: Status,
}

/// What a certificate is issued on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Evidence {
    /// SHA-256 of the bundle, in hexadecimal.
    pub bundle_sha256: String,
    /// The key that signed the bundle.
    pub bundle_key: String,
    /// SHA-256 of the contract, in hexadecimal.
    pub contract_sha256: String,
    /// SHA-256 of the suite, in hexadecimal.
    pub suite_sha256: String,
    /// The product that was tested, by name and version.
    pub system: String,
    /// The tool that tested it.
    pub tool: String,
    /// The day of the run.
    pub run: String,
}

/// The place in a status list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// IETF Token Status List, section 6.2.
    pub status_list: StatusReference,
}

/// See [`Status`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusReference {
    /// The place, from 0.
    pub idx: u64,
    /// The list: the `sub` of its token.
    pub uri: String,
}

/// A certificate whose signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// What it says.
    pub claims: Claims,
    /// Who signed it.
    pub issuer: VerifierKey,
}

impl Certificate {
    /// Signs claims: a compact JWS, without a line feed.
    pub fn sign(claims: &Claims, key: &SigningKey) -> Result<String, JwsFault> {
        jws::sign(TYPE, claims, key)
    }

    /// Reads a certificate: the signature first.
    ///
    /// # Errors
    /// Where none of the keys signed it, or it says what a certificate does not say.
    pub fn read(text: &str, keys: &[VerifierKey]) -> Result<Self, JwsFault> {
        if text.len() > CERTIFICATE_BYTES_MAX {
            return Err(JwsFault::TooLarge);
        }
        let (claims, issuer) = jws::read::<Claims>(TYPE, text.trim(), keys)?;
        let known = claims.contract.parse::<ContractId>().is_ok() && claims.iat < claims.exp;
        if known { Ok(Self { claims, issuer }) } else { Err(JwsFault::Claims) }
    }

    /// What a certificate says of itself, whoever signed it: to be shown, never to be believed.
    ///
    /// # Errors
    /// Where it is none.
    pub fn unproven(text: &str) -> Result<Claims, JwsFault> {
        if text.len() > CERTIFICATE_BYTES_MAX {
            return Err(JwsFault::TooLarge);
        }
        jws::unproven(TYPE, text.trim())
    }

    /// The last day on which it holds.
    pub fn last_day(&self) -> Day {
        Day::from_days((self.claims.exp - 1).div_euclid(SECONDS_A_DAY))
    }
}

/// The same moment so many months later; the last day of the month where it has no such day.
pub fn months_later(seconds: i64, months: u16) -> i64 {
    let (days, within) = (seconds.div_euclid(SECONDS_A_DAY), seconds.rem_euclid(SECONDS_A_DAY));
    let (year, month, day) = Day::from_days(days).date();
    let total = year * 12 + (month - 1) + i64::from(months);
    let (year, month) = (total.div_euclid(12), total.rem_euclid(12) + 1);
    let date = |day: i64| {
        Day::from_date(
            u16::try_from(year).ok()?,
            u8::try_from(month).ok()?,
            u8::try_from(day).ok()?,
        )
    };
    let later = (0..4).find_map(|less| date(day - less));
    later.map_or(seconds, |later| later.days() * SECONDS_A_DAY + within)
}
