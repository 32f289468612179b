//! Reading a directory: which elements make composites, and which of both make segments.

use super::{
    form::Form,
    rules::{ComponentRule, Composite, Content, ElementRule, PARTS_MAX, SegmentRule, Simple, Tag},
};
use crate::tree::{NameId, Names};
use sluse_contracts::{
    code,
    settings::{Placed, Table},
};
use std::collections::{BTreeMap, HashMap};

/// How names of the tree are made of those of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Naming {
    /// As the directory has them: `BGM`, `C002`, `1001`, `SG1`.
    #[default]
    Plain,
    /// With the prefixes of XML that follows ISO/TS 20625: `M_INVOIC`, `S_BGM`, `C_C002`, `D_1001`, `G_SG1`.
    Iso20625,
}

impl Naming {
    /// The name of something of a kind: `M`, `S`, `C`, `D` or `G`.
    pub(crate) fn name(self, names: &mut Names, kind: char, name: &str) -> NameId {
        match self {
            Self::Plain => names.add(name),
            Self::Iso20625 => names.add(&format!("{kind}_{name}")),
        }
    }
}

/// One entry of a list: `3036`, `3036!`, `3036*5`, `S020@99`.
#[derive(Debug, Clone)]
struct Entry {
    name: String,
    required: bool,
    in_a_row: usize,
    repeats_max: u32,
}

/// The directory as it is written, before it is made into rules.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    forms: HashMap<String, Form>,
    composites: HashMap<String, Vec<Entry>>,
    segments: BTreeMap<Tag, Vec<Entry>>,
    dates: HashMap<String, (usize, usize)>,
}

impl Directory {
    /// Reads the tables `elements`, `composites`, `segments` and `dates`.
    pub(crate) fn read(&mut self, root: &mut Table<'_>) {
        for (name, form) in root.text_entries("elements") {
            match form.parse() {
                Ok(form) => _ = self.forms.insert(name.value.to_owned(), form),
                Err(fault) => root.settings().report(name.place, code::VALUE_WRONG, fault),
            }
        }
        for (name, list) in root.text_entries("composites") {
            let entries = entries(root, &name, &list);
            self.composites.insert(name.value.to_owned(), entries);
        }
        for (name, list) in root.text_entries("segments") {
            let entries = entries(root, &name, &list);
            match tag_of(name.value) {
                Some(tag) => _ = self.segments.insert(tag, entries),
                None => root.settings().report(
                    name.place,
                    code::VALUE_WRONG,
                    "a segment's tag is three capital letters or digits",
                ),
            }
        }
        for (name, pair) in root.text_entries("dates") {
            match self.date(name.value, &pair) {
                Some(places) => _ = self.dates.insert(name.value.to_owned(), places),
                None => root.settings().report(
                    name.place,
                    code::VALUE_WRONG,
                    "a date is a composite and two of its elements: the value and the format",
                ),
            }
        }
    }

    fn date(&self, composite: &str, pair: &str) -> Option<(usize, usize)> {
        let entries = self.composites.get(composite)?;
        let place = |name: &str| entries.iter().position(|entry| entry.name == name);
        let (value, format) = pair.split_once(' ')?;
        Some((place(value)?, place(format)?))
    }

