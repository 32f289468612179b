//! Envelopes of answers, and faults.

use super::{ANSWERED, Businesses, faults::Fault};
use crate::reference::xml::{
    benign::Variant,
    node::{Node, Text, latin_1},
    said::Said,
};
use http::StatusCode;
use sluse_contracts::schema::soap::SoapVersion;

/// Why a request is not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Why {
    /// It is no XML, or not as it is read here.
    Unread,
    /// It breaks the contract.
    Broken,
    /// Its envelope is of an unknown version.
    Version,
    /// A header that must be understood is not.
    NotUnderstood,
    /// There is no business of this number.
    NotFound(String),
}

impl Why {
    fn sentence(&self, danish: bool) -> &'static str {
        match (self, danish) {
            (Self::NotFound(_), true) => "Virksomheden findes ikke.",
            (_, true) => "Forespørgslen kan ikke besvares.",
            (Self::NotFound(_), false) => "There is no such business.",
            (_, false) => "The request cannot be answered.",
        }
    }
}

impl Businesses {
    /// A good answer.
    pub(super) fn envelope(&self, version: SoapVersion, payload: Node) -> Said {
        let other = self.has(Fault::AnswerOtherVersion);
        let version = if other { SoapVersion::V11 } else { version };
        if self.has(Fault::AnswerWithoutEnvelope) {
            return Said::node(StatusCode::OK, media_type(version), &payload, &self.variants);
        }
        self.wrapped(version, StatusCode::OK, Some(payload))
    }

    /// An envelope with nothing in its body.
    pub(super) fn empty(&self, version: SoapVersion) -> Said {
        self.wrapped(version, StatusCode::OK, None)
    }

    fn wrapped(&self, version: SoapVersion, status: StatusCode, payload: Option<Node>) -> Said {
        let soap = version.envelope();
        let mut envelope = Node::new(soap, "Envelope");
        if self.writes(Variant::HeaderInAnswer) {
            let note = Node::text("urn:example.city:trace", "Trace", "17");
            envelope.children.push(Node::new(soap, "Header").with(note));
        }
        let mut body = Node::new(soap, "Body");
        body.children.extend(payload);
        let as_xml = self.has(Fault::AnswerAsXml);
        let media_type = if as_xml { "application/xml" } else { media_type(version) };
        let mut said = Said::node(status, media_type, &envelope.with(body), &self.variants);
        if self.has(Fault::WrongEncoding) {
            said.body = latin_1(&String::from_utf8_lossy(&said.body));
        }
        said
    }

    /// A fault.
    pub(super) fn told(&self, version: SoapVersion, why: Why) -> Said {
        if self.has(Fault::ToldAsPage) && why == Why::Broken {
            let body = b"<html><body>500</body></html>".to_vec();
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            return Said { media_type: "text/html", body, ..Said::empty(status) };
        }
        let why = match why {
            Why::NotFound(_) if self.has(Fault::NotFoundAsRefused) => Why::Broken,
            why => why,
        };
        let status = self.status(version, &why);
        let old = version == SoapVersion::V11 || self.has(Fault::ToldOtherForm);
        let fault = if old { self.of_11(version, &why) } else { self.of_12(&why) };
        self.wrapped(version, status, Some(fault))
    }

    /// SOAP 1.1, section 6.2; SOAP 1.2 part 2, table 20.
    fn status(&self, version: SoapVersion, why: &Why) -> StatusCode {
        if self.has(Fault::ToldAs200) {
            return StatusCode::OK;
        }
        let is_sender = self.code(version, why) == "Sender" && !self.has(Fault::ToldAs500In12);
        if is_sender { StatusCode::BAD_REQUEST } else { StatusCode::INTERNAL_SERVER_ERROR }
    }

    fn code(&self, version: SoapVersion, why: &Why) -> &'static str {
        let is_11 = version == SoapVersion::V11;
        let provider = if is_11 { "Server" } else { "Receiver" };
        match why {
            Why::Version if !self.has(Fault::VersionAsClient) => "VersionMismatch",
            Why::NotUnderstood if !self.has(Fault::MisunderstoodAsClient) => "MustUnderstand",
            Why::NotFound(_) if self.has(Fault::NotFoundAsServer) => provider,
            _ if self.has(Fault::ToldAsServer) => provider,
            _ if is_11 => "Client",
            _ => "Sender",
        }
    }

    fn of_11(&self, version: SoapVersion, why: &Why) -> Node {
        let soap = version.envelope();
        let mut code = self.code(version, why).to_owned();
        if self.writes(Variant::FinerCodes) && code == "Client" {
            code.push_str(".Schema");
        }
        let code = Node { text: Text::Name(soap.to_owned(), code), ..Node::new("", "faultcode") };
        let mut fault = Node::new(soap, "Fault").with(code);
        if !self.has(Fault::ToldWithoutReason) {
            let danish = self.writes(Variant::DanishTexts);
            fault.children.push(Node::text("", "faultstring", why.sentence(danish)));
        }
        if !self.writes(Variant::TerseRefusals) && self.writes(Variant::FinerCodes) {
            fault.children.push(Node::text("", "faultactor", "urn:example.city:businesses"));
        }
        fault.children.extend(self.detail(why, Node::new("", "detail")));
        fault
    }

    fn of_12(&self, why: &Why) -> Node {
        let soap = SoapVersion::V12.envelope();
        let named = |local: &str, name: Text| Node { text: name, ..Node::new(soap, local) };
        let code = self.code(SoapVersion::V12, why);
        let value = named("Value", Text::Name(soap.to_owned(), code.to_owned()));
        let mut code = Node::new(soap, "Code").with(value);
        if self.writes(Variant::FinerCodes) {
            let finer = Text::Name("urn:example.city:codes".to_owned(), "Schema".to_owned());
            code.children.push(Node::new(soap, "Subcode").with(named("Value", finer)));
        }
        let mut fault = Node::new(soap, "Fault").with(code);
        if !self.has(Fault::ToldWithoutReason) {
            let danish = self.writes(Variant::DanishTexts);
            let lang = if danish { "da" } else { "en" };
            let text = Node::text(soap, "Text", why.sentence(danish)).lang(lang);
            fault.children.push(Node::new(soap, "Reason").with(text));
        }
        fault.children.extend(self.detail(why, Node::new(soap, "Detail")));
        fault
    }

    /// What a fault is about; one of a header or a version says nothing of a body (SOAP 1.1, section 4.4).
    fn detail(&self, why: &Why, mut detail: Node) -> Option<Node> {
        let entry = match why {
            Why::Version | Why::NotUnderstood | Why::Unread => return None,
            Why::NotFound(number) => {
                let number = Node::text(ANSWERED, "Number", number);
                Node::new(ANSWERED, "NotFound").with(number)
            }
            Why::Broken => {
                let reason = why.sentence(self.writes(Variant::DanishTexts));
                let reason = Node::text(ANSWERED, "Reason", reason);
                Node::new(ANSWERED, "Refused").with(reason)
            }
        };
        if self.has(Fault::ToldWithoutDetail) {
            return None;
        }
        match self.has(Fault::ToldOtherDetail) {
            true => detail.text = Text::Words("it is wrong".to_owned()),
            false => detail.children.push(entry),
        }
        Some(detail)
    }
}

/// SOAP 1.1, section 6; SOAP 1.2 part 2, section 7.1.4.
fn media_type(version: SoapVersion) -> &'static str {
    match version {
        SoapVersion::V11 => "text/xml",
        SoapVersion::V12 => "application/soap+xml",
    }
}
