//! Forms, multipart bodies and texts, and how closely a media range fits.

use super::{judge, judge_bytes, load};

const DESCRIPTION: &str = r#"
openapi: 3.0.3
paths:
  /a:
    post:
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema: &form
              type: object
              required: [name]
              additionalProperties: false
              properties:
                name: { type: string, minLength: 2 }
                age: { type: integer }
                tags: { type: array, items: { enum: [a, b] } }
                codes: { type: array, items: { type: integer } }
                address: { type: object, required: [street], properties: { street: { type: string } } }
                file: { type: string, format: binary }
                files: { type: array, items: { type: string, format: binary } }
            encoding: { codes: { style: pipeDelimited, explode: false } }
          multipart/form-data:
            schema: *form
            encoding:
              file: { contentType: "image/png, application/*", headers: { X-Size: { required: true, schema: { type: integer } } } }
          text/plain: { schema: { type: string, maxLength: 3 } }
          text/csv: {}
          application/*+json: { schema: { required: [a] } }
          application/json: { schema: { required: [b] } }
          "*/*": { schema: { type: string } }
      responses: { "200": { description: x } }
"#;

fn check(request: &str) -> String {
    let (contract, findings) = load(DESCRIPTION, &[]);
    let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
    judge(&contract, &format!("POST /a\ncontent-type: {request}"))
}

fn parts(parts: &[&str]) -> String {
    let parts: String = parts.iter().map(|part| format!("--b\r\n{part}\r\n")).collect();
    format!("multipart/form-data; boundary=b\n\n{parts}--b--\r\n")
}

