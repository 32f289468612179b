//! Values that are computed, texts that stand for none, and sections of one way.

use super::*;

const BILL: &str = "section = [\
    { name = 'bill', from = 'bill', to = 'Bill', row = [\
    { from = 'line/net', to = 'Net', compute = 'sum', convert = 'decimals 2', only = 'forward' },\
    { from = ['total', 'paid'], to = 'Due', compute = 'difference', only = 'forward' },\
    { from = ['total', 'rate'], to = 'Tax', compute = 'product', convert = ['scale -2', 'round 2'], where = 'rate', only = 'forward' },\
    { from = ['own', 'other'], to = 'Name', compute = 'first', default = 'nobody', only = 'forward' },\
    { from = 'order', to = 'Order', convert = ['blank n/a', 'blank null'], default = 'none', reverse-default = 'n/a' }] },\
    { name = 'lines', within = 'bill', from = 'line', to = 'Line', row = [{ from = 'net', to = 'Net', convert = 'decimals 2' }] },\
    { name = 'old', only = 'forward', from = 'old', to = 'Bill', row = [{ from = 'total', to = 'Due', convert = 'absolute' }] },\
    { name = 'old-lines', within = 'old', from = 'line', to = 'Line', row = [{ from = 'net', to = 'Net', convert = 'round 0' }] }]";

#[test]
fn values_are_computed_and_texts_stand_for_none() {
    let bill = mapping(BILL);
    let source = "bill\n  total: 100.10\n  paid: 0.2\n  rate: 25\n  other: B\n  order: null\n  line\n    net: 1.5\n  line\n    net: -2\n";
    let (target, told) = translated(&bill, Way::Forward, &tree(source));
    insta::assert_snapshot!(target.unwrap().outline(), @"
    Bill
      Net: -0.50
      Due: 99.90
      Tax: 25.03
      Name: B
      Order: none
      Line
        Net: 1.50
      Line
        Net: -2.00
    ");
    assert_eq!(told, "");
    let (target, told) = translated(&bill, Way::Forward, &tree("bill\n  paid: 1\n  order: 7\n"));
    insta::assert_snapshot!(target.unwrap().outline(), @"
    Bill
      Name: nobody
      Order: 7
    ");
    // What was paid is in nothing that is written: there is no total to take it from.
    insta::assert_snapshot!(told, @"lost */* (record 1, byte 10)");
    let wrong = |source: &str| translated(&bill, Way::Forward, &tree(source)).1;
    insta::assert_snapshot!(wrong("bill\n  total: x\n  paid: 1\n"), @"V0952 the value is no decimal number (record 1, byte 10, total)");
    insta::assert_snapshot!(wrong("bill\n  line\n    net: 1.005\n"), @"
    V0952 the value has more decimals than it is to have (record 1, byte 20, line/net)
    V0952 the value has more decimals than it is to have (record 1, byte 20, net)
    ");
}

#[test]
fn what_is_read_one_way_leads_nowhere_on_the_other() {
    let bill = mapping(BILL);
    let source = tree("Bill\n  Order: n/a\n  Line\n    Net: 1.50\n");
    let (target, told) = translated(&bill, Way::Reverse, &source);
    insta::assert_snapshot!(target.unwrap().outline(), @"
    bill
      order: n/a
      line
        net: 1.50
    ");
    assert_eq!(told, "");
    let old = tree("old\n  total: -7\n  line\n    net: 1.5\n");
    insta::assert_snapshot!(translated(&bill, Way::Forward, &old).0.unwrap().outline(), @"
    Bill
      Due: 7
      Line
        Net: 2
    ");
    let both = mapping("row = [{ from = ['a', 'b'], to = 'c', compute = 'sum' }]");
    let told = both.plan(Way::Reverse).unwrap_err()[0].to_string();
    insta::assert_snapshot!(told, @"mapping.toml:1:8 the row cannot be read this way: what was computed from several values cannot be taken apart");
    assert!(both.plan(Way::Forward).is_err(), "it says which way");
}

#[test]
fn a_set_of_sections_may_be_used_twice_under_two_names() {
    let twice = mapping(
        "section = [{ name = 'a', from = 'a', to = 'A' }, { name = 'b', from = 'b', to = 'B' }, { use = 'x', name = 'a', within = 'a' }, { use = 'x', name = 'b', within = 'b' }]\n\
         [[sections]]\nname = 'x'\nsection = [{ name = 'one', from = 'one', to = 'One', row = [{ from = 'v', to = 'V' }] }, { name = 'two', within = 'one', from = 'two', to = 'Two', row = [{ from = 'v', to = 'V' }] }]",
    );
    let source = tree("a\n  one\n    v: 1\n    two\n      v: 2\nb\n  one\n    v: 3\n");
    let (target, told) = translated(&twice, Way::Forward, &source);
    insta::assert_snapshot!(target.unwrap().outline(), @"
    A
      One
        V: 1
        Two
          V: 2
    B
      One
        V: 3
    ");
    assert_eq!(told, "");
}

#[test]
fn what_follows_from_a_document_is_how_many_bytes_it_has_and_a_name_of_its_own() {
    let rows = mapping(
        "row = [{ from = 'd', to = 'Bytes', compute = 'bytes', only = 'forward' }, { from = 'd', to = 'Name', compute = 'uuid', only = 'forward' }]",
    );
    let made = |value: &str| translated(&rows, Way::Forward, &tree(&format!("d: {value}\n")));
    // By another program: `printf '%s' YWI= | sha256sum`, with the version and variant of RFC 9562 put in.
    insta::assert_snapshot!(made("YWI=").0.unwrap().outline(), @"
    Bytes: 2
    Name: b3a909e3-418d-8e76-b7a9-727724c6bd28
    ");
    for (value, n_bytes) in [("YQ==", 1), ("YWJj", 3), ("YWJjZA==", 4)] {
        let outline = made(value).0.unwrap().outline();
        assert!(outline.starts_with(&format!("Bytes: {n_bytes}\nName: ")), "{outline}");
    }
    for value in ["YW", "YW=I", "Y===", "YWI?", "YWIé"] {
        let (_, told) = made(value);
        assert!(told.starts_with("V0952 the value is no base64"), "{value}: {told}");
    }
    let (target, told) = translated(&rows, Way::Forward, &tree("other: 1\n"));
    assert_eq!((target.unwrap().outline().as_str(), told.starts_with("lost")), ("", true));
}

#[test]
fn what_stands_once_beside_many_groups_is_looked_up_once() {
    let rows = mapping(
        "section = [{ name = 'line', from = 'bill/line', to = 'Bill/Line', row = [\
         { from = 'net', to = 'Net' },\
         { from = ['net', '/bill/rate'], to = 'Tax', compute = 'product', only = 'forward' },\
         { from = '/bill/rate', to = 'Rate', only = 'forward' }] }]",
    );
    let mut source = "bill\n".to_owned();
    // The square of their number is more than a mapping may look at.
    (0..9_000).for_each(|_| source.push_str("  line\n    net: 2\n"));
    source.push_str("  rate: 25\n");
    let (target, told) = translated(&rows, Way::Forward, &tree(&source));
    let outline = target.unwrap().outline();
    assert_eq!((outline.matches("Tax: 50").count(), told.as_str()), (9_000, ""));
    assert_eq!(outline.matches("Rate: 25").count(), 9_000);
}
