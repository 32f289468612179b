//! Frames: what is written is read, in pieces of any length; what is no frame is told.

use super::{BODY_BYTES_MAX, FRAME_BYTES_MAX, Frame, FrameReader, NoFrame, Refusal};
use crate::mapping::Way;
use proptest::prelude::*;

/// A frame that owns what it says.
#[derive(Debug, Clone)]
enum Owned {
    Begin(bool, String),
    Bytes(Vec<u8>),
    End,
    Refused(String, Option<(u64, Option<String>)>),
}

impl Owned {
    fn frame(&self) -> Frame<'_> {
        match self {
            Self::Begin(true, media_type) => Frame::Begin(Way::Forward, media_type),
            Self::Begin(false, media_type) => Frame::Begin(Way::Reverse, media_type),
            Self::Bytes(bytes) => Frame::Bytes(bytes),
            Self::End => Frame::End,
            Self::Refused(word, place) => Frame::Refused(Refusal {
                word,
                offset: place.as_ref().map(|(offset, _)| *offset),
                field: place.as_ref().and_then(|(_, field)| field.as_deref()),
            }),
        }
    }
}

fn frames() -> impl Strategy<Value = Vec<Owned>> {
    let place =
        prop::option::of((any::<u64>(), prop::option::of("[a-zæ]{1,8}(/[A-Z0-9]{1,4}){0,2}")));
    let frame = prop_oneof![
        (any::<bool>(), "[a-z]{1,8}/[a-z]{1,8}").prop_map(|(way, text)| Owned::Begin(way, text)),
        prop::collection::vec(any::<u8>(), 1..300).prop_map(Owned::Bytes),
        Just(Owned::End),
        ("[a-z0-9-]{1,20}", place).prop_map(|(word, place)| Owned::Refused(word, place)),
    ];
    prop::collection::vec(frame, 0..8)
}

proptest! {
    #[test]
    fn what_is_written_is_read_however_it_is_split(sent in frames(), size in 1_usize..64) {
        let mut bytes = Vec::new();
        sent.iter().for_each(|frame| frame.frame().write(&mut bytes));
        let (mut reader, mut n_read) = (FrameReader::default(), 0);
        for piece in bytes.chunks(size) {
            reader.feed(piece);
            while let Some(frame) = reader.next_frame().unwrap() {
                prop_assert_eq!(&frame, &sent[n_read].frame());
                n_read += 1;
            }
        }
        prop_assert_eq!(n_read, sent.len());
        prop_assert!(!reader.holds_bytes());
    }

    #[test]
    fn no_bytes_bring_it_down_or_make_it_hold_more_than_was_fed(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut reader = FrameReader::default();
        reader.feed(&bytes);
        let mut n_frames = 0;
        while let Ok(Some(_)) = reader.next_frame() {
            n_frames += 1;
        }
        prop_assert!(n_frames <= bytes.len() / 5);
    }
}

#[test]
fn long_bytes_become_several_frames() {
    let long = vec![7; BODY_BYTES_MAX + 3];
    let mut bytes = Vec::new();
    Frame::Bytes(&long).write(&mut bytes);
    let mut reader = FrameReader::default();
    reader.feed(&bytes);
    let mut read = Vec::new();
    while let Some(frame) = reader.next_frame().unwrap() {
        let Frame::Bytes(piece) = frame else { panic!("{frame:?}") };
        read.push(piece.len());
    }
    assert_eq!(read, [BODY_BYTES_MAX, 3]);
}

#[test]
fn what_is_no_frame_is_told_then_and_ever_after() {
    let frame = |kind: u8, body: &[u8]| {
        let length = u32::try_from(body.len() + 1).unwrap();
        [&length.to_be_bytes()[..], &[kind], body].concat()
    };
    let too_long = u32::try_from(FRAME_BYTES_MAX + 1).unwrap();
    for (bytes, told) in [
        (vec![0, 0, 0, 0], NoFrame::Length),
        (too_long.to_be_bytes().to_vec(), NoFrame::Length),
        (vec![0xff; 4], NoFrame::Length),
        (frame(b'q', b""), NoFrame::Kind),
        (frame(b'B', b""), NoFrame::Body),
        (frame(b'Z', b"more"), NoFrame::Body),
        (frame(b'D', b"\xff"), NoFrame::Body),
        (frame(b'X', b""), NoFrame::Body),
        (frame(b'X', b"Two Words"), NoFrame::Body),
        (frame(b'X', b"word -1"), NoFrame::Body),
        (frame(b'X', b"word 1 a field"), NoFrame::Body),
        (frame(b'X', b"word 1 "), NoFrame::Body),
    ] {
        let mut reader = FrameReader::default();
        reader.feed(&bytes);
        assert_eq!(reader.next_frame(), Err(told), "{bytes:?}");
        reader.feed(&frame(b'Z', b""));
        assert_eq!(reader.next_frame(), Err(told), "{bytes:?}");
    }
}
