//! Whole contracts in, findings out.

use super::*;
use crate::manifest::FILE;

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
    findings.iter().filter_map(|each| each.to_string().lines().next().map(str::to_owned)).collect()
}

#[test]
fn judges_the_examples_of_a_description_as_requests_or_answers() {
    let mut files = ContractFiles::new("");
    let manifest = "id = \"x/soap\"\nversion = \"1.0.0\"\nstatus = \"in-force\"\n\
                    title = { en = \"Soap\" }\nwsdl = \"service.wsdl\"\n";
    files.add(FILE, manifest);
    files.add("service.wsdl", include_str!("../schema/wsdl/tests/service.wsdl"));
    let envelope = |body: &str| {
        let soap = "http://schemas.xmlsoap.org/soap/envelope/";
        format!("<s:Envelope xmlns:s='{soap}' xmlns:t='urn:t'><s:Body>{body}</s:Body></s:Envelope>")
    };
    files.add("examples/valid/put.xml", envelope("<t:more>x</t:more>"));
    files.add("examples/valid/got.xml", envelope("<t:got><t:name>x</t:name></t:got>"));
    files.add("examples/valid/bad.xml", envelope("<t:more>too long</t:more>"));
    files.add("examples/broken/bad.xml", envelope("<t:more>too long</t:more>"));
    files.add("examples/broken/fine.xml", envelope("<t:more>x</t:more>"));
    let (contract, findings) = lint(&files, &SchemaCache::default(), &LintOptions::default());
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
    files.add("examples/valid/a.xml", &b"<Order xmlns='urn:o'><Version>1</Version></Order>"[..]);
    files.add("examples/valid/b.xml", &b"<Order"[..]);
    files.add("examples/broken/c.xml", &b"<Order xmlns='urn:o'><Version>1</Version></Order>"[..]);
    files.add("examples/broken/d.xml", &b"<Order xmlns='urn:o'/>"[..]);
    let (contract, findings) = lint(&files, &SchemaCache::default(), &LintOptions::default());
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

/// A contract whose requests are judged by a schema and then by rules.
fn judged(schema: &str, rules: &str) -> ContractFiles {
    let mut files = ContractFiles::new("");
    let manifest = "id = 'x/a'\nversion = '1.0.0'\nstatus = 'draft'\ntitle = { en = 'A' }\n[[operation]]\n\
                    name = 'send'\nkind = 'one-way'\nrequest = { judge = [{ xsd = 'a.xsd' }, { schematron = 'a.sch' }] }\n";
    files.add(FILE, manifest);
    files.add(
        "a.xsd",
        format!(
            "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns='urn:t' targetNamespace='urn:t' \
             elementFormDefault='qualified'>{schema}</xs:schema>"
        ),
    );
    files.add(
        "a.sch",
        format!(
            "<schema xmlns='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt2'><ns prefix='t' uri='urn:t'/>\n{rules}</schema>"
        ),
    );
    files
}

const SCHEMA: &str = "<xs:element name='Order' type='OrderType'/>\
    <xs:complexType name='OrderType'><xs:sequence><xs:element name='Line' type='LineType' maxOccurs='unbounded'/>\
    <xs:element name='Extra' minOccurs='0'><xs:complexType><xs:sequence><xs:any namespace='##other'/></xs:sequence>\
    </xs:complexType></xs:element></xs:sequence></xs:complexType>\
    <xs:complexType name='LineType'><xs:sequence><xs:element name='Price' type='xs:decimal'/></xs:sequence>\
    <xs:attribute name='id' use='required'/></xs:complexType>\
    <xs:complexType name='LongLineType'><xs:complexContent><xs:extension base='LineType'><xs:sequence>\
    <xs:element name='Note' type='xs:string'/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>";

#[test]
fn a_rule_set_is_held_against_the_schema_beside_it() {
    for (rules, told) in [
        (
            "<rule context='t:Line'><assert test='t:Prise'>x</assert></rule>",
            vec!["a.sch:2:33 C0252 warning: the schema declares no element `t:Prise`"],
        ),
        (
            "<rule context='t:Line'><assert test='t:Line'>x</assert></rule>",
            vec!["a.sch:2:33 C0252 warning: by the schema there is no `t:Line` in `t:Line`"],
        ),
        (
            "<rule context='t:Line'><assert test='@no'>x</assert></rule>",
            vec!["a.sch:2:33 C0252 warning: the schema declares no attribute `no` of `t:Line`"],
        ),
        (
            "<rule context='t:Line'><let name='p' value='t:Order'/><assert test='$p'>x</assert></rule>",
            vec!["a.sch:2:33 C0252 warning: by the schema there is no `t:Order` in `t:Line`"],
        ),
        (
            "<rule context='t:Order/t:Price'><assert test='x'>x</assert></rule>",
            vec![
                "a.sch:2:10 C0251 warning: the rule never fires: no document of the schema has a node that it meets",
                "a.sch:2:10 C0252 warning: by the schema there is no `t:Price` in `t:Order`",
            ],
        ),
        // A type may be another one by `xsi:type`, an attribute of XML Schema itself stands anywhere.
        ("<rule context='t:Line'><assert test='t:Note or @id'>x</assert></rule>", vec![]),
        (
            "<rule xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' context='t:Line'><assert test='@*'>x</assert></rule>",
            vec![],
        ),
        // What a wildcard lets in is not known, nor what is of another namespace.
        ("<rule context='t:Extra'><assert test='*/*'>x</assert></rule>", vec![]),
        ("<rule context='/other'><assert test='thing'>x</assert></rule>", vec![]),
    ] {
        let files = judged(SCHEMA, &format!("<pattern>{rules}</pattern>"));
        let (contract, findings) = lint(&files, &SchemaCache::default(), &LintOptions::default());
        assert!(contract.is_some(), "{rules}: {findings:?}");
        assert_eq!(shown(&findings), told, "{rules}");
    }
}

#[test]
fn rules_of_an_abstract_rule_are_told_where_they_hold_of_all() {
    let abstracts = "<rule abstract='true' id='A'><assert test='t:Price'>x</assert></rule>";
    let uses = |contexts: &[&str]| {
        let rules = contexts
            .iter()
            .map(|context| format!("<rule context='{context}'><extends rule='A'/></rule>"));
        let rules: String = rules.collect();
        let files = judged(SCHEMA, &format!("<pattern>{abstracts}{rules}</pattern>"));
        lint(&files, &SchemaCache::default(), &LintOptions::default()).1.len()
    };
    assert_eq!(uses(&["t:Order", "t:Line"]), 0);
    assert_eq!(uses(&["t:Order", "t:Price"]), 1);
}
