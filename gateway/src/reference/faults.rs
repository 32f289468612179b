//! What can be wrong with the reference system: one visible list of switches.
//!
//! Each entry is written from a clause of the contract, as a supplier might get it wrong. The system asks for a
//! switch where it would do the right thing; with none set it keeps to the contract.

use super::registry::Takes;
use std::{collections::BTreeSet, fmt, str::FromStr};

macro_rules! faults {
    ($($name:ident $word:literal $clause:literal $sentence:literal $(takes $path:literal $rule:literal)?;)*) => {
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

            /// What the system does, in a sentence.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }

            /// What the system takes though it must refuse it: everything that breaks a rule at a place.
            pub(super) fn takes(self) -> Option<Takes> {
                match self {
                    $($(Self::$name => Some(Takes { path: $path, rule: $rule }),)?)*
                    _ => None,
                }
            }
        }
    };
}

faults! {
    // Answers.
    CreatedAs200 "created-as-200" "PE-1.2" "A permit that was made is answered 200.";
    LacksVersion "lacks-version" "PE-1.2" "Answers lack the member `version`.";
    UndeclaredMember "undeclared-member" "PE-1.2" "Answers have a member that the contract does not have.";
    UnknownStatus "unknown-status" "PE-1.1" "A permit that is read has a status that the contract does not list.";
    VersionAsText "version-as-text" "PE-1.2" "The version is a text instead of a number.";
    TimeWithoutOffset "time-without-offset" "PE-1.2" "Times have no offset from UTC.";
    ShortId "short-id" "PE-1.2" "Ids are numbers instead of UUIDs.";
    ReadWithoutEtag "read-without-etag" "PE-1.2" "A permit that is read has no ETag.";
    AnswerAsText "answer-as-text" "PE-1.2" "Permits are sent as `text/plain`.";
    ProblemWithoutStatus "problem-without-status" "PE-1.2" "Refusals do not repeat the status in their body.";
    ProblemAsPage "problem-as-page" "PE-1.2" "Refusals are pages for people.";
    NoChallenge "no-challenge" "PE-1.2" "A refusal with 401 has no `WWW-Authenticate`.";
    PageNull "page-null" "PE-1.2" "An empty page has null in place of an empty list.";
    NullNext "null-next" "PE-1.2" "The last page has null as cursor instead of none.";
    CrashesOnSyntax "crashes-on-syntax" "PE-1.1" "What is not JSON is answered 500.";
    // Made, read back, withdrawn.
    NoLocation "no-location" "PE-2.1" "A permit that was made is told without its address.";
    LocationElsewhere "location-elsewhere" "PE-2.1" "The address of a permit that was made leads to none.";
    CutsNote "cuts-note" "PE-2.2" "Notes are cut after 100 characters.";
    LosesDanish "loses-danish" "PE-2.2" "Danish letters come back as question marks.";
    RoundsNumbers "rounds-numbers" "PE-2.2" "Numbers above 2^53 come back rounded.";
    DropsContact "drops-contact" "PE-2.2" "The contact is not kept.";
    SortsNeighbours "sorts-neighbours" "PE-2.2" "Neighbours come back in another order.";
    ShiftsInspection "shifts-inspection" "PE-2.2" "The time of an inspection comes back an hour later.";
    DropsNull "drops-null" "PE-2.2" "A member that is null comes back as none.";
    Composes "composes" "PE-2.2" "Text comes back in another normal form: combining marks are dropped.";
    StillRead "still-read" "PE-2.4" "A withdrawn permit can still be read.";
    // Keys.
    MakesAnother "makes-another" "PE-3.1" "The same key makes a second permit.";
    ReplaysAs200 "replays-as-200" "PE-3.1" "The first answer is given again with another status.";
    ReplaysNewer "replays-newer" "PE-3.1" "The first answer is given again with another time.";
    TakesConflict "takes-conflict" "PE-3.2" "The same key with another application gets the first answer.";
    MakesTwoAtOnce "makes-two-at-once" "PE-3.3" "Two requests with one key at once make two permits.";
    KeyNotNeeded "key-not-needed" "PE-3.4" "An application without a key is taken.";
    // Versions.
    RefusesMatch "refuses-match" "PE-4.1" "A change with the right version is refused.";
    TakesStale "takes-stale" "PE-4.2" "A change of an older version is made.";
    ChangesThough412 "changes-though-412" "PE-4.2" "A change of an older version is refused with 412, and made.";
    VersionNotNeeded "version-not-needed" "PE-4.3" "A change without a version is made.";
    NeverNotModified "never-not-modified" "PE-4.4" "Who has the version gets the permit again instead of 304.";
    SameVersion "same-version" "PE-4.5" "A change leaves the version as it was.";
    // Pages.
    RepeatsEntry "repeats-entry" "PE-5.1" "Each page begins with the last permit of the page before.";
    LosesEntry "loses-entry" "PE-5.1" "Each page after the first leaves out a permit.";
    InsertShifts "insert-shifts" "PE-5.2" "Pages are counted from the newest permit, so that a new one shifts them.";
    PageTooLarge "page-too-large" "PE-5.3" "A page has one permit more than was asked for.";
    IgnoresSize "ignores-size" "PE-5.3" "The size of a page that is asked for is ignored.";
    // Events.
    NoEvent "no-event" "PE-6.1" "The making of a permit is not told.";
    EventLate "event-late" "PE-6.1" "Events are told only after six seconds.";
    EventsBackwards "events-backwards" "PE-6.2" "Events come with the newest first.";
    EventNewId "event-new-id" "PE-6.3" "An event has another id each time it is read.";
    // Tokens.
    TokenNotNeeded "token-not-needed" "PE-7.1" "Who shows no token is let in.";
    TakesExpired "takes-expired" "PE-7.2" "A token that has ended is taken.";
    TakesNotYet "takes-not-yet" "PE-7.2" "A token that does not hold yet is taken.";
    TakesAnyAudience "takes-any-audience" "PE-7.3" "A token for another audience is taken.";
    TakesAnyIssuer "takes-any-issuer" "PE-7.3" "A token of another issuer is taken.";
    TakesAnySignature "takes-any-signature" "PE-7.4" "The signature of a token is not looked at.";
    TakesUnsigned "takes-unsigned" "PE-7.4" "A token without signature is taken.";
    TakesAnyScope "takes-any-scope" "PE-7.5" "The scope of a token is not looked at.";
    ShowsOthers "shows-others" "PE-7.6" "Another consumer's permit is shown.";
    ChangesOthers "changes-others" "PE-7.6" "Another consumer's permit is changed.";
    // Requests that must be refused.
    TakesLongNote "takes-long-note" "PE-1.1" "A note of more than 200 characters is taken." takes "/note" "maxLength";
    TakesShortReference "takes-short-reference" "PE-1.1" "A reference of less than 8 characters is taken." takes "/reference" "minLength";
    TakesAnyKind "takes-any-kind" "PE-1.1" "A kind that is not listed is taken." takes "/kind" "enum";
    TakesAnyDate "takes-any-date" "PE-1.1" "A day that is in no calendar is taken." takes "/received" "format";
    TakesUnknownMember "takes-unknown-member" "PE-1.1" "A member that the contract does not have is taken." takes "" "additionalProperties";
    TakesMissingMember "takes-missing-member" "PE-1.1" "An application without a required member is taken." takes "" "required";
    TakesNoNeighbours "takes-no-neighbours" "PE-1.1" "An empty list of neighbours is taken." takes "/neighbours" "minItems";
    TakesManyNeighbours "takes-many-neighbours" "PE-1.1" "Six neighbours are taken." takes "/neighbours" "maxItems";
    TakesSameNeighbours "takes-same-neighbours" "PE-1.1" "The same neighbour twice is taken." takes "/neighbours" "uniqueItems";
    TakesNoArea "takes-no-area" "PE-1.1" "An area of 0 is taken." takes "/area" "exclusiveMinimum";
    TakesFineArea "takes-fine-area" "PE-1.1" "An area with three decimals is taken." takes "/area" "multipleOf";
    TakesManyStoreys "takes-many-storeys" "PE-1.1" "61 storeys are taken." takes "/storeys" "maximum";
    TakesHugeNumber "takes-huge-number" "PE-1.1" "A case number above 2^53+1 is taken." takes "/caseNumber" "maximum";
    TakesBadParcel "takes-bad-parcel" "PE-1.1" "A parcel that is not written as one is taken." takes "/parcel" "pattern";
    TakesBadPhone "takes-bad-phone" "PE-1.1" "A telephone number that is not written as one is taken." takes "/contact/number" "pattern";
    TakesBadMail "takes-bad-mail" "PE-1.1" "A mail address that is none is taken." takes "/contact/address" "format";
    TakesAnyContact "takes-any-contact" "PE-1.1" "A contact that is neither by mail nor by telephone is taken." takes "/contact" "*";
    TakesBadInspection "takes-bad-inspection" "PE-1.1" "A time of inspection that is none is taken." takes "/inspection" "format";
    TakesTextForNumber "takes-text-for-number" "PE-1.1" "A text in place of the number of storeys is taken." takes "/storeys" "type";
    TakesNullNote "takes-null-note" "PE-1.1" "Null in place of a note is taken." takes "/note" "type";
    TakesAnyType "takes-any-type" "PE-1.1" "Any media type is taken for JSON.";
    TakesDuplicateMember "takes-duplicate-member" "PE-1.1" "A member that stands twice is taken.";
    // Requests that must be taken.
    RefusesSixty "refuses-sixty" "PE-1.1" "The largest number of storeys is refused.";
    CountsBytes "counts-bytes" "PE-1.1" "The length of a name is counted in bytes.";
    RefusesNull "refuses-null" "PE-1.1" "Null as time of inspection is refused.";
    RefusesEmoji "refuses-emoji" "PE-1.1" "A note with characters beyond the basic plane is answered 500.";
    RefusesDemolition "refuses-demolition" "PE-1.1" "One of the kinds is refused.";
    RefusesExponent "refuses-exponent" "PE-1.1" "A number with an exponent is refused.";
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A word that is the name of no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no fault of this name")]
pub struct FaultUnknown;

impl FromStr for Fault {
    type Err = FaultUnknown;
    fn from_str(word: &str) -> Result<Self, FaultUnknown> {
        Self::ALL.iter().find(|fault| fault.word() == word).copied().ok_or(FaultUnknown)
    }
}

/// The faults that are switched on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(BTreeSet<Fault>);

impl Faults {
    /// Whether this one is.
    pub fn has(&self, fault: Fault) -> bool {
        self.0.contains(&fault)
    }

    /// All of them, in the order of the list.
    pub fn iter(&self) -> impl Iterator<Item = Fault> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<I: IntoIterator<Item = Fault>>(faults: I) -> Self {
        Self(faults.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_has_a_name_of_its_own_and_a_clause_of_the_contract() {
        let words: BTreeSet<&str> = Fault::ALL.iter().map(|fault| fault.word()).collect();
        assert_eq!(words.len(), Fault::ALL.len());
        let clauses = sluse_conformance::library::find("example.city/permits").unwrap();
        let clauses = clauses.texts.iter().find(|(path, _)| *path == "clauses.toml").unwrap().1;
        for fault in Fault::ALL {
            assert!(clauses.contains(&format!("\"{}\"", fault.clause())), "{fault}");
            assert_eq!(fault.word().parse(), Ok(*fault));
        }
    }
}
