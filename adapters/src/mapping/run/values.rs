//! The value of a row: read and converted, or known without reading.

use super::Unit;
use crate::{
    mapping::{
        NotConverted,
        compute::Compute,
        plan::{PlannedPath, PlannedRow},
    },
    tree::{NodeId, Place},
};
use sluse_contracts::code;
use std::borrow::Cow;

/// A fault that was told.
struct Told;

impl<'u> Unit<'u> {
    /// A constant is written on the side that has its path; on the way back it must stand there, or it is lost.
    pub(in crate::mapping) fn constant(
        &mut self,
        row: &PlannedRow,
        constant: &str,
        source: NodeId,
        target: usize,
    ) {
        if let [to] = row.to.as_slice() {
            return self.write(row, to, None, constant, target);
        }
        row.from.iter().for_each(|path| self.take_those_of(constant, path, source));
    }

    /// The number of the group among those of its kind. Read, it is lost where it is another.
    pub(in crate::mapping) fn counted(&mut self, row: &PlannedRow, source: NodeId, target: usize) {
        if let [to] = row.to.as_slice() {
            let number = self.written.number(target).to_string();
            return self.write(row, to, None, &number, target);
        }
        let parent = self.source.parent(source).unwrap_or(source);
        let same = |node: &NodeId| self.source.name_id(*node) == self.source.name_id(source);
        let before = self.source.children(parent).take_while(|node| *node != source);
        let number = (before.filter(same).count() + 1).to_string();
        row.from.iter().for_each(|path| self.take_those_of(&number, path, source));
    }

    /// Takes along what a path leads to where it has a certain value.
    fn take_those_of(&mut self, value: &str, path: &PlannedPath, source: NodeId) {
        self.each(path, source, |unit, node| {
            if unit.text(node).is_some_and(|(_, text)| text == value) {
                unit.take(node);
            }
        });
    }

    /// The value of a row, converted, and the first node that it comes from; nothing where there is none.
    pub(in crate::mapping) fn value(
        &mut self,
        row: &'u PlannedRow,
        source: NodeId,
    ) -> Option<(Cow<'u, str>, Option<NodeId>)> {
        let found = match row.compute {
            Some(compute) => self.computed(row, compute, source).ok()?,
            None if row.is_simple => self.only(row, source),
            None => self.joined(row, source),
        };
        let converted = match found {
            Some((value, node)) => self.converted(row, value, node).ok()?,
            None => None,
        };
        match (converted, &row.default) {
            (None, Some(default)) => Some((Cow::Borrowed(default.as_str()), None)),
            (converted, _) => converted.map(|(value, node)| (value, Some(node))),
        }
    }

    /// What a row computes, and the first node that goes into it.
    ///
    /// # Errors
    /// Where a fault was told.
    fn computed(
        &mut self,
        row: &PlannedRow,
        compute: Compute,
        source: NodeId,
    ) -> Result<Option<(Cow<'u, str>, NodeId)>, Told> {
        let (mut values, mut computed_from) = (Vec::new(), Vec::new());
        for path in &row.from {
            let nodes = self.find(path, source);
            let texts = nodes.into_iter().filter_map(|node| Some((node, self.text(node)?.1)));
            let n_texts = if compute == Compute::First { 1 } else { usize::MAX };
            let texts: Vec<(NodeId, &str)> = texts.take(n_texts).collect();
            computed_from.extend(texts.iter().map(|(node, _)| *node));
            values.push(texts.into_iter().map(|(_, text)| text).collect());
            if compute == Compute::First && !computed_from.is_empty() {
                break;
            }
        }
        let first = computed_from.first().copied().unwrap_or(source);
        match compute.of(&values) {
            Ok(Some(value)) => {
                computed_from.into_iter().for_each(|node| self.take(node));
                Ok(Some((Cow::Owned(value), first)))
            }
            // Nothing came of them: what is there is not taken along.
            Ok(None) => Ok(None),
            Err(wrong) => {
                self.unconverted(wrong, self.source.place(first), row);
                Err(Told)
            }
        }
    }

    /// The value of the one path of a row.
    fn only(&mut self, row: &PlannedRow, source: NodeId) -> Option<(Cow<'u, str>, NodeId)> {
        let node = self.first(row.from.first()?, source)?;
        let (holds, text) = self.text(node)?;
        self.take_holding(holds);
        Some((Cow::Borrowed(text), node))
    }

    /// The values of the paths of a row as one, and the first node that it comes from; nothing where there is none.
    fn joined(&mut self, row: &PlannedRow, source: NodeId) -> Option<(Cow<'u, str>, NodeId)> {
        let mut joined: Option<(Cow<'u, str>, NodeId)> = None;
        let (mut part_before, mut gaps) = ("", String::new());
        for (number, path) in row.from.iter().enumerate() {
            if number > 0 && row.gaps {
                gaps.push_str(&row.between);
            }
            let found = self.first(path, source);
            let Some((node, (_, text))) = found.and_then(|node| Some((node, self.text(node)?)))
            else {
                continue;
            };
            self.take(node);
            let gap = std::mem::take(&mut gaps);
            joined = Some(match joined {
                None if gap.is_empty() => (Cow::Borrowed(text), node),
                None => (Cow::Owned(format!("{gap}{text}")), node),
                Some((before, first)) if row.gaps => {
                    (Cow::Owned(format!("{before}{gap}{text}")), first)
                }
                Some((before, first)) => {
                    if part_before.contains(row.between.as_str()) {
                        let sentence = "the value holds what is to stand between it and the next";
                        self.fault(code::VALUE_UNCONVERTED, sentence, self.source.place(node), row);
                    }
                    (Cow::Owned(format!("{before}{}{text}", row.between)), first)
                }
            });
            part_before = text;
        }
        let (mut value, node) = joined?;
        if let Cow::Owned(value) = &mut value {
            value.push_str(&gaps);
        } else if !gaps.is_empty() {
            value = Cow::Owned(format!("{value}{gaps}"));
        }
        Some((value, node))
    }

    /// A value converted; nothing where it stands for none.
    ///
    /// # Errors
    /// Where a fault was told.
    fn converted(
        &mut self,
        row: &'u PlannedRow,
        mut value: Cow<'u, str>,
        node: NodeId,
    ) -> Result<Option<(Cow<'u, str>, NodeId)>, Told> {
        for conversion in &row.convert {
            let converted = match &value {
                Cow::Borrowed(value) => conversion.apply(value),
                Cow::Owned(value) => {
                    conversion.apply(value).map(|value| Cow::Owned(value.into_owned()))
                }
            };
            value = match converted {
                Ok(value) => value,
                Err(NotConverted::Blank) => return Ok(None),
                Err(wrong) => {
                    self.unconverted(wrong, self.source.place(node), row);
                    return Err(Told);
                }
            };
        }
        Ok(Some((value, node)))
    }

    fn unconverted(&mut self, wrong: NotConverted, place: Place, row: &PlannedRow) {
        let (code, sentence) = match wrong {
            NotConverted::Code => {
                (code::CODE_UNTRANSLATED, "the code table of the mapping does not have the code")
            }
            NotConverted::Value(sentence) => (code::VALUE_UNCONVERTED, sentence),
            NotConverted::Blank => return,
        };
        self.fault(code, sentence, place, row);
    }
}
