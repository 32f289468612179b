//! What an expression of a rule set speaks of: names of elements and attributes, texts, numbers.

use sluse_schematron::ToldCheck;
use std::collections::BTreeSet;

/// Most texts and numbers of one expression that are tried.
const LITERALS_MAX: usize = 24;
/// Longest list of codes in one literal that is taken apart, in codes.
const CODES_MAX: usize = 6;

/// A step of a path, with what its predicates compare: the way to a value, and the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PathStep {
    pub(crate) prefix: String,
    pub(crate) local: String,
    pub(crate) where_: Vec<(Vec<(String, String)>, String)>,
}

/// What a check speaks of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hints {
    /// Local names of elements, those of the context not counted.
    pub(crate) elements: BTreeSet<String>,
    /// Local names of attributes.
    pub(crate) attributes: BTreeSet<String>,
    /// Local name of the nodes that the rule meets.
    pub(crate) context: Vec<String>,
    /// The paths of the nodes that the rule meets.
    pub(crate) contexts: Vec<Vec<PathStep>>,
    /// Texts and numbers.
    pub(crate) literals: Vec<String>,
    /// The paths that it has.
    pub(crate) paths: Vec<Vec<PathStep>>,
}

/// Reads what a check speaks of.
pub(crate) fn hints(check: &ToldCheck) -> Hints {
    let mut hints = Hints::default();
    for path in paths(&tokens(&check.context)) {
        hints.context.extend(path.last().map(|step| step.local.clone()));
        hints.contexts.push(path);
    }
    let expressions = std::iter::once(&check.test).chain(&check.variables);
    for expression in expressions.chain(std::iter::once(&check.context)) {
        read(expression, &mut hints);
    }
    hints.context.sort();
    hints.context.dedup();
    hints.literals.truncate(LITERALS_MAX);
    hints
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A prefix, which may be empty, and a local name.
    Name(String, String),
    Attribute(String),
    Literal(String),
    Slash,
    Open,
    Close,
    Equals,
    /// `and`, `or`, `|`: what is before has nothing to do with what is after.
    Between,
    Other,
}

fn read(expression: &str, hints: &mut Hints) {
    let tokens = tokens(expression);
    for token in &tokens {
        match token {
            Token::Name(_, local) => {
                hints.elements.insert(local.clone());
            }
            Token::Attribute(local) => {
                hints.attributes.insert(local.clone());
            }
            Token::Literal(text) => hints.literal(text),
            _ => {}
        }
    }
    for path in paths(&tokens) {
        if !hints.paths.contains(&path) {
            hints.paths.push(path);
        }
    }
}

/// The paths of an expression, those in predicates left out.
fn paths(tokens: &[Token]) -> Vec<Vec<PathStep>> {
    let mut all: Vec<Vec<PathStep>> = Vec::new();
    let (mut at, mut goes_on) = (0, false);
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            Token::Name(prefix, local) => {
                let step =
                    PathStep { prefix: prefix.clone(), local: local.clone(), where_: Vec::new() };
                match all.last_mut().filter(|_| goes_on) {
                    Some(path) => path.push(step),
                    None => all.push(vec![step]),
                }
                goes_on = false;
            }
            Token::Open => {
                let end = closing(tokens, at);
                let inside = tokens.get(at..end).unwrap_or_default();
                let step = all.last_mut().and_then(|path| path.last_mut());
                step.into_iter().for_each(|step| step.where_.extend(compared(inside)));
                at = end + 1;
            }
            Token::Slash => goes_on = at > 1 && goes_on_from(tokens.get(at - 2)),
            _ => goes_on = false,
        }
    }
    all
}

/// Whether a path goes on after what stands before a slash.
fn goes_on_from(before: Option<&Token>) -> bool {
    matches!(before, Some(Token::Name(..) | Token::Close))
}

