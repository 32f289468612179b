//! A register of businesses by SOAP 1.1 and 1.2: look-ups, searches, and faults.

pub mod faults;
mod register;
mod told;

use super::{
    Answering, Received, Served, StartFault,
    benign::{Variant, Variants},
    node::Node,
    said::Said,
    takes::{self, Takes},
};
use crate::target::{Supplier, settings};
use faults::{Fault, Faults};
use http::{Method, StatusCode, header::ALLOW};
use sluse_contracts::{Contract, Violation, schema::soap::SoapVersion};
use sluse_xml::{Document, Limits};
use std::{path::Path, sync::Arc};
use told::Why;

/// The contract that it keeps to.
pub const CONTRACT: &str = "example.city/businesses";

/// The number of a business that is in the register.
pub const NUMBER: &str = register::NUMBER;

const ASKED: &str = "urn:example.city:businesses:1:asked";
const ANSWERED: &str = "urn:example.city:businesses:1:answered";

struct Businesses {
    contract: Arc<Contract>,
    faults: Faults,
    variants: Variants,
    let_through: Vec<Takes>,
}

/// Starts it.
///
/// # Errors
/// No socket, no threads.
pub fn start(faults: Faults, variants: Variants) -> Result<Served, StartFault> {
    let contract = super::contract(CONTRACT)?;
    let let_through = faults.iter().filter_map(|fault| fault.takes()).collect();
    Served::start(Businesses { contract, faults, variants, let_through })
}

/// The supplier's file of a system that was started.
pub fn declaration(served: &Served) -> String {
    format!(
        "contract = \"{CONTRACT}\"\nrole = \"provider\"\naddress = \"{}/soap\"\n[system]\nname = \"Businesses\"\n\
         [test-data]\nnumber = \"{NUMBER}\"\n",
        served.url()
    )
}

/// The same, read.
pub fn supplier(served: &Served) -> Option<Supplier> {
    settings::read(settings::FILE, declaration(served).as_bytes(), Path::new("")).0
}

impl Answering for Businesses {
    fn answer(&self, received: &Received) -> Said {
        if received.path != "/soap" {
            return Said::empty(StatusCode::NOT_FOUND);
        }
        if received.method != Method::POST {
            return Said::empty(StatusCode::METHOD_NOT_ALLOWED).with(ALLOW, "POST");
        }
        self.asked(received)
    }

    fn variants(&self) -> &Variants {
        &self.variants
    }
}

impl Businesses {
    fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    fn writes(&self, variant: Variant) -> bool {
        self.variants.contains(&variant)
    }

    fn asked(&self, received: &Received) -> Said {
        if self.balks_at_form(&received.body) {
            return self.told(SoapVersion::V11, Why::Unread);
        }
        let received = Received {
            method: received.method.clone(),
            path: received.path.clone(),
            headers: received.headers.clone(),
            body: self.read_over(&received.body).into(),
        };
        let Ok(document) = Document::parse(&received.body, None, &Limits::default()) else {
            return self.told(SoapVersion::V11, Why::Unread);
        };
        let root = Node::read(&document);
        let version = if root.namespace == SoapVersion::V12.envelope() {
            SoapVersion::V12
        } else {
            SoapVersion::V11
        };
        let payload = payload(&root);
        let operation = match payload.map(|payload| payload.local.as_str()) {
            Some("Search") => "search",
            _ => "lookUp",
        };
        let judged = takes::judge(&self.contract, operation, &received, &self.let_through);
        let wrong = judged.map_or(Some(None), |judged| judged.wrong.map(Some));
        if let Some(wrong) = wrong
            && let Some(why) = self.refusal(wrong.as_ref(), &root)
        {
            return self.told(version, why);
        }
        if let Some(why) = self.headers(&root, version) {
            return self.told(version, why);
        }
        let action = received.header("content-type").is_some_and(|it| it.contains("action="));
        if self.has(Fault::NeedsAction12) && version == SoapVersion::V12 && !action {
            return self.told(version, Why::Broken);
        }
        self.answered(version, operation, payload)
    }

    /// Why a request that breaks a rule is refused; nothing where that is let through.
    fn refusal(&self, wrong: Option<&Violation>, root: &Node) -> Option<Why> {
        let rule = wrong.and_then(|wrong| wrong.rule.as_deref()).unwrap_or_default();
        let body = root.find("Body");
        let n_in_body = body.map_or(0, |body| body.children.len());
        let is_envelope = root.local == "Envelope";
        let is_known = [SoapVersion::V11, SoapVersion::V12].map(SoapVersion::envelope);
        let is_other_version = is_envelope && !is_known.contains(&root.namespace.as_str());
        let through = (self.has(Fault::TakesNoBody) && is_envelope && body.is_none())
            || (self.has(Fault::TakesEmptyBody) && body.is_some() && n_in_body == 0)
            || (self.has(Fault::TakesSecondElement) && n_in_body > 1)
            || (self.has(Fault::TakesBareBody) && !is_envelope)
            || (self.has(Fault::TakesUnknownOperation) && is_unknown(root))
            || (self.has(Fault::TakesAnyType)
                && (rule.starts_with("soap11-6") || rule.contains("part2")))
            || (self.has(Fault::IgnoresAction) && rule == "R2744")
            || (self.has(Fault::AnyVersion) && is_other_version);
        match () {
            () if through => None,
            () if is_other_version => Some(Why::Version),
            () => Some(Why::Broken),
        }
    }

