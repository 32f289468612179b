//! Envelopes on their way through the gateway: opened, judged by what is in them, and closed again as they were.

use crate::world::{Act, Reply, Seen, World, answer, limits, world};

const NAMESPACE: &str = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2";

const OVER: &str = r##"
#--- services/wrapped.toml
id = "dk.cpr/register/wrapped"
contract = "dk.example/invoice@1.0.0"
upstream = ["http://@A/wrapped"]
adapter = "peppol-sbdh"
[[route]]
path = "/wrapped"
adapter = "peppol-sbdh"
[receives]
keys = ["0088:5790000000029"]
#--- services/bare.toml
id = "dk.cpr/register/bare"
contract = "dk.example/invoice@1.0.0"
upstream = ["http://@A/bare"]
[[route]]
path = "/bare"
adapter = "peppol-sbdh"
#--- services/letters.toml
id = "dk.cpr/register/letters"
contract = "dk.example/letters@1.0.0"
upstream = ["http://@A/letters"]
adapter = "medcom-vans"
[[route]]
path = "/letters"
adapter = "medcom-vans"
#--- contracts/dk.example/invoice/1.0.0/contract.toml
id = "dk.example/invoice"
version = "1.0.0"
status = "in-force"
title = { en = "Invoice" }
[namespaces]
inv = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
[select]
root = "inv:Invoice"
[keys]
receiver = { path = "inv:To", scheme = "@scheme" }
[[operation]]
name = "ask"
kind = "two-way"
method = "POST"
path = "/ask"
request = { media-type = "application/xml", judge = [{ xsd = "schemas/invoice.xsd" }] }
response = { media-type = "application/xml", judge = [{ xsd = "schemas/invoice.xsd" }] }
#--- contracts/dk.example/invoice/1.0.0/schemas/invoice.xsd
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
  targetNamespace="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" elementFormDefault="qualified">
  <xs:element name="Invoice"><xs:complexType><xs:sequence>
    <xs:element name="Number" type="xs:int"/>
    <xs:element name="To"><xs:complexType><xs:simpleContent><xs:extension base="xs:string"><xs:attribute name="scheme"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>
#--- contracts/dk.example/letters/1.0.0/contract.toml
id = "dk.example/letters"
version = "1.0.0"
status = "in-force"
title = { en = "Letters" }
[[operation]]
name = "send"
kind = "two-way"
method = "POST"
path = "/send"
request = { media-type = "application/xml" }
response = { media-type = "application/xml" }
"##;

const XML: &str = "content-type: application/xml";

/// A document in an envelope whose header says more than any document does.
fn wrapped(number: &str, instance: &str) -> String {
    let header = |name: &str, value: &str| format!("<sh:{name}>{value}</sh:{name}>");
    let party = |name: &str, key: &str| {
        format!(
            "<sh:{name}><sh:Identifier Authority=\"iso6523-actorid-upis\">{key}</sh:Identifier><sh:ContactInformation>{}</sh:ContactInformation></sh:{name}>",
            header("Contact", "Ane")
        )
    };
    format!(
        "<?xml version=\"1.0\"?>\n<sh:StandardBusinessDocument xmlns:sh=\"http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader\">\
         <sh:StandardBusinessDocumentHeader>{}{}{}<sh:DocumentIdentification>{}</sh:DocumentIdentification>\
         <sh:BusinessScope><sh:Scope><sh:Type>OWN</sh:Type><sh:InstanceIdentifier>kept</sh:InstanceIdentifier></sh:Scope></sh:BusinessScope>\
         </sh:StandardBusinessDocumentHeader><!-- for you -->{}</sh:StandardBusinessDocument>\n",
        header("HeaderVersion", "1.0"),
        party("Sender", "0088:5790000000012"),
        party("Receiver", "0088:5790000000029"),
        header("InstanceIdentifier", instance),
        bare(number),
    )
}

fn bare(number: &str) -> String {
    format!(
        "<Invoice xmlns=\"{NAMESPACE}\"><Number>{number}</Number><To scheme=\"0088\">5790000000029</To></Invoice>"
    )
}

/// Answers as it is asked: in an envelope of its own, or without one.
fn provider(seen: &Seen) -> Act {
    let text = String::from_utf8_lossy(&seen.body).into_owned();
    match text.contains("StandardBusinessDocument") {
        true => answer(200, "application/xml", &wrapped("8", "of-the-answer")),
        false => answer(200, "application/xml", &bare("8")),
    }
}

