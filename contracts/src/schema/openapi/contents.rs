//! Bodies as a description states them: contents by media range, and how the members of a form are written
//! (OpenAPI 3.1, sections 4.8.13 to 4.8.15).

use super::{
    parameters::{Parameter, Style, Written},
    reader::{At, Reader},
};
use crate::MediaType;
use std::fmt;

/// A media type or range, such as `application/json`, `application/*+json`, `application/*` or `*/*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MediaRange {
    main: String,
    sub: String,
    parameters: Vec<(String, String)>,
}

/// The bodies of one direction.
#[derive(Debug, Default)]
pub(super) struct Body<'d> {
    pub(super) required: bool,
    pub(super) contents: Vec<Content<'d>>,
    /// Its place in the contract.
    pub(super) constraint: String,
}

/// A body of one media range.
#[derive(Debug)]
pub(super) struct Content<'d> {
    pub(super) range: MediaRange,
    pub(super) schema: Option<At<'d>>,
    /// Values that the description gives for it.
    pub(super) examples: Vec<&'d serde_json::Value>,
    pub(super) encodings: Vec<Encoding<'d>>,
}

/// How one member of a form is written.
#[derive(Debug)]
pub(super) struct Encoding<'d> {
    pub(super) member: String,
    pub(super) media_types: Vec<MediaRange>,
    /// Where style, explode or allowReserved is stated: then the media type counts for nothing.
    pub(super) written: Option<Written>,
    pub(super) headers: Vec<Parameter<'d>>,
}

impl MediaRange {
    /// Nothing where the text is no media range.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let media_type: MediaType = text.parse().ok()?;
        let (main, sub) = media_type.essence().split_once('/')?;
        let (main, sub) = (main.to_owned(), sub.to_owned());
        let sound = main != "*" || sub == "*";
        let parameters = media_type.parameters();
        let parameters =
            parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        sound.then_some(Self { main, sub, parameters })
    }

    /// How closely a media type is of this range; the most is meant. Nothing where it is not.
    pub(super) fn fit(&self, media_type: &MediaType) -> Option<usize> {
        let (main, sub) = media_type.essence().split_once('/')?;
        let stated = |(name, value): &&(String, String)| {
            media_type.parameter(name).is_some_and(|found| found.eq_ignore_ascii_case(value))
        };
        if self.main == "*" {
            return Some(0);
        }
        if self.main != main {
            return None;
        }
        if self.sub == "*" {
            return Some(1);
        }
        if let Some(suffix) = self.sub.strip_prefix("*+") {
            let of_suffix = sub.rsplit_once('+').map_or(sub, |(_, suffix)| suffix);
            return (of_suffix == suffix).then_some(2);
        }
        // A charset says how the text is written, not what it is.
        let mut telling = self.parameters.iter().filter(|(name, _)| name != "charset");
        let fits = self.sub == sub && telling.clone().all(|each| stated(&each));
        fits.then(|| if telling.next().is_some() { 4 } else { 3 })
    }

    /// Whether bodies of this range may be forms, of one part or of several.
    pub(super) fn is_form(&self) -> bool {
        let of_form = self.main == "application"
            && matches!(self.sub.as_str(), "x-www-form-urlencoded" | "*");
        of_form || matches!(self.main.as_str(), "multipart" | "*")
    }

    /// Whether bodies of this range are JSON.
    pub(super) fn is_json(&self) -> bool {
        self.sub == "json" || self.sub.ends_with("+json")
    }

    /// Whether bodies of this range may be XML.
    pub(super) fn may_be_xml(&self) -> bool {
        let named = self.sub == "xml" || self.sub.ends_with("+xml") || self.sub == "*";
        named && matches!(self.main.as_str(), "application" | "text" | "*" | "image" | "model")
    }

    /// Whether bodies of this range may be plain text.
    pub(super) fn is_text(&self) -> bool {
        matches!(self.main.as_str(), "text" | "*")
    }

    /// Whether all media types of another range are of this one.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let stated = |each: &(String, String)| other.parameters.contains(each);
        let within =
            self.sub == "*" || (self.sub == other.sub && self.parameters.iter().all(stated));
        self.main == "*" || (self.main == other.main && within)
    }

    /// How closely it says what it takes: of several that take a media type, the highest counts (RFC 9110, section 12.5.1).
    pub(super) fn closeness(&self) -> usize {
        match (self.main.as_str(), self.sub.as_str()) {
            ("*", _) => 0,
            (_, "*") => 1,
            _ => 2 + self.parameters.len(),
        }
    }

    /// Whether a media type may be of both ranges.
    pub(super) fn meets(&self, other: &Self) -> bool {
        let any = |one: &Self| one.main == "*";
        let all_of = |one: &Self, other: &Self| {
            one.main == other.main
                && match one.sub.strip_prefix('*') {
                    Some(suffix) => other.sub.starts_with('*') || other.sub.ends_with(suffix),
                    None => one.sub == other.sub,
                }
        };
        any(self) || any(other) || all_of(self, other) || all_of(other, self)
    }
}

