//! What every command of a supplier begins with: his file, the contract that it names, and all cases.

use super::{super::output::one_line, Exit, Output};
use crate::{
    clock::SystemClock,
    config::{process_environment, reason},
    target::{
        Supplier,
        run::Bench,
        settings::{FILE, FILE_BYTES_MAX, read},
        subject::{Subject, SubjectFault},
    },
};
use sluse_conformance::Role;
use sluse_contracts::{Finding, settings::nearest};
use std::{
    collections::BTreeSet,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// Which file is meant.
#[derive(Debug, clap::Args)]
pub(super) struct DeskArgs {
    /// The supplier's file
    #[arg(long, value_name = "FILE", default_value = FILE)]
    pub(super) file: PathBuf,
}

/// The file, read, and what it names.
pub(super) struct Desk {
    pub(super) supplier: Supplier,
    pub(super) subject: Subject,
    /// The file's bytes, as they were.
    pub(super) declaration: Vec<u8>,
}

impl Desk {
    /// Reads all. Faults are told.
    pub(super) fn open(args: &DeskArgs, output: &mut Output) -> Result<Self, Exit> {
        Self::open_for(args, None, output)
    }

    /// The same, for a profile in place of the one that the file names.
    pub(super) fn open_for(
        args: &DeskArgs,
        profile: Option<&str>,
        output: &mut Output,
    ) -> Result<Self, Exit> {
        let (supplier, declaration) = supplier(&args.file, output)?;
        let profile = profile.or(supplier.profile.as_deref());
        let subject = subject(&supplier.contract, supplier.role, profile, output)?;
        waivers(&supplier, &subject, output)?;
        Ok(Self { supplier, subject, declaration })
    }

    /// Ready to run, with this process's variables and clock.
    pub(super) fn bench(&self) -> Bench<'_> {
        Bench {
            supplier: &self.supplier,
            subject: &self.subject,
            environment: &process_environment,
            clock: &SystemClock,
        }
    }

    /// The case of this name. Where there is none, that is told.
    pub(super) fn case(
        &self,
        name: &str,
        output: &mut Output,
    ) -> Result<&sluse_conformance::Case, Exit> {
        let cases = &self.subject.plan.cases;
        if let Some(case) = cases.iter().find(|case| case.id.as_str() == name) {
            return Ok(case);
        }
        let exit = output.error(format_args!("there is no case `{}`", one_line(name)));
        let names: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
        match nearest(name, &names) {
            Some(near) => output.hint(format_args!("did you mean `{near}`?")),
            None => output.hint("`sluse conformance list` shows all cases"),
        }
        Err(exit)
    }
}

fn supplier(file: &Path, output: &mut Output) -> Result<(Supplier, Vec<u8>), Exit> {
    let shown = file.display().to_string();
    let mut bytes = Vec::new();
    let read_all =
        File::open(file).and_then(|open| open.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes));
    if let Err(fault) = read_all {
        let exit = output.error(format_args!("`{shown}`: {}", reason(&fault)));
        output.hint("`sluse conformance init --contract ID` writes a file to start from");
        return Err(exit);
    }
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(output.error(format_args!("`{shown}` is larger than {FILE_BYTES_MAX} bytes")));
    }
    let folder = file.parent().unwrap_or(Path::new(""));
    let (supplier, findings) = read(&shown, &bytes, folder);
    match supplier {
        Some(supplier) => Ok((supplier, bytes)),
        None => Err(refuse(&findings, "the supplier's file is faulty", output)),
    }
}

/// A waiver of a clause that nothing tests would excuse nothing, and nobody would notice.
fn waivers(supplier: &Supplier, subject: &Subject, output: &mut Output) -> Result<(), Exit> {
    let clauses = subject.contract.clauses().all().iter().map(|clause| clause.id.as_str());
    let of_cases = subject.plan.cases.iter().map(|case| case.clause.as_str());
    let known: BTreeSet<&str> = clauses.chain(of_cases).collect();
    for waiver in &supplier.waivers {
        if known.contains(waiver.clause.as_str()) {
            continue;
        }
        let (id, clause) = (one_line(&waiver.id), one_line(&waiver.clause));
        let exit =
            output.error(format_args!("waiver `{id}`: the contract has no clause `{clause}`"));
        if let Some(near) = nearest(&waiver.clause, &known.iter().copied().collect::<Vec<_>>()) {
            output.hint(format_args!("did you mean `{near}`?"));
        }
        return Err(exit);
    }
    Ok(())
}

/// Loads the contract that a word means. Faults are told.
pub(super) fn subject(
    word: &str,
    role: Role,
    profile: Option<&str>,
    output: &mut Output,
) -> Result<Subject, Exit> {
    let subject = Subject::load(word, role).map_err(|fault| tell(word, fault, output))?;
    subject.of_profile(profile).map_err(|names| unknown_profile(profile, &names, output))
}

/// Tells that a contract's suite has no profile of a name.
pub(super) fn unknown_profile(name: Option<&str>, names: &[String], output: &mut Output) -> Exit {
    let name = one_line(name.unwrap_or_default());
    let exit = output.error(format_args!("the contract's suite has no profile `{name}`"));
    output.hint(format_args!("there is {}", names.join(", ")));
    exit
}

/// Tells why there is no subject.
pub(super) fn tell(word: &str, fault: SubjectFault, output: &mut Output) -> Exit {
    match fault {
        SubjectFault::Faulty(findings) => refuse(&findings, "the contract is faulty", output),
        SubjectFault::Unknown => {
            let exit = output.error(format_args!("there is no contract `{word}`"));
            output.hint("name a contract's folder, a bundle file, or an id of the library; `sluse contract list` shows what ships");
            exit
        }
    }
}

fn refuse(findings: &[Finding], why: &str, output: &mut Output) -> Exit {
    findings.iter().for_each(|finding| output.note(finding));
    output.error(why)
}
