//! What can be wrong with the reference consumer: one visible list of switches.
//!
//! Each entry is written from a clause that binds consumers, as a supplier might get it wrong. The consumer asks for a
//! switch where it would do the right thing; with none set it keeps to the contract.

use std::{collections::BTreeSet, str::FromStr};

macro_rules! faults {
    ($($name:ident $word:literal $clause:literal $sentence:literal;)*) => {
        /// One fault.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fault {
            $(#[doc = $sentence] $name,)*
        }

        impl Fault {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name on the command line.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The clause that it breaks.
            pub fn clause(self) -> &'static str {
                match self { $(Self::$name => $clause,)* }
            }

            /// What the consumer does, in a sentence.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }
        }
    };
}

faults! {
    // Keys.
    NewKey "new-key" "PE-8.1" "An application is sent again with a new key.";
    NewKeyAfterLost "new-key-after-lost" "PE-8.1" "Only where no answer came, it is sent again with a new key.";
    DropsKey "drops-key" "PE-8.1" "An application is sent again without its key.";
    Impatient "impatient" "PE-8.1" "An application whose answer is late is sent again with a new key.";
    // Waiting.
    IgnoresRetryAfter503 "ignores-retry-after-503" "PE-8.2" "After 503 it asks again at once, whatever Retry-After says.";
    IgnoresRetryAfter429 "ignores-retry-after-429" "PE-8.2" "After 429 it asks again at once, whatever Retry-After says.";
    HalvesRetryAfter "halves-retry-after" "PE-8.2" "Of the time in Retry-After only the half is waited.";
    NoBackOff "no-back-off" "PE-8.5" "Where 503 names no time, it asks again and again at once.";
    // Giving up.
    GivesUpAfter503 "gives-up-after-503" "PE-8.4" "After 503 an application is given up.";
    GivesUpAfterLost "gives-up-after-lost" "PE-8.4" "Where no answer came, an application is given up.";
    // Versions.
    ForcesAfter412 "forces-after-412" "PE-8.3" "After 412 the same change is sent again, and nothing is read.";
    StaleEtag "stale-etag" "PE-8.3" "After 412 the permit is read, and the old version named again.";
    GuessesEtag "guesses-etag" "PE-8.3" "After 412 the next version is guessed.";
    // Events.
    ActsTwice "acts-twice" "PE-8.7" "An event that comes twice is acted on twice.";
    OutOfOrder "out-of-order" "PE-8.8" "Events are acted on in the order in which they come.";
    // Tokens.
    NoToken "no-token" "PE-8.6" "Requests show no token.";
    NoTokenOnRead "no-token-on-read" "PE-8.6" "Who reads a permit shows no token.";
    TokenAsBasic "token-as-basic" "PE-8.6" "The token is shown in another scheme.";
    // What is sent.
    BadParcel "bad-parcel" "PE-1.1" "One of the parcels is not written as one.";
    MissingMember "missing-member" "PE-1.1" "One of the applications lacks a member.";
    UnknownMember "unknown-member" "PE-1.1" "Changes have a member that the contract does not have.";
    BadQuery "bad-query" "PE-1.1" "A page of 0 permits is asked for.";
    NoKey "no-key" "PE-1.1" "Applications have no key.";
    WrongMediaType "wrong-media-type" "PE-1.1" "Changes are sent as `text/plain`.";
    BadSyntax "bad-syntax" "PE-1.1" "A change is no JSON: a comma stands after the last member.";
    AsksForMore "asks-for-more" "PE-1.1" "It asks for what the contract does not have.";
}

/// A word that is the name of no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no fault of a consumer with this name")]
pub struct FaultUnknown;

impl FromStr for Fault {
    type Err = FaultUnknown;
    fn from_str(word: &str) -> Result<Self, FaultUnknown> {
        Self::ALL.iter().find(|fault| fault.word() == word).copied().ok_or(FaultUnknown)
    }
}

/// The faults that are switched on.
pub type Faults = BTreeSet<Fault>;
