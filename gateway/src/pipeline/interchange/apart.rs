//! A file becomes messages on the spool, before any of them is sent on.

use super::{Apart, Said, Unit, acknowledge};
use crate::{
    app::Gateway,
    config::InUse,
    fault::Fault,
    listen::{body::Received, spool::Sink},
    panics,
    pipeline::{
        Trail,
        translate::{COMPRESSED, Left, PIECE_BYTES, Work, read_piece},
    },
};
use http::{HeaderMap, StatusCode, header};
use sluse_adapters::{
    adapter::{Options, Plans, Step, Translation},
    edifact::{head::InterchangeHead, problem::Problem},
    fault,
    tree::Place,
};
use sluse_contracts::{Verdict, Violation, code};
use std::sync::Arc;

/// Why a file is not taken apart.
enum Whole {
    /// What is around its messages is wrong: what, and what an acknowledgement says of it.
    Broken(Vec<Violation>, Option<Box<(InterchangeHead, Problem)>>),
    /// It holds more messages than the limit.
    TooMany,
    /// What becomes of it is larger than the limit.
    TooLarge,
    /// The disk does not give it back, or takes no more.
    NoRoom,
}

/// Takes a file apart.
pub(super) async fn take(
    gateway: &Gateway,
    body: &Received,
    headers: &HeaderMap,
    trail: &mut Trail,
) -> Result<Apart, Fault> {
    let speaks = trail.consumer_speaks.clone().ok_or(Fault::internal())?;
    let InUse::Described { to_contract, .. } = &*speaks else { return Err(Fault::internal()) };
    if headers.contains_key(header::CONTENT_ENCODING) {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Fault::consumer(code::MEDIA_TYPE_UNSUPPORTED, status).detail(COMPRESSED));
    }
    let limits = *trail.limits();
    let work = Work::of(gateway, trail, limits.body_bytes_max);
    let (plans, body) = (to_contract.clone().ok_or(Fault::internal())?, body.clone());
    let received = body.clone();
    // However small the file is: it may hold many messages.
    let _room = Arc::clone(gateway.large()).acquire_owned().await.ok();
    let taking = move || Taking::new(&plans, &work, limits.interchange_messages_max).run(&body);
    let taken = tokio::task::spawn_blocking(taking).await;
    let malformed = Fault::consumer(code::MESSAGE_MALFORMED, StatusCode::BAD_REQUEST);
    let too_large = Fault::consumer(code::REQUEST_TOO_LARGE, StatusCode::PAYLOAD_TOO_LARGE);
    Err(match taken {
        Ok(Ok(apart)) => return Ok(Apart { received: Some(received), ..apart }),
        Ok(Err(Whole::Broken(violations, told))) => {
            trail.acknowledgement = told.and_then(|told| {
                let (head, problem) = *told;
                acknowledge::refusal(gateway, headers, head, problem, trail)
            });
            malformed.with_verdict(Verdict::from_violations(violations))
        }
        Ok(Err(Whole::TooMany)) => too_large.detail("The file holds more messages than the limit."),
        Ok(Err(Whole::TooLarge)) => {
            too_large.detail("What becomes of the file in translation is larger than the limit.")
        }
        Ok(Err(Whole::NoRoom)) => Fault::no_room(),
        Err(_) => malformed.with_verdict(Verdict::malformed(panics::not_judged())),
    })
}

/// A file that is being taken apart.
struct Taking {
    translation: Translation,
    media_type: sluse_contracts::MediaType,
    numbered: fault::Numbered,
    sink: Sink,
    units: Vec<Unit>,
    left: Left,
    bytes_max: u64,
    messages_max: usize,
    /// How many violations may still be told; of each message that is refused one always is.
    violations_left: usize,
}

impl Taking {
    fn new(plans: &Plans, work: &Work, messages_max: usize) -> Self {
        let options = Options {
            apart: true,
            limits: work.limits,
            faults_max: work.violations_max,
            ..Options::default()
        };
        Self {
            translation: plans.begin(options),
            media_type: plans.to().media_type(),
            numbered: plans.from().numbered(),
            sink: Sink::new(&work.spool, work.memory_bytes_max),
            units: Vec::new(),
            left: Left::of(&work.exchange),
            bytes_max: work.bytes_max,
            messages_max,
            violations_left: work.violations_max,
        }
    }

    fn run(mut self, body: &Received) -> Result<Apart, Whole> {
        let mut reader = body.blocking_reader();
        let (mut out, mut piece) = (Vec::new(), vec![0; PIECE_BYTES]);
        loop {
            let step = self.translation.next(&mut out);
            match step {
                Step::Unit(unit) => {
                    self.left.add(&unit.outcome);
                    self.message(unit.number, unit.place, &out)?;
                }
                Step::Refused(faults) => self.refused(faults)?,
                Step::Around(outcome) => self.left.add(&outcome),
                Step::Hungry => match read_piece(&mut *reader, &mut piece) {
                    Ok(0) => self.translation.finish(),
                    Ok(n) => self.translation.feed(piece.get(..n).unwrap_or_default()),
                    Err(_) => return Err(Whole::NoRoom),
                },
                Step::Broken(faults) => return Err(self.broken(faults)),
                Step::End => break,
            }
            out.clear();
        }
        if self.units.is_empty() {
            let sentence = "there is no message in the file";
            let violation = Violation::syntax(code::EMPTY_MESSAGE, sentence);
            return Err(Whole::Broken(vec![violation], None));
        }
        self.left.tell();
        let head = self.translation.interchange().map(|reader| reader.head().clone());
        let written = self.sink.finish().map_err(|_| Whole::NoRoom)?;
        Ok(Apart { received: None, written, media_type: self.media_type, units: self.units, head })
    }

    fn message(&mut self, number: u64, place: Place, out: &[u8]) -> Result<(), Whole> {
        let begin = self.sink.bytes();
        self.sink.push(out).map_err(|_| Whole::NoRoom)?;
        let end = self.sink.bytes();
        if end > self.bytes_max {
            return Err(Whole::TooLarge);
        }
        let said = if out.is_empty() { Said::Dropped } else { Said::Message(begin..end) };
        self.push(number, place, said, Vec::new())
    }

    fn refused(&mut self, faults: Vec<fault::Fault>) -> Result<(), Whole> {
        let place = faults.first().map(|fault| fault.place).unwrap_or_default();
        let n_told = faults.len().min(self.violations_left.max(1));
        self.violations_left = self.violations_left.saturating_sub(n_told);
        let violations = faults.into_iter().take(n_told).map(fault::Fault::into_violation);
        let said = Said::Refused(violations.collect());
        let number = self.units.len() as u64 + 1;
        let problems = self.translation.interchange().map(|reader| reader.problems().to_vec());
        self.push(number, place, said, problems.unwrap_or_default())
    }

    fn push(
        &mut self,
        number: u64,
        place: Place,
        said: Said,
        problems: Vec<Problem>,
    ) -> Result<(), Whole> {
        if self.units.len() >= self.messages_max {
            return Err(Whole::TooMany);
        }
        let head = self.translation.interchange().map(|reader| reader.message().clone());
        let numbered = self.numbered;
        self.units.push(Unit { number, place, numbered, said, head, problems });
        Ok(())
    }

    fn broken(&self, faults: Vec<fault::Fault>) -> Whole {
        let reader = self.translation.interchange();
        let told = reader.and_then(|reader| {
            let problem = reader.problems().first().filter(|problem| problem.of_interchange)?;
            Some(Box::new((reader.head().clone(), problem.clone())))
        });
        Whole::Broken(faults.into_iter().map(fault::Fault::into_violation).collect(), told)
    }
}
