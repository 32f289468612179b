//! Documents in the envelope of the network: wrapped and unwrapped, their bytes as they were.

use crate::{
    judge::Judge,
    translate::{shared, shipped, translate},
};
use sluse_adapters::mapping::Way;
use std::{fs, path::PathBuf};

const SCHEMAS: [&str; 5] = [
    "StandardBusinessDocumentHeader.xsd",
    "BasicTypes.xsd",
    "BusinessScope.xsd",
    "DocumentIdentification.xsd",
    "Partner.xsd",
];

fn judge(folder: &std::path::Path) -> Judge {
    let all = [&SCHEMAS[..], &["Manifest.xsd"]].concat();
    Judge::of(folder, &all, "[{ xsd = \"StandardBusinessDocumentHeader.xsd\" }]")
}

/// Invoices and credit notes of UBL whose parties have addresses in a network.
fn documents() -> Vec<(String, Vec<u8>)> {
    let Some(folder) = shared("corpora/en16931/test/testfiles") else { return Vec::new() };
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = entries.collect();
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).ok()?;
        let addressed = text.matches("EndpointID schemeID=").count() >= 2;
        let is_ubl = text.contains("schema:xsd:Invoice-2") || text.contains("xsd:CreditNote-2");
        let name = path.file_name()?.to_string_lossy().into_owned();
        (addressed && is_ubl).then(|| (name, text.into_bytes()))
    };
    paths.into_iter().filter_map(read).collect()
}

/// What stands in an envelope: the document without what may stand at the top of one alone.
fn element(document: &[u8]) -> &str {
    let text = str::from_utf8(document).unwrap().trim_start_matches('\u{feff}');
    let text = match text.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").unwrap().1,
        None => text,
    };
    text.trim()
}

#[test]
fn each_document_is_wrapped_by_what_it_says_and_comes_out_as_it_was() {
    let Some(folder) = shared("corpora/sbdh-1.3") else { return };
    let (judge, adapter, documents) = (judge(&folder), shipped("peppol-sbdh"), documents());
    assert!(documents.len() >= 5);
    for (name, document) in documents {
        let wrapped = translate(&adapter, Way::Reverse, &document, 1_000).sound();
        let violations = judge.violations(&wrapped);
        assert!(violations.is_empty(), "{name}: {violations:#?}");
        let text = str::from_utf8(&wrapped).unwrap();
        assert!(text.contains(element(&document)), "{name}: its bytes are in the envelope");
        for wanted in ["<sh:Sender>", "<sh:Receiver>", "DOCUMENTID", "PROCESSID", "T00:00:00Z"] {
            assert!(text.contains(wanted), "{name}: {wanted}");
        }
        let done = translate(&adapter, Way::Forward, &wrapped, 1_000);
        assert!(done.lost.is_empty(), "{name}: {:?}", done.lost);
        assert_eq!(str::from_utf8(&done.sound()).unwrap(), element(&document), "{name}");
    }
}

#[test]
fn each_published_envelope_is_opened() {
    let Some(folder) = shared("corpora/sbdh-1.3") else { return };
    let adapter = shipped("peppol-sbdh");
    let samples = [
        ("sample2Requesting.xml", "eanucc:order", "xmlns:eanucc"),
        ("sample2Responding.xml", "eanucc:", "xmlns:eanucc"),
        ("sample3.xml", "ediorder:Order", "xmlns:ediorder"),
    ];
    for (name, root, declaration) in samples {
        let envelope = fs::read_to_string(folder.join(name)).unwrap();
        let opened = translate(&adapter, Way::Forward, envelope.as_bytes(), 100).sound();
        let opened = String::from_utf8(opened).unwrap();
        // The samples declare at the envelope what their documents need: that comes along, all else is as it was.
        assert!(opened.starts_with(&format!("<{root}")), "{name}: {opened}");
        let (start, inner) = opened.split_once('>').unwrap();
        assert!(start.contains(declaration), "{name}: {start}");
        assert!(envelope.contains(inner), "{name}: what stands in the document is as it was");
    }
}

#[test]
fn a_document_that_is_text_is_opened_too() {
    let adapter = shipped("peppol-sbdh");
    let envelope = "<sh:StandardBusinessDocument \
        xmlns:sh='http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader'>\
        <sh:StandardBusinessDocumentHeader><sh:HeaderVersion>1.0</sh:HeaderVersion></sh:StandardBusinessDocumentHeader>\
        <TextContent xmlns='http://peppol.eu/xsd/ticc/envelope/1.0' mimeType='text/plain'>a &lt; b\næ</TextContent>\
        </sh:StandardBusinessDocument>";
    let opened = translate(&adapter, Way::Forward, envelope.as_bytes(), 7).sound();
    assert_eq!(str::from_utf8(&opened).unwrap(), "a < b\næ");
}

#[test]
fn a_document_of_no_known_kind_is_not_wrapped() {
    let adapter = shipped("peppol-sbdh");
    let done = translate(&adapter, Way::Reverse, b"<a/>", 7);
    assert!(done.bytes.is_empty());
    assert_eq!(done.broken.len(), 1, "{done:?}");
    assert!(done.broken[0].starts_with("V0903"), "{done:?}");
}
