//! Texts that have a format, and texts that nearly do (JSON Schema Validation 2020-12, section 7.3; OpenAPI's registry).

/// Texts of one format.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Format {
    /// What it is called.
    pub(crate) name: &'static str,
    /// Texts that have it: an ordinary one first, then ones at its edges, each with what is special about it.
    pub(crate) good: &'static [(&'static str, &'static str)],
    /// Texts that do not, each with what is wrong with it.
    pub(crate) bad: &'static [(&'static str, &'static str)],
}

/// The format of this name, where we know it.
pub(crate) fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

const FORMATS: &[Format] = &[
    // RFC 3339, section 5.6, and its appendix C for leap years.
    Format {
        name: "date",
        good: &[
            ("2024-05-17", ""),
            ("2024-02-29", "leap-day"),
            ("2000-02-29", "leap-century"),
            ("2024-12-31", "last-day"),
        ],
        bad: &[
            ("2023-02-29", "no-leap-year"),
            ("2024-04-31", "31-april"),
            ("2024-13-01", "month-13"),
            ("17-05-2024", "day-first"),
        ],
    },
    Format {
        name: "date-time",
        good: &[
            ("2024-05-17T10:15:30Z", ""),
            ("2024-05-17T10:15:30+02:00", "offset"),
            ("2024-02-29T23:59:59.123Z", "fraction"),
            ("2024-05-17T10:15:30-11:30", "offset-west"),
        ],
        bad: &[
            ("2023-02-29T10:15:30Z", "no-leap-year"),
            ("2024-05-17T24:15:30Z", "hour-24"),
            ("2024-05-17T10:15:30", "no-offset"),
            ("2024-05-17", "date-only"),
        ],
    },
    Format {
        name: "time",
        good: &[("10:15:30Z", ""), ("23:59:59+02:00", "offset"), ("00:00:00.5Z", "fraction")],
        bad: &[("24:00:00Z", "hour-24"), ("10:60:00Z", "minute-60"), ("10:15:30", "no-offset")],
    },
    // RFC 3339, appendix A.
    Format {
        name: "duration",
        good: &[("P1D", ""), ("P1Y2M3DT4H5M6S", "all-parts"), ("PT0S", "zero"), ("P2W", "weeks")],
        bad: &[("P", "empty"), ("1D", "no-p"), ("PT", "no-time"), ("P1DT", "t-without-time")],
    },
    Format {
        name: "email",
        good: &[("anna@example.org", ""), ("a.b+c@mail.example.org", "tag")],
        bad: &[("anna.example.org", "no-at"), ("anna@", "no-domain"), ("@example.org", "no-name")],
    },
    Format {
        name: "idn-email",
        good: &[("anna@example.org", ""), ("søren@example.org", "letters")],
        bad: &[("anna.example.org", "no-at"), ("anna@", "no-domain")],
    },
    Format {
        name: "hostname",
        good: &[("registry.example.org", ""), ("xn--blbr-loa.example", "punycode"), ("a", "short")],
        bad: &[
            ("-registry.example.org", "hyphen-first"),
            ("a..b", "empty-label"),
            ("a b", "space"),
        ],
    },
    Format {
        name: "idn-hostname",
        good: &[("registry.example.org", ""), ("blåbær.example", "letters")],
        bad: &[("-registry.example.org", "hyphen-first"), ("a..b", "empty-label")],
    },
    Format {
        name: "ipv4",
        good: &[("192.0.2.17", ""), ("255.255.255.255", "highest"), ("0.0.0.0", "lowest")],
        bad: &[("192.0.2.256", "256"), ("192.0.2", "three-parts"), ("192.0.02.1", "zero-first")],
    },
    Format {
        name: "ipv6",
        good: &[("2001:db8::17", ""), ("::", "zero"), ("::ffff:192.0.2.17", "mapped")],
        bad: &[
            ("2001:db8::17::1", "two-gaps"),
            ("2001:db8:17", "too-short"),
            ("12345::", "long-part"),
        ],
    },
    Format {
        name: "uri",
        good: &[
            ("https://example.org/a", ""),
            ("urn:example:a", "urn"),
            ("https://example.org/?q=%C3%A6#x", "parts"),
        ],
        bad: &[
            ("/a/b", "relative"),
            ("https://example.org/a b", "space"),
            ("https://example.org/<a>", "brackets"),
        ],
    },
    Format {
        name: "uri-reference",
        good: &[("/a/b", ""), ("https://example.org/a", "absolute"), ("#x", "fragment")],
        bad: &[("\\\\a\\b", "backslash"), ("a b", "space")],
    },
    Format {
        name: "iri",
        good: &[("https://example.org/a", ""), ("https://example.org/blåbær", "letters")],
        bad: &[("/a/b", "relative"), ("https://example.org/a b", "space")],
    },
    Format {
        name: "iri-reference",
        good: &[("/a/b", ""), ("/blåbær", "letters")],
        bad: &[("\\\\a\\b", "backslash")],
    },
    // RFC 9562, section 4.
    Format {
        name: "uuid",
        good: &[
            ("6f9619ff-8b86-4d01-b42d-00cf4fc964ff", ""),
            ("6F9619FF-8B86-4D01-B42D-00CF4FC964FF", "upper-case"),
            ("00000000-0000-0000-0000-000000000000", "nil"),
        ],
        bad: &[
            ("6f9619ff-8b86-4d01-b42d-00cf4fc964f", "too-short"),
            ("6f9619ff8b864d01b42d00cf4fc964ff", "no-hyphens"),
            ("6f9619fg-8b86-4d01-b42d-00cf4fc964ff", "letter-g"),
        ],
    },
    Format {
        name: "uri-template",
        good: &[("/a/{b}", ""), ("https://example.org/{?q}", "query")],
        bad: &[("/a/{b", "open-brace")],
    },
    Format {
        name: "json-pointer",
        good: &[("/a/0", ""), ("", "whole"), ("/a~1b", "escaped")],
        bad: &[("a/0", "no-slash"), ("/a~2", "bad-escape")],
    },
    Format {
        name: "relative-json-pointer",
        good: &[("1/a", ""), ("0#", "name")],
        bad: &[("/a", "no-number"), ("-1/a", "negative")],
    },
    Format { name: "regex", good: &[("^[a-z]+$", "")], bad: &[("^[a-z+$", "open-bracket")] },
    // RFC 4648, section 4.
    Format {
        name: "byte",
        good: &[("aGVq", ""), ("", "empty"), ("aA==", "padded")],
        bad: &[("aGV", "length"), ("a!!=", "characters")],
    },
    Format { name: "binary", good: &[("abc", "")], bad: &[] },
    Format { name: "password", good: &[("Hemmelig-1", "")], bad: &[] },
];

#[cfg(test)]
mod tests {
    use super::*;

    /// What we call good and bad is so to the engine that judges.
    #[test]
    fn texts_are_as_the_table_says() {
        for format in FORMATS.iter().filter(|format| format.name != "byte") {
            let schema = serde_json::json!({ "format": format.name });
            let broken = super::super::tests::broken(&schema);
            for (text, _) in format.good {
                assert_eq!(broken(&serde_json::json!(text)), 0, "{} {text}", format.name);
            }
            for (text, _) in format.bad {
                assert_eq!(broken(&serde_json::json!(text)), 1, "{} {text}", format.name);
            }
        }
    }
}