impl fmt::Display for MediaRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.main, self.sub)?;
        self.parameters.iter().try_for_each(|(name, value)| write!(f, ";{name}={value}"))
    }
}

/// Whether a text is a media type of JSON.
pub(super) fn is_json(essence: &str) -> bool {
    essence.ends_with("/json") || essence.ends_with("+json")
}

/// A media type in lower case, without parameters.
pub(super) fn essence(text: &str) -> String {
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

impl<'d> Reader<'d> {
    /// The body of a request.
    pub(super) fn request_body(&mut self, operation: &At<'d>) -> Option<Body<'d>> {
        let body = operation.member("requestBody")?;
        let body = self.follow(&body)?;
        self.check_flags(&body, &["required"]);
        if body.members_of("content").is_empty() {
            self.report(&body, "a request's body states its `content`, by media type");
        }
        Some(Body { required: body.flag("required"), ..self.body(&body) })
    }

    /// The contents of a request's body, or of an answer.
    pub(super) fn body(&mut self, at: &At<'d>) -> Body<'d> {
        let contents = at.members_of("content").into_iter().filter_map(|(text, content)| {
            let Some(range) = MediaRange::parse(text) else {
                self.report(&content, "a key of `content` is a media type or range");
                return None;
            };
            let content = self.follow(&content)?;
            let encodings = content.members_of("encoding");
            let encodings = encodings.into_iter().filter_map(|each| self.encoding(each));
            let encodings = encodings.collect();
            let (schema, examples) = (content.member("schema"), self.examples(&content));
            Some(Content { range, schema, examples, encodings })
        });
        let contents = contents.collect();
        Body { required: false, contents, constraint: self.place(at) }
    }

    fn encoding(&mut self, (member, at): (&str, At<'d>)) -> Option<Encoding<'d>> {
        self.check_flags(&at, &["explode", "allowReserved"]);
        let states = |name: &str| at.value.get(name).is_some();
        let written = match Written::read(&at, Style::Form) {
            Ok(written) => Some(written),
            Err(why) => {
                self.report(&at, why);
                None
            }
        };
        let stated = ["style", "explode", "allowReserved"].into_iter().any(states);
        let written = written.filter(|_| stated);
        let texts = at.text("contentType").into_iter().flat_map(|text| text.split(','));
        let media_types = texts.filter_map(|text| MediaRange::parse(text.trim())).collect();
        let headers = self.headers(&at);
        Some(Encoding { member: member.to_owned(), media_types, written, headers })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_range_is_meant() {
        let ranges = [
            "*/*",
            "application/*",
            "application/*+json",
            "application/json",
            "text/csv;header=present",
        ];
        let ranges: Vec<MediaRange> =
            ranges.iter().map(|text| MediaRange::parse(text).unwrap()).collect();
        for (media_type, expected) in [
            ("application/json", "application/json"),
            ("Application/JSON; charset=utf-8", "application/json"),
            ("application/hal+json", "application/*+json"),
            ("application/xml", "application/*"),
            ("text/csv", "*/*"),
            ("text/csv; header=present", "text/csv"),
            ("text/csv; header=absent", "*/*"),
        ] {
            let media_type: MediaType = media_type.parse().unwrap();
            let fitting = ranges.iter().filter_map(|range| Some((range.fit(&media_type)?, range)));
            let best = fitting.max_by_key(|(rank, _)| *rank).unwrap().1;
            assert_eq!(format!("{}/{}", best.main, best.sub), expected, "{media_type}");
        }
        assert!(MediaRange::parse("json").is_none());
        assert!(MediaRange::parse("*/json").is_none());
    }
}
