//! Whether the files of keys and certificates that `sluse.toml` names can be used, and who can read them.

use super::{Origin, certificate, reason};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use rustls_pki_types::{PrivateKeyDer, pem::PemObject};
use sluse_contracts::{Code, Finding, code};
use sluse_ledger::key::SigningKey;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What a file must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holds {
    /// Certificates, PEM.
    Certificates,
    /// A private key of a certificate, PEM.
    TlsKey,
    /// The ledger's Ed25519 key, PEM, PKCS #8.
    SigningKey,
    /// 32 bytes in base64.
    Secret,
}

/// A file that must be there.
#[derive(Debug)]
pub(super) struct NamedFile {
    pub(super) path: PathBuf,
    pub(super) holds: Holds,
    pub(super) origin: Origin,
}

impl NamedFile {
    /// Tells what is wrong with it.
    pub(super) fn check(&self, findings: &mut Vec<Finding>) {
        let name = shown(&self.path);
        let code = self.code();
        match fs::read(&self.path) {
            Err(fault) => {
                let sentence = format!("`{name}` cannot be read: {}", reason(&fault));
                let finding = self.origin.finding(code, sentence);
                findings.push(match self.holds {
                    Holds::SigningKey => finding.hint("`sluse key new NAME` makes one"),
                    Holds::Secret => finding.hint("`sluse key new NAME --secret` makes one"),
                    Holds::Certificates | Holds::TlsKey => finding,
                });
            }
            Ok(bytes) => {
                if let Err(why) = self.holds.read(&bytes) {
                    findings.push(self.origin.finding(code, format!("`{name}` is {why}")));
                }
                if self.holds != Holds::Certificates {
                    findings.extend(self.exposed(&name));
                }
            }
        }
    }

    fn code(&self) -> Code {
        match self.holds {
            Holds::Certificates => code::CERTIFICATE_UNUSABLE,
            Holds::TlsKey | Holds::SigningKey | Holds::Secret => code::KEY_UNUSABLE,
        }
    }

    /// A private key that others on the machine can read, or the group can change.
    fn exposed(&self, name: &str) -> Option<Finding> {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&self.path).ok()?.permissions().mode() & 0o777;
        (mode & 0o037 != 0).then(|| {
            let sentence = format!("`{name}` can be read by others: its mode is {mode:04o}");
            self.origin.finding(code::KEY_EXPOSED, sentence).hint(format!("chmod 600 {name}"))
        })
    }
}

impl Holds {
    fn read(&self, bytes: &[u8]) -> Result<(), &'static str> {
        let sound = match self {
            Self::Certificates => certificate::read(bytes).is_some(),
            Self::TlsKey => PrivateKeyDer::from_pem_slice(bytes).is_ok(),
            Self::SigningKey => std::str::from_utf8(bytes)
                .is_ok_and(|pem| SigningKey::from_pem("origin", pem).is_ok()),
            Self::Secret => BASE64.decode(bytes.trim_ascii()).is_ok_and(|key| key.len() == 32),
        };
        let kind = match self {
            Self::Certificates => "no PEM file with certificates",
            Self::TlsKey => "no PEM file with a private key",
            Self::SigningKey => "no PEM file with an Ed25519 private key (PKCS #8)",
            Self::Secret => "no file with 32 bytes in base64",
        };
        if sound { Ok(()) } else { Err(kind) }
    }
}

/// The last two parts of a path: enough to know it, and the same wherever the folder is.
fn shown(path: &Path) -> String {
    let mut parts: Vec<_> = path.iter().rev().take(2).map(|part| part.to_string_lossy()).collect();
    parts.reverse();
    parts.join("/")
}
