//! One document under one contract: read, contract found, judged.

use super::{
    Args, ad_hoc,
    http::{Head, HttpMessage},
};
use crate::{
    cli::{
        Exit, Output,
        documents::{Document, guess},
        known::{Known, Unsaid},
    },
    panics,
};
use bytes::Bytes;
use sluse_contracts::{
    Contract, Direction, JudgeOptions, MediaType, Message, Occasion, Payload, Verdict, Violation,
    code,
    contract::operation_unknown,
    judge::{RequestHead, ResponseHead},
    message::Kind,
    payload::Limits,
};
use std::{sync::Arc, time::Instant};

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
                judging.fixed = Some(find(&known, asked, output)?);
            }
            judging.known = Some(known);
        }
        if let Some(contract) = judging.fixed.clone() {
            judging.limits.duplicate_members_allowed |= contract.manifest().duplicate_members;
            judging.check_operation(&contract, output)?;
        }
        Ok(judging)
    }

    /// Whether each document finds its contract.
    pub(super) fn finds_contracts(&self) -> bool {
        self.fixed.is_none()
    }

    /// Judges one document.
    pub(super) fn judge(&self, document: &Document, bytes: &Bytes) -> Judged {
        let begun = Instant::now();
        let judged = panics::caught(|| {
            if self.subject.whole {
                self.judge_whole(document, bytes)
            } else {
                self.judge_payload(document, bytes)
            }
        });
        // The other files are judged all the same.
        let judged = judged.unwrap_or_else(|| Err(malformed(panics::not_judged())));
        let (contract, verdict) = match judged {
            Ok((contract, verdict)) => (Some(contract), verdict),
            Err(verdict) => (self.fixed.clone(), *verdict),
        };
        let contract = contract.filter(|_| self.named || self.fixed.is_none());
        let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        Judged { contract: contract.map(|contract| contract.to_string()), verdict, micros }
    }

    fn judge_payload(&self, document: &Document, bytes: &Bytes) -> Found<(Arc<Contract>, Verdict)> {
        let payload = self.read(self.media_type(document, bytes), bytes)?;
        let contract = self.contract_of(Some(&payload))?;
        let subject = &self.subject;
        let Some(operation) = self.operation(&contract) else {
            let verdict = contract.judge_without_operation(Some(&payload), &self.options);
            return Ok((contract, verdict));
        };
        let status = subject.status.filter(|_| subject.direction == Direction::Response);
        let occasion = Occasion {
            direction: subject.direction,
            // A guess is no statement of the sender's: it is not judged.
            media_type: subject.media_type.as_ref(),
            response: status.map(|status| ResponseHead { status, headers: &[] }),
            ..Occasion::request(operation)
        };
        let verdict = contract.judge(Some(&payload), &occasion, &self.options);
        Ok((contract, verdict))
    }

    fn judge_whole(&self, document: &Document, bytes: &Bytes) -> Found<(Arc<Contract>, Verdict)> {
        let malformed = |code, why| malformed(Violation::syntax(code, why));
        let whole =
            HttpMessage::parse(bytes).map_err(|why| malformed(code::HTTP_MALFORMED, why))?;
        let stated = whole.media_type().map_err(|why| malformed(code::MEDIA_TYPE, why))?;
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
                let found = contract.operation_at(method, path).map(|found| found.name);
                let Some(operation) = named.or(found) else {
                    return Verdict::from_violations(vec![operation_unknown()]);
                };
                let head = RequestHead { method, path, query: query.as_deref(), headers: &headers };
                let occasion = Occasion { media_type, ..Occasion::request(operation) };
                contract.judge(payload, &occasion.with_request(head), &self.options)
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
        let unknown = |violation| Box::new(Verdict::unknown_contract(violation));
        let (Some(known), Some(payload)) = (&self.known, payload) else {
            let sentence = "without a body, nothing says which contract the message is of";
            return Err(unknown(Violation::syntax(code::CONTRACT_UNKNOWN, sentence)));
        };
        let selection = known.registry().select(payload, known.today);
        match (selection.one(), selection.violation()) {
            (Some(contract), _) => Ok(Arc::clone(contract)),
            (None, Some(violation)) => Err(unknown(violation)),
            (None, None) => {
                let title = code::CONTRACT_UNKNOWN.title();
                Err(unknown(Violation::syntax(code::CONTRACT_UNKNOWN, title)))
            }
        }
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
            None if all.len() > 1 && !self.subject.whole => {
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

fn malformed(violation: Violation) -> Box<Verdict> {
    Box::new(Verdict::malformed(violation))
}

fn find(
    known: &Known,
    asked: &sluse_contracts::ContractRef,
    output: &mut Output,
) -> Result<Arc<Contract>, Exit> {
    if let Some(contract) = known.registry().find(asked) {
        return Ok(Arc::clone(contract));
    }
    let exit = output.error(format_args!("no contract fits `{asked}`"));
    output.hint(crate::config::hint_at_contract(known.registry(), asked, known.is_folder()));
    Err(exit)
}
