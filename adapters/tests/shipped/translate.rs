//! One file through an adapter that ships.

use sluse_adapters::{
    adapter::{Adapter, Options, Step},
    fault::Fault,
    library,
    mapping::Way,
};
use std::path::{Path, PathBuf};

/// What came of a file.
#[derive(Debug, Default)]
pub(crate) struct Translated {
    /// All that was written.
    pub(crate) bytes: Vec<u8>,
    /// Paths of values that no row carried.
    pub(crate) lost: Vec<String>,
    /// What was refused, with its code, unit by unit.
    pub(crate) refused: Vec<String>,
    /// Why the file is unusable as a whole.
    pub(crate) broken: Vec<String>,
    /// How many units were written.
    pub(crate) n_units: usize,
}

impl Translated {
    /// The bytes of a file that was translated without any fault.
    pub(crate) fn sound(self) -> Vec<u8> {
        assert!(self.refused.is_empty() && self.broken.is_empty(), "{self:#?}");
        self.bytes
    }
}

/// A folder of the shared data; where there is none the test says so and passes.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration to read it in")]
    let root = std::env::var("SLUSE_SHARED").map(PathBuf::from);
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let found = root.unwrap_or_else(|_| default()).join(path);
    if !found.exists() {
        println!("SKIPPED: {path} is not there; set SLUSE_SHARED");
        return None;
    }
    Some(found)
}

/// The adapter of a name.
pub(crate) fn shipped(name: &str) -> Adapter {
    let (adapter, findings) = library::find(name).unwrap().read();
    assert!(findings.is_empty(), "{findings:#?}");
    adapter.unwrap()
}

/// Translates a file that comes in pieces of so many bytes.
pub(crate) fn translate(adapter: &Adapter, way: Way, bytes: &[u8], piece: usize) -> Translated {
    let plans = adapter.plans(way).unwrap_or_else(|wrong| panic!("{wrong:#?}"));
    let mut translation = plans.begin(Options::default());
    let mut pieces = bytes.chunks(piece);
    let mut done = Translated::default();
    let told =
        |faults: Vec<Fault>| faults.into_iter().map(|fault| format!("{} {fault}", fault.code));
    loop {
        match translation.next(&mut done.bytes) {
            Step::Unit(unit) => {
                done.n_units += 1;
                done.lost.extend(unit.outcome.lost.iter().map(|lost| lost.path.clone()));
            }
            Step::Around(outcome) => {
                done.lost.extend(outcome.lost.iter().map(|lost| lost.path.clone()));
            }
            Step::Refused(faults) => done.refused.extend(told(faults)),
            Step::Hungry => match pieces.next() {
                Some(piece) => translation.feed(piece),
                None => translation.finish(),
            },
            Step::End => return done,
            Step::Broken(faults) => {
                done.broken.extend(told(faults));
                return done;
            }
        }
    }
}
