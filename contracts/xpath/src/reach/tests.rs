//! Expressions over documents of a small shape: which of their steps lead nowhere.

use super::{Reach, Shape};
use crate::{Builder, StaticScope};

/// `r` holds `a` and `b`; `a` holds `c` and has `@x`; `b` holds anything; `c` is text. All are of `urn:t`, and `r` and `c`
/// may be a document's first element.
struct Small;

const NAMES: [&str; 4] = ["r", "a", "b", "c"];

impl Shape for Small {
    fn count(&self) -> u32 {
        4
    }
    fn name(&self, element: u32) -> (&str, &str) {
        ("urn:t", NAMES[element as usize])
    }
    fn roots(&self) -> &[u32] {
        &[0, 3]
    }
    fn children(&self, element: u32) -> &[u32] {
        match element {
            0 => &[1, 2],
            1 => &[3],
            _ => &[],
        }
    }
    fn is_open(&self, element: u32) -> bool {
        element == 2
    }
    fn may_have_attribute(&self, element: u32, name: Option<(&str, &str)>) -> bool {
        element == 1 && name.is_none_or(|name| name == ("", "x"))
    }
    fn knows(&self, namespace: &str) -> bool {
        namespace == "urn:t"
    }
}

/// Whether a context can meet nothing, and the names of the dead steps of it and of a test.
fn dead(context: &str, test: &str) -> (bool, Vec<String>) {
    let scope = StaticScope::with_namespaces([("t", "urn:t"), ("o", "urn:other")]);
    let mut builder = Builder::new();
    let pattern = builder.context(context, &scope).unwrap();
    let root = builder.expression(test, &scope).unwrap();
    let mut reach = Reach::new(&builder, &Small);
    let (places, mut steps) = reach.context(&pattern);
    steps.extend(reach.expression(root, &places));
    (places.is_empty(), steps.into_iter().map(|step| step.name.1).collect())
}

#[test]
fn contexts_that_no_document_has_are_told() {
    for (context, names) in [
        ("t:a/t:b", vec!["b"]),
        ("t:c/t:c", vec!["c"]),
        ("/t:a", vec!["a"]),
        ("t:nope", vec!["nope"]),
        ("//t:nope", vec!["nope"]),
        ("t:a/@y", vec!["y"]),
        ("t:b/t:nope", vec!["nope"]),
        ("t:a/t:b | t:c/t:c", vec!["b", "c"]),
    ] {
        assert_eq!(
            dead(context, "."),
            (true, names.into_iter().map(str::to_owned).collect()),
            "{context}"
        );
    }
    for context in [
        "t:a",
        "/",
        "/t:r/t:a/t:c",
        "t:b/t:c",
        "t:b/t:r",
        "o:a",
        "t:a/o:b",
        "/o:r",
        "a",
        "*",
        "t:*",
        "*:nope",
        "@x",
        "t:a/@x",
        "@*",
        "t:a/text()",
        "t:a/node()",
        "t:a/comment()",
        "//t:c",
        "t:r//t:c",
    ] {
        assert_eq!(dead(context, "."), (false, vec![]), "{context}");
    }
    assert_eq!(dead("t:a | t:a/t:b", "."), (false, vec!["b".to_owned()]));
}

#[test]
fn steps_that_lead_nowhere_are_told() {
    for (context, test, names) in [
        ("t:a", "t:b", vec!["b"]),
        ("t:a", "not(t:b) and t:c", vec!["b"]),
        ("t:a", "t:c/t:d", vec!["d"]),
        ("t:r", "t:a[t:b]", vec!["b"]),
        ("t:r", "count(t:a/t:c/@x) > 1", vec!["x"]),
        ("t:c", "parent::t:b/t:a", vec![]),
        ("t:a", "../t:c", vec!["c"]),
        // `r` may stand in the wildcard of `b`.
        ("t:a", "ancestor::t:c", vec![]),
        ("t:a", "following-sibling::t:b", vec![]),
        ("t:a", "following-sibling::t:c", vec!["c"]),
        ("t:a", "every $x in t:c satisfies $x/t:d", vec!["d"]),
        ("t:a", "for $x in (t:c, ..) return $x/t:b", vec![]),
        ("t:a", "for $x in t:b return $x/t:c", vec!["b"]),
        ("t:a", "(t:c | t:b)/t:e", vec!["b", "e"]),
        ("t:a", "self::t:b", vec!["b"]),
        ("t:a", "if (t:b) then t:c else t:d", vec!["b", "d"]),
        ("t:r", "//t:nope", vec!["nope"]),
        ("t:r", "descendant::t:a/t:b", vec!["b"]),
    ] {
        let found = dead(context, test);
        assert_eq!(
            found,
            (false, names.into_iter().map(str::to_owned).collect()),
            "{context}: {test}"
        );
    }
}

#[test]
fn where_something_cannot_be_known_nothing_is_said() {
    for (context, test) in [
        ("t:b", "o:any/t:c"),
        ("t:b", "t:a"),
        ("t:b", "*/@y"),
        ("o:x", "t:a/t:c"),
        ("t:a", "o:b"),
        ("t:a", "b"),
        ("t:a", "*:b"),
        ("t:c", "../t:a"),
        ("t:c", "ancestor::t:b"),
        ("t:a", "following::t:zero"),
        ("t:a", "current()/t:b"),
        ("t:a", "text()/.."),
        ("t:a", "@x/../t:c"),
        ("t:r", "//@x"),
        ("t:r", ".//t:a"),
    ] {
        let (empty, names) = dead(context, test);
        let only_undeclared = names.iter().all(|name| name == "zero");
        assert!(!empty && only_undeclared, "{context}: {test}: {names:?}");
    }
}
