//! Where the components of a schema stand.

use crate::fault::SchemaFault;
use crate::names::number;
use xsd_schema::SchemaSet;
use xsd_schema::parser::location::SourceRef;

/// Where documents in memory stand, as the front end sees it.
pub(crate) const MEMORY: &str = "mem:///";

/// The documents of a schema.
pub(super) struct Sources<'s> {
    set: &'s SchemaSet,
}

impl<'s> Sources<'s> {
    pub(super) fn of(set: &'s SchemaSet) -> Self {
        Self { set }
    }

    /// The paths of all documents, in the order of their numbers.
    pub(super) fn files(&self) -> Vec<Box<str>> {
        let paths = self.set.documents.iter().map(|each| &each.base_uri);
        paths.map(|uri| uri.strip_prefix(MEMORY).unwrap_or_default().into()).collect()
    }

    /// The number of the document that a component stands in.
    pub(super) fn file(&self, source: Option<&SourceRef>) -> u32 {
        source.map_or(u32::MAX, |source| source.doc_id)
    }

    /// A fault at the place of a component.
    pub(super) fn fault(
        &self,
        source: Option<&SourceRef>,
        constraint: &str,
        sentence: impl Into<String>,
    ) -> SchemaFault {
        let at = source.and_then(|source| self.set.source_maps.locate(source));
        let (file, line, column) = at.map_or((String::new(), 0, 0), |at| {
            let file = at.base_uri.strip_prefix(MEMORY).unwrap_or_default();
            (file.to_owned(), number(at.line), number(at.column))
        });
        SchemaFault {
            file,
            line,
            column,
            constraint: constraint.to_owned(),
            sentence: sentence.into(),
            over_budget: false,
        }
    }

    /// A limit reached at the place of a component.
    pub(super) fn over_budget(&self, source: Option<&SourceRef>, sentence: &str) -> SchemaFault {
        SchemaFault { over_budget: true, ..self.fault(source, "", sentence) }
    }
}
