//! The profile `no`: schemas of the Norwegian public sector.
//!
//! What KS (Fiks), Skatteetaten and NAV have in common in the schemas that they publish, and what a new major version needs so that
//! both can be judged side by side: a target namespace with the major version as a part of its own, `v2`, and a file whose name
//! says the same version where it says one (`no.ks.fiks.arkiv.v2.….xsd`).

use super::{Told, schemas::SchemaFile};

pub(super) fn find(schema: &SchemaFile, told: &mut Vec<Told>) {
    let mut tell = |sentence: String| {
        told.push(Told { place: schema.place(schema.root()), sentence });
    };
    let Some(namespace) = schema.namespace() else {
        if schema.is_entry {
            tell("the schema has no target namespace".to_owned());
        }
        return;
    };
    let Some(stated) = version(namespace, &['/', ':']) else {
        return tell(format!(
            "the namespace `{namespace}` has no version as a part of its own, as in `v2`"
        ));
    };
    let file = schema.path.rsplit('/').next().unwrap_or_default();
    let of_file = version(file, &['.', '_']).filter(|of_file| *of_file != stated);
    if let Some(of_file) = of_file {
        tell(format!("the file's name says v{of_file}, and the namespace v{stated}"));
    }
}

/// The major version that stands as a part of a name: `v2`, or `v2.1`.
pub(super) fn version(name: &str, separators: &[char]) -> Option<u32> {
    name.split(separators).rev().find_map(|part| {
        let digits = part.strip_prefix('v')?;
        let major = digits.split('.').next()?;
        let is_version = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        major.parse().ok().filter(|_| is_version)
    })
}
