//! Ways of writing XML, and of sending it, that no suite may mind: the contracts leave them open.

use std::collections::BTreeSet;

macro_rules! variants {
    ($($name:ident $word:literal $sentence:literal;)*) => {
        /// One way.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Variant {
            $(#[doc = $sentence] $name,)*
        }

        impl Variant {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

variants! {
    OtherPrefixes "other-prefixes" "Prefixes are long words that nobody else uses.";
    DefaultNamespaces "default-namespaces" "Names have no prefixes: each change of namespace is declared anew.";
    WhiteSpace "white-space" "Elements stand on lines of their own, indented.";
    AttributeOrder "attribute-order" "Attributes stand in the opposite order.";
    NoDeclaration "no-declaration" "Documents have no XML declaration.";
    Comments "comments" "Comments and instructions stand before and between elements.";
    Sections "sections" "Texts stand in CDATA sections.";
    Mark "mark" "Documents begin with a byte order mark.";
    Utf16 "utf-16" "Documents are in UTF-16.";
    Latin1 "latin-1" "Documents are in ISO 8859-1, and say so.";
    References "references" "Letters beyond ASCII are written as character references.";
    SingleQuotes "single-quotes" "Attributes stand in single quotes.";
    LongEmpty "long-empty" "Empty elements have an end tag of their own.";
    SchemaLocation "schema-location" "The root element says where its schema is.";
    OffsetForZ "offset-for-z" "Times are written with `+00:00` in place of `Z`.";
    OtherOffset "other-offset" "Times are written with another offset for the same instant.";
    FractionOfSecond "fraction-of-second" "Times have three digits of a second's fraction.";
    DanishTexts "danish-texts" "Texts for people are Danish.";
    TerseRefusals "terse-refusals" "Refusals say no more than they must.";
    Chunked "chunked" "Bodies come in chunks, without a length.";
    ExtraHeaders "extra-headers" "Answers have headers that nobody asked for.";
    Charset "charset" "The media type names its charset.";
    UpperCaseType "upper-case-type" "The media type is written in upper case.";
    ClosesConnections "closes-connections" "Each connection is closed after its answer.";
    AbsoluteLocation "absolute-location" "The address of a document is a whole one.";
    OtherLexicalForms "other-lexical-forms" "Booleans are written as numbers, numbers with leading zeros.";
    HeaderInAnswer "header-in-answer" "Envelopes of answers have a header that need not be understood.";
    FinerCodes "finer-codes" "Codes of faults say more after a dot, or in a subcode.";
}

/// The ways that are switched on.
pub type Variants = BTreeSet<Variant>;
