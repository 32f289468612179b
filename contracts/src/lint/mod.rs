//! What an architect should know of a contract beyond whether it loads: files still to be brought
//! in, and examples that do not do what their folder says.

use crate::{
    Contract, ContractFiles, Finding, JudgeOptions, MediaType, Message, Occasion, Outcome, Payload,
    SchemaCache, Verdict, Violation, code, manifest::FILE, payload::Limits,
};
use std::sync::Arc;

/// Messages that must be accepted.
const VALID: &str = "examples/valid/";
/// Messages that must not be.
const BROKEN: &str = "examples/broken/";

/// Loads a contract and looks through all of it. Gives every finding, loading's own first.
pub fn lint(files: &ContractFiles, schemas: &SchemaCache) -> (Option<Arc<Contract>>, Vec<Finding>) {
    let (contract, mut findings) = Contract::load(files, schemas);
    if let Some(contract) = &contract {
        findings.extend(still_wanted(files, contract));
        for (folder, accepted) in [(VALID, true), (BROKEN, false)] {
            let examples = files.below(folder);
            findings.extend(examples.filter_map(|(path, file)| {
                let message = Message::new(media_type(path), file.bytes.clone());
                example(files, path, contract, &message, accepted)
            }));
        }
    }
    (contract, findings)
}

fn still_wanted(files: &ContractFiles, contract: &Contract) -> Vec<Finding> {
    let manifest = contract.manifest();
    let parts = manifest.operations.iter().flat_map(|each| [&each.request, &each.response]);
    let mut findings = Vec::new();
    for part in parts {
        for want in part.still_wanted() {
            let file = &want.file.value;
            let sentence =
                format!("`{file}` is still to be brought in: messages are not judged by it");
            let hint = format!("`sluse contract import PATH --as {}`", manifest.id);
            let finding = files.finding(FILE, code::SCHEMA_MISSING, sentence).hint(hint).warning();
            findings.push(finding.at(want.file.place.line, want.file.place.column));
        }
    }
    if !contract.has_schema() {
        let sentence = "no schema judges the contract's messages: they are judged for form alone";
        findings.push(files.finding(FILE, code::NO_SCHEMA, sentence).warning());
    }
    findings
}

fn example(
    files: &ContractFiles,
    path: &str,
    contract: &Contract,
    message: &Message,
    accepted: bool,
) -> Option<Finding> {
    let limits = Limits::default();
    let verdict = match Payload::parse(message, &limits) {
        Ok(payload) => {
            let occasion = example_occasion(contract, &payload)?;
            contract.judge(Some(&payload), &occasion, &JudgeOptions::default())
        }
        Err(violation) => Verdict::malformed(violation),
    };
    // An example is one of the contract's own documents, where others may be judged by it as well.
    let speaks_against =
        |violation: &&Violation| violation.rejects() || violation.code == code::NOT_OF_CONTRACT;
    let first = verdict.violations.iter().find(speaks_against);
    let sentence = match (accepted, verdict.outcome == Outcome::Accepted && first.is_none()) {
        (true, false) => {
            let rule = first.map_or_else(String::new, |first| {
                format!(": {} {}", first.code, first.rule.as_deref().unwrap_or_default())
            });
            format!("a valid example is not accepted{}", rule.trim_end())
        }
        (false, true) => "a broken example is accepted".to_owned(),
        _ => return None,
    };
    Some(files.finding(path, code::EXAMPLE_WRONG, sentence))
}

/// What an example is an example of: a document; where operations are found from messages, a request or else an answer.
fn example_occasion<'c>(contract: &'c Contract, payload: &Payload) -> Option<Occasion<'c>> {
    if !contract.finds_operations() {
        return contract.document_operation().map(|operation| Occasion::request(operation.name));
    }
    let request = Occasion::request("");
    let is_request = contract.operation_of(Some(payload), &request).is_some();
    Some(if is_request { request } else { Occasion::response("") })
}

