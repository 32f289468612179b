//! What is written is read as the same payload, for any payload.

#[cfg(test)]
mod properties {
    use proptest::prelude::*;
    use serde_json::{Map, Value};
    use sluse_adapters::{EncodeFault, Format, builtin, find, for_media_type};
    use sluse_contracts::{MediaType, Message, Payload, payload::Limits};
    use sluse_xml::{Document, NodeKind};

    fn decode(name: &str, bytes: impl Into<Vec<u8>>) -> Result<Payload, String> {
        let format = find(name).unwrap();
        let message = Message::new(format.media_type(), bytes.into());
        format.decode(&message, &Limits::default()).map_err(|fault| format!("{fault:?}"))
    }

    fn again(format: &str, payload: &Payload) -> Payload {
        let written = find(format).unwrap().encode(payload).unwrap();
        decode(format, written.bytes.to_vec()).unwrap()
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,12})?"
                .prop_map(|digits| Value::Number(digits.parse().unwrap())),
            ".{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 60, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::vec((".{0,6}", inner), 0..6)
                    .prop_map(|members| Value::from(members.into_iter().collect::<Map<_, _>>())),
            ]
        })
    }

    /// A well-formed document with everything that a tree keeps.
    fn element() -> impl Strategy<Value = String> {
        let name = "(p:|q:)?[a-zæ][a-z0-9.-]{0,4}";
        let attribute =
            ("(p:|q:)?[a-z]{1,3}", "([ -%'-;=-~æ]|&amp;|&lt;|&#9;|&#10;|&#13;|\n){0,6}");
        let leaf = prop_oneof![
            "([ -%'-;?-~æ\n]|&amp;|&lt;|&#13;|&#x1F332;){1,10}",
            "[a-z ]{0,6}".prop_map(|text| format!("<!--{text}-->")),
            "[a-z ]{0,6}".prop_map(|text| format!("<?note {text}?>")),
            "[a-z<&\n ]{0,6}".prop_map(|text| format!("<![CDATA[{text}]]>")),
        ];
        leaf.prop_recursive(4, 40, 5, move |inner| {
            let declared = prop_oneof![
                Just(""),
                Just(" xmlns='urn:d'"),
                Just(" xmlns=''"),
                Just(" xmlns:p='urn:other'"),
            ];
            let attributes = proptest::collection::btree_map(attribute.0, attribute.1, 0..3);
            (name, declared, attributes, proptest::collection::vec(inner, 0..5)).prop_map(
                |(name, declared, attributes, children)| {
                    let attributes: String = attributes
                        .iter()
                        .map(|(name, value)| format!(" {name}=\"{}\"", value.replace('"', "'")))
                        .collect();
                    format!("<{name}{declared}{attributes}>{}</{name}>", children.concat())
                },
            )
        })
    }

    fn document() -> impl Strategy<Value = String> {
        proptest::collection::vec(element(), 0..5).prop_map(|children| {
            format!("<root xmlns:p='urn:p' xmlns:q='urn:q'>{}</root>", children.concat())
        })
    }

    /// All that a tree says, node by node.
    fn nodes(document: &Document) -> Vec<String> {
        (0..document.node_count())
            .filter_map(|index| document.node(index))
            .map(|node| {
                let says = match document.kind(node) {
                    NodeKind::Document | NodeKind::Element => "",
                    _ => document.text(node),
                };
                let declared: Vec<_> = document.declarations(node).collect();
                format!(
                    "{:?} {{{}}}{}:{} {declared:?} {says:?} in {:?}",
                    document.kind(node),
                    document.namespace(node),
                    document.prefix(node),
                    document.local(node),
                    document.parent(node),
                )
            })
            .collect()
    }

    /// The bytes with the first of one text another.
    fn bytes_with(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
        let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
        [&bytes[..at], to, &bytes[at + from.len()..]].concat()
    }

    proptest! {
        #[test]
        fn json_is_read_as_it_was_written(value in value()) {
            let payload = decode("json", value.to_string()).unwrap();
            let (Payload::Json(first), Payload::Json(second)) = (&payload, &again("json", &payload))
            else { panic!("JSON stays JSON") };
            prop_assert_eq!(first.value(), &value);
            prop_assert_eq!(second.value().to_string(), value.to_string());
        }

        #[test]
        fn xml_is_read_as_it_was_written(text in document()) {
            // Two names with other prefixes can be one expanded name: such a document is refused.
            let Ok(payload) = decode("xml", text.clone()) else { return Ok(()) };
            let (Payload::Xml(first), Payload::Xml(second)) = (&payload, &again("xml", &payload))
            else { panic!("XML stays XML") };
            prop_assert_eq!(nodes(first), nodes(second), "{}", text);
        }

        /// Whatever the attachments hold, they are as they were, whether the document is another or not.
        #[test]
        fn attachments_are_untouched(
            attachments in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..80), 0..4),
            start in 0_usize..4,
        ) {
            let boundary = "a-boundary-that-nothing-holds";
            let start = start.min(attachments.len());
            let mut parts: Vec<(String, Vec<u8>)> = attachments
                .iter()
                .enumerate()
                .map(|(at, bytes)| (format!("image/png\r\nContent-ID: <{at}>"), bytes.clone()))
                .collect();
            let root = ("text/xml\r\nContent-ID: <root>".to_owned(), b"<a>1</a>".to_vec());
            parts.insert(start, root);
            let mut bytes = Vec::new();
            for (head, body) in &parts {
                bytes.extend(format!("--{boundary}\r\nContent-Type: {head}\r\n\r\n").bytes());
                bytes.extend(body);
                bytes.extend(b"\r\n");
            }
            bytes.extend(format!("--{boundary}--\r\n").bytes());
            let media_type = format!("multipart/related; boundary={boundary}; start=\"<root>\"");
            let message = Message::new(media_type.parse().unwrap(), bytes.clone());
            let format = find("multipart").unwrap();
            let payload = format.decode(&message, &Limits::default()).unwrap();
            let again = format.encode(&payload).unwrap();
            prop_assert_eq!(&again.bytes, &bytes);
            prop_assert_eq!(again.media_type.to_string(), message.media_type.to_string());
            let Payload::Multipart(read) = &payload else { panic!("it stays of several parts") };
            let pieces = read.pieces("<b>another</b>".into());
            let other = pieces.concat();
            let expected = bytes_with(&bytes, b"<a>1</a>", b"<b>another</b>");
            prop_assert_eq!(other, expected);
        }

        #[test]
        fn no_bytes_make_a_format_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            for format in builtin() {
                if let Ok(payload) = decode(format.name(), bytes.clone()) {
                    again(format.name(), &payload);
                }
            }
        }
    }

    #[test]
    fn a_format_is_found_by_name_and_by_media_type() {
        let found =
            |text: &str| for_media_type(&text.parse::<MediaType>().unwrap()).map(Format::name);
        assert_eq!(found("application/ld+json"), Some("json"));
        assert_eq!(found("text/xml; charset=iso-8859-1"), Some("xml"));
        assert_eq!(found("multipart/related; boundary=x"), Some("multipart"));
        assert_eq!(found("multipart/form-data; boundary=x"), None);
        assert_eq!(found("text/csv"), None);
        assert!(find("yaml").is_none());
    }

    #[test]
    fn a_payload_of_another_kind_takes_a_mapping() {
        let json = decode("json", "{}").unwrap();
        let fault = find("xml").unwrap().encode(&json).unwrap_err();
        assert_eq!(fault, EncodeFault { format: "xml", found: "JSON" });
        let text = "a payload of JSON cannot be written as xml: that takes a mapping";
        assert_eq!(fault.to_string(), text);
    }

    #[test]
    fn a_deep_document_is_written_without_recursion() {
        let text = format!("{}{}", "<a>".repeat(1_000), "</a>".repeat(1_000));
        let payload = decode("xml", text.clone()).unwrap();
        let written = find("xml").unwrap().encode(&payload).unwrap();
        let inner = text.replace("<a></a>", "<a/>");
        assert!(written.bytes.ends_with(inner.as_bytes()));
    }
}
