//! Cases from WSDL: for each operation in each of its bindings the requests that its schemas give, in their envelopes, and
//! envelopes that break SOAP's own rules.

mod envelope;
#[cfg(test)]
mod tests;
mod told;

use super::xsd::{
    EXAMPLES, JUDGEMENTS_MAX,
    assemble::{Assembler, Draft, Outcomes},
    bound::Bounds,
    explore::{self, Known, Met, Seed},
    forms,
    grow::Grower,
    proof::{self, Proof, Way, judge},
    said, settled,
    tree::Element,
};
use crate::{
    Kind, Plan, Suite,
    case::{Check, Expect, Must, Source, Statuses},
};
use sluse_contracts::{
    Contract, ContractFiles, Outcome,
    schema::{
        Schema,
        soap::{SoapContent, SoapOperation, SoapVersion},
    },
};
use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

/// All cases of the operations that a contract's WSDL describes, for a provider; none where it has no such description.
pub(crate) fn operations(
    contract: &Contract,
    files: &ContractFiles,
    suite: Option<&Suite>,
) -> Plan {
    let mut plan = Plan::default();
    let mut ids = HashSet::new();
    let Some(description) = contract.description() else { return plan };
    let mut met = Met::default();
    let mut versions = HashSet::new();
    for name in contract.operations() {
        let bindings = description.soap_bindings(name);
        let several = bindings.len() > 1;
        for (number, binding) in bindings.iter().enumerate() {
            let prefix = match several {
                true => format!("{name}.{}{}", word(binding.version), suffix(&bindings, number)),
                false => name.to_owned(),
            };
            let service = Described { contract, description, files, suite };
            // What is of a binding as a whole is tried once for each version of SOAP.
            let is_first = !versions.contains(&binding.version);
            if service.operation(binding, prefix, is_first, &mut met, &mut ids, &mut plan) {
                versions.insert(binding.version);
            }
        }
    }
    plan
}

fn word(version: SoapVersion) -> &'static str {
    match version {
        SoapVersion::V11 => "soap11",
        SoapVersion::V12 => "soap12",
    }
}

/// Tells bindings of one version apart.
fn suffix(bindings: &[SoapOperation<'_>], number: usize) -> String {
    let version = bindings.get(number).map(|each| each.version);
    let before = bindings.iter().take(number).filter(|each| Some(each.version) == version).count();
    if before == 0 { String::new() } else { format!("-{}", before + 1) }
}

/// A described service.
struct Described<'s> {
    contract: &'s Contract,
    description: &'s Arc<dyn Schema>,
    files: &'s ContractFiles,
    suite: Option<&'s Suite>,
}

