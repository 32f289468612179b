//! Parameters and headers as a description states them (OpenAPI 3.1, sections 4.8.12 and 4.8.21).

use crate::code;

use super::{
    contents,
    reader::{At, Reader},
};

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum In {
    Path,
    Query,
    Header,
    Cookie,
}

/// How the values of a parameter are written (section 4.8.12.2.2), or of a form's member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Simple,
    Label,
    /// `label` as the tables up to 3.0.3, and of 3.1.0, print it without `explode`: parted by `.`, where RFC 6570 (section
    /// 3.2.5) and later tables have `,`. Both are read.
    Dotted,
    Matrix,
    Form,
    Space,
    Pipe,
    /// Of Swagger 2.0 alone: `collectionFormat: tsv`.
    Tab,
    Deep,
}

/// How a value is written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) style: Style,
    pub(super) explode: bool,
    /// Whether reserved characters stand as they are: then `+` is no space.
    pub(super) reserved: bool,
}

/// A parameter of a request, a header of an answer, or of a part.
#[derive(Debug)]
pub(super) struct Parameter<'d> {
    pub(super) name: String,
    pub(super) place: In,
    pub(super) required: bool,
    pub(super) may_be_empty: bool,
    pub(super) written: Written,
    /// The media type of its text, where `content` states one.
    pub(super) content: Option<String>,
    pub(super) schema: Option<At<'d>>,
    /// Values that the description gives for it.
    pub(super) examples: Vec<&'d serde_json::Value>,
    /// Its place in the contract.
    pub(super) constraint: String,
}

impl In {
    /// The style of parameters that name none.
    fn default_style(self) -> Style {
        match self {
            Self::Path | Self::Header => Style::Simple,
            Self::Query | Self::Cookie => Style::Form,
        }
    }

    /// Whether parameters of this place may be written so.
    fn takes(self, style: Style) -> bool {
        match self {
            Self::Path => {
                matches!(style, Style::Simple | Style::Label | Style::Dotted | Style::Matrix)
            }
            Self::Query => {
                matches!(style, Style::Form | Style::Space | Style::Pipe | Style::Deep | Style::Tab)
            }
            Self::Header => matches!(style, Style::Simple),
            Self::Cookie => matches!(style, Style::Form),
        }
    }
}

impl Written {
    /// What a parameter, header or encoding states, else what the place demands.
    pub(super) fn read(at: &At<'_>, default: Style) -> Result<Self, &'static str> {
        let style = match at.text("style") {
            None => default,
            Some("simple") => Style::Simple,
            Some("label") => Style::Label,
            Some("matrix") => Style::Matrix,
            Some("form") => Style::Form,
            Some("spaceDelimited") => Style::Space,
            Some("pipeDelimited") => Style::Pipe,
            Some("tabDelimited") => Style::Tab,
            Some("deepObject") => Style::Deep,
            Some(_) => return Err("there is no such `style`"),
        };
        let explode = at.value.get("explode").and_then(serde_json::Value::as_bool);
        let explode = explode.unwrap_or(matches!(style, Style::Form | Style::Deep));
        Ok(Self { style, explode, reserved: at.flag("allowReserved") })
    }

    /// The same as a version's table prints it.
    fn printed(self, with_dots: bool) -> Self {
        let is_dotted = with_dots && self.style == Style::Label && !self.explode;
        if is_dotted { Self { style: Style::Dotted, ..self } } else { self }
    }
}

impl<'d> Reader<'d> {
    /// The parameters of an operation: its own, and those of its path that it does not state anew.
    pub(super) fn parameters(&mut self, operation: &At<'d>, item: &At<'d>) -> Vec<Parameter<'d>> {
        let mut parameters = self.stated(operation);
        for shared in self.stated(item) {
            if !parameters.iter().any(|own| own.name == shared.name && own.place == shared.place) {
                parameters.push(shared);
            }
        }
        // Section 4.8.12: headers of these names are described elsewhere.
        let elsewhere = ["accept", "content-type", "authorization"];
        parameters.retain(|each| each.place != In::Header || !elsewhere.contains(&&*each.name));
        parameters
    }

    fn stated(&mut self, at: &At<'d>) -> Vec<Parameter<'d>> {
        let mut parameters: Vec<Parameter<'d>> = Vec::new();
        for item in at.items_of("parameters") {
            let Some(parameter) = self.parameter(&item) else { continue };
            let same =
                |each: &Parameter<'_>| each.name == parameter.name && each.place == parameter.place;
            if parameters.iter().any(same) {
                self.report(&item, format!("the parameter `{}` is stated twice", parameter.name));
            } else {
                parameters.push(parameter);
            }
        }
        parameters
    }

    fn parameter(&mut self, at: &At<'d>) -> Option<Parameter<'d>> {
        let at = self.follow(at)?;
        let Some(name) = at.text("name") else {
            self.report(&at, "a parameter has no `name`");
            return None;
        };
        let place = match at.text("in") {
            Some("path") => In::Path,
            Some("query") => In::Query,
            Some("header") => In::Header,
            Some("cookie") => In::Cookie,
            // Of Swagger 2.0: read with the body.
            Some("body" | "formData") if at.flag("x-of-body") => return None,
            _ => {
                self.report(&at, "a parameter stands `in` path, query, header or cookie");
                return None;
            }
        };
        if place == In::Path && !at.flag("required") {
            self.warn(&at, code::SCHEMA_BROKEN, "a path parameter states `required: true`");
        }
        let name = match place {
            In::Header => name.to_ascii_lowercase(),
            _ => name.to_owned(),
        };
        let required = place == In::Path || at.flag("required");
        self.written(&at, name, place, required)
    }

    /// The headers of an answer or of a part.
    pub(super) fn headers(&mut self, at: &At<'d>) -> Vec<Parameter<'d>> {
        let headers = at.members_of("headers").into_iter().filter_map(|(name, header)| {
            let header = self.follow(&header)?;
            let required = header.flag("required");
            self.written(&header, name.to_ascii_lowercase(), In::Header, required)
        });
        headers.filter(|header| header.name != "content-type").collect()
    }

    fn written(
        &mut self,
        at: &At<'d>,
        name: String,
        place: In,
        required: bool,
    ) -> Option<Parameter<'d>> {
        self.check_flags(at, &["required", "explode", "allowReserved", "allowEmptyValue"]);
        // Swagger 2.0 takes any `collectionFormat` in any place.
        let is_swagger = at.value.get("collectionFormat").is_some();
        let written = Written::read(at, place.default_style());
        let written = match written.map(|written| written.printed(self.prints_dots())) {
            Ok(written) if place.takes(written.style) || is_swagger => written,
            Ok(_) => {
                self.report(at, "the `style` is none of those that parameters of this place have");
                return None;
            }
            Err(why) => {
                self.report(at, why);
                return None;
            }
        };
        let contents = at.members_of("content");
        if at.member("schema").is_some() && at.member("content").is_some() {
            self.report(at, "a parameter has `schema` or `content`, not both");
        }
        if at.member("content").is_some() && contents.len() != 1 {
            self.report(at, "the `content` of a parameter has one media type");
        }
        let content = contents.into_iter().next();
        let schema = match &content {
            Some((_, content)) => content.member("schema"),
            None => at.member("schema"),
        };
        let examples = match &content {
            Some((_, content)) => self.examples(content),
            None => self.examples(at),
        };
        let content = content.map(|(range, _)| contents::essence(range));
        Some(Parameter {
            name,
            place,
            required,
            may_be_empty: place == In::Query && at.flag("allowEmptyValue"),
            written,
            content,
            schema,
            examples,
            constraint: self.place(at),
        })
    }
}
