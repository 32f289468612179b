//! What is optimized gives what stands there: each expression both ways, from each node of a document.

use crate::eval::{Focus, Run};
use crate::program::{Builder, Root};
use crate::scope::StaticScope;
use crate::value::{Item, Seq};
use crate::{cast, fault::Outcome};
use sluse_xml::{Document, Limits};

const EXPRESSIONS: &[&str] = &[
    "some $c in tokenize('a b c d e', '\\s') satisfies $c = @k",
    "some $c in ('x', 'a') satisfies @k = $c",
    "some $c in (1, 2) satisfies n = $c",
    "@k = ('a', 'b', 'z')",
    "n = ('1', '2')",
    "count(n) = ('1', '2')",
    "contains(' a b c ', concat(' ', @k, ' '))",
    "contains(' a b c ', concat(' ', n, ' '))",
    "contains('|a|b|', concat('|', 'a|b', '|'))",
    "contains(' a ', concat(' ', (n, n), ' '))",
    "ends-with(name(), 'e')",
    "ends-with(name(), 'p:line')",
    "//p:line[n = current()/n]/@k",
    "count(//n[. = current()])",
    "count(//n[. = current()/n][2])",
    "//p:line[@k = $here]/n",
    "for $x in n return count(//n[. = $x])",
    "for $x in @k return string-join(//p:line[@k = $x][n]/n, ',')",
    "count(//p:line[n = 3 + count(n)])",
    "//p:line[@k = current()/@k and n]/n",
    "(//p:line)[@k = current()/@k]/n",
    "n = following-sibling::*/n",
    "@k = ./following-sibling::p:line/@k",
    "n = preceding-sibling::*/n",
    "n = ./preceding-sibling::p:line[@k = 'b']/n",
    ". = preceding::n",
    ". = preceding::n/.",
    ". = following::n",
    "@k = following::*/@k",
    "2 = preceding-sibling::*/n",
    "count(n) = following-sibling::*/n",
    "@k = //p:line/@k",
    "n = //p:line/n",
    "1 = //p:line/n",
    "some $x in //n satisfies $x = n",
    "some $x in //none satisfies $x = error()",
    "exists(//p:line[n = 'x']) and not(//p:line[n = 'x'])",
    "//@k",
    "count(//@none)",
    "//(n | p:line/@k)",
    "(10, 20, 30)[count(current()/n) + 1]",
    "(10, 20, 30)[$here = 'a']",
    "()[error()]",
    "//p:line[2]/n",
    "//p:line/n[1]",
    "//p:line[last()]/@k",
    "n[xs:decimal(.) > 3]/none",
    "xs:decimal(n) * 10 div 100",
    "xs:decimal('') = 1",
    "empty(//none) or error()",
    "every $l in //p:line satisfies $l/n = //n",
    "p:line[1] << //p:line[2]",
    "if (//p:line) then 'there' else error()",
    "('b', 'a')[. = current()/@k]",
    "round(1.005 * 100) div 100",
    "1 to 5",
    "child::attribute(k)",
    "attribute::element(k)",
    "p:line/@k = 'a'",
    "string-length(n)",
    "normalize-space(p:line/n)",
    "n/processing-instruction(n)",
    "exists(p:line/n) and empty(p:line/@none)",
    "not(p:line/p:all)",
    "not(p:line/n/none)",
    "count(p:line/n/n) <= 0",
    "count(n) <= 1",
    "string-length(substring-after(n/none, '.')) <= 2",
    "every $x in none/n satisfies error()",
    "some $x in none/n satisfies error()",
    "none = error()",
    "n/none = 'x'",
    "'x' != p:line/n",
    "(p:line | n)/none",
    "not(n/n) or error()",
    "none and error()",
    "n[error()]/none",
    "xs:decimal(n) + 1 = xs:decimal('1.10') * 10",
    "round(xs:decimal(n) * 1.005 * 100) div 100 - 0.5",
    "abs(xs:decimal(n) - 7) = abs(-7)",
    "xs:decimal(n) idiv 2 + 7 mod 4",
    "round(-2.5) + round(2.5) + abs(-1.50)",
    "9223372036854775807 + count(n)",
    "9223372036854775807 * 10 div 100",
    "xs:decimal('922337203685477580.7') * 1.1",
    "xs:decimal(none) + error()",
    "xs:decimal(@k) = 1",
    "round('a')",
    "1 div 0 = 1",
    "5 mod 0",
    "count(preceding-sibling::p:line)",
    "count(following-sibling::p:line)",
    "count(preceding-sibling::n) + count(following-sibling::n)",
    "preceding-sibling::p:line[2]/@k",
    "following-sibling::p:line[1]/n",
    "not(preceding-sibling::n)",
    "preceding::n[1]",
    "following::n[3]",
    "count(preceding::p:line) + count(following::n)",
    "count(@k/following::n) + count(@k/preceding::n)",
    "name(//p:line[1])",
];

