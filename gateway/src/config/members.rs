//! Reads `members/*.toml`: who takes part, with which systems, shown by which certificates.

use super::{Files, Member, Origin, Subsystem, certificate};
use sluse_contracts::{
    Day, Finding, code,
    id::{MemberId, SubsystemId},
    settings::{Placed, Settings as Toml, Table},
};

const FOLDER: &str = "members";

/// A member, where it stands, and where its subsystems and certificates do.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) member: Member,
    pub(super) origin: Origin,
    pub(super) subsystems: Vec<Origin>,
    /// Each certificate, whose it is, and where it is named.
    pub(super) certificates: Vec<(Shown, SubsystemId, Origin)>,
}

/// What is known of a certificate that a consumer shows.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    /// SHA-256 of its DER form, in lower-case hex.
    pub(super) digest: String,
    /// The last day on which it holds, where the certificate itself is there.
    pub(super) last_day: Option<Day>,
}

/// Reads all files of the folder.
pub(super) fn read(files: &Files, findings: &mut Vec<Finding>) -> Vec<Read> {
    let mut members = Vec::new();
    for (path, bytes) in files.below(FOLDER) {
        if is_toml(path, findings)
            && let Some(toml) = Toml::parse_bytes(path, bytes, findings)
        {
            let mut root = toml.root();
            let tables = root.tables("member").into_iter();
            members.extend(tables.filter_map(|table| member(files, &toml, table)));
            root.finish();
            findings.extend(toml.into_findings());
        }
    }
    members
}

/// Whether the file is one of settings; what is neither that nor a certificate does not belong.
fn is_toml(path: &str, findings: &mut Vec<Finding>) -> bool {
    let known = [".pem", ".crt", ".cer", ".md"].iter().any(|end| path.ends_with(end));
    if !known && !path.ends_with(".toml") {
        let sentence = "the folder holds `*.toml`, and certificates that they name";
        findings.push(Finding::in_file(path, code::FILE_UNEXPECTED, sentence));
    }
    path.ends_with(".toml")
}

fn member(files: &Files, toml: &Toml<'_>, mut table: Table<'_>) -> Option<Read> {
    let origin = Origin::new(toml.file(), table.place_of("id"));
    let id: Option<MemberId> = table.name("id");
    let name = table.text("name");
    let mut read = Read {
        member: Member { id: id?, name: name.unwrap_or_default(), subsystems: Vec::new() },
        origin,
        subsystems: Vec::new(),
        certificates: Vec::new(),
    };
    for table in table.tables("subsystem") {
        subsystem(files, toml, table, &mut read);
    }
    table.finish();
    Some(read)
}

fn subsystem(files: &Files, toml: &Toml<'_>, mut table: Table<'_>, read: &mut Read) {
    let place = table.place_of("id");
    let id: Option<SubsystemId> = table.name("id");
    let named = table.texts("certificates");
    table.finish();
    let Some(id) = id else { return };
    if id.member() != read.member.id {
        let sentence = format!("the subsystem is one of another member than `{}`", read.member.id);
        let hint = format!("write `{}/…`", read.member.id);
        toml.report_with_hint(place, code::VALUE_WRONG, sentence, hint);
        return;
    }
    let mut certificates = Vec::new();
    for name in named {
        let origin = Origin::new(toml.file(), name.place);
        for shown in shown(files, toml, &name) {
            certificates.push(shown.digest.clone());
            read.certificates.push((shown, id.clone(), origin.clone()));
        }
    }
    read.subsystems.push(Origin::new(toml.file(), place));
    read.member.subsystems.push(Subsystem { id, certificates });
}

/// The certificates that a text names: `sha256:` and 64 hexadecimal digits, or the path of a PEM file.
fn shown(files: &Files, toml: &Toml<'_>, name: &Placed<String>) -> Vec<Shown> {
    if let Some(digest) = name.value.strip_prefix("sha256:") {
        let digest = digest.replace(':', "").to_ascii_lowercase();
        if digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return vec![Shown { digest, last_day: None }];
        }
        let sentence = "a certificate's digest is `sha256:` and 64 hexadecimal digits";
        toml.report(name.place, code::CERTIFICATE_UNUSABLE, sentence);
        return Vec::new();
    }
    let folders = ["", "members/"].map(|folder| format!("{folder}{}", name.value));
    let Some(pem) = folders.iter().find_map(|path| files.get(path)) else {
        let sentence = format!("there is no file `{}`", name.value);
        let hint =
            "a path below the configuration folder to a PEM file in `certificates/`, or `sha256:…`";
        toml.report_with_hint(name.place, code::CERTIFICATE_UNUSABLE, sentence, hint);
        return Vec::new();
    };
    let Some(found) = certificate::read(pem) else {
        let sentence = format!("`{}` holds no certificate in PEM form", name.value);
        toml.report(name.place, code::CERTIFICATE_UNUSABLE, sentence);
        return Vec::new();
    };
    found
        .into_iter()
        .map(|each| Shown { digest: each.digest, last_day: Some(each.last_day) })
        .collect()
}
