//! genericode and the format of VEFA.

use super::{super::*, columns, outcome};

const UNITS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<gc:CodeList xmlns:gc="http://docs.oasis-open.org/codelist/ns/genericode/1.0/">
  <Annotation><Description><Version>none</Version></Description></Annotation>
  <Identification>
    <ShortName>Units</ShortName>
    <LongName>Units of
       measure</LongName>
    <Version>3</Version>
    <CanonicalUri>urn:ex:units</CanonicalUri>
    <CanonicalVersionUri>urn:ex:units-3</CanonicalVersionUri>
    <Agency><ShortName>EX</ShortName><LongName>Example Agency</LongName></Agency>
  </Identification>
  <ColumnSet>
    <Column Id="c" Use="required"><ShortName>Code</ShortName><Data Type="token"/></Column>
    <Column Id="n" Use="optional"><ShortName>Name</ShortName><Data Type="string" Lang="en"/></Column>
    <Column Id="d" Use="optional"><ShortName>Navn</ShortName><Data Type="string"/></Column>
    <Column Id="u" Use="optional"><ShortName>Until</ShortName><Data Type="date"/></Column>
    <Key Id="k"><ShortName>CodeKey</ShortName><ColumnRef Ref="c"/></Key>
  </ColumnSet>
  <SimpleCodeList>
    <Row>
      <Value ColumnRef="c"><SimpleValue> KGM </SimpleValue></Value>
      <Value ColumnRef="d"><SimpleValue>kilogram &amp; mere</SimpleValue></Value>
    </Row>
    <Row><Value><SimpleValue>C62</SimpleValue></Value><Value><SimpleValue><![CDATA[one]]></SimpleValue></Value>
      <Value ColumnRef="u"><SimpleValue>2025-12-31</SimpleValue></Value></Row>
  </SimpleCodeList>
</gc:CodeList>"#;

#[test]
fn reads_columns_by_reference_and_by_their_place() {
    let about = "title Units of measure\nuri urn:ex:units\nversion 3\nagency EX\n";
    let plain = Reading::default();
    assert_eq!(outcome("units.gc", UNITS, &plain), format!("{about}C62 | en:one\nKGM\n"));
    let mut reading = Reading { columns: columns("c"), ..Reading::default() };
    reading.columns.names = vec![("da".to_owned(), "Navn".to_owned())];
    reading.columns.valid_until = Some("u".to_owned());
    assert_eq!(
        outcome("units.xml", UNITS, &reading),
        format!("{about}C62 | until 2025-12-31\nKGM | da:kilogram & mere\n")
    );
    // The lists of UBL 2.0 are of the version before.
    let old = UNITS.replace(
        "http://docs.oasis-open.org/codelist/ns/genericode/1.0/",
        "http://genericode.org/2006/ns/CodeList/0.4/",
    );
    assert_eq!(outcome("units.xml", &old, &plain), format!("{about}C62 | en:one\nKGM\n"));
}

#[test]
fn several_keys_are_chosen_from_by_name() {
    let keys = r#"<Key Id="k"><ShortName>CodeKey</ShortName><ColumnRef Ref="c"/></Key>"#;
    let two = UNITS.replace(keys, &format!(
        "{keys}<Key Id='both'><ShortName>Both</ShortName><ColumnRef Ref='c'/><ColumnRef Ref='n'/></Key>"
    ));
    let told = outcome("units.gc", &two, &Reading::default());
    assert_eq!(
        told,
        "units.gc:20:3 C0242 which column holds the codes is not said\n  \
         hint: `columns` of the code list names them; columns here: c, n, d, u\n"
            .replace(":20:3", ":20:1")
    );
    for (choice, codes) in
        [("CodeKey", Some(2)), ("k", Some(2)), ("Code", Some(2)), ("Both", None), ("x", None)]
    {
        let reading = Reading { columns: columns(choice), ..Reading::default() };
        let (list, findings) = read("units.gc", two.as_bytes(), &reading);
        assert_eq!(list.map(|list| list.code_count()), codes, "{choice}");
        assert!(findings.iter().all(|finding| finding.code == crate::code::CODE_COLUMN));
    }
    let without = UNITS.replace(keys, "");
    assert!(read("units.gc", without.as_bytes(), &Reading::default()).0.is_none());
}

