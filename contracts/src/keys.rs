//! What routing and evidence read from a document: receiver, sender, ids.

use crate::{
    Manifest, ParticipantKey, Payload,
    manifest::{KeyRule, KeySource, SchemeMapping, SchemeRule},
    path::{DocumentPath, PathCompiler, Wanted},
};
use indexmap::IndexMap;
use std::fmt;

/// What a document says about itself. Values: they never go to a log.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Keys {
    /// Who it is for; nothing where the document does not say, or says nothing.
    pub receiver: Option<ParticipantKey>,
    /// Who it is from.
    pub sender: Option<ParticipantKey>,
    /// Its own id.
    pub document: Option<String>,
    /// The profile that it belongs to.
    pub profile: Option<String>,
    /// Personal identifiers.
    pub subjects: Vec<String>,
}

impl fmt::Debug for Keys {
    /// Which keys are there, not what they are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("receiver", &self.receiver.is_some())
            .field("sender", &self.sender.is_some())
            .field("document", &self.document.is_some())
            .field("profile", &self.profile.is_some())
            .field("subjects", &self.subjects.len())
            .finish()
    }
}

/// The key rules of one contract, compiled.
#[derive(Debug, Default)]
pub(crate) struct KeyReader {
    receiver: Option<Reader>,
    sender: Option<Reader>,
    document: Option<Reader>,
    profile: Option<Reader>,
    subject: Vec<DocumentPath>,
    schemes: IndexMap<String, SchemeMapping>,
}

#[derive(Debug)]
struct Reader {
    source: Source,
    scheme: Option<Scheme>,
}

#[derive(Debug)]
enum Source {
    Path(DocumentPath),
    Constant(String),
}

#[derive(Debug)]
enum Scheme {
    Path(DocumentPath),
    Constant(String),
}

impl KeyReader {
    pub(crate) fn compile(manifest: &Manifest, paths: &mut PathCompiler<'_>) -> Self {
        let rules = &manifest.keys;
        let mut reader =
            |rule: &Option<KeyRule>| rule.as_ref().and_then(|rule| Reader::compile(rule, paths));
        Self {
            receiver: reader(&rules.receiver),
            sender: reader(&rules.sender),
            document: reader(&rules.document),
            profile: reader(&rules.profile),
            subject: rules.subject.iter().filter_map(|path| paths.compile(path)).collect(),
            schemes: rules.schemes.clone(),
        }
    }

    pub(crate) fn read(&self, payload: &Payload) -> Keys {
        let text = |reader: &Option<Reader>| reader.as_ref()?.text(payload);
        let receiver = self.participant(self.receiver.as_ref(), payload);
        Keys {
            receiver: receiver.filter(|receiver| !receiver.value.is_empty()),
            sender: self.participant(self.sender.as_ref(), payload),
            document: text(&self.document),
            profile: text(&self.profile),
            subjects: self.subject.iter().flat_map(|path| path.texts(payload)).collect(),
        }
    }

    /// Adds the paths that it reads; false where only a tree can answer one of them.
    pub(crate) fn want<'c>(&'c self, wanted: &mut Wanted<'c>) -> bool {
        let readers = [&self.receiver, &self.sender, &self.document, &self.profile];
        readers.into_iter().flatten().all(|reader| reader.want(wanted))
            && self.subject.iter().all(|path| wanted.add(path, true))
    }

    fn participant(&self, reader: Option<&Reader>, payload: &Payload) -> Option<ParticipantKey> {
        let (value, word) = reader?.participant(payload)?;
        Some(match self.schemes.get(&word) {
            Some(mapping) => ParticipantKey {
                scheme: mapping.scheme.as_str().into(),
                value: mapping.strip(&value).into(),
            },
            None => ParticipantKey { scheme: word.into(), value: value.into() },
        })
    }
}

impl Reader {
    fn compile(rule: &KeyRule, paths: &mut PathCompiler<'_>) -> Option<Self> {
        let source = match &rule.source {
            KeySource::Path(path) => paths.compile(path).map(Source::Path),
            KeySource::Constant(constant) => Some(Source::Constant(constant.clone())),
        };
        let scheme = match &rule.scheme {
            Some(SchemeRule::Path(path)) => paths.compile(path).map(Scheme::Path),
            Some(SchemeRule::Constant(word)) => Some(Scheme::Constant(word.clone())),
            None => None,
        };
        Some(Self { source: source?, scheme })
    }

    fn want<'c>(&'c self, wanted: &mut Wanted<'c>) -> bool {
        match (&self.source, &self.scheme) {
            (Source::Path(source), Some(Scheme::Path(scheme))) => {
                wanted.add(source, false) && wanted.add_from(source, scheme)
            }
            (Source::Path(source), _) => wanted.add(source, false),
            (Source::Constant(_), Some(Scheme::Path(scheme))) => wanted.add(scheme, false),
            (Source::Constant(_), _) => true,
        }
    }

    fn text(&self, payload: &Payload) -> Option<String> {
        match &self.source {
            Source::Path(path) => path.text(payload).map(|text| text.into_owned()),
            Source::Constant(constant) => Some(constant.clone()),
        }
    }

    /// A participant's value and the document's word for its scheme.
    fn participant(&self, payload: &Payload) -> Option<(String, String)> {
        let (value, node) = match &self.source {
            Source::Path(path) => {
                let found = path.find(payload, None)?;
                (found.text.into_owned(), found.node)
            }
            Source::Constant(constant) => (constant.clone(), None),
        };
        let word = match &self.scheme {
            Some(Scheme::Path(path)) => path.find(payload, node).map(|word| word.text.into_owned()),
            Some(Scheme::Constant(word)) => Some(word.clone()),
            None => None,
        };
        Some((value, word.unwrap_or_default()))
    }
}
