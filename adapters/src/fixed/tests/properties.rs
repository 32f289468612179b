//! What holds for all descriptions and values.

use super::*;

/// Values for the fields of a person, canonical by their kinds.
fn person() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let born = (1930..2030_u32, 1..=12_u32, 1..=28_u32)
        .prop_map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}"));
    let income = "-?[1-9][0-9]{0,6}\\.[0-9]{2}";
    let change = "-?[1-9][0-9]{0,5}";
    let code = "[A-ZÆØÅ0-9][A-Za-zæøå]";
    (
        "[0-9]{10}",
        proptest::option::of(born),
        proptest::option::of(income),
        proptest::option::of(change),
        proptest::collection::vec(code, 0..=4),
    )
        .prop_map(|(number, born, income, change, codes)| {
            let mut fields = vec![("number", number)];
            fields.extend(born.map(|born| ("born", born)));
            fields.extend(income.map(|income| ("income", income)));
            fields.extend(change.map(|change| ("change", change)));
            fields.extend(codes.into_iter().map(|code| ("code", code)));
            fields
        })
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same_and_written_as_the_same(
        persons in proptest::collection::vec((person(), proptest::collection::vec("[!-~æøåÆØÅ]{1,20}", 0..3)), 0..6),
        piece in 1..200_usize,
    ) {
        let layout = layout(PERSONS);
        let mut units = Vec::new();
        let place = crate::tree::Place::default();
        let group = |tree: &mut Tree, name: &str| {
            let name = tree.find_name(name).unwrap();
            tree.open(crate::tree::Kind::Group, name, place).unwrap();
        };
        let mut start = Tree::new(layout.names().clone(), &Limits::default());
        group(&mut start, "start");
        units.push(start);
        for (fields, streets) in &persons {
            let mut tree = Tree::new(layout.names().clone(), &Limits::default());
            group(&mut tree, "person");
            for (name, value) in fields {
                tree.field(tree.find_name(name).unwrap(), value, place).unwrap();
            }
            for street in streets {
                group(&mut tree, "address");
                tree.field(tree.find_name("street").unwrap(), street, place).unwrap();
                tree.field(tree.find_name("floor").unwrap(), "-32768", place).unwrap();
                tree.close();
            }
            units.push(tree);
        }
        let bytes = write(&layout, &units).unwrap();
        let (text, again) = read_all(&layout, &bytes, piece, &Limits::default());
        prop_assert_eq!(faults(&text), "");
        prop_assert_eq!(again.len(), units.len() + 1);
        prop_assert_eq!(write(&layout, &again).unwrap(), bytes);
    }

    #[test]
    fn no_bytes_make_a_reader_panic_or_disagree_on_pieces(
        bytes in proptest::collection::vec(any::<u8>(), 0..200), piece in 1..50_usize, place in 0..240_usize,
    ) {
        for text in [PERSONS, LINES] {
            let layout = layout(text);
            prop_assert_eq!(read(&layout, &bytes, piece), read(&layout, &bytes, 1_000));
        }
        let layout = layout(PERSONS);
        let mut changed = good();
        for (to, byte) in changed.iter_mut().skip(place).zip(&bytes) {
            *to = *byte;
        }
        prop_assert_eq!(read(&layout, &changed, piece), read(&layout, &changed, 1_000));
    }
}

/// A field of some kind: its keys, and canonical values that fit.
fn any_field() -> impl Strategy<Value = (String, Option<String>)> {
    let text = (1..12_usize).prop_flat_map(|length| {
        let value = proptest::string::string_regex(&format!("[!-~æøåÆØÅ]{{1,{length}}}")).unwrap();
        (Just(format!("kind = 'text', length = {length}")), value)
    });
    let digits = (1..12_usize).prop_flat_map(|length| {
        let value = proptest::string::string_regex(&format!("[0-9]{{{length}}}")).unwrap();
        (Just(format!("kind = 'digits', length = {length}")), value)
    });
    let date = (1951..2050_u32, 1..=12_u32, 1..=28_u32, 0..4_usize).prop_map(|(y, m, d, form)| {
        let forms = ["'yyyyMMdd'", "'ddMMyy', pivot = 51", "'yyDDD', pivot = 51", "'dd.MM.yyyy'"];
        (format!("kind = 'date', form = {}", forms[form]), format!("{y:04}-{m:02}-{d:02}"))
    });
    prop_oneof![text, digits, any_number(), date]
        .prop_flat_map(|(keys, value)| (Just(keys), proptest::option::of(Just(value))))
}

