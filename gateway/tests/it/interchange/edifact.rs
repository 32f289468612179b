//! Interchanges of EDIFACT: acknowledged by CONTRL, taken apart, and each letter translated.

use super::*;

const HEAD: &str = "UNB+UNOC:3+SENDER:14+RECIPIENT:14+261130:1200+REF1'";
const GOOD: &str = "UNH+GOOD+CONTRL:D:93A:ZZ'UCI+A+B+C+7'UNT+3+GOOD'";
const BAD: &str = "UNH+BAD+CONTRL:D:93A:ZZ'UCI+A+B+C'XYZ'UCM+M+T:D:93A:UN+77'UNT+9+BAD'";

/// An acknowledgement without what is stamped on it, a segment in a line.
fn segments(text: &str) -> String {
    let kept = text.split_inclusive('\'').map(|segment| match segment.split('+').next() {
        Some("UNB") => segment.rsplitn(3, '+').last().unwrap_or_default().to_owned(),
        Some("UNZ") => segment.rsplitn(2, '+').last().unwrap_or_default().to_owned(),
        _ => segment.to_owned(),
    });
    kept.collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sender_of_an_interchange_is_told_by_contrl() {
    let world = world(OVER, takes).await;
    let edifact = "content-type: application/edifact";
    let send = async |text: &str, more: &str| {
        world.ask("POST", "/edi", &[edifact, more], text.as_bytes()).await
    };
    let reply = send(&format!("{HEAD}{GOOD}{BAD}UNZ+2+REF1'"), "x-a: 1").await;
    assert_eq!((reply.status, reply.header("content-type")), (202, Some("application/edifact")));
    insta::assert_snapshot!(segments(&reply.text()), @r"
    UNB+UNOC:3+RECIPIENT:14+SENDER:14
    UNH+1+CONTRL:D:3:UN'
    UCI+REF1+SENDER:14+RECIPIENT:14+7'
    UCM+BAD+CONTRL:D:93A:ZZ+4+29+UNT+2'
    UCS+2'
    UCD+13+5'
    UCS+3+15'
    UCS+4'
    UCD+39+4'
    UNT+9+1'
    UNZ+1
    ");
    assert_eq!(got(&world, 1).await.len(), 1);
    assert_eq!(
        openings(&world.leaves().await).iter().filter(|each| each.parent.is_some()).count(),
        2
    );

    let reply = send(&format!("{HEAD}{GOOD}UNZ+2+REF1'"), "x-a: 1").await;
    assert_eq!((reply.status, reply.header("content-type")), (400, Some("application/edifact")));
    insta::assert_snapshot!(segments(&reply.text()), @r"
    UNB+UNOC:3+RECIPIENT:14+SENDER:14
    UNH+1+CONTRL:D:3:UN'
    UCI+REF1+SENDER:14+RECIPIENT:14+4+29+UNZ+2'
    UNT+3+1'
    UNZ+1
    ");
    assert_eq!(world.ending(reply.exchange()).await, Ending::Refused);
    // Who would rather have JSON gets it, and who does not say who he is.
    let reply = send(&format!("{HEAD}{GOOD}UNZ+2+REF1'"), "accept: application/problem+json").await;
    assert_eq!(reply.json()["violations"][0]["code"], "V0758", "{}", reply.text());
    let reply = send("UNH+GOOD", "x-a: 1").await;
    assert_eq!((reply.status, reply.refusal().1.as_str()), (400, "F0101"));
    let reply = send(&format!("{HEAD}{GOOD}{BAD}UNZ+2+REF1'"), "accept: application/json").await;
    assert_eq!(reply.json()["results"][1]["segment"], 6, "{}", reply.text());
}

/// The messages of a letter's interchange, each segment in a line, and what stands before them.
fn letter(name: &str) -> Option<(String, String)> {
    let folder = shared("corpora/medcom-edifact/edi")?;
    let bytes = std::fs::read(folder.join(name)).unwrap();
    let text: String = bytes.into_iter().map(char::from).filter(|c| !"\r\n".contains(*c)).collect();
    let (head, rest) = text.split_once("UNH+").unwrap();
    let (message, _) = rest.rsplit_once("UNZ+").unwrap();
    Some((head.to_owned(), format!("UNH+{message}")))
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_of_one_interchange_go_on_as_xml_one_by_one() {
    let (Some((head, first)), Some((_, second))) = (letter("DIS91_2.edi"), letter("DIS91_3.edi"))
    else {
        return;
    };
    let over = "#--- services/letters.toml\nid = \"dk.cpr/register/letters\"\nupstream = [\"http://@A/letters\"]\n\
                [[route]]\npath = \"/letters\"\nadapter = \"medcom\"\nmessages = \"many\"\n";
    let world = world(over, takes).await;
    // A third letter, with a segment that no letter has.
    let third = second.replace("EDI19", "EDI20").replacen("GIS+N'", "XYZ+N'", 1);
    let text = format!("{head}{first}{second}{third}UNZ+3+12152000000202'");
    let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let reply = world.ask("POST", "/letters", &["content-type: application/edifact"], &bytes).await;
    assert_eq!(reply.status, 202, "{}", reply.text());
    insta::assert_snapshot!(segments(&reply.text()), @r"
    UNB+UNOC:3+5790000120314:14+5790000121526:14
    UNH+1+CONTRL:D:3:UN'
    UCI+12152000000202+5790000121526:14+5790000120314:14+7'
    UCM+EDI20+MEDDIS:D:93A:UN:D9034L+4'
    UCS+14+15'
    UNT+5+1'
    UNZ+1
    ");
    let got = got(&world, 2).await;
    assert!(got.iter().any(|xml| xml.contains("<ClinicalEmail") && xml.contains("2512484916")));
    assert!(got.iter().any(|xml| xml.contains("<AdministrativeEmail")));
    let seen = world.provider.seen();
    assert!(seen.iter().all(|seen| seen.header("content-type") == Some("application/xml")));
}
