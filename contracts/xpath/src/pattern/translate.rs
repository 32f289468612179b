//! From the regular expressions of XPath (Functions and Operators, section 7.6.1; XML Schema Part 2, appendix F)
//! to the text that the `regex` crate takes.

use super::{LOOK_AROUND, PATTERN, blocks};
use crate::fault::{Code, Fault, Outcome};
use std::fmt::Write as _;
use std::iter::Peekable;
use std::str::Chars;

const GROUPS_DEPTH_MAX: usize = 100;
/// More characters than any text has: what is asked for more often is not there.
const REPEATS_MAX: u64 = 1_000_000_000;

const BACK_REFERENCE: Fault =
    Fault::new(Code::Unsupported, "Back-references in regular expressions are not supported.");
const INITIAL: &str = r":A-Z_a-z\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{2FF}\x{370}-\x{37D}\x{37F}-\x{1FFF}\x{200C}-\x{200D}\x{2070}-\x{218F}\x{2C00}-\x{2FEF}\x{3001}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFFD}\x{10000}-\x{EFFFF}";
const NAME_EXTRA: &str = r"\-.0-9\x{B7}\x{300}-\x{36F}\x{203F}-\x{2040}";

/// All characters, inside brackets.
const ANYTHING: &str = r"\x{0}-\x{10FFFF}";
/// No character, inside brackets.
const NOTHING: &str = r"[^\x{0}-\x{10FFFF}]";

/// How a pattern is read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Dialect {
    /// The flag `x`.
    pub(super) ignore_space: bool,
    /// The flag `s`.
    pub(super) dot_all: bool,
    /// Patterns of schemas have no anchors, no groups that do not capture, and no reluctant quantifiers.
    pub(super) of_schema: bool,
    /// With groups that do not capture.
    pub(super) xpath_3: bool,
    /// Each `^` is a group that holds nothing, and there are no other groups.
    pub(super) marks: bool,
}

impl Dialect {
    /// By the flags of XPath.
    pub(super) fn of(flags: &str) -> Self {
        let has = |flag: char| flags.contains(flag);
        Self { ignore_space: has('x'), dot_all: has('s'), ..Self::default() }
    }
}

struct Translator<'t> {
    chars: Peekable<Chars<'t>>,
    out: String,
    dialect: Dialect,
    depth: usize,
    /// Where in `out` what can be repeated begins.
    atom: usize,
    /// Where the groups that are open begin, and their numbers, innermost last; none for one that does not capture.
    open: Vec<(usize, Option<usize>)>,
    closed: Vec<usize>,
    groups: usize,
}

/// Translates a pattern of XPath.
pub(super) fn translate(text: &str, dialect: Dialect) -> Outcome<String> {
    run(Translator::new(text, dialect))
}

/// Translates a pattern of XML Schema, which describes a whole text.
pub(super) fn translate_of_schema(text: &str) -> Outcome<String> {
    run(Translator::new(text, Dialect { of_schema: true, ..Dialect::default() }))
}

fn run(mut translator: Translator<'_>) -> Outcome<String> {
    translator.alternatives()?;
    if translator.depth != 0 {
        return Err(PATTERN);
    }
    Ok(translator.out)
}

impl<'t> Translator<'t> {
    fn new(text: &'t str, dialect: Dialect) -> Self {
        Self {
            chars: text.chars().peekable(),
            out: String::with_capacity(text.len() * 2),
            dialect,
            depth: 0,
            atom: 0,
            open: Vec::new(),
            closed: Vec::new(),
            groups: 0,
        }
    }
}

