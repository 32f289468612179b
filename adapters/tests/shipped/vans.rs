//! Letters of MedCom in the envelope of the network: wrapped by what they say, and their bytes as they were.

use crate::translate::{shared, shipped, translate};
use base64::{Engine, engine::general_purpose::STANDARD};
use sluse_adapters::mapping::Way;
use std::{fs, path::PathBuf};

/// The text of the first element of a name, attributes apart.
fn text_of<'t>(xml: &'t str, name: &str) -> &'t str {
    let (_, rest) = xml.split_once(&format!("<{name}")).unwrap_or_else(|| panic!("{name}: {xml}"));
    rest.split_once('>').unwrap().1.split_once("</").unwrap().0
}

fn letters() -> Vec<(String, Vec<u8>)> {
    let Some(folder) = shared("corpora/medcom-edifact/xml") else { return Vec::new() };
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: PathBuf| (path.display().to_string(), fs::read(path).unwrap());
    paths.into_iter().map(read).collect()
}

#[test]
fn each_letter_is_wrapped_by_what_it_says_and_comes_out_as_it_was() {
    let adapter = shipped("medcom-vans");
    for (name, letter) in letters() {
        let wrapped = translate(&adapter, Way::Reverse, &letter, 1_000).sound();
        let text = str::from_utf8(&wrapped).unwrap();
        let data = text_of(text, "Data");
        assert_eq!(STANDARD.decode(data).unwrap(), letter, "{name}");
        assert_eq!(text_of(text, "SizeInBytes"), letter.len().to_string(), "{name}");
        let said: String = letter.iter().copied().map(char::from).collect();
        for (element, says) in [("Version", "VersionCode"), ("SenderID", "EANIdentifier")] {
            assert_eq!(text_of(text, element), text_of(&said, says), "{name}: {element}");
        }
        assert!(text_of(text, "Name").starts_with("MCM:X"), "{name}: {text}");
        let identifier = text_of(text, "EnvelopeIdentifier");
        let lengths: Vec<usize> = identifier.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{name}: {identifier}");
        let again = translate(&adapter, Way::Reverse, &letter, 7).sound();
        assert_eq!(again, wrapped, "{name}: the same letter has the same identifiers");
        let done = translate(&adapter, Way::Forward, &wrapped, 1_000);
        assert!(done.lost.is_empty(), "{name}: {:?}", done.lost);
        assert_eq!(done.sound(), letter, "{name}");
    }
}

#[test]
fn what_is_no_letter_of_xml_is_neither_opened_nor_wrapped() {
    let adapter = shipped("medcom-vans");
    let envelope = |inner: &str| {
        format!(
            "<VANSEnvelope xmlns='urn:oio:medcom:vans-envelope:1.0.4'><SenderID EndPointType='EAN'>5790000000012</SenderID>\
             <ReceiverID EndPointType='EAN'>5790000000029</ReceiverID>{inner}</VANSEnvelope>"
        )
    };
    for inner in [
        "<Receipt><PositiveMessage/></Receipt>",
        "<Message><MetaInformation><Document><Format>EDIFACT</Format></Document></MetaInformation><Data>VU5B</Data></Message>",
    ] {
        let done = translate(&adapter, Way::Forward, envelope(inner).as_bytes(), 7);
        assert!(done.refused[0].starts_with("V0956") && done.bytes.is_empty(), "{done:?}");
    }
    let done = translate(&adapter, Way::Reverse, b"<Emessage xmlns='urn:another'/>", 7);
    assert!(done.broken[0].starts_with("V0903") && done.bytes.is_empty(), "{done:?}");
}
