//! `sluse init`: a configuration folder to start from, on which `serve` runs as it is.

mod certificates;
mod from;
mod reached;

use super::{Exit, Output};
use crate::{
    clock::{Clock, SystemClock},
    config::{WriteFault, place, reason, write_keys},
    embedded::embedded,
};
use serde_json::json;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Write a configuration folder to start from
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse init sluse-conf\n  \
    sluse check --config sluse-conf\n  \
    sluse serve --config sluse-conf\n  \
    sluse init permits --from openapi.yaml --upstream http://127.0.0.1:8081\n  \
    sluse init register --from service.wsdl\n\n\
    The folder holds settings, keys (mode 0600), a test certificate authority with a server's and a\n\
    consumer's certificate, two members, one service and one contract. A folder that is not empty is refused.\n\
    With --from the service is the one that the description describes: its operations are judged at once.")]
pub(super) struct Args {
    /// The folder; made where it is absent
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The service's own description: OpenAPI 3.0 or 3.1, Swagger 2.0, or WSDL 1.1
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Where that service is reached, such as https://10.0.0.7/api; where absent, at the addresses of the WSDL
    #[arg(long, value_name = "URL", requires = "from")]
    upstream: Option<String>,
}

/// The origin that the folder's `sluse.toml` gives the ledger.
const ORIGIN: &str = "gateway.example.city/ledger";

/// Path below the folder, and what stands there.
const FILES: &[(&str, &str)] = embedded! { "init":
    "contracts/example.city/cases/1.0.0/clauses.toml"
    "contracts/example.city/cases/1.0.0/contract.toml"
    "contracts/example.city/cases/1.0.0/examples/broken/four-faults.json"
    "contracts/example.city/cases/1.0.0/examples/valid/enquiry.json"
    "contracts/example.city/cases/1.0.0/schemas/case.json"
    "contracts/example.city/cases/1.0.0/schemas/opened.json"
    "members/example.toml"
    "services/cases.toml"
    "sluse.toml"
};

const GITIGNORE: &str = include_str!("../../../init/gitignore");

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let folder = &args.folder;
    match is_free(folder) {
        Ok(true) => {}
        Ok(false) => {
            let exit = output.error(format_args!("`{}` is not empty", folder.display()));
            output.hint("name a folder that is empty or does not exist yet");
            return exit;
        }
        Err(fault) => {
            return output.error(format_args!("`{}`: {}", folder.display(), reason(&fault)));
        }
    }
    let described =
        args.from.as_ref().map(|from| from::read(from, args.upstream.as_deref(), output));
    let described = match described.transpose() {
        Ok(described) => described,
        Err(exit) => return exit,
    };
    if let Err(fault) = write(folder, described.as_ref(), &SystemClock) {
        return output.error(format_args!("the folder cannot be written: {fault}"));
    }
    match described {
        Some(described) => described.say_next_steps(folder, output),
        None => say_next_steps(folder, output),
    }
    Exit::Fine
}

/// Whether the folder is empty or absent.
fn is_free(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(fault) => Err(fault),
    }
}

/// Writes all files: the example service and its contract, or those of a description.
fn write(
    folder: &Path,
    described: Option<&from::Described>,
    clock: &dyn Clock,
) -> Result<(), WriteFault> {
    let shared = |path: &str| !path.starts_with("contracts/") && !path.starts_with("services/");
    for (path, text) in FILES.iter().filter(|(path, _)| described.is_none() || shared(path)) {
        let text = match described {
            Some(_) if *path == "sluse.toml" => text.replace("[\"dk.nemhandel\"]", "[]"),
            _ => (*text).to_owned(),
        };
        place(folder, path, &text, false)?;
    }
    for (path, content) in described.iter().flat_map(|described| &described.files) {
        place(folder, path, content, false)?;
    }
    place(folder, ".gitignore", GITIGNORE, false)?;
    write_keys(folder, ORIGIN)?;
    let made = certificates::make(clock)?;
    for (name, pair) in [("ca", made.ca), ("server", made.server), ("consumer", made.consumer)] {
        place(folder, &format!("certificates/{name}.pem"), &pair.certificate, false)?;
        place(folder, &format!("keys/{name}.pem"), &pair.key, true)?;
    }
    Ok(())
}

fn say_next_steps(folder: &Path, output: &mut Output) {
    let shown = folder.display();
    let next = [
        (format!("sluse check --config {shown}"), "every fault at once"),
        (format!("sluse serve --config {shown}"), "the gateway on 127.0.0.1:8080"),
        (
            format!(
                "sluse validate {shown}/contracts/example.city/cases/1.0.0/examples/broken/four-faults.json \\\n      \
                 --contract example.city/cases --config {shown}"
            ),
            "what the contract says of a document",
        ),
    ];
    if output.is_json() {
        let commands = next.iter().map(|(command, _)| command.replace("\\\n      ", ""));
        let commands: Vec<String> = commands.collect();
        return output.json(&json!({ "folder": shown.to_string(), "next": commands }));
    }
    let lines = next.iter().map(|(command, what)| {
        let gap = if command.contains('\n') { 4 } else { 18 };
        format!("  {command}{:gap$}{what}", "")
    });
    let lines: Vec<String> = lines.collect();
    output.note(format_args!(
        "`{shown}` is ready. The keys and certificates are for trying out: make others before real data passes.\n\n\
         Next:\n{}\n\nThen look for CHANGE in its files.",
        lines.join("\n")
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_embedded() {
        crate::embedded::assert_whole("init", FILES, &["gitignore"]);
    }
}
