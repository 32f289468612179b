//! Schemas named on a command line make a contract for that command alone.
//!
//! A schema refers to other files beside and above it. Contracts take files from memory, so what a
//! schema may need is gathered first: every text in quotes or between spaces that leads to a file is
//! taken for a reference. That is more than it needs at worst, and never less; nothing is fetched.
//! JSON Schemas also refer to each other by address: `addressed` finds those. How far references may lead says
//! `folder`.

use super::{
    SchemaArgs,
    addressed::{self, Addressed},
    folder::Folder,
};
use crate::{
    cli::{Exit, Output},
    config::reason,
};
use sluse_contracts::{Contract, ContractFiles, MediaType, SchemaCache, files::text_of};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

/// Most files gathered.
const FILES_MAX: usize = 10_000;
/// Most documents and folders looked at beside a rule set that asks for documents.
const DOCUMENTS_MAX: usize = 1_000;
/// Largest file gathered.
const FILE_BYTES_MAX: u64 = 64 << 20;
/// Longest text taken for a reference.
const REFERENCE_BYTES_MAX: usize = 500;
/// Ends of names that a reference may lead to.
const ENDS: [&str; 10] = ["xsd", "wsdl", "sch", "xml", "xsl", "xslt", "json", "yaml", "yml", "ent"];

/// Whether any schema is named.
pub(super) fn is_asked(args: &SchemaArgs) -> bool {
    !entries(args).is_empty()
}

/// What the schemas judge, where that is one kind.
pub(super) fn media_type(args: &SchemaArgs) -> Option<MediaType> {
    if args.xsd.is_some() || args.wsdl.is_some() || !args.schematron.is_empty() {
        Some(MediaType::xml())
    } else {
        args.json_schema.as_ref().map(|_| MediaType::json())
    }
}

/// Loads the contract that the schemas make. What is wrong is told.
pub(super) fn load(args: &SchemaArgs, output: &mut Output) -> Result<Arc<Contract>, Exit> {
    let mut gathered = Gathered::default();
    let mut named = Vec::new();
    for (language, path) in entries(args) {
        match gathered.entry(path) {
            Ok(found) => named.push((language, found)),
            Err(fault) => {
                return Err(output.error(format_args!("`{}`: {}", path.display(), reason(&fault))));
            }
        }
    }
    if let Some((link, folder)) = gathered.link_out() {
        return Err(output.error(format_args!(
            "C0215 `{}` is a link that leads out of the schema's folder `{}`, and is not read",
            link.display(),
            folder.display()
        )));
    }
    let root = gathered.root();
    let files = contract(args, &named, &gathered, &root, output)?;
    let (contract, mut findings) = Contract::load(&files, &SchemaCache::new());
    findings.dedup();
    for finding in findings.iter().filter(|finding| contract.is_none() == finding.is_error()) {
        output.note(finding);
    }
    for outside in gathered.outside.iter().filter(|_| contract.is_none()) {
        output.note(format_args!(
            "`{}` stands outside of the schema's folder `{}`, and is not read",
            outside.0.display(),
            outside.1.display()
        ));
    }
    contract.ok_or_else(|| output.error("the schemas cannot be used"))
}

/// Loads the contract that a description of a SOAP service makes. What is wrong is told.
pub(in crate::cli) fn of_wsdl(path: &Path, output: &mut Output) -> Result<Arc<Contract>, Exit> {
    load(&SchemaArgs { wsdl: Some(path.to_owned()), ..SchemaArgs::default() }, output)
}

fn contract(
    args: &SchemaArgs,
    named: &[(&str, PathBuf)],
    gathered: &Gathered,
    root: &Path,
    output: &mut Output,
) -> Result<ContractFiles, Exit> {
    let mut files = ContractFiles::new(shown(root));
    for (path, bytes) in &gathered.files {
        if let Ok(below) = path.strip_prefix(root) {
            files.add(&slashed(below), bytes.clone());
        }
    }
    let mut steps = Vec::new();
    let mut description = None;
    for (language, path) in named {
        let Ok(below) = path.strip_prefix(root) else {
            return Err(output.error(format_args!("`{}` cannot be named", path.display())));
        };
        let below = quoted(&slashed(below));
        match (*language, &args.phase) {
            (language @ ("openapi" | "wsdl"), _) => description = Some((language, below)),
            ("schematron", Some(phase)) => {
                steps.push(format!("{{ schematron = {below}, phase = {} }}", quoted(phase)));
            }
            (language, _) => steps.push(format!("{{ {language} = {below} }}")),
        }
    }
    let mut manifest = String::from(
        "id = \"local/ad-hoc\"\nversion = \"1.0.0\"\nstatus = \"in-force\"\ntitle = { en = \"Schemas of a command line\" }\n",
    );
    match description {
        Some((language, file)) => manifest.push_str(&format!("{language} = {file}\n")),
        None => {
            let steps = steps.join(", ");
            manifest.push_str(&format!(
                "[[operation]]\nname = \"judge\"\nkind = \"two-way\"\n\
                 request = {{ judge = [{steps}] }}\nresponse = {{ judge = [{steps}] }}\n"
            ));
        }
    }
    files.add("contract.toml", manifest);
    Ok(files)
}