    /// The segments that are described.
    pub(crate) fn tags(&self) -> impl Iterator<Item = Tag> + '_ {
        self.segments.keys().copied()
    }

    /// The rule of a segment; `lists_of` gives the code lists of a path such as `NAD/C082/3039`.
    pub(crate) fn rule(
        &self,
        tag: Tag,
        naming: Naming,
        names: &mut Names,
        lists_of: &dyn Fn(&str) -> Vec<usize>,
    ) -> Option<SegmentRule> {
        let label = String::from_utf8_lossy(&tag).into_owned();
        let mut rule = SegmentRule {
            tag,
            name: naming.name(names, 'S', &label),
            elements: Vec::new(),
            required: 0,
        };
        for (entry, name) in in_a_row(self.segments.get(&tag)?) {
            let path = format!("{label}/{name}");
            if entry.required {
                rule.required |= 1 << rule.elements.len();
            }
            let content = match self.composites.get(&entry.name) {
                Some(entries) => Content::Composite(Composite {
                    date: self.dates.get(&entry.name).copied(),
                    ..self.composite(entries, &path, naming, names, lists_of)
                }),
                None => Content::Simple(self.simple(&entry.name, lists_of(&path))),
            };
            let kind = if matches!(content, Content::Composite(_)) { 'C' } else { 'D' };
            rule.elements.push(ElementRule {
                name: naming.name(names, kind, &name),
                label: name.into(),
                repeats_max: entry.repeats_max,
                content,
            });
        }
        Some(rule)
    }

    fn composite(
        &self,
        entries: &[Entry],
        path: &str,
        naming: Naming,
        names: &mut Names,
        lists_of: &dyn Fn(&str) -> Vec<usize>,
    ) -> Composite {
        let mut composite = Composite { components: Vec::new(), required: 0, date: None };
        for (entry, name) in in_a_row(entries) {
            if entry.required {
                composite.required |= 1 << composite.components.len();
            }
            let simple = self.simple(&entry.name, lists_of(&format!("{path}/{name}")));
            composite.components.push(ComponentRule {
                name: naming.name(names, 'D', &name),
                label: name.into(),
                simple,
            });
        }
        composite
    }

    fn simple(&self, element: &str, lists: Vec<usize>) -> Simple {
        Simple { form: self.forms.get(element).copied().unwrap_or(Form::FREE), lists }
    }
}

/// Each entry as often as it stands in a row, with the names that sets them apart: `3036`, `3036_2`.
fn in_a_row(entries: &[Entry]) -> impl Iterator<Item = (&Entry, String)> {
    let mut before: HashMap<&str, usize> = HashMap::new();
    let each = entries.iter().flat_map(|entry| std::iter::repeat_n(entry, entry.in_a_row));
    each.take(PARTS_MAX).map(move |entry| {
        let number = before.entry(&entry.name).and_modify(|number| *number += 1).or_insert(1);
        match number {
            1 => (entry, entry.name.clone()),
            number => (entry, format!("{}_{number}", entry.name)),
        }
    })
}

/// The tag that a text is.
pub(crate) fn tag_of(text: &str) -> Option<Tag> {
    let tag: Tag = text.as_bytes().try_into().ok()?;
    let fits = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    (tag.iter().all(fits) && tag.first().is_some_and(u8::is_ascii_uppercase)).then_some(tag)
}

fn entries(root: &Table<'_>, key: &Placed<&str>, list: &str) -> Vec<Entry> {
    let entries: Vec<_> = list.split_ascii_whitespace().filter_map(entry).collect();
    let n_parts: usize = entries.iter().map(|entry| entry.in_a_row).sum();
    if entries.len() < list.split_ascii_whitespace().count() {
        let sentence =
            "an entry is a name, then `!`, `*` and how often in a row, or `@` and how often";
        root.settings().report(key.place, code::VALUE_WRONG, sentence);
    } else if n_parts > PARTS_MAX {
        let sentence = format!("a list has more than {PARTS_MAX} entries");
        root.settings().report(key.place, code::VALUE_WRONG, sentence);
    }
    entries
}

fn entry(text: &str) -> Option<Entry> {
    let (text, required) = match text.strip_suffix('!') {
        Some(text) => (text, true),
        None => (text, false),
    };
    let (text, repeats_max) = match text.split_once('@') {
        Some((text, number)) => (text, number.parse().ok().filter(|number| *number > 0)?),
        None => (text, 1),
    };
    let (name, in_a_row) = match text.split_once('*') {
        Some((name, number)) => (name, number.parse().ok().filter(|number| *number > 0)?),
        None => (text, 1),
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_name = !name.is_empty() && name.chars().all(fits);
    is_name.then(|| Entry { name: name.to_owned(), required, in_a_row, repeats_max })
}
