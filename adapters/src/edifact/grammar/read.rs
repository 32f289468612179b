//! Reading a grammar file: the directory, then the messages, with every fault at its place.

use super::{
    CodeList, Grammar, Item, Level, MessageGrammar, Naming, ServiceRules, What,
    directory::{Directory, tag_of},
    matching::DEPTH_MAX,
    rules::{SegmentRule, Tag},
};
use crate::tree::Names;
use sluse_contracts::{
    Finding, code,
    settings::{Place, Placed, Settings, Table},
};
use std::{collections::HashMap, sync::Arc};

/// How many groups a message may have, those counted twice that stand in two places.
const GROUPS_MAX: usize = 1_000;

/// The directory of service segments.
const SERVICE: &str = include_str!("../grammars/service.toml");

impl Grammar {
    /// Reads a grammar file.
    ///
    /// # Errors
    /// Every fault of the file, with its place.
    pub fn read(file: &str, text: &str) -> Result<Self, Vec<Finding>> {
        let mut findings = Vec::new();
        let grammar = Settings::parse(file, text, &mut findings).and_then(|settings| {
            let mut root = settings.root();
            let grammar = Self::of(&mut root);
            root.finish();
            findings.extend(settings.into_findings());
            grammar
        });
        match grammar {
            Some(grammar) if !findings.iter().any(Finding::is_error) => Ok(grammar),
            _ => Err(findings),
        }
    }

    /// Reads the tables of a grammar from a description; nothing where a fault was reported that leaves none.
    pub(crate) fn of(table: &mut Table<'_>) -> Option<Self> {
        read(table)
    }

    /// A grammar that comes with the product.
    ///
    /// # Errors
    /// Where there is none of this name, or it has a fault, which the tests exclude.
    pub fn builtin(name: &str) -> Result<Self, Vec<Finding>> {
        match BUILTIN.iter().find(|(known, _)| *known == name) {
            Some((name, text)) => Self::read(name, text),
            None => {
                let names: Vec<_> = BUILTIN.iter().map(|(name, _)| *name).collect();
                let sentence = format!("there is no grammar `{name}`");
                let finding = Finding::in_file(name, code::VALUE_WRONG, sentence);
                Err(vec![finding.hint(format!("those there are: {}", names.join(", ")))])
            }
        }
    }
}

/// The grammars that come with the product.
pub const BUILTIN: [(&str, &str); 4] = [
    ("contrl", include_str!("../grammars/contrl.toml")),
    ("medcom", include_str!("../grammars/medcom.toml")),
    ("medpre", include_str!("../grammars/medpre.toml")),
    ("invoic-d14b", include_str!("../grammars/invoic-d14b.toml")),
];

/// Reads the tables of a grammar.
fn read(root: &mut Table<'_>) -> Option<Grammar> {
    let words = [("plain", Naming::Plain), ("iso-20625", Naming::Iso20625)];
    let naming = root.choice("names", &words).unwrap_or_default();
    let mut names = Names::default();
    let (service, mut directory) = service(naming, &mut names)?;
    directory.read(root);
    let mut messages = Vec::new();
    for table in root.tables("message") {
        let reading = Reading { directory: &directory, naming, names: &mut names };
        messages.extend(reading.message(table));
    }
    Some(Grammar { names: Arc::new(names), service, messages })
}

/// The rules of the service segments, and the directory that they are in, on which others stand.
fn service(naming: Naming, names: &mut Names) -> Option<(ServiceRules, Directory)> {
    let mut findings = Vec::new();
    let settings = Settings::parse("service.toml", SERVICE, &mut findings)?;
    let mut directory = Directory::default();
    directory.read(&mut settings.root());
    let mut rule = |tag: &Tag| directory.rule(*tag, naming, names, &|_| Vec::new());
    let rules = ServiceRules {
        unb: rule(b"UNB")?,
        ung: rule(b"UNG")?,
        unh: rule(b"UNH")?,
        unt: rule(b"UNT")?,
        une: rule(b"UNE")?,
        unz: rule(b"UNZ")?,
        uno: rule(b"UNO")?,
        unp: rule(b"UNP")?,
        object: naming.name(names, 'P', "OBJECT"),
        data: names.add("DATA"),
    };
    Some((rules, directory))
}

/// What the reading of one message needs.
struct Reading<'d, 'n> {
    directory: &'d Directory,
    naming: Naming,
    names: &'n mut Names,
}

/// A message's groups as they are written.
type Groups<'d> = HashMap<&'d str, (Place, Vec<Placed<String>>)>;

impl Reading<'_, '_> {
    fn message(mut self, mut table: Table<'_>) -> Option<MessageGrammar> {
        let label = table.text("type");
        let of = table.texts("of");
        let content = (table.place_of("segments"), table.texts("segments"));
        let (lists, paths) = code_lists(&mut table);
        let groups = groups(&mut table);
        let label = label?;
        let lists_of = |path: &str| {
            let of_path = paths.iter().enumerate().filter(|(_, each)| each.value == path);
            of_path.map(|(list, _)| list).collect()
        };
        let tags = self.directory.tags();
        let rules: Vec<_> = tags
            .filter_map(|tag| self.directory.rule(tag, self.naming, self.names, &lists_of))
            .collect();
        let mut levels = Levels {
            settings: table.settings(),
            groups: &groups,
            rules: &rules,
            reading: &mut self,
            levels: Vec::new(),
            open: Vec::new(),
        };
        levels.level(&label, &content.1, content.0)?;
        let levels = levels.levels;
        let of = match of.is_empty() {
            true => vec![vec![label.clone()]],
            false => of.iter().map(|of| of.value.split(':').map(str::to_owned).collect()).collect(),
        };
        let name = self.naming.name(self.names, 'M', &label);
        Some(MessageGrammar { name, label: label.into(), of, rules, levels, lists })
    }
}

