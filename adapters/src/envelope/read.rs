//! Reading: the whole message first, since where its document ends is known at its end alone.

use super::{Envelope, cut::cut};
use crate::{
    fault::{Fault, Faults},
    layout::Step,
    tree::{Place, Tree},
    whole_message::{ReadWhole, over_limit},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use sluse_contracts::{code, payload::Limits};
use std::sync::Arc;

/// How a message is read.
pub(super) struct ReadEnvelope(pub(super) Arc<Envelope>);

impl ReadWhole for ReadEnvelope {
    /// The header's group, and the document behind it.
    fn read(
        &self,
        bytes: &[u8],
        limits: &Limits,
        tree: &mut Tree,
        faults: &mut Faults,
    ) -> Result<Step, Fault> {
        if str::from_utf8(bytes).is_err() {
            let sentence = "an envelope with a document in it is UTF-8";
            return Err(Fault::new(code::ENCODING, sentence, Place::default()).of_message());
        }
        let cut = cut(&self.0, bytes, limits)?;
        let mut reader = self.0.header.clone().reader(limits);
        reader.feed(&cut.header);
        reader.finish();
        let step = reader.next(tree, faults);
        if step != Step::Unit {
            return Ok(Step::Broken);
        }
        if let Some(payload) = &cut.payload {
            let name = tree.name_for(&self.0.payload).map_err(over_limit)?;
            tree.field(name, &STANDARD.encode(payload), cut.place).map_err(over_limit)?;
        }
        Ok(Step::Unit)
    }
}
