//! Reads `certificates/*.jws` and `*.jwt`: conformance certificates, and the status lists that revoke them.
//!
//! Other files of the folder, such as those of TLS, are not looked at. Only what an issuer of
//! `[certificates]` signed counts; the rest is told, so that nobody believes that it is in force.

use super::{CertificateDemand, Demand, Files, check::All};
use sluse_conformance::{
    Role,
    certificate::{Answer, Asked, Certificate, Known, StatusList, can_connect},
};
use sluse_contracts::{Finding, code};
use sluse_ledger::VerifierKey;

const FOLDER: &str = "certificates";

/// Reads all certificates and status lists of the folder.
pub(super) fn read(files: &Files, issuers: &[VerifierKey], findings: &mut Vec<Finding>) -> Known {
    let mut known = Known::default();
    for (path, bytes) in files.below(FOLDER) {
        let text = || String::from_utf8_lossy(bytes);
        let fault = if path.ends_with(".jws") {
            Certificate::read(&text(), issuers).map(|read| known.certificates.push(read)).err()
        } else if path.ends_with(".jwt") {
            StatusList::read(&text(), issuers).map(|read| known.lists.push(read)).err()
        } else {
            continue;
        };
        if let Some(fault) = fault {
            let sentence = format!("it does not count: {fault}");
            let finding = Finding::in_file(path, code::CERTIFICATE_NOT_COUNTED, sentence);
            let hint = "`issuers` of `[certificates]` in sluse.toml lists the keys that count";
            findings.push(finding.warning().hint(hint));
        }
    }
    known
}

/// Tells where a provider does not have the certificate that its own service asks for.
pub(super) fn check(all: &All, findings: &mut Vec<Finding>) {
    for read in &all.services {
        let CertificateDemand { demand, word } = read.service.requires_certificate;
        if demand == Demand::Off {
            continue;
        }
        let Some(wanted) = &read.service.contract else {
            let sentence = "a certificate is for a contract, and the service has none";
            findings.push(read.certificate_at.finding(code::VALUE_WRONG, sentence));
            continue;
        };
        // A contract that is not there is told already.
        let Some(contract) = all.contracts.registry.find(wanted) else { continue };
        let manifest = contract.manifest();
        let subsystem = read.service.id.subsystem();
        let asked = Asked {
            system: subsystem.as_str(),
            contract: manifest.id.as_str(),
            version: manifest.version.into(),
            role: Some(Role::Provider),
            profile: None,
            word,
            now: all.now_s,
        };
        let (Answer::No(why) | Answer::Unknown(why)) = can_connect(&all.certificates, &asked)
        else {
            continue;
        };
        let sentence = format!(
            "the provider `{subsystem}` has no conformance certificate that will do: {why}"
        );
        let finding = read.certificate_at.finding(code::CERTIFICATE_LACKING, sentence);
        let finding = if demand == Demand::Warn { finding.warning() } else { finding };
        let hint = format!(
            "put a certificate for {}@{}.{} and its status list into `certificates/`",
            manifest.id, manifest.version.major, manifest.version.minor
        );
        findings.push(finding.hint(hint));
    }
}
