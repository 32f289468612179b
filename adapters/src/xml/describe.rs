//! Reading a description of documents: every fault of it at once, with its place.
//!
//! | key of the file | says |
//! |---|---|
//! | `root` | the name of the document element, or a list of names |
//! | `unit` | the path from below it to the repeated element that is one unit |
//! | `after-units` | what becomes of what stands between or behind units: `refused` (default), `ignored` |
//! | `white-space` | between elements: `dropped` (default) or `kept` |
//! | `character-set` | of what is written: `utf-8` (default), `iso-8859-1`, `iso-8859-15`, `windows-1252`; what is read says its own |
//! | `indent` | blanks for each level, where what is written is to have lines |
//! | `default-namespace` | the namespace of elements without prefix, or a list of those that a document may be in; else they have none |
//! | `namespaces` | a table of prefixes and namespaces |
//! | `order` | a table: for the name of an element, perhaps with names above it as `a/b`, its children in order |
//! | `root-attributes` | a table of attributes of every document element, such as `xsi:schemaLocation` |
//! | `names` | further names that faults may say |

use super::{
    layout::XmlLayout,
    order::Order,
    spelling::{NAMESPACE, Spelling, XmlName, XmlPath},
};
use crate::{charset::CharacterSet, layout::Layout, tree::Names};
use sluse_contracts::{
    code,
    settings::{Placed, Table, Value},
};
use sluse_xml::{XML_NAMESPACE, XMLNS_NAMESPACE, is_ncname};
use std::sync::Arc;

/// Most blanks for one level.
const INDENT_MAX: u64 = 16;

/// Character sets that an XML declaration can be read in.
const SETS: [(&str, CharacterSet); 4] = [
    ("utf-8", CharacterSet::Utf8),
    ("iso-8859-1", CharacterSet::Latin1),
    ("iso-8859-15", CharacterSet::Latin9),
    ("windows-1252", CharacterSet::Windows1252),
];

/// Reads the table of a description; nothing where a fault was reported.
pub(crate) fn describe(root: &mut Table<'_>) -> Option<Arc<dyn Layout>> {
    describe_with(root, &[])
}

/// The same, with more names that faults may say.
pub(crate) fn describe_with(root: &mut Table<'_>, more: &[&str]) -> Option<Arc<dyn Layout>> {
    let spelling = spelling(root);
    let names = &mut Names::default();
    more.iter().for_each(|name| _ = names.add(name));
    if spelling.defaults.len() > 1 {
        names.add(NAMESPACE);
    }
    let known = Known { spelling: &spelling };
    let roots = known.one_or_more(root, "root", names);
    if !root.has("root") {
        root.report_missing("root");
    }
    let unit = root.value("unit").and_then(|unit| known.path(&unit, names));
    let after = [("refused", false), ("ignored", true)];
    let ignores_after_units = root.choice("after-units", &after).unwrap_or(false);
    let white_space = [("dropped", false), ("kept", true)];
    let keeps_white_space = root.choice("white-space", &white_space).unwrap_or(false);
    let set = root.choice("character-set", &SETS).unwrap_or(CharacterSet::Utf8);
    let indent =
        root.whole("indent", 0..=INDENT_MAX).and_then(|blanks| usize::try_from(blanks).ok());
    let root_attributes = known.root_attributes(root, names);
    let order = known.order(root, names);
    known.one_or_more(root, "names", names);
    if roots.is_empty() {
        return None;
    }
    Some(Arc::new(XmlLayout {
        names: Arc::new(std::mem::take(names)),
        roots,
        unit: unit.unwrap_or_default(),
        ignores_after_units,
        keeps_white_space,
        order,
        indent,
        set,
        root_attributes,
        spelling,
    }))
}

