//! One change of a rule set's document: Schematron, or the stylesheet that one was compiled to.

use super::schema::{PATTERNS, left_out, moved, one_of, set, twice};
use crate::mutants::{
    Chance, changes,
    tree::{Element, Node},
};

type Change = fn(&mut Element, &mut Chance) -> bool;

const CHANGES: &[(&str, Change)] = &[
    ("expression grown", grown),
    ("expression grown", grown),
    ("expression grown", grown),
    ("expression of another place", borrowed),
    ("expression cut or joined", cut),
    ("expression cut or joined", cut),
    ("costly expression", costly),
    ("costly expression", costly),
    ("regular expression", regular),
    ("regular expression", regular),
    ("deep expression", deep),
    ("context", context),
    ("left out", left_out),
    ("twice", twice),
    ("moved", moved),
    ("repeated", repeated),
    ("rule extends", extends),
    ("abstract pattern", abstract_pattern),
    ("variable of itself", variable),
    ("function of itself", function),
    ("includes", includes),
    ("phase", phase),
    ("value shown", shown),
    ("binding", binding),
];

/// Changes a rule set's document one to three times; the name of what was done last.
pub(super) fn change(document: &mut Element, chance: &mut Chance) -> String {
    let mut done = "nothing";
    // Mostly one: what is changed more is seldom taken.
    let times = if chance.one_in(3) { 1 + chance.below(3) } else { 1 };
    for _ in 0..times {
        for _ in 0..20 {
            if chance.one_in(16) {
                let donor = document.clone();
                done = "any part";
                changes::once(document, &donor, chance);
                break;
            }
            let Some((name, change)) = chance.pick(CHANGES) else { break };
            if change(document, chance) {
                done = name;
                break;
            }
        }
    }
    format!("rules: {done}")
}

/// Attributes that hold expressions.
const EXPRESSIONS: &[&str] = &["test", "select", "context", "value", "path", "match", "use"];

/// The place of an expression by chance: an element by its number, and an attribute.
fn expression(document: &Element, chance: &mut Chance) -> Option<(usize, usize)> {
    let holds = |name: &str| EXPRESSIONS.contains(&name);
    let fit = document.numbers(&|it| it.attributes.iter().any(|(name, _)| holds(name)));
    let at = *chance.pick(&fit)?;
    let to = document.nth(at)?.attributes.iter().position(|(name, _)| holds(name))?;
    Some((at, to))
}

fn rewrite(
    document: &mut Element,
    chance: &mut Chance,
    make: impl FnOnce(&str, &mut Chance) -> String,
) -> bool {
    let Some((at, to)) = expression(document, chance) else { return false };
    let place = document.nth_mut(at).and_then(|it| it.attributes.get_mut(to));
    let Some((_, text)) = place else { return false };
    *text = make(text, chance);
    true
}

/// `§` stands for what there was.
const AROUND: &[&str] = &[
    "not(§)",
    "(§) or (§)",
    "(§) and not(§)",
    "if (§) then (§) else (§)",
    "//*[§]",
    ".//*[§]/..",
    "preceding::*[§]",
    "following::*[§]",
    "ancestor::*[§][1]",
    "preceding-sibling::*[§][last()]",
    "some $x in (§) satisfies $x = (§)",
    "every $x in //*, $y in //* satisfies (§)",
    "for $x in //* return (§)",
    "for $x in 1 to 1000 return (§)",
    "count((§))",
    "count(//*[(§)]/@*) > 1",
    "string-join(for $x in (§) return string($x), ',')",
    "distinct-values((§))",
    "reverse((§))",
    "(§) = (§)",
    "(§) is (§)",
    "(§) << (§)",
    "(§) | (§)",
    "(§) union (§)",
    "(§) except (§)",
    "(§) cast as xs:decimal",
    "(§) castable as xs:date",
    "(§) instance of element()*",
    "(§) treat as xs:string",
    "xs:decimal(§) * xs:decimal(§)",
    "normalize-space((§)[1])",
    "deep-equal(//*, (§))",
    "exists((§)) and boolean((§)[1])",
    "number((§)[1]) idiv 0",
    "-(§)",
    "(§)[1]",
    "(§)[last()]",
    "(§)/..",
    "(§)//*",
    "current()/(§)",
    "(§), (§)",
    "sum((§))",
    "max((§))",
    "concat((§)[1], (§)[1])",
    "tokenize(string((§)[1]), '\\s+')",
    "format-number(number((§)[1]), '#,##0.00')",
];

