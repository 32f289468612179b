//! What can go wrong, when an expression is compiled and when it is evaluated.
//!
//! Faults never hold text of the document: their sentences are constants, so that they may go to
//! logs, ledgers and the other party.

use std::fmt;

/// An expression that cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code} {sentence}")]
pub struct StaticFault {
    /// The code of the XPath 2.0 recommendation, appendix G.
    pub code: Code,
    /// Where in the expression, in bytes from 0.
    pub offset: usize,
    /// What is wrong, one sentence. It may quote the expression, never a document.
    pub sentence: String,
}

impl StaticFault {
    pub(crate) fn new(code: Code, offset: usize, sentence: impl Into<String>) -> Self {
        Self { code, offset, sentence: sentence.into() }
    }

    /// Whether the expression may be right, but uses something that is not supported.
    pub fn is_unsupported(&self) -> bool {
        self.code == Code::Unsupported
    }
}

/// An evaluation that ended without a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{code} {sentence}")]
pub struct Fault {
    /// The code of the recommendations, or one of the limits of this crate.
    pub code: Code,
    /// What is wrong, one constant sentence.
    pub sentence: &'static str,
}

impl Fault {
    /// A fault with a constant sentence.
    pub const fn new(code: Code, sentence: &'static str) -> Self {
        Self { code, sentence }
    }

    /// Whether the evaluation was stopped by a limit, not by what the expression says.
    pub fn is_limit(&self) -> bool {
        matches!(self.code, Code::OverBudget | Code::TooDeep | Code::TooLarge)
    }
}

/// What an evaluation gives.
pub(crate) type Outcome<T> = Result<T, Fault>;

macro_rules! codes {
    ($($name:ident $text:literal $doc:literal;)*) => {
        /// The codes of XPath 2.0 (appendix G) and of Functions and Operators (appendix C), with limits of our own.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $doc] $name,)*
        }

        impl Code {
            /// The code as written in the recommendations, such as `XPTY0004`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// The code that a recommendation writes so; not those of this crate.
            pub fn of_recommendation(text: &str) -> Option<Self> {
                let all = [$(Self::$name,)*];
                let is_theirs = text.len() == 8 && text.starts_with(|c: char| c.is_ascii_uppercase());
                all.into_iter().find(|code| is_theirs && code.as_str() == text)
            }
        }
    };
}

codes! {
    Xpst0003 "XPST0003" "The expression is not grammatical.";
    Xpst0008 "XPST0008" "A variable or type is not declared.";
    Xpst0017 "XPST0017" "There is no such function with this number of arguments.";
    Xpst0051 "XPST0051" "The type is not known, or not atomic.";
    Xpst0080 "XPST0080" "A cast to NOTATION or anyAtomicType.";
    Xpst0081 "XPST0081" "A prefix has no namespace.";
    Xpst0005 "XPST0005" "The expression can only be empty.";
    Xpdy0002 "XPDY0002" "The context item is absent.";
    Xpdy0050 "XPDY0050" "The value is not of the type it is treated as, or the tree has no document node.";
    Xpty0004 "XPTY0004" "A value is not of the required type.";
    Xpty0018 "XPTY0018" "The last step of a path gives nodes and atomic values.";
    Xpty0019 "XPTY0019" "A step of a path gives atomic values.";
    Xpty0020 "XPTY0020" "The context item of a step is not a node.";
    Foar0001 "FOAR0001" "Division by zero.";
    Foar0002 "FOAR0002" "Numeric overflow.";
    Foca0001 "FOCA0001" "The value is too large for a decimal.";
    Foca0002 "FOCA0002" "The text is not a name.";
    Foca0003 "FOCA0003" "The value is too large for an integer.";
    Foca0005 "FOCA0005" "NaN is not a duration's factor.";
    Foca0006 "FOCA0006" "The number has too many digits.";
    Foch0001 "FOCH0001" "The code point is not a character.";
    Foch0002 "FOCH0002" "The collation is not known.";
    Foch0003 "FOCH0003" "The normalization form is not known.";
    Fodt0001 "FODT0001" "Overflow in date and time arithmetic.";
    Fodt0002 "FODT0002" "Overflow in duration arithmetic.";
    Fodt0003 "FODT0003" "The time zone is out of range.";
    Fodc0002 "FODC0002" "The document is not there.";
    Foer0000 "FOER0000" "The expression calls error().";
    Fofd1340 "XTDE1310" "The picture of format-number is not right.";
    Fons0004 "FONS0004" "The prefix has no namespace.";
    Forg0001 "FORG0001" "The text is not of the lexical form of the type.";
    Forg0003 "FORG0003" "zero-or-one() was called with several items.";
    Forg0004 "FORG0004" "one-or-more() was called with an empty sequence.";
    Forg0005 "FORG0005" "exactly-one() was called with none or several items.";
    Forg0006 "FORG0006" "The type of the argument is not right for the function.";
    Forg0008 "FORG0008" "Both arguments of dateTime() have time zones, and they differ.";
    Forx0001 "FORX0001" "The flags of a regular expression are not right.";
    Forx0002 "FORX0002" "The regular expression is not right.";
    Forx0003 "FORX0003" "The regular expression matches the empty string.";
    Forx0004 "FORX0004" "The replacement is not right.";
    Unsupported "unsupported" "Something that this crate does not support.";
    NoClock "no-clock" "The current date is asked for, and the caller gave none.";
    Circular "circular" "A variable refers to itself.";
    OverBudget "over-budget" "The evaluation took more steps than the limit.";
    TooDeep "too-deep" "Calls or expressions are nested deeper than the limit.";
    TooLarge "too-large" "A value is larger than the limit.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
