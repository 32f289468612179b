//! The demonstration with the systems that speak XML: case documents, and a register of businesses by SOAP.

use super::{Args, Exit, Output, found};
use crate::{
    cli::conformance::run::{tell, watched},
    clock::SystemClock,
    config::place,
    reference::xml::{Served, StartFault, benign::Variants, businesses, documents},
    target::{
        Supplier,
        run::{Asked, Bench},
        settings,
        subject::Subject,
    },
};
use sluse_conformance::{Role, report::Language};
use std::{path::Path, sync::Arc};

/// A system with its switches.
pub(super) struct System {
    contract: &'static str,
    served: Served,
    supplier: Option<Supplier>,
    declaration: String,
    /// What is wrong with it: a sentence and a clause.
    seeded: Vec<(&'static str, &'static str)>,
}

/// The system that keeps to a contract; nothing where there is none of this id, `Err` where it cannot be started, or has
/// no fault of a name.
pub(super) fn system(contract: &str, args: &Args) -> Option<Result<System, String>> {
    match contract {
        documents::CONTRACT => Some(of_documents(args)),
        businesses::CONTRACT => Some(of_businesses(args)),
        _ => None,
    }
}

fn of_documents(args: &Args) -> Result<System, String> {
    use documents::faults::Fault;
    let three = [Fault::LosesAttachment, Fault::TakesOutside, Fault::ReceiptOfAnother];
    let faults = chosen(args, Fault::ALL, |fault| fault.word(), &three)?;
    let seeded = faults.iter().map(|fault| (fault.sentence(), fault.clause())).collect();
    let faults = faults.into_iter().collect();
    let served = documents::start(faults, Variants::new(), Arc::new(SystemClock));
    let served = served.map_err(|fault: StartFault| fault.to_string())?;
    Ok(System {
        contract: documents::CONTRACT,
        supplier: documents::supplier(&served),
        declaration: documents::declaration(&served),
        served,
        seeded,
    })
}

fn of_businesses(args: &Args) -> Result<System, String> {
    use businesses::faults::Fault;
    let three = [Fault::NotUnderstood, Fault::AnotherBusiness, Fault::RefusesThirdPart];
    let faults = chosen(args, Fault::ALL, |fault| fault.word(), &three)?;
    let seeded = faults.iter().map(|fault| (fault.sentence(), fault.clause())).collect();
    let served = businesses::start(faults.into_iter().collect(), Variants::new());
    let served = served.map_err(|fault: StartFault| fault.to_string())?;
    Ok(System {
        contract: businesses::CONTRACT,
        supplier: businesses::supplier(&served),
        declaration: businesses::declaration(&served),
        served,
        seeded,
    })
}

/// The faults that are asked for by name, else these three.
fn chosen<F: Copy>(
    args: &Args,
    all: &[F],
    word: impl Fn(F) -> &'static str,
    three: &[F],
) -> Result<Vec<F>, String> {
    if args.fault.is_empty() {
        return Ok(if args.sound { Vec::new() } else { three.to_vec() });
    }
    let named = |name: &String| {
        let found = all.iter().copied().find(|fault| word(*fault) == name);
        found.ok_or_else(|| format!("there is no fault `{name}`"))
    };
    args.fault.iter().map(named).collect()
}

/// Runs the cases against it, or keeps it up.
pub(super) fn run(system: &System, stay: Option<&Path>, output: &mut Output) -> Exit {
    super::introduce(&system.served.url(), system.contract, &system.seeded, output);
    if let Some(folder) = stay {
        let written = place(folder, settings::FILE, &system.declaration, false);
        return match written {
            Ok(()) => super::wait(folder, output),
            Err(fault) => output.error(format_args!("`{}`: {fault}", folder.display())),
        };
    }
    let (Some(supplier), Ok(subject)) =
        (&system.supplier, Subject::load(system.contract, Role::Provider))
    else {
        return output.error("the bundled system cannot be described");
    };
    let environment = |_: &str| None;
    let bench =
        Bench { supplier, subject: &subject, environment: &environment, clock: &SystemClock };
    let result = watched(output, |tell| bench.run(&Asked::default(), tell));
    tell(&result, Language::English, output);
    let clauses = system.seeded.iter().map(|(_, clause)| *clause).collect();
    found(&result, clauses, system.served.asked(), output)
}
