//! What can be wrong with the service of case documents: one visible list of switches, each written from a clause.

use crate::reference::xml::switches::faults;

faults! {
    "example.city/case-documents";
    // Documents that must be refused for the schema.
    TakesUnknownElement "takes-unknown-element" "CD-1.1" "An element that the schema does not have is taken." takes "cvc-complex-type.2.4" "/Document";
    TakesMissingElement "takes-missing-element" "CD-1.1" "A case without a title is taken." takes "cvc-complex-type.2.4" "Case[";
    TakesManyParties "takes-many-parties" "CD-1.1" "Six parties are taken." takes "cvc-complex-type.2.4" "Party[6]";
    TakesLongTitle "takes-long-title" "CD-1.1" "A title of more than 120 characters is taken." takes "cvc-maxLength" "Title";
    TakesEmptyTitle "takes-empty-title" "CD-1.1" "A title without a character is taken." takes "cvc-minLength" "Title";
    TakesLongNote "takes-long-note" "CD-1.1" "A note of more than 400 characters is taken." takes "cvc-maxLength" "Note";
    TakesBadNumber "takes-bad-number" "CD-1.1" "A case number that is not written as one is taken." takes "cvc-pattern" "Number[";
    TakesAnyKind "takes-any-kind" "CD-1.1" "A kind that is not listed is taken." takes "cvc-enumeration" "Kind";
    TakesAnyRole "takes-any-role" "CD-1.1" "A role that is not listed is taken." takes "cvc-enumeration" "@role";
    TakesManyPages "takes-many-pages" "CD-1.1" "A thousand pages are taken." takes "cvc-maxInclusive" "Pages";
    TakesNoPages "takes-no-pages" "CD-1.1" "A document without a page is taken." takes "cvc-minInclusive" "Pages";
    TakesFineFee "takes-fine-fee" "CD-1.1" "A fee with three decimals is taken." takes "cvc-fractionDigits" "Fee";
    TakesNegativeFee "takes-negative-fee" "CD-1.1" "A fee below nought is taken." takes "cvc-minInclusive" "Fee";
    TakesAnyDay "takes-any-day" "CD-1.1" "A day that is in no calendar is taken." takes "cvc-datatype-valid" "Dated";
    TakesTimeWithoutZone "takes-time-without-zone" "CD-1.1" "A time without a zone is taken." takes "cvc-pattern" "Sent";
    TakesYesForTrue "takes-yes-for-true" "CD-1.1" "A word in place of a truth value is taken." takes "cvc-datatype-valid" "Confidential";
    TakesBadContent "takes-bad-content" "CD-1.1" "Content that is no base64 is taken." takes "cvc-datatype-valid" "Content";
    TakesMissingAttribute "takes-missing-attribute" "CD-1.1" "A party without a role is taken." takes "cvc-complex-type.4" "Party";
    TakesUnknownAttribute "takes-unknown-attribute" "CD-1.1" "An attribute that the schema does not have is taken." takes "cvc-complex-type.3.2" "";
    TakesAnyVersion "takes-any-version" "CD-1.1" "Another version of the schema is taken." takes "cvc-" "@version";
    TakesDanglingReference "takes-dangling-reference" "CD-1.1" "A main attachment that is not there is taken." takes "cvc-id.1" "";
    TakesSameId "takes-same-id" "CD-1.1" "Two attachments of one id are taken." takes "cvc-id.2" "";
    TakesSameNumber "takes-same-number" "CD-1.1" "Two parties of one number are taken." takes "cvc-identity-constraint" "";
    TakesFullNil "takes-full-nil" "CD-1.1" "An element that is nil and has content is taken." takes "cvc-elt.3" "Appeal";
    TakesNilAnywhere "takes-nil-anywhere" "CD-1.1" "Nil where it may not be is taken." takes "cvc-elt.3.1" "";
    TakesAnyRoot "takes-any-root" "CD-1.1" "A document of another namespace is taken.";
    TakesStrayText "takes-stray-text" "CD-1.1" "Text between elements is taken." takes "cvc-complex-type.2.3" "";
    // Rules beyond the schema.
    ForgetsConfidential "forgets-confidential" "CD-1.2" "A confidential document without a party is taken." takes "CD-R1" "";
    ForgetsApplicant "forgets-applicant" "CD-1.2" "A decision without an applicant is taken." takes "CD-R2" "";
    ForgetsMain "forgets-main" "CD-1.2" "Attachments of which none is the main one are taken." takes "CD-R3" "";
    ForgetsSum "forgets-sum" "CD-1.2" "Attachments that are too large together are taken." takes "CD-R4" "";
    ForgetsYear "forgets-year" "CD-1.2" "A case number of another year than the case is taken." takes "CD-R5" "";
    ForgetsOrder "forgets-order" "CD-1.2" "A document older than its case is taken." takes "CD-R6" "";
    ForgetsAppeal "forgets-appeal" "CD-1.2" "A letter that can be appealed is taken." takes "CD-R7" "";
    ForgetsRepresented "forgets-represented" "CD-1.2" "A representative of nobody is taken." takes "CD-R8" "";
    // XML.
    TakesDocumentType "takes-document-type" "CD-1.4" "A document type is read over.";
    TakesOutside "takes-outside" "CD-1.4" "An entity that lies elsewhere is read over.";
    RefusesUtf16 "refuses-utf-16" "CD-1.3" "A document in UTF-16 is refused.";
    RefusesMark "refuses-mark" "CD-1.3" "A document with a byte order mark is refused.";
    RefusesSections "refuses-sections" "CD-1.3" "A CDATA section is refused.";
    RefusesUndeclared "refuses-undeclared" "CD-1.3" "A document without an XML declaration is refused.";
    TakesWrongEncoding "takes-wrong-encoding" "CD-1.3" "A document in another encoding than it says is taken.";
    CrashesOnSyntax "crashes-on-syntax" "CD-1.3" "What is not well-formed is answered 500.";
    TakesAnyType "takes-any-type" "CD-1.5" "Any media type is taken for XML.";
    // Documents that must be taken.
    KnowsOnePrefix "knows-one-prefix" "CD-1.1" "Names are known by their prefix: others are refused.";
    RefusesLeapDay "refuses-leap-day" "CD-1.1" "The 29th of February as last day of an appeal is refused.";
    RefusesAbroad "refuses-abroad" "CD-1.1" "A party from abroad is refused.";
    RefusesTenth "refuses-tenth" "CD-1.1" "The tenth attachment is refused.";
    RefusesNil "refuses-nil" "CD-1.1" "Nil is refused.";
    CountsBytes "counts-bytes" "CD-1.1" "The length of a title is counted in bytes.";
    RefusesEmoji "refuses-emoji" "CD-1.1" "Characters beyond the basic plane are answered 500.";
    // Receipts.
    FiledAs200 "filed-as-200" "CD-2.1" "A document that was taken is answered 200.";
    FiledAs202 "filed-as-202" "CD-2.1" "A document that was taken is answered 202.";
    ReceiptWithoutTime "receipt-without-time" "CD-2.2" "The receipt does not say when.";
    ReceiptTimeWithoutZone "receipt-time-without-zone" "CD-2.2" "The receipt's time has no zone.";
    ReceiptOutcomeUnknown "receipt-outcome-unknown" "CD-2.2" "The receipt has an outcome that is not listed.";
    ReceiptOtherNamespace "receipt-other-namespace" "CD-2.2" "The receipt is of another namespace.";
    ReceiptAsText "receipt-as-text" "CD-2.2" "The receipt is sent as `text/plain`.";
    ReceiptWrongEncoding "receipt-wrong-encoding" "CD-2.2" "The receipt is in another encoding than it says.";
    ReceiptUnordered "receipt-unordered" "CD-2.2" "The receipt's elements stand in another order.";
    NoReceipt "no-receipt" "CD-2.2" "There is no receipt at all.";
    ReceiptOfAnother "receipt-of-another" "CD-2.3" "The receipt names another message.";
    NoLocation "no-location" "CD-2.4" "The answer does not say where the document is.";
    LocationElsewhere "location-elsewhere" "CD-2.4" "The address of a document leads to none.";
    // Read back.
    LosesAttachment "loses-attachment" "CD-3.1" "The second attachment is not kept.";
    LosesExtension "loses-extension" "CD-3.1" "Extensions are not kept.";
    LosesNil "loses-nil" "CD-3.1" "An element that is nil comes back as none.";
    LosesLanguage "loses-language" "CD-3.1" "The language is not kept.";
    LosesDanish "loses-danish" "CD-3.1" "Danish letters come back as question marks.";
    CutsNote "cuts-note" "CD-3.1" "Notes are cut after 100 characters.";
    RoundsFee "rounds-fee" "CD-3.1" "Fees come back without decimals.";
    SortsParties "sorts-parties" "CD-3.1" "Parties come back in another order.";
    ShiftsSent "shifts-sent" "CD-3.1" "The time of sending comes back with the zone left out of account.";
    // Twice.
    FilesAgain "files-again" "CD-4.1" "The same message is filed a second time.";
    AgainAs200 "again-as-200" "CD-4.1" "The first receipt is given again with another status.";
    AgainAtAnotherTime "again-at-another-time" "CD-4.1" "The receipt is given again with another time.";
    TakesConflict "takes-conflict" "CD-4.2" "Another document under the same id gets the first receipt.";
    FilesTwiceAtOnce "files-twice-at-once" "CD-4.3" "The same message twice at once is filed twice.";
}
