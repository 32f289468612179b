//! Reading rows: those of a section, and sets of rows that stand once and are used in many places.
//!
//! ```toml
//! [[rows]]
//! name = "address"
//! row  = [{ from = "[kind='P']/street", to = "street" }, { from = "[kind='P']/town", to = "town" }]
//!
//! [[section]]
//! name = "person"
//! row  = [{ use = "address", from = "ADR", to = "home" }]      # ADR[kind='P']/street to home/street, and so on
//! ```
//!
//! A set's paths stand behind those of its use. A path that begins with a bracket says more of the use's last step.

use super::{
    Conversion, Path, Row, Way,
    compute::Compute,
    describe::ROWS_MAX,
    formatted::Form,
    section::RawSection,
    words::{self, Tables},
};
use sluse_contracts::{
    code,
    settings::{Place, Placed, Settings, Table, Value},
};
use std::{collections::HashMap, sync::Arc};

/// Sets of rows by name.
pub(super) type Sets = HashMap<String, Arc<[RawRow]>>;

/// What rows may refer to.
#[derive(Debug, Default, Clone)]
pub(super) struct Shared {
    pub(super) tables: Tables,
    pub(super) sets: Sets,
    pub(super) sections: HashMap<String, Arc<[RawSection]>>,
}

/// What files hold that many mappings of an adapter include, read once: by the names of the files that a mapping includes,
/// up to each of them.
#[derive(Debug, Default)]
pub(crate) struct Included(pub(super) HashMap<Vec<String>, Shared>);

/// A row whose paths are texts, for they are not known before it is used.
#[derive(Debug, Clone)]
pub(super) struct RawRow {
    file: Arc<str>,
    place: Place,
    only: Option<Way>,
    from: Vec<Placed<String>>,
    to: Vec<Placed<String>>,
    wheres: Vec<(Placed<String>, bool)>,
    compute: Option<Compute>,
    between: Option<String>,
    gaps: bool,
    convert: Vec<Conversion>,
    convert_words: Vec<String>,
    constant: Option<String>,
    default: Option<String>,
    reverse_default: Option<String>,
    dropped: Option<String>,
    counts: bool,
    again: bool,
    whole: bool,
    but: Vec<Placed<String>>,
    form: Option<Form>,
    each: bool,
}

/// The rows of a section, their paths read.
pub(super) fn rows(table: &mut Table<'_>, shared: &Shared) -> Vec<Row> {
    let raw = raw_rows(table, shared);
    raw.into_iter().filter_map(|row| row.read(table.settings())).collect()
}

/// The rows of a set or a section, those of the sets that it uses among them.
pub(super) fn raw_rows(table: &mut Table<'_>, shared: &Shared) -> Vec<RawRow> {
    let mut rows = Vec::new();
    for mut row in table.tables("row") {
        if row.has("use") {
            used(&mut row, shared, &mut rows);
        } else {
            rows.extend(raw_row(&mut row, &shared.tables));
        }
        if rows.len() > ROWS_MAX {
            break;
        }
    }
    rows
}

/// Adds the rows of a set, their paths behind those of the use.
fn used(table: &mut Table<'_>, shared: &Shared, rows: &mut Vec<RawRow>) {
    let Some(name) = table.placed_text("use") else { return };
    let side = |table: &mut Table<'_>, key: &'static str| {
        table.optional_placed_text(key).filter(|text| is_path(table.settings(), key, text))
    };
    let (from, to) = (side(table, "from"), side(table, "to"));
    let Some(set) = shared.sets.get(&name.value) else {
        let sentence = "no set of rows before this place has this name";
        return table.settings().report(name.place, code::VALUE_WRONG, sentence);
    };
    let (from, to) = (from.as_ref(), to.as_ref());
    rows.extend(set.iter().map(|row| row.behind(from, to)));
}

