//! What HTTP says around an envelope: method, media types, status.

use super::{find::Found, judge::Judging, names::SoapVersion};
use crate::{Layer, Severity, Violation, code, judge::Occasion, schema::openapi::accepts_type};
use sluse_xml::NodeId;

/// The method that SOAP travels by (SOAP 1.1, section 6; WS-I Basic Profile 1.1, R1132). That SOAP 1.2 has an answer to
/// GET as well is nothing that a binding of WSDL 1.1 can say.
pub(super) const METHOD: &str = "POST";

/// Whether a request is made by another method.
pub(super) fn is_other_method(occasion: &Occasion<'_>) -> bool {
    occasion.request.is_some_and(|head| head.method != METHOD)
}

impl Judging<'_, '_, '_> {
    /// Each version of SOAP has its own media type (SOAP 1.1, section 6; SOAP 1.2 part 2, section 7.1.4).
    pub(super) fn media_type(&mut self, version: SoapVersion) {
        let due = media_type_of(version);
        let rule = match version {
            SoapVersion::V11 => "soap11-6",
            SoapVersion::V12 => "soap12-part2-7.1.4",
        };
        let stated = match self.multipart {
            Some(multipart) => Some(multipart.root_type()),
            None => self.occasion.media_type,
        };
        let Some(stated) = stated else { return };
        let essence = match stated.parameter("type") {
            Some(inner) if stated.essence() == "application/xop+xml" => inner,
            None if stated.essence() == "application/xop+xml" => return,
            _ => stated.essence(),
        };
        let essence = essence.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case(due) {
            let sentence = format!("a message of {} is of the media type {due}", version.word());
            self.tell(code::MEDIA_TYPE, rule, sentence, self.document.document_element());
        }
    }

    /// Whether an answer's status says what its envelope says (WS-I Basic Profile 1.1, R1126): a warning, since
    /// holding back the answer would hide what it says.
    pub(super) fn status(&mut self, is_fault: bool, node: NodeId) {
        let Some(head) = self.occasion.response else { return };
        let success = (200..300).contains(&head.status);
        let sentence = match (is_fault, success) {
            (true, true) => "a fault travels with a status that says success",
            (false, false) => "an answer that is no fault travels with a status that says failure",
            _ => return,
        };
        self.push(code::SOAP_STATUS, Severity::Warning, "R1126", sentence, node);
    }

    /// Whether the answer can be in a media type that the request accepts (RFC 9110, section 12.5.1).
    pub(super) fn accepted(&mut self, found: Found<'_>) {
        let Some(head) = self.occasion.request.filter(|_| found.wire.response.is_some()) else {
            return;
        };
        let accepts = head.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("accept"));
        let accepts: Vec<&str> = accepts.map(|(_, value)| *value).collect();
        let given = [media_type_of(found.wire.version), "multipart/related"];
        if accepts.is_empty() || given.iter().any(|given| accepts_type(&accepts, given)) {
            return;
        }
        let sentence = format!(
            "an answer of {} is of the media type {}, which the request does not accept",
            found.wire.version.word(),
            media_type_of(found.wire.version)
        );
        let violation =
            Violation::new(code::ANSWER_NOT_ACCEPTABLE, Layer::Wsdl, Severity::Error, sentence);
        let violation = violation.with_rule("rfc9110-12.5.1").at_path("header/accept");
        self.violations.push_at(violation, &[&found.operation.place]);
    }
}

/// The media type of an envelope (SOAP 1.1, section 6; SOAP 1.2 part 2, section 7.1.4).
fn media_type_of(version: SoapVersion) -> &'static str {
    match version {
        SoapVersion::V11 => "text/xml",
        SoapVersion::V12 => "application/soap+xml",
    }
}
