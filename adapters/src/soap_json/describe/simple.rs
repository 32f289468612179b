//! JSON Schemas of simple types.

use super::pattern;
use crate::soap_json::value::{self, Written};
use serde_json::{Map, Value, json};
use sluse_xsd::{Primitive, Restrictions, Shapes, SimpleId, Variety};

/// The zone of a date or time.
const ZONE: &str = "(Z|[+\\-](0[0-9]|1[0-3]):[0-5][0-9]|[+\\-]14:00)?";
const YEAR: &str = "-?([1-9][0-9]{3,}|0[0-9]{3})";
const MONTH: &str = "(0[1-9]|1[0-2])";
const DAY: &str = "(0[1-9]|[12][0-9]|3[01])";
const DAYS: &str = "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))";
const TIME: &str = "(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?|24:00:00(\\.0+)?)";
/// A text whose white space is collapsed.
const COLLAPSED: &str = "^([^ \\t\\n\\r]+( [^ \\t\\n\\r]+)*)?$";

/// The schema of the values of a type.
pub(super) fn schema(shapes: Shapes<'_>, id: SimpleId) -> Value {
    let restrictions = shapes.restrictions(id);
    if let Some(listed) = listed(shapes, id, &restrictions) {
        return json!({ "enum": listed });
    }
    match value::written(shapes, id) {
        Written::Truth => json!({ "type": "boolean" }),
        Written::Whole => {
            let (least, greatest) = shapes.whole_bounds(id).unwrap_or_default();
            json!({ "type": "integer", "minimum": least, "maximum": greatest })
        }
        Written::Float => {
            json!({ "anyOf": [{ "type": "number" }, { "enum": ["INF", "-INF", "NaN"] }] })
        }
        Written::Base64 => {
            let form =
                "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)?$";
            json!({ "type": "string", "contentEncoding": "base64", "pattern": form })
        }
        Written::Name => {
            let (start, more) = (pattern::NAME_START.trim_start_matches(':'), pattern::NAME_MORE);
            let form = format!("^(\\{{[^{{}}]+\\}})?[{start}][{start}{more}]*$");
            json!({ "type": "string", "pattern": form })
        }
        Written::Text => text(shapes, id, &restrictions),
        Written::List(item) => list(shapes, item, &restrictions),
        Written::Union(members) => {
            let mut schemas: Vec<Value> = Vec::new();
            for schema in members.iter().map(|member| schema(shapes, *member)) {
                if !schemas.contains(&schema) {
                    schemas.push(schema);
                }
            }
            json!({ "anyOf": schemas })
        }
    }
}

/// The values that are listed, as JSON has them; what needs prefixes is not told.
fn listed(shapes: Shapes<'_>, id: SimpleId, restrictions: &Restrictions) -> Option<Vec<Value>> {
    let texts = restrictions.enumeration.as_ref()?;
    if value::written(shapes, id) == Written::Name {
        return None;
    }
    let mut all: Vec<Value> = Vec::new();
    for value in texts.iter().filter_map(|text| value::read(shapes, id, text, &|_| None)) {
        if !all.contains(&value) {
            all.push(value);
        }
    }
    Some(all)
}

fn list(shapes: Shapes<'_>, item: SimpleId, restrictions: &Restrictions) -> Value {
    let mut items = schema(shapes, item);
    if value::written(shapes, item) == Written::Text {
        items = json!({ "allOf": [items, { "pattern": "^[^ \\t\\n\\r]+$" }] });
    }
    let mut made =
        Map::from_iter([("type".to_owned(), Value::from("array")), ("items".to_owned(), items)]);
    lengths(restrictions, 1, ("minItems", "maxItems"), &mut made);
    Value::Object(made)
}

fn lengths(
    restrictions: &Restrictions,
    unit: u64,
    (least, most): (&str, &str),
    made: &mut Map<String, Value>,
) {
    let scaled = |length: u64| length.saturating_mul(unit);
    if let Some(length) = restrictions.length.or(restrictions.min_length).filter(|n| *n > 0) {
        made.insert(least.to_owned(), scaled(length).into());
    }
    if let Some(length) = restrictions.length.or(restrictions.max_length) {
        made.insert(most.to_owned(), scaled(length).into());
    }
}

