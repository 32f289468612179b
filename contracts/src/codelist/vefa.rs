//! The format of the VEFA validator, in which OpenPeppol publishes the code lists of its billing
//! specification: `CodeList` with `Title`, `Identifier`, `Version` and `Agency`, then a `Code` with `Id`
//! and `Name` for each code.

use super::{
    build::{Builder, Raw, collapse},
    xml::{Elements, Kept, drive},
};
use sluse_xml::Start;
use std::sync::Arc;

/// The namespace of its elements.
pub(super) const NAMESPACE: &str = "urn:fdc:difi.no:2017:vefa:structure:CodeList-1";

/// Reads a list.
pub(super) fn read(bytes: &[u8], list: &mut Builder) {
    let entry = Entry { line: 0, code: String::new(), name: String::new() };
    let (into, kept, language) = (Into::Nothing, Kept::default(), Arc::from(""));
    drive(bytes, &mut Vefa { list, into, kept, entry, in_code: false, language });
}

/// What the text of the element that is open is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Into {
    Nothing,
    Title,
    Identifier,
    Version,
    Agency,
    Id,
    Name,
}

/// The code that is being read.
#[derive(Debug)]
struct Entry {
    line: u32,
    code: String,
    name: String,
}

struct Vefa<'a> {
    list: &'a mut Builder,
    into: Into,
    kept: Kept,
    entry: Entry,
    in_code: bool,
    language: Arc<str>,
}

impl Elements for Vefa<'_> {
    const ROOT: &'static str = "`CodeList` of the VEFA format";

    fn is_root(&self, root: &Start<'_>) -> bool {
        root.namespace() == NAMESPACE && root.local() == "CodeList"
    }

    fn start(&mut self, depth: usize, start: &Start<'_>) -> bool {
        self.kept.clear();
        let local = if start.namespace() == NAMESPACE { start.local() } else { "" };
        self.into = match (depth, local) {
            (2, "Title") => Into::Title,
            (2, "Identifier") => Into::Identifier,
            (2, "Version") => Into::Version,
            (2, "Agency") => Into::Agency,
            (3, "Id") if self.in_code => Into::Id,
            (3, "Name") if self.in_code => Into::Name,
            _ => Into::Nothing,
        };
        if depth == 2 {
            self.in_code = local == "Code";
        }
        depth == 2 && self.in_code
    }

    fn at_place(&mut self, line: u32, _: u32) {
        self.entry = Entry { line, code: String::new(), name: String::new() };
    }

    fn text(&mut self, text: &str) {
        if self.into != Into::Nothing {
            self.kept.push(text);
        }
    }

    fn end(&mut self, depth: usize) {
        let kept = self.kept.take();
        match std::mem::replace(&mut self.into, Into::Nothing) {
            Into::Id => self.entry.code = kept,
            Into::Name => self.entry.name = kept,
            Into::Title => self.list.about().title = Some(collapse(&kept)),
            Into::Identifier => self.list.about().uri = Some(collapse(&kept)),
            Into::Version => self.list.about().version = Some(collapse(&kept)),
            Into::Agency => self.list.about().agency = Some(collapse(&kept)),
            Into::Nothing => {}
        }
        if depth == 2 && std::mem::take(&mut self.in_code) {
            let names = vec![(Arc::clone(&self.language), self.entry.name.as_str())];
            let raw = Raw { code: &self.entry.code, names, ..Raw::default() };
            self.list.add(self.entry.line, &raw);
        }
    }

    fn list(&mut self) -> &mut Builder {
        self.list
    }
}
