//! One document under one contract: read, contract found, judged.

use super::{
    Args, ad_hoc,
    http::{Head, HttpMessage},
};
use crate::{
    cli::{
        Exit, Output,
        documents::{DOCUMENT_BYTES_MAX, Document, Opened, guess},
        known::{Known, Unsaid},
    },
    panics,
};
use bytes::Bytes;
use sluse_contracts::{
    Contract, Direction, JudgeOptions, MediaType, Message, Occasion, Payload, Selection, Verdict,
    Violation, code,
    judge::{RequestHead, ResponseHead},
    message::Kind,
    payload::Limits,
    stream::{Outlined, Stream},
};
use std::{io, sync::Arc, time::Instant};

/// What the command line says of each document.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) operation: Option<String>,
    pub(super) direction: Direction,
    pub(super) status: Option<u16>,
    pub(super) media_type: Option<MediaType>,
    /// Each document is a whole HTTP message.
    pub(super) whole: bool,
}

/// What was found about one document.
#[derive(Debug)]
pub(super) struct Judged {
    /// `id@version`, where a contract of a library was found.
    pub(super) contract: Option<String>,
    pub(super) verdict: Verdict,
    pub(super) micros: u64,
}

/// A part of judging that may end it: the document is malformed, or of no known contract.
type Found<T> = Result<T, Box<Verdict>>;

/// How far judging a long document came.
enum Begun {
    Judged(Found<(Arc<Contract>, Verdict)>),
    /// It is to be loaded.
    Opened(Opened),
}

/// Longest document that is always read as a tree, in bytes.
const SHORT_BYTES_MAX: usize = 1 << 20;

/// Everything that judging needs.
pub(super) struct Judging {
    known: Option<Known>,
    fixed: Option<Arc<Contract>>,
    named: bool,
    default_type: Option<MediaType>,
    limits: Limits,
    options: JudgeOptions,
    subject: Subject,
}

impl Judging {
    /// Loads what judging needs. What is wrong is told.
    pub(super) fn prepare(args: &Args, output: &mut Output) -> Result<Self, Exit> {
        let mut judging = Self {
            known: None,
            fixed: None,
            named: args.contract.is_some(),
            default_type: None,
            limits: Limits::default(),
            options: args.options(),
            subject: args.subject(),
        };
        if ad_hoc::is_asked(&args.schemas) {
            judging.fixed = Some(ad_hoc::load(&args.schemas, output)?);
            judging.default_type = ad_hoc::media_type(&args.schemas);
        } else {
            let known = match &args.contract {
                Some(asked) => Known::load_for(&args.known, asked, output)?,
                None => Known::load(&args.known, Unsaid::Register, output)?,
            };
            judging.limits = known.limits;
            if let Some(asked) = &args.contract {
                judging.fixed = Some(known.contract(asked, output)?);
            }
            judging.known = Some(known);
        }
        if let Some(contract) = judging.fixed.clone() {
            judging.limits.duplicate_members_allowed |= contract.manifest().duplicate_members;
            judging.limits.multipart_related = contract.manifest().wsdl.is_some();
            judging.check_operation(&contract, output)?;
        }
        Ok(judging)
    }

    /// Whether each document finds its contract.
    pub(super) fn finds_contracts(&self) -> bool {
        self.fixed.is_none()
    }

    /// Judges one document.
    ///
    /// # Errors
    /// Where its bytes cannot be had.
    pub(super) fn judge(&self, document: &Document) -> io::Result<Judged> {
        let opened = document.open(self.short_bytes_max())?;
        let begun = Instant::now();
        let judged = panics::caught(|| match self.judge_stream(document, opened)? {
            Begun::Judged(found) => Ok(found),
            Begun::Opened(opened) => self.judge_loaded(document, opened),
        });
        // The other files are judged all the same.
        let judged = judged.unwrap_or_else(|| Ok(Err(malformed(panics::not_judged()))))?;
        let (contract, verdict) = match judged {
            Ok((contract, verdict)) => (Some(contract), verdict),
            Err(verdict) => (self.fixed.clone(), *verdict),
        };
        let contract = contract.filter(|_| self.named || self.fixed.is_none());
        let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        Ok(Judged { contract: contract.map(|contract| contract.to_string()), verdict, micros })
    }

    /// A longer document is judged while it is read, where that can be.
    fn short_bytes_max(&self) -> usize {
        /// A tree is hardly ever more than so many times as large as its text.
        const TREE_TIMES_MAX: usize = 32;
        SHORT_BYTES_MAX.min(self.limits.tree_bytes_max / TREE_TIMES_MAX)
    }

