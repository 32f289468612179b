//! What plain paths lead to, kept while a document goes by as a stream.

use super::{DocumentPath, xml::Steps, xml::XmlPath};
use crate::manifest::XmlName;
use sluse_xml::{Document, Excerpt, Reader, Start};
use std::io::Read;

/// Paths of which a document's values are wanted; all of them plain steps.
#[derive(Debug, Default)]
pub(crate) struct Wanted<'c> {
    paths: Vec<Path<'c>>,
}

/// A path from the document's root element, or from above it.
#[derive(Debug, Clone)]
struct Path<'c> {
    /// The root element itself first, where the path begins above it.
    absolute: bool,
    elements: Vec<&'c XmlName>,
    attribute: Option<&'c XmlName>,
    /// Whether all places are wanted, or the first alone.
    all: bool,
    /// Whether it leads nowhere else.
    done: bool,
}

impl<'c> Wanted<'c> {
    /// Adds a path; false where it is more than plain steps, and only a tree can answer it.
    pub(crate) fn add(&mut self, path: &'c DocumentPath, all: bool) -> bool {
        let steps = match path {
            // A pointer leads nowhere in XML.
            DocumentPath::Pointer(_) => return true,
            DocumentPath::Xml(XmlPath::Expression(_)) => return false,
            DocumentPath::Xml(XmlPath::Steps(steps)) => steps,
        };
        self.paths.push(Path::of(steps, all));
        true
    }

    /// Adds a path from the first place that another one leads to.
    pub(crate) fn add_from(&mut self, from: &'c DocumentPath, path: &'c DocumentPath) -> bool {
        let (DocumentPath::Xml(XmlPath::Steps(from)), DocumentPath::Xml(XmlPath::Steps(steps))) =
            (from, path)
        else {
            return self.add(path, false);
        };
        let mut whole = Path::of(steps, false);
        if !whole.absolute {
            let before = Path::of(from, false);
            whole.elements.splice(0..0, before.elements);
            whole.absolute = before.absolute;
        }
        self.paths.push(whole);
        true
    }
}

impl<'c> Path<'c> {
    fn of(steps: &'c Steps, all: bool) -> Self {
        let elements = steps.elements().iter().collect();
        Self {
            absolute: steps.is_absolute(),
            elements,
            attribute: steps.attribute(),
            all,
            done: false,
        }
    }
}

/// The document's root element, and what the wanted paths lead to.
#[derive(Debug)]
pub(crate) struct Outliner<'c> {
    paths: Vec<Path<'c>>,
    excerpt: Excerpt,
    /// For each element that is kept and open, the paths that lead on from it.
    levels: Vec<Level>,
    /// How many elements are open below that are not kept.
    skipped: usize,
    /// How many elements are open whose text is wanted.
    gathering: usize,
    began: bool,
}

#[derive(Debug)]
struct Level {
    /// Indices of paths.
    paths: Vec<usize>,
    gathers: bool,
}

impl<'c> Outliner<'c> {
    /// Keeps what is wanted, in at most so many bytes of memory.
    pub(crate) fn new(wanted: Wanted<'c>, bytes_max: usize) -> Self {
        Self {
            paths: wanted.paths,
            excerpt: Excerpt::new(bytes_max),
            levels: Vec::new(),
            skipped: 0,
            gathering: 0,
            began: false,
        }
    }

    /// An element begins.
    pub(crate) fn start(&mut self, start: &Start<'_>) {
        if self.skipped > 0 {
            self.skipped += 1;
            return;
        }
        let depth = self.levels.len();
        let paths = match self.levels.last() {
            None => self.at_root(start),
            Some(level) => {
                let leads = |at: &usize| {
                    let path = self.paths.get(*at).filter(|path| !path.done);
                    let step = path.and_then(|path| path.elements.get(depth - 1));
                    step.is_some_and(|step| is(step, start.namespace(), start.local()))
                };
                level.paths.iter().copied().filter(leads).collect()
            }
        };
        if paths.is_empty() && depth > 0 {
            self.skipped = 1;
            return;
        }
        self.excerpt.start(start);
        self.began = true;
        let gathers = self.reach(&paths, depth, start);
        self.gathering += usize::from(gathers);
        self.levels.push(Level { paths, gathers });
    }

    /// The paths that lead on from the root element, their steps counted from there.
    fn at_root(&mut self, start: &Start<'_>) -> Vec<usize> {
        for path in self.paths.iter_mut().filter(|path| path.absolute) {
            path.absolute = false;
            let is_root = |root: &&XmlName| is(root, start.namespace(), start.local());
            if path.elements.first().is_some_and(is_root) {
                path.elements.remove(0);
            } else {
                path.done = true;
            }
        }
        (0..self.paths.len()).collect()
    }

    /// Whether a path ends at the element that begins; one whose first place this is leads nowhere else.
    fn reach(&mut self, paths: &[usize], depth: usize, start: &Start<'_>) -> bool {
        let mut gathers = false;
        for at in paths {
            let Some(path) = self.paths.get_mut(*at) else { continue };
            if path.done || path.elements.len() != depth {
                continue;
            }
            let found = match path.attribute {
                None => {
                    gathers = true;
                    true
                }
                Some(name) => start.attributes().any(|each| is(name, each.namespace, each.local)),
            };
            path.done = found && !path.all;
        }
        gathers
    }

    /// Text.
    pub(crate) fn text(&mut self, text: &str) {
        if self.gathering > 0 {
            self.excerpt.text(text);
        }
    }

    /// An element ends.
    pub(crate) fn end(&mut self) {
        if self.skipped > 0 {
            self.skipped -= 1;
        } else if let Some(level) = self.levels.pop() {
            self.gathering -= usize::from(level.gathers);
            self.excerpt.end();
        }
    }

    /// Takes the places of what the reader met last: to be called after each event.
    pub(crate) fn settle<R: Read>(&mut self, reader: &mut Reader<R>) {
        if std::mem::take(&mut self.began) {
            self.excerpt.settle(reader);
        }
    }

    /// Whether more was to be kept than there may be.
    pub(crate) fn is_over(&self) -> bool {
        self.excerpt.is_over()
    }

    /// What was kept, at the end of the document.
    pub(crate) fn finish(self) -> Option<Document> {
        self.excerpt.finish()
    }
}

fn is(name: &XmlName, namespace: &str, local: &str) -> bool {
    name.local == local && name.namespace == namespace
}
