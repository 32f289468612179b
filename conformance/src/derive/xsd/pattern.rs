//! Texts that a regular expression of XML Schema describes (XML Schema Part 2, appendix F).
//!
//! A text is made from the expression itself, shortest first; whether it is a value is decided by the type,
//! never here. What is not understood gives nothing.

/// Most times that something unbounded is repeated.
const MANY: u32 = 3;
/// Longest text that is made, in characters.
const CHARS_MAX: usize = 5_000;
/// Deepest nesting of groups.
const DEPTH_MAX: usize = 50;
/// Characters that are tried for a class, the plainest first.
const PLAIN: &str = "a1A0b2B9-_. /:+,;#%&()[]{}@!?*'=~^$|zZæøåÆØÅéüñ\u{4e00}\u{3b1}\u{416} \t\n";

/// A part of an expression.
#[derive(Debug, Clone)]
enum Part {
    /// One of these.
    Either(Vec<Self>),
    /// All of these, in order.
    Row(Vec<Self>),
    /// A part so many times.
    Times(Box<Self>, u32, Option<u32>),
    /// One character.
    Of(Class),
}

/// A set of characters.
#[derive(Debug, Clone)]
enum Class {
    Any,
    Range(char, char),
    Digit,
    Space,
    Word,
    NameStart,
    NameChar,
    /// `\p{…}`, by its name.
    Category(String),
    Not(Box<Self>),
    Or(Vec<Self>),
    Without(Box<Self>, Box<Self>),
}

/// Texts that an expression describes: the shortest of each branch, then longer ones, the `nth` way of choosing first.
pub(crate) fn samples(pattern: &str, nth: u32) -> Vec<String> {
    let mut reader = Reader { rest: pattern.chars().collect(), at: 0, depth: 0 };
    let Some(part) = reader.branches().filter(|_| reader.at == reader.rest.len()) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    let branches = match &part {
        Part::Either(parts) => parts.iter().collect(),
        part => vec![part],
    };
    for long in [false, true] {
        for branch in &branches {
            let mut text = String::new();
            let mut turn = nth;
            if write(branch, long, &mut turn, &mut text).is_some() && !all.contains(&text) {
                all.push(text);
            }
        }
    }
    all
}

/// A text of so many characters, where one is found by repeating more often what may be repeated.
pub(crate) fn of_length(pattern: &str, length: usize) -> Option<String> {
    let mut reader = Reader { rest: pattern.chars().collect(), at: 0, depth: 0 };
    let part = reader.branches().filter(|_| reader.at == reader.rest.len())?;
    let branches = match &part {
        Part::Either(parts) => parts.iter().collect(),
        part => vec![part],
    };
    branches.into_iter().find_map(|branch| {
        let mut text = String::new();
        write(branch, false, &mut 0, &mut text)?;
        let mut more = length.checked_sub(text.chars().count())?;
        let mut text = String::new();
        stretch(branch, &mut more, &mut text)?;
        (text.chars().count() == length).then_some(text)
    })
}

/// Adds a text of a part with so many characters more than the least.
fn stretch(part: &Part, more: &mut usize, text: &mut String) -> Option<()> {
    match part {
        Part::Either(parts) => stretch(parts.first()?, more, text),
        Part::Row(parts) => parts.iter().try_for_each(|part| stretch(part, more, text)),
        Part::Times(part, least, most) => {
            for _ in 0..*least {
                stretch(part, more, text)?;
            }
            for _ in *least..most.unwrap_or(u32::MAX) {
                let mut one = String::new();
                write(part, false, &mut 0, &mut one)?;
                let chars = one.chars().count();
                if chars == 0 || chars > *more {
                    break;
                }
                *more -= chars;
                text.push_str(&one);
            }
            Some(())
        }
        Part::Of(_) => write(part, false, &mut 0, text),
    }
}