/// A number in characters, packed or binary, with every place of the sign.
fn any_number() -> impl Strategy<Value = (String, String)> {
    (1..10_usize, 0..10_usize, any::<u64>(), any::<bool>(), 0..7_usize).prop_map(
        |(n_digits, decimals, seed, negative, kind)| {
            let decimals = decimals.min(n_digits);
            let number = seed % 10_u64.pow(u32::try_from(n_digits).unwrap());
            let digits = format!("{number:0width$}", width = decimals + 1);
            let (whole, fraction) = digits.split_at(digits.len() - decimals);
            let (keys, length, has_sign) = match kind {
                0 => ("kind = 'number'", n_digits, false),
                1 => ("kind = 'number', sign = 'leading'", n_digits + 1, true),
                2 => (
                    "kind = 'number', sign = 'leading', plus = 'blank', pad = 'blank'",
                    n_digits + 3,
                    true,
                ),
                3 => ("kind = 'number', sign = 'trailing'", n_digits + 1, true),
                4 => ("kind = 'number', sign = 'overpunch'", n_digits, true),
                5 => ("kind = 'packed'", n_digits / 2 + 1, true),
                _ => ("kind = 'binary'", 8, true),
            };
            let sign = if negative && has_sign && number > 0 { "-" } else { "" };
            let point = if decimals > 0 { "." } else { "" };
            let value = format!("{sign}{whole}{point}{fraction}");
            (format!("{keys}, length = {length}, decimals = {decimals}"), value)
        },
    )
}

proptest! {
    #[test]
    fn any_description_writes_what_it_reads(
        fields in proptest::collection::vec(any_field(), 1..12),
        set in prop_oneof![Just("iso-8859-1"), Just("iso-8859-15"), Just("windows-1252"),
            Just("cp850"), Just("cp865"), Just("ibm277"), Just("ibm1142")],
        n_units in 1..4_usize,
    ) {
        let mut keys = String::new();
        for (at, (field, _)) in fields.iter().enumerate() {
            keys.push_str(&format!("  {{ name = 'f{at}', {field} }},\n"));
        }
        let text = |length: usize| {
            format!("format = 'fixed'\ncharacter-set = '{set}'\nrecord-length = {length}\n[[record]]\nname = 'r'\nfield = [\n{keys}]\n")
        };
        // The warning of positions without a field says where the fields end.
        let warning = told(&text(60_000));
        let end = warning.split("positions ").nth(1).unwrap().split(' ').next().unwrap();
        let length = end.parse::<usize>().unwrap() - 1;
        let layout = layout(&text(length));
        let mut unit = Tree::new(layout.names().clone(), &Limits::default());
        let place = crate::tree::Place::default();
        unit.open(crate::tree::Kind::Group, unit.find_name("r").unwrap(), place).unwrap();
        for (at, (keys, value)) in fields.iter().enumerate() {
            let name = unit.find_name(&format!("f{at}")).unwrap();
            // A binary number has no form for "no value".
            let value = value.clone().or_else(|| keys.contains("binary").then(|| "0".to_owned()));
            if let Some(value) = value {
                unit.field(name, &value, place).unwrap();
            }
        }
        unit.close();
        let (mut writer, mut bytes) = (layout.clone().writer(), Vec::new());
        for _ in 0..n_units {
            writer.write(&unit, &mut bytes).unwrap();
        }
        prop_assert_eq!(bytes.len(), length * n_units);
        let (text, again) = read_all(&layout, &bytes, 50, &Limits::default());
        prop_assert_eq!(faults(&text), "");
        for (at, (keys, value)) in fields.iter().enumerate() {
            let found = again[0].at(again[0].root(), &["r", &format!("f{at}")]);
            let found = found.and_then(|node| again[0].value(node));
            if value.is_some() || !keys.contains("binary") {
                prop_assert_eq!(found, value.as_deref(), "{}", keys);
            }
        }
        prop_assert_eq!(write(&layout, &again).unwrap(), bytes);
    }
}

proptest! {
    /// Descriptions are people's, and yet nothing in them may make the program fail.
    #[test]
    fn no_description_makes_the_reader_of_descriptions_panic(
        at in 0..PERSONS.len(), cut in 0..40_usize, put in "[0-9a-z ={}\\[\\]\"',\n]{0,8}",
    ) {
        let head: String = PERSONS.chars().take(at).collect();
        let tail: String = PERSONS.chars().skip(at + cut).collect();
        let mut findings = Vec::new();
        let layout = describe("layout.toml", &format!("{head}{put}{tail}"), &mut findings);
        if let Some(layout) = layout {
            read(&layout, &good(), 64);
        } else {
            prop_assert!(findings.iter().any(sluse_contracts::Finding::is_error));
        }
    }
}