fn groups<'d>(table: &mut Table<'d>) -> Groups<'d> {
    let Some(mut table) = table.optional_table("groups") else { return HashMap::new() };
    let entries = table.entries().into_iter().map(|(name, value)| {
        let items = value.list().iter().filter_map(|item| item.placed_text()).collect();
        (name.value, (name.place, items))
    });
    entries.collect()
}

/// The code lists, and the path that each is of.
fn code_lists(table: &mut Table<'_>) -> (Vec<CodeList>, Vec<Placed<String>>) {
    let lists = table.tables("codes").into_iter().filter_map(|mut table| {
        let path = table.placed_text("path");
        let texts = |texts: Vec<Placed<String>>| texts.into_iter().map(|text| text.value);
        let associations = texts(table.texts("for")).collect();
        let values = texts(table.texts("values")).collect();
        Some((CodeList { associations, values }, path?))
    });
    lists.unzip()
}

/// The levels of one message, made from the outside in.
struct Levels<'l, 'd, 'n> {
    settings: &'l Settings<'l>,
    groups: &'l Groups<'l>,
    rules: &'l [SegmentRule],
    reading: &'l mut Reading<'d, 'n>,
    levels: Vec<Level>,
    /// The groups that are being made, to find one that holds itself.
    open: Vec<String>,
}

impl Levels<'_, '_, '_> {
    /// Makes a level of what is listed, and those below it; its number.
    fn level(&mut self, name: &str, content: &[Placed<String>], place: Place) -> Option<usize> {
        if content.is_empty() {
            self.report(place, format!("`{name}` holds no segment"));
            return None;
        }
        if self.open.len() > DEPTH_MAX || self.levels.len() >= GROUPS_MAX {
            self.report(place, "groups are nested too deep, or too many".to_owned());
            return None;
        }
        let number = self.levels.len();
        self.levels.push(Level { label: name.into(), items: Vec::new() });
        self.open.push(name.to_owned());
        let mut items: Vec<Item> = Vec::new();
        for (at, text) in content.iter().enumerate() {
            let Some(item) = self.item(text, at == 0 && number > 0) else { continue };
            if items.iter().any(|other| other.label == item.label) {
                self.report(text.place, format!("`{}` stands twice in `{name}`", item.label));
            }
            items.push(item);
        }
        self.open.pop();
        self.levels.get_mut(number)?.items = items;
        Some(number)
    }

    /// Reads `NAD`, `DTM 1..5` or `SG1 0..99`; what begins a group is a segment.
    fn item(&mut self, text: &Placed<String>, begins: bool) -> Option<Item> {
        let Some((label, (min, max))) = occurrence(&text.value) else {
            let sentence = "an entry is a name and how often: `DTM 1..5`";
            self.report(text.place, sentence.to_owned());
            return None;
        };
        if begins && (min, max) != (1, 1) {
            self.report(text.place, format!("`{label}` begins a group: it stands there once"));
        }
        let group = if begins { None } else { self.groups.get(label) };
        let (kind, trigger, what) = match group {
            _ if label == "OBJECT" && !begins => ('P', *b"UNO", What::Object),
            Some((place, content)) => {
                if self.open.iter().any(|open| open == label) {
                    self.report(text.place, format!("the group `{label}` holds itself"));
                    return None;
                }
                let level = self.level(label, content, *place)?;
                let first = self.levels.get(level)?.items.first()?;
                ('G', first.trigger, What::Group(level))
            }
            None => {
                let tag = tag_of(label);
                let rule = self.rules.iter().position(|rule| Some(rule.tag) == tag);
                let Some((tag, rule)) = tag.zip(rule) else {
                    let sentence = format!("there is no segment and no group `{label}`");
                    self.report(text.place, sentence);
                    return None;
                };
                ('S', tag, What::Segment(rule))
            }
        };
        let name = self.reading.naming.name(self.reading.names, kind, label);
        Some(Item { trigger, min, max, name, label: label.into(), what })
    }

    fn report(&self, place: Place, sentence: String) {
        self.settings.report(place, code::VALUE_WRONG, sentence);
    }
}

/// A name and how often it may stand: once where nothing is said.
fn occurrence(text: &str) -> Option<(&str, (u32, u32))> {
    let mut words = text.split_ascii_whitespace();
    let (label, number) = (words.next()?, words.next());
    let number = match number {
        None => (1, 1),
        Some(number) => match number.split_once("..") {
            Some((min, max)) => (min.parse().ok()?, max.parse().ok()?),
            None => (number.parse().ok()?, number.parse().ok()?),
        },
    };
    (words.next().is_none() && number.0 <= number.1 && number.1 > 0).then_some((label, number))
}