fn entries(args: &SchemaArgs) -> Vec<(&'static str, &Path)> {
    let xsd = args.xsd.iter().map(|path| ("xsd", path));
    let schematron = args.schematron.iter().map(|path| ("schematron", path));
    let json = args.json_schema.iter().map(|path| ("json-schema", path));
    let openapi = args.openapi.iter().map(|path| ("openapi", path));
    let wsdl = args.wsdl.iter().map(|path| ("wsdl", path));
    let all = xsd.chain(schematron).chain(json).chain(openapi).chain(wsdl);
    all.map(|(language, path)| (language, path.as_path())).collect()
}

/// Files by path.
pub(in crate::cli) type Files = Vec<(String, Vec<u8>)>;

/// A file and all that it refers to, by path below the folder that holds them all; and the file's own path there.
pub(in crate::cli) fn gather(path: &Path) -> io::Result<(String, Files)> {
    let mut gathered = Gathered::default();
    let entry = gathered.entry(path)?;
    let root = gathered.root();
    let below = |path: &Path| path.strip_prefix(&root).map(slashed).unwrap_or_default();
    let entry = below(&entry);
    let files = gathered.files.iter().map(|(path, bytes)| (below(path), bytes.clone()));
    Ok((entry, files.collect()))
}

/// Files by absolute path.
#[derive(Debug, Default)]
struct Gathered {
    files: BTreeMap<PathBuf, Vec<u8>>,
    /// Files that were referred to and are not in the folder of the schema, with that folder.
    outside: BTreeSet<(PathBuf, PathBuf)>,
}

impl Gathered {
    /// Takes an entry file and all that it may need; gives its absolute path.
    fn entry(&mut self, path: &Path) -> io::Result<PathBuf> {
        let entry = plain(&std::path::absolute(path)?);
        let within = Folder::of(&entry);
        self.take(&entry)?;
        self.follow(vec![entry.clone()], &within);
        if self.asks_for_documents(&entry) {
            let documents = documents_below(entry.parent().unwrap_or(&entry));
            for path in documents.into_iter().filter(|path| within.holds(path)) {
                if self.files.len() < FILES_MAX && !self.files.contains_key(&path) {
                    // One that cannot be read is told where the rule set asks for it.
                    let _ = self.take(&path);
                }
            }
        }
        if entry.extension().is_some_and(|end| end == "json") {
            let folder = entry.parent().unwrap_or(&entry);
            self.take_named(addressed::below(folder), &within);
            if addressed::is_open(self.files.values()) {
                self.take_named(addressed::beside(folder), &within);
            }
        }
        Ok(entry)
    }

    /// Takes what these files lead to, and so on.
    fn follow(&mut self, mut open: Vec<PathBuf>, within: &Folder) {
        while let Some(file) = open.pop() {
            let found = self.references(&file);
            for path in found {
                if !within.holds(&path) {
                    self.outside.insert((path, within.path().to_owned()));
                } else if !self.files.contains_key(&path)
                    && self.files.len() < FILES_MAX
                    && self.take(&path).is_ok()
                {
                    open.push(path);
                }
            }
        }
    }

    /// Takes those of the files that a file taken already refers to by their address, and so on.
    fn take_named(&mut self, mut near: Vec<Addressed>, within: &Folder) {
        near.retain(|file| within.holds(&file.path));
        loop {
            let wanted = addressed::wanted(self.files.values());
            let (found, left): (Vec<_>, Vec<_>) =
                near.into_iter().partition(|file| file.is_wanted(&wanted));
            near = left;
            let new = found.into_iter().map(|file| file.path);
            let new: Vec<PathBuf> = new
                .filter(|path| !self.files.contains_key(path) && self.take(path).is_ok())
                .collect();
            if new.is_empty() {
                return;
            }
            self.follow(new, within);
        }
    }

    /// A file that stands in the folder of its schema, and is a link to what does not.
    fn link_out(&self) -> Option<&(PathBuf, PathBuf)> {
        self.outside.iter().find(|(path, folder)| path.starts_with(folder))
    }

