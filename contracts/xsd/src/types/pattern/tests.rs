//! Patterns that are wrong or too large, how they are matched, and which characters their classes hold.

use super::super::compile::NoScope;
use super::*;
use unicode_general_category::get_general_category;

#[test]
fn tells_broken_patterns_from_large_ones() {
    for (text, over_budget) in [
        ("a{3,2}", false),
        ("a{10,9}", false),
        ("(", false),
        ("[b-a]", false),
        ("a{99999999999999999999,1}", false),
        ("(a{0,1000}){0,1000}", true),
    ] {
        let fault = Pattern::compile(text).unwrap_err();
        assert_eq!(fault.over_budget, over_budget, "{text} {fault:?}");
    }
    for text in ["a{2,3}", "a{02,2}", r"\{3,2\}", r"[\{3,2\}]", "a{0,0}", r"\p{L}{2,}", "{"] {
        let _ = Pattern::compile(text).map_err(|fault| assert!(text == "{", "{text} {fault:?}"));
    }
}

#[test]
fn a_text_is_matched_as_a_whole_by_cache_and_by_machine() {
    let large = format!("({}){{1,2}}", r"[\p{L}\d]{0,120}x");
    for (pattern, text, matches) in [
        ("a|ab", "ab", true),
        ("a|ab", "abc", false),
        ("", "", true),
        (".*", "a\nb", false),
        (&large, "æ9x", true),
        (&large, "æ9y", false),
    ] {
        let pattern = Pattern::compile(pattern).unwrap();
        assert_eq!(pattern.matches(text, &NoScope), Some(matches), "{pattern:?} {text}");
        let machine = Machine {
            lazy: None,
            ..Machine::of(pattern.machine.followed.get_nfa().clone()).unwrap()
        };
        let followed =
            Pattern { text: "".into(), machine: Arc::new(machine), count: pattern.count };
        assert_eq!(followed.matches(text, &NoScope), Some(matches), "{pattern:?} {text}");
    }
}

#[test]
fn one_class_with_a_large_count_is_counted() {
    for (class, one, other) in [
        (r"[\w\s]", "æ", "-"),
        (r"[\p{L} ]", " ", "1"),
        (r"[\p{L}\p{N}\p{P}\p{Zs}]", "!", "+"),
        (r"[a-z-[aeiou]]", "b", "a"),
        (r"[\]x]", "]", "["),
        (r"\p{Lu}", "Å", "å"),
        (r"\P{Lu}", "å", "Å"),
        (r"\d", "7", "x"),
        (r"\.", ".", "x"),
        (".", "𝔸", "\n"),
    ] {
        for (least, most) in [(0, 3_000), (200, 3_000), (150, 150)] {
            let bounds = if least == most { format!("{most}") } else { format!("{least},{most}") };
            for text in [format!("{class}{{{bounds}}}"), format!("(({class}{{{bounds}}}))")] {
                let pattern = Pattern::compile(&text).unwrap();
                assert!(pattern.count.is_some(), "{text}");
                assert!(pattern.memory_bytes() < PATTERN_BYTES_MAX / 64, "{text}");
                let matches = |value: &str| pattern.matches(value, &NoScope).unwrap();
                for number in [0, 1, 149, 150, 151, 200, 3_000, 3_001] {
                    let fits = (least..=most).contains(&number);
                    assert_eq!(matches(&one.repeat(number)), fits, "{text} {number}");
                }
                assert!(!matches(&format!("{}{other}", one.repeat(most - 1))), "{text}");
            }
        }
        let unbounded = Pattern::compile(&format!("{class}{{200,}}")).unwrap();
        assert_eq!(unbounded.matches(&one.repeat(5_000), &NoScope), Some(true));
        assert_eq!(unbounded.matches(&one.repeat(199), &NoScope), Some(false));
    }
    for text in ["a{200}", r"\d{200}x", r"\d{200}|x", r"(\d)(\d{200})", r"(\d{200})*", r"\d{2}"] {
        let pattern = Pattern::compile(text).unwrap();
        assert!(pattern.count.is_none(), "{text}");
    }
}

/// The categories that a pattern may name: groups of one letter, and parts of them.
const CATEGORIES: [&str; 37] = [
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc",
    "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Z", "Zs", "Zl", "Zp", "S", "Sm", "Sc", "Sk", "So", "C",
    "Cc", "Cf", "Co", "Cn", "Cs",
];