    /// Judges a long document while it is read. Gives it back where only a tree will do.
    fn judge_stream(&self, document: &Document, opened: Opened) -> io::Result<Begun> {
        let media_type = self.media_type(document, &opened.head);
        if self.subject.whole || !opened.is_long() || media_type.kind() != Kind::Xml {
            return Ok(Begun::Opened(opened));
        }
        let charset = media_type.charset();
        let found = match &self.fixed {
            Some(contract) => Some(Ok(Arc::clone(contract))),
            None => self.contract_of_long(document, charset)?,
        };
        let contract = match found {
            Some(Ok(contract)) => contract,
            Some(Err(verdict)) => return Ok(Begun::Judged(Err(verdict))),
            None => return Ok(Begun::Opened(opened)),
        };
        let direction = self.subject.direction;
        let operation = self.operation(&contract);
        let Some(operation) = operation.filter(|name| contract.streams(name, direction)) else {
            return Ok(Begun::Opened(opened));
        };
        let mut input = opened.reader();
        let stream = Stream { input: &mut input, charset, limits: &self.limits };
        let verdict = contract.judge_stream(stream, &self.occasion(operation), &self.options)?;
        Ok(Begun::Judged(Ok((contract, verdict))))
    }

    /// The contract of a document that can be read once more to judge it; nothing where only a tree will do.
    fn contract_of_long(
        &self,
        document: &Document,
        charset: Option<&str>,
    ) -> io::Result<Option<Found<Arc<Contract>>>> {
        let Some((known, again)) = self.known.as_ref().zip(document.open_again()?) else {
            return Ok(None);
        };
        let mut input = again.reader();
        let stream = Stream { input: &mut input, charset, limits: &self.limits };
        Ok(match known.registry().outline(stream, None, &self.options)? {
            Outlined::NeedsTree => None,
            Outlined::Malformed(violation) => Some(Err(malformed(violation))),
            Outlined::Outline(outline) => {
                Some(selected(&outline.select(known.registry(), known.today)))
            }
        })
    }

    fn judge_loaded(
        &self,
        document: &Document,
        opened: Opened,
    ) -> io::Result<Found<(Arc<Contract>, Verdict)>> {
        let kind = self.media_type(document, &opened.head).kind();
        // A tree is no smaller than its text: it need not be read into memory to know that.
        let is_tree = !self.subject.whole && kind != Kind::Other;
        let tree_bytes_max = self.limits.tree_bytes_max as u64;
        let bytes_max = if is_tree { tree_bytes_max } else { DOCUMENT_BYTES_MAX };
        let bytes = match opened.load(bytes_max) {
            Ok(bytes) => bytes,
            Err(fault) if is_tree && fault.kind() == io::ErrorKind::FileTooLarge => {
                let title = "the document takes more memory as a tree than the limit";
                return Ok(Err(malformed(Violation::syntax(code::TREE_TOO_LARGE, title))));
            }
            Err(fault) => return Err(fault),
        };
        Ok(if self.subject.whole {
            self.judge_whole(document, &bytes)
        } else {
            self.judge_payload(document, &bytes)
        })
    }

    fn judge_payload(&self, document: &Document, bytes: &Bytes) -> Found<(Arc<Contract>, Verdict)> {
        let payload = self.read(self.media_type(document, bytes), bytes)?;
        let contract = self.contract_of(Some(&payload))?;
        let Some(operation) = self.operation(&contract) else {
            let verdict = contract.judge_without_operation(Some(&payload), &self.options);
            return Ok((contract, verdict));
        };
        let verdict = contract.judge(Some(&payload), &self.occasion(operation), &self.options);
        Ok((contract, verdict))
    }

    fn occasion<'a>(&'a self, operation: &'a str) -> Occasion<'a> {
        let subject = &self.subject;
        let status = subject.status.filter(|_| subject.direction == Direction::Response);
        Occasion {
            direction: subject.direction,
            // A guess is no statement of the sender's: it is not judged.
            media_type: subject.media_type.as_ref(),
            response: status.map(|status| ResponseHead { status, headers: &[] }),
            ..Occasion::request(operation)
        }
    }

    fn judge_whole(&self, document: &Document, bytes: &Bytes) -> Found<(Arc<Contract>, Verdict)> {
        let malformed = |code, why| malformed(Violation::syntax(code, why));
        let whole =
            HttpMessage::parse(bytes).map_err(|why| malformed(code::HTTP_MALFORMED, why))?;
        let stated = whole.media_type().map_err(|why| malformed(code::MEDIA_TYPE, why))?;
        if whole.is_coded() {
            let sentence = "the message is in a content coding, which is not read";
            return Err(malformed(code::ENCODING, sentence));
        }
        let payload = if whole.body.is_empty() {
            None
        } else {
            let media_type = stated.clone().unwrap_or_else(|| guess(&document.name, &whole.body));
            let read = self.read(media_type, &whole.body);
            Some(read.map_err(|verdict| Box::new(in_file(*verdict, &whole)))?)
        };
        let contract = self.contract_of(payload.as_ref())?;
        let verdict = self.judge_message(&contract, &whole, payload.as_ref(), stated.as_ref());
        Ok((contract, in_file(verdict, &whole)))
    }

    fn read(&self, media_type: MediaType, bytes: &Bytes) -> Found<Payload> {
        Payload::parse(&Message::new(media_type, bytes.clone()), &self.limits).map_err(malformed)
    }

