//! Path templates (OpenAPI 3.1, section 4.8.8): literal text and `{parameters}`, segment by segment.

use crate::percent::decode;

/// Most parameters that one segment may hold.
const PARAMETERS_MAX: usize = 8;

/// Most segments of a path.
const SEGMENTS_MAX: usize = 100;

/// A path template, compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    segments: Vec<Segment>,
}

/// One segment: text, then parameters with the text that follows each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    start: String,
    parameters: Vec<(String, String)>,
}

/// Names of parameters with their values, still percent-encoded.
pub(super) type Values<'t, 'p> = Vec<(&'t str, &'p str)>;

/// The segments of a path.
pub(super) fn segments(path: &str) -> std::str::Split<'_, char> {
    path.strip_prefix('/').unwrap_or(path).split('/')
}

impl Template {
    /// Nothing where braces do not pair, or there are too many segments or parameters.
    pub(super) fn compile(text: &str) -> Option<Self> {
        let compiled = segments(text).take(SEGMENTS_MAX + 1).map(Segment::compile);
        let segments = compiled.collect::<Option<Vec<_>>>()?;
        (segments.len() <= SEGMENTS_MAX).then_some(Self { segments })
    }

    /// Its segments.
    pub(super) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The template without the names of its parameters: two that are alike fit the same paths.
    pub(super) fn nameless(&self) -> String {
        let mut text = String::new();
        for segment in &self.segments {
            text.push('/');
            text.push_str(&segment.start);
            for (_, after) in &segment.parameters {
                text.push_str("{}");
                text.push_str(after);
            }
        }
        text
    }

    /// Whether two parameters touch: nothing says where the value of one ends.
    pub(super) fn has_touching(&self) -> bool {
        self.segments.iter().any(|segment| {
            let before_last = segment.parameters.len().saturating_sub(1);
            segment.parameters.iter().take(before_last).any(|(_, after)| after.is_empty())
        })
    }

    /// The names of its parameters.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let parameters = self.segments.iter().flat_map(|segment| &segment.parameters);
        parameters.map(|(name, _)| name.as_str())
    }

    /// The values of the parameters, where the path is of this template.
    pub(super) fn fit<'p>(&self, path: &'p str) -> Option<Values<'_, 'p>> {
        let mut values = Vec::new();
        let mut wanted = self.segments.iter();
        for found in segments(path) {
            wanted.next()?.fit(found, &mut values)?;
        }
        wanted.next().is_none().then_some(values)
    }

    /// What follows in a path that begins as this template says: with its `/`.
    pub(super) fn below<'p>(&self, path: &'p str) -> Option<&'p str> {
        let mut rest = path;
        for segment in &self.segments {
            rest = rest.strip_prefix('/')?;
            let end = rest.find('/').unwrap_or(rest.len());
            let (found, after) = rest.split_at_checked(end)?;
            if !segment.fits(found) {
                return None;
            }
            rest = after;
        }
        Some(if rest.is_empty() { "/" } else { rest })
    }
}

impl Segment {
    fn compile(text: &str) -> Option<Self> {
        let mut pieces = text.split('{');
        let start = pieces.next().unwrap_or_default();
        let parameters = pieces.map(|piece| {
            let (name, after) = piece.split_once('}')?;
            Some((name.to_owned(), after.to_owned()))
        });
        let parameters: Vec<_> = parameters.collect::<Option<_>>()?;
        let stray = start.contains('}') || parameters.iter().any(|(_, after)| after.contains('}'));
        let fits = parameters.len() <= PARAMETERS_MAX && !stray;
        fits.then(|| Self { start: start.to_owned(), parameters })
    }

    /// The text, where it is nothing but text.
    pub(super) fn literal(&self) -> Option<&str> {
        self.parameters.is_empty().then_some(self.start.as_str())
    }

    /// How many characters of it are text: of segments that fit, the one with most is meant.
    pub(super) fn n_literal(&self) -> usize {
        self.start.len() + self.parameters.iter().map(|(_, after)| after.len()).sum::<usize>()
    }

