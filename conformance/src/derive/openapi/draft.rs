//! A request in parts, so that a case can change one of them.

use crate::{
    case::{Body, Credentials, Request},
    template::{Slot, Template},
};
use sluse_contracts::schema::described::In;

/// A request in parts.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// The operation; nothing where it is for none.
    pub(crate) operation: Option<String>,
    /// The method.
    pub(crate) method: String,
    /// The path's template.
    pub(crate) path: String,
    /// What parameters are written as, by place and name, in order.
    inputs: Vec<(In, String, Vec<Template>)>,
    /// What the body is said to be.
    pub(crate) media_type: Option<String>,
    /// What is asked for.
    pub(crate) accept: Option<String>,
    /// The body.
    pub(crate) body: Body,
}

impl Draft {
    pub(crate) fn new(operation: Option<&str>, method: &str, path: &str) -> Self {
        Self {
            operation: operation.map(str::to_owned),
            method: method.to_owned(),
            path: path.to_owned(),
            inputs: Vec::new(),
            media_type: None,
            accept: None,
            body: Body::None,
        }
    }

    /// Puts a parameter in, in the place of what was there under its name.
    pub(crate) fn set(&mut self, place: In, name: &str, written: Vec<Template>) {
        self.remove(place, name);
        self.inputs.push((place, name.to_owned(), written));
    }

    /// Takes a parameter out.
    pub(crate) fn remove(&mut self, place: In, name: &str) {
        self.inputs.retain(|(each, named, _)| *each != place || named != name);
    }

    fn of(&self, place: In) -> impl Iterator<Item = (&str, &[Template])> {
        let of_place = self.inputs.iter().filter(move |(each, ..)| *each == place);
        of_place.map(|(_, name, written)| (name.as_str(), written.as_slice()))
    }

    /// The request.
    pub(crate) fn request(&self) -> Request {
        let mut headers: Vec<(String, Template)> = Vec::new();
        if let Some(accept) = &self.accept {
            headers.push(("accept".into(), Template::literal(accept)));
        }
        if let Some(media_type) = &self.media_type {
            headers.push(("content-type".into(), Template::literal(media_type)));
        }
        for (name, written) in self.of(In::Header) {
            headers.extend(written.iter().map(|text| (name.to_owned(), text.clone())));
        }
        let cookies = joined(self.of(In::Cookie).flat_map(|(_, written)| written), "; ");
        headers.extend(cookies.map(|cookies| ("cookie".to_owned(), cookies)));
        Request {
            operation: self.operation.clone(),
            method: self.method.clone(),
            path: self.path(),
            headers,
            body: self.body.clone(),
            credentials: Credentials::Own,
        }
    }

    fn path(&self) -> Template {
        let mut path = Template::default();
        let mut rest = self.path.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            path.push_text(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let written = self.of(In::Path).find(|(each, _)| *each == name);
            match written {
                Some((_, written)) => written.iter().for_each(|text| path.push(text)),
                None => path.push_text("x"),
            }
            rest = after;
        }
        path.push_text(rest);
        let query = joined(self.of(In::Query).flat_map(|(_, written)| written), "&");
        if let Some(query) = query {
            path.push_text("?");
            path.push(&query);
        }
        path
    }
}

fn joined<'t>(texts: impl Iterator<Item = &'t Template>, between: &str) -> Option<Template> {
    let mut all: Option<Template> = None;
    for text in texts {
        match &mut all {
            Some(all) => {
                all.push_text(between);
                all.push(text);
            }
            None => all = Some(text.clone()),
        }
    }
    all
}

/// The slots of a request.
pub(crate) fn slots(request: &Request) -> Vec<Slot> {
    let mut slots: Vec<Slot> = request.path.slots().cloned().collect();
    slots.extend(request.headers.iter().flat_map(|(_, text)| text.slots().cloned()));
    if let Body::Text(text) = &request.body {
        slots.extend(text.slots().cloned());
    }
    slots
}
