//! What cannot be written, and what files may cost.

use super::*;

#[test]
fn what_cannot_be_written_is_refused_with_its_source() {
    let layout = layout(LINES);
    let place = crate::tree::Place { offset: 99, line: 7, record: 3 };
    let unit = |fields: &[(&str, &str)]| {
        let mut tree = Tree::new(layout.names().clone(), &Limits::default());
        let town = tree.find_name("town").unwrap();
        tree.open(crate::tree::Kind::Group, town, place).unwrap();
        for (name, value) in fields {
            let name = tree.name_for(name).unwrap();
            tree.field(name, value, place).unwrap();
        }
        tree.close();
        write(&layout, &[tree]).map(|bytes| String::from_utf8(bytes).unwrap())
    };
    assert_eq!(unit(&[("code", "5970"), ("name", "Ærø")]), Ok("Ærø     5970\r\n".into()));
    let refused = |fields: &[(&str, &str)]| unit(fields).unwrap_err();
    insta::assert_snapshot!(refused(&[("name", "Ærø")]), @"V0907 the field has no value (record 3, byte 99, town/code)");
    insta::assert_snapshot!(refused(&[("code", "5970"), ("name", "Marstal på Ærø")]), @"V0908 the value is longer than the field (record 3, byte 99, town/name)");
    insta::assert_snapshot!(refused(&[("code", "5970"), ("name", "a\nb")]), @"V0908 a line end cannot stand in a record (record 3, byte 99, town/name)");
    insta::assert_snapshot!(refused(&[("code", "5970"), ("canary", "x")]), @"V0910 the record has no such field, or not as often (record 3, byte 99, town)");
    insta::assert_snapshot!(refused(&[("code", "5970"), ("code", "5971")]), @"V0910 the record has no such field, or not as often (record 3, byte 99, town)");
}

#[test]
fn a_character_that_the_set_lacks_is_told_by_its_position() {
    let layout = layout(
        "format='fixed'\ncharacter-set='cp865'\nline-ends='lf'\n[[record]]\nname='r'\nfield=[{name='t',length=8}]",
    );
    let mut tree = Tree::new(layout.names().clone(), &Limits::default());
    let (record, text) = (tree.find_name("r").unwrap(), tree.find_name("t").unwrap());
    tree.open(crate::tree::Kind::Group, record, Default::default()).unwrap();
    tree.field(text, "blå Žito", Default::default()).unwrap();
    tree.close();
    let told = write(&layout, &[tree]).unwrap_err();
    assert_eq!(told, "V0909 the character set lacks character 5 of the value (byte 0, r/t)");
}

#[test]
fn memory_is_one_unit_whatever_the_file_is() {
    let layout = layout(LINES);
    let limits = Limits::default();
    let mut tree = Tree::new(layout.names().clone(), &limits);
    let (mut reader, mut faults) = (layout.reader(&limits), Faults::new(10));
    let piece = "Ærøskøb 5970 ø\r\n".repeat(1_000);
    let (mut n_units, mut held) = (0_u64, 0);
    for _ in 0..200 {
        reader.feed(piece.as_bytes());
        while reader.next(&mut tree, &mut faults) == Step::Unit {
            n_units += 1;
        }
        held = held.max(reader.held_bytes() + tree.held_bytes());
    }
    assert_eq!((n_units, faults.found()), (200_000, 0));
    assert!(held < 3 * piece.len(), "{held}");
}

#[test]
fn endless_repetition_and_endless_lines_are_bounded() {
    let limits = Limits { tree_bytes_max: 20_000, ..Limits::default() };
    let layout = layout(PERSONS);
    let address = good()[80..120].to_vec();
    let bytes = [&good()[..80], &address.repeat(100_000)].concat();
    let mut tree = Tree::new(layout.names().clone(), &limits);
    let (mut reader, mut faults) = (layout.reader(&limits), Faults::new(10));
    for piece in bytes.chunks(4_000) {
        reader.feed(piece);
        while reader.next(&mut tree, &mut faults) != Step::Hungry {}
        assert!(reader.held_bytes() + tree.held_bytes() < 100_000);
    }
    assert_eq!((faults.found(), faults.kept()[0].code.as_str()), (1, "V0106"));

    let layout = self::layout(LINES);
    let (mut reader, mut faults) = (layout.reader(&limits), Faults::new(10));
    for _ in 0..1_000 {
        reader.feed(&[b'x'; 100]);
        if reader.next(&mut tree, &mut faults) == Step::Broken {
            break;
        }
    }
    assert_eq!(faults.kept()[0].code.as_str(), "V0902");
    assert!(reader.held_bytes() < 20_000, "{}", reader.held_bytes());
}

#[test]
fn debug_shows_nothing_of_a_message() {
    let layout = layout(LINES);
    let mut reader = layout.clone().reader(&Limits::default());
    reader.feed(b"canary");
    let shown = format!("{reader:?} {:?}", layout.writer());
    assert!(!shown.contains("canary"), "{shown}");
}