/// Adds a text of a part; nothing where there is none, or it is too long.
fn write(part: &Part, long: bool, turn: &mut u32, text: &mut String) -> Option<()> {
    match part {
        Part::Either(parts) => write(parts.first()?, long, turn, text),
        Part::Row(parts) => parts.iter().try_for_each(|part| write(part, long, turn, text)),
        Part::Times(part, least, most) => {
            let longest = most.unwrap_or(least.saturating_add(MANY));
            for _ in 0..if long { longest } else { *least } {
                write(part, long, turn, text)?;
            }
            Some(())
        }
        Part::Of(class) => {
            let mut fitting = candidates(class).into_iter().filter(|c| holds(class, *c));
            let wanted = usize::try_from(*turn % 5).unwrap_or(0);
            *turn /= 5;
            let first = fitting.next()?;
            let chosen = if wanted == 0 { first } else { fitting.nth(wanted - 1).unwrap_or(first) };
            text.push(chosen);
            (text.len() <= CHARS_MAX).then_some(())
        }
    }
}

/// Characters worth trying.
fn candidates(class: &Class) -> Vec<char> {
    let mut all: Vec<char> = Vec::new();
    edges(class, &mut all);
    all.extend(PLAIN.chars());
    all
}

fn edges(class: &Class, all: &mut Vec<char>) {
    match class {
        Class::Range(first, last) => {
            let within = (*first..=*last).take(5);
            all.extend(within);
        }
        Class::Or(classes) => classes.iter().for_each(|class| edges(class, all)),
        Class::Without(class, _) => edges(class, all),
        _ => {}
    }
}

fn holds(class: &Class, c: char) -> bool {
    match class {
        Class::Any => !matches!(c, '\n' | '\r'),
        Class::Range(first, last) => (*first..=*last).contains(&c),
        Class::Digit => c.is_ascii_digit(),
        Class::Space => matches!(c, ' ' | '\t' | '\n' | '\r'),
        Class::Word => c.is_alphanumeric() || matches!(c, '+' | '=' | '~' | '^' | '$' | '|'),
        Class::NameStart => c.is_ascii_alphabetic() || matches!(c, '_' | ':'),
        Class::NameChar => c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.' | '-'),
        Class::Category(name) => category(name, c),
        Class::Not(class) => !holds(class, c),
        Class::Or(classes) => classes.iter().any(|class| holds(class, c)),
        Class::Without(class, other) => holds(class, c) && !holds(other, c),
    }
}

/// Enough of Unicode's categories and blocks to choose a character by.
fn category(name: &str, c: char) -> bool {
    match name {
        "L" => c.is_alphabetic(),
        "Lu" => c.is_uppercase(),
        "Ll" => c.is_lowercase(),
        "N" | "Nd" => c.is_ascii_digit(),
        "P" => c.is_ascii_punctuation() && !matches!(c, '+' | '=' | '~' | '^' | '$' | '|'),
        "Z" | "Zs" => c == ' ',
        "S" => matches!(c, '+' | '=' | '~' | '^' | '$' | '|'),
        "IsBasicLatin" => c.is_ascii(),
        "IsLatin-1Supplement" => ('\u{80}'..='\u{ff}').contains(&c),
        _ => false,
    }
}

