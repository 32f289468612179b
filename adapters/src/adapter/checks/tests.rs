//! Mappings in, findings out: what can be known before any message is seen.

mod xml;

use crate::adapter::Adapter;
use sluse_contracts::files::ContractFiles;

const LEGACY: &str = r#"
format        = "fixed"
character-set = "iso-8859-1"
line-ends     = "lf"
type          = { position = 1, length = 1 }

[[record]]
name  = "start"
type  = "0"
role  = "start"
field = [{ name = "made", position = 2, length = 8, kind = "date", form = "yyyyMMdd", required = true }]

[[record]]
name  = "person"
type  = "1"
field = [
    { name = "number", position = 2, length = 10, kind = "digits", required = true },
    { name = "name", position = 12, length = 20 },
    { name = "phone", position = 32, length = 8, times = 2 },
    { name = "born", position = 48, length = 8, kind = "date", form = "yyyyMMdd" },
    { name = "income", position = 56, length = 5, kind = "number", decimals = 2 },
]

[[record]]
name   = "address"
type   = "2"
inside = "person"
field  = [{ name = "street", position = 2, length = 30 }]

[[record]]
name  = "end"
type  = "9"
role  = "trailer"
field = [
    { name = "n", position = 2, length = 4, kind = "count", of = "records" },
    { name = "sender", position = 6, length = 4 },
]
"#;

const ROWS: &str = "format = 'csv'\ncharacter-set = 'utf-8'\nrow = 'row'\n\
                    field = [{ name = 'a', required = true }, { name = 'b', kind = 'digits' }, \
                    { name = 'c', kind = 'date', form = 'yyyy-MM-dd' }, { name = 'd' }]\n";

fn findings_with(mapping: &str, more: &[(&str, &str)]) -> String {
    let manifest = match more.iter().any(|(path, _)| *path == "schema.json") {
        true => {
            "title = 't'\nlegacy = 'legacy.toml'\ncontract-side = 'rows.toml'\ncontract-schema = 'schema.json'\n[[mapping]]\nfile = 'm.toml'\n"
        }
        false => {
            "title = 't'\nlegacy = 'legacy.toml'\ncontract-side = 'rows.toml'\n[[mapping]]\nfile = 'm.toml'\n"
        }
    };
    let mut files = ContractFiles::new("");
    let own = [
        ("adapter.toml", manifest),
        ("legacy.toml", LEGACY),
        ("rows.toml", ROWS),
        ("m.toml", mapping),
    ];
    for (path, text) in own.iter().chain(more) {
        files.add(path, text.as_bytes().to_vec());
    }
    let mut findings = Vec::new();
    let adapter = Adapter::read("a", &files, &mut findings);
    let is_sound = !findings.iter().any(sluse_contracts::Finding::is_error);
    assert_eq!(adapter.is_some(), is_sound);
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}

fn findings(mapping: &str) -> String {
    findings_with(mapping, &[])
}