fn grown(document: &mut Element, chance: &mut Chance) -> bool {
    rewrite(document, chance, |text, chance| {
        let mut text = text.to_owned();
        for _ in 0..=chance.below(4) {
            let around = chance.pick(AROUND).copied().unwrap_or("§");
            let grown = around.replace('§', &text);
            if grown.len() > 200_000 {
                break;
            }
            text = grown;
        }
        text
    })
}

fn borrowed(document: &mut Element, chance: &mut Chance) -> bool {
    let Some((at, to)) = expression(document, chance) else { return false };
    let other = document.nth(at).and_then(|it| it.attributes.get(to)).map(|(_, text)| text.clone());
    let Some(other) = other else { return false };
    rewrite(document, chance, |_, _| other)
}

/// Pieces of expressions, put in anywhere.
const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "/",
    "//",
    "..",
    "::",
    "$",
    "$x",
    "@",
    "*",
    "'",
    "\"",
    ",",
    "|",
    "=",
    "!=",
    "<",
    "eq",
    " to ",
    " and ",
    " or ",
    " div ",
    " idiv ",
    " return ",
    " satisfies ",
    "1",
    "1e999",
    "1.0",
    "99999999999999999999999999999999999999999",
    "()",
    "(: c :)",
    "(:",
    "xs:",
    "fn:",
    "self::",
    "ancestor::*",
    "position()",
    "last()",
    ".",
    "text()",
    "node()",
    "comment()",
    "key('a','b')",
    "document('a')",
    "doc('a')",
    "unknown()",
    "current-date()",
    "\u{e6}",
    "{",
    "}",
    "#",
];

fn cut(document: &mut Element, chance: &mut Chance) -> bool {
    rewrite(document, chance, |text, chance| {
        let mut signs: Vec<char> = text.chars().collect();
        for _ in 0..=chance.below(3) {
            let at = chance.below(signs.len() + 1).min(signs.len());
            let end = (at + chance.below(12)).min(signs.len());
            match chance.below(4) {
                0 => drop(signs.drain(at..end)),
                1 => {
                    let piece: Vec<char> = signs.iter().skip(at).take(end - at).copied().collect();
                    let to = chance.below(signs.len() + 1);
                    signs.splice(to..to, piece);
                }
                2 => {
                    if let Some(sign) = signs.get_mut(at) {
                        *sign = char::from(b'!' + u8::try_from(chance.below(90)).unwrap_or(0));
                    }
                }
                _ => {
                    let piece = chance.pick(PIECES).copied().unwrap_or_default();
                    signs.splice(at..at, piece.chars());
                }
            }
        }
        signs.into_iter().collect()
    })
}