/// Where the bracket ends that is open.
fn closing(tokens: &[Token], from: usize) -> usize {
    let mut depth = 1;
    for (at, token) in tokens.iter().enumerate().skip(from) {
        match token {
            Token::Open => depth += 1,
            Token::Close => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len()
}

/// What a predicate compares with a text: the names on the way to it, whatever functions stand around them.
fn compared(inside: &[Token]) -> Vec<(Vec<(String, String)>, String)> {
    let mut all = Vec::new();
    for part in inside.split(|token| *token == Token::Between) {
        let Some(equals) = part.iter().position(|token| *token == Token::Equals) else { continue };
        let (left, right) = part.split_at_checked(equals).unwrap_or((part, &[]));
        let way = left.iter().filter_map(|token| match token {
            Token::Name(prefix, local) => Some((prefix.clone(), local.clone())),
            _ => None,
        });
        let text = right.iter().find_map(|token| match token {
            Token::Literal(text) => Some(text.clone()),
            _ => None,
        });
        let way: Vec<_> = way.collect();
        all.extend(text.filter(|_| !way.is_empty()).map(|text| (way, text)));
    }
    all
}

impl Hints {
    fn literal(&mut self, text: &str) {
        let words: Vec<&str> =
            text.split([' ', ',', '|']).filter(|word| !word.is_empty()).collect();
        let many = words.len() > 1;
        let all = if many { words.iter().take(CODES_MAX).copied().collect() } else { vec![text] };
        for text in all {
            if !self.literals.iter().any(|each| each == text) {
                self.literals.push(text.to_owned());
            }
        }
    }
}

fn tokens(expression: &str) -> Vec<Token> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    let mut all = Vec::new();
    let mut rest = expression.trim_start();
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        match first {
            '\'' | '"' => {
                let end = after.find(first).unwrap_or(after.len());
                all.push(Token::Literal(after.get(..end).unwrap_or_default().to_owned()));
                rest = after.get(end + 1..).unwrap_or_default();
            }
            '@' | '$' => {
                let end = after.find(|c| !is_name(c)).unwrap_or(after.len());
                let name = after.get(..end).unwrap_or_default();
                let local = name.rsplit(':').next().unwrap_or_default().to_owned();
                all.push(if first == '@' { Token::Attribute(local) } else { Token::Other });
                rest = after.get(end..).unwrap_or_default();
            }
            c if c.is_ascii_digit() => {
                let end =
                    rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
                all.push(Token::Literal(rest.get(..end).unwrap_or_default().to_owned()));
                rest = rest.get(end..).unwrap_or_default();
            }
            c if c.is_alphabetic() || c == '_' => {
                let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
                let (word, next) = rest.split_at(end);
                all.push(named(word, next.trim_start()));
                rest = next;
            }
            '/' | '[' | ']' | '=' | '|' => {
                all.push(match first {
                    '/' => Token::Slash,
                    '[' => Token::Open,
                    ']' => Token::Close,
                    '=' => Token::Equals,
                    _ => Token::Between,
                });
                rest = after;
            }
            c if c.is_whitespace() => rest = after,
            _ => {
                all.push(Token::Other);
                rest = after;
            }
        }
    }
    all
}

/// A word of an expression: a function and what is written as words is no name of an element.
fn named(word: &str, next: &str) -> Token {
    const WORDS: [&str; 26] = [
        "and",
        "or",
        "not",
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "div",
        "mod",
        "idiv",
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
        "to",
        "is",
        "except",
        "union",
        "intersect",
    ];
    let name = word.rsplit("::").next().unwrap_or(word);
    match word {
        "true" | "false" if next.starts_with("()") => return Token::Literal(word.to_owned()),
        "eq" => return Token::Equals,
        "and" | "or" => return Token::Between,
        _ => {}
    }
    if next.starts_with('(') || WORDS.contains(&word) || word.ends_with(':') {
        return Token::Other;
    }
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    Token::Name(prefix.to_owned(), local.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_texts_and_paths() {
        let check = ToldCheck {
            id: None,
            head: String::new(),
            context: "/o:Order[o:X='1'] | o:Line".into(),
            test: "not(cac:A/cbc:B = 'K L') and xs:decimal(@n) <= 10.5".into(),
            is_report: false,
            variables: vec!["\"V\"".into()],
            namespaces: Vec::new(),
        };
        let hints = hints(&check);
        assert_eq!(hints.context, ["Line", "Order"]);
        assert_eq!(hints.literals, ["K", "L", "10.5", "V", "1"]);
        assert_eq!(hints.attributes.iter().collect::<Vec<_>>(), ["n"]);
        let names =
            |path: &[PathStep]| path.iter().map(|step| step.local.clone()).collect::<Vec<_>>();
        assert_eq!(names(&hints.paths[0]), ["A", "B"]);
        let where_ = vec![(vec![("o".to_owned(), "X".to_owned())], "1".to_owned())];
        assert_eq!(hints.contexts[0][0].where_, where_);
    }
}
