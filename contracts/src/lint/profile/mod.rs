//! What schemas say of versions, namespaces and names, against the profile that the contract is written to.
//!
//! Each profile is a file; what holds for all is in [`plain`]. Only the schemas of a contract's own namespace are held to one:
//! those of others, such as of XML Signature, follow rules of their own.

mod no;
mod oio;
mod plain;
mod schemas;

use super::Subject;
use crate::{Finding, code, manifest::Profile, settings::Place};
use schemas::SchemaFile;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let mut findings = plain::find(subject);
    let rules: fn(&SchemaFile, &mut Vec<Told>) = match subject.profile {
        Profile::Plain => return findings,
        Profile::Oio => oio::find,
        Profile::No => no::find,
    };
    for schema in schemas::own(subject) {
        let mut told = Vec::new();
        rules(&schema, &mut told);
        findings.extend(told.into_iter().map(|told| {
            let sentence = format!("{} (profile {})", told.sentence, subject.profile.word());
            let finding = subject.files.finding(&schema.path, code::PROFILE_RULE, sentence);
            finding.warning().at(told.place.line, told.place.column)
        }));
    }
    findings
}

/// What is told of a schema, and where.
struct Told {
    place: Place,
    sentence: String,
}

#[cfg(test)]
mod tests;