/// What asks for much time or memory.
const COSTLY: &[&str] = &[
    "count(1 to 1000000000) = 1",
    "sum(1 to 999999) = 1",
    "count(for $a in 1 to 1000, $b in 1 to 1000, $c in 1 to 1000 return 1) = 1",
    "count(//*[count(preceding::*) > 0]) = 0",
    "every $a in //*, $b in //*, $c in //* satisfies $a = $b or $b = $c",
    "count(//*//*//*//*//*) = 1",
    "//*[//*[//*[. = 'x']]]",
    "count(distinct-values(for $a in //*, $b in //* return concat($a, $b))) = 1",
    "string-length(string-join(for $a in 1 to 100000 return string(/), '')) = 1",
    "string-length(string-join(for $a in //* return string(/*), '')) = 1",
    "string-length(replace(string(/), '.', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx')) = 1",
    "string-length(replace(replace(replace(string(/), '.', '$0$0$0$0$0$0$0$0'), '.', '$0$0$0$0$0$0$0$0'), '.', '$0$0$0$0$0$0$0$0')) = 1",
    "count(tokenize(string(/), '')) = 1",
    "count(tokenize(string-join(for $a in 1 to 200000 return 'a b c', ' '), ' ')) = 1",
    "count(string-to-codepoints(string-join(for $a in 1 to 100000 return 'abcdefghij', ''))) = 1",
    "codepoints-to-string(for $a in 1 to 900000 return 65) = 'a'",
    "deep-equal((for $a in 1 to 1000 return /), (for $a in 1 to 1000 return /))",
    "count(for $a in 1 to 900000 return string($a)) = count(for $a in 1 to 900000 return string($a))",
    "index-of(for $a in 1 to 100000 return $a, 5) = index-of(for $a in 1 to 100000 return $a, 7)",
    "(for $a in 1 to 30000 return $a) = (for $a in 1 to 30000 return -$a)",
    "not((for $a in 1 to 30000 return string($a)) != (for $a in 1 to 30000 return 'x'))",
    "max(for $a in 1 to 900000 return $a * 3.3) = 1",
    "xs:decimal(string-join(for $a in 1 to 100000 return '9', '')) = 1",
    "xs:integer('9') * xs:integer('99999999999999999999999999999999999999') = 1",
    "(9999999999999999999999999999999999 * 99999999999999999999999999999999999) idiv 3 = 1",
    "round-half-to-even(1.005, 1000000000) = 1",
    "round-half-to-even(1.005, -1000000000) = 1",
    "substring(string(/), 1 div 0, -1 div 0) = ''",
    "format-number(1e300, '###################################################.00') = ''",
    "insert-before(1 to 500000, 3, 1 to 500000) = 4",
    "count(subsequence(1 to 900000, 5)) = 1",
    "count((//* | //@* | //text())/ancestor-or-self::node()/descendant-or-self::node()) = 1",
    "count(reverse(//*)/preceding-sibling::*[last()]) = 1",
    "count(//*[following::*[preceding::*]]) = 1",
    "count(//*[. = //*]) = 1",
    "count(//*[some $x in //* satisfies deep-equal($x, .)]) = 1",
    "matches(string(/), '(.*)(.*)(.*)(.*)(.*)x')",
    "upper-case(string-join(for $a in 1 to 500000 return 'abc', '')) = 'A'",
    "normalize-space(string-join(for $a in 1 to 500000 return '  a  ', '')) = 'A'",
    "translate(string(/), string(/), string(/)) = ''",
    "compare(string(/), string(/)) = 0",
    "contains(string-join(for $a in 1 to 100000 return 'aaaaaaaaab', ''), string-join(for $a in 1 to 10000 return 'aaaaaaaaaa', ''))",
    "count(//*[contains(string(/), string(.))]) = 1",
];

fn costly(document: &mut Element, chance: &mut Chance) -> bool {
    let whole = chance.pick(COSTLY).copied().unwrap_or("true()").to_owned();
    let checks = ["assert", "report", "if", "when", "let", "variable"];
    let Some(check) = one_of(document, &checks, chance) else { return false };
    let name = if matches!(check.local_name(), "variable") { "select" } else { "test" };
    set(check, if check.local_name() == "let" { "value" } else { name }, &whole);
    true
}

