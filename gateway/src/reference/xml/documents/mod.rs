//! A service of case documents: it takes documents of XML, gives receipts, and reads them back.

pub mod faults;
mod filed;

use super::{
    Answering, Received, Served, StartFault,
    benign::{Variant, Variants},
    node::{Node, Text, latin_1},
    said::{Said, moment},
    takes::{self, Takes},
};
use crate::{
    clock::Clock,
    target::{Supplier, settings},
};
use faults::{Fault, Faults};
use filed::{Cabinet, Filed, Filing};
use http::{
    Method, StatusCode,
    header::{ALLOW, LOCATION},
};
use sluse_contracts::{Contract, MediaType};
use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// The contract that it keeps to.
pub const CONTRACT: &str = "example.city/case-documents";

const RECEIPTS: &str = "urn:example.city:receipts:1";
const PATH: &str = "/documents";

struct Documents {
    contract: Arc<Contract>,
    faults: Faults,
    variants: Variants,
    let_through: Vec<Takes>,
    clock: Arc<dyn Clock>,
    cabinet: Mutex<Cabinet>,
    /// How many requests with the same body are under way.
    under_way: Mutex<HashMap<Vec<u8>, usize>>,
    /// The bodies of which two were under way at once.
    twice: Mutex<HashSet<Vec<u8>>>,
}

/// Starts it.
///
/// # Errors
/// No socket, no threads.
pub fn start(
    faults: Faults,
    variants: Variants,
    clock: Arc<dyn Clock>,
) -> Result<Served, StartFault> {
    let contract = super::contract(CONTRACT)?;
    let let_through = faults.iter().filter_map(|fault| fault.takes()).collect();
    Served::start(Documents {
        contract,
        faults,
        variants,
        let_through,
        clock,
        cabinet: Mutex::default(),
        under_way: Mutex::default(),
        twice: Mutex::default(),
    })
}

/// The supplier's file of a system that was started.
pub fn declaration(served: &Served) -> String {
    format!(
        "contract = \"{CONTRACT}\"\nrole = \"provider\"\naddress = \"{}\"\n[system]\nname = \"Case documents\"\n",
        served.url()
    )
}

/// The same, read.
pub fn supplier(served: &Served) -> Option<Supplier> {
    settings::read(settings::FILE, declaration(served).as_bytes(), Path::new("")).0
}

impl Answering for Documents {
    fn answer(&self, received: &Received) -> Said {
        let said = self.said(received);
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.remove(&*received.body);
        said
    }

    fn variants(&self) -> &Variants {
        &self.variants
    }

    fn pause(&self, received: &Received) -> Option<Duration> {
        if !self.has(Fault::FilesTwiceAtOnce) || received.method != Method::POST {
            return None;
        }
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let count = under_way.entry(received.body.to_vec()).or_default();
        *count += 1;
        if *count > 1 {
            let mut twice = self.twice.lock().unwrap_or_else(PoisonError::into_inner);
            twice.insert(received.body.to_vec());
        }
        Some(Duration::from_millis(60))
    }
}

impl Documents {
    fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    fn said(&self, received: &Received) -> Said {
        let id = received.path.strip_prefix("/documents/");
        match (received.method.as_str(), received.path.as_str(), id) {
            ("POST", PATH, _) => self.deliver(received),
            ("GET" | "HEAD", _, Some(id)) => self.read(id),
            (_, PATH, _) => self.refuse(StatusCode::METHOD_NOT_ALLOWED, "").with(ALLOW, "POST"),
            (_, _, Some(_)) => self.refuse(StatusCode::METHOD_NOT_ALLOWED, "").with(ALLOW, "GET"),
            _ => self.refuse(StatusCode::NOT_FOUND, "there is nothing here"),
        }
    }

