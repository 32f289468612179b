//! Translating one message: pieces of bytes in, pieces of bytes out, one unit in memory.
//!
//! ```
//! use sluse_adapters::adapter::{Plans, Options, Step};
//! use std::io::{self, Read, Write};
//!
//! /// Translates a message, and leaves out units that are refused.
//! fn translate(plans: &Plans, mut from: impl Read, mut to: impl Write) -> io::Result<()> {
//!     let mut translation = plans.begin(Options::default());
//!     let (mut piece, mut out) = ([0; 65_536], Vec::new());
//!     loop {
//!         let step = translation.next(&mut out);
//!         to.write_all(&out)?;
//!         out.clear();
//!         match step {
//!             Step::Unit(_) | Step::Around(_) | Step::Refused(_) => {}
//!             Step::Hungry => match from.read(&mut piece)? {
//!                 0 => translation.finish(),
//!                 n => translation.feed(piece.get(..n).unwrap_or_default()),
//!             },
//!             Step::End => return Ok(()),
//!             Step::Broken(_) => return Err(io::ErrorKind::InvalidData.into()),
//!         }
//!     }
//! }
//! ```

use super::{
    Loss, Plans,
    frame::{Part, Parted, Seen, part_of},
};
use crate::{
    edifact::reader::EdifactReader,
    fault::{Fault, Faults},
    layout::{self, UnitReader, UnitWriter},
    mapping::{Lost, Outcome, Plan, Translator},
    tree::{Place, Tree},
};
use sluse_contracts::{code, payload::Limits};
use std::{fmt, sync::Arc};

/// How a message is translated.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Whether it is told of each value where it came from.
    pub explain: bool,
    /// Whether each unit becomes a message of its own, with all that a message has around it.
    pub apart: bool,
    /// Most faults that are told of one unit.
    pub faults_max: usize,
    /// Limits on what is held of one unit.
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self { explain: false, apart: false, faults_max: 1_000, limits: Limits::default() }
    }
}

/// What a translation has come to. What was added to the caller's bytes by then is part of what is written.
#[derive(Debug)]
pub enum Step {
    /// A unit is translated and written.
    Unit(Translated),
    /// A unit is refused for these faults, and nothing of it is written; the next one may be sound.
    Refused(Vec<Fault>),
    /// What stands around the units holds values that are in none of them, and are not carried over.
    Around(Outcome),
    /// All that was fed is translated: feed more, or finish.
    Hungry,
    /// The message is translated to its end.
    End,
    /// The message is unusable as a whole, for these faults; so is what was written of it. No faults: each of its units
    /// was refused.
    Broken(Vec<Fault>),
}

/// A unit that was translated.
#[derive(Debug)]
pub struct Translated {
    /// Its number in the message, from 1; refused ones count.
    pub number: u64,
    /// Where it begins.
    pub place: Place,
    /// What became of its values.
    pub outcome: Outcome,
    /// The mapping that was taken, by its number in the adapter; none where it has none.
    pub mapping: Option<usize>,
}

/// One message under way.
pub struct Translation {
    pub(super) plans: Plans,
    options: Options,
    reader: Box<dyn UnitReader>,
    writer: Box<dyn UnitWriter>,
    pub(super) source: Tree,
    pub(super) target: Tree,
    seen: Seen,
    parted: Option<Parted>,
    translators: Vec<Translator<Arc<Plan>>>,
    faults: Faults,
    n_units: u64,
    n_refused: u64,
    /// Whether lists are to become what comes again: no mapping does it, and the other side knows no lists.
    unlists: bool,
    /// Whether it was asked what stands around units that are not there.
    saw_around: bool,
    ended: Option<bool>,
}

impl Translation {
    pub(super) fn new(plans: Plans, options: Options) -> Self {
        let (from, to) = (plans.from().clone(), plans.to().clone());
        let limits = &options.limits;
        let unlists = from.has_lists() && !to.has_lists();
        let tree = |layout: &Arc<dyn layout::Layout>| Tree::new(layout.names().clone(), limits);
        let translators = plans.plans.iter().map(|each| each.plan.shared(options.explain));
        Self {
            source: tree(&from),
            target: tree(&to),
            seen: Seen::default(),
            parted: Parted::of(&to, limits),
            translators: translators.collect(),
            reader: from.reader(limits),
            writer: to.writer(),
            faults: Faults::new(options.faults_max),
            n_units: 0,
            n_refused: 0,
            unlists,
            saw_around: false,
            ended: None,
            plans,
            options,
        }
    }

