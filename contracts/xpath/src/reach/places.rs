//! Where a node may stand, as far as declarations tell: sets of element declarations.

/// What documents can look like. Element declarations are numbers below [`Shape::count`].
pub trait Shape {
    /// How many element declarations there are.
    fn count(&self) -> u32;
    /// Namespace (empty for none) and local name of a declaration.
    fn name(&self, element: u32) -> (&str, &str);
    /// The declarations that a document's first element may be of.
    fn roots(&self) -> &[u32];
    /// The declarations that an element's children may be of.
    fn children(&self, element: u32) -> &[u32];
    /// Whether an element may have children that are not declared for it.
    fn is_open(&self, element: u32) -> bool;
    /// Whether an element may have an attribute of this name, or of any where there is none.
    fn may_have_attribute(&self, element: u32, name: Option<(&str, &str)>) -> bool;
    /// Whether elements of a namespace are declared.
    fn knows(&self, namespace: &str) -> bool;
}

const BITS: usize = u64::BITS as usize;

/// A set of nodes that may be met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// Elements by their declarations.
    elements: Box<[u64]>,
    /// Attributes by the declarations of their elements.
    attributes: Box<[u64]>,
    document: bool,
    /// Nodes of which nothing is known, or values.
    unknown: bool,
}

impl Places {
    pub(super) fn nothing(count: u32) -> Self {
        let words = vec![0; (count as usize).div_ceil(BITS)];
        Self {
            elements: words.clone().into(),
            attributes: words.into(),
            document: false,
            unknown: false,
        }
    }

    pub(super) fn unknown(count: u32) -> Self {
        Self { unknown: true, ..Self::nothing(count) }
    }

    pub(super) fn document(count: u32) -> Self {
        Self { document: true, ..Self::nothing(count) }
    }

    /// Whether no node can be met.
    pub fn is_empty(&self) -> bool {
        !self.document
            && !self.unknown
            && self.elements.iter().all(|word| *word == 0)
            && self.attributes.iter().all(|word| *word == 0)
    }

    /// Whether nodes may be met of which nothing is known.
    pub fn is_unknown(&self) -> bool {
        self.unknown
    }

    pub(super) fn has_document(&self) -> bool {
        self.document
    }

    pub(super) fn set_document(&mut self) {
        self.document = true;
    }

    pub(super) fn set_unknown(&mut self) {
        self.unknown = true;
    }

    /// Adds an element; whether it is new.
    pub(super) fn add(&mut self, element: u32) -> bool {
        set(&mut self.elements, element)
    }

    pub(super) fn add_attribute_of(&mut self, element: u32) {
        set(&mut self.attributes, element);
    }

    pub(super) fn has(&self, element: u32) -> bool {
        let (word, bit) = (element as usize / BITS, element as usize % BITS);
        self.elements.get(word).is_some_and(|word| word >> bit & 1 == 1)
    }

    /// The declarations of the elements.
    pub fn elements(&self) -> impl Iterator<Item = u32> + '_ {
        members(&self.elements)
    }

    /// The declarations of the elements that the attributes are of.
    pub(super) fn owners(&self) -> impl Iterator<Item = u32> + '_ {
        members(&self.attributes)
    }

    pub(super) fn join(&mut self, other: &Self) {
        let join = |own: &mut [u64], other: &[u64]| {
            own.iter_mut().zip(other).for_each(|(own, other)| *own |= other);
        };
        join(&mut self.elements, &other.elements);
        join(&mut self.attributes, &other.attributes);
        self.document |= other.document;
        self.unknown |= other.unknown;
    }
}

fn set(words: &mut [u64], element: u32) -> bool {
    let (word, bit) = (element as usize / BITS, element as usize % BITS);
    let Some(word) = words.get_mut(word) else { return false };
    let is_new = *word >> bit & 1 == 0;
    *word |= 1 << bit;
    is_new
}

fn members(words: &[u64]) -> impl Iterator<Item = u32> + '_ {
    words.iter().enumerate().flat_map(|(at, word)| {
        let bits = (0..BITS).filter(move |bit| word >> bit & 1 == 1);
        bits.filter_map(move |bit| u32::try_from(at * BITS + bit).ok())
    })
}