fn media_type(path: &str) -> MediaType {
    if path.to_ascii_lowercase().ends_with(".json") { MediaType::json() } else { MediaType::xml() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contract(version: &str, status: &str, pattern: &str) -> ContractFiles {
        let mut files = ContractFiles::new("");
        let text = format!(
            "id = \"x/order\"\nversion = \"{version}\"\nstatus = \"{status}\"\ntitle = {{ en = \"Order\" }}\n\
             [namespaces]\no = \"urn:o\"\n[select]\nroot = \"o:Order\"\n\
             where = [{{ path = \"o:Version\", matches = '{pattern}' }}]\n\
             [[operation]]\nname = \"deliver\"\nkind = \"one-way\"\n\
             request = {{ media-type = \"application/xml\", wants = [{{ xsd = \"order.xsd\" }}] }}\n"
        );
        files.add(FILE, text);
        files
    }

    fn shown(findings: &[Finding]) -> Vec<String> {
        findings
            .iter()
            .filter_map(|each| each.to_string().lines().next().map(str::to_owned))
            .collect()
    }

    #[test]
    fn judges_the_examples_of_a_description_as_requests_or_answers() {
        let mut files = ContractFiles::new("");
        let manifest = "id = \"x/soap\"\nversion = \"1.0.0\"\nstatus = \"in-force\"\n\
                        title = { en = \"Soap\" }\nwsdl = \"service.wsdl\"\n";
        files.add(FILE, manifest);
        files.add("service.wsdl", include_str!("schema/wsdl/tests/service.wsdl"));
        let envelope = |body: &str| {
            let soap = "http://schemas.xmlsoap.org/soap/envelope/";
            format!(
                "<s:Envelope xmlns:s='{soap}' xmlns:t='urn:t'><s:Body>{body}</s:Body></s:Envelope>"
            )
        };
        files.add("examples/valid/put.xml", envelope("<t:more>x</t:more>"));
        files.add("examples/valid/got.xml", envelope("<t:got><t:name>x</t:name></t:got>"));
        files.add("examples/valid/bad.xml", envelope("<t:more>too long</t:more>"));
        files.add("examples/broken/bad.xml", envelope("<t:more>too long</t:more>"));
        files.add("examples/broken/fine.xml", envelope("<t:more>x</t:more>"));
        let (contract, findings) = lint(&files, &SchemaCache::default());
        assert!(contract.is_some());
        let examples: Vec<String> =
            shown(&findings).into_iter().filter(|line| line.starts_with("examples")).collect();
        assert_eq!(
            examples,
            [
                "examples/valid/bad.xml C0209 a valid example is not accepted: V0203 cvc-maxLength-valid",
                "examples/broken/fine.xml C0209 a broken example is accepted",
            ]
        );
    }

    #[test]
    fn warns_of_what_is_still_to_be_brought_in_and_of_examples_that_lie() {
        let mut files = contract("1.0.0", "in-force", "^1$");
        files
            .add("examples/valid/a.xml", &b"<Order xmlns='urn:o'><Version>1</Version></Order>"[..]);
        files.add("examples/valid/b.xml", &b"<Order"[..]);
        files.add(
            "examples/broken/c.xml",
            &b"<Order xmlns='urn:o'><Version>1</Version></Order>"[..],
        );
        files.add("examples/broken/d.xml", &b"<Order xmlns='urn:o'/>"[..]);
        let (contract, findings) = lint(&files, &SchemaCache::default());
        assert!(contract.is_some());
        assert_eq!(
            shown(&findings),
            [
                "contract.toml:13:62 C0202 warning: `order.xsd` is still to be brought in: messages are not judged by it",
                "contract.toml C0205 warning: no schema judges the contract's messages: they are judged for form alone",
                "examples/valid/b.xml C0209 a valid example is not accepted: V0101",
                "examples/broken/c.xml C0209 a broken example is accepted",
            ]
        );
    }
}