    /// Takes the next bytes of the message, any number of them.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.reader.feed(bytes);
    }

    /// Says that there are no more bytes.
    pub fn finish(&mut self) {
        self.reader.finish();
    }

    /// Goes on to the next unit, or to where more bytes are needed. What is written is added to `out`, which the caller
    /// may empty between calls. After `End` or `Broken` it says the same again.
    pub fn next(&mut self, out: &mut Vec<u8>) -> Step {
        if let Some(is_sound) = self.ended {
            return if is_sound { Step::End } else { Step::Broken(Vec::new()) };
        }
        loop {
            match self.reader.next(&mut self.source, &mut self.faults) {
                layout::Step::Hungry => return Step::Hungry,
                layout::Step::Refused => {
                    self.n_units += 1;
                    self.n_refused += 1;
                    return Step::Refused(self.faults.take());
                }
                layout::Step::Broken => {
                    let faults = self.faults.take();
                    return self.broken(faults);
                }
                layout::Step::End => {
                    if let Some(step) = self.unitless(out) {
                        return step;
                    }
                    return match self.end(out) {
                        Ok(()) => {
                            self.ended = Some(true);
                            Step::End
                        }
                        // Nothing is left to write because units were refused, and that is told.
                        Err(fault) if fault.code == code::EMPTY_MESSAGE && self.n_refused > 0 => {
                            self.broken(Vec::new())
                        }
                        Err(fault) => self.broken(vec![fault]),
                    };
                }
                layout::Step::Unit => {
                    if let Some(step) = self.unit(out) {
                        return step;
                    }
                }
            }
        }
    }

    /// The reader of an interchange of EDIFACT, for the acknowledgement of it; nothing where the message is none.
    pub fn interchange(&self) -> Option<&EdifactReader> {
        self.reader.interchange()
    }

    /// What is held on to, in bytes, besides what the caller holds.
    pub fn held_bytes(&self) -> usize {
        self.reader.held_bytes() + self.source.held_bytes() + self.target.held_bytes()
    }

    fn broken(&mut self, faults: Vec<Fault>) -> Step {
        self.ended = Some(false);
        Step::Broken(faults)
    }

    fn unit(&mut self, out: &mut Vec<u8>) -> Option<Step> {
        let is_kept = !self.translators.is_empty() || self.options.apart;
        match part_of(&self.source, &**self.plans.from()) {
            Part::Body => Some(self.body(out)),
            Part::Header if is_kept => {
                let kept = self.seen.keep(&self.source, &self.options.limits);
                kept.err()
                    .map(|limit| self.broken(vec![Fault::over_limit(limit, Place::default())]))
            }
            Part::Trailer if is_kept => self.around(),
            Part::Header | Part::Trailer => {
                let written = self.writer.write(&self.source, out);
                written.err().map(|fault| self.broken(vec![fault]))
            }
        }
    }

    fn body(&mut self, out: &mut Vec<u8>) -> Step {
        self.n_units += 1;
        // A message of an interchange stands after the headers around it.
        let first = match self.reader.interchange() {
            Some(_) => self.source.children(self.source.root()).last(),
            None => self.source.children(self.source.root()).next(),
        };
        let place = first.map(|unit| self.source.place(unit)).unwrap_or_default();
        let (n_bytes, numbered) = (out.len(), self.plans.from().numbered());
        match self.translate(place).and_then(|done| Ok((done, self.write(place, out)?))) {
            Ok(((mapping, outcome), ())) => {
                Step::Unit(Translated { number: self.n_units, place, outcome, mapping })
            }
            Err(fault) => {
                self.n_refused += 1;
                let mut faults = self.faults.take();
                faults.extend(fault);
                faults.iter_mut().for_each(|fault| fault.numbered = numbered);
                if self.options.apart {
                    out.truncate(n_bytes);
                }
                Step::Refused(faults)
            }
        }
    }

    /// Makes the target of a unit. Where it has faults, those that are not returned are kept.
    fn translate(&mut self, place: Place) -> Result<(Option<usize>, Outcome), Option<Fault>> {
        let shown = self.seen.show(&mut self.source);
        shown.map_err(|limit| Fault::over_limit(limit, place))?;
        if self.translators.is_empty() {
            if self.unlists {
                self.target.clear();
                let copied = self.source.copy_without_lists(&mut self.target);
                copied.map_err(|limit| Fault::over_limit(limit, place))?;
            }
            return Ok((None, Outcome::default()));
        }
        let fits = |plan: &super::Planned| {
            plan.when.as_ref().is_none_or(|when| when.leads_in(&self.source))
        };
        let Some(at) = self.plans.plans.iter().position(fits) else {
            let sentence = "the adapter has no mapping for such a unit";
            return Err(Some(Fault::new(code::UNIT_UNMAPPED, sentence, place)));
        };
        let translator = self.translators.get_mut(at).ok_or(None)?;
        let outcome = translator.translate(&self.source, &mut self.target, &mut self.faults);
        let outcome = outcome.ok_or(None)?;
        if self.plans.loss == Loss::Refuse && outcome.n_lost > 0 {
            outcome.lost.iter().for_each(|lost| self.faults.push(refused(lost)));
            return Err(None);
        }
        Ok((Some(at), outcome))
    }

    fn write(&mut self, place: Place, out: &mut Vec<u8>) -> Result<(), Option<Fault>> {
        let unit =
            if self.translators.is_empty() && !self.unlists { &self.source } else { &self.target };
        if unit.is_empty() {
            // All of it is dropped, for a reason that the mapping states.
            return Ok(());
        }
        if self.options.apart {
            self.writer = self.plans.to().clone().writer();
            self.parted.iter_mut().for_each(Parted::begin_anew);
        }
        let is_parted = self.options.apart || !self.translators.is_empty();
        match self.parted.as_mut().filter(|_| is_parted) {
            None => self.writer.write(unit, out)?,
            Some(parted) => {
                parted.part(unit)?;
                if parted.begins(place)? {
                    let [header, ..] = &parted.parts;
                    if let Err(fault) = self.writer.write(header, out) {
                        parted.begin_anew();
                        return Err(Some(fault));
                    }
                }
                let [_, body, _] = &parted.parts;
                self.writer.write(body, out)?;
            }
        }
        if self.options.apart { self.close(out).map_err(Some) } else { Ok(()) }
    }

    /// What stands around units that are not there. Without a mapping it is written as it is; a mapping makes units, and
    /// there are none that it could be carried in.
    fn unitless(&mut self, out: &mut Vec<u8>) -> Option<Step> {
        if self.n_units > 0 || std::mem::replace(&mut self.saw_around, true) {
            return None;
        }
        match self.seen.take() {
            Some(header) => self.source = header,
            None if self.reader.around_no_units(&mut self.source) => {}
            None => return None,
        }
        let has_values = self.source.values_but(&[]).next().is_some();
        if self.options.apart && has_values {
            let sentence =
                "there is no unit, and so no message that what stands around it could be in";
            let fault = Fault::new(code::EMPTY_MESSAGE, sentence, Place::default());
            return Some(self.broken(vec![fault.of_message()]));
        }
        if !self.translators.is_empty() {
            return self.around();
        }
        let written = has_values.then(|| self.as_it_is(out))?;
        written.err().map(|fault| self.broken(vec![fault]))
    }

    /// Writes what no mapping is for.
    fn as_it_is(&mut self, out: &mut Vec<u8>) -> Result<(), Fault> {
        if !self.unlists {
            return self.writer.write(&self.source, out);
        }
        self.target.clear();
        let copied = self.source.copy_without_lists(&mut self.target);
        copied.map_err(|limit| Fault::over_limit(limit, Place::default()))?;
        self.writer.write(&self.target, out)
    }

    /// What stands around units and is in none of them: nothing of it can be carried, and what no mapping drops is lost.
    fn around(&mut self) -> Option<Step> {
        let mut dropped = vec![false; self.source.node_count()];
        for translator in &mut self.translators {
            translator.mark_dropped(&self.source, &mut dropped);
        }
        let outcome = Outcome::of_lost(&self.source, &dropped);
        if outcome.n_lost == 0 {
            return None;
        }
        match self.plans.loss {
            Loss::Report => Some(Step::Around(outcome)),
            Loss::Refuse => {
                let numbered = self.plans.from().numbered();
                let faults = outcome.lost.iter().take(self.options.faults_max);
                let faults = faults.map(|lost| refused(lost).counted_in(numbered).of_message());
                let faults = faults.collect();
                Some(self.broken(faults))
            }
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), Fault> {
        if self.options.apart { Ok(()) } else { self.close(out) }
    }

    /// Writes what stands after the units.
    fn close(&mut self, out: &mut Vec<u8>) -> Result<(), Fault> {
        if let Some(parted) = self.parted.as_ref().filter(|parted| parted.has_trailer()) {
            let [.., trailer] = &parted.parts;
            self.writer.write(trailer, out)?;
        }
        self.writer.finish(out)
    }
}

/// That a value would be lost where that is refused.
fn refused(lost: &Lost) -> Fault {
    let sentence = "no row of the mapping carries the value over, and the adapter refuses loss";
    Fault::new(code::VALUE_LOST, sentence, lost.place).in_field(&*lost.path)
}

impl fmt::Debug for Translation {
    /// How far it has come; nothing of what the message says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Translation({}, {} units)", self.plans.way(), self.n_units)
    }
}
