//! Path templates (OpenAPI 3.1, section 4.8.8): literal text and `{parameters}`, segment by segment.

use crate::percent::decode;
use std::borrow::Cow;

/// Most parameters that one segment may hold.
const PARAMETERS_MAX: usize = 8;

/// A path template, compiled.
#[derive(Debug, Clone)]
pub(super) struct Template {
    segments: Vec<Segment>,
}

/// One segment: text, then parameters with the text that follows each.
#[derive(Debug, Clone)]
struct Segment {
    start: String,
    parameters: Vec<(String, String)>,
}

impl Template {
    /// Nothing where braces do not pair, or a segment has too many parameters.
    pub(super) fn compile(text: &str) -> Option<Self> {
        let segments = text.trim_start_matches('/').split('/').map(Segment::compile);
        Some(Self { segments: segments.collect::<Option<_>>()? })
    }

    /// How many parameters it has: of templates that fit, the one with fewest is meant.
    pub(super) fn n_parameters(&self) -> usize {
        self.segments.iter().map(|segment| segment.parameters.len()).sum()
    }

    /// The values of the parameters, where the path is of this template.
    pub(super) fn fit<'p>(&self, path: &'p str) -> Option<Vec<(&str, Cow<'p, str>)>> {
        let mut values = Vec::new();
        let mut segments = self.segments.iter();
        for found in path.trim_start_matches('/').split('/') {
            segments.next()?.fit(found, &mut values)?;
        }
        segments.next().is_none().then_some(values)
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
        let fits = parameters.len() <= PARAMETERS_MAX && !start.contains('}');
        fits.then(|| Self { start: start.to_owned(), parameters })
    }

    fn fit<'s, 'p>(
        &'s self,
        text: &'p str,
        values: &mut Vec<(&'s str, Cow<'p, str>)>,
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
                rest.find(after.as_str()).filter(|_| !after.is_empty())?
            };
            let value = rest.get(..end).filter(|value| !value.is_empty())?;
            values.push((name, decode(value)));
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
            ("/a/{id}", "/a/x%20y", Some("id=x y")),
            ("/a/{id}", "/a/", None),
            ("/a/{id}", "/a/x/y", None),
            ("/a/{id}", "/a", None),
            ("/a/{id}.json", "/a/b.json", Some("id=b")),
            ("/a/{x}-{y}", "/a/1-2-3", Some("x=1 y=2-3")),
            ("/a/v{x}", "/a/v", None),
            ("/a/{id}", "/a/%ff%zz%", Some("id=\u{fffd}%zz%")),
        ] {
            let template = Template::compile(template).unwrap();
            let found = template.fit(path).map(|values| {
                let values: Vec<String> = values.iter().map(|(k, v)| format!("{k}={v}")).collect();
                values.join(" ")
            });
            assert_eq!(found.as_deref(), expected, "{template:?} {path}");
        }
        assert!(Template::compile("/a/{b").is_none());
        assert!(Template::compile("/a/b}").is_none());
    }
}
