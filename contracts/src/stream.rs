//! Messages of XML read once from their first byte to their last, in memory that their length does not
//! matter to.
//!
//! What schemas judge on the way, and what a contract's `select` and `keys` ask for, come from the same pass.

use crate::{
    Contract, JudgeOptions, Keys, MediaType, Occasion, Payload, Selection, Verdict, Violation,
    code,
    day::Day,
    path::{Outliner, Wanted},
    payload::{self, Limits},
    registry::Registry,
    schema::Streaming,
};
use sluse_xml::{Event, ReadFault, Reader};
use std::{fmt, io, sync::Arc};

/// The bytes of a message of XML, from wherever they come, and what is known about them.
pub struct Stream<'r> {
    /// The bytes.
    pub input: &'r mut dyn io::Read,
    /// The charset that the media type states, if it does.
    pub charset: Option<&'r str>,
    /// Limits on what is read; `tree_bytes_max` bounds what is kept for `select` and `keys`.
    pub limits: &'r Limits,
}

impl fmt::Debug for Stream<'_> {
    /// Never what the message says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stream")
    }
}

/// What finding the contract and routing need of a document: its root element, and what the paths of the
/// contracts that it may be of lead to.
#[derive(Debug)]
pub struct Outline {
    payload: Payload,
    /// The verdict, where the root element left no choice of contract.
    judged: Option<(Arc<Contract>, Verdict)>,
}

impl Outline {
    /// The contract of the document, on a day.
    pub fn select(&self, registry: &Registry, today: Day) -> Selection {
        registry.select(&self.payload, today)
    }

    /// The verdict under a contract, where it was found on the way; else the document is to be read again.
    pub fn verdict(&self, contract: &Arc<Contract>) -> Option<&Verdict> {
        let judged = self.judged.as_ref().filter(|(under, _)| Arc::ptr_eq(under, contract));
        judged.map(|(_, verdict)| verdict)
    }

    /// What routing and evidence read from the document.
    pub fn keys(&self, contract: &Contract) -> Keys {
        contract.keys(&self.payload)
    }
}

/// What became of reading an outline.
#[derive(Debug)]
pub enum Outlined {
    /// The document can be read.
    Outline(Outline),
    /// It cannot: the violation says why.
    Malformed(Violation),
    /// A contract that it may be of needs the document's tree.
    NeedsTree,
}

impl Registry {
    /// Reads a document once and keeps what the contracts that it may be of ask for. Where its root element
    /// leaves one alone, it is judged on the way: as what the contract's documents are delivered by takes it.
    ///
    /// # Errors
    /// Where its bytes cannot be had.
    pub fn outline(
        &self,
        stream: Stream<'_>,
        media_type: Option<&MediaType>,
        options: &JudgeOptions,
    ) -> io::Result<Outlined> {
        let mut alone = None;
        let begin = |namespace: &str, local: &str| {
            let mut begun = Begun::default();
            let contracts: Vec<_> = self.of_root(namespace, local).collect();
            if !contracts.iter().all(|contract| contract.want(&mut begun.wanted)) {
                return None;
            }
            if let ([contract], Some(operation)) =
                (contracts.as_slice(), contracts.first().and_then(|c| c.document_operation()))
            {
                let occasion = Occasion { media_type, ..Occasion::request(operation.name) };
                begun.schemas = contract.begin_stream(&occasion, options);
                alone = Some((Arc::clone(contract), occasion));
            }
            Some(begun)
        };
        Ok(match pass(stream, begin)? {
            Passed::Whole(payload, schemas) => {
                let judged = alone.map(|(contract, occasion)| {
                    let verdict = contract.end_stream(schemas, &payload, &occasion, options);
                    (Arc::clone(&contract), verdict)
                });
                Outlined::Outline(Outline { payload, judged })
            }
            Passed::Malformed(violation) => Outlined::Malformed(violation),
            Passed::Stopped => Outlined::NeedsTree,
        })
    }
}

/// What hears of a message, and what is wanted of it.
#[derive(Default)]
pub(crate) struct Begun<'c> {
    pub(crate) wanted: Wanted<'c>,
    pub(crate) schemas: Vec<Box<dyn Streaming + 'c>>,
}

/// What became of a message.
pub(crate) enum Passed<'c> {
    /// It was read to its end; what was wanted of it, as a tree of that alone, and what has heard of it.
    Whole(Payload, Vec<Box<dyn Streaming + 'c>>),
    Malformed(Violation),
    /// What was wanted cannot be had on the way.
    Stopped,
}

/// Takes a message past schemas. `begin` is told namespace and name of the root element, and says which.
pub(crate) fn pass<'c>(
    stream: Stream<'_>,
    begin: impl FnOnce(&str, &str) -> Option<Begun<'c>>,
) -> io::Result<Passed<'c>> {
    match read(stream, begin) {
        Ok(passed) => Ok(passed),
        Err(ReadFault::Xml(fault)) => Ok(Passed::Malformed(payload::xml_violation(fault))),
        Err(ReadFault::Input(fault)) => Err(fault),
    }
}

fn read<'c>(
    stream: Stream<'_>,
    begin: impl FnOnce(&str, &str) -> Option<Begun<'c>>,
) -> Result<Passed<'c>, ReadFault> {
    let limits = payload::xml_limits(stream.limits);
    let mut reader = Reader::new(stream.input, stream.charset, limits)?;
    let mut begin = Some(begin);
    let mut schemas = Vec::new();
    let mut outliner = Outliner::new(Wanted::default(), limits.tree_bytes_max);
    loop {
        match reader.next_event()? {
            Event::Start(start) => {
                if let Some(begin) = begin.take() {
                    let Some(begun) = begin(start.namespace(), start.local()) else {
                        return Ok(Passed::Stopped);
                    };
                    outliner = Outliner::new(begun.wanted, limits.tree_bytes_max);
                    schemas = begun.schemas;
                }
                outliner.start(&start);
                hearing(&mut schemas).for_each(|schema| schema.start(start.clone()));
            }
            Event::Text(text) => {
                outliner.text(text);
                hearing(&mut schemas).for_each(|schema| schema.text(text));
            }
            Event::End => {
                outliner.end();
                hearing(&mut schemas).for_each(|schema| schema.end(&reader));
            }
            Event::Comment(_) | Event::Instruction(_) => continue,
            Event::Eof => break,
        }
        outliner.settle(&mut reader);
        if outliner.is_over() {
            return Ok(Passed::Malformed(too_much()));
        }
        schemas.iter_mut().for_each(|schema| schema.settle(&mut reader));
    }
    Ok(match outliner.finish() {
        Some(document) => Passed::Whole(Payload::Xml(Arc::new(document)), schemas),
        None => Passed::Malformed(too_much()),
    })
}

/// The schemas that may still say something. A document is read to its end also where none is left: it may be
/// malformed.
fn hearing<'s, 'c>(
    schemas: &'s mut [Box<dyn Streaming + 'c>],
) -> impl Iterator<Item = &'s mut Box<dyn Streaming + 'c>> {
    schemas.iter_mut().filter(|schema| !schema.is_full())
}

/// The violation of a document of which more is asked for than may be kept.
fn too_much() -> Violation {
    Violation::syntax(code::TREE_TOO_LARGE, code::TREE_TOO_LARGE.title())
}