    fn refuse(&self, status: StatusCode, why: &str) -> Said {
        if self.variants.contains(&Variant::TerseRefusals) {
            return Said::empty(status);
        }
        let danish = self.variants.contains(&Variant::DanishTexts);
        let title = if danish { "Afvist" } else { status.canonical_reason().unwrap_or_default() };
        let problem =
            serde_json::json!({ "title": title, "status": status.as_u16(), "detail": why });
        let body = problem.to_string().into_bytes();
        Said { media_type: "application/problem+json", body, ..Said::empty(status) }
    }

    fn deliver(&self, received: &Received) -> Said {
        let stated = received.header("content-type").and_then(|it| it.parse::<MediaType>().ok());
        let is_xml = stated.is_some_and(|it| it.essence() == "application/xml");
        if !is_xml && !self.has(Fault::TakesAnyType) {
            return self.refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "documents are XML");
        }
        if self.balks_at_form(&received.body) {
            return self.refuse(StatusCode::BAD_REQUEST, "this is not read");
        }
        let mut received = Received {
            method: received.method.clone(),
            path: received.path.clone(),
            headers: received.headers.clone(),
            body: self.read_over(&received.body).into(),
        };
        received.headers.insert("content-type", http::HeaderValue::from_static("application/xml"));
        let Some(judged) = takes::judge(&self.contract, "deliver", &received, &self.let_through)
        else {
            let crashes = self.has(Fault::CrashesOnSyntax);
            let status = match crashes {
                true => StatusCode::INTERNAL_SERVER_ERROR,
                false => StatusCode::BAD_REQUEST,
            };
            return self.refuse(status, "the body is not XML");
        };
        let node = Node::read(&judged.document);
        let is_known = self.has(Fault::TakesAnyRoot) && node.local == "CaseDocument";
        if judged.wrong.is_some() && !is_known {
            return self.refuse(StatusCode::UNPROCESSABLE_ENTITY, "the contract is broken");
        }
        let prefix = judged.document.prefix(judged.document.document_element());
        if self.has(Fault::KnowsOnePrefix) && !prefix.is_empty() {
            return self.refuse(StatusCode::UNPROCESSABLE_ENTITY, "this is not known");
        }
        if self.has(Fault::RefusesEmoji) && has_emoji(&node) {
            return self.refuse(StatusCode::INTERNAL_SERVER_ERROR, "an error came up");
        }
        if self.balks(&node) {
            return self.refuse(StatusCode::UNPROCESSABLE_ENTITY, "this is not taken");
        }
        self.file(&received, node)
    }

    /// Whether a way of writing is refused that must be read.
    fn balks_at_form(&self, body: &[u8]) -> bool {
        let begins = |with: &[u8]| body.starts_with(with);
        let holds = |part: &[u8]| body.windows(part.len()).any(|window| window == part);
        (self.has(Fault::RefusesUtf16) && (begins(b"\xff\xfe") || begins(b"\xfe\xff")))
            || (self.has(Fault::RefusesMark) && begins(b"\xef\xbb\xbf"))
            || (self.has(Fault::RefusesSections) && holds(b"<![CDATA["))
            || (self.has(Fault::RefusesUndeclared) && begins(b"<") && !begins(b"<?xml"))
    }

    /// The body without what is read over, where it must not be.
    fn read_over(&self, body: &[u8]) -> Vec<u8> {
        if self.has(Fault::TakesWrongEncoding) && std::str::from_utf8(body).is_err() {
            let begins = |with: &[u8]| body.starts_with(with);
            if !begins(b"\xff\xfe") && !begins(b"\xfe\xff") {
                return body.iter().filter(|byte| byte.is_ascii()).copied().collect();
            }
        }
        let Ok(text) = std::str::from_utf8(body) else { return body.to_vec() };
        let over = self.has(Fault::TakesDocumentType)
            || (self.has(Fault::TakesOutside) && text.contains(" SYSTEM "));
        match text.split_once("<!DOCTYPE").filter(|_| over) {
            Some((before, after)) => {
                let end = if after.contains("]>") { "]>" } else { ">" };
                let rest = after.split_once(end).map_or("", |(_, rest)| rest);
                format!("{before}{rest}").replace("&e;", "").into_bytes()
            }
            None => body.to_vec(),
        }
    }

    /// Whether a document is refused that must be taken.
    fn balks(&self, node: &Node) -> bool {
        let words = |local: &str| node.find(local).map_or("", Node::words);
        let count = |local: &str| node.children.iter().filter(|it| it.local == local).count();
        let is_nil = |node: &Node| node.attributes.iter().any(|(_, local, _)| local == "nil");
        let titles = ["Case", "Document"].map(|above| {
            node.find(above).and_then(|above| above.find("Title")).map_or("", Node::words)
        });
        (self.has(Fault::RefusesLeapDay) && words("Appeal").contains("-02-29"))
            || (self.has(Fault::RefusesAbroad) && node.find("Abroad").is_some())
            || (self.has(Fault::RefusesTenth) && count("Attachment") >= 10)
            || (self.has(Fault::RefusesNil) && node.find("Appeal").is_some_and(is_nil))
            || (self.has(Fault::CountsBytes) && titles.iter().any(|title| title.len() > 120))
    }

    fn file(&self, received: &Received, node: Node) -> Said {
        let message = node.find("MessageId").map_or("", Node::words).to_owned();
        let at_once = {
            let twice = self.twice.lock().unwrap_or_else(PoisonError::into_inner);
            twice.contains(&*received.body)
        };
        let mut cabinet = self.cabinet.lock().unwrap_or_else(PoisonError::into_inner);
        let again = self.has(Fault::FilesAgain) || at_once;
        match cabinet.file(&message, node, self.clock.now_ms(), again) {
            Filing::New(filed) => self.receipt(received, &filed, false),
            Filing::Again(filed) => self.receipt(received, &filed, true),
            Filing::Conflict(filed) if self.has(Fault::TakesConflict) => {
                self.receipt(received, &filed, true)
            }
            Filing::Conflict(_) => self.refuse(StatusCode::CONFLICT, "the id was used"),
            Filing::Full => self.refuse(StatusCode::INSUFFICIENT_STORAGE, "there is no room"),
        }
    }

    fn receipt(&self, received: &Received, filed: &Filed, again: bool) -> Said {
        let status = match () {
            () if self.has(Fault::FiledAs200) => StatusCode::OK,
            () if self.has(Fault::FiledAs202) => StatusCode::ACCEPTED,
            () if again && self.has(Fault::AgainAs200) => StatusCode::OK,
            () => StatusCode::CREATED,
        };
        let media_type =
            if self.has(Fault::ReceiptAsText) { "text/plain" } else { "application/xml" };
        let node = self.receipt_node(filed, again);
        let mut said = Said::node(status, media_type, &node, &self.variants);
        if self.has(Fault::ReceiptWrongEncoding) {
            said.body = latin_1(&String::from_utf8_lossy(&said.body));
        }
        if self.has(Fault::NoReceipt) {
            said.body.clear();
        }
        if self.has(Fault::NoLocation) {
            return said;
        }
        let id = if self.has(Fault::LocationElsewhere) { "D000000" } else { &filed.id };
        let host = received.header("host").filter(|_| self.writes(Variant::AbsoluteLocation));
        let location = match host {
            Some(host) => format!("http://{host}{PATH}/{id}"),
            None => format!("{PATH}/{id}"),
        };
        said.with(LOCATION, &location)
    }

    fn writes(&self, variant: Variant) -> bool {
        self.variants.contains(&variant)
    }

    fn receipt_node(&self, filed: &Filed, again: bool) -> Node {
        let namespace = match self.has(Fault::ReceiptOtherNamespace) {
            true => "urn:example.city:receipts:2",
            false => RECEIPTS,
        };
        let text = |local: &str, text: &str| Node::text(namespace, local, text);
        let later = again && self.has(Fault::AgainAtAnotherTime);
        let at_ms = filed.at_ms + if later { 1_000 } else { 0 };
        let mut time = moment(at_ms, &self.variants);
        if self.has(Fault::ReceiptTimeWithoutZone) {
            time = time.trim_end_matches('Z').to_owned();
        }
        let another = "00000000-0000-4000-8000-000000000000";
        let message = if self.has(Fault::ReceiptOfAnother) { another } else { &filed.message };
        let outcome = if self.has(Fault::ReceiptOutcomeUnknown) { "archived" } else { "filed" };
        let mut node = Node::new(namespace, "Receipt")
            .attribute("version", "1.0")
            .with(text("DocumentId", &filed.id))
            .with(text("MessageId", message))
            .with(text("Received", &time))
            .with(text("Outcome", outcome));
        if self.has(Fault::ReceiptWithoutTime) {
            node.children.retain(|child| child.local != "Received");
        }
        if self.has(Fault::ReceiptUnordered) {
            node.children.reverse();
        }
        if !self.writes(Variant::TerseRefusals) && !self.has(Fault::ReceiptUnordered) {
            let danish = text("Text", "Dokumentet er lagt på sagen.").attribute("language", "da");
            let english = text("Text", "The document was filed.").attribute("language", "en");
            node.children.push(danish);
            node.children.extend((!self.writes(Variant::DanishTexts)).then_some(english));
        }
        node
    }

    fn read(&self, id: &str) -> Said {
        let cabinet = self.cabinet.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(filed) = cabinet.find(id) else {
            return self.refuse(StatusCode::NOT_FOUND, "there is no such document");
        };
        let node = self.kept(filed.node.clone());
        Said::node(StatusCode::OK, "application/xml", &node, &self.variants)
    }

    /// A document as it comes back.
    fn kept(&self, mut node: Node) -> Node {
        let mut attachments = 0;
        node.children.retain(|child| {
            attachments += usize::from(child.local == "Attachment");
            let second = child.local == "Attachment" && attachments == 2;
            let extends = child.local == "Extension";
            let is_lost = (second && self.has(Fault::LosesAttachment))
                || (extends && self.has(Fault::LosesExtension));
            !is_lost
        });
        if self.has(Fault::LosesLanguage) {
            node.attributes.retain(|(_, local, _)| local != "language");
        }
        if self.has(Fault::SortsParties) {
            let first = node.children.iter().position(|child| child.local == "Party");
            let n = node.children.iter().filter(|child| child.local == "Party").count();
            if let Some(parties) = first.and_then(|at| node.children.get_mut(at..at + n)) {
                parties.reverse();
            }
        }
        let (offset, danish) = (self.writes(Variant::OffsetForZ), self.has(Fault::LosesDanish));
        node.each(&mut |each| {
            if self.has(Fault::LosesNil) {
                each.children
                    .retain(|it| !it.attributes.iter().any(|(_, local, _)| local == "nil"));
            }
            let Text::Words(text) = &mut each.text else { return };
            match each.local.as_str() {
                "Note" if self.has(Fault::CutsNote) => *text = text.chars().take(100).collect(),
                "Fee" if self.has(Fault::RoundsFee) => {
                    text.truncate(text.find('.').unwrap_or(text.len()));
                }
                "Sent" if self.has(Fault::ShiftsSent) => *text = without_zone(text),
                "Sent" if offset && text.ends_with('Z') => *text = text.replace('Z', "+00:00"),
                _ if danish => *text = text.replace(|c: char| !c.is_ascii(), "?"),
                _ => {}
            }
        });
        node
    }
}

/// The time of the clock as if it were in UTC.
fn without_zone(text: &str) -> String {
    let text = text.trim();
    let bare = text.trim_end_matches('Z');
    let at = bare.get(10..).and_then(|time| time.rfind(['+', '-'])).map(|at| at + 10);
    format!("{}Z", at.and_then(|at| bare.get(..at)).unwrap_or(bare))
}

fn has_emoji(node: &Node) -> bool {
    node.words().chars().any(|c| c > '\u{ffff}') || node.children.iter().any(has_emoji)
}
