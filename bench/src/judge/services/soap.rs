//! A service of SOAP, an envelope of 10 KB, and its body alone by the same schema.

use super::{
    ours,
    table::{self, Measuring, Row},
};
use crate::{Fault, setup};
use std::fs;

/// The request's header fields.
pub(super) const HEADERS: &[(&str, &str)] =
    &[("content-type", "text/xml; charset=utf-8"), ("soapaction", "\"urn:bench:orders:submit\"")];

const DESCRIBED: &str = r#"id         = "bench.services/orders"
version    = "1.0.0"
status     = "in-force"
title      = { en = "Orders of the bench" }
steward    = "bench.provider"
data-class = "open"
wsdl       = "orders.wsdl"
"#;

const DECLARED: &str = r#"id         = "bench.services/orders"
version    = "1.0.0"
status     = "in-force"
title      = { en = "Orders of the bench" }
steward    = "bench.provider"
data-class = "open"

[[operation]]
name     = "submit"
kind     = "one-way"
request  = { media-type = "application/xml", judge = [{ xsd = "orders.xsd" }] }
"#;

const SCHEMA: &str = include_str!("orders.xsd");
const WSDL: &str = include_str!("orders.wsdl");

const ENVELOPE_BYTES: usize = 10_000;
const COUNT: u64 = 6_000;

/// Measures an envelope, and its body alone.
pub(super) fn run() -> Result<Vec<Row>, Fault> {
    let folder = tempfile::tempdir()?;
    let (described, declared) = (folder.path().join("described"), folder.path().join("declared"));
    setup::write(&described.join("contract.toml"), DESCRIBED)?;
    setup::write(&described.join("orders.wsdl"), WSDL)?;
    setup::write(&described.join("orders.xsd"), SCHEMA)?;
    setup::write(&declared.join("contract.toml"), DECLARED)?;
    setup::write(&declared.join("orders.xsd"), SCHEMA)?;
    let mut rows = Vec::new();
    for (work, is_valid) in [("envelope, valid", true), ("envelope, invalid", false)] {
        let (envelope, body) = (folder.path().join("envelope.xml"), folder.path().join("body.xml"));
        let order = order(is_valid);
        fs::write(&envelope, enveloped(&order))?;
        fs::write(&body, &order)?;
        let ways: [Measuring<'_>; 2] = [
            (
                "Sluse, envelope",
                COUNT,
                Box::new(|| ours::in_process("soap", &described, &envelope, COUNT)),
            ),
            (
                "its body alone",
                COUNT,
                Box::new(|| ours::in_process("xml", &declared, &body, COUNT)),
            ),
        ];
        rows.extend(table::measure(work, fs::metadata(&envelope)?.len(), &ways)?);
    }
    Ok(rows)
}

fn enveloped(order: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:wsa="http://www.w3.org/2005/08/addressing">
  <soap:Header>
    <wsa:Action>urn:bench:orders:submit</wsa:Action>
    <wsa:MessageID>urn:uuid:b1946ac9-2492-4f3b-8f5e-000000000001</wsa:MessageID>
    <wsa:To>https://orders.example/submit</wsa:To>
    <o:sender xmlns:o="urn:bench:orders">
      <o:system>dk.permits/intake</o:system>
      <o:purpose>inspection</o:purpose>
    </o:sender>
  </soap:Header>
  <soap:Body>
{order}
  </soap:Body>
</soap:Envelope>
"#
    )
}

fn order(is_valid: bool) -> String {
    let mut text = String::from(
        r#"<o:order xmlns:o="urn:bench:orders" id="order-1" urgent="false">
      <o:number>2026-000001</o:number>
      <o:placed>2026-03-02T08:15:30Z</o:placed>
      <o:buyer kind="public">
        <o:name>Opfundet Kommune</o:name>
        <o:number>12345678</o:number>
        <o:address><o:street>Invented Road 1</o:street><o:postcode>2100</o:postcode><o:country>DK</o:country></o:address>
      </o:buyer>
"#,
    );
    let mut number = 1;
    while text.len() < ENVELOPE_BYTES - 1_300 {
        let unit = if !is_valid && number % 8 == 4 { "none" } else { "H87" };
        text.push_str(&format!(
            r#"      <o:line number="{number}">
        <o:item code="A-{number:04}">Item of an invented order</o:item>
        <o:quantity unit="{unit}">{number}.50</o:quantity>
        <o:price currency="DKK">{}.25</o:price>
        <o:due>2026-04-{:02}</o:due>
      </o:line>
"#,
            number * 100,
            number % 28 + 1,
        ));
        number += 1;
    }
    text.push_str("    </o:order>");
    text
}
