//! Every vector of the shared corpus, vectors of our own where it has none, and properties.

mod search;

use super::*;
use crate::shared::shared;
use proptest::prelude::*;
use serde_json::Value;

/// The vectors of one identifier, and how many there are to be.
fn vectors(of: &str, n_vectors: usize) -> Vec<Value> {
    let Some(path) = shared("corpora/identifiers/vectors.json") else { return Vec::new() };
    let all: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let vectors = all[of].as_array().unwrap().clone();
    assert_eq!(vectors.len(), n_vectors, "{of}");
    vectors
}

/// Asserts that a vector has no field but these, so that none is passed over.
fn has_fields(vector: &Value, fields: &[&str]) {
    let found: Vec<&str> = vector.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(found, fields, "{vector}");
}

fn check(identifier: Identifier, text: &str) -> Result<(), Misfit> {
    Demand::new(identifier).check(text)
}

/// `form`, `digits` or nothing, as a table says it.
fn misfit(result: Result<(), Misfit>) -> &'static str {
    match result {
        Ok(()) => "",
        Err(Misfit::Form(_)) => "form",
        Err(Misfit::CheckDigits(_)) => "digits",
    }
}

#[test]
fn cpr_vectors_hold() {
    for vector in vectors("cpr", 16) {
        has_fields(&vector, &["value", "digits10", "mod11", "birth_year", "stdnum_valid"]);
        let text = vector["value"].as_str().unwrap();
        let read = cpr::read(text);
        assert_eq!(Value::from(read.is_some()), vector["digits10"], "{text}");
        assert_eq!(Value::from(read.map(|cpr| cpr.mod_11)), vector["mod11"], "{text}");
        assert_eq!(Value::from(read.map(|cpr| cpr.birth_year)), vector["birth_year"], "{text}");
        // That library takes a hyphen, and does not ask for modulus 11.
        let plain = cpr::read(&text.replace('-', ""));
        let is_valid = plain.is_some_and(|cpr| cpr.series == Some(Series::Personal));
        assert_eq!(Value::from(is_valid), vector["stdnum_valid"], "{text}");
        let told = match (read.is_some() && is_valid, read.is_some_and(|cpr| cpr.mod_11)) {
            (false, _) => "form",
            (true, false) => "digits",
            (true, true) => "",
        };
        assert_eq!(misfit(check(Identifier::Cpr, text)), told, "{text}");
    }
}

#[test]
fn cvr_and_se_vectors_hold() {
    for vector in vectors("cvr", 11) {
        has_fields(&vector, &["value", "stdnum_valid", "mod11"]);
        let text = vector["value"].as_str().unwrap();
        let is_right = cvr::sum_is_right(text) == Some(true);
        assert_eq!(Value::from(is_right), vector["mod11"], "{text}");
        for identifier in [Identifier::Cvr, Identifier::Se] {
            let is_valid = check(identifier, text).is_ok();
            assert_eq!(Value::from(is_valid), vector["stdnum_valid"], "{text}");
        }
    }
}

#[test]
fn gln_vectors_hold() {
    for vector in vectors("gln", 9) {
        has_fields(&vector, &["value", "valid"]);
        let text = vector["value"].as_str().unwrap();
        assert_eq!(Value::from(check(Identifier::Gln, text).is_ok()), vector["valid"], "{text}");
    }
}

#[test]
fn fodselsnummer_vectors_hold() {
    let fields =
        ["value", "synthetic", "dnummer", "k1_rest", "k2_rest", "valid_1964", "valid_2032"];
    for vector in vectors("fodselsnummer", 9) {
        has_fields(&vector, &fields);
        let text = vector["value"].as_str().unwrap();
        let read = fodselsnummer::read(text).unwrap();
        let is_synthetic = read.month == Series::Synthetic;
        assert_eq!(Value::from(is_synthetic), vector["synthetic"], "{text}");
        assert_eq!(Value::from(read.is_d_number), vector["dnummer"], "{text}");
        assert_eq!(Value::from(read.k1_rest), vector["k1_rest"], "{text}");
        assert_eq!(Value::from(read.k2_rest), vector["k2_rest"], "{text}");
        for (control_digits, field) in
            [(ControlDigits::Of1964, "valid_1964"), (ControlDigits::Of2032, "valid_2032")]
        {
            let demand = Demand { control_digits, ..Demand::new(Identifier::Fodselsnummer) };
            let is_valid = demand.check(text).is_ok();
            assert_eq!(Value::from(is_valid), vector[field], "{text} {field}");
        }
    }
}

