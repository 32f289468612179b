//! Requests that keep to a contract, for the packs of a suite.

use super::{
    json::{
        keeps::keeps,
        make::{self, Fullness},
        spot::Part,
    },
    openapi::{Deriving, Sound, taken},
    xsd::{Documents, said},
};
use crate::{
    case::{Request, Statuses},
    packs::Requests,
    suite::Suite,
    template::{Slot, Template},
};
use sluse_contracts::{Contract, ContractFiles, Direction, schema::described::In};

/// Requests that keep to a contract, one or two of each operation; each is proved by the judge.
#[derive(Debug, Default)]
pub struct ValidRequests {
    operations: Vec<One>,
}

#[derive(Debug)]
struct One {
    name: String,
    method: String,
    path: String,
    path_parameters: Vec<String>,
    valid: Option<Request>,
    other: Option<Request>,
    success: Vec<Statuses>,
}

impl ValidRequests {
    /// Those of a contract, with slots for what its suite binds.
    pub fn of(contract: &Contract, suite: Option<&Suite>) -> Self {
        let mut operations = Vec::new();
        contract.describe(Direction::Request, &mut |described| {
            let deriving = Deriving::new(contract, described, suite);
            operations.extend(deriving.sounds.iter().map(|sound| One::of(&deriving, sound)));
        });
        Self { operations }
    }

    /// Adds the operations of documents of XML that a contract's manifest names.
    #[must_use]
    pub fn with_documents(
        mut self,
        contract: &Contract,
        files: &ContractFiles,
        suite: Option<&Suite>,
    ) -> Self {
        if contract.description().is_none() && contract.manifest().openapi.is_none() {
            let operations = contract.manifest().operations.iter();
            let one =
                |operation| One::of_document(&Documents { contract, files, suite, operation });
            self.operations.extend(operations.map(one));
        }
        self
    }

    fn named(&self, operation: &str) -> Option<&One> {
        self.operations.iter().find(|each| each.name == operation)
    }
}

impl One {
    fn of(deriving: &Deriving<'_, '_>, sound: &Sound<'_, '_>) -> Self {
        let operation = sound.operation;
        let of_path = operation.parameters.iter().filter(|each| each.place == In::Path);
        let valid = sound.fault.is_none().then(|| sound.draft.request());
        let other = valid.as_ref().and_then(|valid| other(deriving, sound, valid));
        Self {
            name: operation.name.clone(),
            method: operation.method.clone(),
            path: operation.path.clone(),
            path_parameters: of_path.map(|each| each.name.clone()).collect(),
            valid,
            other,
            success: taken(operation, false).statuses,
        }
    }
}

impl One {
    fn of_document(documents: &Documents<'_>) -> Self {
        let Documents { suite, operation, .. } = *documents;
        let path = operation.path.clone().unwrap_or_default();
        let path_parameters = parameters(&path);
        let at = suite.and_then(|suite| captured(&path, &path_parameters, suite));
        let with_path = |request: Request| at.clone().map(|path| Request { path, ..request });
        let mut sound = documents.sound().into_iter().filter_map(with_path);
        Self {
            name: operation.name.clone(),
            method: operation.method.clone().unwrap_or_else(|| "POST".to_owned()),
            path_parameters,
            valid: sound.next(),
            other: sound.next(),
            success: said::good(suite, &operation.name),
            path,
        }
    }
}

/// The names in braces of a path template.
fn parameters(path: &str) -> Vec<String> {
    let parts = path.split('{').skip(1);
    parts.filter_map(|part| Some(part.split_once('}')?.0.to_owned())).collect()
}

/// A path with the ids of resources as slots; nothing where a parameter is of none.
fn captured(path: &str, parameters: &[String], suite: &Suite) -> Option<Template> {
    let mut template = Template::default();
    let mut rest = path;
    for parameter in parameters {
        let resource = suite.resource_of(parameter)?;
        let (before, after) = rest.split_once(&format!("{{{parameter}}}"))?;
        template.push_text(before);
        template.push_slot(Slot::Captured(resource.name.clone()));
        rest = after;
    }
    template.push_text(rest);
    Some(template)
}

/// A request whose body says something else than another's.
fn other(deriving: &Deriving<'_, '_>, sound: &Sound<'_, '_>, valid: &Request) -> Option<Request> {
    let (_, root) = sound.content.as_ref()?;
    let first = sound.variants.first()?;
    let starts = [Part::of(root.clone())];
    let kept = keeps(&first.maker, &starts, &first.value).into_iter();
    let kept = kept.filter(|keep| deriving.bound_text(sound.operation, &keep.pointer).is_none());
    let changed = kept.filter_map(|keep| make::with(&first.value, &keep.pointer, keep.value));
    let least = first.maker.value(root, None, Fullness::Least);
    let least = least.map(|mut least| {
        for (pointer, before, stands) in deriving.bound_texts(sound.operation) {
            if let Some(member) = least.pointer_mut(&pointer) {
                *member = format!("{before}{stands}").into();
            }
        }
        least
    });
    changed.chain(least).find_map(|value| {
        let mut draft = sound.draft.clone();
        draft.body = deriving.body(sound.operation, draft.media_type.as_deref()?, &value)?;
        let request = draft.request();
        (request != *valid && deriving.prover.keeps(&request)).then_some(request)
    })
}

impl Requests for ValidRequests {
    fn operations(&self) -> Vec<String> {
        self.operations.iter().map(|each| each.name.clone()).collect()
    }

    fn method(&self, operation: &str) -> Option<String> {
        self.named(operation).map(|each| each.method.clone())
    }

    fn path(&self, operation: &str) -> Option<String> {
        self.named(operation).map(|each| each.path.clone())
    }

    fn path_parameters(&self, operation: &str) -> Vec<String> {
        self.named(operation).map(|each| each.path_parameters.clone()).unwrap_or_default()
    }

    fn valid(&self, operation: &str) -> Option<Request> {
        self.named(operation)?.valid.clone()
    }

    fn other(&self, operation: &str) -> Option<Request> {
        self.named(operation)?.other.clone()
    }

    fn success(&self, operation: &str) -> Vec<Statuses> {
        self.named(operation).map(|each| each.success.clone()).unwrap_or_default()
    }
}
