//! Trees in, trees out: mappings tried both ways.

mod computed;
mod shared_rows;
mod texts;
mod whole;

use super::*;
use crate::{
    fault::Faults,
    tree::{Kind, Names, Place, Tree},
};
use sluse_contracts::payload::Limits;
use std::sync::Arc;

const REGISTER: &str = r#"
[[code-table]]
name = "states"
rows = [["1", "active"], ["9", "closed"]]

[[section]]
name = "person"
from = "start/person"
to   = "persons"
row  = [
    { from = "number", to = "id" },
    { from = "state", to = "status", convert = "code states" },
    { from = ["given", "surname"], to = "name", between = ", " },
    { from = "amount", to = "balance", convert = ["scale -2", "negate"] },
    { from = "born", to = "born/text", convert = "write-date dd.MM.yyyy" },
    { from = "phone[kind='M']/number", to = "contact/mobile" },
    { from = "phone[kind='H']/number", to = "contact/home" },
    { from = "land", to = "country", default = "DK" },
    { to = "source", constant = "register" },
    { from = "filler", dropped = "blanks without meaning" },
]

[[section]]
name   = "address"
within = "person"
from   = "address"
to     = "addresses"
row    = [
    { from = "street", to = "line" },
    { from = "@since", to = "line/@from" },
    { from = "/start/date", to = "taken" , only = "forward" },
]
"#;

fn mapping(text: &str) -> Mapping {
    let mut findings = Vec::new();
    let mapping = Mapping::read("mapping.toml", text, &mut findings);
    mapping.unwrap_or_else(|| panic!("{findings:?}"))
}

/// A tree from its outline.
fn tree(outline: &str) -> Tree {
    let limits = Limits::default();
    let mut tree = Tree::new(Arc::new(Names::default()), &limits);
    let lines: Vec<&str> = outline.lines().filter(|line| !line.trim().is_empty()).collect();
    let level = |line: &str| (line.len() - line.trim_start().len()) / 2;
    for (at, line) in lines.iter().enumerate() {
        while tree.depth() > level(line) {
            tree.close();
        }
        let place = Place { offset: at as u64 * 10, line: 0, record: 1 };
        let (name, value) = line.trim().split_once(": ").unwrap_or((line.trim(), ""));
        let is_attribute = name.starts_with('@');
        let id = match name {
            "-" => tree.nameless(),
            _ => tree.name_for(name.trim_start_matches('@')).unwrap(),
        };
        if !line.contains(':') {
            tree.open(Kind::Group, id, place).unwrap();
        } else {
            let kind = match name {
                "-" => Kind::Text,
                _ if is_attribute => Kind::Attribute,
                _ => Kind::Field,
            };
            tree.leaf(kind, id, value, place).unwrap();
        }
    }
    while tree.depth() > 0 {
        tree.close();
    }
    tree
}

/// What comes of a unit: the tree, or the faults; then what was lost.
fn translated(mapping: &Mapping, way: Way, source: &Tree) -> (Option<Tree>, String) {
    let plan = mapping.plan(way).unwrap();
    let mut target = Tree::new(Arc::new(Names::default()), &Limits::default());
    let mut faults = Faults::new(100);
    let outcome = plan.translator(false).translate(source, &mut target, &mut faults);
    let mut told: Vec<String> =
        faults.kept().iter().map(|fault| format!("{} {fault}", fault.code)).collect();
    let is_whole = outcome.is_some();
    told.extend(outcome.iter().flat_map(|each| &each.lost).map(|lost| format!("lost {lost}")));
    (is_whole.then_some(target), told.join("\n"))
}

const PERSONS: &str = "\
start
  date: 2026-11-30
  person
    number: 7
    state: 9
    given: Ada
    surname: Lund
    amount: 1250
    born: 1996-07-01
    phone
      kind: H
      number: 11
    phone
      kind: M
      number: 22
    address
      @since: 2001
      street: Havnegade 1
    address
      street: Torvet 2
  person
    number: 8
    land: SE
";

const MODERN: &str = "\
persons
  id: 7
  status: closed
  name: Ada, Lund
  balance: -12.50
  born
    text: 01.07.1996
  contact
    mobile: 22
    home: 11
  country: DK
  source: register
  addresses
    line
      @from: 2001
      -: Havnegade 1
    taken: 2026-11-30
  addresses
    line: Torvet 2
    taken: 2026-11-30
persons
  id: 8
  country: SE
  source: register
";

const BACK: &str = "\
start
  person
    number: 7
    state: 9
    given: Ada
    surname: Lund
    amount: 1250
    born: 1996-07-01
    phone
      kind: M
      number: 22
    phone
      kind: H
      number: 11
    land: DK
    address
      @since: 2001
      street: Havnegade 1
    address
      street: Torvet 2
  person
    number: 8
    land: SE
";

#[test]
fn values_go_where_the_rows_say() {
    let (target, told) = translated(&mapping(REGISTER), Way::Forward, &tree(PERSONS));
    assert_eq!(told, "");
    assert_eq!(target.unwrap().outline(), MODERN);
}

