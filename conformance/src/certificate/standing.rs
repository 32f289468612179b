//! Whether a system may be connected under a contract, as far as the certificates at hand say.

use super::{Certificate, MinorVersion, StatusList, Word};
use crate::Role;
use serde::Serialize;
use sluse_ledger::VerifierKey;
use std::fmt;

/// Certificates and status lists whose signatures hold.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The certificates.
    pub certificates: Vec<Certificate>,
    /// The status lists, each with the key that signed it.
    pub lists: Vec<(StatusList, VerifierKey)>,
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The system.
    pub system: &'a str,
    /// The contract's id.
    pub contract: &'a str,
    /// Its minor version.
    pub version: MinorVersion,
    /// The side of the contract; either where absent.
    pub role: Option<Role>,
    /// The part of the contract that must have been tested; absent: the whole. Who keeps to the whole keeps to each part.
    pub profile: Option<&'a str>,
    /// The weakest word that will do.
    pub word: Word,
    /// Now, in seconds since 1970-01-01T00:00:00Z.
    pub now: i64,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<'k> {
    /// A certificate says so.
    Yes(&'k Certificate),
    /// A certificate was there and does not do any more, or not for this.
    No(Why),
    /// Nothing is known for or against it.
    Unknown(Why),
}

/// Why a certificate does not do; the later the nearer it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// There is no certificate for the system under the contract.
    None,
    /// For the other side of the contract.
    WrongRole,
    /// For another minor version of the contract.
    WrongVersion,
    /// For another part of the contract.
    WrongProfile,
    /// Not valid any more.
    Expired,
    /// Not valid yet.
    NotYet,
    /// Revoked by its issuer.
    Revoked,
    /// Self-declared, where it must be observed.
    WrongWord,
    /// No status list at hand says whether it was revoked.
    StatusUnknown,
}

impl Why {
    /// In a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::None => "there is no certificate for the system under the contract",
            Self::WrongRole => "the certificate is for the other side of the contract",
            Self::WrongVersion => "the certificate is for another version of the contract",
            Self::WrongProfile => "the certificate is for a part of the contract alone",
            Self::Expired => "the certificate has expired",
            Self::NotYet => "the certificate is not valid yet",
            Self::Revoked => "the certificate was revoked",
            Self::WrongWord => "the certificate is self-declared, and an observed one is demanded",
            Self::StatusUnknown => {
                "no status list of the certificate's issuer that is at hand and in date says whether it was revoked"
            }
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}

/// Whether a certificate among those known says that the system may be connected.
pub fn can_connect<'k>(known: &'k Known, asked: &Asked<'_>) -> Answer<'k> {
    let of_system = |each: &&Certificate| {
        each.claims.sub == asked.system && each.claims.contract == asked.contract
    };
    let mut nearest = Why::None;
    for certificate in known.certificates.iter().filter(of_system) {
        match fault(known, certificate, asked) {
            None => return Answer::Yes(certificate),
            Some(why) => nearest = nearest.max(why),
        }
    }
    match nearest {
        Why::None | Why::StatusUnknown => Answer::Unknown(nearest),
        why => Answer::No(why),
    }
}

fn fault(known: &Known, certificate: &Certificate, asked: &Asked<'_>) -> Option<Why> {
    let claims = &certificate.claims;
    if asked.role.is_some_and(|role| role != claims.role) {
        return Some(Why::WrongRole);
    }
    if claims.version != asked.version {
        return Some(Why::WrongVersion);
    }
    if claims.profile.is_some() && claims.profile.as_deref() != asked.profile {
        return Some(Why::WrongProfile);
    }
    if asked.now >= claims.exp {
        return Some(Why::Expired);
    }
    if asked.now < claims.iat {
        return Some(Why::NotYet);
    }
    let revoked = is_revoked(known, certificate, asked.now);
    if revoked == Some(true) {
        return Some(Why::Revoked);
    }
    if claims.word < asked.word {
        return Some(Why::WrongWord);
    }
    revoked.is_none().then_some(Why::StatusUnknown)
}

/// By the newest list of the issuer's own; a revocation in one that is out of date counts all the same.
fn is_revoked(known: &Known, certificate: &Certificate, now: i64) -> Option<bool> {
    let place = &certificate.claims.status.status_list;
    let own = known
        .lists
        .iter()
        .filter(|(list, signer)| list.uri == place.uri && *signer == certificate.issuer);
    let newest = own.max_by_key(|(list, _)| (list.issued_at, list.issued)).map(|(list, _)| list)?;
    let revoked = newest.is_revoked(place.idx)?;
    let in_date = newest.expires_at.is_none_or(|end| now < end);
    (revoked || in_date).then_some(revoked)
}