fn raw_row(table: &mut Table<'_>, tables: &Tables) -> Option<RawRow> {
    let (from, to) = (paths(table, "from"), paths(table, "to"));
    let (convert, but) = (conversions(table, tables), paths(table, "but"));
    let sound = from.is_some() && to.is_some() && convert.is_some() && but.is_some();
    let (convert, convert_words) = convert.unwrap_or_default().into_iter().unzip();
    let mut wheres = Vec::new();
    for (key, must_stand) in [("where", true), ("unless", false)] {
        wheres.extend(paths(table, key).into_iter().flatten().map(|path| (path, must_stand)));
    }
    let row = RawRow {
        file: table.settings().file().into(),
        place: table.place(),
        only: table.choice("only", &Way::WORDS),
        from: from.unwrap_or_default(),
        to: to.unwrap_or_default(),
        wheres,
        compute: table.choice("compute", &Compute::WORDS),
        between: table.optional_text("between"),
        gaps: table.flag("gaps").unwrap_or(false),
        convert,
        convert_words,
        constant: table.optional_text("constant"),
        default: table.optional_text("default"),
        reverse_default: table.optional_text("reverse-default"),
        dropped: table.optional_text("dropped"),
        counts: table.flag("counts").unwrap_or(false),
        again: table.flag("again").unwrap_or(false),
        whole: table.flag("whole").unwrap_or(false),
        but: but.unwrap_or_default(),
        form: table.choice("text", &Form::WORDS),
        each: table.flag("each").unwrap_or(false),
    };
    match row.fault().filter(|_| sound) {
        None => sound.then_some(row),
        Some(sentence) => {
            table.settings().report(row.place, code::VALUE_WRONG, sentence);
            None
        }
    }
}

impl RawRow {
    /// The row with its paths behind others.
    fn behind(&self, from: Option<&Placed<String>>, to: Option<&Placed<String>>) -> Self {
        let all = |paths: &[Placed<String>], prefix: Option<&Placed<String>>| {
            paths.iter().map(|path| joined(prefix, path)).collect()
        };
        // What a row waits for stands on the side that is read.
        let is_forward = match (self.only, self.constant.is_some()) {
            (Some(only), _) => only == Way::Forward,
            (None, _) => self.from.is_empty(),
        };
        let other = if is_forward { from } else { to };
        let wheres = self.wheres.iter().map(|(path, stands)| (joined(other, path), *stands));
        let wheres = wheres.collect();
        Self { from: all(&self.from, from), to: all(&self.to, to), wheres, ..self.clone() }
    }

    /// The row with its paths read; nothing where one is none, which is reported.
    pub(super) fn read(self, settings: &Settings<'_>) -> Option<Row> {
        let path = |text: &Placed<String>| match text.value.parse::<Path>() {
            Ok(path) => Some(path),
            Err(wrong) => {
                settings.report(text.place, code::VALUE_WRONG, wrong.to_string());
                None
            }
        };
        let all = |paths: &[Placed<String>]| paths.iter().map(path).collect::<Option<Vec<_>>>();
        let wheres = self.wheres.iter().map(|(text, stands)| Some((path(text)?, *stands)));
        Some(Row {
            from: all(&self.from)?,
            to: all(&self.to)?,
            wheres: wheres.collect::<Option<_>>()?,
            file: self.file,
            place: self.place,
            only: self.only,
            compute: self.compute,
            between: self.between,
            gaps: self.gaps,
            convert: self.convert,
            convert_words: self.convert_words,
            constant: self.constant,
            default: self.default,
            reverse_default: self.reverse_default,
            dropped: self.dropped,
            counts: self.counts,
            again: self.again,
            whole: self.whole,
            but: all(&self.but)?,
            form: self.form,
            each: self.each,
        })
    }

    /// Whether it says one path of each side, and nothing of what becomes of a value.
    fn is_bare(&self) -> bool {
        let says_value = self.constant.is_some()
            || self.dropped.is_some()
            || self.default.is_some()
            || self.reverse_default.is_some();
        let says_more = self.counts || self.again || self.each || self.gaps || self.form.is_some();
        let says_how = !self.convert.is_empty() || self.compute.is_some() || self.between.is_some();
        self.from.len() == 1 && self.to.len() == 1 && !says_value && !says_more && !says_how
    }