fn spelling(root: &mut Table<'_>) -> Spelling {
    let mut spelling = Spelling::default();
    let defaults = root.value("default-namespace");
    let defaults = defaults.map(|value| if value.is_list() { value.list() } else { vec![value] });
    for default in defaults.iter().flatten().filter_map(Value::placed_text) {
        check_namespace(root, &default);
        if spelling.defaults.contains(&default.value) {
            let sentence = "the default namespace stands twice";
            root.settings().report(default.place, code::DUPLICATE, sentence);
        }
        spelling.defaults.push(default.value);
    }
    for (prefix, namespace) in root.text_entries("namespaces") {
        let sound = is_ncname(prefix.value) && !prefix.value.to_lowercase().starts_with("xml");
        if !sound {
            let sentence = "a prefix is letters and digits, and does not begin with `xml`";
            root.settings().report(prefix.place, code::VALUE_WRONG, sentence);
        }
        let placed = Placed { value: namespace, place: prefix.place };
        check_namespace(root, &placed);
        let twice = spelling.prefixes.iter().any(|(_, known)| *known == placed.value)
            || spelling.defaults.contains(&placed.value);
        if twice {
            let sentence = "one namespace has two prefixes: a name would have two spellings";
            root.settings().report(placed.place, code::DUPLICATE, sentence);
        }
        spelling.prefixes.push((prefix.value.to_owned(), placed.value));
    }
    spelling
}

fn check_namespace(root: &Table<'_>, namespace: &Placed<String>) {
    if ["", XML_NAMESPACE, XMLNS_NAMESPACE].contains(&namespace.value.as_str()) {
        let sentence = "a namespace that a prefix stands for is a text, and not one of XML's own";
        root.settings().report(namespace.place, code::VALUE_WRONG, sentence);
    }
}

/// Reads names whose prefixes are known.
struct Known<'s> {
    spelling: &'s Spelling,
}

impl Known<'_> {
    fn path(&self, value: &Value<'_>, names: &mut Names) -> Option<Vec<String>> {
        let XmlPath(steps) = value.name()?;
        steps.iter().all(|name| self.check(value, name, names)).then_some(steps)
    }

    fn name(&self, value: &Value<'_>, names: &mut Names) -> Option<String> {
        let XmlName(name) = value.name()?;
        self.check(value, &name, names).then_some(name)
    }

    /// Adds a name that can be written; else reports it.
    fn check(&self, value: &Value<'_>, name: &str, names: &mut Names) -> bool {
        let known = self.spelling.knows(name);
        if known {
            names.add(name);
        } else {
            value.refuse("`namespaces` does not have the prefix of a name");
        }
        known
    }

    fn one_or_more(
        &self,
        root: &mut Table<'_>,
        key: &'static str,
        names: &mut Names,
    ) -> Vec<String> {
        let Some(value) = root.value(key) else { return Vec::new() };
        let values = if value.is_list() { value.list() } else { vec![value] };
        values.iter().filter_map(|value| self.name(value, names)).collect()
    }

    fn order(&self, root: &mut Table<'_>, names: &mut Names) -> Order {
        let mut order = Order::default();
        let Some(mut table) = root.optional_table("order") else { return order };
        for (key, value) in table.entries() {
            let children = value.list();
            let children: Vec<String> =
                children.iter().filter_map(|child| self.name(child, names)).collect();
            let Ok(XmlPath(path)) = key.value.parse() else {
                let sentence = "the key is the name of an element, or several with `/` between";
                root.settings().report(key.place, code::VALUE_WRONG, sentence);
                continue;
            };
            let sound = path.iter().all(|name| self.check(&value, name, names));
            let twice = children
                .iter()
                .enumerate()
                .any(|(at, name)| children.iter().take(at).any(|before| before == name));
            if twice || (sound && !order.add(path, children)) {
                value.refuse("an order has each child once");
            }
        }
        order
    }

    fn root_attributes(&self, root: &mut Table<'_>, names: &mut Names) -> Vec<(String, String)> {
        let Some(mut table) = root.optional_table("root-attributes") else { return Vec::new() };
        let entries = table.entries();
        let read = entries.into_iter().filter_map(|(key, value)| {
            if key.value.parse::<XmlName>().is_err() {
                value.refuse("the key is the name of an attribute");
                return None;
            }
            self.check(&value, key.value, names).then_some(())?;
            Some((key.value.to_owned(), value.text()?))
        });
        read.collect()
    }
}
