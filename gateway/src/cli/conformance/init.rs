//! `sluse conformance init`: the supplier's one file, with a word for each key.

use super::{Exit, Output, desk::tell};
use crate::{
    config::reason,
    target::{
        settings::FILE,
        subject::{self, Subject, SubjectFault},
    },
};
use sluse_conformance::{Role, suite::Profile};
use sluse_contracts::files::text_of;
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
    /// A contract's folder, a bundle file, or an id of the library
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
pub(super) enum RoleArg {
    /// The system that answers.
    #[default]
    Provider,
    /// The system that asks.
    Consumer,
}

impl RoleArg {
    pub(super) fn role(self) -> Role {
        match self {
            Self::Provider => Role::Provider,
            Self::Consumer => Role::Consumer,
        }
    }
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let role = args.role.role();
    let subject = match Subject::load(&args.contract, role) {
        Ok(subject) => subject,
        Err(fault @ (SubjectFault::Unknown | SubjectFault::Faulty(_))) => {
            return tell(&args.contract, fault, output);
        }
    };
    let text = text(&args.contract, role, &subject, asks_who(&args.contract, &subject));
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
    next(&args.file, role, output);
    Exit::Fine
}

fn next(file: &Path, role: Role, output: &mut Output) {
    let shown = file.display().to_string();
    let named = if shown == FILE { String::new() } else { format!(" --file {shown}") };
    let next = ["doctor", "run"].map(|command| format!("sluse conformance {command}{named}"));
    let [doctor, run] = &next;
    if role == Role::Consumer {
        if output.is_json() {
            return output.json(&serde_json::json!({ "file": shown, "next": [run] }));
        }
        return output.note(format_args!(
            "`{shown}` is written. Fill it in, then:\n\n  {run}   listens, and tells what came of what your system sends"
        ));
    }
    if output.is_json() {
        return output.json(&serde_json::json!({ "file": shown, "next": next }));
    }
    output.note(format_args!(
        "`{shown}` is written. Fill it in, then:\n\n  {doctor}   what is at fault before any case\n  {run}      the cases, and what came of them"
    ));
}

/// The file: every key, with a word for each, and those commented out that most do not need.
fn text(contract: &str, role: Role, subject: &Subject, asks_who: bool) -> String {
    let manifest = subject.contract.manifest();
    let mut text = format!(
        "# What a supplier says of his system, for `sluse conformance`.\n\
         # A secret never stands in this file: only where it is, as \"env:NAME\" or \"file:PATH\".\n\n\
         # The contract: a folder, a bundle file, or an id of the library. This one is {}@{}.\n\
         contract = {contract:?}\n\
         # Whose system it is: \"provider\" answers, \"consumer\" asks.\n\
         role = {:?}\n\
         # The part of the contract that it keeps to: \"whole\"{}.\n\
         profile = \"whole\"\n",
        manifest.id,
        manifest.version,
        crate::target::run::word_of(role),
        profiles(&subject.suite),
    );
    text.push_str(match role {
        Role::Provider => PROVIDER,
        Role::Consumer => CONSUMER,
    });
    if role == Role::Provider {
        text.push_str(&own(asks_who));
        of_suite(&subject.suite, &mut text);
    }
    text.push_str(WAIVERS);
    text.push_str(match role {
        Role::Provider => PROVIDER_LIMITS,
        Role::Consumer => CONSUMER_LIMITS,
    });
    text
}

const PROVIDER: &str = "\
# Where the system is reached; the contract's paths are added to it.
address = \"https://test.example/api\"
# Something that can be read with the own credentials, to see that the test data is there.
# known = \"/things/{{given:thing}}\"

[system]
name = \"Our system\"
# version = \"1.0\"

# [tls]
# Certificate authorities that the system's certificate must come from; else this machine's.
# ca = \"ca.pem\"
# Our certificate and its key, where the system asks for one.
# certificate = \"own.pem\"
# key = \"own.key\"

";

const CONSUMER: &str = "\
# Where Sluse listens; point the system there. Without [tls], an address of this machine alone.
address = \"http://127.0.0.1:8080\"

[system]
name = \"Our system\"
# version = \"1.0\"

# [tls]
# The certificate that the system meets, and its key; `address` then begins with https://.
# certificate = \"own.pem\"
# key = \"own.key\"
# Where the system must show a certificate: the authority that it comes from.
# ca = \"ca.pem\"
";

const WAIVERS: &str = "
# Leave to break one clause until a day. What is waived is told, and does not conform.
# [[waiver]]
# id = \"w-1\"
# clause = \"\"
# reason = \"\"
# approver = \"\"
# until = 2026-12-31
";

const PROVIDER_LIMITS: &str = "
# Where the system says which version of the contract it keeps to: a header of its answers, or a document.
# [contract-version]
# header = \"contract-version\"

# The system is yours, and so is the pace.
[limits]
threads = 4
# rate-per-second = 20
requests-max = 20000
time-max-s = 600
request-timeout-ms = 10000
answer-bytes-max = 4194304
";

const CONSUMER_LIMITS: &str = "
# How long is listened at most, and how large a request may be.
[limits]
time-max-s = 600
answer-bytes-max = 4194304
";

/// The profiles of a suite, each with what it is for.
fn profiles(suite: &sluse_conformance::Suite) -> String {
    let one = |each: &Profile| format!(", or {:?}: {}", each.name, each.what.trim_end_matches('.'));
    suite.profiles.iter().map(one).collect()
}

/// What the suite asks of the supplier besides: other tokens, and test data.
fn of_suite(suite: &sluse_conformance::Suite, text: &mut String) {
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
}

/// The own credentials: needed where the contract asks who calls, else a suggestion.
fn own(asks_who: bool) -> String {
    let (why, mark) = match asks_who {
        true => ("Our credentials.", ""),
        false => (
            "The contract does not say that the system asks who calls. Where it does: our credentials.",
            "# ",
        ),
    };
    format!(
        "# {why} One of: token; user and password; header and value; token-url, client-id and client-secret.\n\
         {mark}[credentials.own]\n{mark}token = \"env:TOKEN\"\n\
         # What the token must say; the doctor looks before anything is sent.\n\
         # audience = \"https://test.example\"\n# issuer = \"https://issuer.example\"\n# scopes = [\"read\"]\n"
    )
}

/// Whether the contract says that the system asks who calls: by its suite, or by a `security` of its OpenAPI description
/// (OpenAPI 3.1, section 4.8.1). Descriptions of other kinds do not say it, so it is taken for said.
fn asks_who(contract: &str, subject: &Subject) -> bool {
    let Some(step) = &subject.contract.manifest().openapi else { return true };
    if subject.suite.security.is_some() {
        return true;
    }
    let Ok(files) = subject::files(contract) else { return true };
    let Some(file) = files.get(step.value.as_str()) else { return true };
    text_of(&file.bytes).lines().any(|line| {
        let key = line.trim_start().trim_start_matches("- ").trim_start_matches('"');
        let value = key.strip_prefix("security").map(|rest| rest.trim_start_matches('"').trim());
        value.and_then(|value| value.strip_prefix(':')).is_some_and(|value| value.trim() != "[]")
    })
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
