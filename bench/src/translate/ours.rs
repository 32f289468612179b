//! Our own translating, in a process of its own.

use super::table::Measured;
use crate::{Fault, setup};
use serde_json::json;
use sluse_adapters::{
    adapter::{Adapter, Options, Step},
    library,
    mapping::Way as Direction,
};
use sluse_contracts::ContractFiles;
use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

/// What such a process is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct Way {
    /// The bench's adapter
    adapter: String,
    file: PathBuf,
}

const INTERCHANGE: &[(&str, &str)] = &[
    ("adapter.toml", include_str!("../../translate/interchange/adapter.toml")),
    ("edifact.toml", include_str!("../../translate/interchange/edifact.toml")),
    ("orders.toml", include_str!("../../translate/interchange/orders.toml")),
    ("mapping.toml", include_str!("../../translate/interchange/mapping.toml")),
];
const PAYMENTS: &[(&str, &str)] = &[
    ("adapter.toml", include_str!("../../translate/payments/adapter.toml")),
    ("payments.toml", include_str!("../../translate/payments/payments.toml")),
    ("lines.toml", include_str!("../../translate/payments/lines.toml")),
];
const ORDERS: &[(&str, &str)] = &[
    ("adapter.toml", include_str!("../../translate/orders/adapter.toml")),
    ("old.toml", include_str!("../../translate/orders/old.toml")),
    ("new.toml", include_str!("../../translate/orders/new.toml")),
    ("mapping.toml", include_str!("../../translate/orders/mapping.toml")),
];

/// The adapter that ships, and is measured as it ships.
pub(super) const OIOXML: &str = "oioxml-invoice";

/// The files of an adapter of the bench.
pub(super) fn files(name: &str) -> Result<&'static [(&'static str, &'static str)], Fault> {
    match name {
        "interchange" => Ok(INTERCHANGE),
        "payments" => Ok(PAYMENTS),
        "orders" => Ok(ORDERS),
        other => Err(format!("the bench has no adapter {other}").into()),
    }
}

/// Runs a translation in a process of its own.
pub(super) fn in_process(adapter: &str, file: &Path) -> Result<Option<Measured>, Fault> {
    Measured::of(setup::part(&["translate", adapter])?.arg(file))
}

/// Measures a translation: this is the process of its own.
#[expect(clippy::print_stdout, reason = "the process that asked reads it")]
pub(crate) fn measure(way: &Way) -> Result<(), Fault> {
    let began = crate::judge::ours::cpu_seconds();
    let (units, bytes) = translate(&way.adapter, &way.file)?;
    let told = json!({
        "cpu_seconds": crate::judge::ours::cpu_seconds() - began,
        "peak_bytes": crate::judge::ours::peak_bytes(),
        "units": units,
        "bytes": bytes,
    });
    println!("{told}");
    Ok(())
}

/// Translates a file to nowhere, and tells how many units and bytes came of it.
fn translate(name: &str, file: &Path) -> Result<(u64, u64), Fault> {
    let texts = match library::find(name) {
        Some(shipped) => shipped.files(),
        None => {
            let mut texts = ContractFiles::new("");
            for (path, text) in files(name)? {
                texts.add(path, *text);
            }
            texts
        }
    };
    let mut findings = Vec::new();
    let adapter = Adapter::read(name, &texts, &mut findings);
    let adapter =
        adapter.ok_or_else(|| findings.first().map_or_else(String::new, ToString::to_string))?;
    let plans = adapter.plans(Direction::Forward).map_err(|rows| format!("{rows:?}"))?;
    let mut translation = plans.begin(Options::default());
    let mut file = File::open(file)?;
    let (mut piece, mut out) = (vec![0; 65_536], Vec::new());
    let (mut units, mut bytes) = (0, 0);
    loop {
        match translation.next(&mut out) {
            Step::Unit(_) => units += 1,
            Step::Around(_) => {}
            Step::Hungry => match file.read(&mut piece)? {
                0 => translation.finish(),
                n => translation.feed(piece.get(..n).unwrap_or_default()),
            },
            Step::End => return Ok((units, bytes + out.len() as u64)),
            Step::Refused(faults) | Step::Broken(faults) => {
                let first = faults.first().map_or_else(String::new, ToString::to_string);
                return Err(format!("unit {}: {first}", units + 1).into());
            }
        }
        if out.len() > 65_536 {
            bytes += out.len() as u64;
            out.clear();
        }
    }
}

/// Writes the files of an adapter into a folder.
pub(super) fn write_files(name: &str, folder: &Path) -> Result<(), Fault> {
    fs::create_dir_all(folder)?;
    for (path, text) in files(name)? {
        fs::write(folder.join(path), text)?;
    }
    Ok(())
}