struct Reader {
    rest: Vec<char>,
    at: usize,
    depth: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn take(&mut self, wanted: char) -> bool {
        let taken = self.peek() == Some(wanted);
        self.at += usize::from(taken);
        taken
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    fn branches(&mut self) -> Option<Part> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return None;
        }
        let mut all = vec![self.row()?];
        while self.take('|') {
            all.push(self.row()?);
        }
        self.depth -= 1;
        if all.len() == 1 { all.pop() } else { Some(Part::Either(all)) }
    }

    fn row(&mut self) -> Option<Part> {
        let mut all = Vec::new();
        while let Some(c) = self.peek() {
            if matches!(c, '|' | ')') {
                break;
            }
            let atom = self.atom()?;
            all.push(self.quantified(atom)?);
        }
        Some(Part::Row(all))
    }

    fn quantified(&mut self, atom: Part) -> Option<Part> {
        let (least, most) = match self.peek() {
            Some('?') => (0, Some(1)),
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('{') => return self.counted(atom),
            _ => return Some(atom),
        };
        self.at += 1;
        Some(Part::Times(Box::new(atom), least, most))
    }

    fn counted(&mut self, atom: Part) -> Option<Part> {
        self.at += 1;
        let least = self.number();
        let most = if self.take(',') { self.number() } else { least };
        let fits = self.take('}');
        fits.then(|| Part::Times(Box::new(atom), least.unwrap_or(0), most))
    }

    fn number(&mut self) -> Option<u32> {
        let mut text = String::new();
        while let Some(c) = self.peek().filter(char::is_ascii_digit) {
            text.push(c);
            self.at += 1;
        }
        text.parse().ok()
    }

    fn atom(&mut self) -> Option<Part> {
        match self.next()? {
            '(' => {
                let inner = self.branches()?;
                self.take(')').then_some(inner)
            }
            '[' => self.class().map(Part::Of),
            '.' => Some(Part::Of(Class::Any)),
            '\\' => self.escape().map(Part::Of),
            c => Some(Part::Of(Class::Range(c, c))),
        }
    }

    fn escape(&mut self) -> Option<Class> {
        let one = |c| Class::Range(c, c);
        Some(match self.next()? {
            'n' => one('\n'),
            'r' => one('\r'),
            't' => one('\t'),
            'd' => Class::Digit,
            'D' => Class::Not(Box::new(Class::Digit)),
            's' => Class::Space,
            'S' => Class::Not(Box::new(Class::Space)),
            'w' => Class::Word,
            'W' => Class::Not(Box::new(Class::Word)),
            'i' => Class::NameStart,
            'I' => Class::Not(Box::new(Class::NameStart)),
            'c' => Class::NameChar,
            'C' => Class::Not(Box::new(Class::NameChar)),
            'p' => self.category()?,
            'P' => Class::Not(Box::new(self.category()?)),
            c => one(c),
        })
    }

    fn category(&mut self) -> Option<Class> {
        if !self.take('{') {
            return None;
        }
        let mut name = String::new();
        while let Some(c) = self.next() {
            if c == '}' {
                return Some(Class::Category(name));
            }
            name.push(c);
        }
        None
    }

    /// A class after its `[`.
    fn class(&mut self) -> Option<Class> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return None;
        }
        let negated = self.take('^');
        let mut all = Vec::new();
        let mut without = None;
        loop {
            match self.next()? {
                ']' => break,
                '-' if self.peek() == Some('[') => {
                    self.at += 1;
                    without = Some(self.class()?);
                }
                '\\' => {
                    let class = self.escape()?;
                    all.push(match class {
                        Class::Range(first, _) => self.range(first)?,
                        class => class,
                    });
                }
                c => all.push(self.range(c)?),
            }
        }
        self.depth -= 1;
        let mut class = Class::Or(all);
        if negated {
            class = Class::Not(Box::new(class));
        }
        Some(match without {
            Some(other) => Class::Without(Box::new(class), Box::new(other)),
            None => class,
        })
    }

    fn range(&mut self, first: char) -> Option<Class> {
        let next = self.rest.get(self.at + 1).copied();
        if self.peek() != Some('-') || matches!(next, Some(']' | '[') | None) {
            return Some(Class::Range(first, first));
        }
        self.at += 1;
        match self.next()? {
            '\\' => match self.escape()? {
                Class::Range(last, _) => Some(Class::Range(first, last)),
                _ => None,
            },
            last => Some(Class::Range(first, last)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{of_length, samples};

    #[test]
    fn makes_texts_that_expressions_describe() {
        for (pattern, expected) in [
            ("[0-9]{4}", vec!["0000"]),
            ("A|B+", vec!["A", "B", "BBBB"]),
            ("DK\\d{2}(-X)?", vec!["DK11", "DK11-X"]),
            ("[A-Z-[A]]", vec!["B"]),
            ("[^a]\\.\\p{Lu}", vec!["1.A"]),
            ("", vec![""]),
            ("(a", vec![]),
        ] {
            assert_eq!(samples(pattern, 0), expected, "{pattern}");
        }
        assert_eq!(samples("[0-9]{3}", 7), ["210"]);
        assert_eq!(of_length("[a-z]+@[a-z]+", 6).as_deref(), Some("aaaa@a"));
        assert_eq!(of_length("[0-9]{2,3}", 4), None);
    }
}
