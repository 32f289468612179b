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
    assert_eq!(told, "");
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
