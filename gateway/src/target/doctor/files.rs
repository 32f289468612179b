//! What can be known without the system: our certificate, tokens, test data.

use super::{Patient, fault_of, sound};
use crate::{
    config::{CertificateFacts, certificate_facts},
    target::{Credentials, settings::OWN, token},
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use sluse_conformance::{Template, case::Request, result::SetUp, template::Slot};
use std::{collections::BTreeSet, path::Path};

/// A certificate that ends within so many days is worth a word.
const ENDS_SOON_SECONDS: i64 = 14 * 86_400;

/// Our certificate: its dates, its purpose, and whether the key is its own.
pub(super) fn own_certificate(patient: &Patient<'_>) -> Option<SetUp> {
    let (certificate, key) = patient.supplier.tls.own.as_ref()?;
    Some(match read(certificate, key) {
        Err((sentence, hint)) => fault_of("own-certificate", sentence, hint),
        Ok(facts) => match dates(&facts, patient.now_seconds()) {
            Some(fault) => {
                let hint = "ask for a new one and name its file as `certificate` of [tls]";
                fault_of("own-certificate", format!("our certificate {fault}"), hint)
            }
            None if !facts.is_for_clients => fault_of(
                "own-certificate",
                "our certificate is not for showing who asks (its extended key usage lacks clientAuth)",
                "ask for one with the purpose clientAuth",
            ),
            None => sound(
                "own-certificate",
                format!("{}{}", facts.subject, ends(&facts, patient.now_seconds())),
            ),
        },
    })
}

/// Why a certificate does not hold now.
pub(super) fn dates(facts: &CertificateFacts, now_seconds: i64) -> Option<String> {
    if now_seconds > facts.until_seconds {
        return Some(format!("ended {} ago", token::span(now_seconds - facts.until_seconds)));
    }
    let early = facts.from_seconds - now_seconds;
    (early > 0).then(|| format!("begins in {}", token::span(early)))
}

/// How long a certificate holds, where that is soon over.
pub(super) fn ends(facts: &CertificateFacts, now_seconds: i64) -> String {
    let left = facts.until_seconds - now_seconds;
    if left < ENDS_SOON_SECONDS {
        format!(", ends in {}", token::span(left))
    } else {
        String::new()
    }
}

fn read(certificate: &Path, key: &Path) -> Result<CertificateFacts, (String, &'static str)> {
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let read = |path: &Path| {
        std::fs::read(path).map_err(|fault| {
            let sentence =
                format!("`{}` cannot be read: {}", name(path), crate::config::reason(&fault));
            (sentence, "see `certificate` and `key` of [tls]")
        })
    };
    let (chain_pem, key_pem) = (read(certificate)?, read(key)?);
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(&chain_pem).filter_map(Result::ok).collect();
    let Some(first) = chain.first().cloned() else {
        let swapped = PrivateKeyDer::from_pem_slice(&chain_pem).is_ok();
        let hint = if swapped {
            "`certificate` and `key` of [tls] are swapped"
        } else {
            "it must be a PEM file"
        };
        return Err((format!("`{}` holds no certificate", name(certificate)), hint));
    };
    let Ok(key_der) = PrivateKeyDer::from_pem_slice(&key_pem) else {
        return Err((format!("`{}` holds no private key", name(key)), "it must be a PEM file"));
    };
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let fits = rustls::sign::CertifiedKey::from_der(chain, key_der, &provider);
    match fits {
        Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::KeyMismatch)) => {
            let sentence = "our certificate and our key do not belong together";
            return Err((sentence.to_owned(), "they may be swapped with those of another system"));
        }
        Err(fault) => {
            return Err((format!("our key cannot be used: {fault}"), "see `key` of [tls]"));
        }
        Ok(_) => {}
    }
    certificate_facts(&first)
        .ok_or_else(|| ("our certificate cannot be read".to_owned(), "see `certificate` of [tls]"))
}

/// Whether all secrets are there, and what the tokens say of themselves.
pub(super) fn tokens(patient: &Patient<'_>, credentials: &Credentials) -> SetUp {
    let own = credentials.troubles.iter().find(|trouble| trouble.name == OWN);
    if let Some(trouble) = own.or_else(|| credentials.troubles.first()) {
        return fault_of("token", &*trouble.sentence, &*trouble.hint);
    }
    let Some((own, expected)) = credentials.token(OWN) else {
        let sentence = match patient.supplier.credentials.contains_key(OWN) {
            true => "the credentials are there",
            false => "the file names no credentials",
        };
        return sound("token", sentence);
    };
    let faults = token::faults(own, expected, patient.now_seconds());
    if faults.is_empty() {
        let left = token::holds_for(own, patient.now_seconds());
        let left =
            left.map_or_else(String::new, |left| format!(", holds on for {}", token::span(left)));
        return sound("token", format!("the token is there{left}"));
    }
    let scopes_alone = faults.iter().all(|fault| fault.contains("scope"));
    let check = if scopes_alone { "scopes" } else { "token" };
    let sentence = format!("the token `{OWN}`: {}", faults.join("; "));
    fault_of(
        check,
        sentence,
        "ask for another token, with the audience, issuer and scopes of this system",
    )
}

/// Whether all test data that cases need is there.
pub(super) fn test_data(patient: &Patient<'_>) -> SetUp {
    let mut needed = BTreeSet::new();
    for case in &patient.plan.cases {
        let requests = case.play.calls().iter().flat_map(|step| &step.requests);
        requests.for_each(|request| needed.extend(given(request)));
    }
    let known = patient.supplier.known.iter().flat_map(Template::slots);
    needed.extend(known.filter_map(name));
    needed.extend(patient.suite.given.iter().map(|given| given.name.as_str()));
    let data = &patient.supplier.test_data;
    let missing: Vec<&str> = needed
        .iter()
        .filter(|name| data.get(**name).is_none_or(|value| value.trim().is_empty()))
        .copied()
        .collect();
    if missing.is_empty() {
        return sound(
            "test-data",
            match needed.len() {
                0 => "none is needed".to_owned(),
                1 => "the one value that is needed is there".to_owned(),
                n => format!("all {n} values that are needed are there"),
            },
        );
    }
    let what = patient.suite.given.iter().find(|given| missing.contains(&given.name.as_str()));
    let what = what.map_or_else(String::new, |given| format!(" ({})", given.what));
    let sentence = format!("there is no value for {}{what}", missing.join(", "));
    fault_of("test-data", sentence, "write the values under [test-data]")
}

fn given(request: &Request) -> Vec<&str> {
    let body = request.body.template();
    let headers = request.headers.iter().map(|(_, value)| value);
    let templates = std::iter::once(&request.path).chain(headers).chain(body);
    templates.flat_map(Template::slots).filter_map(name).collect()
}

fn name(slot: &Slot) -> Option<&str> {
    match slot {
        Slot::Given(name) => Some(name),
        _ => None,
    }
}
