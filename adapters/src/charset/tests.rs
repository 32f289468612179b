//! Every byte of every set, held against a table made by another program.

use super::*;
use crate::shared::shared;
use proptest::prelude::*;
use serde_json::Value;
use std::fs;

fn decoded(set: CharacterSet, bytes: &[u8]) -> Result<String, WrongByte> {
    let mut text = String::new();
    set.decode(bytes, &mut text).map(|()| text)
}

fn encoded(set: CharacterSet, text: &str) -> Result<Vec<u8>, Unwritable> {
    let mut bytes = Vec::new();
    set.encode(text, &mut bytes).map(|()| bytes)
}

#[test]
fn every_byte_stands_for_what_iconv_says() {
    let Some(path) = shared("corpora/codepages/tables.json") else { return };
    let tables: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    for (name, table) in tables.as_object().unwrap() {
        let set: CharacterSet = name.to_lowercase().parse().unwrap();
        for (byte, point) in (0..=u8::MAX).zip(table.as_array().unwrap()) {
            let expected = point
                .as_u64()
                .map(|point| char::from_u32(u32::try_from(point).unwrap()).unwrap().to_string());
            let found = decoded(set, &[byte]).ok();
            assert_eq!(found, expected, "{name} {byte:#04x}");
            if let Some(text) = found {
                assert_eq!(encoded(set, &text), Ok(vec![byte]), "{name} {byte:#04x}");
            }
        }
    }
    assert_eq!(tables.as_object().unwrap().len(), SETS.len() - 1);
}

#[test]
fn danish_letters_stand_where_the_member_of_each_set_puts_them() {
    let danish = "æøåÆØÅ";
    let bytes = |name: &str| encoded(name.parse().unwrap(), danish).unwrap();
    assert_eq!(bytes("ibm277"), [0xC0, 0x6A, 0xD0, 0x7B, 0x7C, 0x5B]);
    assert_eq!(bytes("cp865"), [0x91, 0x9B, 0x86, 0x92, 0x9D, 0x8F]);
    assert_eq!(bytes("iso-8859-15"), [0xE6, 0xF8, 0xE5, 0xC6, 0xD8, 0xC5]);
    assert_eq!(encoded(CharacterSet::Ibm1142, "€"), Ok(vec![0x5A]));
    assert_eq!(encoded(CharacterSet::Ibm277, "¤"), Ok(vec![0x5A]));
}

#[test]
fn a_wrong_byte_is_named_by_its_offset() {
    let ascii = [b'a'; 100];
    let with = |byte: u8| [&ascii[..], &[0xE6, byte], b"b"].concat();
    assert_eq!(decoded(CharacterSet::Windows1252, &with(0x81)), Err(WrongByte(101)));
    assert_eq!(decoded(CharacterSet::Utf8, "æ\u{1F332}".as_bytes()), Ok("æ\u{1F332}".into()));
    assert_eq!(decoded(CharacterSet::Utf8, &with(0x62)), Err(WrongByte(100)));
    assert_eq!(
        decoded(CharacterSet::Utf8, "a€".as_bytes().split_last().unwrap().1),
        Err(WrongByte(1))
    );
    // ISO-8859-1 is not windows-1252: its bytes 0x80 to 0x9F are controls.
    assert_eq!(decoded(CharacterSet::Latin1, &[0x80]), Ok("\u{80}".into()));
}

#[test]
fn a_character_that_a_set_lacks_is_named_by_its_position() {
    assert_eq!(encoded(CharacterSet::Latin1, "ærø €"), Err(Unwritable(4)));
    assert_eq!(encoded(CharacterSet::Ibm277, "x\u{1F332}"), Err(Unwritable(1)));
    assert_eq!(encoded(CharacterSet::Cp850, "ž"), Err(Unwritable(0)));
    assert_eq!(encoded(CharacterSet::Utf8, "ž€").map(|bytes| bytes.len()), Ok(5));
}

#[test]
fn ascii_characters_have_a_byte_in_every_set() {
    for (name, set) in SETS {
        assert_eq!(set.name(), name);
        for character in 0..0x80 {
            let text = char::from(character).to_string();
            assert_eq!(decoded(set, &[set.ascii(character)]), Ok(text), "{name}");
        }
    }
    assert_eq!("latin1".parse::<CharacterSet>(), Err(NoSuchSet));
}

proptest! {
    #[test]
    fn what_is_decoded_is_encoded_to_the_same_bytes(
        bytes in proptest::collection::vec(any::<u8>(), 0..64), index in 0..SETS.len()
    ) {
        let (_, set) = SETS[index];
        match decoded(set, &bytes) {
            Ok(text) => prop_assert_eq!(encoded(set, &text), Ok(bytes)),
            Err(WrongByte(offset)) => {
                prop_assert!(decoded(set, &bytes[..offset]).is_ok());
                prop_assert!(decoded(set, &bytes[..=offset]).is_err() || set == CharacterSet::Utf8);
            }
        }
    }
}
