//! Groups that are carried over with all that stands in them.

use super::*;

const SAME: &str = "row = [\n\
    { from = 'Letter', to = 'Doc/Letter', whole = true, but = ['Head/Secret', '@since'] },\n\
    { from = 'Letter/@since', to = 'Doc/from' },\n\
    { from = 'Letter/Head/Secret', dropped = 'nobody asks for it', only = 'forward' },\n\
    { to = 'Doc/kind', constant = 'letter' },\n\
    { from = 'Note', to = 'Doc/Note', whole = true },\n\
    ]";

const LETTER: &str = "\
Letter
  @since: 2026
  @lang: da
  Head
    Id: 7
    Empty
  Line
    Text: one
    Text: two
  Line
    Text: three
Note: a
Note: b
";

#[test]
fn a_group_goes_over_with_all_in_it_and_comes_back() {
    let (mapping, source) = (mapping(SAME), tree(LETTER));
    let (target, told) = translated(&mapping, Way::Forward, &source);
    assert_eq!(told, "");
    let target = target.unwrap();
    insta::assert_snapshot!(target.outline(), @r"
    Doc
      Letter
        @lang: da
        Head
          Id: 7
          Empty
        Line
          Text: one
          Text: two
        Line
          Text: three
      from: 2026
      kind: letter
      Note: a
      Note: b
    ");
    let (back, told) = translated(&mapping, Way::Reverse, &target);
    assert_eq!(told, "");
    // What was left to another row comes last: the order of attributes says nothing.
    let expected = LETTER.replace("  @since: 2026\n  @lang: da\n", "  @lang: da\n  @since: 2026\n");
    assert_eq!(back.unwrap().outline(), expected);
}

#[test]
fn what_is_left_out_is_lost_where_no_other_row_reads_it() {
    let source = tree("Letter\n  Head\n    Secret: s\n    Id: 7\n  Line: x\n");
    let (target, told) = translated(&mapping(SAME), Way::Forward, &source);
    assert_eq!(told, "", "it is dropped, with the reason");
    assert!(!target.unwrap().outline().contains("Secret"));
    let alone = "row = [{ from = 'Letter', to = 'Letter', whole = true, but = 'Line' }]";
    let (_, told) = translated(&mapping(alone), Way::Forward, &source);
    assert_eq!(told, "lost */* (record 1, byte 40)");
}

#[test]
fn two_rows_that_write_one_value_are_told() {
    let twice =
        "row = [{ from = 'a', to = 'x', whole = true }, { from = 'b', to = 'x', whole = true }]";
    let (target, told) = translated(&mapping(twice), Way::Forward, &tree("a: 1\nb: 2\n"));
    assert!(target.is_none());
    assert_eq!(told, "V0953 the mapping writes two values to one place (record 1, byte 10, b)");
}

#[test]
fn it_is_told_of_each_value_where_it_came_from() {
    let (mapping, source) = (mapping(SAME), tree(LETTER));
    let plan = mapping.plan(Way::Forward).unwrap();
    let mut target = Tree::new(Arc::new(Names::default()), &Limits::default());
    let mut faults = Faults::new(100);
    let outcome = plan.translator(true).translate(&source, &mut target, &mut faults).unwrap();
    let of_whole = outcome.carried.iter().filter(|carried| carried.row.line == 2);
    let places: Vec<u64> = of_whole.filter_map(|carried| Some(carried.source?.offset)).collect();
    // The attribute, and four texts.
    assert_eq!(places, [20, 40, 70, 80, 100]);
}

#[test]
fn what_makes_no_sense_beside_it_is_refused() {
    let rows = [
        "{ from = 'a', whole = true }",
        "{ from = 'a', to = 'b', whole = true, convert = 'trim' }",
        "{ from = 'a', to = 'b', whole = true, default = 'x' }",
        "{ from = ['a', 'c'], to = 'b', whole = true, between = '-' }",
        "{ from = 'a', to = 'b', but = 'c' }",
        "{ from = 'a', dropped = 'x', whole = true }",
    ];
    for row in rows {
        let mut findings = Vec::new();
        assert!(Mapping::read("m", &format!("row = [{row}]"), &mut findings).is_none(), "{row}");
        let [finding] = findings.as_slice() else { panic!("{row}: {findings:?}") };
        assert_eq!(
            finding.sentence,
            "a `whole` stands at one path of each side; beside it stand `only`, `where`, `unless` and `but` alone",
            "{row}"
        );
    }
}