impl Described<'_> {
    /// Adds the cases of an operation in one binding; `false` where there are none.
    fn operation(
        &self,
        operation: &SoapOperation<'_>,
        prefix: String,
        is_first: bool,
        met: &mut Met,
        ids: &mut HashSet<String>,
        plan: &mut Plan,
    ) -> bool {
        let Some(schema) = self.description.xsd() else { return false };
        let way = way_of(operation, &format!("\"{}\"", operation.soap_action), true);
        let proof = Proof::new(self.contract, &way, JUDGEMENTS_MAX);
        let real = |place: &str| self.description.place_of(place);
        let mut assembler = Assembler {
            proof: &proof,
            due: due(operation, self.suite),
            prefix: prefix.clone(),
            entry: operation.place.to_owned(),
            real: &real,
            ids,
            plan,
            bounds: Bounds::of(self.suite, operation.name),
            sent: HashSet::new(),
        };
        let mut grower = Grower::new(schema.shapes());
        let seeds = self.seeds(&mut grower, operation, &proof, &mut assembler);
        let Some(first) = seeds.first().map(|seed| seed.tree.clone()) else {
            let why = match operation.request.content {
                SoapContent::Encoded => "its content is encoded, which no schema judges",
                _ => {
                    "no request was made that is taken, and no example is: give one in `examples/valid`"
                }
            };
            let left_out = vec![(operation.place.to_owned(), why.to_owned())];
            assembler.constraints(BTreeMap::new(), left_out);
            return false;
        };
        let found = explore::explore(schema.shapes(), &proof, &seeds, operation.place, met);
        let broken = found.changes.first().map(|change| change.tree.clone());
        assembler.explored(found);
        self.envelopes(&mut assembler, operation, &first, is_first);
        said::answers(&mut assembler, self.suite, &first);
        told::faults(&mut assembler, self.suite, operation, &first, broken.as_ref());
        let bounds = std::mem::take(&mut assembler.bounds);
        if !is_first {
            return true;
        }
        // What is not in UTF-8 must not be said to be.
        let bare = way_of(operation, &format!("\"{}\"", operation.soap_action), false);
        let proof = Proof::new(self.contract, &bare, JUDGEMENTS_MAX);
        let mut assembler = Assembler {
            proof: &proof,
            due: due(operation, self.suite),
            prefix,
            entry: operation.place.to_owned(),
            real: &real,
            ids,
            plan,
            bounds,
            sent: HashSet::new(),
        };
        let marked = assembler.bounds.marked(&first, true);
        assembler.forms(forms::forms(&marked.written()));
        true
    }

    /// The smallest request, where it is taken; else the examples that are requests of the operation.
    fn seeds(
        &self,
        grower: &mut Grower<'_>,
        operation: &SoapOperation<'_>,
        proof: &Proof<'_>,
        assembler: &mut Assembler<'_>,
    ) -> Vec<Seed> {
        let made = [false, true].into_iter().find_map(|is_rich| {
            grower.is_rich = is_rich;
            let (tree, roots) = envelope::request(grower, operation)?;
            let mut seed = settled(grower, tree, roots);
            assembler.bounds.settle(&mut seed.tree);
            Some(seed).filter(|seed| proof.takes(&seed.tree))
        });
        let mut examples = Vec::new();
        for (path, file) in self.files.below(EXAMPLES) {
            let Some(document) = proof::parse(&file.bytes) else { continue };
            let mut tree = Element::read(&document);
            assembler.bounds.settle(&mut tree);
            let Some(roots) = envelope::roots(grower, operation, &tree) else { continue };
            if !proof.takes(&tree) {
                continue;
            }
            let name = path.trim_start_matches(EXAMPLES);
            let expect = assembler.due.taken.clone();
            assembler.add(Draft {
                id: &format!("example.{name}"),
                sentence: format!("Takes the contract's example `{name}`."),
                kind: Kind::Positive,
                place: operation.place.to_owned(),
                level: None,
                headers: None,
                body: assembler.text(Kind::Positive, &tree),
                expect,
            });
            examples.push(Seed { tree, roots, is_made: false, is_rich: false });
        }
        made.map_or(examples, |made| vec![made])
    }

    fn envelopes(
        &self,
        assembler: &mut Assembler<'_>,
        operation: &SoapOperation<'_>,
        tree: &Element,
        is_first: bool,
    ) {
        // Without its envelope, a bound value could not be found any more.
        let marked = assembler.bounds.marked(tree, true);
        for wrong in envelope::wrong(operation, &marked) {
            let way = assembler.proof.way();
            if is_first || !wrong.id.starts_with("envelope.") {
                self.refused(assembler, wrong.id, wrong.what, &wrong.tree, way);
            }
        }
        if operation.version == SoapVersion::V11 && !operation.soap_action.is_empty() {
            let way = way_of(operation, "\"urn:sluse:conformance:none\"", true);
            let what = "a request whose SOAPAction is that of no operation";
            self.refused(assembler, "action.wrong", what, tree, &way);
        }
        if is_first {
            self.of_binding(assembler, operation, tree);
        }
    }

    /// Headers and media types, which are the same for all operations of a binding.
    fn of_binding(
        &self,
        assembler: &mut Assembler<'_>,
        operation: &SoapOperation<'_>,
        tree: &Element,
    ) {
        let known = envelope::with_header(operation.version, tree, false);
        if assembler.proof.takes(&known) {
            let expect = assembler.due.taken.clone();
            let what = "an envelope with a header that need not be understood";
            let rule = understood(operation.version);
            add(assembler, "header.unknown", what, (Kind::Positive, rule), None, &known, expect);
        }
        self.must_understand(assembler, operation, tree);
        self.without_action(assembler, operation, tree);
        let mut way = assembler.proof.way().clone();
        if let Some(header) = way.headers.iter_mut().find(|(name, _)| name == "content-type") {
            header.1 = "application/xml".to_owned();
        }
        way.media_type = sluse_contracts::MediaType::xml();
        self.refused(
            assembler,
            "media-type.wrong",
            "an envelope under another media type",
            tree,
            &way,
        );
    }

    /// The action of SOAP 1.2 is a hint that may be left out (SOAP 1.2 part 2, section 6.5; RFC 3902, section 1).
    fn without_action(
        &self,
        assembler: &mut Assembler<'_>,
        operation: &SoapOperation<'_>,
        tree: &Element,
    ) {
        if operation.version == SoapVersion::V11 || operation.soap_action.is_empty() {
            return;
        }
        let bare = SoapOperation { soap_action: "", ..operation.clone() };
        let way = way_of(&bare, "", true);
        if judge(self.contract, &way, tree.document().as_bytes()).outcome == Outcome::Accepted {
            let what = "a request that does not name its action";
            let expect = assembler.due.taken.clone();
            let place = "soap#soap12-part2-6.5";
            let headers = Some(way.headers);
            add(assembler, "action.absent", what, (Kind::Positive, place), headers, tree, expect);
        }
    }

    /// Adds a message that one rule alone refuses.
    fn refused(
        &self,
        assembler: &mut Assembler<'_>,
        id: &str,
        what: &str,
        tree: &Element,
        way: &Way,
    ) {
        let text = assembler.bounds.filled(&tree.document());
        let judged = judge(self.contract, way, text.as_bytes());
        let rule = judged.errors.first().and_then(|each| each.rule.clone());
        let place = match &rule {
            Some(rule) => format!("soap#{rule}"),
            None => "soap#envelope".to_owned(),
        };
        let is_alone = judged.errors.len() == 1;
        let why = (!is_alone).then(|| format!("{what} breaks {} rules", judged.errors.len()));
        let known = Known { kept: true, broken: is_alone, tried: true, why, why_not_kept: None };
        assembler.constraint(&place, &known);
        if is_alone {
            let expect = told::wrong(&assembler.due, way, id);
            let headers = Some(way.headers.clone());
            add(assembler, id, what, (Kind::Negative, &place), headers, tree, expect);
        }
    }

    /// A header that must be understood and that nobody knows: the judge, who is not the receiver, warns of it alone.
    fn must_understand(
        &self,
        assembler: &mut Assembler<'_>,
        operation: &SoapOperation<'_>,
        tree: &Element,
    ) {
        let unknown = envelope::with_header(operation.version, tree, true);
        let judged = judge(self.contract, assembler.proof.way(), unknown.document().as_bytes());
        let place = understood(operation.version);
        let rule = place.trim_start_matches("soap#");
        let warned =
            judged.warnings.iter().filter(|each| each.rule.as_deref() == Some(rule)).count();
        if judged.outcome != Outcome::Accepted || warned != 1 {
            return;
        }
        let known = Known { kept: true, broken: true, tried: true, ..Known::default() };
        assembler.constraint(place, &known);
        let what = "an envelope with a header that must be understood and that the contract does not declare";
        let mut expect = assembler.due.refused.clone();
        expect.checks.push(told::code(operation.version, "MustUnderstand"));
        add(
            assembler,
            "header.must-understand",
            what,
            (Kind::Negative, place),
            None,
            &unknown,
            expect,
        );
    }
}

