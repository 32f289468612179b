//! Judging a message while it is read: the verdict is the one over its tree.

use super::Contract;
use crate::{
    Direction, Payload, Verdict,
    judge::{JudgeOptions, Occasion, Violations},
    path::Wanted,
    schema::Streaming,
    stream::{Begun, Passed, Stream, pass},
};
use std::io;

impl Contract {
    /// Whether XML in this place of an exchange can be judged while it is read: nothing but XML Schema
    /// judges it, and the contract asks for no more of it than plain paths.
    pub fn streams(&self, operation: &str, direction: Direction) -> bool {
        let occasion = Occasion { direction, ..Occasion::request(operation) };
        let Some((_, judged)) = self.part(&occasion) else { return false };
        judged.schemas.iter().all(|schema| schema.streams())
            && !self.checks.judge_any(operation, direction)
            && self.want_for_judging(&occasion).is_some()
    }

    /// Judges one message of XML while it is read, in memory that its length does not matter to. The
    /// verdict is that of [`Contract::judge`]. To be asked where the contract [`Contract::streams`].
    ///
    /// # Errors
    /// Where its bytes cannot be had.
    pub fn judge_stream(
        &self,
        stream: Stream<'_>,
        occasion: &Occasion<'_>,
        options: &JudgeOptions,
    ) -> io::Result<Verdict> {
        let begin = |_: &str, _: &str| {
            let wanted = self.want_for_judging(occasion)?;
            Some(Begun { wanted, schemas: self.begin_stream(occasion, options) })
        };
        match pass(stream, begin)? {
            Passed::Whole(payload, schemas) => {
                Ok(self.end_stream(schemas, &payload, occasion, options))
            }
            Passed::Malformed(violation) => Ok(Verdict::malformed(violation)),
            Passed::Stopped => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// The schemas that judge a message while it is read.
    pub(crate) fn begin_stream(
        &self,
        occasion: &Occasion<'_>,
        options: &JudgeOptions,
    ) -> Vec<Box<dyn Streaming + '_>> {
        let schemas = self.part(occasion).map(|(_, judged)| judged.schemas.as_slice());
        let begin = schemas.unwrap_or_default().iter().filter_map(|schema| {
            // One more than is kept, so that the verdict knows that it was cut.
            schema.begin_stream(options.show_values, options.violations_max.saturating_add(1))
        });
        begin.collect()
    }

    /// The verdict on a message that has gone by. `payload` is what was wanted of it.
    pub(crate) fn end_stream(
        &self,
        schemas: Vec<Box<dyn Streaming + '_>>,
        payload: &Payload,
        occasion: &Occasion<'_>,
        options: &JudgeOptions,
    ) -> Verdict {
        let mut violations = Violations::new(&self.clauses, options.violations_max);
        if self.judge_as_document(Some(payload), occasion, options, &mut violations).is_some() {
            schemas.into_iter().for_each(|schema| schema.finish(&mut violations));
        }
        violations.into_verdict()
    }

    /// What telling whether a document is of the contract needs; nothing where that takes a tree.
    fn want_for_judging(&self, occasion: &Occasion<'_>) -> Option<Wanted<'_>> {
        let mut wanted = Wanted::default();
        let selector = self.selector.as_ref().filter(|_| self.takes_documents(occasion));
        selector.is_none_or(|selector| selector.want(&mut wanted)).then_some(wanted)
    }

    /// Adds what finding the contract of a document, judging it and routing it need; false where that
    /// takes a tree.
    pub(crate) fn want<'c>(&'c self, wanted: &mut Wanted<'c>) -> bool {
        self.document_operation().is_none_or(|each| self.streams(each.name, Direction::Request))
            && self.selector.as_ref().is_none_or(|selector| selector.want(wanted))
            && self.keys.want(wanted)
    }
}

#[cfg(test)]
mod tests;
