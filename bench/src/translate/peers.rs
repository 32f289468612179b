//! Peers: programs in `bench/peers` that others' libraries run in, and floors that nothing can beat.

use super::{Measuring, ours, table::Measured};
use crate::{Fault, process::Running, report, setup};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A peer's program, and what it takes.
struct Script {
    file: &'static str,
    text: &'static str,
    program: &'static str,
    hint: &'static str,
}

const SPLIT: Script = Script {
    file: "pydifact_split.py",
    text: include_str!("../../peers/pydifact_split.py"),
    program: "python3",
    hint: "install pydifact from PyPI for python3",
};
const EVENTS: Script = Script {
    file: "edifact_events.js",
    text: include_str!("../../peers/edifact_events.js"),
    program: "node",
    hint: "install Node.js with npm, which fetches edifact from its registry",
};
const SLICES: Script = Script {
    file: "struct_slices.py",
    text: include_str!("../../peers/struct_slices.py"),
    program: "python3",
    hint: "install python3",
};
const XSLT: Script = Script {
    file: "lxml_xslt.py",
    text: include_str!("../../peers/lxml_xslt.py"),
    program: "python3",
    hint: "install lxml from PyPI for python3",
};
const FLOORS: Script = Script {
    file: "floors.py",
    text: include_str!("../../peers/floors.py"),
    program: "python3",
    hint: "install python3",
};

/// What npm is asked for.
const PACKAGE: &str = "edifact@1.2.12";

/// Where the peers' programs are.
#[derive(Debug)]
pub(super) struct Peers {
    folder: PathBuf,
}

impl Peers {
    /// Writes the programs down, and fetches what npm has.
    pub(super) fn prepare(folder: &Path) -> Self {
        let folder = folder.join("peers");
        let made = prepare(&folder);
        if let Err(fault) = made {
            report::complain(&format!("without npm's edifact: {} ({fault})", EVENTS.hint));
        }
        Self { folder }
    }

    pub(super) fn edifact<'m>(&'m self, file: &'m Path) -> Vec<Measuring<'m>> {
        vec![
            ("Sluse, to XML", Box::new(|| ours::in_process("interchange", file))),
            ("pydifact, splitting into segments", self.script(&SPLIT, file, &[])),
            ("npm edifact, events of its parser", self.script(&EVENTS, file, &[])),
            ("floor: memcpy", self.script(&FLOORS, file, &["copy"])),
            ("floor: scan for segment ends", self.script(&FLOORS, file, &["scan", "'"])),
        ]
    }

    pub(super) fn fixed<'m>(&'m self, file: &'m Path) -> Vec<Measuring<'m>> {
        vec![
            ("Sluse, to lines of JSON", Box::new(|| ours::in_process("payments", file))),
            ("Python, struct and json", self.script(&SLICES, file, &[])),
            ("floor: memcpy", self.script(&FLOORS, file, &["copy"])),
            ("floor: scan for line ends", self.script(&FLOORS, file, &["scan", "\n"])),
        ]
    }

    pub(super) fn xml<'m>(&'m self, file: &'m Path) -> Vec<Measuring<'m>> {
        vec![
            ("Sluse, to XML", Box::new(|| ours::in_process("orders", file))),
            ("libxslt (lxml), the same fields", self.script(&XSLT, file, &["orders.xsl"])),
        ]
    }

    pub(super) fn oioubl<'m>(&'m self, file: &'m Path) -> Vec<Measuring<'m>> {
        vec![
            ("Sluse, to OIOUBL", Box::new(|| ours::in_process(ours::OIOXML, file))),
            ("libxslt (lxml), the same fields", self.script(&XSLT, file, &["oioubl.xsl"])),
        ]
    }

    fn script<'m>(
        &'m self,
        script: &'m Script,
        file: &'m Path,
        arguments: &'m [&'m str],
    ) -> Box<dyn Fn() -> Result<Option<Measured>, Fault> + 'm> {
        Box::new(move || {
            let mut command = Command::new(script.program);
            command.arg(script.file).arg(file).args(arguments).current_dir(&self.folder);
            let measured = Measured::of(&mut command)?;
            if measured.is_none() {
                report::complain(&format!("without {}: {}", script.file, script.hint));
            }
            Ok(measured)
        })
    }
}

fn prepare(folder: &Path) -> Result<(), Fault> {
    fs::create_dir_all(folder)?;
    for script in [SPLIT, EVENTS, SLICES, XSLT, FLOORS] {
        fs::write(folder.join(script.file), script.text)?;
    }
    fs::write(folder.join("orders.xsl"), include_str!("../../peers/orders.xsl"))?;
    fs::write(folder.join("oioubl.xsl"), include_str!("../../peers/oioubl.xsl"))?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--no-save", "--prefix"]).arg(folder);
    let output = npm.arg(PACKAGE).current_dir(folder).output()?;
    if output.status.success() { Ok(()) } else { Err(format!("npm: {}", output.status).into()) }
}

/// `sluse translate` itself on the file, watched for its memory.
pub(super) fn memory<'m>(folder: &'m Path, file: &'m Path) -> Vec<Measuring<'m>> {
    let watched = move || {
        let adapter = folder.join("payments");
        ours::write_files("payments", &adapter)?;
        let mut command = setup::part(&["sluse", "translate"])?;
        command.arg(file).arg("--adapter").arg(&adapter);
        let usage = Running::to_its_end(&mut command)?;
        Ok(Some(Measured {
            cpu_seconds: usage.cpu_seconds,
            peak_bytes: usage.memory_bytes,
            units: 0,
        }))
    };
    vec![("Sluse translate, as a command", Box::new(watched))]
}
