//! A SOAP envelope, read by the rules of its own version (SOAP 1.1, section 4; SOAP 1.2 part 1, section 5).

use super::names::{ADDRESSING, SoapVersion, elements, is};
use crate::{Code, code};
use sluse_xml::{Document, NodeId, NodeKind};

/// Largest header, in bytes.
pub(crate) const HEADER_BYTES_MAX: u32 = 256 * 1024;
/// Most blocks of a header.
pub(crate) const HEADER_BLOCKS_MAX: usize = 100;

/// What is wrong with an envelope.
#[derive(Debug)]
pub(super) struct Misfit {
    pub(super) code: Code,
    /// The rule's place in a recommendation.
    pub(super) rule: &'static str,
    pub(super) sentence: &'static str,
    pub(super) node: NodeId,
}

/// An envelope.
#[derive(Debug)]
pub(super) struct Envelope<'d> {
    pub(super) document: &'d Document,
    pub(super) version: SoapVersion,
    /// The blocks of its header.
    pub(super) blocks: Vec<NodeId>,
    /// The header, where there is one.
    pub(super) header: Option<NodeId>,
    pub(super) body: NodeId,
    /// What stands in the body.
    pub(super) contents: Vec<NodeId>,
}

impl<'d> Envelope<'d> {
    /// Reads a document; nothing where it has no body to judge. What is wrong is told.
    pub(super) fn read(document: &'d Document, misfits: &mut Vec<Misfit>) -> Option<Self> {
        Self::read_nodes(document, misfits, true)
    }

    /// Header and body alone, for who asks what a document is and not what is wrong with it.
    pub(super) fn outline(document: &'d Document) -> Option<Self> {
        Self::read_nodes(document, &mut Vec::new(), false)
    }

    fn read_nodes(document: &'d Document, misfits: &mut Vec<Misfit>, all: bool) -> Option<Self> {
        let root = document.document_element();
        let version = version(document, root, misfits)?;
        let mut reading = Reading { document, version, misfits };
        if all {
            reading.instructions(root);
        }
        reading.plain(root);
        let (headers, bodies) = reading.children(root);
        let body = match bodies.as_slice() {
            [body] => *body,
            [] => {
                reading.tell(code::SOAP_BODIES, 0, "the envelope has no body", root);
                return None;
            }
            [_, second, ..] => {
                reading.tell(code::SOAP_BODIES, 0, "the envelope has more than one body", *second);
                return None;
            }
        };
        reading.plain(body);
        let header = headers.first().copied();
        let mut blocks = Vec::new();
        if let Some(header) = header {
            reading.header_size(header, body)?;
            reading.plain(header);
            blocks = elements(document, header).take(HEADER_BLOCKS_MAX + 1).collect();
            if blocks.len() > HEADER_BLOCKS_MAX {
                let sentence = "the header has more blocks than `soap-header-blocks-max` (100)";
                reading.tell(code::SOAP_HEADER_TOO_LARGE, 1, sentence, header);
                return None;
            }
            for block in &blocks {
                reading.block(*block);
            }
        }
        let contents: Vec<NodeId> = elements(document, body).collect();
        Some(Self { document, version, blocks, header, body, contents })
    }

    /// The fault that stands in the body, where it is one.
    pub(super) fn fault(&self) -> Option<NodeId> {
        let first = self.contents.first().copied()?;
        is(self.document, first, self.version.envelope(), "Fault").then_some(first)
    }

    /// The WS-Addressing action, where it states one.
    pub(super) fn action(&self) -> Option<(NodeId, &'d str)> {
        let action = self.blocks.iter().find(|block| self.is_addressing(**block, "Action"))?;
        Some((*action, self.document.text(*action).trim()))
    }

    /// Whether a block is this header of WS-Addressing.
    pub(super) fn is_addressing(&self, block: NodeId, local: &str) -> bool {
        self.document.local(block) == local && ADDRESSING.contains(&self.document.namespace(block))
    }

    /// Whether a block is for whoever answers in the end, and must be understood
    /// (SOAP 1.1, sections 4.2.2 and 4.2.3; SOAP 1.2 part 1, sections 2.2 and 5.2).
    pub(super) fn must_be_understood(&self, block: NodeId) -> bool {
        let soap = self.version.envelope();
        let attribute = |local| self.document.attribute(block, soap, local).map(str::trim);
        let asked = matches!(attribute("mustUnderstand"), Some("1" | "true"));
        asked && self.is_for_last(block)
    }

    /// Whether a block is for whoever answers in the end.
    fn is_for_last(&self, block: NodeId) -> bool {
        const ULTIMATE: &str = "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver";
        let local = match self.version {
            SoapVersion::V11 => "actor",
            SoapVersion::V12 => "role",
        };
        let role = self.document.attribute(block, self.version.envelope(), local).map(str::trim);
        role.is_none_or(|role| role.is_empty() || role == ULTIMATE)
    }