    /// The deepest folder that all files are below.
    fn root(&self) -> PathBuf {
        let mut folders = self.files.keys().filter_map(|path| path.parent());
        let Some(first) = folders.next() else { return PathBuf::from("/") };
        folders.fold(first.to_owned(), |root, folder| {
            root.iter().zip(folder.iter()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
        })
    }

    /// Whether a rule set looks at other documents than the message, by names that it may make up.
    fn asks_for_documents(&self, entry: &Path) -> bool {
        let bytes = self.files.get(entry).map(|bytes| text_of(bytes));
        bytes.is_some_and(|text| text.contains("schematron") && text.contains("documents="))
    }

    fn take(&mut self, path: &Path) -> io::Result<()> {
        if fs::metadata(path)?.len() > FILE_BYTES_MAX {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.files.insert(path.to_owned(), fs::read(path)?);
        Ok(())
    }

    /// Files that texts in a file lead to.
    fn references(&self, file: &Path) -> Vec<PathBuf> {
        let (Some(bytes), Some(folder)) = (self.files.get(file), file.parent()) else {
            return Vec::new();
        };
        let text = text_of(bytes);
        // A name with a space in it stands in quotes.
        let quoted = text.split(['"', '\'']).filter(|text| text.contains(' '));
        let texts = text.split(['"', '\'', ' ', '\t', '\n', '\r', '<', '>']).chain(quoted);
        let mut found: Vec<PathBuf> = texts
            .filter_map(|text| text.split('#').next())
            .filter(|text| {
                let end = text.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
                text.len() <= REFERENCE_BYTES_MAX
                    && !text.starts_with('/')
                    && end.is_some_and(|end| ENDS.contains(&end.as_str()))
            })
            .map(|text| plain(&folder.join(text)))
            .collect();
        found.sort();
        found.dedup();
        found.retain(|path| path.is_file());
        found
    }
}

/// The documents of XML in a folder and those below it, links to folders left out.
fn documents_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() && !path.is_symlink() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("xml")) {
                found.push(path);
            }
            if found.len() + open.len() > DOCUMENTS_MAX {
                return found;
            }
        }
    }
    found
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// A folder as findings name it: relative to the current one, where it is below it.
fn shown(root: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    root.strip_prefix(here).unwrap_or(root).display().to_string()
}

fn slashed(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gathered(files: &[(&str, &str)], entry: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let (_, found) = gather(&folder.path().join(entry)).unwrap();
        found.into_iter().map(|(path, _)| path).collect()
    }

    #[test]
    fn what_is_published_beside_a_schema_is_taken_and_what_lies_outside_is_not() {
        let schema = "<xs:include schemaLocation='../common/b.xsd'/><xs:include schemaLocation=\"../../../out.xsd\"/>";
        let files = [
            ("bundle/std/xsd/maindoc/a.xsd", schema),
            ("bundle/std/xsd/common/b.xsd", "<xs:include schemaLocation='../../more/c.xsd'/>"),
            ("bundle/std/more/c.xsd", ""),
            ("bundle/out.xsd", ""),
        ];
        let found = gathered(&files, "bundle/std/xsd/maindoc/a.xsd");
        assert_eq!(found, ["more/c.xsd", "xsd/common/b.xsd", "xsd/maindoc/a.xsd"]);
    }

    #[test]
    fn a_rule_set_that_asks_for_documents_has_those_beside_it() {
        let rules = |documents: &str| {
            format!(
                "<schema xmlns='http://purl.oclc.org/dsdl/schematron'><pattern {documents}/></schema>"
            )
        };
        for (documents, wanted) in [
            (
                "documents=\"concat('codes-', /a/@list, '.xml')\"",
                &["a.sch", "codes-1.xml", "lists/b.xml"][..],
            ),
            ("", &["a.sch"]),
        ] {
            let files = [
                ("x/a.sch", &*rules(documents)),
                ("x/codes-1.xml", "<c/>"),
                ("x/lists/b.xml", "<c/>"),
                ("x/other.txt", ""),
                ("d.xml", "<c/>"),
            ];
            assert_eq!(gathered(&files, "x/a.sch"), wanted, "{documents}");
        }
    }

    #[test]
    fn a_link_out_of_the_folder_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let path = |path: &str| folder.path().join(path);
        fs::create_dir_all(path("a/b/c/d")).unwrap();
        fs::write(path("out.xsd"), "").unwrap();
        fs::write(path("a/b/c/d/s.xsd"), "<xs:include schemaLocation='link.xsd'/>").unwrap();
        std::os::unix::fs::symlink(path("out.xsd"), path("a/b/c/d/link.xsd")).unwrap();
        let mut gathered = Gathered::default();
        gathered.entry(&path("a/b/c/d/s.xsd")).unwrap();
        assert_eq!(gathered.files.len(), 1);
        assert_eq!(gathered.link_out().map(|(link, _)| link), Some(&path("a/b/c/d/link.xsd")));
    }
}