async fn send(world: &World, path: &str, body: &str) -> Reply {
    world.ask("POST", path, &[XML], body.as_bytes()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_envelope_is_closed_again_with_all_that_its_header_says() {
    let world = world(OVER, provider).await;
    let sent = wrapped("7", "of-the-question");
    let reply = send(&world, "/wrapped/ask", &sent).await;
    assert_eq!((reply.status, reply.text()), (200, wrapped("8", "of-the-answer")));
    let seen = world.provider.seen();
    assert_eq!(String::from_utf8_lossy(&seen[0].body), sent);
    assert_eq!(seen[0].header("content-type"), Some("application/xml"));
    // Evidence has the document that was judged, and the envelope again.
    let (opening, closing) = world.exchange(reply.exchange()).await;
    let bytes: Vec<u64> = opening.translated.iter().map(|message| message.bytes).collect();
    assert_eq!(bytes.len(), 2);
    assert!(bytes[0] < sent.len() as u64 && bytes[1] == sent.len() as u64, "{bytes:?}");
    assert_eq!(opening.translated[1].digest, opening.request.digest);
    assert_eq!(closing.translated.len(), 2);
    assert_eq!(opening.verdict.unwrap().outcome, "accepted");

    // What is in it is judged, and a provider without envelopes gets the document alone.
    let reply = send(&world, "/wrapped/ask", &wrapped("x", "of-the-question")).await;
    assert_eq!((reply.status, reply.refusal().1.as_str()), (422, "F0108"), "{}", reply.text());
    assert_eq!(world.provider.seen().len(), 1);
    let reply = send(&world, "/bare/ask", &sent).await;
    assert!(
        String::from_utf8_lossy(&world.provider.seen()[1].body).contains(&bare("7")),
        "{}",
        reply.text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_envelope_that_finds_its_receiver_by_its_document_is_closed_again_too() {
    let settings = limits("").replace("[limits]\n", "");
    let documents = "[documents]\nadapters = { \"application/xml\" = \"peppol-sbdh\" }\n";
    let world = world(&format!("{settings}{documents}{OVER}"), provider).await;
    let sent = wrapped("7", "of-the-question");
    let reply = send(&world, "/documents", &sent).await;
    assert_eq!(reply.status, 202, "{}", reply.text());
    let seen = world.provider.wait_for(1).await;
    assert_eq!(String::from_utf8_lossy(&seen[0].body), sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_envelope_goes_over_the_disk_and_stays_what_it_is() {
    let over = format!("{}{OVER}", limits("body-memory-bytes-max = 1000"));
    let world = world(&over, provider).await;
    let sent = wrapped(&format!("{}7", " ".repeat(100_000)), "of-the-question");
    let reply = send(&world, "/wrapped/ask", &sent).await;
    assert_eq!((reply.status, reply.text()), (200, wrapped("8", "of-the-answer")));
    assert_eq!(String::from_utf8_lossy(&world.provider.seen()[0].body), sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_in_the_envelope_of_its_network_is_closed_again_as_it_was() {
    let letter = "<Emessage xmlns=\"http://rep.oio.dk/sundcom.dk/medcom.dk/xml/schemas/2006/07/01/\"><ClinicalEmail/></Emessage>";
    let data = base64(letter.as_bytes());
    let envelope = |id: &str| {
        format!(
            "<VANSEnvelope xmlns=\"urn:oio:medcom:vans-envelope:1.0.4\"><SenderID EndPointType=\"EAN\">5790000000012</SenderID>\
             <ReceiverID EndPointType=\"EAN\">5790000000029</ReceiverID><EnvelopeIdentifier>{id}</EnvelopeIdentifier>\
             <SentDateTime>2026-03-02T08:15:00</SentDateTime><Message><MetaInformation><Identifier>{id}</Identifier><Document>\
             <Format>XML</Format><Name>MCM:XDIS91</Name><SizeInBytes>{}</SizeInBytes></Document></MetaInformation><Data>{data}</Data></Message></VANSEnvelope>",
            letter.len()
        )
    };
    let answered = envelope("78");
    let world = {
        let answered = answered.clone();
        let act = move |_: &Seen| answer(200, "application/xml", &answered);
        world(OVER, act).await
    };
    let reply = send(&world, "/letters/send", &envelope("77")).await;
    assert_eq!((reply.status, reply.text()), (200, answered));
    assert_eq!(String::from_utf8_lossy(&world.provider.seen()[0].body), envelope("77"));
    let (opening, _) = world.exchange(reply.exchange()).await;
    assert_eq!(opening.translated[0].bytes, letter.len() as u64, "the letter itself is judged");
    // What is no base64 is no letter.
    let broken = envelope("77").replace(&data, "no letter!");
    let reply = send(&world, "/letters/send", &broken).await;
    assert_eq!((reply.status, reply.refusal().1.as_str()), (400, "F0101"), "{}", reply.text());
    assert_eq!(world.provider.seen().len(), 1);
}

fn base64(bytes: &[u8]) -> String {
    const WORDS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for piece in bytes.chunks(3) {
        let number = piece.iter().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
        let number = number << (8 * (3 - piece.len()));
        for at in 0..4 {
            let word = WORDS[(number >> (18 - 6 * at)) as usize & 63];
            text.push(if at <= piece.len() { char::from(word) } else { '=' });
        }
    }
    text
}
