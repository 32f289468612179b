//! What a contract describes, for those who make messages of it: operations, parameters, bodies, answers and their schemas.
//!
//! A verdict needs none of this; it is read anew from the files each time that somebody asks
//! ([`crate::Contract::describe`]), so that a gateway keeps nothing of it in memory.

pub use super::json::{Broken, SchemaAt, Schemas};

use crate::{Direction, manifest::Operation as Declared};
use serde_json::Value;

/// What is described, for messages of one direction.
#[derive(Debug)]
pub struct Described<'d> {
    /// The operations, in the order of the description.
    pub operations: Vec<Operation<'d>>,
    /// What their schemas say.
    pub schemas: &'d Schemas<'d>,
}

impl<'d> Described<'d> {
    /// The same schema, as the messages of an operation that a manifest declares.
    pub(crate) fn of(&self, declared: &Declared, direction: Direction) -> Self {
        let operations = self.operations.iter().map(|each| {
            let mut operation = each.clone();
            operation.name.clone_from(&declared.name);
            let (method, path) = (declared.method.clone(), declared.path.clone());
            operation.method = method.unwrap_or(operation.method);
            operation.path = path.unwrap_or(operation.path);
            if direction == Direction::Response {
                let body = operation.body.take();
                let answer = |body| Answer { status: "2XX".into(), headers: Vec::new(), body };
                operation.answers = body.map(answer).into_iter().collect();
            } else if let (Some(stated), Some(body)) =
                (declared.request.media_types.first(), &mut operation.body)
            {
                let contents = body.contents.iter_mut();
                contents.for_each(|content| content.media_type = stated.to_string());
            }
            operation
        });
        Self { operations: operations.collect(), schemas: self.schemas }
    }
}

/// An operation.
#[derive(Debug, Clone)]
pub struct Operation<'d> {
    /// Its name in the contract.
    pub name: String,
    /// The method, in upper case.
    pub method: String,
    /// The path below the service's address, `{names}` in it.
    pub path: String,
    /// What may stand in path, query, header fields and cookies.
    pub parameters: Vec<Parameter<'d>>,
    /// What a request's body may be; nothing where it has none.
    pub body: Option<Body<'d>>,
    /// The answers, in the order of the description.
    pub answers: Vec<Answer<'d>>,
    /// Its place in the contract.
    pub place: String,
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum In {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header field.
    Header,
    /// In a cookie.
    Cookie,
}

/// How the values of a parameter are written (OpenAPI 3.1, section 4.8.12.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `a,b`.
    Simple,
    /// `.a,b`.
    Label,
    /// `;name=a,b`.
    Matrix,
    /// `name=a,b`.
    Form,
    /// `name=a%20b`.
    Space,
    /// `name=a|b`.
    Pipe,
    /// `name=a%09b`; of Swagger 2.0 alone.
    Tab,
    /// `name[member]=a`.
    Deep,
}

/// A parameter of a request, or a header field of an answer.
#[derive(Debug, Clone)]
pub struct Parameter<'d> {
    /// Its name; of a header field in lower case.
    pub name: String,
    /// Where it stands.
    pub place: In,
    /// Whether it must be there.
    pub required: bool,
    /// Whether it may stand without a value.
    pub may_be_empty: bool,
    /// How its value is written.
    pub style: Style,
    /// Whether items and members are written each for itself.
    pub explode: bool,
    /// Whether its text is JSON.
    pub is_json: bool,
    /// Whether its text is of a media type other than JSON.
    pub is_other: bool,
    /// Its schema.
    pub schema: Option<SchemaAt>,
    /// Values that the contract gives for it.
    pub examples: Vec<&'d Value>,
    /// Its place in the contract.
    pub constraint: String,
}

/// A body.
#[derive(Debug, Clone)]
pub struct Body<'d> {
    /// Whether it must be there.
    pub required: bool,
    /// What it may be, by media range.
    pub contents: Vec<Content<'d>>,
    /// Its place in the contract.
    pub constraint: String,
}

/// A body of one media range.
#[derive(Debug, Clone)]
pub struct Content<'d> {
    /// The media range, as `application/json` or `application/*`.
    pub media_type: String,
    /// Its schema.
    pub schema: Option<SchemaAt>,
    /// Values that the contract gives for it.
    pub examples: Vec<&'d Value>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer<'d> {
    /// The status: three digits, `4XX`, or `default`.
    pub status: String,
    /// Its header fields.
    pub headers: Vec<Parameter<'d>>,
    /// Its body; without contents where it has none.
    pub body: Body<'d>,
}
