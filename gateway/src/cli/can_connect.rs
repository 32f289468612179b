//! `sluse can-connect`: whether a system may be connected under a contract, and why.

use super::{
    Exit, Output,
    certificate::{answer, keys, list, text},
};
use crate::{
    clock::{Clock as _, SystemClock},
    config::{process_environment, read_settings, reason},
};
use sluse_conformance::{
    Role,
    certificate::{Answer, Asked, Certificate, Known, MinorVersion, Word, can_connect},
    suite::WHOLE,
};
use sluse_contracts::ContractId;
use sluse_ledger::VerifierKey;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Most files of a folder of certificates.
const FILES_MAX: usize = 10_000;

/// Say whether a system may be connected under a contract, and why
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse can-connect --system example.city/office --contract example.city/permits@1.0 --config /etc/sluse\n  \
    sluse can-connect --system example.city/office --contract example.city/permits@1.0 \\\n      \
    --certificates certificates --status-list status-list.jwt --trust city.pub --word observed\n\n\
    Certificates are `*.jws` of the folder, status lists its `*.jwt` and those given. Exit status: 0 yes, 1 no,\n\
    2 it could not be looked at, 3 not known.")]
pub(super) struct Args {
    /// The system: a subsystem, as the certificate names it
    #[arg(long, value_name = "MEMBER/SUBSYSTEM")]
    system: String,
    /// The contract and its minor version
    #[arg(long, value_name = "ID@1.2", value_parser = contract)]
    contract: (ContractId, MinorVersion),
    /// The side of the contract; either where absent
    #[arg(long, value_enum, value_name = "ROLE")]
    role: Option<Side>,
    /// A part of the contract that suffices, by its name in the suite; the whole where absent
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// The weakest word that will do
    #[arg(long, value_enum, default_value_t, value_name = "WORD")]
    word: Least,
    /// The configuration folder whose `certificates/` and trusted issuers are asked
    #[arg(long, value_name = "DIR")]
    config: Option<PathBuf>,
    /// A folder of certificates and status lists
    #[arg(long, value_name = "DIR")]
    certificates: Option<PathBuf>,
    /// A status list
    #[arg(long, value_name = "FILE")]
    status_list: Vec<PathBuf>,
    /// Whose word counts: a line as `sluse key public` prints it, or a file that holds it
    #[arg(long, value_name = "KEY", required_unless_present = "config")]
    trust: Vec<String>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Side {
    Consumer,
    Provider,
}

#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
enum Least {
    #[default]
    SelfDeclared,
    Observed,
}

fn contract(text: &str) -> Result<(ContractId, MinorVersion), String> {
    let (id, version) = text.split_once('@').ok_or("a contract is asked for as ID@1.2")?;
    Ok((
        id.parse().map_err(|fault: sluse_contracts::id::NameFault| fault.to_string())?,
        version.parse()?,
    ))
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    match known(args, output) {
        Ok(known) => ask(args, &known, output),
        Err(why) => output.error(why),
    }
}

fn ask(args: &Args, known: &Known, output: &mut Output) -> Exit {
    let (id, version) = &args.contract;
    let asked = Asked {
        system: &args.system,
        contract: id.as_str(),
        version: *version,
        role: args.role.map(|role| match role {
            Side::Consumer => Role::Consumer,
            Side::Provider => Role::Provider,
        }),
        profile: args.profile.as_deref().filter(|name| *name != WHOLE),
        word: match args.word {
            Least::SelfDeclared => Word::SelfDeclared,
            Least::Observed => Word::Observed,
        },
        now: i64::try_from(SystemClock.now_ms() / 1_000).unwrap_or(i64::MAX),
    };
    match can_connect(known, &asked) {
        Answer::Yes(certificate) => {
            let claims = &certificate.claims;
            let until = certificate.last_day();
            answer(
                "yes",
                &format!("{} certificate of {} until {until}", claims.word, claims.iss),
                output,
            );
            Exit::Fine
        }
        Answer::No(why) => {
            answer("no", why.sentence(), output);
            Exit::Found
        }
        Answer::Unknown(why) => {
            answer("unknown", why.sentence(), output);
            Exit::NoVerdict
        }
    }
}

/// What the folder and the files given say, as far as a trusted key signed it.
fn known(args: &Args, output: &mut Output) -> Result<Known, String> {
    let mut trusted = keys(&args.trust)?;
    if let Some(config) = &args.config {
        let settings = read_settings(config, &process_environment);
        trusted.extend(settings.ok_or_else(|| super::key::no_settings(config))?.issuers);
    }
    let folder =
        args.certificates.clone().or_else(|| Some(args.config.as_ref()?.join("certificates")));
    let mut known = Known::default();
    if let Some(folder) = folder {
        take(&folder, &trusted, &mut known, output)?;
    }
    for file in &args.status_list {
        known.lists.push(list(file, &trusted)?);
    }
    Ok(known)
}

fn take(
    folder: &Path,
    trusted: &[VerifierKey],
    known: &mut Known,
    output: &mut Output,
) -> Result<(), String> {
    let fault = |fault: std::io::Error| format!("`{}`: {}", folder.display(), reason(&fault));
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(fault)?.take(FILES_MAX) {
        files.push(entry.map_err(fault)?.path());
    }
    files.sort_unstable();
    for file in files {
        let passed_over = match file.extension().and_then(|ending| ending.to_str()) {
            Some("jws") => Certificate::read(&text(&file)?, trusted)
                .map(|read| known.certificates.push(read))
                .map_err(|fault| format!("`{}`: {fault}", file.display()))
                .err(),
            Some("jwt") => list(&file, trusted).map(|read| known.lists.push(read)).err(),
            _ => None,
        };
        if let Some(why) = passed_over {
            output.note(format_args!("passed over {why}"));
        }
    }
    Ok(())
}
