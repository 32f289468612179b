//! Reads `receivers/*.csv`: which service receives for which key, in tables of 100,000 lines and more.
//!
//! A line is `key,service`, as in `0184:12345678,dk.erst/archive/documents`. A first line that says
//! `key,service` is a heading; a line that begins with `#` is a comment.

use super::{Files, Origin, Receivers};
use csv::{ByteRecord, ErrorKind, ReaderBuilder};
use sluse_contracts::{Finding, code, id::ServiceId, settings::Place};
use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

const FOLDER: &str = "receivers";
/// Longest receiver key, in bytes.
const KEY_BYTES_MAX: usize = 200;
/// Most faults told of one table; the rest are counted.
const FAULTS_MAX: usize = 1_000;

/// Who receives for a key, and where that is said. Small: there are as many as keys.
#[derive(Debug)]
struct Said {
    service: Arc<ServiceId>,
    file: u32,
    place: Place,
}

/// All keys with where they are said, so that a second service for the same key is told with both places.
#[derive(Debug, Default)]
pub(super) struct Tables {
    files: Vec<Arc<str>>,
    keys: HashMap<Box<str>, Said>,
    /// Each service that receives, once, and where it is first named in a table.
    pub(super) services: HashMap<Arc<ServiceId>, Origin>,
}

impl Tables {
    /// Adds a key that a service's own file names.
    pub(super) fn add(
        &mut self,
        key: &str,
        service: &Arc<ServiceId>,
        origin: &Origin,
    ) -> Option<Finding> {
        let file = self.file(&origin.file);
        self.insert(key, Arc::clone(service), file, origin.place)
    }

    /// The look-up table.
    pub(super) fn into_receivers(self) -> Receivers {
        Receivers { keys: self.keys.into_iter().map(|(key, said)| (key, said.service)).collect() }
    }

    fn file(&mut self, name: &Arc<str>) -> u32 {
        let at = match self.files.iter().rposition(|known| known == name) {
            Some(at) => at,
            None => {
                self.files.push(Arc::clone(name));
                self.files.len() - 1
            }
        };
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    fn insert(
        &mut self,
        key: &str,
        service: Arc<ServiceId>,
        file: u32,
        place: Place,
    ) -> Option<Finding> {
        match self.keys.entry(key.into()) {
            Entry::Vacant(vacant) => {
                vacant.insert(Said { service, file, place });
                None
            }
            Entry::Occupied(first) => {
                let first = first.get();
                let name = |file: u32| {
                    let name = usize::try_from(file).ok().and_then(|file| self.files.get(file));
                    name.map_or_else(Arc::default, Arc::clone)
                };
                let before = Origin::new(name(first.file), first.place);
                let code = code::RECEIVER_DUPLICATE;
                let sentence = if first.service == service {
                    format!("the receiver key `{key}` is here a second time")
                } else {
                    format!("the receiver key `{key}` leads to another service already")
                };
                Some(
                    Origin::new(name(file), place)
                        .finding(code, sentence)
                        .hint(format!("the first is at {before}; remove one")),
                )
            }
        }
    }
}

/// Reads all tables of the folder.
pub(super) fn read(files: &Files, findings: &mut Vec<Finding>) -> Tables {
    let mut tables = Tables::default();
    for (path, bytes) in files.below(FOLDER) {
        if path.ends_with(".md") {
            continue;
        }
        if path.ends_with(".csv") {
            read_table(path, bytes, &mut tables, findings);
        } else {
            let sentence = "the folder holds `*.csv`";
            findings.push(Finding::in_file(path, code::FILE_UNEXPECTED, sentence));
        }
    }
    tables
}

fn read_table(path: &str, bytes: &[u8], tables: &mut Tables, findings: &mut Vec<Finding>) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let name: Arc<str> = path.into();
    let file = tables.file(&name);
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let mut record = ByteRecord::new();
    let (mut first, mut untold) = (true, 0_u64);
    let told_before = findings.len();
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(fault) => {
                if !matches!(fault.kind(), ErrorKind::Io(_)) {
                    findings.push(Finding::in_file(
                        path,
                        code::TABLE_LINE_WRONG,
                        fault.to_string(),
                    ));
                }
                break;
            }
        }
        let heading = std::mem::take(&mut first)
            && record.get(0).is_some_and(|field| field.eq_ignore_ascii_case(b"key"));
        if heading {
            continue;
        }
        let place = Place { line: line_before(bytes, reader.position()), column: 1 };
        let finding = match read_line(&record, tables) {
            Ok((key, service)) => {
                tables
                    .services
                    .entry(Arc::clone(&service))
                    .or_insert_with(|| Origin::new(Arc::clone(&name), place));
                tables.insert(key, service, file, place)
            }
            Err(why) => {
                Some(Origin::new(Arc::clone(&name), place).finding(code::TABLE_LINE_WRONG, why))
            }
        };
        match finding {
            Some(_) if findings.len() - told_before >= FAULTS_MAX => untold += 1,
            finding => findings.extend(finding),
        }
    }
    if untold > 0 {
        let sentence = format!("{untold} more lines of the table are wrong");
        findings.push(Finding::in_file(path, code::TABLE_LINE_WRONG, sentence));
    }
}

/// The line of the record that ends at a position. A record's own position would be that of the
/// comments and empty lines before it.
fn line_before(bytes: &[u8], end: &csv::Position) -> u32 {
    let last = usize::try_from(end.byte()).ok().and_then(|end| bytes.get(end.checked_sub(1)?));
    let line = end.line() - u64::from(last == Some(&b'\n'));
    u32::try_from(line).unwrap_or(u32::MAX)
}

fn read_line<'r>(
    record: &'r ByteRecord,
    tables: &Tables,
) -> Result<(&'r str, Arc<ServiceId>), String> {
    let (Some(key), Some(service), None) = (record.get(0), record.get(1), record.get(2)) else {
        return Err("a line is `key,service`, as in 0184:12345678,member/subsystem/service".into());
    };
    let (Ok(key), Ok(service)) = (std::str::from_utf8(key), std::str::from_utf8(service)) else {
        return Err("the line is not UTF-8 text".into());
    };
    check_key(key)?;
    let service: ServiceId = service.parse().map_err(|fault| format!("{fault}"))?;
    // One id in memory for all its keys.
    let known = tables.services.get_key_value(&service).map(|(known, _)| Arc::clone(known));
    Ok((key, known.unwrap_or_else(|| Arc::new(service))))
}

/// What a receiver key must be: a scheme, a colon and a value.
pub(super) fn check_key(key: &str) -> Result<(), &'static str> {
    let parts = key.rsplit_once(':');
    let sound = key.len() <= KEY_BYTES_MAX
        && parts.is_some_and(|(scheme, value)| !scheme.is_empty() && !value.is_empty())
        && !key.chars().any(|c| c.is_whitespace() || c.is_control());
    if sound {
        Ok(())
    } else {
        Err("a receiver key is a scheme, a colon and a value, as in 0184:12345678")
    }
}