impl Translator<'_> {
    fn alternatives(&mut self) -> Outcome<()> {
        let mut quantifiable = false;
        while let Some(c) = self.chars.next() {
            if self.dialect.ignore_space && matches!(c, ' ' | '\t' | '\n' | '\r') {
                continue;
            }
            if !matches!(c, '?' | '*' | '+' | '{') {
                self.atom = self.out.len();
            }
            quantifiable = match c {
                '(' => {
                    self.open_group()?;
                    false
                }
                ')' => {
                    self.depth = self.depth.checked_sub(1).ok_or(PATTERN)?;
                    let (start, number) = self.open.pop().ok_or(PATTERN)?;
                    self.atom = start;
                    self.closed.extend(number);
                    self.out.push(')');
                    true
                }
                '^' | '$' if self.dialect.of_schema => {
                    literal(&mut self.out, c);
                    true
                }
                '|' => {
                    self.out.push(c);
                    false
                }
                '^' | '$' => {
                    self.out.push_str(match c {
                        '^' if self.dialect.marks => "(^)",
                        '^' => "^",
                        _ => "$",
                    });
                    true
                }
                '?' | '*' | '+' | '{' => {
                    if !quantifiable {
                        return Err(PATTERN);
                    }
                    self.quantifier(c)?;
                    false
                }
                '[' => {
                    self.class(0)?;
                    true
                }
                '\\' => {
                    self.escape()?;
                    true
                }
                '.' => {
                    self.out.push_str(if self.dialect.dot_all { "." } else { r"[^\n\r]" });
                    true
                }
                '}' | ']' => return Err(PATTERN),
                c => {
                    literal(&mut self.out, c);
                    true
                }
            };
        }
        Ok(())
    }

    fn open_group(&mut self) -> Outcome<()> {
        self.depth += 1;
        if self.depth > GROUPS_DEPTH_MAX {
            return Err(PATTERN);
        }
        let start = self.out.len();
        if self.chars.peek() == Some(&'?') {
            self.chars.next();
            match self.chars.next() {
                Some('=' | '!' | '<') if !self.dialect.of_schema => return Err(LOOK_AROUND),
                Some(':') if self.dialect.xpath_3 => {}
                _ => return Err(PATTERN),
            }
            self.out.push_str("(?:");
            self.open.push((start, None));
        } else {
            self.groups += 1;
            self.out.push_str(if self.dialect.marks { "(?:" } else { "(" });
            self.open.push((start, Some(self.groups)));
        }
        Ok(())
    }

    fn quantifier(&mut self, first: char) -> Outcome<()> {
        if first == '{' {
            self.counted()?;
        } else {
            self.out.push(first);
        }
        if self.chars.peek() == Some(&'?') && !self.dialect.of_schema {
            self.chars.next();
            self.out.push('?');
        }
        Ok(())
    }

    /// `{n}`, `{n,}` or `{n,m}`, the opening brace taken.
    fn counted(&mut self) -> Outcome<()> {
        let mut body = String::new();
        loop {
            match self.chars.next() {
                Some('}') => break,
                Some(c) if c.is_ascii_digit() || c == ',' => body.push(c),
                Some(' ' | '\t' | '\n' | '\r') if self.dialect.ignore_space => {}
                _ => return Err(PATTERN),
            }
        }
        let (least, most) =
            body.split_once(',').map_or((body.as_str(), None), |(a, b)| (a, Some(b)));
        if least.is_empty() || most.is_some_and(|most| most.contains(',')) {
            return Err(PATTERN);
        }
        let number = |digits: &str| digits.parse::<u64>().unwrap_or(u64::MAX);
        let (least, most) =
            (number(least), most.map(|most| (!most.is_empty()).then(|| number(most))));
        if most.flatten().is_some_and(|most| most < least) {
            return Err(PATTERN);
        }
        if least > REPEATS_MAX {
            return self.never();
        }
        let _ = match most {
            None => write!(self.out, "{{{least}}}"),
            Some(Some(most)) if most <= REPEATS_MAX => write!(self.out, "{{{least},{most}}}"),
            Some(_) => write!(self.out, "{{{least},}}"),
        };
        Ok(())
    }

    /// What is repeated so often that no text is long enough matches only where it can be empty.
    fn never(&mut self) -> Outcome<()> {
        let atom = self.out.split_off(self.atom);
        let empty = regex::Regex::new(&format!("^(?:{atom})$")).map_err(|_| PATTERN)?.is_match("");
        self.out.push_str("(?:");
        self.out.push_str(&atom);
        self.out.push_str(if empty { ")*" } else { NOTHING });
        if !empty {
            self.out.push(')');
        }
        Ok(())
    }

    /// An escape outside of a class.
    fn escape(&mut self) -> Outcome<()> {
        while self.dialect.ignore_space
            && self.chars.next_if(|c| matches!(c, ' ' | '\t' | '\n' | '\r')).is_some()
        {}
        match self.chars.next() {
            // A reference is right only where its group is closed.
            Some(c) if c.is_ascii_digit() => {
                let group = c.to_digit(10).unwrap_or(0) as usize;
                Err(if self.closed.contains(&group) { BACK_REFERENCE } else { PATTERN })
            }
            Some(c) => {
                let class = self.class_escape(c)?;
                match class {
                    // The flag `i` does not change what a category or a block holds.
                    Some(class) if !self.dialect.of_schema && matches!(c, 'p' | 'P') => {
                        let _ = write!(self.out, "(?-i:[{class}])");
                    }
                    Some(class) => {
                        let _ = write!(self.out, "[{class}]");
                    }
                    None => single_escape(&mut self.out, c)?,
                }
                Ok(())
            }
            None => Err(PATTERN),
        }
    }

    /// What a multi-character escape stands for inside brackets; `None` for an escape of one character.
    fn class_escape(&mut self, c: char) -> Outcome<Option<String>> {
        Ok(Some(match c {
            'd' => r"\p{Nd}".to_owned(),
            'D' => r"\P{Nd}".to_owned(),
            's' => r" \t\n\r".to_owned(),
            'S' => r"[^ \t\n\r]".to_owned(),
            'w' => r"[^\p{P}\p{Z}\p{C}]".to_owned(),
            'W' => r"\p{P}\p{Z}\p{C}".to_owned(),
            'i' => INITIAL.to_owned(),
            'I' => format!("[^{INITIAL}]"),
            'c' => format!("{INITIAL}{NAME_EXTRA}"),
            'C' => format!("[^{INITIAL}{NAME_EXTRA}]"),
            'p' | 'P' => self.property(c == 'P')?,
            _ => return Ok(None),
        }))
    }

    fn property(&mut self, negated: bool) -> Outcome<String> {
        if self.chars.next() != Some('{') {
            return Err(PATTERN);
        }
        let mut name = String::new();
        loop {
            match self.chars.next() {
                Some('}') => break,
                Some(c) if name.len() < 64 => {
                    if !(self.dialect.ignore_space && c == ' ') {
                        name.push(c);
                    }
                }
                _ => return Err(PATTERN),
            }
        }
        let not = if negated { "^" } else { "" };
        if let Some(block) = name.strip_prefix("Is") {
            if blocks::SURROGATES.contains(&block) {
                return Ok(if negated { ANYTHING } else { NOTHING }.to_owned());
            }
            let (first, last) = blocks::find(block).ok_or(PATTERN)?;
            return Ok(format!("[{not}\\x{{{first:X}}}-\\x{{{last:X}}}]"));
        }
        if !CATEGORIES.contains(&name.as_str()) {
            return Err(PATTERN);
        }
        // Surrogates are no characters here.
        if name == "Cs" {
            return Ok(if negated { ANYTHING } else { NOTHING }.to_owned());
        }
        Ok(format!("[{not}\\p{{{name}}}]"))
    }

    /// A class in brackets, the opening one taken. `a-z-[b]` is a subtraction.
    fn class(&mut self, depth: usize) -> Outcome<()> {
        if depth > GROUPS_DEPTH_MAX {
            return Err(PATTERN);
        }
        let negated = self.chars.next_if_eq(&'^').is_some();
        let not = if negated { "^" } else { "" };
        let mut inner = String::new();
        let mut empty = true;
        loop {
            let c = self.chars.next().ok_or(PATTERN)?;
            match c {
                ']' if !empty => break,
                '[' | ']' => return Err(PATTERN),
                '-' if self.chars.peek() == Some(&'[') && !empty => {
                    self.chars.next();
                    // The negation is of what is subtracted from, not of the difference.
                    let _ = write!(self.out, "[[{not}{inner}]--");
                    self.class(depth + 1)?;
                    if self.chars.next() != Some(']') {
                        return Err(PATTERN);
                    }
                    self.out.push(']');
                    return Ok(());
                }
                c => self.class_item(c, &mut inner)?,
            }
            empty = false;
        }
        let _ = write!(self.out, "[{not}{inner}]");
        Ok(())
    }

    fn class_item(&mut self, c: char, inner: &mut String) -> Outcome<()> {
        let Some(first) = self.class_char(c, inner)? else { return Ok(()) };
        let mut ahead = self.chars.clone();
        let is_range = ahead.next() == Some('-') && !matches!(ahead.next(), None | Some('[' | ']'));
        if !is_range || (c == '-') {
            literal(inner, first);
            return Ok(());
        }
        self.chars.next();
        let next = self.chars.next().ok_or(PATTERN)?;
        let mut unused = String::new();
        let last = self.class_char(next, &mut unused)?.ok_or(PATTERN)?;
        if last < first {
            return Err(PATTERN);
        }
        literal(inner, first);
        inner.push('-');
        literal(inner, last);
        Ok(())
    }

    /// One character of a class; `None` where it was a class of its own, which is written.
    fn class_char(&mut self, c: char, inner: &mut String) -> Outcome<Option<char>> {
        if c != '\\' {
            return Ok(Some(c));
        }
        let escaped = self.chars.next().ok_or(PATTERN)?;
        if let Some(class) = self.class_escape(escaped)? {
            let _ = write!(inner, "[{class}]");
            return Ok(None);
        }
        escaped_char(escaped).map(Some)
    }
}

fn escaped_char(c: char) -> Outcome<char> {
    match c {
        'n' => Ok('\n'),
        'r' => Ok('\r'),
        't' => Ok('\t'),
        '\\' | '|' | '.' | '-' | '^' | '?' | '*' | '+' | '{' | '}' | '(' | ')' | '[' | ']'
        | '$' => Ok(c),
        _ => Err(PATTERN),
    }
}

fn single_escape(out: &mut String, c: char) -> Outcome<()> {
    literal(out, escaped_char(c)?);
    Ok(())
}

/// Writes a character so that the `regex` crate takes it as itself, inside a class and outside.
fn literal(out: &mut String, c: char) {
    if c.is_alphanumeric() || c == ' ' || c == '_' {
        out.push(c);
    } else {
        let _ = write!(out, "\\x{{{:X}}}", u32::from(c));
    }
}

const CATEGORIES: [&str; 37] = [
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc",
    "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Z", "Zs", "Zl", "Zp", "S", "Sm", "Sc", "Sk", "So", "C",
    "Cc", "Cf", "Co", "Cn", "Cs",
];
