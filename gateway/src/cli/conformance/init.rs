//! `sluse conformance init`: the supplier's one file, with a word for each key.

use super::{Exit, Output, desk::tell};
use crate::{
    config::reason,
    target::{
        settings::FILE,
        subject::{Subject, SubjectFault},
    },
};
use sluse_conformance::Role;
use std::{
    fmt::Write as _,
    fs::OpenOptions,
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

/// Write the one file that a supplier fills in
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse conformance init --contract example.city/permits\n  \
    sluse conformance init --contract contracts/permits/1.0.0 --role provider --file test.toml\n\n\
    A file that is there already is left as it is.")]
pub(super) struct Args {
    /// A contract's folder, or an id of the library
    #[arg(long, value_name = "PATH|ID")]
    contract: String,
    /// Whose system is tested
    #[arg(long, value_enum, default_value_t, value_name = "ROLE")]
    role: RoleArg,
    /// The file that is written
    #[arg(long, value_name = "FILE", default_value = FILE)]
    file: PathBuf,
}

/// Whose system is tested.
#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
enum RoleArg {
    /// The system that answers.
    #[default]
    Provider,
    /// The system that asks.
    Consumer,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let role = match args.role {
        RoleArg::Provider => Role::Provider,
        RoleArg::Consumer => Role::Consumer,
    };
    let subject = match Subject::load(&args.contract, role) {
        Ok(subject) => subject,
        Err(fault @ (SubjectFault::Unknown | SubjectFault::Faulty(_))) => {
            return tell(&args.contract, fault, output);
        }
    };
    let text = text(&args.contract, role, &subject);
    let shown = args.file.display();
    let made = OpenOptions::new().write(true).create_new(true).open(&args.file);
    match made.and_then(|mut file| file.write_all(text.as_bytes())) {
        Ok(()) => {}
        Err(fault) if fault.kind() == ErrorKind::AlreadyExists => {
            let exit = output.error(format_args!("`{shown}` is there already"));
            output.hint("name another with --file");
            return exit;
        }
        Err(fault) => return output.error(format_args!("`{shown}`: {}", reason(&fault))),
    }
    next(&args.file, output);
    Exit::Fine
}

fn next(file: &Path, output: &mut Output) {
    let shown = file.display().to_string();
    let named = if shown == FILE { String::new() } else { format!(" --file {shown}") };
    let next = ["doctor", "run"].map(|command| format!("sluse conformance {command}{named}"));
    if output.is_json() {
        return output.json(&serde_json::json!({ "file": shown, "next": next }));
    }
    let [doctor, run] = next;
    output.note(format_args!(
        "`{shown}` is written. Fill it in, then:\n\n  {doctor}   what is at fault before any case\n  {run}      the cases, and what came of them"
    ));
}

/// The file: every key, with a word for each, and those commented out that most do not need.
fn text(contract: &str, role: Role, subject: &Subject) -> String {
    let manifest = subject.contract.manifest();
    let role = crate::target::run::word_of(role);
    let suite = &subject.suite;
    let mut text = format!(
        "# What a supplier says of his system, for `sluse conformance`.\n\
         # A secret never stands in this file: only where it is, as \"env:NAME\" or \"file:PATH\".\n\n\
         # The contract: a folder, or an id of the library. This one is {}@{}.\n\
         contract = {contract:?}\n\
         # Whose system it is: \"provider\" answers, \"consumer\" asks.\n\
         role = {role:?}\n\
         # Where the system is reached; the contract's paths are added to it.\n\
         address = \"https://test.example/api\"\n\
         # Something that can be read with the own credentials, to see that the test data is there.\n\
         # known = \"/things/{{{{given:thing}}}}\"\n\n\
         [system]\nname = \"Our system\"\n# version = \"1.0\"\n\n\
         # [tls]\n# Certificate authorities that the system's certificate must come from; else this machine's.\n\
         # ca = \"ca.pem\"\n# Our certificate and its key, where the system asks for one.\n\
         # certificate = \"own.pem\"\n# key = \"own.key\"\n\n\
         # Our credentials. One of: token; user and password; header and value; token-url, client-id and client-secret.\n\
         [credentials.own]\ntoken = \"env:TOKEN\"\n\
         # What the token must say; the doctor looks before anything is sent.\n\
         # audience = \"https://test.example\"\n# issuer = \"https://issuer.example\"\n# scopes = [\"read\"]\n",
        manifest.id, manifest.version
    );
    // Writing to a text does not fail.
    for (name, what) in others(suite) {
        let _ = write!(
            text,
            "\n# {what}\n# [credentials.{name}]\n# token = \"env:TOKEN_{}\"\n",
            name.to_uppercase().replace('-', "_")
        );
    }
    text.push_str("\n# Values that cases need, by name.\n[test-data]\n");
    for given in &suite.given {
        let _ = writeln!(text, "# {}\n{} = \"\"", given.what, given.name);
    }
    text.push_str(
        "\n# Where the system says which version of the contract it keeps to: a header of its answers, or a document.\n\
         # [contract-version]\n# header = \"contract-version\"\n\n\
         # The system is yours, and so is the pace.\n[limits]\nthreads = 4\n# rate-per-second = 20\n\
         requests-max = 20000\ntime-max-s = 600\nrequest-timeout-ms = 10000\nanswer-bytes-max = 4194304\n",
    );
    text
}

/// Credentials beside the own that cases of the suite need. Tokens without a signature and with that of nobody are
/// made of the own one.
fn others(suite: &sluse_conformance::Suite) -> Vec<(String, String)> {
    let Some(security) = &suite.security else { return Vec::new() };
    let made = ["unsigned", "wrong-key"];
    let unauthorized = security.unauthorized.iter().filter(|name| !made.contains(&name.as_str()));
    let unauthorized =
        unauthorized.map(|name| (name.clone(), format!("A token that must be refused: {name}.")));
    let forbidden = security.forbidden.iter();
    let forbidden =
        forbidden.map(|name| (name.clone(), format!("A token of somebody who may not: {name}.")));
    let other = security.other.iter().map(|name| {
        (name.clone(), "A token of another consumer, who may not see our resources.".to_owned())
    });
    unauthorized.chain(forbidden).chain(other).collect()
}