    /// Whether both fit the same texts, whatever their parameters are called.
    pub(super) fn is_alike(&self, other: &Self) -> bool {
        let texts = |segment: &Self| -> Vec<String> {
            segment.parameters.iter().map(|(_, after)| after.clone()).collect()
        };
        self.start == other.start && texts(self) == texts(other)
    }

    /// Whether the text is of this segment.
    pub(super) fn fits(&self, text: &str) -> bool {
        self.each_value(text, |_, _| ()).is_some()
    }

    /// Adds the values of the parameters, where the text is of this segment.
    fn fit<'s, 'p>(&'s self, text: &'p str, values: &mut Values<'s, 'p>) -> Option<()> {
        self.each_value(text, |name, value| values.push((name, value)))
    }

    /// Tells the values of the parameters, as far as the text is of this segment.
    fn each_value<'s, 'p>(
        &'s self,
        text: &'p str,
        mut tell: impl FnMut(&'s str, &'p str),
    ) -> Option<()> {
        if self.parameters.is_empty() {
            return (decode(text) == self.start).then_some(());
        }
        let mut rest = text.strip_prefix(self.start.as_str())?;
        let last = self.parameters.len() - 1;
        for (at, (name, after)) in self.parameters.iter().enumerate() {
            let end = if at == last {
                rest.ends_with(after.as_str()).then(|| rest.len() - after.len())?
            } else {
                // A value is not empty, so what follows it is looked for behind its first character.
                let first = rest.chars().next().map_or(0, char::len_utf8);
                let behind = rest.get(first..)?;
                behind.find(after.as_str()).filter(|_| !after.is_empty())? + first
            };
            let value = rest.get(..end).filter(|value| !value.is_empty())?;
            tell(name, value);
            rest = rest.get(end + after.len()..)?;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fits_paths_and_gives_the_values_of_parameters() {
        for (template, path, expected) in [
            ("/", "/", Some("")),
            ("/a/b", "/a/b", Some("")),
            ("/a/b", "/a/%62", Some("")),
            ("/a/{id}", "/a/x%20y", Some("id=x%20y")),
            ("/a/{id}", "/a/", None),
            ("/a/{id}", "/a/x/y", None),
            ("/a/{id}", "/a", None),
            ("/a/{id}.json", "/a/b.json", Some("id=b")),
            ("/a/{x}-{y}", "/a/1-2-3", Some("x=1 y=2-3")),
            ("/a/{p}.{ext}", "/a/b.c.d", Some("p=b ext=c.d")),
            ("/a/{p}.{ext}", "/a/.b.c", Some("p=.b ext=c")),
            ("/a/{p}.{ext}", "/a/%C3%A6.b", Some("p=%C3%A6 ext=b")),
            ("/a/{p}.{ext}", "/a/b", None),
            ("/a/{p}.{ext}", "/a/b.", None),
            ("/a/{p}.{ext}", "/a/.b", None),
            ("/a/{p}{q}", "/a/bc", None),
            ("/a/v{x}", "/a/v", None),
            ("/a/{id}", "/a/%ff%zz%", Some("id=%ff%zz%")),
        ] {
            let template = Template::compile(template).unwrap();
            let found = template.fit(path).map(|values| {
                let values: Vec<String> = values.iter().map(|(k, v)| format!("{k}={v}")).collect();
                values.join(" ")
            });
            assert_eq!(found.as_deref(), expected, "{template:?} {path}");
        }
        for wrong in ["/a/{b", "/a/b}", "/a/{b}}", &"/a".repeat(101)] {
            assert!(Template::compile(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn gives_what_is_below() {
        for (template, path, expected) in [
            ("/api", "/api/x/y", Some("/x/y")),
            ("/api", "/api", Some("/")),
            ("/api", "/apix", None),
            ("/{stage}/v1", "/test/v1/x", Some("/x")),
            ("/{stage}/v1", "/test/v2/x", None),
        ] {
            assert_eq!(Template::compile(template).unwrap().below(path), expected, "{path}");
        }
    }
}