fn document() -> Document {
    let lines: String = (0..60)
        .map(|at| {
            let key = ["a", "b", "c", "long key"].get(at % 4).copied().unwrap_or("");
            let more = if at % 7 == 0 { "<n>7</n>" } else { "" };
            format!("<p:line k='{key}'><n>{}</n>{more}</p:line>", at % 23)
        })
        .collect();
    let text = format!("<p:all xmlns:p='urn:p'><n>3</n>{lines}<n>x</n><!--c--></p:all>");
    Document::parse(text.as_bytes(), None, &Limits::default()).unwrap()
}

fn compile(text: &str) -> (Builder, Root) {
    let mut scope = StaticScope::with_namespaces([("p", "urn:p")]);
    let mut builder = Builder::new();
    let here = builder.declare(true);
    let value = builder.expression("string(@k)", &scope).unwrap();
    builder.define(here, value);
    scope.variables.insert((String::new(), "here".to_owned()), here);
    let root = builder.expression(text, &scope).unwrap_or_else(|fault| panic!("{text}: {fault}"));
    (builder, root)
}

fn shown(value: Outcome<Seq<'_>>) -> String {
    match value {
        Err(fault) => fault.code.to_string(),
        Ok(value) => value
            .items()
            .iter()
            .map(|item| match item {
                Item::Node(node) => format!("node {} ", node.index()),
                Item::Atom(atom) => {
                    format!("{:?} {} ", atom.atom_type(), &*cast::to_text(atom.clone()))
                }
            })
            .collect(),
    }
}

#[test]
fn optimized_expressions_give_what_they_gave() {
    let document = document();
    let mut decisions = 0;
    for text in EXPRESSIONS {
        let (plain, root) = compile(text);
        let plain = plain.program;
        let optimized = compile(text).0.finish();
        let mut kept = Run::new(&optimized, &document, u64::MAX / 2);
        for at in 0..document.node_count() {
            let node = document.node(at).unwrap();
            let focus = Focus::node(node);
            let mut fresh = Run::new(&plain, &document, u64::MAX / 2);
            fresh.turn_to(node);
            kept.turn_to(node);
            let value = fresh.root(root, &focus);
            let expected = shown(value);
            let value = kept.root(root, &focus);
            let found = shown(value);
            assert_eq!(found, expected, "{text} at {at}");
            let truth = |run: &mut Run<'_>| match run.root_truth(root, &focus) {
                Ok(truth) => truth.to_string(),
                Err(fault) => fault.code.to_string(),
            };
            let found = truth(&mut fresh);
            assert_eq!(truth(&mut kept), found, "truth of {text} at {at}");
            for decided in [true, false] {
                let trail = optimized.trail(root, decided);
                let passed = trail.0.iter().copied();
                if !trail.0.is_empty() && kept.is_barren(node, passed) {
                    assert_eq!(found, decided.to_string(), "{text} is decided at {at}");
                    decisions += 1;
                }
            }
        }
    }
    assert!(decisions > document.node_count() * 5, "{decisions} were decided by names");
}

#[test]
fn looking_for_equals_in_the_whole_document_takes_steps_linear_in_it() {
    for text in [
        "count(//n[. = current()]) = 1",
        "n = following-sibling::*/n",
        ". = preceding::n",
        "n = //none/n or n = //p:line/n",
        "count(//p:line) > 1 and //n[. = 'none']",
        "some $x in //n satisfies $x = n",
        "count(preceding-sibling::p:line) > 3",
        "not(following-sibling::n)",
        "exists(preceding::p:line) and not(following::p:all)",
    ] {
        let steps = |size: usize| {
            let lines: String =
                (0..size).map(|at| format!("<p:line><n>{at}</n></p:line>")).collect();
            let text_of = format!("<p:all xmlns:p='urn:p'>{lines}</p:all>");
            let document = Document::parse(text_of.as_bytes(), None, &Limits::default()).unwrap();
            let (builder, root) = compile(text);
            let program = builder.finish();
            let mut run = Run::new(&program, &document, u64::MAX / 2);
            for at in 0..document.node_count() {
                let node = document.node(at).unwrap();
                run.turn_to(node);
                let _ = run.root_truth(root, &Focus::node(node));
            }
            u64::MAX / 2 - run.steps_left
        };
        let (small, large) = (steps(200), steps(2_000));
        assert!(large < small * 12, "{text}: {small} and {large} steps");
    }
}
