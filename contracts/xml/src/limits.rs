//! What a document may cost, so that a hostile one is refused before it has cost more.

/// Limits on one document. Each has a default that real documents stay far below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How deep elements may be nested.
    pub depth_max: usize,
    /// How many attributes, namespace declarations counted, one element may have.
    pub attributes_max: usize,
    /// How much memory the tree may take, in bytes.
    pub tree_bytes_max: usize,
    /// How long one piece of markup may be (a tag, a comment, an instruction, a reference), and all namespaces in
    /// force together, in bytes. Text, in CDATA sections too, may be of any length.
    pub piece_bytes_max: usize,
    /// How long a name may be, prefix counted, in bytes.
    pub name_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth_max: 1_000,
            attributes_max: 10_000,
            tree_bytes_max: 256 * 1024 * 1024,
            piece_bytes_max: 16 * 1024 * 1024,
            name_bytes_max: 1_000,
        }
    }
}