fn regular(document: &mut Element, chance: &mut Chance) -> bool {
    let pattern = chance.pick(PATTERNS).copied().unwrap_or_default().replace('\'', "''");
    let subject = chance
        .pick(&[
            "string(.)",
            "string(/)",
            "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac'",
            "string-join(for $a in 1 to 20000 return 'a', '')",
        ])
        .copied();
    let subject = subject.unwrap_or("''");
    let flags =
        chance.pick(&["", ", 'i'", ", 's'", ", 'x'", ", 'mi'", ", 'q'"]).copied().unwrap_or("");
    let made = match chance.below(5) {
        0 => format!("replace({subject}, '{pattern}', '$1\\$'{flags}) = ''"),
        1 => format!("count(tokenize({subject}, '{pattern}'{flags})) = 3"),
        2 => format!("matches({subject}, concat('{pattern}', .){flags})"),
        3 => format!("//*[matches(., '{pattern}'{flags})]"),
        _ => format!("matches({subject}, '{pattern}'{flags})"),
    };
    let checks = ["assert", "report", "if", "when"];
    let Some(check) = one_of(document, &checks, chance) else { return false };
    set(check, "test", &made);
    true
}

fn deep(document: &mut Element, chance: &mut Chance) -> bool {
    rewrite(document, chance, |text, chance| {
        let times = *chance.pick(&[50, 150, 250, 1_000, 10_000, 100_000]).unwrap_or(&50);
        let around = |open: &str, close: &str| {
            format!("{}{text}{}", open.repeat(times), close.repeat(times))
        };
        match chance.below(10) {
            0 => around("(", ")"),
            1 => around("not(", ")"),
            2 => around("-", ""),
            3 => around("*[", "]"),
            4 => vec![text; times.min(2_000)].join(" or "),
            5 => vec!["1"; times].join(" + "),
            6 => vec![".."; times].join("/"),
            7 => around("(: ", " :)"),
            8 => around("if (1) then ", " else 2"),
            _ => vec!["x"; times].join("|"),
        }
    })
}

const CONTEXTS: &[&str] = &[
    "/",
    "*",
    "//*",
    "@*",
    "text()",
    "node()",
    "comment()",
    "*[*[*]]",
    "*//*//*",
    "//*//@*",
    "*[position() = last()]",
    "*[preceding::*]",
    "*[. = //*]",
    "a:b",
    "",
    "1",
    "id('a')",
    "key('a','b')",
    "..",
    "*/..",
    "//*[count(//*) > 3]",
    "*[matches(., '(a+)+b')]",
    "*|@*|text()",
    "/*/*/*",
    "processing-instruction()",
    "*[not(self::a)]",
    "(*)",
    "//",
];

fn context(document: &mut Element, chance: &mut Chance) -> bool {
    let value = match chance.below(3) {
        0 => vec!["*"; 1 + chance.below(300)].join("|"),
        1 => vec!["*"; 1 + chance.below(300)].join("//"),
        _ => chance.pick(CONTEXTS).copied().unwrap_or("*").to_owned(),
    };
    let Some(rule) = one_of(document, &["rule", "template"], chance) else { return false };
    let name = if rule.local_name() == "rule" { "context" } else { "match" };
    set(rule, name, &value);
    true
}

fn repeated(document: &mut Element, chance: &mut Chance) -> bool {
    let kinds = [
        "pattern", "rule", "assert", "report", "let", "param", "template", "value-of", "phase",
        "ns",
    ];
    let times = *chance.pick(&[2, 30, 300, 3_000]).unwrap_or(&2);
    let kind = chance.pick(&kinds).copied().unwrap_or("rule");
    let parents: Vec<usize> = (0..document.size())
        .filter(|at| {
            document
                .nth(*at)
                .is_some_and(|it| it.elements().any(|child| child.local_name() == kind))
        })
        .collect();
    let parent = chance.pick(&parents).copied().and_then(|at| document.nth_mut(at));
    let Some(parent) = parent else { return false };
    let fits = |node: &Node| matches!(node, Node::Element(it) if it.local_name() == kind);
    let Some(at) = parent.children.iter().position(fits) else { return false };
    let Some(Node::Element(part)) = parent.children.get(at).cloned() else { return false };
    let times = times.min(200_000 / part.size().max(1));
    parent.children.splice(at..at, vec![Node::Element(part); times]);
    true
}

