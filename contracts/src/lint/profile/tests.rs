//! Schemas under each profile.

use crate::{
    ContractFiles, SchemaCache,
    lint::{Entry, LintOptions, lint, lint_entry},
    manifest::{FILE, Profile},
};

fn schema(namespace: &str, body: &str) -> String {
    let target = if namespace.is_empty() {
        String::new()
    } else {
        format!(" targetNamespace='{namespace}' xmlns='{namespace}'")
    };
    format!("<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'{target} {body}</xs:schema>")
}

fn found(path: &str, text: String, profile: Profile) -> Vec<String> {
    let mut files = ContractFiles::new("");
    files.add(path, text);
    let entry = Entry::named(path, files).unwrap();
    let findings = lint_entry(&entry, &SchemaCache::new(), profile);
    findings.iter().map(|each| format!("{} {}", each.code, each.sentence)).collect()
}

#[test]
fn danish_schemas_have_a_versioned_namespace_and_named_types() {
    let sound = "elementFormDefault='qualified'><xs:element name='Person' type='PersonType'/>\
                 <xs:complexType name='PersonType'><xs:sequence/></xs:complexType>";
    for namespace in [
        "http://rep.oio.dk/cpr.dk/xml/schemas/core/2005/03/18/",
        "http://rep.oio.dk/itst.dk/xml/schemas/2006/01/17",
        "urn:oio:sagdok:3.0.0",
    ] {
        assert_eq!(found("a.xsd", schema(namespace, sound), Profile::Oio), [""; 0], "{namespace}");
    }
    for namespace in [
        "urn:oio:sagdok",
        "urn:oio:sagdok:3",
        "http://rep.oio.dk/cpr.dk/xml/schemas/",
        "http://rep.oio.dk/cpr.dk/xml/schemas/core/2005/13/18/",
        "http://rep.oio.dk/cpr.dk/xml/schemas/core/2005/00/18/",
        "http://rep.oio.dk/cpr.dk/xml/schemas/core/2005/02/30/",
        "http://rep.oio.dk/cpr.dk/xml/schemas/core/2005/2/28/",
        "http://example.dk/2005/03/18/",
    ] {
        let found = found("a.xsd", schema(namespace, sound), Profile::Oio);
        assert!(
            found.len() == 1 && found[0].starts_with("C0259 the namespace `"),
            "{namespace}: {found:?}"
        );
    }
    let broken = "><xs:element name='person'><xs:complexType/></xs:element><xs:simpleType name='Code'>\
                  <xs:restriction base='xs:string'/></xs:simpleType>";
    assert_eq!(
        found("a.xsd", schema("", broken), Profile::Oio),
        [
            "C0259 the schema has no target namespace (profile oio)",
            "C0259 `elementFormDefault` is not `qualified` (profile oio)",
            "C0259 `person` is not in UpperCamelCase (profile oio)",
            "C0259 the type of the element `person` has no name (profile oio)",
            "C0259 the type `Code` does not end in `Type` (profile oio)",
        ]
    );
    assert_eq!(found("a.xsd", schema("", broken), Profile::Plain), [""; 0]);
}

#[test]
fn norwegian_schemas_have_their_major_version_in_the_namespace() {
    let said = |path: &str, namespace: &str| {
        let told = found(path, schema(namespace, ">"), Profile::No);
        told.into_iter().next().unwrap_or_default()
    };
    for (path, namespace) in [
        ("no.ks.fiks.v2.sak.xsd", "https://ks-no.github.io/standarder/sak/v2"),
        ("sak.xsd", "urn:no:skatteetaten:skattemelding:ekstern:v14"),
        ("sak.xsd", "http://nav.no/tjeneste/person/v3/meldinger"),
        ("sak.xsd", "no:skatteetaten:mva:v1.0"),
    ] {
        assert_eq!(said(path, namespace), "", "{path} {namespace}");
    }
    assert_eq!(said("a.xsd", ""), "C0259 the schema has no target namespace (profile no)");
    assert_eq!(
        said("a.xsd", "http://example.no/sak"),
        "C0259 the namespace `http://example.no/sak` has no version as a part of its own, as in `v2` (profile no)"
    );
    assert_eq!(
        said("no.ks.v1.sak.xsd", "https://ks-no.github.io/sak/v2"),
        "C0259 the file's name says v1, and the namespace v2 (profile no)"
    );
}

#[test]
fn the_contract_and_its_description_state_one_version() {
    let said = |version: &str, stated: &str| {
        let mut files = ContractFiles::new("");
        let manifest = format!(
            "id = 'x/a'\nversion = '{version}'\nstatus = 'draft'\ntitle = {{ en = 'A' }}\nopenapi = 'a.yaml'\n"
        );
        files.add(FILE, manifest);
        let paths = "paths:\n  /a:\n    get:\n      responses:\n        '204': {description: d}\n";
        files.add(
            "a.yaml",
            format!("openapi: 3.1.0\ninfo: {{title: A, version: '{stated}'}}\n{paths}"),
        );
        let (contract, findings) = lint(&files, &SchemaCache::new(), &LintOptions::default());
        assert!(contract.is_some(), "{findings:?}");
        findings.iter().map(|each| format!("{} {}", each.code, each.sentence)).collect::<Vec<_>>()
    };
    for (version, stated) in [
        ("1.2.0", "1.2.0"),
        ("1.2.0", "1.2"),
        ("1.2.0", "v1"),
        ("1.2.0", "spring 2026"),
        ("1.2.0", "1.2.0+7"),
    ] {
        assert_eq!(said(version, stated), [""; 0], "{version} {stated}");
    }
    for (version, stated) in [("1.2.0", "1.3.0"), ("1.2.0", "2"), ("1.2.0", "1.2.0-draft")] {
        let told =
            format!("C0258 the contract's version is {version}, and its description's is {stated}");
        assert_eq!(said(version, stated), [told]);
    }
}

#[test]
fn a_manifest_names_the_profile_and_the_command_goes_before_it() {
    let mut files = ContractFiles::new("");
    let manifest = "id = 'x/a'\nversion = '3.0.0'\nstatus = 'draft'\nprofile = 'no'\ntitle = { en = 'A' }\n\
                    [[operation]]\nname = 'send'\nkind = 'two-way'\nrequest = { judge = [{ xsd = 'a.xsd' }] }\n";
    files.add(FILE, manifest);
    files.add("a.xsd", schema("http://example.no/sak/v2", "><xs:element name='sak'/>"));
    let said = |profile| {
        let (_, findings) =
            lint(&files, &SchemaCache::new(), &LintOptions { profile, ..LintOptions::default() });
        findings.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let all = [
        "contract.toml C0254 warning: no schema judges the answers of the operation `send`: they are judged for form alone",
        "contract.toml:9:30 C0258 warning: the contract's version is 3.0.0, and the schema's namespace `http://example.no/sak/v2` says v2",
    ];
    assert_eq!(said(None), all);
    let oio = said(Some(Profile::Oio));
    assert!(oio.iter().any(|each| each.contains("(profile oio)")), "{oio:?}");
}
