//! Telling segments apart, however the bytes come.

use super::{grammar, steps};
use crate::edifact::scan::{Scanned, Scanner};
use proptest::prelude::*;

/// The segments of some bytes that come in pieces: elements parted by `|`, components by `,`.
fn segments(bytes: &[u8], piece: usize) -> Vec<String> {
    let mut scanner = Scanner::default();
    let (mut pieces, mut found) = (bytes.chunks(piece), Vec::new());
    loop {
        match scanner.scan() {
            Scanned::Segment(segment) => {
                let elements = segment.elements().map(|element| {
                    let components = element.components().map(|component| {
                        let mut scratch = String::new();
                        component
                            .text(crate::edifact::repertoire::Repertoire::Latin1, &mut scratch)
                            .to_owned()
                    });
                    components.collect::<Vec<_>>().join(",")
                });
                let elements: Vec<_> = elements.collect();
                let place = segment.place();
                let tag = String::from_utf8_lossy(segment.tag()).into_owned();
                let mark = if segment.irregular() { "~" } else { "" };
                found.push(format!(
                    "{}:{}:{} {tag}|{}{mark}",
                    place.record,
                    place.line,
                    place.offset,
                    elements.join("|")
                ));
            }
            Scanned::Object(bytes) => found.push(format!("{bytes:?}")),
            Scanned::Hungry => match pieces.next() {
                Some(piece) => scanner.feed(piece),
                None => scanner.finish(),
            },
            Scanned::End(place) => {
                found.push(format!("end {}:{}", place.line, place.offset));
                return found;
            }
            Scanned::Fault(fault, place) => {
                found.push(format!("{fault:?} {}:{}", place.line, place.offset));
                return found;
            }
        }
    }
}

#[test]
fn segments_are_told_apart() {
    let cases: [(&str, &[&str]); 9] = [
        ("UNB+UNOC:3+A'\r\nBGM'", &["1:1:0 UNB|UNOC,3|A", "2:2:15 BGM|", "end 2:19"]),
        ("UNA:+.? 'UNB+A?+B?:??C'\n\n", &["1:1:9 UNB|A+B:?C", "end 3:25"]),
        ("UNA|-.! *UNB-A|B-C'*", &["1:1:9 UNB|A,B|C'", "end 1:20"]),
        ("UNB+A++'BGM+A:'", &["1:1:0 UNB|A||~", "2:1:8 BGM|A,~", "end 1:15"]),
        ("UNB+A\nB?x'BGM+C'", &["1:1:0 UNB|ABx~", "2:2:10 BGM|C", "end 2:16"]),
        ("UNB+A'FTX+it's'", &["1:1:0 UNB|A", "2:1:6 FTX|it", "NoTag 1:13"]),
        ("UNB+A'UNH", &["1:1:0 UNB|A", "NotTerminated 1:6"]),
        ("UNA:+.?:'UNB", &["Advice(Twice(7)) 1:0"]),
        ("", &["end 1:0"]),
    ];
    for (bytes, expected) in cases {
        for piece in [1, 2, 3, 7, 100] {
            assert_eq!(segments(bytes.as_bytes(), piece), expected, "{bytes:?} by {piece}");
        }
    }
}

#[test]
fn limits_hold_on_segments_and_the_white_space_between_them() {
    let long = [b"UNB+".as_slice(), &vec![b'a'; 100_000]].concat();
    let gap = [b"UNB+A'".as_slice(), &[b'\n'; 100]].concat();
    for piece in [1, 1_000, 1_000_000] {
        assert_eq!(segments(&long, piece), ["TooLong 1:0"]);
        assert_eq!(segments(&gap, piece), ["1:1:0 UNB|A", "GapTooLong 65:70"]);
    }
}

proptest! {
    #[test]
    fn pieces_change_nothing(text in "(UN[ABHTZ]|[A-Z]{3}|[+:'?*\r\n a-zæ1-9]){0,60}", piece in 1_usize..20) {
        let medcom = grammar("medcom");
        for start in ["", "UNA:+.? '", "UNB+UNOC:3+A+B+260101:1200+1'"] {
            let bytes = format!("{start}{text}").into_bytes();
            prop_assert_eq!(segments(&bytes, piece), segments(&bytes, 1_000));
            prop_assert_eq!(steps(&medcom, &bytes, piece), steps(&medcom, &bytes, 1_000));
        }
    }
}
