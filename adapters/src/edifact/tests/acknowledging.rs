//! What the sender is told.

use super::grammar;
use crate::{
    edifact::{
        contrl::{Action, Outcome, Received, Stamp},
        reader::{EdifactReader, ReadOptions},
    },
    fault::Faults,
    layout::{Step, UnitReader},
    tree::Tree,
};
use sluse_contracts::payload::Limits;

const STAMP: Stamp<'_> = Stamp { reference: "ACK1", date: "261130", time: "1201" };

/// The acknowledgement of an interchange, a segment in a line.
fn acknowledged(bytes: &str) -> String {
    let medcom = grammar("medcom");
    let mut tree = Tree::new(medcom.names().clone(), &Limits::default());
    let mut faults = Faults::new(100);
    let mut reader = EdifactReader::new(medcom, ReadOptions::default());
    reader.feed(bytes.as_bytes());
    reader.finish();
    let (mut refused, mut broken) = (Vec::new(), None);
    loop {
        match reader.next(&mut tree, &mut faults) {
            Step::Unit => {}
            Step::Refused => refused.push((reader.message().clone(), reader.problems().to_vec())),
            Step::Broken => {
                broken = reader.problems().first().cloned();
                break;
            }
            _ => break,
        }
    }
    let mut outcome = Outcome::new(reader.head().clone());
    refused.into_iter().for_each(|(head, problems)| outcome.refuse(head, problems));
    broken.into_iter().for_each(|problem| outcome.refuse_all(problem));
    String::from_utf8(outcome.acknowledgement(STAMP)).unwrap()
}

/// What a system that receives the acknowledgement learns.
fn received(bytes: &str) -> Received {
    let contrl = grammar("contrl");
    let mut tree = Tree::new(contrl.names().clone(), &Limits::default());
    let mut faults = Faults::new(10);
    let mut reader = EdifactReader::new(contrl, ReadOptions::default());
    reader.feed(bytes.as_bytes());
    reader.finish();
    assert_eq!(reader.next(&mut tree, &mut faults), Step::Unit, "{faults:?}");
    let received = Received::of(&tree).unwrap();
    assert_eq!(reader.next(&mut tree, &mut faults), Step::End, "{faults:?}");
    received
}

const HEAD: &str = "UNB+UNOC:3+SENDER:14+RECIPIENT:14+261130:1200+REF1'";
const GOOD: &str = "UNH+GOOD+CONTRL:D:93A:ZZ'UCI+A+B+C+7'UNT+3+GOOD'";
const BAD: &str = "UNH+BAD+CONTRL:D:93A:ZZ'UCI+A+B+C'XYZ'UCM+M+T:D:93A:UN+77'UNT+9+BAD'";

#[test]
fn a_good_interchange_is_acknowledged_as_a_whole() {
    let told = acknowledged(&format!("{HEAD}{GOOD}UNZ+1+REF1'"));
    assert_eq!(
        told,
        "UNB+UNOC:3+RECIPIENT:14+SENDER:14+261130:1201+ACK1'UNH+1+CONTRL:D:3:UN'\
         UCI+REF1+SENDER:14+RECIPIENT:14+7'UNT+3+1'UNZ+1+ACK1'"
    );
    let received = received(&told);
    assert_eq!((received.action, received.rejected.len()), (Action::Acknowledged, 0));
}

#[test]
fn each_bad_message_is_named_with_its_segments_and_elements() {
    let told = acknowledged(&format!("{HEAD}{GOOD}{BAD}UNZ+2+REF1'"));
    let body = told.split_once("UCI").unwrap().1;
    assert_eq!(
        body,
        "+REF1+SENDER:14+RECIPIENT:14+7'UCM+BAD+CONTRL:D:93A:ZZ+4+29+UNT+2'\
         UCS+2'UCD+13+5'UCS+3+15'UCS+4'UCD+39+4'UNT+9+1'UNZ+1+ACK1'"
    );
    assert_eq!(received(&told).rejected, ["BAD"]);
}

#[test]
fn a_broken_interchange_is_rejected_and_no_message_named() {
    let told = acknowledged(&format!("{HEAD}{GOOD}{BAD}UNZ+3+REF1'"));
    let body = told.split_once("UCI").unwrap().1;
    assert_eq!(body, "+REF1+SENDER:14+RECIPIENT:14+4+29+UNZ+2'UNT+3+1'UNZ+1+ACK1'");
    let received = received(&told);
    assert_eq!((received.action, &*received.reference), (Action::Rejected, "REF1"));
}