#[test]
fn a_path_that_can_lead_to_nothing_is_told_with_the_nearest_name() {
    let told = findings(
        "row = [\n\
         { from = 'person/numbr', to = 'row/a' },\n\
         { from = 'person', to = 'row/b', only = 'forward' },\n\
         { from = 'person/phone[3]', to = 'row/d', only = 'forward' },\n\
         { from = \"person[nam='x']/name\", to = 'row/d', only = 'forward' },\n\
         { from = 'end/sender', to = 'row/d', only = 'forward' },\n\
         { from = '/end', dropped = 'counts' },\n\
         { from = 'zzz', dropped = 'x' },\n\
         ]\n\
         section = [{ name = 's', from = 'person/adress', to = 'row', row = [{ from = 'anything', to = 'd' }] }]",
    );
    insta::assert_snapshot!(told, @r#"
m.toml:2:1 C0611 `from`: no `numbr` can stand in `person`
  hint: did you mean `number`?
m.toml:3:1 C0611 `from`: `person` is a group, which has no value of its own
m.toml:4:1 C0611 `from`: `phone` stands in `person` 2 times at most
m.toml:5:1 C0611 `from`: no `nam` can stand in `person`
  hint: did you mean `name`?
m.toml:6:1 C0611 `end` comes after all units have gone on: it can only be dropped
  hint: say `dropped` with the reason; for the way back alone, `only = "reverse"`
m.toml:8:1 C0611 `from`: no `zzz` can stand in a unit
  hint: there are: start, person, end
m.toml:10:21 C0611 `from`: no `adress` can stand in `person`
  hint: did you mean `address`?
"#);
}

#[test]
fn a_value_that_must_be_there_is_written_each_way() {
    let told = findings("row = [{ from = 'person/name', to = 'row/d' }]");
    insta::assert_snapshot!(told, @r#"
m.toml:1:8 C0612 `row/a` must have a value, and no row writes it forward
  hint: add a row with `to = "row/a"`, or a `constant` there
m.toml:1:8 C0612 `start` must have a value, and no row writes it in reverse
  hint: add a row with `from = "start"`, or a `constant` there
m.toml:1:8 C0612 `person/number` must have a value, and no row writes it in reverse
  hint: add a row with `from = "person/number"`, or a `constant` there
"#);
    let one_way = "row = [{ from = 'person/name', to = 'row/a', only = 'forward', convert = 'trim' },\n\
                   { from = 'person/phone', to = 'row/d', convert = 'lower' }]";
    assert_eq!(findings(one_way), "", "what does not lead back needs nothing on the way back");
}

#[test]
fn values_that_cannot_fit_are_faults_and_those_that_may_not_are_doubts() {
    let told = findings(
        "row = [\n\
         { from = 'person/number', to = 'row/a' },\n\
         { from = 'person/born', to = 'row/b' },\n\
         { from = 'person/income', to = 'row/c' },\n\
         { from = '/start/made', to = 'row/d' },\n\
         { from = 'person/name', constant = 'a name of more than twenty characters' },\n\
         { to = 'row/b', constant = 'x1', only = 'forward' },\n\
         { from = 'person/phone', to = 'row/d', default = '1', reverse-default = '123456789' },\n\
         ]",
    );
    insta::assert_snapshot!(told, @r#"
m.toml:3:1 C0613 a date is written as 2026-07-01, and digits must stand there
  hint: write it otherwise: `convert = "write-date yyyyMMdd"`
m.toml:3:1 C0613 digits are read, and a date as 2026-07-01 must stand there
  hint: read them as one: `convert = "read-date yyyyMMdd"`
m.toml:4:1 C0613 digits are read, and a date as 2026-07-01 must stand there
  hint: read them as one: `convert = "read-date yyyyMMdd"`
m.toml:4:1 C0613 a date is written as 2026-07-01, and digits must stand there
  hint: write it otherwise: `convert = "write-date yyyyMMdd"`
m.toml:6:1 C0613 the constant has 37 characters, and there is room for 20
m.toml:7:1 C0613 the constant has a character that is no digit, and digits must stand there
m.toml:8:1 C0613 the default has 9 characters, and there is room for 8
"#);
}

#[test]
fn a_schema_says_what_may_stand_on_the_contracts_side() {
    let schema = r##"{
        "type": "object", "required": ["row"],
        "properties": { "row": { "$ref": "#/$defs/row" } },
        "$defs": { "row": { "type": "object", "required": ["id", "state", "open"], "properties": {
            "id": { "type": "string", "pattern": "^[0-9]{8}$" },
            "state": { "enum": ["active", "gone", "unknown"] },
            "names": { "type": "array", "maxItems": 2, "items": { "type": "string", "maxLength": 10 } },
            "open": { "oneOf": [{ "type": "object" }, { "type": "string" }] }
        } } }
    }"##;
    let mapping = "code-table = [{ name = 's', rows = [['1', 'active'], ['2', 'gon']] }]\nrow = [\n\
         { from = 'person/number', to = 'row/id', only = 'forward' },\n\
         { from = 'person/phone', to = 'row/state', convert = 'code s' },\n\
         { from = 'person/name', to = 'row/names[3]', only = 'forward' },\n\
         { from = 'person/name', to = 'row/names', only = 'forward' },\n\
         { from = 'address/street', to = 'row/open/any/thing', only = 'forward' },\n\
         { from = '/start', dropped = 'x' },\n\
         { from = 'person/number', to = 'row/nix', only = 'reverse' },\n\
         { from = '/start/made', constant = '2026-01-01', only = 'reverse' }]";
    insta::assert_snapshot!(findings_with(mapping, &[("schema.json", schema)]), @r"
m.toml:3:1 C0613 the value has 10 characters at least, and there is room for 8
m.toml:4:1 C0614 the code table makes `gon`, which may not stand there
m.toml:4:1 C0614 the code table has no row for `gone`, which may stand there
  hint: add a row to the code table
m.toml:4:1 C0614 the code table has no row for `unknown`, which may stand there
  hint: add a row to the code table
m.toml:5:1 C0611 `to`: `names` stands in `row` 2 times at most
m.toml:6:1 C0613 warning: the value may have 20 characters, and there is room for 10
  hint: a value that is longer refuses its unit: nothing is cut
m.toml:7:1 C0611 `from`: no `address` can stand in a unit
  hint: there are: start, person, end
m.toml:9:1 C0611 `to`: no `nix` can stand in `row`
  hint: there are: id, state, names, open
");
    insta::assert_snapshot!(findings_with("", &[("schema.json", "{")]), @r"schema.json:1:1 C0203 the schema is no JSON");
}
