//! Codes: the stable names of violations, faults and configuration faults.
//!
//! `V` is a violation (the message is bad), `F` a fault (an exchange did not complete, or evidence does not hold), `C` a fault in what
//! people write for Sluse. A number is never used again for another meaning. Each code has a page
//! in `codes/`, shown by `sluse explain`; a code without a complete page fails the tests.

use serde::Serialize;
use std::fmt;

/// A stable code, such as `V0101`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Code(&'static str);

impl Code {
    /// The code itself, such as `V0101`.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// One sentence on what the code means.
    pub fn title(self) -> &'static str {
        entry(self.0).map_or("", |entry| entry.title)
    }

    /// Where the code's page stands: a relative reference that ends in the code.
    pub fn url(self) -> String {
        format!("https://sluse.example/codes/{}", self.0)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A code with its title and page.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The code.
    pub code: Code,
    /// One sentence on what it means.
    pub title: &'static str,
    /// The page, in Markdown: what, why, how to put it right, an example.
    pub page: &'static str,
}

/// Finds a code by its text, in either case.
pub fn entry(code: &str) -> Option<&'static Entry> {
    let code = code.to_ascii_uppercase();
    ENTRIES
        .binary_search_by(|entry| entry.code.0.cmp(code.as_str()))
        .ok()
        .and_then(|at| ENTRIES.get(at))
}

macro_rules! codes {
    ($($name:ident = $code:literal $title:literal;)*) => {
        $(
            #[doc = $title]
            pub const $name: Code = Code($code);
        )*

        /// All codes, sorted.
        pub const ENTRIES: &[Entry] = &[
            $(Entry { code: $name, title: $title, page: include_str!(concat!("codes/", $code, ".md")) },)*
        ];
    };
}