#[test]
fn columns_that_are_not_there_are_told_by_name() {
    let first = |text: &str| {
        let told = outcome("units.gc", text, &Reading::default());
        told.lines().next().unwrap_or_default().to_owned()
    };
    let value = UNITS.replace("<Value ColumnRef=\"d\">", "<Value ColumnRef=\"dd\">");
    let told = first(&value);
    assert!(
        told.ends_with("C0241 a value is of the column `dd`, which the list does not declare"),
        "{told}"
    );
    let key = UNITS.replace("<ColumnRef Ref=\"c\"/>", "<ColumnRef Ref=\"code\"/>");
    let told = first(&key);
    assert!(
        told.ends_with("C0241 a key is of the column `code`, which the list does not declare"),
        "{told}"
    );
}

#[test]
fn tells_rows_without_a_code_and_files_that_are_no_list() {
    let row = "<Row><Value ColumnRef='n'><SimpleValue>x</SimpleValue></Value></Row>";
    let broken = UNITS.replace("  </SimpleCodeList>", &format!("{row}\n{row}\n</SimpleCodeList>"));
    let told = outcome("units.gc", &broken, &Reading::default());
    let lines: Vec<&str> = told.lines().filter(|line| line.starts_with("units.gc")).collect();
    assert_eq!(
        lines,
        ["units.gc:27:1 C0241 an entry has no code", "units.gc:28:1 C0241 an entry has no code",]
    );
    let namespace = "xmlns='http://docs.oasis-open.org/codelist/ns/genericode/1.0/'";
    for (text, told) in [
        (
            format!("<ColumnSet {namespace}/>"),
            "a.gc:1:1 C0241 the root element is not `CodeList` of genericode 1.0",
        ),
        (format!("<CodeList {namespace}/>"), "a.gc C0241 the list declares no columns"),
        (
            "<CodeList/>".to_owned(),
            "a.gc:1:1 C0241 the root element is not `CodeList` of genericode 1.0",
        ),
        ("<CodeList".to_owned(), "a.gc:1:1 C0241 a tag is not closed"),
        (String::new(), "a.gc:1:1 C0241 the document is empty"),
    ] {
        let shown = outcome("a.gc", &text, &Reading::default());
        assert_eq!(shown.lines().next(), Some(told), "{text}");
    }
}

#[test]
fn reads_the_format_that_openpeppol_publishes() {
    let text = r#"<CodeList xmlns="urn:fdc:difi.no:2017:vefa:structure:CodeList-1">
      <Title>Kinds</Title><Identifier>kinds</Identifier><Version>D.16B</Version><Agency>UN</Agency>
      <Code><Id>380</Id><Name>Invoice</Name><Description>An <b/> invoice</Description></Code>
      <Code><Id> 381 </Id><Name>Credit
           note</Name></Code>
      <Other><Id>9</Id></Other>
    </CodeList>"#;
    let about = "title Kinds\nuri kinds\nversion D.16B\nagency UN\n";
    let list = format!("{about}380 | :Invoice\n381 | :Credit note\n");
    assert_eq!(outcome("kinds.xml", text, &Reading::default()), list);
    let vefa = Reading { format: Some(ListFormat::Vefa), ..Reading::default() };
    assert_eq!(outcome("kinds", text, &vefa), list);
    assert_eq!(
        outcome("units", UNITS, &vefa).lines().next(),
        Some("units:2:1 C0241 the root element is not `CodeList` of the VEFA format")
    );
    let empty = text.replace("<Id>380</Id>", "");
    assert_eq!(
        outcome("kinds.xml", &empty, &vefa).lines().next(),
        Some("kinds.xml:3:1 C0241 an entry has no code")
    );
}
