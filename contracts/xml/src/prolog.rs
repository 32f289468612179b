//! The XML declaration (XML 1.0, sections 2.8, 2.9 and 4.3.3).

use crate::fault::Fault;
use crate::names::is_space;

/// What an XML declaration says, as far as reading depends on it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Declaration<'t> {
    /// The encoding that it states.
    pub(crate) encoding: Option<&'t str>,
}

/// Whether `text` begins with an XML declaration, right or wrong.
pub(crate) fn begins(text: &str) -> bool {
    text.strip_prefix("<?xml")
        .and_then(|rest| rest.bytes().next())
        .is_some_and(|next| is_space(next) || next == b'?')
}

/// Reads a whole declaration, from `<?xml` to `?>`, at offset 0.
pub(crate) fn read(text: &str) -> Result<Declaration<'_>, Fault> {
    let inner = text.strip_prefix("<?xml").and_then(|rest| rest.strip_suffix("?>"));
    let inner = inner.ok_or(Fault::form("the XML declaration is not closed", 0))?;
    let mut parts = Parts { text: inner, at: 0 };
    let version = parts.next("version")?;
    if !version.is_some_and(is_version) {
        return Err(parts.fault(
            "the XML declaration must begin with a version of XML 1, such as version=\"1.0\"",
        ));
    }
    let encoding = parts.next("encoding")?;
    if !encoding.is_none_or(is_encoding) {
        return Err(parts.fault("the encoding in the XML declaration is not a name of an encoding"));
    }
    let standalone = parts.next("standalone")?;
    if !standalone.is_none_or(|value| matches!(value, "yes" | "no")) {
        return Err(parts.fault("standalone in the XML declaration is neither yes nor no"));
    }
    parts.skip_space();
    if parts.rest().is_empty() {
        Ok(Declaration { encoding })
    } else {
        Err(parts.fault(
            "the XML declaration takes version, encoding and standalone, in this order, and no more",
        ))
    }
}

/// Production 26: any minor version is read as 1.0 (fifth edition).
fn is_version(value: &str) -> bool {
    value
        .strip_prefix("1.")
        .is_some_and(|minor| !minor.is_empty() && minor.bytes().all(|b| b.is_ascii_digit()))
}

/// Production 81.
fn is_encoding(value: &str) -> bool {
    value.bytes().next().is_some_and(|b| b.is_ascii_alphabetic())
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// The pseudo-attributes, read one after the other.
struct Parts<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Parts<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn fault(&self, sentence: &'static str) -> Fault {
        Fault::form(sentence, "<?xml".len() + self.at)
    }

    fn skip_space(&mut self) -> bool {
        let rest = self.rest();
        let space = rest.bytes().position(|b| !is_space(b)).unwrap_or(rest.len());
        self.at += space;
        space > 0
    }

    fn skip(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        self.at += if found { word.len() } else { 0 };
        found
    }

    /// The value of `name` where it comes next.
    fn next(&mut self, name: &str) -> Result<Option<&'t str>, Fault> {
        let before = self.at;
        if !(self.skip_space() && self.skip(name)) {
            self.at = before;
            return Ok(None);
        }
        self.skip_space();
        let equals = self.skip("=");
        self.skip_space();
        let quote = self.rest().chars().next().filter(|c| equals && matches!(c, '"' | '\''));
        let value = quote.and_then(|quote| {
            let inner = self.rest().get(1..)?;
            inner.get(..inner.find(quote)?)
        });
        let value =
            value.ok_or_else(|| self.fault("a value in the XML declaration is not in quotes"))?;
        self.at += value.len() + 2;
        Ok(Some(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_right_declarations_and_refuses_wrong_ones() {
        let encoding = |text| read(text).ok().map(|declaration| declaration.encoding);
        for (text, wanted) in [
            ("<?xml version='1.0'?>", Some(None)),
            ("<?xml\tversion = \"1.0\" encoding='UTF-8' ?>", Some(Some("UTF-8"))),
            ("<?xml version='1.1' standalone='no'?>", Some(None)),
            ("<?xml version='1.0' encoding='x' standalone='yes'\n?>", Some(Some("x"))),
            ("<?xml?>", None),
            ("<?xml encoding='x'?>", None),
            ("<?xml version='2.0'?>", None),
            ("<?xml version='1.'?>", None),
            ("<?xml version=1.0?>", None),
            ("<?xml version='1.0\"?>", None),
            ("<?xml version='1.0'encoding='x'?>", None),
            ("<?xml version='1.0' encoding=''?>", None),
            ("<?xml version='1.0' encoding='-x'?>", None),
            ("<?xml version='1.0' standalone='YES'?>", None),
            ("<?xml version='1.0' standalone='yes' encoding='x'?>", None),
            ("<?xml version='1.0' more='x'?>", None),
        ] {
            assert_eq!(encoding(text), wanted, "{text}");
        }
    }
}
