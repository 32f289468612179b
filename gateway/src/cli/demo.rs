//! `sluse demo`: a whole exchange network on this machine, in a few seconds.

use super::{Exit, Output, Style};
use crate::demo::{DemoFault, Demonstration, Told, Translated};
use serde_json::json;
use std::path::Path;

/// Watch the gateway do its main job, on this machine alone
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse demo\n  \
    sluse demo --stay\n  \
    sluse demo --format json\n\n\
    Starts a gateway, three providers and a consumer on loopback, sends good and bad messages, checks the\n\
    evidence, and ends. Nothing else has to run, and nothing is left behind.")]
pub(super) struct Args {
    /// Keep everything up until Ctrl-C, with the addresses printed
    #[arg(long)]
    stay: bool,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let folder = match tempfile::Builder::new().prefix("sluse-demo-").tempdir() {
        Ok(folder) => folder,
        Err(fault) => return output.error(format_args!("no folder to work in: {fault}")),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(fault) => return output.error(format_args!("no threads to run on: {fault}")),
    };
    match runtime.block_on(show(args, folder.path(), output)) {
        Ok(exit) => exit,
        Err(fault) => output.error(fault),
    }
}

async fn show(args: &Args, folder: &Path, output: &mut Output) -> Result<Exit, DemoFault> {
    let demonstration = Demonstration::start(folder).await?;
    introduce(&demonstration, output);
    let mut number = 0;
    let as_expected = demonstration
        .exchange(|told| {
            number += 1;
            line(number, told, output);
        })
        .await?;
    summary(number, demonstration.received(), as_expected, output);
    let shown = folder.display().to_string();
    if !output.is_json() {
        output.line("The evidence, as `sluse ledger verify` finds it:");
    }
    let evidence = super::type_out(["ledger", "verify", "--config", &shown], output);
    next(folder, args.stay, output);
    if args.stay {
        output.flush();
        super::serve::told_to_stop().await;
    }
    let stopped = demonstration.stop().await;
    Ok(if as_expected && stopped && evidence == Exit::Fine { Exit::Fine } else { Exit::Found })
}

fn introduce(demonstration: &Demonstration, output: &mut Output) {
    let Demonstration { gateway, operators, register, archive, mainframe, .. } = demonstration;
    if output.is_json() {
        return;
    }
    for (name, address, what) in [
        ("gateway", gateway, "judges, routes, keeps evidence"),
        ("register", register, "demo.city/permits/applications: JSON under an OpenAPI contract"),
        ("archive", archive, "demo.archive/intake/journal-notes: XML under XSD and Schematron"),
        (
            "mainframe",
            mainframe,
            "demo.registry/mainframe/persons: records of fixed width, where the contract is of JSON",
        ),
        ("operators", operators, "/live /ready /metrics"),
    ] {
        output.line(format_args!("{name:<10} http://{address:<16} {what}"));
    }
    output.line("consumer   demo.builder/office sends:\n");
}

fn line(number: usize, told: &Told, output: &mut Output) {
    if output.is_json() {
        return output.json(&told);
    }
    let style = match told.status {
        _ if !told.expected => Style::Bad,
        200..300 => Style::Good,
        _ => Style::Warn,
    };
    let status = output.paint(style, told.status);
    let Told { sent, verdict, went, .. } = told;
    let receipt = told.receipt.map_or_else(|| "none".to_owned(), |receipt| receipt.to_string());
    output.line(format_args!(
        "{number:>2}  {sent:<29} {status}  {verdict:<60} {went:<16} receipt {receipt}"
    ));
    if let Some(Translated { persons, withheld }) = told.translated {
        output.line(format_args!(
            "    records of a mainframe came, {persons} persons went on as JSON; {withheld} address is protected and was withheld"
        ));
    }
    output.flush();
}

fn summary(number: usize, received: [u64; 3], as_expected: bool, output: &mut Output) {
    let [register, archive, mainframe] = received;
    if output.is_json() {
        return output.json(&json!({
            "exchanges": number, "register": register, "archive": archive, "mainframe": mainframe,
            "expected": as_expected,
        }));
    }
    let all = if as_expected { "each ended as its contract says" } else { "NOT as expected" };
    output.line(format_args!(
        "\n{number} exchanges, {all}. {register} messages reached the register, {archive} the archive, {mainframe} the mainframe.\n"
    ));
}

fn next(folder: &Path, stay: bool, output: &mut Output) {
    if output.is_json() {
        return;
    }
    let shown = folder.display();
    if stay {
        output.line(format_args!(
            "\nEverything stays up until Ctrl-C. The folder is {shown}: change a file, and it is in force at once.\n\
             \x20 sluse check --config {shown}\n\
             \x20 sluse ledger find --config {shown}"
        ));
    } else {
        output.line(
            "\nNext:\n\
             \x20 sluse demo --stay           the same, kept up to be looked at\n\
             \x20 sluse explain V0403         what a code means\n\
             \x20 sluse init my-gateway       a folder of your own to start from\n\
             \x20 gateway/docs/               the manual",
        );
    }
}
