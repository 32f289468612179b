//! Where tests find documents that are not in the repository.

use std::path::PathBuf;

/// A folder or file of the shared data; where there is none the test says so and passes.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration to read it in")]
    let root = std::env::var("SLUSE_SHARED").map(PathBuf::from);
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let found = root.unwrap_or_else(|_| default()).join(path);
    if !found.exists() {
        println!("SKIPPED: {path} is not there; set SLUSE_SHARED");
        return None;
    }
    Some(found)
}