fn prefix(document: &Element) -> String {
    document.name.split_once(':').map_or_else(String::new, |(prefix, _)| format!("{prefix}:"))
}

fn made(name: String, attributes: &[(&str, &str)]) -> Element {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Element { name, attributes: attributes.iter().map(owned).collect(), children: Vec::new() }
}

/// Abstract rules that extend each other, or themselves.
fn extends(document: &mut Element, chance: &mut Chance) -> bool {
    let sch = prefix(document);
    let ids = ["extended0", "extended1", "extended2"];
    for _ in 0..1 + chance.below(3) {
        let id = chance.pick(&ids).copied().unwrap_or("x");
        let times = if chance.one_in(6) { 300 } else { 1 };
        let Some(rule) = one_of(document, &["rule"], chance) else { return false };
        if chance.one_in(2) {
            rule.attributes.retain(|(name, _)| name != "context");
            set(rule, "abstract", "true");
            set(rule, "id", id);
        }
        let other = chance.pick(&ids).copied().unwrap_or("x");
        for _ in 0..times {
            rule.children
                .insert(0, Node::Element(made(format!("{sch}extends"), &[("rule", other)])));
        }
    }
    true
}

fn abstract_pattern(document: &mut Element, chance: &mut Chance) -> bool {
    let sch = prefix(document);
    let values = ["$a", "$b$b", "$a or $a", "*", "1", "'", "$unknown", ""];
    let (one, other) = (chance.pick(&values).copied(), chance.pick(&values).copied());
    let Some(pattern) = one_of(document, &["pattern"], chance) else { return false };
    set(pattern, "id", "abstract0");
    if chance.one_in(2) {
        set(pattern, "abstract", "true");
    }
    if chance.one_in(2) {
        set(pattern, "is-a", "abstract0");
    }
    let times = if chance.one_in(5) { 1_000 } else { 1 };
    for _ in 0..times {
        let attributes = [("name", "a"), ("value", one.unwrap_or(""))];
        let param = made(format!("{sch}param"), &attributes);
        let mut user = made(format!("{sch}pattern"), &[("is-a", "abstract0")]);
        user.children.push(Node::Element(param));
        let attributes = [("name", "b"), ("value", other.unwrap_or(""))];
        user.children.push(Node::Element(made(format!("{sch}param"), &attributes)));
        document.children.push(Node::Element(user));
    }
    true
}

/// Variables that need themselves, or the one before twice.
fn variable(document: &mut Element, chance: &mut Chance) -> bool {
    let sch = prefix(document);
    let count = *chance.pick(&[1, 5, 30, 500]).unwrap_or(&1);
    let kind = chance.below(4);
    let Some(holder) = one_of(document, &["schema", "pattern", "rule"], chance) else {
        return false;
    };
    for at in 0..count {
        let before = format!("$grown{}", if at == 0 { count - 1 } else { at - 1 });
        let value = match (kind, at) {
            (0, _) => before,
            (_, 0) => "string(/)".to_owned(),
            (1, _) => format!("concat({before}, {before})"),
            (2, _) => format!("({before}, {before})"),
            _ => format!("//*[. = {before}]"),
        };
        let name = format!("grown{at}");
        let declared = made(format!("{sch}let"), &[("name", &name), ("value", &value)]);
        holder.children.insert(at.min(holder.children.len()), Node::Element(declared));
    }
    let used = format!("$grown{} = 'x'", count - 1);
    let Some(check) = one_of(document, &["assert", "report"], chance) else { return true };
    set(check, "test", &used);
    true
}

const XSL: &str = "http://www.w3.org/1999/XSL/Transform";

