//! What stands once around the units of a message: seen from each of them, and written once.

use crate::{
    fault::Fault,
    layout::Layout,
    tree::{Kind, NodeId, OverLimit, Place, Tree},
};
use sluse_contracts::{code, payload::Limits};
use std::sync::Arc;

/// The part of a message that a unit of its own is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Before all others.
    Header,
    /// What messages are sent for.
    Body,
    /// After all others.
    Trailer,
}

/// Which part a unit that was read is.
pub(super) fn part_of(unit: &Tree, layout: &dyn Layout) -> Part {
    let around = layout.around();
    let mut groups = unit.children(unit.root());
    let (Some(first), None) = (groups.next(), groups.next()) else { return Part::Body };
    let name = Some(unit.name(first));
    match name {
        _ if name == around.header => Part::Header,
        _ if name == around.trailer => Part::Trailer,
        _ => Part::Body,
    }
}

/// The header of a message that is read.
#[derive(Debug, Default)]
pub(super) struct Seen {
    header: Option<Tree>,
}

impl Seen {
    /// Keeps a header for the units that follow.
    pub(super) fn keep(&mut self, header: &Tree, limits: &Limits) -> Result<(), OverLimit> {
        let mut kept = Tree::new(header.names().clone(), limits);
        for node in header.children(header.root()) {
            kept.graft(header, node)?;
        }
        self.header = Some(kept);
        Ok(())
    }

    /// The header, which no unit has to be shown it.
    pub(super) fn take(&mut self) -> Option<Tree> {
        self.header.take()
    }

    /// Shows the header in a unit.
    pub(super) fn show(&self, unit: &mut Tree) -> Result<(), OverLimit> {
        let Some(header) = &self.header else { return Ok(()) };
        header.children(header.root()).try_for_each(|node| unit.graft(header, node))
    }
}

/// The parts of a message that is written: a unit as a mapping makes it holds all of them.
#[derive(Debug)]
pub(super) struct Parted {
    header: Option<String>,
    trailer: Option<String>,
    /// The header that was written, as lines.
    written: Option<String>,
    /// Each part of the unit at hand.
    pub(super) parts: [Tree; 3],
}

impl Parted {
    /// Nothing where the layout has nothing around its units.
    pub(super) fn of(layout: &Arc<dyn Layout>, limits: &Limits) -> Option<Self> {
        let around = layout.around();
        let (header, trailer) =
            (around.header.map(str::to_owned), around.trailer.map(str::to_owned));
        let tree = || Tree::new(layout.names().clone(), limits);
        let parts = [tree(), tree(), tree()];
        (header.is_some() || trailer.is_some()).then_some(Self {
            header,
            trailer,
            written: None,
            parts,
        })
    }

    /// Parts a unit.
    pub(super) fn part(&mut self, unit: &Tree) -> Result<(), Fault> {
        self.parts.iter_mut().take(2).for_each(Tree::clear);
        for node in unit.children(unit.root()) {
            let part = self.which(unit, node);
            let Some(tree) = self.parts.get_mut(part as usize) else { continue };
            if part == Part::Trailer {
                tree.clear();
            }
            let place = unit.place(node);
            tree.graft(unit, node).map_err(|limit| Fault::over_limit(limit, place))?;
        }
        Ok(())
    }

    /// Whether the header of the unit at hand is to be written: it is the first.
    ///
    /// # Errors
    /// Where one was written that says otherwise.
    pub(super) fn begins(&mut self, place: Place) -> Result<bool, Fault> {
        let [header, ..] = &mut self.parts;
        if header.is_empty()
            && let Some(name) = &self.header
        {
            // A header of constants and counts needs nothing from a tree.
            let limit = |limit| Fault::over_limit(limit, place);
            let name = header.name_for(name).map_err(limit)?;
            header.open(Kind::Group, name, place).map_err(limit)?;
            header.close();
        }
        let says = header.outline();
        match &self.written {
            None => {
                self.written = Some(says);
                Ok(self.header.is_some())
            }
            Some(written) if *written == says => Ok(false),
            Some(_) => {
                let sentence =
                    "the unit says otherwise than the first of what stands once, before all units";
                let fault = Fault::new(code::HEADER_DIFFERS, sentence, place);
                Err(fault.in_field(self.header.clone().unwrap_or_default()))
            }
        }
    }

    /// The next header is written again: it could not be, or begins a message of its own.
    pub(super) fn begin_anew(&mut self) {
        self.written = None;
    }

    /// Whether a trailer was made by a mapping.
    pub(super) fn has_trailer(&self) -> bool {
        let [.., trailer] = &self.parts;
        !trailer.is_empty()
    }

    fn which(&self, unit: &Tree, node: NodeId) -> Part {
        let name = Some(unit.name(node));
        match name {
            _ if name == self.header.as_deref() => Part::Header,
            _ if name == self.trailer.as_deref() => Part::Trailer,
            _ => Part::Body,
        }
    }
}
