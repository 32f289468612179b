//! Forms, multipart bodies and texts, and how closely a media range fits.

use super::{judge, load};

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
    V0507 /name it stands more than once, and takes one value [openapi#/paths/~1a/post/requestBody]
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
    V0507 /name it stands more than once, and takes one value [openapi#/paths/~1a/post/requestBody]
    V0123 /age the part is in a content coding, which is not read [openapi#/paths/~1a/post/requestBody]
    V0504 header/x-size the header `x-size` is missing [openapi#/paths/~1a/post/requestBody/content/multipart~1form-data/encoding/file/headers/X-Size]
    V0507 /file the part is of another media type than declared [openapi#/paths/~1a/post/requestBody]
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
