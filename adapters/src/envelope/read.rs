//! Reading: the whole message first, since where its document ends is known at its end alone.

use super::{Envelope, cut::cut};
use crate::{
    fault::{Fault, Faults},
    layout::{Step, UnitReader},
    tree::{OverLimit, Place, Tree},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use sluse_contracts::{code, payload::Limits};
use std::{fmt, sync::Arc};

/// Reads one message.
pub(super) struct EnvelopeReader {
    envelope: Arc<Envelope>,
    limits: Limits,
    bytes: Vec<u8>,
    is_too_long: bool,
    is_whole: bool,
    over: Option<Step>,
}

impl EnvelopeReader {
    pub(super) fn new(envelope: Arc<Envelope>, limits: &Limits) -> Self {
        Self {
            envelope,
            limits: *limits,
            bytes: Vec::new(),
            is_too_long: false,
            is_whole: false,
            over: None,
        }
    }

    /// The header's group, and the document behind it.
    fn unit(&mut self, tree: &mut Tree, faults: &mut Faults) -> Result<Step, Fault> {
        let of_message = |limit| Fault::over_limit(limit, Place::default()).of_message();
        if self.is_too_long {
            return Err(of_message(OverLimit::Bytes));
        }
        let bytes = std::mem::take(&mut self.bytes);
        if str::from_utf8(&bytes).is_err() {
            let sentence = "an envelope with a document in it is UTF-8";
            return Err(Fault::new(code::ENCODING, sentence, Place::default()).of_message());
        }
        let cut = cut(&self.envelope, &bytes, &self.limits)?;
        let mut reader = self.envelope.header.clone().reader(&self.limits);
        reader.feed(&cut.header);
        reader.finish();
        let step = reader.next(tree, faults);
        if step != Step::Unit {
            return Ok(Step::Broken);
        }
        if let Some(payload) = &cut.payload {
            let name = tree.name_for(&self.envelope.payload).map_err(of_message)?;
            tree.field(name, &STANDARD.encode(payload), cut.place).map_err(of_message)?;
        }
        Ok(Step::Unit)
    }
}

impl UnitReader for EnvelopeReader {
    fn feed(&mut self, bytes: &[u8]) {
        self.is_too_long |= self.bytes.len() + bytes.len() > self.limits.tree_bytes_max;
        match self.is_too_long {
            true => self.bytes.clear(),
            false => self.bytes.extend_from_slice(bytes),
        }
    }

    fn finish(&mut self) {
        self.is_whole = true;
    }

    fn next(&mut self, tree: &mut Tree, faults: &mut Faults) -> Step {
        if let Some(step) = self.over {
            return step;
        }
        if !self.is_whole && !self.is_too_long {
            return Step::Hungry;
        }
        let step = self.unit(tree, faults).unwrap_or_else(|fault| {
            faults.push(fault);
            Step::Broken
        });
        self.over = Some(if step == Step::Unit { Step::End } else { step });
        step
    }

    fn held_bytes(&self) -> usize {
        self.bytes.capacity()
    }
}

impl fmt::Debug for EnvelopeReader {
    /// How far it has come; nothing of what the message says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EnvelopeReader({} bytes)", self.bytes.len())
    }
}
