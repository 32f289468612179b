//! A canonical file of every format is written with the bytes that it was read from, in whatever pieces it came.

use super::described;
use crate::{
    builtin,
    tried::{layout, read, write},
};
use proptest::{collection::vec, prelude::*};
use sluse_contracts::{Message, payload::Limits};

/// A description, and a file as it is written by it.
type Canonical = BoxedStrategy<(&'static str, Vec<u8>)>;

const WORD: &str = "[a-zæøå]{1,8}";
const AMOUNT: &str = "-?(0|[1-9][0-9]{0,9})";

/// The canonical files of a format that needs a description. A format without any does not pass.
fn described_files(format: &str) -> Canonical {
    match format {
        "content" => {
            vec(any::<u8>(), 1..200).prop_map(|bytes| ("format = \"content\"", bytes)).boxed()
        }
        "csv" => rows(),
        "edifact" => interchanges(),
        "envelope" => envelopes(),
        "fixed" => records(),
        "json" => members(),
        "xml" => elements(),
        other => panic!("{other} has no canonical files"),
    }
}

fn rows() -> Canonical {
    let text = prop_oneof![WORD, "\"[a-z]{0,3}(;|\"\"|\n)[a-z]{0,3}\""];
    let row = ("[0-9]{1,9}", AMOUNT, "[0-9]{2}", text);
    let description = "format = \"csv\"\ncharacter-set = \"utf-8\"\ndelimiter = \";\"\nline-ends = \"lf\"\nrow = \"payment\"\nfield = [\n\
        { name = \"number\", kind = \"digits\" },\n\
        { name = \"amount\", kind = \"number\", decimals = 2, mark = \",\", sign = \"leading\", plus = \"blank\", pad = \"blank\" },\n\
        { name = \"note\" },\n]\n";
    let file = vec(row, 1..6).prop_map(move |rows| {
        let row = |(number, whole, decimals, note): &(String, String, String, String)| {
            let sign = if whole == "-0" && decimals == "00" { "0" } else { whole };
            format!("{number};{sign},{decimals};{note}\n")
        };
        let rows: String = rows.iter().map(row).collect();
        (description, format!("number;amount;note\n{rows}").into_bytes())
    });
    file.boxed()
}

fn records() -> Canonical {
    let description = "format = \"fixed\"\ncharacter-set = \"ibm277\"\nrecord-length = 26\n\
        type = { position = 1, length = 1 }\n\
        [[record]]\nname = \"person\"\ntype = \"1\"\nfield = [\n\
        { name = \"number\", position = 2, length = 5, kind = \"digits\" },\n\
        { name = \"name\", position = 7, length = 12 },\n\
        { name = \"amount\", position = 19, length = 8, kind = \"number\", decimals = 2 },\n]\n\
        [[record]]\nname = \"end\"\ntype = \"9\"\nrole = \"trailer\"\nfield = [\n\
        { name = \"records\", position = 2, length = 5, kind = \"count\", of = \"records\" },\n\
        { kind = \"filler\", position = 7, length = 20 },\n]\n";
    let file = vec(("[0-9]{5}", WORD, "[0-9]{8}"), 0..6).prop_map(move |persons| {
        let person = |(number, name, amount): &(String, String, String)| {
            format!("1{number}{name:<12}{amount}")
        };
        let mut text: String = persons.iter().map(person).collect();
        text.push_str(&format!("9{:05}{:20}", persons.len() + 1, ""));
        let mut bytes = Vec::new();
        crate::charset::CharacterSet::Ibm277.encode(&text, &mut bytes).unwrap();
        (description, bytes)
    });
    file.boxed()
}

fn interchanges() -> Canonical {
    let description = "format = \"edifact\"\nline-ends = \"lf\"\n\
        [composites]\nC108 = \"4440! 4440*4\"\n[segments]\nBGM = \"1001! 1004\"\nFTX = \"4451! C108\"\n\
        [[message]]\ntype = \"NOTICE\"\nof = [\"NOTICE:D:96A:UN\"]\nsegments = [\"BGM\", \"FTX 0..9\"]\n";
    let text = "([A-Za-zæøå0-9 ,.]|\\?\\?|\\?:|\\?\\+|\\?'){0,5}[A-Za-zæøå]";
    let message = ("[A-Z0-9]{0,6}", vec((text, "[A-Z]{0,3}"), 0..4));
    let file = vec(message, 1..4).prop_map(move |messages| {
        let mut file = "UNA:+.? '\nUNB+UNOC:3+A:14+B:14+261130:1200+I1'\n".to_owned();
        for (at, (number, notes)) in messages.iter().enumerate() {
            let number = if number.is_empty() { String::new() } else { format!("+{number}") };
            file.push_str(&format!("UNH+{at}+NOTICE:D:96A:UN'\nBGM+220{number}'\n"));
            for (text, more) in notes {
                let more = if more.is_empty() { String::new() } else { format!(":{more}") };
                file.push_str(&format!("FTX+AAI+{text}{more}'\n"));
            }
            file.push_str(&format!("UNT+{}+{at}'\n", notes.len() + 3));
        }
        file.push_str(&format!("UNZ+{}+I1'\n", messages.len()));
        (description, file.chars().map(|character| u8::try_from(character).unwrap()).collect())
    });
    file.boxed()
}

fn members() -> Canonical {
    let person = (WORD, "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,9})?", vec(WORD, 0..3), any::<bool>());
    // What stands before the units is part of each of them.
    let file = vec(person, 1..5).prop_map(|persons| {
        let person = |(name, income, towns, known): &(String, String, Vec<String>, bool)| {
            format!("{{\"name\":\"{name}\\n\",\"income\":{income},\"towns\":{towns:?},\"known\":{known},\"spouse\":null}}")
        };
        let persons: Vec<String> = persons.iter().map(person).collect();
        let persons = persons.join(",").replace("\", \"", "\",\"");
        let description = "format = \"json\"\narray = \"persons\"\nlists = [\"persons/towns\"]\n";
        (description, format!("{{\"made\":\"2026-11-30\",\"persons\":[{persons}]}}").into_bytes())
    });
    file.boxed()
}

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

fn elements() -> Canonical {
    let text = "([a-zæ€ '\"]|&amp;|&lt;|&gt;|&#13;){0,5}[a-z]";
    let file = vec((WORD, text, vec(text, 0..3)), 0..5).prop_map(|items| {
        let item = |(number, name, lines): &(String, String, Vec<String>)| {
            let lines: String = lines.iter().map(|line| format!("<p:line>{line}</p:line>")).collect();
            format!("<item no=\"{number}\"><p:name>{name}</p:name>{lines}<none/></item>")
        };
        let items: String = items.iter().map(item).collect();
        let root = "list xmlns=\"urn:list\" xmlns:p=\"urn:parts\"";
        let file = match items.is_empty() {
            true => format!("{DECLARATION}<{root}/>"),
            false => format!("{DECLARATION}<{root}><made>2026</made>{items}</list>"),
        };
        let description = "format = \"xml\"\nroot = \"list\"\nunit = \"item\"\ndefault-namespace = \"urn:list\"\n\
            namespaces = { p = \"urn:parts\" }\n";
        (description, file.into_bytes())
    });
    file.boxed()
}

fn envelopes() -> Canonical {
    let file = ("[0-9]{1,5}", "([a-zæ' \n]|<b/>|&amp;|<!--x-->){0,8}").prop_map(|(to, text)| {
        let document = format!("<a xmlns=\"urn:letter\">{text}</a>");
        let file = format!(
            "{DECLARATION}<h:Envelope xmlns:h=\"urn:example:envelope\"><h:To>{to}</h:To>{document}</h:Envelope>"
        );
        let description = "format = \"envelope\"\nroot = \"h:Envelope\"\n\
            namespaces = { h = \"urn:example:envelope\" }\n";
        (description, file.into_bytes())
    });
    file.boxed()
}

/// The canonical messages of a format that needs none.
fn builtin_files(format: &str) -> BoxedStrategy<Vec<u8>> {
    match format {
        "json" => members().prop_map(|(_, bytes)| bytes).boxed(),
        "xml" => elements().prop_map(|(_, bytes)| bytes).boxed(),
        "multipart" => vec(any::<u8>(), 0..80).prop_map(|attachment| parts(&attachment)).boxed(),
        other => panic!("{other} has no canonical messages"),
    }
}

/// An envelope of SOAP with an attachment, as the media type of the format has its boundary.
fn parts(attachment: &[u8]) -> Vec<u8> {
    let soap = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><a/></s:Body></s:Envelope>";
    let begin = format!(
        "--part\r\nContent-Type: text/xml\r\n\r\n{soap}\r\n--part\r\nContent-Type: image/png\r\n\r\n"
    );
    [begin.as_bytes(), attachment, b"\r\n--part--\r\n"].concat()
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_was_read_by_a_description_is_written_with_the_same_bytes(
        files in described().iter().map(|format| described_files(format.name)).collect::<Vec<_>>(),
        piece in 1_usize..60,
    ) {
        for (description, bytes) in files {
            let layout = layout(description);
            let (told, units) = read(&layout, &bytes, piece);
            prop_assert!(told.ends_with("end\n"), "{told}\n{}", lossy(&bytes));
            let written = write(&layout, &units).unwrap();
            prop_assert_eq!(lossy(&written), lossy(&bytes));
            prop_assert_eq!(written, bytes);
        }
    }

    #[test]
    fn what_needs_no_description_is_written_with_the_same_bytes(
        messages in builtin().iter().map(|format| builtin_files(format.name())).collect::<Vec<_>>(),
    ) {
        for (format, bytes) in builtin().iter().zip(messages) {
            let message = Message::new(format.media_type(), bytes.clone());
            let payload = format.decode(&message, &Limits::default());
            let payload = payload.map_err(|fault| TestCaseError::fail(fault.message))?;
            let written = format.encode(&payload).unwrap();
            prop_assert_eq!(lossy(&written.bytes), lossy(&bytes));
        }
    }
}
