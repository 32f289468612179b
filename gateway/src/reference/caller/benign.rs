//! Ways in which a consumer may do the same: the contract leaves them open, and no suite may mind.

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
    KeyOrder "caller-key-order" "Members stand in the opposite order.";
    WhiteSpace "caller-white-space" "JSON is written with line breaks and spaces.";
    ExtraHeaders "caller-extra-headers" "Requests have headers that nobody asked for.";
    OffsetForZ "caller-offset-for-z" "Times are written with `+00:00` in place of `Z`.";
    Chunked "caller-chunked" "Bodies come in chunks, without a length.";
    Charset "caller-charset" "The media type names its charset.";
    LowerCaseScheme "caller-lower-case-scheme" "The scheme of the token is written in lower case.";
    ClosesConnections "caller-closes-connections" "Each connection is closed after its answer.";
    EscapedText "caller-escaped-text" "Letters beyond ASCII are written as `\\u` escapes.";
    WaitsLonger "caller-waits-longer" "More is waited than Retry-After asks for.";
    Jitter "caller-jitter" "How long is waited between tries is left to chance, within bounds.";
    ReadsMore "caller-reads-more" "Permits are read more often than is needed.";
    Pages "caller-pages" "Lists are asked for in small pages.";
}

/// The ways that are switched on.
pub type Variants = BTreeSet<Variant>;
