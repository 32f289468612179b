//! Lists in JSON: a list of objects, each a code with what is said of it, or a list of the codes alone; at the top of the
//! file, or in a member of it.
//!
//! The lists of Fiks Arkiv (KS) are of this kind: their members are known, those of others are named by `columns`.

use super::{
    COLUMNS_MAX, Reading,
    build::{Builder, collapse},
    columns::{Chosen, Column},
};
use crate::{
    code,
    payload::{JsonPayload, Limits, escape_step},
};
use bytes::Bytes;
use serde_json::{Map, Value};

/// The members of a code in Fiks Arkiv: the code, and its name.
const FIKS: [(&str, &str); 2] = [("kodeverdi", "code"), ("kodebeskrivelse", "name")];
/// Where no `columns` are named, the members that are taken for the code.
const CODES: [&str; 2] = ["kodeverdi", "code"];

/// Reads a list.
pub(super) fn read(bytes: &[u8], reading: &Reading, list: &mut Builder) {
    let bytes = Bytes::copy_from_slice(bytes);
    let payload = match JsonPayload::parse(&bytes, None, &Limits::default()) {
        Ok(payload) => payload,
        Err(fault) => {
            let (line, column) = (fault.line.unwrap_or(0), fault.column.unwrap_or(0));
            let hint = "see what stands there";
            return list.fault(line, column, code::CODE_LIST_BROKEN, fault.message, hint);
        }
    };
    let Some((pointer, items)) = items(payload.value(), list) else { return };
    about(payload.value(), list);
    let places: Vec<String> = (0..items.len()).map(|at| format!("{pointer}/{at}")).collect();
    let places: Vec<&str> = places.iter().map(String::as_str).collect();
    let lines: Vec<u32> = payload
        .places(&places)
        .into_iter()
        .map(|place| place.map_or(0, |place| place.line))
        .collect();
    let columns = columns(items);
    if columns.len() > COLUMNS_MAX {
        let sentence = format!("the entries have more than {COLUMNS_MAX} members");
        return list.fault(1, 1, code::CODE_LIST_LIMIT, sentence, "is it a code list?");
    }
    let has =
        |word: &&&str| columns.iter().any(|column| column.words.iter().any(|each| each == **word));
    let code = CODES.iter().find(has).and_then(|word| {
        columns.iter().position(|column| column.words.iter().any(|each| each == word))
    });
    let only = (columns.len() == 1).then_some(0);
    let Some(chosen) = Chosen::find(&columns, &reading.columns, code.or(only), 1, list) else {
        return;
    };
    for (item, line) in items.iter().zip(lines) {
        if list.is_over() {
            return;
        }
        let cell = |column: usize| text(item, columns.get(column)?.words.first()?);
        list.add(line, &chosen.row(cell));
    }
}

/// The entries, and where they stand: the file itself, or its one member that is a list.
fn items<'v>(value: &'v Value, list: &mut Builder) -> Option<(String, &'v [Value])> {
    if let Value::Array(items) = value {
        return Some((String::new(), items));
    }
    let members = value.as_object().into_iter().flatten();
    let lists = members.filter_map(|(name, member)| Some((name, member.as_array()?)));
    let lists: Vec<(&String, &Vec<Value>)> = lists.collect();
    if let [(name, items)] = lists.as_slice() {
        return Some((format!("/{}", escape_step(name)), items));
    }
    let sentence = "the file is neither a list of codes nor an object with one list";
    list.fault(1, 1, code::CODE_LIST_BROKEN, sentence, "is it the file of the codes?");
    None
}

/// What the file says of the list, where it says it as Fiks Arkiv does.
fn about(value: &Value, list: &mut Builder) {
    let stated = |name: &str| value.get(name).and_then(Value::as_str).map(collapse);
    let (title, version, agency) = (stated("navn"), stated("versjon"), stated("protokollnavn"));
    let about = list.about();
    (about.title, about.version, about.agency) = (title, version, agency);
}

/// The members of all entries, in the order of their first appearance; codes alone are one without a name.
fn columns(items: &[Value]) -> Vec<Column> {
    let mut names: Map<String, Value> = Map::new();
    for item in items {
        match item {
            Value::Object(members) => {
                names.extend(members.keys().map(|name| (name.clone(), Value::Null)));
            }
            _ => _ = names.insert(String::new(), Value::Null),
        }
        if names.len() > COLUMNS_MAX {
            break;
        }
    }
    let column = |name: String| {
        let known = FIKS.iter().filter(|(member, _)| *member == name).map(|(_, word)| *word);
        let known: Vec<String> = known.map(str::to_owned).collect();
        Column { words: std::iter::once(name).chain(known).collect(), ..Column::default() }
    };
    names.into_iter().map(|(name, _)| column(name)).collect()
}

/// What a member says, as a text or a number; the entry itself where it is a code alone.
fn text<'v>(item: &'v Value, member: &str) -> Option<&'v str> {
    let value = match item {
        Value::Object(members) => members.get(member)?,
        alone => Some(alone).filter(|_| member.is_empty())?,
    };
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.as_str()),
        _ => None,
    }
}
