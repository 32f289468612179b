//! `sluse init --from`: a folder on which a service is judged by its own description.

use crate::{
    cli::{Exit, Output, validate::gather},
    config::{reason, upstream_fault},
};
use bytes::Bytes;
use serde_json::json;
use sluse_contracts::{
    Contract, ContractFiles, SchemaCache,
    schema::{self, Published},
};
use std::{path::Path, sync::Arc};

/// The member whose services the folder begins with, and its subsystem.
const MEMBER: &str = "example.city";
const SUBSYSTEM: &str = "example.city/register";

/// Longest name that is made of a title, in characters.
const NAME_CHARS_MAX: usize = 40;

/// What is written for a description.
pub(super) struct Described {
    /// Path below the folder, and what stands there.
    pub(super) files: Vec<(String, String)>,
    contract: String,
    n_operations: usize,
}

/// Reads a description with all that it refers to, and sees that it can be judged by.
pub(super) fn read(from: &Path, upstream: &str, output: &mut Output) -> Result<Described, Exit> {
    if let Some(why) = upstream_fault(upstream) {
        return Err(output.error(format_args!("--upstream: {why}")));
    }
    let gathered = gather(from);
    let (entry, gathered) = gathered
        .map_err(|fault| output.error(format_args!("`{}`: {}", from.display(), reason(&fault))))?;
    let bytes = gathered.iter().find(|(path, _)| *path == entry).map(|(_, bytes)| bytes.clone());
    let Some(published) = schema::published(&entry, &Bytes::from(bytes.unwrap_or_default())) else {
        let exit =
            output.error(format_args!("`{}` is no description of a service", from.display()));
        output.hint("it takes OpenAPI 3.0 or 3.1, or Swagger 2.0");
        return Err(exit);
    };
    let named = Named::of(&published, from);
    let manifest = named.manifest(&entry);
    let folder = named.folder();
    let mut files = ContractFiles::new(&folder);
    files.add("contract.toml", manifest.clone());
    for (path, bytes) in &gathered {
        files.add(path, bytes.clone());
    }
    let contract = load(&files, output)?;
    let mut written = vec![
        (format!("{folder}/contract.toml"), manifest),
        (format!("services/{}.toml", named.name), named.service(upstream)),
    ];
    let texts = gathered.into_iter().map(|(path, bytes)| {
        (format!("{folder}/{path}"), String::from_utf8_lossy(&bytes).into_owned())
    });
    written.extend(texts);
    let n_operations = contract.operations().len();
    Ok(Described { files: written, contract: contract.to_string(), n_operations })
}

/// Tells every fault of the contract; gives it where there is none.
fn load(files: &ContractFiles, output: &mut Output) -> Result<Arc<Contract>, Exit> {
    let (contract, findings) = Contract::load(files, &SchemaCache::new());
    for finding in &findings {
        output.finding(finding);
    }
    contract.ok_or_else(|| {
        output.error("the description cannot be judged by, so nothing is written");
        output.hint("put the faults right, or ask its publisher to");
        Exit::Found
    })
}

/// What contract and service are called.
struct Named {
    title: String,
    name: String,
    version: [u32; 3],
}

impl Named {
    fn of(published: &Published, from: &Path) -> Self {
        let stem = from.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let name = name(&published.title).or_else(|| name(&stem.unwrap_or_default()));
        let name = name.unwrap_or_else(|| "service".to_owned());
        let title = published.title.trim();
        let title = if title.is_empty() { &name } else { title };
        Self { title: title.to_owned(), version: version(&published.version), name }
    }

    fn id(&self) -> String {
        format!("{MEMBER}/{}", self.name)
    }

    /// The contract's folder.
    fn folder(&self) -> String {
        let [major, minor, patch] = self.version;
        format!("contracts/{}/{major}.{minor}.{patch}", self.id())
    }

