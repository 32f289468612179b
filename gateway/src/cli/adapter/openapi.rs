//! `sluse adapter openapi`: the JSON face of a SOAP service, described for those who call it.

use crate::cli::{
    Exit, Output,
    known::{Known, KnownArgs},
    validate::of_wsdl,
};
use sluse_adapters::soap_json::{Face, to_yaml};
use sluse_contracts::{Contract, ContractRef};
use std::{path::PathBuf, sync::Arc};

/// Print the OpenAPI 3.1 of a SOAP service as it is called with JSON
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse adapter openapi --wsdl service.wsdl > service.yaml\n  \
    sluse adapter openapi --wsdl service.wsdl --format json\n  \
    sluse adapter openapi --contract example.city/register --config conf\n\n\
    The description is YAML; with --format json it is JSON.")]
pub(super) struct Args {
    /// A WSDL description
    #[arg(long, value_name = "FILE", required_unless_present = "contract", conflicts_with_all = ["contract", "config", "library"])]
    wsdl: Option<PathBuf>,
    /// A contract whose description is a WSDL
    #[arg(long, value_name = "ID[@VERSION]")]
    contract: Option<ContractRef>,
    #[command(flatten)]
    known: KnownArgs,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let contract = match contract(args, output) {
        Ok(contract) => contract,
        Err(exit) => return exit,
    };
    let description = contract.description();
    let Some(face) = description.and_then(|schema| Face::new(Arc::clone(schema))) else {
        let exit = output.error("the contract has no WSDL: only a SOAP service has this face");
        output.hint("an OpenAPI contract is called with JSON as it is");
        return exit;
    };
    let with_form = face.operations();
    let all = description.map(|schema| schema.operations()).unwrap_or_default();
    for name in all.iter().filter(|name| !with_form.contains(name)) {
        output.note(format_args!(
            "`{name}` has no form in JSON: it is not of style document/literal"
        ));
    }
    if with_form.is_empty() {
        return output.error("no operation has a form in JSON");
    }
    let (title, version) = names(args, &contract);
    let described = face.openapi(&title, &version);
    if output.is_json() {
        output.json(&described);
    } else {
        output.raw(to_yaml(&described).as_bytes());
    }
    Exit::Fine
}

fn contract(args: &Args, output: &mut Output) -> Result<Arc<Contract>, Exit> {
    match (&args.wsdl, &args.contract) {
        (Some(path), _) => of_wsdl(path, output),
        (None, Some(asked)) => Known::load_for(&args.known, asked, output)?.contract(asked, output),
        (None, None) => Err(output.error("name a WSDL with --wsdl, or a contract with --contract")),
    }
}

/// What the description is called, and its version.
fn names(args: &Args, contract: &Contract) -> (String, String) {
    let manifest = contract.manifest();
    let of_file = args.wsdl.as_ref().and_then(|path| path.file_stem());
    let title = of_file.map(|stem| stem.to_string_lossy().into_owned());
    (title.unwrap_or_else(|| manifest.id.to_string()), manifest.version.to_string())
}
