//! Rows and tables that stand once and are used in many places, and what more a row can say.

use super::*;

/// A mapping whose includes are given.
fn including(text: &str, included: &[(&str, &str)]) -> Result<Mapping, String> {
    let mut findings = Vec::new();
    let given = |name: &str| {
        included.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned())
    };
    let mapping = Mapping::read_with("mapping.toml", text, &given, &mut findings);
    let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
    mapping.ok_or_else(|| told.join("\n"))
}

const SHARED: &str = "[[code-table]]\n\
    name = 'kinds'\n\
    rows = [['M:1', 'mobile'], [':2', 'home'], ['X:', 'other']]\n\
    also = [['N:1', 'mobile']]\n\
    [[rows]]\n\
    name = 'street'\n\
    row = [{ from = \"[kind='P']/street\", to = 'street' }, { from = \"[kind='P']/town\", to = 'town' }]\n\
    [[rows]]\n\
    name = 'party'\n\
    row = [{ from = 'name', to = 'name' }, { use = 'street', from = 'ADR', to = '.' },\n\
    { from = ['code', 'by'], to = 'kind', between = ':', gaps = true, convert = 'code kinds' },\n\
    { from = 'number', counts = true }]\n";

const PARTIES: &str = "include = ['shared.toml']\n\
    row = [{ from = 'id', to = 'Letter/Id' }, { from = 'ref', to = 'Letter/Id', again = true },\n\
    { from = 'plain', constant = 'yes', unless = 'Letter/Note' }, { from = 'note', to = 'Letter/Note' }]\n\
    section = [\n\
    { name = 'sender', from = \"S01[role='S']\", to = 'Sender', row = [{ use = 'party' }] },\n\
    { name = 'receiver', from = \"S01[role='R']\", to = 'Receiver', row = [{ use = 'party' }] },\n\
    { name = 'noted', from = 'S14[CIN]', to = 'Noted', row = [{ from = 'CIN', to = 'Code' }] },\n\
    { name = 'other', from = 'S14[DTM]', to = 'Other', row = [{ from = 'DTM', to = 'Date' }] }]\n";

const LEGACY: &str = "\
id: 7
ref: 7
plain: yes
S01
  role: S
  name: A
  ADR
    kind: P
    street: Havnegade
    town: Korsør
  code: M
  by: 1
  number: 1
S01
  role: R
  by: 2
  number: 2
S14
  CIN: 10
S14
  DTM: 20
";

