//! x
use super::*;
pub(super) fn compile(_: &str, _: &FileReader<'_>) -> Compiled {
    Compiled::default()
}