    /// What makes no sense together in one row.
    fn fault(&self) -> Option<&'static str> {
        let (n_from, n_to) = (self.from.len(), self.to.len());
        let (constant, dropped) = (self.constant.is_some(), self.dropped.is_some());
        let several = n_from > 1 || n_to > 1;
        if (self.whole && !self.is_bare()) || (!self.whole && !self.but.is_empty()) {
            return Some(
                "a `whole` stands at one path of each side; beside it stand `only`, `where`, `unless` and `but` alone",
            );
        }
        if dropped && (n_from + n_to == 0 || (n_from > 0 && n_to > 0) || constant) {
            return Some("what is `dropped` stands on one side alone");
        }
        if (constant || self.counts) && n_from + n_to != 1 {
            return Some(match constant {
                true => "a `constant` stands at one path of one side",
                false => "what `counts` stands at one path of one side",
            });
        }
        if !constant && !dropped && !self.counts && (n_from == 0 || n_to == 0) {
            return Some("a row says `from` and `to`, or a `constant`, or why it is `dropped`");
        }
        if n_from > 1 && n_to > 1 {
            return Some("several paths on one side are one value on the other");
        }
        if self.compute.is_some() && (constant || dropped || self.counts || self.form.is_some()) {
            return Some("what a row computes is neither constant nor dropped nor counted");
        }
        if self.compute.is_some() && self.between.is_some() {
            return Some("values are computed, or put one behind the other, not both");
        }
        if several
            && !dropped
            && self.compute.is_none()
            && self.between.as_ref().is_none_or(String::is_empty)
        {
            return Some(
                "several paths take `between`: what stands between their values where they are one",
            );
        }
        if (self.between.is_some() || self.gaps) && (!several || dropped) {
            return Some("`between` takes several paths on one side");
        }
        if (constant || self.form.is_some()) && !self.convert.is_empty() {
            return Some("a `constant` or a `text` is written as it stands: no `convert`");
        }
        if self.form.is_some() && (n_from != 1 || n_to != 1) {
            return Some("a `text` stands at one path of each side");
        }
        if self.each && self.form.is_none() {
            return Some("`each` is said of a `text`");
        }
        (!self.wheres.is_empty() && !constant && self.only.is_none()).then_some(
            "`where` and `unless` look at the side that is read: at a `constant`, or a row of one way",
        )
    }
}

/// A path behind another.
fn joined(prefix: Option<&Placed<String>>, path: &Placed<String>) -> Placed<String> {
    let Some(prefix) = prefix.map(|prefix| prefix.value.as_str()).filter(|text| *text != ".")
    else {
        return path.clone();
    };
    let value = match path.value.as_str() {
        "." => prefix.to_owned(),
        root if root.starts_with('/') => root.to_owned(),
        more if more.starts_with('[') => format!("{prefix}{more}"),
        below => format!("{prefix}/{below}"),
    };
    Placed { value, place: path.place }
}

/// Whether a text is a path, or what stands behind one; where it is not, that is reported.
fn is_path(settings: &Settings<'_>, key: &str, text: &Placed<String>) -> bool {
    let whole = match text.value.starts_with('[') {
        true => format!("x{}", text.value),
        false => text.value.clone(),
    };
    match whole.parse::<Path>() {
        Ok(_) => true,
        Err(wrong) => {
            settings.report(text.place, code::VALUE_WRONG, format!("`{key}`: {wrong}"));
            false
        }
    }
}

/// One path or a list of them; nothing where a fault was reported.
fn paths(table: &mut Table<'_>, key: &'static str) -> Option<Vec<Placed<String>>> {
    let Some(value) = table.value(key) else { return Some(Vec::new()) };
    let values = if value.is_list() { value.list() } else { vec![value] };
    let settings = table.settings();
    let path = |value: &Value<'_>| value.placed_text().filter(|text| is_path(settings, key, text));
    let paths: Vec<Option<Placed<String>>> = values.iter().map(path).collect();
    paths.into_iter().collect()
}

/// One conversion or a list of them, each with its text; nothing where a fault was reported.
fn conversions(table: &mut Table<'_>, tables: &Tables) -> Option<Vec<(Conversion, String)>> {
    let Some(value) = table.value("convert") else { return Some(Vec::new()) };
    let values = if value.is_list() { value.list() } else { vec![value] };
    let read = |value: &Value<'_>| {
        let text = value.text()?;
        match words::conversion(&text, tables) {
            Ok(conversion) => Some((conversion, text)),
            Err(sentence) => {
                value.refuse(sentence);
                None
            }
        }
    };
    let conversions: Vec<Option<_>> = values.iter().map(read).collect();
    conversions.into_iter().collect()
}