#[test]
fn shared_rows_counts_repeated_values_and_conditions_lead_there_and_back() {
    let mapping = including(PARTIES, &[("shared.toml", SHARED)]).unwrap();
    let (modern, told) = translated(&mapping, Way::Forward, &tree(LEGACY));
    assert_eq!(told, "");
    let modern = modern.unwrap();
    insta::assert_snapshot!(modern.outline(), @"
    Letter
      Id: 7
    Sender
      name: A
      street: Havnegade
      town: Korsør
      kind: mobile
    Receiver
      kind: home
    Noted
      Code: 10
    Other
      Date: 20
    ");
    let (back, told) = translated(&mapping, Way::Reverse, &modern);
    assert_eq!((back.unwrap().outline().as_str(), told.as_str()), (LEGACY, ""));
}

#[test]
fn what_stands_twice_and_differs_or_is_counted_wrongly_is_not_passed_over() {
    let mapping = including(PARTIES, &[("shared.toml", SHARED)]).unwrap();
    let (none, told) = translated(&mapping, Way::Forward, &tree("id: 7\nref: 8\n"));
    assert!(none.is_none());
    insta::assert_snapshot!(told, @"V0953 the mapping writes two values to one place (record 1, byte 10, ref)");
    let source = tree("S01\n  role: S\n  code: N\n  by: 1\n  number: 2\n");
    let (some, told) = translated(&mapping, Way::Forward, &source);
    // A code that is read and never written; a number that is another is told as lost.
    assert_eq!(some.unwrap().outline(), "Sender\n  kind: mobile\n");
    assert_eq!(told, "lost */* (record 1, byte 40)");
    let (back, _) = translated(&mapping, Way::Reverse, &tree("Letter\n  Note: x\n"));
    assert_eq!(back.unwrap().outline(), "note: x\n");
}

#[test]
fn faults_of_shared_rows_stand_in_their_files() {
    let shared = "[[rows]]\nname = 'a'\nrow = [{ from = '[', to = 'b' }, { from = 'a', to = 'b', gaps = true },\n\
        { from = 'a', to = 'b', text = 'lines', convert = 'trim' }, { from = 'a', to = 'b', each = true },\n\
        { from = 'a', to = 'b', where = 'c' }, { from = 'a', to = 'b', counts = true }]\n\
        [[rows]]\nname = 'a'\n[[code-table]]\nname = 't'\nrows = [['1', 'x']]\nalso = [['1', 'x']]\n";
    let text = "include = ['shared.toml', 'none.toml']\nrow = [{ use = 'none' }, { use = 'a', from = '@' }]";
    let told = including(text, &[("shared.toml", shared)]).unwrap_err();
    insta::assert_snapshot!(told, @"
    shared.toml:3:17 C0105 `from`: in brackets stands a number from 1 to 1000, a path, or a path and its value, as in [SEQ/1245='1']
    shared.toml:3:34 C0105 `between` takes several paths on one side
    shared.toml:4:1 C0105 a `constant` or a `text` is written as it stands: no `convert`
    shared.toml:4:61 C0105 `each` is said of a `text`
    shared.toml:5:1 C0105 `where` and `unless` look at the side that is read: at a `constant`, or a row of one way
    shared.toml:5:40 C0105 what `counts` stands at one path of one side
    shared.toml:7:8 C0105 there is a set of rows of this name already
    shared.toml:11:9 C0105 what is read alone is a code and a word, one of them new
    mapping.toml:1:27 C0105 there is no such file to include
    mapping.toml:2:16 C0105 no set of rows before this place has this name
    mapping.toml:2:46 C0105 `from`: a path is names with `/` between them: a step has no name
    ");
}

#[test]
fn sections_that_many_mappings_share_stand_once() {
    let shared = "[[sections]]\nname = 'parties'\nsection = [\n\
        { name = 'sender', from = \"S01[role='S']\", to = 'Sender', row = [{ from = 'name', to = 'Name' }] },\n\
        { name = 'phone', within = 'sender', from = 'CON', to = 'Phone', row = [{ from = 'nr', to = 'Nr' }] }]\n";
    let text = "include = ['shared.toml']\n[[section]]\nname = 'letter'\nfrom = 'M'\nto = 'Letter'\n\
        [[section]]\nuse = 'parties'\nwithin = 'letter'\n";
    let mapping = including(text, &[("shared.toml", shared)]).unwrap();
    let source =
        tree("M\n  S01\n    role: S\n    name: A\n    CON\n      nr: 1\n    CON\n      nr: 2\n");
    let (target, told) = translated(&mapping, Way::Forward, &source);
    assert_eq!(told, "");
    let target = target.unwrap();
    assert_eq!(
        target.outline(),
        "Letter\n  Sender\n    Name: A\n    Phone\n      Nr: 1\n    Phone\n      Nr: 2\n"
    );
    let (back, _) = translated(&mapping, Way::Reverse, &target);
    assert_eq!(back.unwrap().outline(), source.outline());
    let twice =
        format!("{text}[[section]]\nuse = 'parties'\n[[section]]\nuse = 'none'\nwithin = 'x'\n");
    insta::assert_snapshot!(including(&twice, &[("shared.toml", shared)]).unwrap_err(), @r"
    mapping.toml:10:7 C0105 there is a section of this name already
    mapping.toml:10:7 C0105 there is a section of this name already
    mapping.toml:12:7 C0105 no set of sections before this place has this name
    mapping.toml:13:10 C0105 no section before this one has this name
    ");
}

#[test]
fn the_first_group_may_join_one_that_rows_began_and_a_value_may_stand_for_none() {
    let text = "row = [{ from = \"S14/FTX[4451='OE']/text\", to = 'Subject' },\n\
        { from = \"RFF[q='ROI'][id!='_']/id\", to = 'Episode' },\n\
        { from = \"RFF[q='ROI']/id\", constant = '_', unless = 'Episode' }]\n\
        section = [{ name = 'text', from = 'S14[FTX]', to = 'Text', joins = true, row = [{ from = \"FTX[4451='NC']/text\", to = 'Line' }] }]";
    let mapping = mapping(text);
    let source = "RFF\n  q: ROI\n  id: _\nS14\n  FTX\n    4451: OE\n    text: a\n  FTX\n    4451: NC\n    text: b\nS14\n  FTX\n    4451: NC\n    text: c\n";
    let (target, told) = translated(&mapping, Way::Forward, &tree(source));
    let target = target.unwrap();
    assert_eq!(told, "");
    assert_eq!(target.outline(), "Subject: a\nText\n  Line: b\nText\n  Line: c\n");
    let (back, told) = translated(&mapping, Way::Reverse, &target);
    assert_eq!(told, "");
    let back = back.unwrap().outline();
    // Rows come before sections; a format that knows an order puts groups into it.
    assert!(back.starts_with(
        "S14\n  FTX\n    4451: OE\n    text: a\n  FTX\n    4451: NC\n    text: b\nRFF\n"
    ));
    assert!(back.ends_with("RFF\n  q: ROI\n  id: _\nS14\n  FTX\n    4451: NC\n    text: c\n"));
}

#[test]
fn rows_of_one_way_may_wait_for_what_the_group_itself_says() {
    let text = "code-table = [{ name = 't', rows = [['1D', 'known']] }]\n\
        section = [{ name = 's', from = 'CIN', to = 'D', row = [\n\
        { from = 'code', to = 'Code' }, { from = 'list', to = 'List' },\n\
        { from = 'code', to = 'Text', convert = 'code t', only = 'forward', where = \"[list='SFU']\" },\n\
        { from = 'text', to = 'Text', only = 'forward', unless = \"[list='SFU']\" },\n\
        { from = 'text', to = 'Text', only = 'reverse', unless = \"[List='SFU']\" },\n\
        { to = 'Text', dropped = 'the code says it', only = 'reverse', where = \"[List='SFU']\" }] }]";
    let mapping = mapping(text);
    let source = "CIN\n  code: 1D\n  list: SFU\nCIN\n  code: 2\n  list: SKS\n  text: other\n";
    let (target, told) = translated(&mapping, Way::Forward, &tree(source));
    let target = target.unwrap();
    assert_eq!(told, "");
    assert_eq!(
        target.outline(),
        "D\n  Code: 1D\n  List: SFU\n  Text: known\nD\n  Code: 2\n  List: SKS\n  Text: other\n"
    );
    let (back, told) = translated(&mapping, Way::Reverse, &target);
    assert_eq!((back.unwrap().outline().as_str(), told.as_str()), (source, ""));
}

#[test]
fn one_value_may_say_which_of_two_places_is_written() {
    let text = "code-table = [{ name = 'begun', rows = [['NR', 'begun']], also-reverse = [['', 'ended']] },\n\
        { name = 'ended', rows = [['NR', 'ended']], also-reverse = [['', 'begun']] }]\n\
        row = [{ from = \"RFF[q='DOS']/id\", to = 'Status', convert = 'code begun' },\n\
        { from = \"RFF[q='SEP']/id\", to = 'Status', convert = 'code ended' }]";
    let mapping = mapping(text);
    for (code, status) in [("DOS", "begun"), ("SEP", "ended")] {
        let source = format!("RFF\n  q: {code}\n  id: NR\n");
        let (target, told) = translated(&mapping, Way::Forward, &tree(&source));
        let target = target.unwrap();
        assert_eq!((target.outline(), told), (format!("Status: {status}\n"), String::new()));
        let (back, told) = translated(&mapping, Way::Reverse, &target);
        assert_eq!((back.unwrap().outline(), told), (source, String::new()));
    }
}

#[test]
fn groups_of_neighbouring_sections_may_be_done_in_one_order() {
    let text = "section = [\n\
        { name = 'url', from = \"FTX[q='URL']\", to = 'Ref[Url]', in-order = true, row = [{ from = 'text', to = 'Url' }] },\n\
        { name = 'bin', from = \"FTX[q='BIN']\", to = 'Ref[Bin]', in-order = true, row = [{ from = 'text', to = 'Bin' }] }]";
    let mapping = mapping(text);
    let source = "FTX\n  q: BIN\n  text: 1\nFTX\n  q: URL\n  text: 2\nFTX\n  q: BIN\n  text: 3\n";
    let (target, told) = translated(&mapping, Way::Forward, &tree(source));
    let target = target.unwrap();
    assert_eq!(told, "");
    assert_eq!(target.outline(), "Ref\n  Bin: 1\nRef\n  Url: 2\nRef\n  Bin: 3\n");
    let (back, told) = translated(&mapping, Way::Reverse, &target);
    assert_eq!((back.unwrap().outline().as_str(), told.as_str()), (source, ""));
}