#[test]
fn judges_the_fields_of_a_form() {
    let form = "application/x-www-form-urlencoded\n\n";
    for good in [
        "name=ab",
        "name=a+b&age=7&tags=a&tags=b&codes=1|2%7C3",
        "name=ab&address=%7B%22street%22%3A%22x%22%7D",
    ] {
        assert_eq!(check(&format!("{form}{good}")), "", "{good}");
    }
    let bad = "age=CANARY&tags=c&codes=1|CANARY&address=CANARY&CANARY=1&name=a&name=CANARY";
    insta::assert_snapshot!(check(&format!("{form}{bad}")), @r#"
    V0507 /address the field is not well-formed JSON [openapi#/paths/~1a/post/requestBody]
    V0507 /name the field stands more than once, and takes one value [openapi#/paths/~1a/post/requestBody]
    V0401 /age the value must be of type integer [openapi#/paths/~1a/post/requestBody/content/application~1x-www-form-urlencoded/schema/properties/age/type]
    V0401 /codes/1 the value must be of type integer [openapi#/paths/~1a/post/requestBody/content/application~1x-www-form-urlencoded/schema/properties/codes/items/type]
    V0403 /tags/0 the value must be one of "a", "b" [openapi#/paths/~1a/post/requestBody/content/application~1x-www-form-urlencoded/schema/properties/tags/items/enum]
    V0404 /* the schema does not allow this member [openapi#/paths/~1a/post/requestBody/content/application~1x-www-form-urlencoded/schema/additionalProperties]
    "#);
}

#[test]
fn judges_the_parts_of_a_multipart_body() {
    let name = "Content-Disposition: form-data; name=\"name\"\r\n\r\nab";
    let address = "Content-Disposition: form-data; name=address\r\nContent-Type: application/json\r\n\r\n{\"street\":\"x\"}";
    let file = "Content-Disposition: form-data; name=file; filename=x\r\nContent-Type: image/png\r\nX-Size: 4\r\n\r\n\u{0}\u{1}";
    let files = "Content-Disposition: form-data; name=files\r\n\r\nx";
    assert_eq!(check(&parts(&[name, address, file, files, files])), "");
    let gzip = "Content-Disposition: form-data; name=age\r\nContent-Encoding: gzip\r\n\r\nx";
    let text = "Content-Disposition: form-data; name=file\r\nContent-Type: text/plain\r\n\r\nx";
    let broken = "Content-Disposition: form-data; name=address\r\nContent-Type: application/json\r\n\r\n{\"CANARY";
    let unknown = "Content-Disposition: form-data; name=CANARY\r\n\r\nx";
    insta::assert_snapshot!(check(&parts(&[name, name, gzip, text, broken, unknown])), @r#"
    V0507 /name the part stands more than once, and takes one value [openapi#/paths/~1a/post/requestBody]
    V0123 /age the part is in a content coding, which is not read [openapi#/paths/~1a/post/requestBody]
    V0504 /file the header `x-size` of the part is missing [openapi#/paths/~1a/post/requestBody/content/multipart~1form-data/encoding/file/headers/X-Size]
    V0507 /file the part is of another media type than declared: it takes image/png, application/* [openapi#/paths/~1a/post/requestBody]
    V0107 /address a string does not end [openapi#/paths/~1a/post/requestBody]
    V0404 /* the schema does not allow this member [openapi#/paths/~1a/post/requestBody/content/multipart~1form-data/schema/additionalProperties]
    "#);
    for (request, expected) in [
        ("multipart/form-data\n\nx", "V0121"),
        ("multipart/form-data; boundary=c\n\n--b--", "V0121"),
        ("multipart/form-data; boundary=b\n\n--b\r\na: b\r\n\r\nx", "V0121"),
        (parts(&["a: b\r\n\r\nx"]).as_str(), "V0121"),
        (parts(&[name, "\r\nx"]).as_str(), "V0121"),
        (parts(&[name, "Content-Disposition: form-data\r\n\r\nx"]).as_str(), "V0121"),
        (parts(&[name, "Content-Disposition: form-data; name=age; name=name\r\n\r\n1"]).as_str(), "V0121"),
        (parts(&["Content-Disposition: attachment; name=name\r\n\r\nab"]).as_str(), "V0121"),
        (parts(&["Content-Disposition: form-data; name=age\r\nContent-Disposition: form-data; name=name\r\n\r\nab"]).as_str(), "V0121"),
        (parts(&["\r\n"; 10_000]).as_str(), "V0122"),
        (parts(&[&"a: b\r\n".repeat(10_000)]).as_str(), "V0122"),
    ] {
        assert!(check(request).starts_with(expected), "{request:.60}");
    }
}

#[test]
fn a_part_of_a_list_is_told_by_its_number() {
    let name = "Content-Disposition: form-data; name=name\r\n\r\nab";
    let files = "Content-Disposition: form-data; name=files\r\n\r\nx";
    let coded = "Content-Disposition: form-data; name=files\r\nContent-Encoding: br\r\n\r\nx";
    let found = check(&parts(&[name, files, coded, files]));
    assert!(found.starts_with("V0123 /files/1 "), "{found}");
    let unstated = "Content-Disposition: form-data; name=file\r\nX-Size: x\r\n\r\nx";
    let found = check(&parts(&[name, unstated]));
    insta::assert_snapshot!(found, @r#"
    V0504 /file the header `x-size` of the part: the value must be of type integer [openapi#/paths/~1a/post/requestBody/content/multipart~1form-data/encoding/file/headers/X-Size/schema/type]
    V0507 /file the part states no media type, which means text/plain: it takes image/png, application/* [openapi#/paths/~1a/post/requestBody]
    "#);
}

/// RFC 2046, section 4.1.2; RFC 7578, section 4.6: a text is of the charset that its media type states, or a part named
/// `_charset_`; else of UTF-8.
#[test]
fn texts_are_read_in_their_charset() {
    let (contract, findings) = load(DESCRIPTION, &[]);
    let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
    let judged = |media_type: &str, body: &[u8]| {
        judge_bytes(&contract, &format!("POST /a\ncontent-type: {media_type}"), body)
    };
    for (media_type, body, expected) in [
        ("text/plain", &b"a\xC3\xA9\xC3\xB8"[..], ""),
        ("text/plain; charset=utf-8", b"ab\xC3\xA9", ""),
        ("text/plain; charset=iso-8859-1", b"ab\xE9", ""),
        ("text/plain; charset=iso-8859-1", b"ab\xC3\xA9", "V0407"),
        ("text/plain; charset=windows-1252", b"ab\x80\x80", "V0407"),
        ("text/plain", b"ab\xE9", "V0102"),
        ("text/plain; charset=utf-8", b"ab\xE9", "V0102"),
        ("text/plain; charset=nosuch", b"ab", "V0102"),
    ] {
        let found = judged(media_type, body);
        assert_eq!(found.get(..5).unwrap_or_default(), expected, "{media_type} {body:?}: {found}");
    }
    let part = |head: &str, body: &[u8]| {
        let head = format!("--b\r\nContent-Disposition: form-data; name={head}\r\n\r\n");
        [head.as_bytes(), body, b"\r\n"].concat()
    };
    for (all, expected) in [
        (vec![part("name", b"\xC3\xA9a")], ""),
        (vec![part("name", b"\xC3\xA9")], "V0407 /name"),
        (vec![part("name", b"a\xE9")], "V0102 /name"),
        (vec![part("name\r\nContent-Type: text/plain; charset=iso-8859-1", b"a\xE9")], ""),
        (
            vec![
                part("file\r\nContent-Type: application/pdf\r\nX-Size: 1", b"\xFF"),
                part("name", b"ab"),
            ],
            "",
        ),
        (vec![part("_charset_", b"iso-8859-1"), part("name", b"\xC3\xA9")], "V0404 /*"),
        (vec![part("_charset_", b"utf-8"), part("name", b"\xC3\xA9")], "V0407 /name"),
    ] {
        let body = [all.concat(), b"--b--\r\n".to_vec()].concat();
        let found = judged("multipart/form-data; boundary=b", &body);
        assert!(found.starts_with(expected) && found.is_empty() == expected.is_empty(), "{found}");
    }
}

#[test]
fn the_closest_media_range_judges() {
    for (request, expected) in [
        ("application/json\n\n{}", "the member `b` is missing"),
        ("application/hal+json\n\n{}", "the member `a` is missing"),
        ("application/json; charset=utf-8\n\n{\"b\":1}", ""),
        ("text/plain\n\nabcd", "the text must have at most 3 characters"),
        ("text/plain\n\nabc", ""),
        ("text/csv\n\nabcd", ""),
        ("application/pdf\n\nabcd", ""),
    ] {
        let found = check(request);
        assert!(
            found.contains(expected) && found.is_empty() == expected.is_empty(),
            "{request}: {found}"
        );
    }
}
