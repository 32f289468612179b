//! What a gateway asks of a face around its messages: envelopes with attachments, and what HTTP says beside them.

use super::{Face, Limits, ServiceFault, envelope::is_soap, refused_payload};
use serde_json::Value;
use sluse_contracts::{
    Direction, Violation,
    payload::{Multipart, Payload},
    schema::soap::SoapVersion,
};
use sluse_xml::Document;

impl Face {
    /// The version of SOAP and the action of an operation's first binding; the action may be empty.
    pub fn binding(&self, operation: &str) -> Option<(SoapVersion, &str)> {
        let operation = self.operation(operation).ok()?;
        Some((operation.version, operation.soap_action))
    }

    /// Reads an envelope, with attachments or without, as JSON.
    ///
    /// # Errors
    /// A violation where the message is not as its description says.
    pub fn read(
        &self,
        operation: &str,
        direction: Direction,
        payload: &Payload,
        limits: &Limits,
    ) -> Result<Value, Box<Violation>> {
        let parts = parts(payload).ok_or_else(refused_payload)?;
        self.read_with(operation, direction, parts, limits)
    }

    /// The fault that an envelope, with attachments or without, holds; nothing where it holds none.
    pub fn fault_of(&self, payload: &Payload, limits: &Limits) -> Option<ServiceFault> {
        self.fault(parts(payload)?.0, limits)
    }
}

/// The version of SOAP of an envelope; nothing where the message is none.
pub fn version_of(payload: &Payload) -> Option<SoapVersion> {
    let (document, _) = parts(payload)?;
    let root = document.document_element();
    let namespace = document.namespace(root);
    let is_envelope = is_soap(namespace) && document.local(root) == "Envelope";
    let versions = [SoapVersion::V11, SoapVersion::V12].into_iter();
    versions.filter(|_| is_envelope).find(|version| version.envelope() == namespace)
}

/// The document of a message, and the attachments beside it.
fn parts(payload: &Payload) -> Option<(&Document, Option<&Multipart>)> {
    match payload {
        Payload::Xml(document) => Some((document, None)),
        Payload::Multipart(multipart) => Some((multipart.document(), Some(multipart))),
        Payload::Json(_) | Payload::Other(_) => None,
    }
}
