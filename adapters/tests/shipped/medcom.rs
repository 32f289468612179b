//! The broken interchanges of MedCom, each with one fault against one that is sound: nothing of one is half translated.

use crate::translate::{Translated, shared, shipped, translate};
use sluse_adapters::{adapter::Adapter, mapping::Way};
use std::fs;

const CORPUS: &str = "corpora/medcom-edifact/negative";

/// Each broken file, whether the message alone is refused, and its first fault at its place.
const BROKEN: [(&str, bool, &str); 15] = [
    (
        "ENC0",
        true,
        "V0102 the byte is no character of the interchange's repertoire (segment 12, byte 388, NAD)",
    ),
    ("UNB0", false, "V0761 what must be there is missing (segment 1, byte 11, UNB/0020)"),
    ("UNB1", false, "V0757 UNB is missing before this place (segment 1, byte 11, UNH)"),
    ("UNB3", false, "V0756 the service segment may not stand here (segment 29, byte 640, UNB)"),
    ("UNH0", false, "V0761 what must be there is missing (segment 2, byte 85, UNH/0062)"),
    (
        "UNH2",
        true,
        "V0759 the reference is not that of the header (segment 27, byte 611, UNT/0062)",
    ),
    (
        "UNT0",
        true,
        "V0758 the control count is not the number that there is (segment 27, byte 608, UNT/0074)",
    ),
    ("UNT1", true, "V0757 UNT is missing before this place (segment 27, byte 604, UNZ)"),
    ("UNT2", true, "V0761 what must be there is missing (segment 27, byte 604, UNT/0074)"),
    (
        "UNZ1",
        false,
        "V0758 the control count is not the number that there is (segment 28, byte 626, UNZ/0036)",
    ),
    ("UNZ2", false, "V0761 what must be there is missing (segment 28, byte 622, UNZ/0020)"),
    ("UNZ3", false, "V0757 UNZ is missing before this place (segment 27, byte 622)"),
    (
        "XSL0",
        true,
        "V0763 the text is longer than its representation allows (segment 6, byte 187, NAD/3035)",
    ),
    (
        "XSL1",
        true,
        "V0764 the code is none of those that are known here (segment 26, byte 599, PAS/status)",
    ),
    (
        "XSL2",
        true,
        "V0763 the value is not a date or time of the format that is stated (segment 25, byte 576, DTM/C507/2380)",
    ),
];

fn done(adapter: &Adapter, name: &str, piece: usize) -> Option<Translated> {
    let bytes = fs::read(shared(CORPUS)?.join(format!("DIS20_{name}.edi"))).unwrap();
    Some(translate(adapter, Way::Forward, &bytes, piece))
}

#[test]
fn each_broken_interchange_gives_its_fault_at_its_place_and_no_half_of_a_letter() {
    let adapter = shipped("medcom");
    for (name, is_message, sentence) in BROKEN {
        for piece in [1, 4_096] {
            let Some(done) = done(&adapter, &format!("ERROR_{name}"), piece) else { return };
            let told = if is_message { &done.refused } else { &done.broken };
            assert_eq!(told.first().map(String::as_str), Some(sentence), "{name}");
            // Of a refused message nothing is written. Where the interchange is unusable for what stands behind its
            // message, what was written is said to be unusable too.
            if is_message {
                assert_eq!((done.n_units, done.bytes.len()), (0, 0), "{name}");
                assert!(done.broken.is_empty(), "{name}: {:?}", done.broken);
            }
        }
    }
}

#[test]
fn the_sound_ones_are_translated_and_say_the_same() {
    let adapter = shipped("medcom");
    let (ok, advised) = (done(&adapter, "ok", 100), done(&adapter, "ok_UNA", 100));
    let (Some(ok), Some(advised)) = (ok, advised) else { return };
    assert_eq!((ok.n_units, ok.lost.len()), (1, 0));
    let (ok, advised) = (ok.sound(), advised.sound());
    assert!(String::from_utf8_lossy(&ok).contains("<NotificationOfAdmission>"));
    assert_eq!(ok, advised, "service characters say nothing");
}