    /// The second action for whoever answers, of the same version of WS-Addressing as the first, where there is one.
    pub(super) fn second_action(&self) -> Option<NodeId> {
        let mut seen = Vec::new();
        let mut actions = self.blocks.iter().filter(|block| self.is_addressing(**block, "Action"));
        let found = actions.find(|block| {
            let namespace = self.document.namespace(**block);
            let again = self.is_for_last(**block) && seen.contains(&namespace);
            if self.is_for_last(**block) {
                seen.push(namespace);
            }
            again
        });
        found.copied()
    }
}

fn version(document: &Document, root: NodeId, misfits: &mut Vec<Misfit>) -> Option<SoapVersion> {
    let mut tell = |code, rule, sentence| misfits.push(Misfit { code, rule, sentence, node: root });
    if document.local(root) != "Envelope" {
        tell(code::NOT_SOAP, "soap11-4", "the root element is not a SOAP envelope");
        return None;
    }
    let version = SoapVersion::of(document.namespace(root));
    if version.is_none() {
        let sentence = "the envelope is of no namespace of SOAP 1.1 or 1.2";
        tell(code::SOAP_VERSION, "soap11-4.1.2", sentence);
    }
    version
}

struct Reading<'d, 'm> {
    document: &'d Document,
    version: SoapVersion,
    misfits: &'m mut Vec<Misfit>,
}

/// Rules by what they are about: their places in SOAP 1.1, and in SOAP 1.2 part 1.
const RULES: [(&str, &str); 4] = [
    ("soap11-4", "soap12-5.1"),
    ("soap11-4.2.1", "soap12-5.2"),
    ("soap11-3", "soap12-5"),
    ("soap11-4.2.3", "soap12-5.2.3"),
];

impl Reading<'_, '_> {
    fn tell(&mut self, code: Code, about: usize, sentence: &'static str, node: NodeId) {
        let (v11, v12) = RULES.get(about).copied().unwrap_or_default();
        let rule = if self.version == SoapVersion::V11 { v11 } else { v12 };
        self.misfits.push(Misfit { code, rule, sentence, node });
    }

    fn form(&mut self, about: usize, sentence: &'static str, node: NodeId) {
        self.tell(code::ENVELOPE_FORM, about, sentence, node);
    }

    /// Processing instructions are not allowed anywhere in a SOAP message.
    fn instructions(&mut self, root: NodeId) {
        let mut nodes = self.document.descendants(root);
        let found = nodes.find(|node| self.document.kind(*node) == NodeKind::Instruction);
        if let Some(found) = found {
            self.form(2, "a SOAP message may hold no processing instruction", found);
        }
    }

    /// The envelope, its header and its body: no text, no attributes without a namespace.
    fn plain(&mut self, node: NodeId) {
        let document = self.document;
        if let Some(attribute) =
            document.attributes(node).find(|attribute| document.namespace(*attribute).is_empty())
        {
            let sentence = "attributes of the envelope, its header and its body have a namespace";
            self.form(0, sentence, attribute);
        }
        let is_body = is(document, node, self.version.envelope(), "Body");
        let text = document.children(node).find(|child| {
            document.kind(*child) == NodeKind::Text && !document.text(*child).trim().is_empty()
        });
        if let Some(text) = text.filter(|_| !is_body) {
            self.form(0, "text may not stand here: an envelope is of elements alone", text);
        }
    }

    fn children(&mut self, root: NodeId) -> (Vec<NodeId>, Vec<NodeId>) {
        let document = self.document;
        let soap = self.version.envelope();
        let (mut headers, mut bodies) = (Vec::new(), Vec::new());
        for child in elements(document, root) {
            if is(document, child, soap, "Body") {
                bodies.push(child);
            } else if is(document, child, soap, "Header") {
                if headers.is_empty() && bodies.is_empty() {
                    headers.push(child);
                } else {
                    self.form(0, "an envelope has one header, before its body", child);
                }
            } else {
                let sentence = "an envelope is of a header and a body, and nothing else";
                self.form(0, sentence, child);
            }
        }
        (headers, bodies)
    }

    fn header_size(&mut self, header: NodeId, body: NodeId) -> Option<()> {
        let bytes = self.document.offset(body).saturating_sub(self.document.offset(header));
        if bytes > HEADER_BYTES_MAX {
            let sentence = "the header is larger than `soap-header-bytes-max` (262,144 bytes)";
            self.tell(code::SOAP_HEADER_TOO_LARGE, 1, sentence, header);
            return None;
        }
        Some(())
    }

    fn block(&mut self, block: NodeId) {
        let document = self.document;
        if document.namespace(block).is_empty() {
            self.form(1, "a block of the header has a namespace", block);
        }
        let soap = self.version.envelope();
        let stated = document.attribute(block, soap, "mustUnderstand").map(str::trim);
        let fits = match (self.version, stated) {
            (_, None | Some("0" | "1")) => true,
            (SoapVersion::V11, Some(_)) => false,
            (SoapVersion::V12, Some(value)) => matches!(value, "true" | "false"),
        };
        if !fits {
            let sentence = match self.version {
                SoapVersion::V11 => "`mustUnderstand` is `0` or `1`",
                SoapVersion::V12 => "`mustUnderstand` is `true`, `false`, `1` or `0`",
            };
            self.form(3, sentence, block);
        }
    }
}
