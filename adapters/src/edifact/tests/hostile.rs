//! Interchanges that want to cost much: time and memory stay bounded.

use super::{grammar, steps};
use crate::{
    edifact::reader::{EdifactReader, PROBLEMS_MAX, ReadOptions},
    fault::Faults,
    layout::{Step, UnitReader},
    tree::Tree,
};
use sluse_contracts::payload::Limits;

const HEAD: &str = "UNB+UNOC:3+A+B+261130:1200+R'";

/// Feeds a head, a part again and again, and an end; how many units were given and refused, the last step, and the most
/// bytes held at any time.
fn repeated(part: impl Fn(u32) -> String, n_parts: u32, end: &str) -> (u32, u32, Step, usize) {
    let medcom = grammar("medcom");
    let mut tree = Tree::new(medcom.names().clone(), &Limits::default());
    let mut faults = Faults::new(10);
    let mut reader = EdifactReader::new(medcom, ReadOptions::default());
    let (mut n_units, mut n_refused, mut held, mut fed) = (0, 0, 0, 0);
    reader.feed(HEAD.as_bytes());
    loop {
        match reader.next(&mut tree, &mut faults) {
            Step::Unit => n_units += 1,
            Step::Refused => n_refused += 1,
            Step::Hungry => {
                held = held.max(reader.held_bytes() + tree.held_bytes());
                match fed {
                    fed if fed < n_parts => reader.feed(part(fed).as_bytes()),
                    fed if fed == n_parts => reader.feed(end.as_bytes()),
                    _ => reader.finish(),
                }
                fed += 1;
            }
            step => return (n_units, n_refused, step, held),
        }
    }
}

#[test]
fn many_messages_take_no_more_memory_than_few() {
    let message = |n| format!("UNH+{n}+CONTRL:D:93A:ZZ'UCI+A+B+C+7'UNT+3+{n}'");
    let few = repeated(message, 10, "UNZ+10+R'");
    let many = repeated(message, 2_000, "UNZ+2000+R'");
    assert_eq!((many.0, many.1, many.2), (2_000, 0, Step::End));
    assert!(many.3 < few.3 + 10_000, "{} and {}", few.3, many.3);
}

#[test]
fn problems_of_one_message_are_bounded() {
    let n_bad = repeated(|_| "XYZ+1'".repeat(100), 100, "UNZ+1+R'");
    assert_eq!(n_bad.2, Step::Broken);
    let bytes = format!("{HEAD}UNH+1+CONTRL:D:93A:ZZ'{}UNT+1+1'UNZ+1+R'", "XYZ+1'".repeat(10_000));
    let (found, faults) = steps(&grammar("medcom"), bytes.as_bytes(), 1_000);
    assert_eq!((found, faults.len()), (vec![Step::Refused, Step::End], PROBLEMS_MAX));
}

#[test]
fn a_message_that_is_too_large_is_refused_alone() {
    let medcom = grammar("medcom");
    let limits = Limits { tree_bytes_max: 50_000, ..Limits::default() };
    let mut tree = Tree::new(medcom.names().clone(), &limits);
    let mut faults = Faults::new(10);
    let mut reader = EdifactReader::new(medcom, ReadOptions::default());
    let large = "UCM+M+T:D:93A:UN+7'".repeat(5_000);
    let good = "UNH+2+CONTRL:D:93A:ZZ'UCI+A+B+C+7'UNT+3+2'";
    let bytes = format!("{HEAD}UNH+1+CONTRL:D:93A:ZZ'UCI+A+B+C+7'{large}UNT+5003+1'{good}UNZ+2+R'");
    reader.feed(bytes.as_bytes());
    reader.finish();
    let steps = [(); 3].map(|()| reader.next(&mut tree, &mut faults));
    assert_eq!(steps, [Step::Refused, Step::Unit, Step::End], "{faults:?}");
    assert_eq!(faults.kept()[0].code.as_str(), "V0106");
}

#[test]
fn objects_lie_about_their_length() {
    let message = "UNH+1+MEDBIN:D:93A:UN'";
    let cases = [
        ("UNO+1+A:B+OBJ+3:1'abcUNP+3+1'UNT+1+1'UNZ+1+R'", Step::End),
        ("UNO+1+A:B+OBJ+2:1'abcUNP+3+1'", Step::Broken),
        ("UNO+1+A:B+OBJ+9:1'abcUNP+3+1'UNT+", Step::Broken),
        ("UNO+1+A:B+OBJ+99999999999999999999'abc", Step::Broken),
        ("UNO+1+A:B+OBJ+9999999999999999'abc", Step::Broken),
        ("UNO+1+A:B+OBJ'abc", Step::Broken),
    ];
    for (object, expected) in cases {
        let bytes = format!("{HEAD}{message}{object}");
        for piece in [1, 1_000] {
            let (found, faults) = steps(&grammar("medcom"), bytes.as_bytes(), piece);
            assert_eq!(found.last(), Some(&expected), "{object}: {faults:?}");
            assert!(!faults.is_empty());
        }
    }
}

#[test]
fn an_object_over_the_limit_is_passed_over_without_being_kept() {
    let medcom = grammar("medcom");
    let mut tree = Tree::new(medcom.names().clone(), &Limits::default());
    let options = ReadOptions { object_bytes_max: 1_000, ..ReadOptions::default() };
    let mut reader = EdifactReader::new(medcom, options);
    let mut faults = Faults::new(10);
    reader.feed(HEAD.as_bytes());
    reader.feed(b"UNO+1+A:B+OBJ+1000000:1'");
    let (mut fed, mut held) = (0, 0);
    let step = loop {
        match reader.next(&mut tree, &mut faults) {
            Step::Hungry if fed < 1_000 => {
                reader.feed(&[b'\''; 1_000]);
                fed += 1;
                held = held.max(reader.held_bytes());
            }
            Step::Hungry if fed == 1_000 => {
                reader.feed(b"UNP+1000000+1'UNZ+0+R'");
                fed += 1;
            }
            Step::Hungry => reader.finish(),
            Step::Refused => {}
            step => break step,
        }
    };
    assert_eq!(step, Step::End, "{faults:?}");
    assert_eq!(faults.kept()[0].code.as_str(), "V0770");
    assert!(held < 10_000, "{held}");
}
