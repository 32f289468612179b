//! How a file becomes a list: what people may choose, and which reader takes it.

use super::{
    CodeList, FILE_BYTES_MAX, build::Builder, genericode, json, rdf_xml, skos, table, turtle, vefa,
    xml,
};
use crate::{Finding, code};

/// How a code list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ListFormat {
    /// OASIS genericode 1.0, and 0.4, which UBL 2.0 was published with.
    Genericode,
    /// The format of the VEFA validator, in which OpenPeppol publishes its lists.
    Vefa,
    /// A table with a header.
    Csv,
    /// A list of objects or codes in JSON, such as those of Fiks Arkiv.
    Json,
    /// SKOS as RDF/XML.
    RdfXml,
    /// SKOS as Turtle, or as N-Triples, which are Turtle too.
    Turtle,
}

/// What people may choose of how a file is read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Reading {
    /// How it is written; told from the file's ending and root element where absent.
    pub format: Option<ListFormat>,
    /// What is read from which column.
    pub columns: Columns,
    /// How a table is written.
    pub csv: CsvForm,
    /// Which concepts of a SKOS file are the list.
    pub skos: SkosChoice,
}

/// What is read from which column, by its header, or id or short name (genericode), or from which
/// property (SKOS).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Columns {
    /// The code.
    pub code: Option<String>,
    /// The names, by language; the empty language for names without one.
    pub names: Vec<(String, String)>,
    /// The first day on which a code holds.
    pub valid_from: Option<String>,
    /// The last day on which a code holds.
    pub valid_until: Option<String>,
    /// How these days are written.
    pub days: DayForm,
}

/// How days are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DayForm {
    /// Year first, as in 2026-07-01 or 20260701; a time may follow.
    #[default]
    Iso,
    /// Day first, as in 01-07-2026, 1.7.2026 or 01/07/2026.
    DayFirst,
}

/// How a table is written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CsvForm {
    /// What stands between two cells; a comma where absent, a tab in files that end in `.tsv`.
    pub delimiter: Option<u8>,
    /// What stands around a cell that holds a delimiter or a line end, doubled inside it; none for no quoting.
    pub quote: Option<u8>,
    /// Its encoding; UTF-8 where absent, or what a byte order mark says.
    pub charset: Option<String>,
}

impl Default for CsvForm {
    fn default() -> Self {
        Self { delimiter: None, quote: Some(b'"'), charset: None }
    }
}

/// Which concepts of a SKOS file are the list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct SkosChoice {
    /// The concept scheme's IRI, where the file has several.
    pub scheme: Option<String>,
    /// The datatype's IRI of the notations that are the codes, where concepts have several.
    pub notation_type: Option<String>,
}

/// Reads a list. `file` is how findings name it, and tells the format where nothing else does. Gives
/// a list only where no finding is an error.
pub fn read(file: &str, bytes: &[u8], reading: &Reading) -> (Option<CodeList>, Vec<Finding>) {
    let mut list = Builder::new(file, reading.columns.days);
    if bytes.len() > FILE_BYTES_MAX {
        let sentence = format!("it is larger than {FILE_BYTES_MAX} bytes");
        list.fault(
            0,
            0,
            code::CODE_LIST_LIMIT,
            sentence,
            "split the list, or ask its publisher for codes alone",
        );
        return list.finish();
    }
    match reading.format.or_else(|| format_of(file, bytes)) {
        Some(ListFormat::Genericode) => genericode::read(bytes, &reading.columns, &mut list),
        Some(ListFormat::Vefa) => vefa::read(bytes, &mut list),
        Some(ListFormat::Csv) => table::read(file, bytes, reading, &mut list),
        Some(ListFormat::Json) => json::read(bytes, reading, &mut list),
        Some(ListFormat::RdfXml) => skos::read(bytes, reading, rdf_xml::read, &mut list),
        Some(ListFormat::Turtle) => skos::read(bytes, reading, turtle::read, &mut list),
        None => {
            let hint = "say it by `format`: genericode, vefa, csv, json, rdf-xml or turtle";
            list.fault(
                0,
                0,
                code::CODE_LIST_BROKEN,
                "how the list is written cannot be told from its name",
                hint,
            );
        }
    }
    list.finish()
}

/// The format that the end of a file's name says; of a file that is some XML, its root element.
pub(crate) fn format_of(file: &str, bytes: &[u8]) -> Option<ListFormat> {
    let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    Some(match ending.as_str() {
        "gc" => ListFormat::Genericode,
        "csv" | "tsv" => ListFormat::Csv,
        "json" => ListFormat::Json,
        "rdf" => ListFormat::RdfXml,
        "ttl" | "nt" => ListFormat::Turtle,
        "xml" => {
            let root = xml::root_namespace(bytes)?;
            match root.as_str() {
                vefa::NAMESPACE => ListFormat::Vefa,
                rdf_xml::NAMESPACE => ListFormat::RdfXml,
                namespace if genericode::NAMESPACES.contains(&namespace) => ListFormat::Genericode,
                _ => return None,
            }
        }
        _ => return None,
    })
}
