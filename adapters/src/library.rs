//! The adapters that ship with Sluse: folders as people write them, carried in the program.
//!
//! They are read as any other is, and nothing is in force by being here: a service or route names its adapter. One of
//! the same name in a configuration folder goes before.

use crate::adapter::Adapter;
use sluse_contracts::{Finding, files::ContractFiles};

/// One shipped adapter.
#[derive(Debug, Clone, Copy)]
pub struct Shipped {
    /// Its name.
    pub name: &'static str,
    /// Its files, by path below its folder.
    pub paths: &'static [(&'static str, &'static [u8])],
}

impl Shipped {
    /// Its files, to read it from.
    pub fn files(&self) -> ContractFiles {
        let mut files = ContractFiles::new(format!("library/{}", self.name));
        for (path, bytes) in self.paths {
            files.add(path, *bytes);
        }
        files
    }

    /// The adapter, and what is wrong with it (nothing, as the tests see to).
    pub fn read(&self) -> (Option<Adapter>, Vec<Finding>) {
        let mut findings = Vec::new();
        let adapter = Adapter::read(self.name, &self.files(), &mut findings);
        (adapter, findings)
    }
}

/// The shipped adapter of this name.
pub fn find(name: &str) -> Option<&'static Shipped> {
    ALL.iter().find(|shipped| shipped.name == name)
}

macro_rules! shipped {
    ($($name:literal: $($path:literal)*;)*) => {
        /// Every shipped adapter, sorted by name.
        pub const ALL: &[Shipped] = &[
            $(Shipped {
                name: $name,
                paths: &[
                    $(($path, include_bytes!(concat!("../library/", $name, "/", $path))),)*
                ],
            },)*
        ];
    };
}

shipped! {}
