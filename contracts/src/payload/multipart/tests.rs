//! Messages of several parts, right, broken and hostile.

use super::{super::PARTS_MAX, Multipart};
use crate::{Message, payload::Limits};
use proptest::prelude::*;

const ROOT: &str = "Content-Type: text/xml\r\n\r\n<a/>\r\n";

fn parse(content_type: &str, body: &str) -> Result<Multipart, String> {
    let message = Message::new(content_type.parse().unwrap(), body.as_bytes().to_vec());
    Multipart::parse(&message, &Limits::default()).map_err(|violation| violation.code.to_string())
}

#[test]
fn splits_by_the_letter() {
    let of_b = "multipart/related; boundary=b";
    for (content_type, body, n_parts) in [
        (of_b, format!("--b\r\n{ROOT}--b--"), 1),
        (of_b, format!("preamble\r\n--b \t\r\n{ROOT}--b\r\n\r\n\r\n--b--\r\nepilogue"), 2),
        // A boundary that stands within a line, or as the beginning of a longer one, is none.
        (of_b, format!("--b\r\n{ROOT}--b\r\n\r\n --b--b\r\n--b--"), 2),
        ("multipart/related; boundary=\"b=?\"", format!("--b=?\r\n{ROOT}--b=?--"), 1),
        (of_b, format!("--b\r\n{ROOT}--b\r\nContent-ID:\r\n <x@y>\r\n\r\nx\r\n--b--"), 2),
    ] {
        let read = parse(content_type, &body).unwrap_or_else(|code| panic!("{code} {body}"));
        assert_eq!(read.contents.len(), n_parts, "{body}");
    }
}

#[test]
fn refuses_what_cannot_be_told_apart() {
    let of_b = "multipart/related; boundary=b";
    let part = |head: &str| format!("--b\r\n{ROOT}--b\r\n{head}\r\n\r\nx\r\n--b--");
    for (content_type, body, code) in [
        ("multipart/related", format!("--b\r\n{ROOT}--b--"), "V0121"),
        ("multipart/related; boundary=c", format!("--b\r\n{ROOT}--b--"), "V0121"),
        (of_b, String::new(), "V0121"),
        (of_b, "--b--".into(), "V0121"),
        (of_b, format!("--b\r\n{ROOT}"), "V0121"),
        (of_b, "--b\r\nno head at all\r\n--b--".into(), "V0121"),
        (of_b, part("no header"), "V0121"),
        (of_b, part("Content-ID: <a>\r\nContent-ID: <b>"), "V0121"),
        (
            of_b,
            format!("--b\r\nContent-ID: a\r\n{ROOT}--b\r\nContent-Id: <a>\r\n\r\nx\r\n--b--"),
            "V0121",
        ),
        (of_b, part("Content-Encoding: gzip"), "V0123"),
        (of_b, part(&format!("X: {}", "x".repeat(17_000))), "V0122"),
        (of_b, "--b\r\n\r\n<a/>\r\n--b--".into(), "V0113"),
        (of_b, format!("--b\r\nContent-Transfer-Encoding: base64\r\n{ROOT}--b--"), "V0113"),
        (of_b, "--b\r\nContent-Type: text/xml\r\n\r\n<a\r\n--b--".into(), "V0101"),
    ] {
        assert_eq!(parse(content_type, &body).unwrap_err(), code, "{body}");
    }
}

#[test]
fn counts_parts_and_what_they_would_be_in_the_document() {
    let many = |n: usize| format!("--b\r\n{ROOT}{}--b--", "--b\r\n\r\n\r\n".repeat(n - 1));
    assert!(parse("multipart/related; boundary=b", &many(PARTS_MAX)).is_ok());
    for n in [PARTS_MAX + 1, 10_000] {
        assert_eq!(parse("multipart/related; boundary=b", &many(n)).unwrap_err(), "V0122");
    }
    // One attachment that is referred to often counts as often.
    let include = "<x:Include xmlns:x='http://www.w3.org/2004/08/xop/include' href='cid:f'/>";
    let root = format!("Content-Type: text/xml\r\n\r\n<a>{}</a>\r\n", include.repeat(1_000));
    let file = "x".repeat(10_000);
    let body = format!("--b\r\n{root}--b\r\nContent-ID: <f>\r\n\r\n{file}\r\n--b--");
    let message = Message::new("multipart/related; boundary=b".parse().unwrap(), body);
    let limits = |tree_bytes_max| Limits { tree_bytes_max, ..Limits::default() };
    assert!(Multipart::parse(&message, &limits(20_000_000)).is_ok());
    let violation = Multipart::parse(&message, &limits(5_000_000)).unwrap_err();
    assert_eq!(violation.code.as_str(), "V0106");
}

proptest! {
    #[test]
    fn reads_whatever_comes_without_a_panic(pieces in proptest::collection::vec(
        prop_oneof![
            Just("--b"), Just("--"), Just("\r\n"), Just("\n"), Just(" "), Just(":"), Just("Content-ID: <f>"),
            Just("Content-Type: text/xml"), Just("<a/>"), Just("\r\n\r\n"), Just("é"),
        ],
        0..40,
    )) {
        let _ = parse("multipart/related; boundary=b", &pieces.concat());
    }
}