fn text(shapes: Shapes<'_>, id: SimpleId, restrictions: &Restrictions) -> Value {
    let mut made = Map::from_iter([("type".to_owned(), Value::from("string"))]);
    let mut patterns: Vec<String> = Vec::new();
    let Variety::Atomic(primitive) = shapes.variety(id) else { return Value::Object(made) };
    match primitive {
        Primitive::Text | Primitive::Uri => {
            lengths(restrictions, 1, ("minLength", "maxLength"), &mut made);
            let is_kept = restrictions.patterns.is_empty() && shapes.collapses(id);
            patterns.extend(is_kept.then(|| COLLAPSED.to_owned()));
        }
        Primitive::Hex => {
            lengths(restrictions, 2, ("minLength", "maxLength"), &mut made);
            patterns.push("^([0-9a-fA-F]{2})*$".to_owned());
        }
        Primitive::Language | Primitive::NmToken | Primitive::XmlName | Primitive::NcName => {
            lengths(restrictions, 1, ("minLength", "maxLength"), &mut made);
            patterns.push(form(primitive, restrictions));
        }
        primitive => patterns.push(form(primitive, restrictions)),
    }
    patterns.extend(restrictions.patterns.iter().filter_map(|group| pattern::group(group)));
    let mut patterns = patterns.into_iter().map(Value::from);
    if let Some(first) = patterns.next() {
        made.insert("pattern".to_owned(), first);
    }
    let rest: Vec<Value> = patterns.map(|each| json!({ "pattern": each })).collect();
    if !rest.is_empty() {
        made.insert("allOf".to_owned(), Value::Array(rest));
    }
    Value::Object(made)
}

/// The lexical form of a primitive, as an expression for the whole text.
fn form(primitive: Primitive, restrictions: &Restrictions) -> String {
    let seconds = "[0-9]+(\\.[0-9]+)?S";
    let hours = format!("T([0-9]+H([0-9]+M)?({seconds})?|[0-9]+M({seconds})?|{seconds})");
    let (start, more) = (pattern::NAME_START, pattern::NAME_MORE);
    let nc_start = start.trim_start_matches(':');
    let inside = match primitive {
        Primitive::Boolean => "(true|false|1|0)".to_owned(),
        Primitive::Decimal | Primitive::Integer => return number(primitive, restrictions),
        Primitive::Float | Primitive::Double => {
            "([+\\-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([Ee][+\\-]?[0-9]+)?|-?INF|NaN)".to_owned()
        }
        Primitive::Date => format!("{YEAR}-{DAYS}{ZONE}"),
        Primitive::DateTime => format!("{YEAR}-{DAYS}T{TIME}{ZONE}"),
        Primitive::Time => format!("{TIME}{ZONE}"),
        Primitive::YearMonth => format!("{YEAR}-{MONTH}{ZONE}"),
        Primitive::Year => format!("{YEAR}{ZONE}"),
        Primitive::MonthDay => format!("--{DAYS}{ZONE}"),
        Primitive::Day => format!("---{DAY}{ZONE}"),
        Primitive::Month => format!("--{MONTH}{ZONE}"),
        Primitive::Duration => format!(
            "-?P([0-9]+Y([0-9]+M)?([0-9]+D)?({hours})?|[0-9]+M([0-9]+D)?({hours})?|[0-9]+D({hours})?|{hours})"
        ),
        Primitive::Language => "[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*".to_owned(),
        Primitive::NmToken => format!("[{start}{more}]+"),
        Primitive::XmlName => format!("[{start}][{start}{more}]*"),
        Primitive::NcName => format!("[{nc_start}][{nc_start}{more}]*"),
        Primitive::Base64 => "[A-Za-z0-9+/ ]*={0,2}".to_owned(),
        Primitive::Text | Primitive::Uri | Primitive::Hex | Primitive::PrefixedName => {
            "[\\s\\S]*".to_owned()
        }
    };
    format!("^{inside}$")
}

/// The form of a number in a string: its sign and its digits, as far as an expression can tell bounds.
fn number(primitive: Primitive, restrictions: &Restrictions) -> String {
    let bound = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<i64>().ok());
    let is_positive = bound(&restrictions.min_inclusive).is_some_and(|n| n > 0)
        || bound(&restrictions.min_exclusive).is_some_and(|n| n >= 0);
    let is_not_negative = is_positive || bound(&restrictions.min_inclusive) == Some(0);
    let sign = if is_not_negative { "\\+?" } else { "[+\\-]?" };
    let nothing = if is_not_negative && !is_positive { "|-0+" } else { "" };
    if primitive == Primitive::Integer || restrictions.fraction_digits == Some(0) {
        let point = if primitive == Primitive::Integer { "" } else { "(\\.0*)?" };
        let digits = match restrictions.total_digits {
            Some(most) => format!("0*[0-9]{{1,{most}}}"),
            None => "[0-9]+".to_owned(),
        };
        let digits = if is_positive { "0*[1-9][0-9]*".to_owned() } else { digits };
        return format!("^({sign}{digits}{point}{nothing})$");
    }
    let fraction = match restrictions.fraction_digits {
        Some(most) => format!("[0-9]{{0,{most}}}0*"),
        None => "[0-9]*".to_owned(),
    };
    let alone = match restrictions.fraction_digits {
        Some(most) => format!("[0-9]{{1,{most}}}0*"),
        None => "[0-9]+".to_owned(),
    };
    let nothing = if nothing.is_empty() { "" } else { "|-0+(\\.0*)?|-\\.0+" };
    format!("^({sign}([0-9]+(\\.{fraction})?|\\.{alone}){nothing})$")
}