codes! {
    // Configuration: form.
    NOT_TOML = "C0101" "The file is not TOML.";
    KEY_UNKNOWN = "C0102" "There is no such key.";
    TYPE_WRONG = "C0103" "The value is of another type than the key takes.";
    KEY_MISSING = "C0104" "A required key is missing.";
    VALUE_WRONG = "C0105" "The value is not one that the key takes.";
    FILE_UNREADABLE = "C0106" "The file cannot be read.";
    FILE_NOT_TEXT = "C0107" "The file is not UTF-8 text.";
    FILE_UNEXPECTED = "C0108" "The file does not belong here.";
    FILE_TOO_LARGE = "C0109" "The file is larger than the limit.";
    // Configuration: contracts.
    FOLDER_MISMATCH = "C0201" "The folder does not follow the contract's id and version.";
    SCHEMA_MISSING = "C0202" "A file that the contract names is not there.";
    SCHEMA_BROKEN = "C0203" "A schema cannot be compiled.";
    IMPORT_UNRESOLVED = "C0204" "A schema refers to a file that is not in the contract.";
    NO_SCHEMA = "C0205" "The contract has no schema: its messages are judged for form alone.";
    EXPRESSION_WRONG = "C0206" "An expression cannot be read.";
    NAMESPACE_MISSING = "C0207" "A prefix is used that the contract declares no namespace for.";
    DUPLICATE = "C0208" "Two things have the same name.";
    EXAMPLE_WRONG = "C0209" "An example does not do what its folder says.";
    CONTRACT_DUPLICATE = "C0210" "Two folders hold the same contract and version.";
    RULE_EXTENDS_MISSING = "C0211" "A rule extends a rule that does not exist.";
    RULES_UNSUPPORTED = "C0212" "The rule set uses something that is not supported.";
    NO_ENTRY = "C0213" "No entry schema was found.";
    DIGEST_MISMATCH = "C0214" "A file is not the one that the contract's digests name.";
    REFERENCE_OUTSIDE = "C0215" "A schema refers to a file outside its folder, or to the network.";
    CONTRACT_OVERLAP = "C0216" "Two contracts know the same documents.";
    PATTERN_BACKTRACKS = "C0217" "A pattern needs look-around or back-references, which take unbounded time elsewhere.";
    SCHEMA_OVER_BUDGET = "C0218" "Compiling the schema took more steps than the limit.";
    RULES_BROKEN = "C0219" "A rule set cannot be read.";
    DESCRIPTION_PROFILE = "C0231" "The description says something that toolkits understand differently.";
    DESCRIPTION_UNBOUND = "C0232" "The description binds no operation to SOAP.";
    CONTENT_ENCODED = "C0233" "The content of an operation is encoded, and will not be judged.";
    CODE_LIST_BROKEN = "C0241" "A code list cannot be read.";
    CODE_COLUMN = "C0242" "Which codes of a file make the code list is not said, or not found.";
    CODE_LIST_LIMIT = "C0243" "A code list is larger than the limit.";
    CODE_TWICE = "C0244" "A code list has a code twice.";
    CODE_LIST_VERSION = "C0245" "A code list is of another version than the contract names.";
    CODE_LIST_UNUSED = "C0246" "No check uses the code list.";
    // Configuration: what contracts say in vain.
    RULE_NEVER_FIRES = "C0251" "A rule or check of a rule set is decided before any document is seen.";
    RULE_NAME_UNKNOWN = "C0252" "A rule set or a check asks for what the schema does not declare.";
    RULE_PART_UNUSED = "C0253" "A part of a rule set is never used.";
    PART_WITHOUT_SCHEMA = "C0254" "A message has no schema.";
    EXAMPLE_BREAKS_SCHEMA = "C0255" "An example, or a default, breaks its own schema.";
    SCHEMA_NEVER_HOLDS = "C0256" "No value can keep to a part of the schema.";
    KEYWORD_WITHOUT_EFFECT = "C0257" "A part of the schema says something that has no effect.";
    VERSIONS_DIFFER = "C0258" "The contract and its schemas state different versions.";
    PROFILE_RULE = "C0259" "The schema does not keep to the profile.";
    RULE_POSITION = "C0260" "A check of a rule set asks at which position its node stands.";
    // Configuration: services and routes.
    CONTRACT_NOT_FOUND = "C0301" "No contract in force fits.";
    ROUTE_DUPLICATE = "C0302" "Two routes match the same requests.";
    RECEIVER_DUPLICATE = "C0303" "Two services receive for the same key.";
    UPSTREAM_WRONG = "C0304" "The upstream is not an address that can be called.";
    ADAPTER_NOT_FOUND = "C0305" "There is no such adapter.";
    TABLE_LINE_WRONG = "C0306" "A line of the table cannot be read.";
    SERVICE_NOT_FOUND = "C0307" "There is no such service.";
    ID_DUPLICATE = "C0308" "Two things have the same id.";
    ADAPTER_ONE_WAY = "C0309" "An adapter does not lead both ways.";
    ADAPTER_UNFIT = "C0310" "An adapter does not fit the service.";
    // Configuration: keys, members, waivers, listeners.
    KEY_UNUSABLE = "C0401" "A key cannot be used.";
    CERTIFICATE_UNUSABLE = "C0402" "A certificate cannot be used.";
    WAIVER_EXPIRED = "C0403" "The waiver's last day has passed.";
    WAIVER_WRONG = "C0404" "The waiver names a contract or rule that is not in force.";
    LISTENER_EXPOSED = "C0405" "A listener without TLS may only be on loopback.";
    MEMBER_NOT_FOUND = "C0406" "There is no such member or subsystem.";
    KEY_EXPOSED = "C0407" "A private key can be read by others.";
    CERTIFICATE_NOT_COUNTED = "C0408" "A conformance certificate or status list does not count.";
    CERTIFICATE_LACKING = "C0409" "A provider lacks the conformance certificate that its service asks for.";
    ADDRESS_UNUSABLE = "C0501" "The address cannot be listened on.";
    STORE_UNUSABLE = "C0502" "The store cannot be opened.";
    ENVIRONMENT = "C0503" "A variable that the configuration refers to is not set.";
    // Configuration: descriptions of legacy formats.
    FIELDS_OVERLAP = "C0601" "Two fields of a record share a position.";
    FIELDS_APART = "C0602" "Positions of a record belong to no field.";
    FIELD_OUTSIDE = "C0603" "A field lies beyond the end of its record.";
    RECORDS_ALIKE = "C0604" "Records cannot be told apart.";
    NESTING_WRONG = "C0605" "A record stands in, or counts, one that it cannot.";
    // Configuration: mappings.
    PATH_IMPOSSIBLE = "C0611" "A path of a mapping can lead to nothing.";
    TARGET_UNWRITTEN = "C0612" "A value that must be there is written by no row.";
    VALUE_UNFIT = "C0613" "A value that a row makes does not fit where it goes.";
    CODE_LACKING = "C0614" "A code table and what may stand on a side have not the same codes.";
    EXAMPLE_DIFFERS = "C0615" "An example is not translated as the adapter says.";

    SUITE_UNKNOWN = "C0701" "A suite names something that the contract does not have.";
    WORKFLOW_UNSUPPORTED = "C0702" "A workflow of a suite asks for something that is not there or not supported.";
    // Faults on the consumer's side.
    MESSAGE_MALFORMED = "F0101" "The message cannot be read.";
    NOT_IDENTIFIED = "F0102" "The consumer has not shown who it is.";
    SERVICE_UNKNOWN = "F0103" "No service answers at this address.";
    NOT_GRANTED = "F0104" "The consumer may not call this service.";
    REQUEST_TOO_SLOW = "F0105" "The request took longer to arrive than the limit.";
    REQUEST_TOO_LARGE = "F0106" "The request is larger than the limit.";
    MEDIA_TYPE_UNSUPPORTED = "F0107" "The service does not take this media type.";
    CONSUMER_BREACH = "F0108" "The request breaks the contract.";
    DOCUMENT_UNKNOWN = "F0109" "The document's contract is not known.";
    KEY_UNDER_WAY = "F0110" "An exchange with the same idempotency key is still under way.";
    KEY_REUSED = "F0111" "The idempotency key was used for another message.";
    OVER_QUOTA = "F0112" "The consumer has sent more than its quota.";
    RECEIVER_UNKNOWN = "F0113" "No service receives for this receiver.";
    REQUEST_BROKEN_OFF = "F0114" "The request broke off before its end.";
    REQUEST_NOT_HTTP = "F0115" "The request is not as HTTP demands.";
    EXCHANGE_UNKNOWN = "F0116" "There is no exchange of this id that the caller took part in.";
    METHOD_NOT_ALLOWED = "F0117" "The address does not take this method.";
    NOT_ACCEPTABLE = "F0118" "The service answers in no media type that the consumer takes.";
    NOT_TRANSLATED = "F0119" "The message cannot be said as the provider's system takes it.";
    CERTIFICATE_WANTING = "F0120" "The consumer has no conformance certificate that the service asks for.";
    FILE_REFUSED = "F0121" "No message of the file goes on.";
    NOT_ANSWERED = "F0122" "There is no answer to fetch for this exchange.";
    // Faults on the provider's side.
    PROVIDER_BREACH = "F0201" "The provider's answer breaks the contract.";
    ANSWER_UNREADABLE = "F0202" "The provider's answer cannot be read.";
    PROVIDER_UNREACHABLE = "F0203" "The provider cannot be reached.";
    PROVIDER_TOO_SLOW = "F0204" "The provider took longer than the limit.";
    ANSWER_BROKEN_OFF = "F0205" "The provider's answer broke off before its end.";
    ANSWER_TOO_LARGE = "F0206" "The provider's answer is larger than the limit.";
    DELIVERY_REFUSED = "F0207" "The provider refuses the message.";
    ANSWER_NOT_TRANSLATED = "F0208" "The answer cannot be said as the consumer's system takes it.";
    // Faults on the gateway's side.
    NO_EVIDENCE = "F0301" "Evidence cannot be written, so nothing is sent on.";
    NO_ROOM = "F0302" "The gateway has as many exchanges under way as it can hold.";
    DRAINING = "F0303" "The gateway is stopping and takes no new exchanges.";
    INTERNAL = "F0304" "The gateway failed in a way that should not be.";
    RECOVERED = "F0305" "The gateway stopped before the exchange was closed.";
    PROGRAM_FAILED = "F0306" "The program of an adapter did not do its work.";
    // Faults in the ledger.
    LEAF_CHANGED = "F0401" "A leaf of the ledger is not what was recorded.";
    LEAF_MISSING = "F0402" "A leaf of the ledger is missing.";
    LEAF_OUT_OF_PLACE = "F0403" "A leaf of the ledger is not in the place it was recorded in.";
    TAIL_CUT = "F0404" "The ledger is shorter than a checkpoint says.";
    CHECKPOINT_NOT_SIGNED = "F0405" "A checkpoint does not carry a valid signature of the ledger's key.";
    LEDGER_UNREADABLE = "F0406" "The ledger cannot be read.";
    EXCHANGE_NOT_CLOSED = "F0407" "An exchange in the ledger is open.";
    CHECKPOINT_MISMATCH = "F0408" "A checkpoint does not fit the leaves.";
    // Syntax: can the message be read at all, and is its contract known.
    XML_NOT_WELL_FORMED = "V0101" "The document is not well-formed XML.";
    ENCODING = "V0102" "The bytes are not text in the encoding that the message states.";
    DTD = "V0103" "The document has a DTD, which is refused.";
    TOO_DEEP = "V0104" "Elements or values are nested deeper than the limit.";
    TOO_MANY_ATTRIBUTES = "V0105" "An element has more attributes than the limit.";
    TREE_TOO_LARGE = "V0106" "The document takes more memory as a tree than the limit.";
    JSON_NOT_WELL_FORMED = "V0107" "The document is not well-formed JSON.";
    DUPLICATE_MEMBER = "V0108" "A JSON object has two members of one name.";
    EMPTY_MESSAGE = "V0109" "The message has no content.";
    ENTITY = "V0110" "The document refers to an entity that XML does not predefine.";
    NAME_TOO_LONG = "V0111" "A name is longer than the limit.";
    PREFIX_NOT_DECLARED = "V0112" "A prefix is used that no namespace is declared for.";
    MEDIA_TYPE = "V0113" "The message is of a media type that the operation does not take.";
    HTTP_MALFORMED = "V0114" "The file is not a whole HTTP message.";
    NOT_JUDGED = "V0115" "The message could not be judged.";
    MARKUP_TOO_LONG = "V0116" "A piece of markup is longer than the limit.";
    NUMBER_TOO_LONG = "V0117" "A number is longer than the limit.";
    MULTIPART_BROKEN = "V0121" "The parts of the message cannot be told apart.";
    MULTIPART_TOO_LARGE = "V0122" "The message has more parts, or a part a larger head, than the limit.";
    MULTIPART_CODED = "V0123" "A part of the message is in a content coding.";
    // XML Schema.
    ELEMENT_NOT_ALLOWED = "V0201" "An element stands where the schema does not allow it.";
    ELEMENT_MISSING = "V0202" "An element that the schema requires is missing.";
    VALUE_NOT_ALLOWED = "V0203" "A value is not of the type that the schema demands.";
    ATTRIBUTE_NOT_ALLOWED = "V0204" "An attribute stands where the schema does not allow it.";
    ATTRIBUTE_MISSING = "V0205" "An attribute that the schema requires is missing.";
    ELEMENT_NOT_DECLARED = "V0206" "The schema has no declaration for the element.";
    IDENTITY_CONSTRAINT = "V0207" "A key is missing, not unique, or refers to nothing.";
    INSTANCE_TYPE = "V0208" "xsi:type or xsi:nil says what the schema does not allow.";
    CONTENT_NOT_ALLOWED = "V0209" "An element has content of a kind that its type does not allow.";
    VALUE_TOO_LONG = "V0210" "A value is longer than the limit.";
    TOO_MANY_KEYS = "V0211" "The document has more keys, references or IDs than the limit.";
    TOO_MANY_COUNTS = "V0212" "The children of an element can be counted in more ways than the limit.";
    PATTERN_STEPS = "V0213" "Matching the patterns of the schema took more steps than the limit.";
    XSD_OTHER = "V0299" "Another constraint of XML Schema is broken.";
    // Schematron.
    RULE_BROKEN = "V0301" "A rule of the rule set is broken.";
    RULE_NOT_EVALUATED = "V0302" "A rule of the rule set could not be evaluated.";
    NO_RULE_MET = "V0303" "No rule of the rule set met anything in the document.";
    RULES_OVER_BUDGET = "V0304" "Evaluating the rule set took more steps than the limit.";
    // JSON Schema.
    JSON_TYPE = "V0401" "A value is of another JSON type than the schema demands.";
    JSON_REQUIRED = "V0402" "A member that the schema requires is missing.";
    JSON_ENUM = "V0403" "A value is not one of those that the schema lists.";
    JSON_ADDITIONAL = "V0404" "A member or item stands that the schema does not allow.";
    JSON_FORMAT = "V0405" "A text does not have the format or pattern that the schema demands.";
    JSON_BOUNDS = "V0406" "A number is out of the bounds that the schema sets.";
    JSON_LENGTH = "V0407" "A text, list or object is shorter or longer than the schema allows.";
    JSON_COMBINATION = "V0408" "A value fits none, or too many, of the schema's alternatives.";
    JSON_PATTERN_LIMIT = "V0409" "A pattern took more steps than the limit.";
    JSON_STEPS_LIMIT = "V0410" "Judging the message took more steps than the limit.";
    JSON_OTHER = "V0499" "Another keyword of JSON Schema is broken.";
    // OpenAPI.
    OPERATION_UNKNOWN = "V0501" "The contract has no operation for this method and path.";
    STATUS_NOT_DECLARED = "V0502" "The operation declares no answer of this status.";
    CONTENT_NOT_DECLARED = "V0503" "The operation declares no content of this media type.";
    PARAMETER = "V0504" "A parameter is missing or not as declared.";
    BODY_MISSING = "V0505" "The operation requires a body and there is none.";
    READ_WRITE_ONLY = "V0506" "A read-only member stands in a request, or a write-only one in an answer.";
    FORM_FIELD = "V0507" "A field or part of a form is not as declared.";
    ANSWER_NOT_ACCEPTABLE = "V0508" "The operation answers in no media type that the request accepts.";
    XML_UNJUDGED = "V0509" "The description does not say how an XML body is to be judged.";
    XML_BODY = "V0510" "An XML body is not written as the description says.";
    // WSDL and SOAP.
    NOT_SOAP = "V0601" "The message is not a SOAP envelope.";
    SOAP_VERSION = "V0602" "The envelope is of a version of SOAP that the contract does not bind.";
    SOAP_BODIES = "V0603" "The envelope has no body, or more than one.";
    ENVELOPE_FORM = "V0604" "The envelope is not as SOAP demands.";
    SOAP_OPERATION_UNKNOWN = "V0605" "The contract has no operation for the message.";
    SOAP_ACTION = "V0606" "The action is not that of the operation.";
    SOAP_BODY = "V0607" "The body is not that of the operation.";
    SOAP_HEADER_MISSING = "V0608" "A header that the operation declares is missing.";
    SOAP_HEADER_UNKNOWN = "V0609" "A header must be understood that the contract does not declare.";
    SOAP_FAULT_FORM = "V0610" "The fault is not as SOAP demands.";
    SOAP_FAULT_UNDECLARED = "V0611" "The operation does not declare the fault.";
    PART_MISSING = "V0612" "A reference leads to no part of the message.";
    SOAP_HEADER_TOO_LARGE = "V0613" "The header is larger than the limit.";
    SOAP_ENCODED = "V0614" "Encoded content is not judged.";
    SOAP_STATUS = "V0615" "The status does not fit the envelope.";
    // Checks of the contract's own.
    IDENTIFIER_FORM = "V0701" "A value does not have the form of the identifier that it must be.";
    CHECK_DIGITS = "V0702" "The check digits of an identifier are wrong.";
    PERSONAL_NUMBER = "V0703" "A personal number stands in a text that must not hold one.";
    COUNT = "V0704" "A count is not how many there are.";
    SUM = "V0705" "A sum is not that of its parts.";
    DATES = "V0706" "A date lies before one that it must not lie before.";
    NOT_COMPARABLE = "V0707" "A value that a check compares cannot be read.";
    CHECK_NOT_MADE = "V0708" "A check of the contract could not be made.";
    CODE_UNKNOWN = "V0711" "A code is not in the code list.";
    CODE_NOT_VALID = "V0712" "A code does not hold on the day that counts.";
    LIST_VERSION_UNKNOWN = "V0713" "The contract has no version of the code list that fits.";
    CODE_DAY = "V0714" "The day that decides which codes hold cannot be read.";
    // EDIFACT.
    SERVICE_ADVICE = "V0751" "The service string advice cannot be used.";
    NO_SEGMENT = "V0752" "No segment begins where one should.";
    SEGMENT_TOO_LONG = "V0753" "A segment is longer than the limit.";
    SEGMENT_CUT_OFF = "V0754" "The interchange ends within a segment.";
    SYNTAX_UNKNOWN = "V0755" "The syntax of the interchange is not one that is read here.";
    ENVELOPE_ORDER = "V0756" "A service segment stands where it may not.";
    ENVELOPE_MISSING = "V0757" "A service segment is missing.";
    CONTROL_COUNT = "V0758" "A control count is not the number that there is.";
    CONTROL_REFERENCE = "V0759" "A trailer refers to another header than its own.";
    REFERENCE_TWICE = "V0760" "Two messages of an interchange have the same reference.";
    PART_REQUIRED = "V0761" "An element or component that must be there is missing.";
    PART_UNEXPECTED = "V0762" "A segment has more elements or components than it may.";
    PART_FORM = "V0763" "The text of an element is not of its representation.";
    PART_CODE = "V0764" "A code is none of those that are known.";
    MESSAGE_UNKNOWN = "V0765" "No grammar describes the message.";
    SEGMENT_UNEXPECTED = "V0766" "A segment stands where the message has no place for it.";
    SEGMENT_MISSING = "V0767" "A segment or group that must be there is missing.";
    SEGMENT_TOO_OFTEN = "V0768" "A segment or group stands more often than it may.";
    OBJECT_LENGTH = "V0769" "A binary object is not of the length that its header says.";
    OBJECT_TOO_LONG = "V0770" "A binary object is longer than the limit.";
    // Which contract.
    CONTRACT_UNKNOWN = "V0801" "No contract in force knows this document.";
    CONTRACT_AMBIGUOUS = "V0802" "Several contracts in force know this document.";
    CONTRACT_RETIRED = "V0803" "The contract that knows this document is retired.";
    RECEIVER_MISSING = "V0804" "The document does not say who its receiver is.";
    NOT_OF_CONTRACT = "V0805" "The document is none of the contract's documents.";
    NOT_IMPORTED = "V0806" "Published files that should judge the message are not there.";
    // Legacy formats.
    CUT_OFF = "V0901" "The message ends before it is whole.";
    RECORD_LENGTH = "V0902" "A record is not as long as the description says.";
    RECORD_UNKNOWN = "V0903" "A record is of a type that the description does not have.";
    RECORD_OUT_OF_PLACE = "V0904" "A record stands where the description does not allow it, or is missing.";
    COUNT_WRONG = "V0905" "A count in the message is not that of what it holds.";
    FIELD_VALUE = "V0906" "A field does not hold what its kind demands.";
    FIELD_MISSING = "V0907" "A field that must have a value has none.";
    FIELD_TOO_SMALL = "V0908" "A value does not fit its field.";
    CHARACTER_LACKING = "V0909" "The character set lacks a character that is to be written.";
    FIELD_UNKNOWN = "V0910" "What is to be written has something that the description does not have.";
    QUOTES_WRONG = "V0911" "A quoted cell is not closed, or something stands beside its quotes.";
    HEADER_WRONG = "V0912" "The header is not that of the description.";
    ROW_TOO_LONG = "V0913" "A row has more bytes or cells than the limit.";
    // Mappings.
    CODE_UNTRANSLATED = "V0951" "A code table of the mapping does not have a code.";
    VALUE_UNCONVERTED = "V0952" "A value is not what the mapping's conversion takes.";
    VALUE_TWICE = "V0953" "The mapping writes two values to one place.";
    MAPPING_TOO_LARGE = "V0954" "The mapping takes more for this message than the limit.";
    VALUE_LOST = "V0955" "A value would be lost, and the adapter refuses loss.";
    UNIT_UNMAPPED = "V0956" "The adapter has no mapping for the unit.";
    HEADER_DIFFERS = "V0957" "Units differ in what stands once in the message.";
    // Adapters that are other programs.
    PROGRAM_REFUSED = "V0961" "The program of an adapter refuses the message.";

    JSON_FORM = "V0971" "The JSON does not have the form that the description of the service gives it.";
    WITHOUT_JSON_FORM = "V0972" "A message of SOAP has something that has no form in JSON.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_found() {
        assert!(ENTRIES.windows(2).all(|pair| pair[0].code < pair[1].code));
        for each in ENTRIES {
            assert_eq!(entry(&each.code.0.to_lowercase()).unwrap().code, each.code);
        }
        assert!(entry("V9999").is_none());
    }

    /// Every limit of the manual whose code is named there stands on the page of that code, with key and default.
    #[test]
    fn the_page_of_a_code_names_the_limits_that_it_is_told_at() {
        let manual = concat!(env!("CARGO_MANIFEST_DIR"), "/../gateway/docs/limits.md");
        let manual = std::fs::read_to_string(manual).unwrap();
        let plain = |text: &str| text.replace([',', '_'], "");
        let (mut n_limits, mut faults) = (0, Vec::new());
        for row in manual.lines().filter(|line| line.starts_with("| ")) {
            let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
            let [first, _, default, ..] = cells[..] else { continue };
            let key = first.split('`').nth(1).unwrap_or_default();
            let numbers = plain(default);
            let numbers = numbers.split(|each: char| !each.is_ascii_digit());
            let codes = row.split(|each: char| !each.is_ascii_alphanumeric());
            for page in codes.filter(|word| word.starts_with(['V', 'F'])).filter_map(entry) {
                n_limits += 1;
                let page_words = plain(page.page);
                let words: Vec<&str> =
                    page_words.split(|each: char| !each.is_ascii_alphanumeric()).collect();
                let has_all = numbers.clone().all(|number| words.contains(&number));
                if !has_all || !page.page.contains(key) {
                    faults.push(format!("{} {key} {default}", page.code));
                }
            }
        }
        assert!(n_limits > 40, "{n_limits}");
        assert!(faults.is_empty(), "these pages do not name their limits: {faults:#?}");
    }
}