#[test]
fn organisasjonsnummer_vectors_hold() {
    for vector in vectors("orgnr", 7) {
        has_fields(&vector, &["value", "stdnum_valid"]);
        let text = vector["value"].as_str().unwrap();
        let is_valid = check(Identifier::Organisasjonsnummer, text).is_ok();
        assert_eq!(Value::from(is_valid), vector["stdnum_valid"], "{text}");
    }
}

/// Own vectors; the numbers are made up.
#[test]
fn every_identifier_tells_form_from_check_digits() {
    use Identifier::{
        Cpr, Cvr, Fodselsnummer, Gln, Iban, Organisasjonsnummer, PNumber, Personnummer, Se,
    };
    for (identifier, text, told) in [
        (Cpr, "0101650000", "digits"),
        (Cpr, "010165-0000", "form"),
        (Cpr, "٠١٠١٦٥٠٠٠٠", "form"),
        (Cpr, "2902004000", "digits"),
        (Cpr, "2902000000", "form"),
        (Cpr, "0113650000", "form"),
        (Cpr, "0000650000", "form"),
        (Cpr, "6101650000", "form"),
        (Cvr, "27510647", ""),
        (Cvr, "2751064", "form"),
        (Cvr, "DK27510647", "form"),
        (Cvr, "02751064", "form"),
        (Se, "27510648", "digits"),
        (Se, "2751064A", "form"),
        (PNumber, "1000000000", ""),
        (PNumber, "0000000000", ""),
        (PNumber, "100000000", "form"),
        (PNumber, "10000000000", "form"),
        (PNumber, "100000000x", "form"),
        (Gln, "5790000000001", "digits"),
        (Gln, "579000000000", "form"),
        (Organisasjonsnummer, "710075918", "form"),
        (Organisasjonsnummer, "910075910", "digits"),
        (Fodselsnummer, "41016512345", "digits"),
        (Fodselsnummer, "72016512345", "form"),
        (Fodselsnummer, "01136512345", "form"),
        (Fodselsnummer, "01536512345", "form"),
        (Fodselsnummer, "01936512345", "form"),
        (Fodselsnummer, "0101651234", "form"),
        (Personnummer, "640823-3234", ""),
        (Personnummer, "6408233234", ""),
        (Personnummer, "640823+3234", ""),
        (Personnummer, "19640823-3234", ""),
        (Personnummer, "196408233234", ""),
        (Personnummer, "196408233235", "digits"),
        (Personnummer, "701063-2391", ""),
        (Personnummer, "701092-2391", "form"),
        (Personnummer, "701003-2391", "digits"),
        (Personnummer, "176408233234", "form"),
        (Personnummer, "19640823-323", "form"),
        (Personnummer, "9640823-3234", "form"),
        (Personnummer, "640823--3234", "form"),
        (Personnummer, "640230-3234", "form"),
        (Personnummer, "", "form"),
        (Personnummer, "æøå", "form"),
        (Iban, "DK5000400440116243", ""),
        (Iban, "NO9386011117947", ""),
        (Iban, "SE4550000000058398257466", ""),
        (Iban, "GB82WEST12345698765432", ""),
        (Iban, "GB82WEST12345698765433", "digits"),
        (Iban, "DK5000400440116244", "digits"),
        (Iban, "DK50 0040 0440 1162 43", "form"),
        (Iban, "dk5000400440116243", "form"),
        (Iban, "DK500040044011624", "form"),
        (Iban, "ZZ5000400440116243", "form"),
        (Iban, "DKA000400440116243", "form"),
        (Iban, "D", "form"),
        (Iban, "æ", "form"),
    ] {
        assert_eq!(misfit(check(identifier, text)), told, "{identifier:?} {text}");
    }
}

