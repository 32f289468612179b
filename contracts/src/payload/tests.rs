use super::*;
use crate::MediaType;

/// The code of what is wrong with a message, or nothing.
fn check(media_type: &str, bytes: &[u8]) -> String {
    let media_type: MediaType = media_type.parse().unwrap();
    let message = Message::new(media_type, bytes.to_vec());
    match Payload::parse(&message, &Limits::default()) {
        Ok(_) => String::new(),
        Err(violation) => violation.code.to_string(),
    }
}

#[test]
fn names_what_is_wrong_with_bad_input() {
    let wide = |text: &str| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let attributes: String = (0..100_000).map(|at| format!(" a{at}=''")).collect();
    let deep = "<a>".repeat(10_000) + &"</a>".repeat(10_000);
    for (media_type, bytes, code) in [
        ("application/xml", b"<a/>".to_vec(), ""),
        ("application/xml", b"\xef\xbb\xbf<a/>".to_vec(), ""),
        ("text/xml", wide("<a/>"), ""),
        ("application/xml;charset=iso-8859-1", b"<a>\xe6</a>".to_vec(), ""),
        ("application/xml", b"<a>\xe6</a>".to_vec(), "V0102"),
        ("application/xml;charset=klingon", b"<a/>".to_vec(), "V0102"),
        ("application/xml", b"<a>".to_vec(), "V0101"),
        ("application/xml", b"".to_vec(), "V0109"),
        ("application/xml", b"<!DOCTYPE a []><a/>".to_vec(), "V0103"),
        ("application/xml", b"<a>&b;</a>".to_vec(), "V0110"),
        ("application/xml", b"<b:a/>".to_vec(), "V0112"),
        ("application/xml", deep.into_bytes(), "V0104"),
        ("application/xml", format!("<a{attributes}/>").into_bytes(), "V0105"),
        ("application/xml", format!("<{}/>", "a".repeat(2_000)).into_bytes(), "V0111"),
        ("application/json", wide("{}"), "V0102"),
        ("application/problem+json", b"{\"a\":1,\"a\":2}".to_vec(), "V0108"),
        ("text/plain", b"a".to_vec(), ""),
        ("text/plain", b"".to_vec(), "V0109"),
    ] {
        let start = String::from_utf8_lossy(bytes.get(..20).unwrap_or(&bytes)).into_owned();
        assert_eq!(check(media_type, &bytes), code, "{media_type} {start}");
    }
}
