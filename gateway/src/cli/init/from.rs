//! `sluse init --from`: a folder on which a service is judged by its own description.

use super::reached::{self, Reached};
use crate::{
    cli::{Exit, Output, validate::gather},
    config::{reason, upstream_fault},
};
use bytes::Bytes;
use serde_json::json;
use sluse_contracts::{
    Contract, ContractFiles, SchemaCache,
    manifest::Language,
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
    pub(super) files: Vec<(String, Vec<u8>)>,
    contract: String,
    n_operations: usize,
    reached: Vec<Reached>,
}

/// Reads a description with all that it refers to, and sees that it can be judged by. Without an upstream the
/// service is reached where its description says.
pub(super) fn read(
    from: &Path,
    upstream: Option<&str>,
    output: &mut Output,
) -> Result<Described, Exit> {
    if let Some(why) = upstream.and_then(upstream_fault) {
        return Err(output.error(format_args!("--upstream: {why}")));
    }
    if from.is_dir() {
        let exit = output.error(format_args!("`{}` is a folder", from.display()));
        output.hint("name the description in it, such as openapi.yaml or service.wsdl: what it refers to is found from there");
        return Err(exit);
    }
    let gathered = gather(from);
    let (entry, gathered) = gathered
        .map_err(|fault| output.error(format_args!("`{}`: {}", from.display(), reason(&fault))))?;
    let bytes = gathered.iter().find(|(path, _)| *path == entry).map(|(_, bytes)| bytes.clone());
    let Some(published) = schema::published(&entry, &Bytes::from(bytes.unwrap_or_default())) else {
        let exit =
            output.error(format_args!("`{}` is no description of a service", from.display()));
        output.hint("it takes OpenAPI 3.0 or 3.1, Swagger 2.0, or WSDL 1.1");
        return Err(exit);
    };
    if upstream.is_none() && published.language != Language::Wsdl {
        let exit = output.error("an OpenAPI description is taken together with `--upstream`");
        output.hint(reached::NAME_IT);
        return Err(exit);
    }
    let named = Named::of(&published, from);
    let manifest = named.manifest(&entry);
    let folder = named.folder();
    let mut files = ContractFiles::new(&folder);
    files.add("contract.toml", manifest.clone());
    for (path, bytes) in &gathered {
        files.add(path, bytes.clone());
    }
    let contract = load(&files, output)?;
    let reached = reached::reached(published.language, &contract.addresses(), upstream);
    let reached = reached.map_err(|(why, hint)| {
        let exit = output.error(why);
        output.hint(hint);
        exit
    })?;
    let mut written = vec![(format!("{folder}/contract.toml"), manifest.into_bytes())];
    let services = reached.iter().enumerate().map(|(at, reached)| {
        let name = named.of_service(at);
        (format!("services/{name}.toml"), named.service(&name, reached).into_bytes())
    });
    written.extend(services);
    written.extend(gathered.into_iter().map(|(path, bytes)| (format!("{folder}/{path}"), bytes)));
    let n_operations = contract.operations().len();
    Ok(Described { files: written, contract: contract.to_string(), n_operations, reached })
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
    language: Language,
}

impl Named {
    fn of(published: &Published, from: &Path) -> Self {
        let stem = from.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let language = published.language;
        let words = match language {
            Language::Wsdl => parted(&published.title),
            _ => published.title.clone(),
        };
        let name = name(&words).or_else(|| name(&stem.unwrap_or_default()));
        let name = name.unwrap_or_else(|| "service".to_owned());
        let title = published.title.trim();
        let title = if title.is_empty() { &name } else { title };
        Self { title: title.to_owned(), version: version(&published.version), name, language }
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
             data-class = \"individual\"                     # open individual real-time\n{:10} = {}\n",
            quoted(&self.id()),
            quoted(&self.title),
            quoted(MEMBER),
            self.language.key(),
            quoted(entry),
        )
    }

    /// The name of one of the services that the description is split into.
    fn of_service(&self, at: usize) -> String {
        if at == 0 { self.name.clone() } else { format!("{}-{}", self.name, at + 1) }
    }

    fn service(&self, name: &str, reached: &Reached) -> String {
        let [major, minor, _] = self.version;
        let (routes, unknown) = match self.language {
            Language::Wsdl => (
                "the paths of its addresses lead to it, and each message says its operation",
                "refuse: a SOAP fault. pass: unjudged",
            ),
            _ => (
                "its paths, methods and media types are its routes",
                "refuse: 404, or 405 with Allow. pass: unjudged",
            ),
        };
        let mut text = format!(
            "# The service that the description describes: {routes}.\n\n\
             id       = {}\ncontract = {}\nupstream = [{}]\n\n\
             # enforce: what breaks the contract is held back. observe: it is judged and recorded, and passes.\n\
             enforcement = {{ request = \"enforce\", response = \"enforce\" }}\n",
            quoted(&format!("{SUBSYSTEM}/{name}")),
            quoted(&format!("{}@^{major}.{minor}", self.id())),
            quoted(&reached.upstream),
        );
        for path in &reached.paths {
            text.push_str(&format!(
                "\n[[route]]\npath = {}\nunknown-operations = \"refuse\"               # {unknown}\n",
                quoted(path)
            ));
        }
        text
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
                "operations": self.n_operations, "services": self.reached, "next": next }));
        }
        let operations = match self.n_operations {
            1 => "1 operation".to_owned(),
            all => format!("{all} operations"),
        };
        let [check, serve] = next;
        output.note(format_args!(
            "`{shown}` is ready: {} with {operations}. The keys and certificates are for trying out: make others before real data passes.\n\n\
             {}\nNext:\n  {check}\n  {serve}\n\nThen look for CHANGE in its files.",
            self.contract,
            self.ways()
        ));
    }
}

impl Described {
    /// Which path of the gateway leads where, a line each.
    fn ways(&self) -> String {
        let ways = self.reached.iter().flat_map(|reached| {
            let way =
                |path| format!("  {}{path} leads to {}\n", reached::GATEWAY, reached.upstream);
            reached.paths.iter().map(way)
        });
        ways.collect()
    }
}

/// A name of several words in one, such as `PersonService`, with a space before each.
fn parted(title: &str) -> String {
    let mut parted = String::with_capacity(title.len() + 8);
    let mut before = ' ';
    for each in title.chars() {
        if each.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
            parted.push(' ');
        }
        parted.push(each);
        before = each;
    }
    parted
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
        assert_eq!(parted("PersonService_v3"), "Person Service_v3");
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