    fn manifest(&self, entry: &str) -> String {
        let [major, minor, patch] = self.version;
        format!(
            "# What may be said: all that the description says. CHANGE: id, steward and data-class.\n\n\
             id         = {}\nversion    = \"{major}.{minor}.{patch}\"\n\
             status     = \"in-force\"                       # draft candidate in-force deprecated retired\n\
             title      = {{ en = {} }}\nsteward    = {}\n\
             data-class = \"individual\"                     # open individual real-time\nopenapi    = {}\n",
            quoted(&self.id()),
            quoted(&self.title),
            quoted(MEMBER),
            quoted(entry),
        )
    }

    fn service(&self, upstream: &str) -> String {
        let [major, minor, _] = self.version;
        format!(
            "# The service that the description describes: its paths, methods and media types are its routes.\n\n\
             id       = {}\ncontract = {}\nupstream = [{}]\n\n\
             # enforce: what breaks the contract is held back. observe: it is judged and recorded, and passes.\n\
             enforcement = {{ request = \"enforce\", response = \"enforce\" }}\n\n\
             [[route]]\npath = \"/\"\nunknown-operations = \"refuse\"               # refuse: 404, or 405 with Allow. pass: unjudged\n",
            quoted(&format!("{SUBSYSTEM}/{}", self.name)),
            quoted(&format!("{}@^{major}.{minor}", self.id())),
            quoted(upstream),
        )
    }
}

impl Described {
    /// Says what to do with the folder.
    pub(super) fn say_next_steps(&self, folder: &Path, output: &mut Output) {
        let shown = folder.display();
        let next =
            [format!("sluse check --config {shown}"), format!("sluse serve --config {shown}")];
        if output.is_json() {
            return output.json(&json!({ "folder": shown.to_string(), "contract": self.contract,
                "operations": self.n_operations, "next": next }));
        }
        let operations = match self.n_operations {
            1 => "1 operation".to_owned(),
            all => format!("{all} operations"),
        };
        let [check, serve] = next;
        output.note(format_args!(
            "`{shown}` is ready: {} with {operations}. The keys and certificates are for trying out: make others before real data passes.\n\n\
             Next:\n  {check}\n  {serve}\n\nThen look for CHANGE in its files.",
            self.contract
        ));
    }
}

/// A name of a title's letters and digits.
fn name(title: &str) -> Option<String> {
    let words = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    let name: String = name.chars().take(NAME_CHARS_MAX).collect();
    let name = name.trim_end_matches('-');
    (!name.is_empty()).then(|| name.to_owned())
}

/// The first three numbers of a version, whatever else its publisher writes; 1.0.0 where there are none.
fn version(text: &str) -> [u32; 3] {
    let text = text.trim().trim_start_matches(['v', 'V']);
    let numbers = text.split('.').map_while(|part| {
        let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        part.get(..digits)?.parse::<u32>().ok()
    });
    let numbers: Vec<u32> = numbers.take(3).collect();
    match numbers[..] {
        [] => [1, 0, 0],
        [major] => [major, 0, 0],
        [major, minor] => [major, minor, 0],
        [major, minor, patch, ..] => [major, minor, patch],
    }
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_versions_are_made_of_what_publishers_write() {
        for (title, expected) in [
            ("BRP API Gezag", Some("brp-api-gezag")),
            ("API for digital post (DPI)", Some("api-for-digital-post-dpi")),
            ("Ærinder", Some("rinder")),
            ("–", None),
        ] {
            assert_eq!(name(title).as_deref(), expected, "{title}");
        }
        assert!(name(&"long title ".repeat(20)).is_some_and(|name| name.len() <= NAME_CHARS_MAX));
        for (text, expected) in [
            ("1.2.3", [1, 2, 3]),
            ("v2", [2, 0, 0]),
            ("1.0.0-alpha", [1, 0, 0]),
            ("2.1-rc1", [2, 1, 0]),
            ("2024-01-01", [2024, 0, 0]),
            ("@project.version@", [1, 0, 0]),
            ("", [1, 0, 0]),
        ] {
            assert_eq!(version(text), expected, "{text}");
        }
    }
}