/// A function that calls itself, once or twice, with an end or without.
fn function(document: &mut Element, chance: &mut Chance) -> bool {
    let bodies = [
        "f:again($n)",
        "if ($n > 0) then f:again($n - 1) else 0",
        "if ($n > 0) then f:again($n - 1) + f:again($n - 1) else 1",
        "for $a in 1 to 10 return f:again($n + $a)",
        "concat(f:again($n), f:again($n))",
    ];
    let body = chance.pick(&bodies).copied().unwrap_or("1");
    let calls =
        ["f:again(5) = 1", "f:again(25) = 1", "f:again(100000) = 1", "f:again(string(/)) = 1"];
    let call = chance.pick(&calls).copied().unwrap_or("1");
    set(document, "xmlns:f", "urn:f");
    set(document, "xmlns:xsl", XSL);
    let sch = prefix(document);
    let namespace = made(format!("{sch}ns"), &[("prefix", "f"), ("uri", "urn:f")]);
    let mut function = made("xsl:function".to_owned(), &[("name", "f:again")]);
    let parameter = made("xsl:param".to_owned(), &[("name", "n")]);
    let value = made("xsl:sequence".to_owned(), &[("select", body)]);
    function.children.extend([Node::Element(parameter), Node::Element(value)]);
    document.children.insert(0, Node::Element(function));
    document.children.insert(0, Node::Element(namespace));
    let Some(check) = one_of(document, &["assert", "report"], chance) else { return true };
    set(check, "test", call);
    true
}

fn includes(document: &mut Element, chance: &mut Chance) -> bool {
    let sch = prefix(document);
    let places = [
        "mutated.xsd",
        "../mutated.xsd",
        "/etc/passwd",
        "http://example/a.sch",
        "none.sch",
        "",
        "mutated.xsd#x",
        "#x",
    ];
    let href = chance.pick(&places).copied().unwrap_or("");
    let kind = chance.pick(&["include", "include", "extends"]).copied().unwrap_or("include");
    let Some(holder) = one_of(document, &["schema", "pattern", "rule"], chance) else {
        return false;
    };
    let times = if chance.one_in(5) { 50 } else { 1 };
    for _ in 0..times {
        holder.children.insert(0, Node::Element(made(format!("{sch}{kind}"), &[("href", href)])));
    }
    true
}

fn phase(document: &mut Element, chance: &mut Chance) -> bool {
    let sch = prefix(document);
    let ids: Vec<String> = document
        .elements()
        .filter(|it| it.local_name() == "pattern")
        .filter_map(|it| it.attributes.iter().find(|(name, _)| name == "id"))
        .map(|(_, id)| id.clone())
        .collect();
    let id = chance.pick(&ids).cloned().unwrap_or_else(|| "none".to_owned());
    let mut phase = made(format!("{sch}phase"), &[("id", "p")]);
    phase.children.push(Node::Element(made(format!("{sch}active"), &[("pattern", &id)])));
    document.children.insert(0, Node::Element(phase));
    let asked = chance.pick(&["p", "q", "#ALL", "#DEFAULT", ""]).copied().unwrap_or("p");
    set(document, "defaultPhase", asked);
    true
}

fn shown(document: &mut Element, chance: &mut Chance) -> bool {
    let sch = prefix(document);
    let paths = [
        "/",
        "//*",
        "1 to 100000",
        "string-join(//*, '')",
        "name(..)",
        "$unknown",
        "error()",
        "(",
        "count(//*[//*])",
    ];
    let path = chance.pick(&paths).copied().unwrap_or("/");
    let Some(check) = one_of(document, &["assert", "report"], chance) else { return false };
    check.children.push(Node::Element(made(format!("{sch}value-of"), &[("select", path)])));
    set(check, "test", chance.pick(&["false()", "true()"]).copied().unwrap_or("true()"));
    true
}

fn binding(document: &mut Element, chance: &mut Chance) -> bool {
    let bindings = ["xslt", "xslt2", "xpath", "xpath31", "stx", "", "XSLT2"];
    set(document, "queryBinding", chance.pick(&bindings).copied().unwrap_or(""));
    true
}