#[test]
fn a_series_is_taken_where_the_contract_says_so() {
    use Series::{Coordination, DNumber, HNumber, Personal, Replacement, Synthetic};
    for (identifier, text, taken, told) in [
        // A replacement number has no check digit.
        (Identifier::Cpr, "6101650000", &[Personal, Replacement][..], ""),
        (Identifier::Cpr, "0101650000", &[Replacement], "form"),
        (Identifier::Fodselsnummer, "20036914700", &[Personal], ""),
        (Identifier::Fodselsnummer, "20036914700", &[DNumber], "form"),
        (Identifier::Fodselsnummer, "03851598730", &[Synthetic], ""),
        (Identifier::Fodselsnummer, "03851598730", &[Personal, HNumber], "form"),
        (Identifier::Fodselsnummer, "60036900000", &[DNumber], "digits"),
        (Identifier::Fodselsnummer, "60036900000", &[Personal], "form"),
        (Identifier::Fodselsnummer, "60836900000", &[Synthetic], "form"),
        (Identifier::Fodselsnummer, "60836900000", &[Synthetic, DNumber], "digits"),
        (Identifier::Fodselsnummer, "20436900000", &[HNumber], "digits"),
        (Identifier::Fodselsnummer, "20436900000", &[Personal], "form"),
        (Identifier::Personnummer, "701063-2391", &[Coordination], ""),
        (Identifier::Personnummer, "701063-2391", &[Personal], "form"),
    ] {
        let demand = Demand { series: taken.to_vec(), ..Demand::new(identifier) };
        assert_eq!(misfit(demand.check(text)), told, "{text} {taken:?}");
    }
}

#[test]
fn every_identifier_has_a_word_and_its_series_have_words() {
    for (word, identifier) in NAMES {
        assert_eq!(identifier.word(), *word);
        assert!(identifier.series_taken().iter().all(|each| identifier.series().contains(each)));
        for series in identifier.series() {
            assert!(SERIES.iter().any(|(_, each)| each == series));
        }
    }
    assert!(
        NAMES.iter().all(|(_, each)| each.has_check_digits() == (*each != Identifier::PNumber))
    );
}

proptest! {
    /// Total on any text, and one digit that is changed is always found where check digits are hard.
    #[test]
    fn a_changed_digit_is_found(at in 0_usize..13, by in 1_u8..10) {
        for (identifier, text) in [
            (Identifier::Gln, "5798009811547"),
            (Identifier::Organisasjonsnummer, "910075918"),
            (Identifier::Fodselsnummer, "20036914700"),
            (Identifier::Personnummer, "6408233234"),
            (Identifier::Cvr, "27510647"),
        ] {
            let mut bytes = text.as_bytes().to_vec();
            let at = at % bytes.len();
            bytes[at] = b'0' + (bytes[at] - b'0' + by) % 10;
            let changed = String::from_utf8(bytes).unwrap();
            let demand = Demand {
                control_digits: ControlDigits::Of1964,
                ..Demand::new(identifier)
            };
            prop_assert!(demand.check(text).is_ok());
            prop_assert!(demand.check(&changed).is_err(), "{changed}");
        }
    }

    #[test]
    fn any_text_is_judged(text in "\\PC{0,20}|[0-9+-]{6,14}|[A-Z]{2}[0-9A-Z]{0,32}") {
        for (_, identifier) in NAMES {
            let _ = check(*identifier, &text);
        }
    }

    /// An IBAN of any account is right with the digits that ISO 13616 reckons for it, and with no others.
    #[test]
    fn an_iban_has_one_pair_of_check_digits(account in "[0-9]{14}") {
        let right = (0..100).filter(|check| {
            iban::check(&format!("DK{check:02}{account}")).is_ok()
        });
        prop_assert_eq!(right.count(), 1);
    }
}
