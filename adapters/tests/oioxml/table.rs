//! The manual's page of the mapping: its table is made from the mapping, and must be in step with it.

use std::{collections::BTreeMap, fs, path::Path};
use toml::Value;

const BEGINS: &str = "<!-- The tables below are made from the mapping: a test writes them anew with SLUSE_WRITE=1. -->\n";

/// The sections that are shown, and what they are about.
const SECTIONS: [(&str, &str); 7] = [
    ("invoice", "Head, parties and totals"),
    ("invoice-tax", "Each tax of the whole: `com:TaxTotal` and `cac:TaxTotal/cac:TaxSubtotal`"),
    (
        "invoice-allowance",
        "Each allowance and charge: `com:AllowanceCharge` and `cac:AllowanceCharge`",
    ),
    ("transfer", "Payment to an account: `com:PaymentMeans` and `cac:PaymentMeans`, code 42"),
    ("slip-71", "Payment by a slip: code 93 (`71`, `73`, `75`)"),
    ("giro-01", "Payment by giro: code 50 (`01`, `04`, `15`)"),
    ("invoice-line", "Each line: `com:InvoiceLine` and `cac:InvoiceLine`"),
];

type Rows = BTreeMap<String, Vec<Value>>;

fn text<'v>(row: &'v Value, key: &str) -> Option<&'v str> {
    row.get(key).and_then(Value::as_str)
}

fn list(row: &Value, key: &str) -> Vec<String> {
    match row.get(key) {
        Some(Value::Array(values)) => {
            values.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        Some(Value::String(value)) => vec![value.clone()],
        _ => Vec::new(),
    }
}

fn behind(prefix: &str, path: &str) -> String {
    match (prefix, path) {
        ("", path) => path.to_owned(),
        (prefix, ".") => prefix.to_owned(),
        (_, root) if root.starts_with('/') => root.to_owned(),
        (prefix, more) if more.starts_with('[') => format!("{prefix}{more}"),
        (prefix, below) => format!("{prefix}/{below}"),
    }
}

/// Adds the lines of rows, those of the sets that they use among them.
fn lines(rows: &[Value], sets: &Rows, from: &str, to: &str, lines: &mut Vec<String>) {
    for row in rows {
        let side = |prefix: &str, key: &str| {
            let paths = list(row, key);
            paths.iter().map(|path| behind(prefix, path)).collect::<Vec<_>>()
        };
        let (here, there) = (side(from, "from"), side(to, "to"));
        if let Some(set) = text(row, "use") {
            let prefix = |paths: Vec<String>, around: &str| {
                paths.into_iter().next().unwrap_or_else(|| around.to_owned())
            };
            self::lines(&sets[set], sets, &prefix(here, from), &prefix(there, to), lines);
            continue;
        }
        let way = match (text(row, "only"), here.is_empty(), there.is_empty()) {
            (Some("forward"), ..) => "→",
            (Some(_), ..) => "←",
            (None, ..) => "↔",
        };
        let mut how: Vec<String> = Vec::new();
        how.extend(text(row, "constant").map(|value| format!("always `{value}`")));
        how.extend(text(row, "compute").map(|word| format!("the {word}")));
        how.extend(list(row, "convert").iter().map(|word| format!("`{word}`")));
        how.extend(text(row, "default").map(|value| format!("else `{value}`")));
        how.extend(
            text(row, "reverse-default").map(|value| format!("on the way back else `{value}`")),
        );
        for (key, word) in [("where", "where"), ("unless", "unless")] {
            how.extend(list(row, key).iter().map(|path| format!("{word} `{path}`")));
        }
        how.extend(text(row, "dropped").map(|why| format!("dropped: {why}")));
        let cell = |paths: Vec<String>| {
            let paths: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
            paths.join(", ")
        };
        lines.push(format!("| {} | {way} | {} | {} |\n", cell(here), cell(there), how.join("; ")));
    }
}

/// All tables.
fn tables(mapping: &Value) -> String {
    let empty = Vec::new();
    let of = |key: &str| mapping.get(key).and_then(Value::as_array).unwrap_or(&empty);
    let rows =
        |table: &Value| table.get("row").and_then(Value::as_array).cloned().unwrap_or_default();
    let name = |table: &Value| text(table, "name").unwrap_or_default().to_owned();
    let sets: Rows = of("rows").iter().map(|set| (name(set), rows(set))).collect();
    let inner = of("sections").iter().flat_map(|set| set["section"].as_array().unwrap());
    let sections = of("section").iter().chain(inner).filter(|each| each.get("use").is_none());
    let sections: Rows = sections.map(|each| (name(each), rows(each))).collect();
    let mut page = String::new();
    for (section, title) in SECTIONS {
        let mut found = Vec::new();
        lines(&sections[section], &sets, "", "", &mut found);
        assert!(!found.is_empty(), "{section}");
        page.push_str(&format!(
            "\n### {title}\n\n| OIOXML 0.7 | | OIOUBL 2.1 | how |\n|---|---|---|---|\n"
        ));
        page.push_str(&found.concat());
    }
    page
}

#[test]
fn the_manual_has_the_table_of_the_mapping() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mapping = fs::read_to_string(root.join("library/oioxml-invoice/mapping.toml")).unwrap();
    let mapping: Value = toml::from_str(&mapping).unwrap();
    let page = root.join("../gateway/docs/oioxml-to-oioubl.md");
    let text = fs::read_to_string(&page).unwrap();
    let (before, _) = text.split_once(BEGINS).unwrap();
    let expected = format!("{before}{BEGINS}{}", tables(&mapping));
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration to read it in")]
    if std::env::var("SLUSE_WRITE").is_ok() {
        fs::write(&page, &expected).unwrap();
    }
    let text = fs::read_to_string(&page).unwrap();
    assert!(text == expected, "the page is not that of the mapping: run with SLUSE_WRITE=1");
}
