//! Ways of writing the same that no suite may mind: the contract leaves them open.

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
    KeyOrder "key-order" "Members stand in the opposite order.";
    WhiteSpace "white-space" "JSON is written with line breaks and spaces.";
    ExtraHeaders "extra-headers" "Answers have headers that nobody asked for.";
    OffsetForZ "offset-for-z" "Times are written with `+00:00` in place of `Z`.";
    OtherOffset "other-offset" "Times are written with another offset for the same instant.";
    FractionOfSecond "fraction-of-second" "Times have three digits of a second's fraction.";
    Chunked "chunked" "Bodies come in chunks, without a length.";
    TerseProblems "terse-problems" "Refusals say their status alone.";
    LongProblems "long-problems" "Refusals have members beyond those of the contract.";
    DanishTitles "danish-titles" "Refusals speak Danish.";
    Charset "charset" "The media type names its charset.";
    UpperCaseType "upper-case-type" "The media type is written in upper case.";
    WeakEtags "weak-etags" "Versions are weak (`W/`).";
    AbsoluteLocation "absolute-location" "The address of a permit is a whole one.";
    ClosesConnections "closes-connections" "Each connection is closed after its answer.";
    EscapedText "escaped-text" "Letters beyond ASCII are written as `\\u` escapes.";
    SlowAnswers "slow-answers" "Each answer takes twenty milliseconds.";
    OpaqueCursors "opaque-cursors" "Cursors are words without a meaning.";
}

/// The ways that are switched on.
pub type Variants = BTreeSet<Variant>;