#[test]
fn the_same_rows_lead_back() {
    let (target, told) = translated(&mapping(REGISTER), Way::Reverse, &tree(MODERN));
    // Written forward alone: on the way back nothing takes it.
    assert_eq!(told, "lost */*/* (record 1, byte 160)\nlost */*/* (record 1, byte 190)");
    // Groups come in the order of the rows, and a default has become a value.
    assert_eq!(target.unwrap().outline(), BACK);
}

#[test]
fn what_no_row_reads_is_told_and_what_is_dropped_is_not() {
    let source =
        tree("start\n  person\n    number: 7\n    nickname: A\n    filler: x\n    number: 8\n");
    let (target, told) = translated(&mapping(REGISTER), Way::Forward, &source);
    assert_eq!(told, "lost */*/* (record 1, byte 30)\nlost */*/* (record 1, byte 50)");
    assert_eq!(target.unwrap().outline(), "persons\n  id: 7\n  country: DK\n  source: register\n");
}

#[test]
fn a_fault_names_place_and_path_and_no_value() {
    let source = tree(
        "start\n  person\n    state: 5\n    amount: twelve\n    given: Ada, B\n    surname: Lund\n    born: 1.7.96\n",
    );
    let (target, told) = translated(&mapping(REGISTER), Way::Forward, &source);
    assert!(target.is_none());
    insta::assert_snapshot!(told, @r"
V0951 the code table of the mapping does not have the code (record 1, byte 20, state)
V0952 the value holds what is to stand between it and the next (record 1, byte 50, given)
V0952 the value is no decimal number (record 1, byte 30, amount)
V0952 the value is no date of the form's parts (record 1, byte 60, born)
");
}

#[test]
fn two_values_for_one_place_are_a_fault() {
    let twice = mapping("row = [{ from = 'a', to = 'c' }, { from = 'b', to = 'c' }]");
    let (target, told) = translated(&twice, Way::Forward, &tree("a: 1\nb: 2\n"));
    assert!(target.is_none());
    insta::assert_snapshot!(told, @r"
V0953 the mapping writes two values to one place (record 1, byte 10, b)
");
    let (target, _) = translated(&twice, Way::Forward, &tree("b: 2\n"));
    assert_eq!(target.unwrap().outline(), "c: 2\n");
}

#[test]
fn what_cannot_be_undone_says_so() {
    let one_way = mapping(
        "code-table = [{ name = 't', rows = [['1', 'x'], ['2', 'x']] }]\n\
         row = [{ from = 'a', to = 'b', convert = ['trim', 'code t'] },\n\
         { from = 'c', to = 'd', convert = 'upper', only = 'forward' },\n\
         { from = 'e', to = 'f', convert = 'code t' }]",
    );
    assert!(one_way.plan(Way::Forward).is_ok());
    let reasons: Vec<String> =
        one_way.plan(Way::Reverse).unwrap_err().iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(reasons.join("\n"), @r"
mapping.toml:2:8 the row cannot be read this way: its code table has one word for several codes
mapping.toml:4:1 the row cannot be read this way: its code table has one word for several codes
");
}

#[test]
fn every_fault_of_a_mapping_is_told_at_once() {
    let text = "code-table = [{ name = 't', rows = [['1', 'x'], ['1', 'y'], ['2']] }, { rows = 1 }]\n\
         row = [\n\
         { from = 'a/', to = 'b' },\n\
         { from = 'a' },\n\
         { from = ['a', 'b'], to = 'c' },\n\
         { from = ['a', 'b'], to = ['c', 'd'], between = ' ' },\n\
         { from = 'a', to = 'c', between = ' ' },\n\
         { from = 'a', to = 'c', constant = 'x' },\n\
         { to = 'c', constant = 'x', convert = 'trim' },\n\
         { from = 'a', to = 'b', dropped = 'x' },\n\
         { from = 'a', to = 'b', convert = ['code u', 'scale x', 'pad 0', 'trim x', 'read-date yyMMdd', 'sum'] },\n\
         { frm = 'a', to = 'b' },\n\
         ]\n\
         section = [{ name = 's', within = 'r' }, { name = 's', from = '[' }]\n";
    let mut findings = Vec::new();
    assert!(Mapping::read("mapping.toml", text, &mut findings).is_none());
    let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
mapping.toml:1:49 C0105 the first column has this code already
mapping.toml:1:61 C0105 a row of a code table is two texts
mapping.toml:1:71 C0104 `name` is missing
mapping.toml:1:80 C0103 `rows` takes a list, not a whole number
mapping.toml:3:10 C0105 `from`: a path is names with `/` between them: a step has no name
mapping.toml:4:1 C0105 a row says `from` and `to`, or a `constant`, or why it is `dropped`
mapping.toml:5:1 C0105 several paths take `between`: what stands between their values where they are one
mapping.toml:6:1 C0105 several paths on one side are one value on the other
mapping.toml:7:1 C0105 `between` takes several paths on one side
mapping.toml:8:1 C0105 a `constant` stands at one path of one side
mapping.toml:9:1 C0105 a `constant` or a `text` is written as it stands: no `convert`
mapping.toml:10:1 C0105 what is `dropped` stands on one side alone
mapping.toml:11:36 C0105 there is no code table `u`
mapping.toml:11:46 C0105 `scale` takes a power of ten, -128 to 127
mapping.toml:11:57 C0105 `pad` takes a number of digits, 1 to 255
mapping.toml:11:66 C0105 `trim` takes nothing
mapping.toml:11:76 C0105 a year of two digits takes a pivot, as in `yyMMdd pivot 50`: years below it are 20yy, others 19yy
mapping.toml:11:96 C0105 there is no conversion `sum`; there are: code TABLE, write-date FORM, read-date FORM, scale POWER, negate, prefix TEXT, strip-prefix TEXT, suffix TEXT, strip-suffix TEXT, to-base64, from-base64, trim, upper, lower, pad LENGTH, strip-zeros, hyphens, strip-hyphens, base64-lines, strip-lines, blank TEXT, decimals NUMBER, round NUMBER, absolute
mapping.toml:12:1 C0105 a row says `from` and `to`, or a `constant`, or why it is `dropped`
mapping.toml:12:3 C0102 there is no key `frm` here
  hint: did you mean `from`?
mapping.toml:14:35 C0105 no section before this one has this name
mapping.toml:14:51 C0105 there is a section of this name already
mapping.toml:14:63 C0105 `from`: in brackets stands a number from 1 to 1000, a path, or a path and its value, as in [SEQ/1245='1']
");
}

#[test]
fn sections_that_meet_all_with_all_end_within_the_limits() {
    let quadratic = mapping(
        "section = [{ name = 'a', from = 'x', to = 'y' },\n\
         { name = 'b', within = 'a', from = '/x', to = 'z', row = [{ from = 'v', to = 'w' }] }]",
    );
    let plan = quadratic.plan(Way::Forward).unwrap();
    let source = tree(&"x\n  v: 1\n".repeat(1_000));
    let ends = |bytes_max: usize, steps_max: u64| {
        let limits = Limits { tree_bytes_max: bytes_max, ..Limits::default() };
        let mut target = Tree::new(Arc::new(Names::default()), &limits);
        let mut faults = Faults::new(10);
        let mut translator = plan.translator(false);
        translator.steps_max = steps_max;
        assert!(translator.translate(&source, &mut target, &mut faults).is_none());
        faults.take().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let memory = ends(1 << 20, u64::MAX);
    assert_eq!(memory.len(), 1);
    assert!(memory[0].starts_with("what the mapping makes of the message takes more memory"));
    let steps = ends(1 << 30, 10_000);
    assert_eq!(steps.len(), 1);
    assert!(steps[0].starts_with("the mapping takes more steps for this message"));
}

#[test]
fn rows_that_use_up_the_steps_are_a_fault_where_no_section_follows() {
    let last = mapping("row = [{ from = 'x[999]/v', to = 'w' }, { from = 'v', to = 'u' }]");
    let plan = last.plan(Way::Forward).unwrap();
    let source = tree(&("x\n  v: 1\n".repeat(100) + "v: 2\n"));
    let mut target = Tree::new(Arc::new(Names::default()), &Limits::default());
    let mut faults = Faults::new(10);
    let mut translator = plan.translator(false);
    translator.steps_max = 50;
    assert!(translator.translate(&source, &mut target, &mut faults).is_none());
    assert_eq!(faults.kept()[0].code.to_string(), "V0954");
}

#[test]
fn a_part_that_holds_what_stands_between_is_a_fault_however_many_parts_there_are() {
    let three = mapping("row = [{ from = ['a', 'b', 'c'], to = 'd', between = '-' }]");
    for (source, fine) in [
        ("a: 1\nb: 2\nc: 3\n", true),
        ("a: 1\nb: 2\nc: 3-4\n", true),
        ("a: 1-2\nb: 2\nc: 3\n", false),
        ("a: 1\nb: 2-3\nc: 3\n", false),
    ] {
        assert_eq!(translated(&three, Way::Forward, &tree(source)).0.is_some(), fine, "{source}");
    }
}

#[test]
fn an_explanation_names_source_row_and_target_of_each_value() {
    let plan_of =
        mapping("row = [\n{ from = 'a/b', to = 'c/d' },\n{ to = 'c/e', constant = 'x' }]");
    let plan = plan_of.plan(Way::Forward).unwrap();
    let mut target = Tree::new(Arc::new(Names::default()), &Limits::default());
    let source = tree("a\n  b: 1\n");
    let outcome =
        plan.translator(true).translate(&source, &mut target, &mut Faults::new(1)).unwrap();
    let shown: Vec<String> = outcome
        .carried
        .iter()
        .map(|each| {
            let from = each.from.as_deref().unwrap_or("-");
            let at = each.source.map_or(0, |place| place.offset);
            format!(
                "{from} (byte {at}) → {} by line {}, node {}",
                each.to, each.row.line, each.node
            )
        })
        .collect();
    assert_eq!(
        shown,
        ["a/b (byte 10) → c/d by line 2, node 2", "- (byte 0) → c/e by line 3, node 3"]
    );
}
