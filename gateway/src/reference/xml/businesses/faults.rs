//! What can be wrong with the register of businesses: one visible list of switches, each written from a clause.

use crate::reference::xml::switches::faults;

faults! {
    "example.city/businesses";
    // Requests that must be refused for the schema.
    TakesBadNumber "takes-bad-number" "BU-1.1" "A number that is not written as one is taken." takes "cvc-pattern" "Number";
    TakesAnyPart "takes-any-part" "BU-1.1" "A part that is not listed is taken." takes "cvc-enumeration" "Part";
    TakesManyParts "takes-many-parts" "BU-1.1" "Four parts are taken." takes "cvc-complex-type.2.4" "Part[4]";
    TakesAnyLanguage "takes-any-language" "BU-1.1" "A language that is not listed is taken." takes "cvc-enumeration" "@language";
    TakesShortName "takes-short-name" "BU-1.1" "A name of one letter is taken." takes "cvc-minLength" "Name";
    TakesLongName "takes-long-name" "BU-1.1" "A name of more than 60 characters is taken." takes "cvc-maxLength" "Name";
    TakesManyHits "takes-many-hits" "BU-1.1" "Fifty-one hits may be asked for." takes "cvc-maxInclusive" "Most";
    TakesNoHits "takes-no-hits" "BU-1.1" "Nought hits may be asked for." takes "cvc-minInclusive" "Most";
    TakesWordForHits "takes-word-for-hits" "BU-1.1" "A word in place of a number of hits is taken." takes "cvc-datatype-valid" "Most";
    TakesAnyDay "takes-any-day" "BU-1.1" "A day that is in no calendar is taken." takes "cvc-datatype-valid" "AsOf";
    TakesUnknownElement "takes-unknown-element" "BU-1.1" "An element that the schema does not have is taken." takes "cvc-complex-type.2.4" "Search";
    TakesUnknownAttribute "takes-unknown-attribute" "BU-1.1" "An attribute that the schema does not have is taken." takes "cvc-complex-type.3.2" "";
    TakesFullNil "takes-full-nil" "BU-1.1" "An element that is nil and has content is taken." takes "cvc-elt.3" "Since";
    // Requests that must be answered.
    RefusesFifty "refuses-fifty" "BU-1.1" "The largest number of hits is refused.";
    RefusesNil "refuses-nil" "BU-1.1" "Nil is refused.";
    RefusesPostCode "refuses-post-code" "BU-1.1" "A search by post code is refused.";
    RefusesThirdPart "refuses-third-part" "BU-1.1" "The third part is refused.";
    RefusesEnglish "refuses-english" "BU-1.1" "One of the languages is refused.";
    RefusesEmoji "refuses-emoji" "BU-1.1" "A name with characters beyond the basic plane is answered by a fault.";
    CountsBytes "counts-bytes" "BU-1.1" "The length of a name is counted in bytes.";
    // Envelopes.
    TakesNoBody "takes-no-body" "BU-1.2" "An envelope without a body is answered.";
    TakesEmptyBody "takes-empty-body" "BU-1.2" "A body with nothing in it is answered.";
    TakesSecondElement "takes-second-element" "BU-1.2" "A body with a second element is answered.";
    TakesUnknownOperation "takes-unknown-operation" "BU-1.2" "An element of no operation is answered.";
    TakesNoHeader "takes-no-header" "BU-1.2" "A look-up without its purpose is answered." takes "R2738" "";
    TakesBareBody "takes-bare-body" "BU-1.2" "What stands in no envelope is answered.";
    TakesAnyType "takes-any-type" "BU-1.2" "Any media type is taken for SOAP.";
    NeedsAction12 "needs-action-12" "BU-1.2" "A request of SOAP 1.2 without an action is refused.";
    NotUnderstood "not-understood" "BU-1.3" "Headers that must be understood are read over.";
    NotUnderstoodIn12 "not-understood-in-12" "BU-1.3" "The same in SOAP 1.2 alone, whose `true` is not known.";
    MisunderstoodAsClient "misunderstood-as-client" "BU-1.3" "A header that is not understood is told by another code.";
    RefusesUnknownHeader "refuses-unknown-header" "BU-1.3" "Each header that is not known is refused.";
    IgnoresAction "ignores-action" "BU-1.4" "The action is not looked at.";
    AnyVersion "any-version" "BU-1.5" "An envelope of any namespace is answered.";
    VersionAsClient "version-as-client" "BU-1.5" "An unknown version is told by another code.";
    // XML.
    TakesDocumentType "takes-document-type" "BU-1.6" "A document type is read over.";
    RefusesUtf16 "refuses-utf-16" "BU-1.6" "An envelope in UTF-16 is refused.";
    RefusesMark "refuses-mark" "BU-1.6" "An envelope with a byte order mark is refused.";
    RefusesSections "refuses-sections" "BU-1.6" "A CDATA section is refused.";
    TakesWrongEncoding "takes-wrong-encoding" "BU-1.6" "An envelope in another encoding than it says is answered.";
    // Answers.
    LacksFounded "lacks-founded" "BU-2.1" "Businesses lack the day on which they were founded.";
    UnknownForm "unknown-form" "BU-2.1" "A business has a form that is not listed.";
    TimeWithoutZone "time-without-zone" "BU-2.1" "Times have no zone.";
    UndeclaredElement "undeclared-element" "BU-2.1" "Businesses have an element that the schema does not have.";
    AnswerOtherNamespace "answer-other-namespace" "BU-2.1" "Answers are of another namespace.";
    AnswerOtherVersion "answer-other-version" "BU-2.1" "Requests of SOAP 1.2 are answered in SOAP 1.1.";
    AnswerAsXml "answer-as-xml" "BU-2.1" "Envelopes are sent as `application/xml`.";
    AnswerWithoutEnvelope "answer-without-envelope" "BU-2.1" "Answers stand in no envelope.";
    AnswerOfAnother "answer-of-another" "BU-2.1" "A search is answered as a look-up.";
    LacksMore "lacks-more" "BU-2.1" "Lists do not say whether there is more.";
    ManyHits "many-hits" "BU-2.1" "A search by post code gives all that there are, more than fifty.";
    WrongEncoding "wrong-encoding" "BU-2.1" "Answers are in another encoding than they say.";
    AnotherBusiness "another-business" "BU-2.2" "A look-up gives another business.";
    LeadingZeros "leading-zeros" "BU-2.1" "Numbers come with leading zeros.";
    // Faults.
    ToldAs200 "fault-as-200" "BU-3.1" "Faults are sent with status 200.";
    ToldAsServer "fault-as-server" "BU-3.1" "What is the consumer's fault is told as the provider's.";
    ToldWithoutDetail "fault-without-detail" "BU-3.1" "Faults have no detail.";
    ToldOtherDetail "fault-other-detail" "BU-3.1" "The detail of faults is a text.";
    ToldAsPage "fault-as-page" "BU-3.1" "What is refused is told by a page for people.";
    ToldWithoutReason "fault-without-reason" "BU-2.1" "Faults do not say why.";
    ToldOtherForm "fault-other-form" "BU-2.1" "Faults of SOAP 1.2 have the form of SOAP 1.1.";
    ToldAs500In12 "fault-as-500-in-12" "BU-3.1" "Faults of SOAP 1.2 are all sent with status 500.";
    NotFoundAs200 "not-found-as-200" "BU-3.2" "A business that is not there is answered by an empty envelope.";
    NotFoundAsRefused "not-found-as-refused" "BU-3.2" "A business that is not there is told by the fault of what is broken.";
    NotFoundAsServer "not-found-as-server" "BU-3.2" "A business that is not there is told as the provider's fault.";
    NotFoundInvented "not-found-invented" "BU-3.2" "A business that is not there is made up.";
}
