//! A compiled schema: what others see of this crate.

use crate::fault::{Asked, Budget, SchemaFault, Violation};
use crate::outline::Outline;
use crate::part::Part;
use crate::shape::Shapes;
use crate::stream::Judging;
use crate::tables::{Governing, Tables};
use crate::{absent, beyond_front, compile, dangling, front, stream, tree, unplaced, weight};
use sluse_xml::{Document, ReadFault, Reader};
use std::{collections::BTreeMap, fmt, io::Read, sync::Arc, thread};

/// Stack of the thread that compiles, in bytes.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// Most faults that are told of one schema.
const FAULTS_MAX: usize = 100;

/// A compiled schema: never changed, so that all threads may share one.
pub struct Schema {
    tables: Tables,
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Schema({} elements, {} bytes)", self.tables.elements.len(), self.memory_bytes())
    }
}

impl Schema {
    /// Compiles a schema.
    ///
    /// `documents` are all documents that it may be made of, by path, as text without a document type;
    /// `entries` are the paths of those that it begins with. Relative locations are resolved against
    /// paths. Nothing else is read.
    ///
    /// Without a schema there is at least one fault; with one, faults are references to types that it
    /// has not, which are faults of a document only where one uses them.
    pub fn compile(
        documents: &BTreeMap<String, Arc<str>>,
        entries: &[&str],
        budget: &Budget,
    ) -> (Option<Self>, Vec<SchemaFault>) {
        // The front end recurses as deep as types do, and its faults must not be ours.
        let made = thread::scope(|scope| {
            let builder = thread::Builder::new().stack_size(STACK_BYTES);
            let work = || Self::compile_here(documents, entries, budget);
            builder.spawn_scoped(scope, work).ok().and_then(|thread| thread.join().ok())
        });
        made.unwrap_or_else(|| {
            let sentence = "the schema cannot be compiled: reading it broke down";
            (None, vec![SchemaFault::of(entries, sentence)])
        })
    }

    fn compile_here(
        documents: &BTreeMap<String, Arc<str>>,
        entries: &[&str],
        budget: &Budget,
    ) -> (Option<Self>, Vec<SchemaFault>) {
        let trees = match weight::check(documents, entries, budget) {
            Ok(trees) => trees,
            Err(fault) => return (None, vec![fault]),
        };
        let blanked = absent::blanked(documents, &trees);
        let of_form = |(path, _): (&String, _)| {
            documents.get(path).and_then(|text| front::fault_of_form(path, text))
        };
        if let Some(fault) = blanked.iter().find_map(of_form) {
            return (None, vec![unplaced::placed(fault, &trees)]);
        }
        let mut read = documents.clone();
        read.extend(blanked);
        let let_pass = beyond_front::find(&trees);
        let (set, mut faults) = match front::read(&read, entries) {
            Ok(read) => read,
            Err(fault) if fault.over_budget => {
                return (None, vec![unplaced::placed(fault, &trees)]);
            }
            Err(fault) => {
                let fault = unplaced::placed(fault, &trees);
                let others = front::faults_of_form(documents).into_iter();
                let mut others: Vec<SchemaFault> =
                    others.map(|each| unplaced::placed(each, &trees)).collect();
                others.extend(dangling::find(&trees));
                others.extend(let_pass);
                return (None, with_others(fault, others));
            }
        };
        if !let_pass.is_empty() {
            return (None, let_pass.into_iter().take(FAULTS_MAX).collect());
        }
        match compile::compile(&set, documents, budget) {
            Ok(tables) => (Some(Self { tables }), faults),
            Err(found) => {
                for mut fault in found.into_iter().take(FAULTS_MAX) {
                    if fault.file.is_empty() {
                        entries.first().copied().unwrap_or_default().clone_into(&mut fault.file);
                    }
                    faults.push(unplaced::placed(fault, &trees));
                }
                (None, faults)
            }
        }
    }

    /// Judges a document's tree.
    pub fn judge(&self, document: &Document, asked: Asked) -> Vec<Violation> {
        tree::judge(&self.tables, document, asked)
    }

    /// Judges an element of a document and what is in it. Paths of violations begin with that element.
    ///
    /// Nothing where the part names a type that the schema has not.
    pub fn judge_part(
        &self,
        document: &Document,
        part: &Part<'_>,
        asked: Asked,
    ) -> Option<Vec<Violation>> {
        let governing = match part.type_name {
            Some((namespace, local)) => Some(self.named_type(namespace, local)?),
            None => None,
        };
        Some(tree::judge_part(&self.tables, document, part, governing, asked))
    }

    /// Whether an element of this name is declared at the top of the schema; no namespace is empty.
    pub fn has_element(&self, namespace: &str, local: &str) -> bool {
        let symbol = self.tables.names.symbol(namespace, local);
        symbol.is_some_and(|symbol| self.tables.global_element(symbol).is_some())
    }

    /// Whether an element or attribute of this name is declared anywhere in the schema.
    pub fn has_name(&self, namespace: &str, local: &str) -> bool {
        let names = &self.tables.names;
        names.symbol(namespace, local).is_some_and(|symbol| names.is_shown(symbol))
    }

    /// Whether a type of this name is defined, those of XML Schema itself counted.
    pub fn has_type(&self, namespace: &str, local: &str) -> bool {
        self.named_type(namespace, local).is_some()
    }

    fn named_type(&self, namespace: &str, local: &str) -> Option<Governing> {
        let symbol = self.tables.names.symbol(namespace, local)?;
        *self.tables.named_types.get(symbol as usize)?
    }

    /// Judges a document while it is read: memory is bounded by its depth, not by its length.
    ///
    /// # Errors
    /// Where the document is not well-formed, or its bytes cannot be had.
    pub fn judge_stream<R: Read>(
        &self,
        mut reader: Reader<R>,
        asked: Asked,
    ) -> Result<Vec<Violation>, ReadFault> {
        stream::judge(&self.tables, &mut reader, asked)
    }

    /// Begins to judge a document that somebody else reads.
    pub fn begin(&self, asked: Asked) -> Judging<'_> {
        Judging::new(&self.tables, asked)
    }

    /// What may stand in what, as far as the declarations tell.
    pub fn outline(&self) -> Outline {
        Outline::of(&self.tables)
    }

    /// Its declarations and types.
    pub fn shapes(&self) -> Shapes<'_> {
        Shapes::of(&self.tables)
    }

    /// Bytes in memory, about.
    pub fn memory_bytes(&self) -> usize {
        self.tables.memory_bytes()
    }
}

/// The fault at which reading ended, and others in the order of the documents; of those at one line, one.
fn with_others(first: SchemaFault, mut others: Vec<SchemaFault>) -> Vec<SchemaFault> {
    let line = |fault: &SchemaFault| (fault.file.clone(), fault.line);
    others.sort_by_key(|fault| (fault.file.clone(), fault.line, fault.column));
    others.dedup_by_key(|fault| line(fault));
    others.retain(|fault| line(fault) != line(&first));
    others.truncate(FAULTS_MAX - 1);
    others.insert(0, first);
    others
}