/// The rule of headers that must be understood.
fn understood(version: SoapVersion) -> &'static str {
    match version {
        SoapVersion::V11 => "soap#soap11-4.2.3",
        SoapVersion::V12 => "soap#soap12-5.2.3",
    }
}

fn add(
    assembler: &mut Assembler<'_>,
    id: &str,
    what: &str,
    (kind, place): (Kind, &str),
    headers: Option<Vec<(String, String)>>,
    tree: &Element,
    expect: Expect,
) {
    let verb = if kind == Kind::Positive { "Takes" } else { "Refuses" };
    assembler.add(Draft {
        id,
        sentence: format!("{verb} {what}."),
        kind,
        place: place.to_owned(),
        level: told::level(assembler, id),
        headers,
        body: assembler.text(kind, tree),
        expect,
    });
}

/// How requests of an operation travel: SOAP 1.1, section 6; SOAP 1.2 part 2, section 7, and RFC 3902.
fn way_of(operation: &SoapOperation<'_>, action: &str, says_charset: bool) -> Way {
    let charset = if says_charset { "; charset=utf-8" } else { "" };
    let mut headers = Vec::new();
    let content_type = match operation.version {
        SoapVersion::V11 => {
            headers.push(("soapaction".to_owned(), action.to_owned()));
            format!("text/xml{charset}")
        }
        SoapVersion::V12 if operation.soap_action.is_empty() => {
            format!("application/soap+xml{charset}")
        }
        SoapVersion::V12 => format!("application/soap+xml{charset}; action={action}"),
    };
    headers.insert(0, ("content-type".to_owned(), content_type.clone()));
    let media_type = content_type.parse().unwrap_or_else(|_| sluse_contracts::MediaType::xml());
    Way {
        operation: operation.name.to_owned(),
        method: "POST".to_owned(),
        path: String::new(),
        media_type,
        headers,
    }
}

/// What is taken is answered 2xx, by an answer that is judged; what is refused by a fault, which is judged too.
fn due(operation: &SoapOperation<'_>, suite: Option<&Suite>) -> Outcomes {
    let failed = vec![Statuses::class(4), Statuses::class(5)];
    let is_fault =
        Check::Value { at: Source::Xml("/Envelope/Body/Fault".to_owned()), must: Must::BePresent };
    let judged = operation.response.is_some();
    let statuses = said::good(suite, operation.name);
    Outcomes {
        taken: Expect { statuses, judged, ..Expect::default() },
        refused: Expect {
            statuses: failed.clone(),
            judged: true,
            checks: vec![is_fault],
            ..Expect::default()
        },
        unreadable: Expect { statuses: failed, judged: false, ..Expect::default() },
    }
}
