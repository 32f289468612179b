//! The description as a whole: a path for each operation, and what may go wrong.

use super::{Describing, PLACE};
use crate::soap_json::{Face, HEADERS, names};
use serde_json::{Map, Value, json};
use sluse_contracts::{manifest::XmlName, schema::soap::SoapSide};
use sluse_xsd::{AnyType, DeclaredElement};

impl Face {
    /// The OpenAPI 3.1 of the face: `POST /<operation>` for each operation that has a form in JSON.
    pub fn openapi(&self, title: &str, version: &str) -> Value {
        let mut paths = Map::new();
        let mut schemas = Map::from_iter([("Problem".to_owned(), problem())]);
        if let Some(shapes) = self.shapes() {
            let mut describing = Describing::of(shapes, self);
            for name in self.operations() {
                if let Some(path) = describing.path(self, name) {
                    paths.insert(format!("/{name}"), json!({ "post": path }));
                }
            }
            schemas.extend(describing.finish());
        }
        json!({
            "openapi": "3.1.0",
            "info": { "title": title, "version": version },
            "paths": paths,
            "components": { "schemas": schemas },
        })
    }
}

impl Describing<'_> {
    fn path(&mut self, face: &Face, name: &str) -> Option<Value> {
        let operation = face.operation(name).ok()?;
        let request = self.side(&operation.request);
        let mut responses = Map::new();
        match &operation.response {
            Some(side) if side.body.is_some() => {
                let schema = self.side(side);
                let content = json!({ "application/json": { "schema": schema } });
                let answer = json!({ "description": "The answer.", "content": content });
                responses.insert("200".to_owned(), answer);
            }
            _ => {
                let taken = json!({ "description": "Taken, and delivered once it can be." });
                responses.insert("202".to_owned(), taken);
            }
        }
        responses.insert("default".to_owned(), self.fault(&operation.faults));
        Some(json!({
            "operationId": name,
            "requestBody": {
                "required": true,
                "content": { "application/json": { "schema": request } },
            },
            "responses": responses,
        }))
    }

    /// The schema of a message: that of the element in its body, with the headers beside.
    fn side(&mut self, side: &SoapSide<'_>) -> Value {
        let body = side.body.unwrap_or_default();
        let headers = (!side.headers.is_empty()).then(|| self.elements(&side.headers));
        if let [only] = body {
            return match headers {
                None => self.global(only),
                Some(headers) => self.with_headers(only, headers),
            };
        }
        let parts: Vec<&XmlName> = body.iter().collect();
        let mut made = self.elements(&parts);
        if let (Some(headers), Some(made)) = (headers, made.as_object_mut()) {
            if let Some(Value::Object(members)) = made.get_mut("properties") {
                members.insert(HEADERS.to_owned(), headers);
            }
            if let Some(Value::Array(required)) = made.get_mut("required") {
                required.push(HEADERS.into());
            }
        }
        made
    }

    fn with_headers(&mut self, body: &XmlName, headers: Value) -> Value {
        let declared = self.declared(body);
        if let Some(AnyType::Complex(id)) = declared.map(|declared| declared.of_type)
            && let Some(form) = self.forms.get(self.shapes, id)
            && form.is_object()
            && !self.shapes.is_anything(id)
        {
            // The members of the body stand beside the headers, so the type is written out here.
            let name = super::sound_name(&format!("{}.body", body.local));
            let mut made = self.members(id, form, &name);
            made.member(HEADERS, headers, true);
            return made.finish();
        }
        let value = self.global(body);
        json!({
            "type": "object",
            "properties": { HEADERS: headers, "$value": value },
            "required": [HEADERS, "$value"],
            "additionalProperties": false,
        })
    }

    /// An object with a member for each element, all of which must be there.
    fn elements(&mut self, all: &[&XmlName]) -> Value {
        let called = names::beside(all.iter().map(|n| (n.namespace.as_str(), n.local.as_str())));
        let members = called.iter().zip(all).map(|(name, each)| (name.clone(), self.global(each)));
        let members: Map<String, Value> = members.collect();
        json!({
            "type": "object",
            "properties": members,
            "required": called,
            "additionalProperties": false,
        })
    }

    fn declared(&self, name: &XmlName) -> Option<DeclaredElement<'_>> {
        let found = self.shapes.global_element(&name.namespace, &name.local)?;
        self.shapes.element(found)
    }

    fn global(&mut self, name: &XmlName) -> Value {
        let shapes = self.shapes;
        let found = shapes.global_element(&name.namespace, &name.local);
        match found.and_then(|id| shapes.element(id)) {
            Some(declared) => self.element(&declared),
            None => Value::Bool(false),
        }
    }

    /// Anything that goes wrong; details of faults that the operation declares by the same rules.
    fn fault(&mut self, declared: &[&XmlName]) -> Value {
        let details = declared
            .iter()
            .map(|name| (names::braced(&name.namespace, &name.local), self.global(name)));
        let details: Map<String, Value> = details.collect();
        let mut schema = json!({ "$ref": format!("{PLACE}Problem") });
        if !details.is_empty() {
            let detail = json!({ "anyOf": [{ "type": "string" }, { "type": "object", "properties": details }] });
            let fault = json!({ "properties": { "detail": { "items": detail } } });
            schema = json!({ "allOf": [schema], "properties": { "fault": fault } });
        }
        json!({
            "description": "What went wrong; a fault of the service in the member `fault`.",
            "content": { "application/problem+json": { "schema": schema } },
        })
    }
}

/// Problem details (RFC 9457) as the gateway gives them.
fn problem() -> Value {
    json!({
        "type": "object",
        "properties": {
            "type": { "type": "string", "format": "uri-reference" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
            "instance": { "type": "string", "format": "uri-reference" },
            "code": { "type": "string" },
            "exchange": { "type": "string" },
            "side": { "enum": ["consumer", "provider", "gateway"] },
            "retry": { "enum": ["safe", "unsafe", "pointless"] },
            "violations": { "type": "array", "items": { "type": "object" } },
            "fault": {
                "type": "object",
                "properties": {
                    "code": { "type": "string" },
                    "reason": { "type": "string" },
                    "detail": { "type": "array" },
                },
            },
        },
    })
}