    fn judge_message(
        &self,
        contract: &Contract,
        whole: &HttpMessage,
        payload: Option<&Payload>,
        media_type: Option<&MediaType>,
    ) -> Verdict {
        let headers = whole.header_pairs();
        let named = self.subject.operation.as_deref();
        match &whole.head {
            Head::Request { method, path, query } => {
                let found = contract.operation_asked(method, path).map(|found| found.name);
                // Of no operation the contract says itself what it has there.
                let operation = named.or(found).unwrap_or_default();
                let head = RequestHead { method, path, query: query.as_deref(), headers: &headers };
                let called = [path.clone()];
                let occasion = Occasion { media_type, ..Occasion::request(operation) };
                let occasion = occasion.with_request(head).called_at(&called);
                contract.judge(payload, &occasion, &self.options)
            }
            Head::Response { status } => {
                let Some(operation) = self.operation(contract) else {
                    return contract.judge_without_operation(None, &self.options);
                };
                let head = ResponseHead { status: *status, headers: &headers };
                let occasion = Occasion { media_type, ..Occasion::response(operation) };
                contract.judge(payload, &occasion.with_response(head), &self.options)
            }
        }
    }

    fn contract_of(&self, payload: Option<&Payload>) -> Found<Arc<Contract>> {
        if let Some(contract) = &self.fixed {
            return Ok(Arc::clone(contract));
        }
        let (Some(known), Some(payload)) = (&self.known, payload) else {
            let sentence = "without a body, nothing says which contract the message is of";
            let violation = Violation::syntax(code::CONTRACT_UNKNOWN, sentence);
            return Err(Box::new(Verdict::unknown_contract(violation)));
        };
        selected(&known.registry().select(payload, known.today))
    }

    fn media_type(&self, document: &Document, bytes: &[u8]) -> MediaType {
        if let Some(stated) = &self.subject.media_type {
            return stated.clone();
        }
        let guessed = guess(&document.name, bytes);
        match &self.default_type {
            Some(default) if guessed.kind() != default.kind() => default.clone(),
            _ if guessed.kind() == Kind::Other => self.taken_alone().unwrap_or(guessed),
            _ => guessed,
        }
    }

    /// The one media type that the contract takes, where there is only one.
    fn taken_alone(&self) -> Option<MediaType> {
        let operations = &self.fixed.as_ref()?.manifest().operations;
        let mut types = operations.iter().flat_map(|operation| {
            let part = match self.subject.direction {
                Direction::Request => &operation.request,
                Direction::Response => &operation.response,
            };
            &part.media_types
        });
        types.next().filter(|_| types.next().is_none()).cloned()
    }

    /// The operation: the one named, else the only one, else the one that documents are delivered by.
    fn operation<'c>(&'c self, contract: &'c Contract) -> Option<&'c str> {
        if let Some(named) = &self.subject.operation {
            return Some(named);
        }
        if contract.finds_operations() {
            return Some("");
        }
        let all = contract.operations();
        match all.as_slice() {
            [only] => Some(only),
            _ => contract.document_operation().map(|operation| operation.name),
        }
    }

    /// Refuses a contract of several operations where none is named, and a name that it does not have.
    fn check_operation(&self, contract: &Contract, output: &mut Output) -> Result<(), Exit> {
        let all = contract.operations();
        let list = || {
            const SHOWN_MAX: usize = 30;
            let shown = all.iter().take(SHOWN_MAX).copied().collect::<Vec<_>>().join(", ");
            if all.len() > SHOWN_MAX { format!("{shown}, …") } else { shown }
        };
        match &self.subject.operation {
            Some(named) if !all.contains(&named.as_str()) => {
                let exit = output.error(format_args!("the contract has no operation `{named}`"));
                output.hint(format_args!("operations: {}", list()));
                Err(exit)
            }
            None if all.len() > 1 && !self.subject.whole && !contract.finds_operations() => {
                let exit =
                    output.error("the contract has several operations: say which with --operation");
                output.hint(format_args!("operations: {}", list()));
                Err(exit)
            }
            _ => Ok(()),
        }
    }
}

/// Places in the body become places in the file.
fn in_file(mut verdict: Verdict, whole: &HttpMessage) -> Verdict {
    for line in verdict.violations.iter_mut().filter_map(|violation| violation.line.as_mut()) {
        *line = whole.line_in_file(*line);
    }
    verdict
}

/// The one contract that was found.
fn selected(selection: &Selection) -> Found<Arc<Contract>> {
    let unknown = |violation| Box::new(Verdict::unknown_contract(violation));
    match (selection.one(), selection.violation()) {
        (Some(contract), _) => Ok(Arc::clone(contract)),
        (None, Some(violation)) => Err(unknown(violation)),
        (None, None) => {
            let title = code::CONTRACT_UNKNOWN.title();
            Err(unknown(Violation::syntax(code::CONTRACT_UNKNOWN, title)))
        }
    }
}

fn malformed(violation: Violation) -> Box<Verdict> {
    Box::new(Verdict::malformed(violation))
}