/// The category by a table that is not the engine's.
fn category(c: char) -> &'static str {
    get_general_category(c).abbreviation()
}

/// The characters on both sides of each place where the category changes, and some of all planes.
fn characters() -> Vec<char> {
    let all: Vec<char> = ('\0'..=char::MAX).collect();
    let changes = all.windows(2).filter(|pair| category(pair[0]) != category(pair[1]));
    let mut found: Vec<char> = changes.flatten().copied().collect();
    found.extend(all.iter().step_by(499));
    found.extend(['\u{1F600}', '\u{E000}', '\u{FFFF}', '\u{10000}', '\u{E0001}', char::MAX]);
    found
}

/// Holds each way to write a class, and its complement, against what the class is said to hold.
fn check_class(class: &str, complement: &str, characters: &[char], holds: &dyn Fn(char) -> bool) {
    let written = |text: String| Pattern::compile(&text).unwrap();
    let classes = [
        (true, written(class.to_owned())),
        (true, written(format!("[{class}]"))),
        (true, written(format!("[^{complement}]"))),
        (false, written(complement.to_owned())),
        (false, written(format!("[{complement}]"))),
        (false, written(format!("[^{class}]"))),
    ];
    for c in characters {
        let text = c.encode_utf8(&mut [0; 4]).to_owned();
        for (is_class, pattern) in &classes {
            let matches = pattern.matches(&text, &NoScope);
            let expected = Some(holds(*c) == *is_class);
            assert_eq!(matches, expected, "{} U+{:04X}", pattern.text(), u32::from(*c));
        }
    }
}

#[test]
fn each_character_is_of_a_category_or_of_its_complement() {
    let characters = characters();
    for name in CATEGORIES {
        let holds = |c: char| category(c).starts_with(name);
        check_class(&format!(r"\p{{{name}}}"), &format!(r"\P{{{name}}}"), &characters, &holds);
    }
}

#[test]
fn each_character_is_of_a_class_or_of_its_complement() {
    let characters = characters();
    check_class(r"\d", r"\D", &characters, &|c| category(c) == "Nd");
    check_class(r"\w", r"\W", &characters, &|c| !category(c).starts_with(['P', 'Z', 'C']));
    check_class(r"\s", r"\S", &characters, &|c| " \t\n\r".contains(c));
    let initial = Pattern::compile(r"\i").unwrap();
    let name = Pattern::compile(r"\c").unwrap();
    let is = |pattern: &Pattern, c: char| pattern.matches(&c.to_string(), &NoScope) == Some(true);
    check_class(r"\i", r"\I", &characters, &|c| is(&initial, c));
    check_class(r"\c", r"\C", &characters, &|c| is(&name, c));
    let names = characters.iter().filter(|c| is(&initial, **c));
    assert!(names.clone().count() > 1_000 && names.clone().all(|c| is(&name, *c)));
}

#[test]
fn each_character_is_of_a_block_or_of_its_complement() {
    let characters = characters();
    for (name, first, last) in [
        ("BasicLatin", '\0', '\u{7F}'),
        ("Cyrillic", '\u{400}', '\u{4FF}'),
        ("Gothic", '\u{10330}', '\u{1034F}'),
        ("Tags", '\u{E0000}', '\u{E007F}'),
    ] {
        let holds = |c: char| (first..=last).contains(&c);
        check_class(&format!(r"\p{{Is{name}}}"), &format!(r"\P{{Is{name}}}"), &characters, &holds);
    }
}

#[test]
fn characters_beyond_the_first_plane_are_characters_like_others() {
    for (pattern, matches) in [
        (r"\w+", true),
        (r"\D+", true),
        (r"[^\d]+", true),
        (r"[\D]+", true),
        (r"\p{So}+", true),
        (r"\P{C}+", true),
        (r"[\w-[\p{S}]]+", false),
        (r"[^\W]+", true),
        (r"\W+", false),
        (r"\p{Cn}+", false),
    ] {
        let found = Pattern::compile(pattern).unwrap().matches("\u{1F600}", &NoScope);
        assert_eq!(found, Some(matches), "{pattern}");
    }
}