    /// Why the headers of a request are refused.
    fn headers(&self, root: &Node, version: SoapVersion) -> Option<Why> {
        let header = root.children.iter().find(|child| child.local == "Header")?;
        let unknown = header.children.iter().filter(|it| it.namespace != ASKED);
        let must = |node: &Node| {
            let is = |namespace: &str, local: &str| {
                namespace == version.envelope() && local == "mustUnderstand"
            };
            let value = node.attributes.iter().find(|(namespace, local, _)| is(namespace, local));
            let known = ["1", "true"].iter();
            let of_11 = self.has(Fault::NotUnderstoodIn12);
            let mut known = known.filter(|word| !of_11 || **word == "1");
            value.is_some_and(|(.., value)| known.any(|word| word == value))
        };
        let mut refused =
            unknown.filter(|node| self.has(Fault::RefusesUnknownHeader) || must(node));
        refused.next().filter(|_| !self.has(Fault::NotUnderstood)).map(|_| Why::NotUnderstood)
    }

    fn answered(&self, version: SoapVersion, operation: &str, payload: Option<&Node>) -> Said {
        let Some(payload) = payload.filter(|payload| !self.balks(payload)) else {
            let taken = self.has(Fault::TakesNoBody) || self.has(Fault::TakesEmptyBody);
            return match taken && payload.is_none() {
                true => self.envelope(version, self.business(NUMBER, None)),
                false => self.told(version, Why::Broken),
            };
        };
        if operation == "search" && !self.has(Fault::AnswerOfAnother) {
            return self.envelope(version, self.hits(payload));
        }
        let number = payload.find("Number").map_or(NUMBER, Node::words).trim();
        let is_there = number == NUMBER || operation == "search" || payload.local != "LookUp";
        let is_written_so =
            number.len() == NUMBER.len() && number.bytes().all(|b| b.is_ascii_digit());
        let is_let_through = self.has(Fault::TakesBadNumber) && !is_written_so;
        if is_there || is_let_through || self.has(Fault::NotFoundInvented) {
            return self.envelope(version, self.business(number, Some(payload)));
        }
        if self.has(Fault::NotFoundAs200) {
            return self.empty(version);
        }
        self.told(version, Why::NotFound(number.to_owned()))
    }

    /// Whether a request is refused that must be answered.
    fn balks(&self, asked: &Node) -> bool {
        let words = |local: &str| asked.find(local).map_or("", Node::words).trim();
        let parts = asked.children.iter().filter(|child| child.local == "Part").count();
        let name = words("Name");
        let has = |node: &Node, local: &str, value: &str| {
            let mut all = node.attributes.iter();
            all.any(|(_, name, each)| name == local && (value.is_empty() || each == value))
        };
        (self.has(Fault::RefusesFifty) && words("Most") == "50")
            || (self.has(Fault::RefusesNil)
                && asked.find("Since").is_some_and(|since| has(since, "nil", "")))
            || (self.has(Fault::RefusesPostCode) && asked.find("PostCode").is_some())
            || (self.has(Fault::RefusesThirdPart) && parts == 3)
            || (self.has(Fault::RefusesEnglish) && has(asked, "language", "en"))
            || (self.has(Fault::RefusesEmoji) && name.chars().any(|c| c > '\u{ffff}'))
            || (self.has(Fault::CountsBytes) && name.len() > 60)
    }

    /// Whether a way of writing is refused that must be read.
    fn balks_at_form(&self, body: &[u8]) -> bool {
        let begins = |with: &[u8]| body.starts_with(with);
        let holds = |part: &[u8]| body.windows(part.len()).any(|window| window == part);
        (self.has(Fault::RefusesUtf16) && (begins(b"\xff\xfe") || begins(b"\xfe\xff")))
            || (self.has(Fault::RefusesMark) && begins(b"\xef\xbb\xbf"))
            || (self.has(Fault::RefusesSections) && holds(b"<![CDATA["))
    }

    /// The body without what is read over, where it must not be.
    fn read_over(&self, body: &[u8]) -> Vec<u8> {
        let is_wide = body.starts_with(b"\xff\xfe") || body.starts_with(b"\xfe\xff");
        let Ok(text) = std::str::from_utf8(body) else {
            let lossy = self.has(Fault::TakesWrongEncoding) && !is_wide;
            let ascii = body.iter().filter(|byte| !lossy || byte.is_ascii());
            return ascii.copied().collect();
        };
        match text.split_once("<!DOCTYPE").filter(|_| self.has(Fault::TakesDocumentType)) {
            Some((before, after)) => {
                let end = if after.contains("]>") { "]>" } else { ">" };
                let rest = after.split_once(end).map_or("", |(_, rest)| rest);
                format!("{before}{rest}").replace("&e;", "").into_bytes()
            }
            None => body.to_vec(),
        }
    }
}

/// What an envelope carries: the first element of its body, else a document without an envelope.
fn payload(root: &Node) -> Option<&Node> {
    if root.local != "Envelope" {
        return Some(root);
    }
    root.children.iter().find(|child| child.local == "Body")?.children.first()
}

fn is_unknown(root: &Node) -> bool {
    payload(root).is_some_and(|it| root.local == "Envelope" && it.namespace != ASKED)
}
