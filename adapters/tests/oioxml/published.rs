//! The published documents, both ways.

use crate::{
    fields::{Element, Fields, differences, hundredths},
    judge::Contracts,
    translate::{Translation, shared},
};
use sluse_adapters::mapping::Way;
use std::{fs, path::Path};

/// Every published document, by its path: those of the format, and those of the exchange that carries them.
fn documents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    folders.extend(shared("corpora/nemhandel-rasp/messages"));
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if name.starts_with("OIOXML_") && name.ends_with(".xml") {
                found.push((path.display().to_string(), fs::read(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// What a seller, buyer or item number is in OIOUBL.
fn number(number: &str, scheme: &str) -> (String, String) {
    match scheme {
        "EAN" => (number.to_owned(), "GLN".to_owned()),
        "CVR" => (format!("DK{number}"), "DK:CVR".to_owned()),
        "CPR" => (number.to_owned(), "DK:CPR".to_owned()),
        other => panic!("no scheme of the published documents: {other}"),
    }
}

/// A value, unless it is what OIOXML says where nothing is known.
fn known(value: String) -> String {
    let unknown = ["n/a", "null", "0001-01-01"].contains(&&*value);
    if unknown { String::new() } else { value }
}

/// Values that stand here in OIOXML and there in OIOUBL, as they are.
fn same(from: Element<'_>, to: Element<'_>, pairs: &[(&str, &str)]) {
    for (here, there) in pairs {
        assert_eq!(to.get(there), known(from.get(here)), "{here} {there}");
    }
}

fn head(from: Element<'_>, to: Element<'_>) {
    let (customer, supplier) = ("AccountingCustomerParty/Party", "AccountingSupplierParty/Party");
    same(
        from,
        to,
        &[
            ("ID", "ID"),
            ("IssueDate", "IssueDate"),
            ("InvoiceCurrencyCode", "DocumentCurrencyCode"),
            ("Note", "Note"),
            ("ReferencedOrder/BuyersOrderID", "OrderReference/ID"),
            ("ReferencedOrder/IssueDate", "OrderReference/IssueDate"),
            ("BuyerParty/AccountCode", "AccountingCost"),
            ("PaymentMeans/PaymentDueDate", "PaymentMeans/PaymentDueDate"),
            ("PaymentMeans/PayeeFinancialAccount/ID", "PaymentMeans/PayeeFinancialAccount/ID"),
            (
                "PaymentMeans/PayeeFinancialAccount/FiBranch/ID",
                "PaymentMeans/PayeeFinancialAccount/FinancialInstitutionBranch/ID",
            ),
            (
                "PaymentMeans/PaymentAdvice/AccountToAccount/PayerNote",
                "PaymentMeans/PayeeFinancialAccount/PaymentNote",
            ),
        ],
    );
    let endpoint = |party: &str| {
        (to.get(&format!("{party}/EndpointID")), to.get(&format!("{party}/EndpointID@schemeID")))
    };
    let buyer = number(&from.get("BuyersReferenceID"), &from.get("BuyersReferenceID@schemeID"));
    assert_eq!(endpoint(customer), buyer);
    let seller = number(&from.get("SellerParty/ID"), &from.get("SellerParty/ID@schemeID"));
    assert_eq!(endpoint(supplier), seller);
    assert_eq!(to.get(&format!("{supplier}/PartyLegalEntity/CompanyID")), seller.0);
    assert_eq!(to.get(&format!("{supplier}/PartyTaxScheme/CompanyID")), seller.0);
    for (party, there) in [("BuyerParty", customer), ("SellerParty", supplier)] {
        let contact = if party == "BuyerParty" { "BuyerContact" } else { "OrderContact" };
        let (from, to) = (from.all(party)[0], to.all(there)[0]);
        same(
            from,
            to,
            &[
                ("PartyName/Name", "PartyName/Name"),
                ("Address/Street", "PostalAddress/StreetName"),
                ("Address/HouseNumber", "PostalAddress/BuildingNumber"),
                ("Address/CityName", "PostalAddress/CityName"),
                ("Address/PostalZone", "PostalAddress/PostalZone"),
                ("Address/Country/Code", "PostalAddress/Country/IdentificationCode"),
            ],
        );
        for (here, there) in
            [("Name", "Name"), ("Phone", "Telephone"), ("E-Mail", "ElectronicMail")]
        {
            same(from, to, &[(&format!("{contact}/{here}"), &format!("Contact/{there}"))]);
        }
    }
}

/// Amounts of OIOUBL add up, and are those of OIOXML.
fn totals(from: Element<'_>, to: Element<'_>, lines: &str) {
    let amount = |element: Element<'_>, path: &str| hundredths(&element.get(path)).abs();
    let payable = amount(from, "LegalTotals/ToBePaidTotalAmount");
    let tax = amount(from, "TaxTotal/TaxAmounts/TaxAmount");
    assert_eq!(amount(to, "LegalMonetaryTotal/PayableAmount"), payable);
    assert_eq!(amount(to, "LegalMonetaryTotal/TaxInclusiveAmount"), payable);
    assert_eq!(amount(to, "LegalMonetaryTotal/TaxExclusiveAmount"), tax);
    assert_eq!(amount(to, "TaxTotal/TaxAmount"), tax);
    assert_eq!(amount(to, "TaxTotal/TaxSubtotal/TaxAmount"), tax);
    assert_eq!(amount(to, "LegalMonetaryTotal/LineExtensionAmount"), payable - tax);
    assert_eq!(amount(to, "TaxTotal/TaxSubtotal/TaxableAmount"), payable - tax);
    let of_lines =
        |path: &str| to.all(lines).into_iter().map(|line| amount(line, path)).sum::<i64>();
    assert_eq!(of_lines("LineExtensionAmount"), payable - tax);
    assert_eq!(of_lines("TaxTotal/TaxAmount"), tax);
    assert_eq!(to.get("LegalMonetaryTotal/PayableAmount@currencyID"), "DKK");
}

fn lines(from: Element<'_>, to: Element<'_>, lines: &str, quantity: &str) {
    let (here, there) = (from.all("InvoiceLine"), to.all(lines));
    assert!(here.len() == there.len() && !here.is_empty());
    for (from, to) in here.into_iter().zip(there) {
        let delivered = "Delivery/ActualDeliveryDate";
        let requested =
            "ReferencedOrderLine/DeliveryRequirement/DeliverySchedule/RequestedDeliveryDateTime";
        same(
            from,
            to,
            &[
                ("ID", "ID"),
                ("InvoicedQuantity", quantity),
                ("InvoicedQuantity@unitCode", &format!("{quantity}@unitCode")),
                ("LineExtensionAmount", "LineExtensionAmount"),
                ("Item/Description", "Item/Name"),
                ("Item/ID", "Item/StandardItemIdentification/ID"),
                ("Item/SellersItemIdentification/ID", "Item/SellersItemIdentification/ID"),
                ("BasePrice/PriceAmount", "Price/PriceAmount"),
                ("BasePrice/BaseQuantity", "Price/BaseQuantity"),
                (requested, delivered),
            ],
        );
        assert_eq!(to.get("Item/StandardItemIdentification/ID@schemeID"), "GTIN");
    }
}

/// The picture of an invoice that was read from paper, byte for byte.
fn picture(from: Element<'_>, to: Element<'_>) {
    let plain = |text: String| text.split_whitespace().collect::<String>();
    let object = "AdditionalDocumentReference/Attachment/EmbeddedDocumentBinaryObject";
    assert_eq!(plain(to.get(object)), plain(from.get("EncodedDocument")));
    let maker = "AdditionalDocumentReference/IssuerParty/PartyIdentification/ID";
    assert_eq!(to.get(maker), from.get("EncodedDocument@agencyID"));
}

#[test]
fn published_documents_become_clean_oioubl_with_every_field_in_its_place() {
    let Some(valid) = shared("corpora/oioxml-0.7/valid") else { return };
    let Some(rules) = shared("corpora/oioubl-2.1") else { return };
    let contracts = Contracts::oioubl(&rules);
    let translation = Translation::shipped();
    let documents = documents(&valid);
    assert!(!documents.is_empty());
    for (name, bytes) in documents {
        println!("{name}");
        let done = translation.run(Way::Forward, &bytes).unwrap();
        assert_eq!(done.lost, [""; 0], "{name}");
        let (source, result) = (Fields::of(&bytes), Fields::of(&done.bytes));
        let (from, to) = (source.root(), result.root());
        let kind = from.get("TypeCode");
        let (root, contract, line, quantity) = match kind.as_str() {
            "PIE" | "PIP" => ("Invoice", "invoice", "InvoiceLine", "InvoicedQuantity"),
            _ => ("CreditNote", "credit-note", "CreditNoteLine", "CreditedQuantity"),
        };
        assert_eq!(to.name(), root);
        assert_eq!(contracts.violations(contract, &done.bytes), [""; 0], "{name}");
        head(from, to);
        totals(from, to, line);
        match kind.as_str() {
            "PIE" | "PCM" => lines(from, to, line, quantity),
            _ => picture(from, to),
        }
    }
}

#[test]
fn what_went_there_comes_back_as_it_was() {
    let Some(folder) = shared("corpora/oioxml-0.7") else { return };
    let names = ["invoice", "credit-note"];
    let contracts = Contracts::oioxml(&folder);
    let translation = Translation::shipped();
    // Where schemas are says nothing of the invoice.
    let leaves = ["/@schemaLocation"];
    for (name, bytes) in documents(&folder.join("valid")) {
        let there = translation.run(Way::Forward, &bytes).unwrap();
        let back = translation.run(Way::Reverse, &there.bytes).unwrap();
        assert_eq!(back.lost, [""; 0], "{name}");
        let (source, result) = (Fields::of(&bytes), Fields::of(&back.bytes));
        let kind = source.root().get("TypeCode");
        let contract = if kind.starts_with("PI") { names[0] } else { names[1] };
        assert_eq!(contracts.violations(contract, &back.bytes), [""; 0], "{name}");
        if kind == "PIE" || kind == "PCM" {
            let values = |fields: &Fields| {
                let mut values = fields.values();
                values.retain(|(path, _), _| !leaves.iter().any(|leaf| path.ends_with(leaf)));
                values
            };
            let differences = differences(&values(&result), &values(&source));
            assert_eq!(differences, [""; 0], "{name}");
        }
    }
}

#[test]
fn the_published_oioubl_invoice_comes_back_as_its_publisher_brought_it_back() {
    let Some(oioubl) = shared("corpora/oioubl-2.1/examples/OIOUBL_Invoice_v2p2.xml") else {
        return;
    };
    let Some(oioxml) = shared("corpora/oioxml-0.7/valid/OIOXML_Invoice_v0.7.xml") else { return };
    let done = Translation::shipped().run(Way::Reverse, &fs::read(oioubl).unwrap()).unwrap();
    assert_eq!(done.lost, [""; 0]);
    let values = |bytes: &[u8]| Fields::of(bytes).values();
    let published = values(&fs::read(oioxml).unwrap());
    // The publisher forgot the numbers of the order lines, and said in a note what had done it.
    insta::assert_snapshot!(differences(&values(&done.bytes), &published).join("\n"), @"
    + /Invoice/InvoiceLine/ReferencedOrderLine/BuyersID 1
    + /Invoice/InvoiceLine/ReferencedOrderLine/BuyersID 2
    - /Invoice/@schemaLocation http://rep.oio.dk/ubl/xml/schemas/0p71/pie/ http://rep.oio.dk/ubl/xml/schemas/0p71/pie/pieStrict.xsd
    - /Invoice/InvoiceLine/ReferencedOrderLine/BuyersID n/a
    - /Invoice/Note [Bemærk:dettedokumenterautomatiskkonverteretfraOIOUBLtilOIOXML,jf.http://www.oioubl.info/oioubltools/da/oioubltools.html(v01p11).]
    ");
}

#[test]
fn published_documents_with_faults_are_told_apart() {
    let Some(invalid) = shared("corpora/oioxml-0.7/invalid") else { return };
    let translation = Translation::shipped();
    let of = |name: &str| {
        let bytes = fs::read(invalid.join(name)).unwrap();
        translation.run(Way::Forward, &bytes).map(|done| (done.lost, done.bytes))
    };
    // One that is not well-formed gives nothing but its fault, with the place.
    let broken = of("OIOXML_Invoice_v0.7.xml").unwrap_err();
    insta::assert_snapshot!(broken, @"V0101 an end tag does not close the element that is open (byte 2094)");
    // What is not carried is told by name and place, and nothing else is.
    let (lost, _) = of("OIOXML_Invoice_Invalid_EanNumber_v0.7.xml").unwrap();
    insta::assert_snapshot!(lost.join("\n"), @r"
    pie:Invoice/com:DestinationParty/com:ID/@schemeID (byte 1393)
    pie:Invoice/com:DestinationParty/com:ID (byte 1408)
    pie:Invoice/com:DestinationParty/com:PartyName/com:Name (byte 1444)
    pie:Invoice/com:DestinationParty/com:Address/com:ID/@schemeID (byte 1528)
    pie:Invoice/com:DestinationParty/com:Address/com:ID (byte 1543)
    pie:Invoice/com:DestinationParty/com:Address/com:Street (byte 1560)
    pie:Invoice/com:DestinationParty/com:Address/com:CityName (byte 1597)
    pie:Invoice/com:DestinationParty/com:Address/com:PostalZone (byte 1639)
    pie:Invoice/com:DestinationParty/com:Address/com:Country/com:Code (byte 1700)
    pie:Invoice/com:SellerParty/com:ID/@schemeID (byte 1818)
    pie:Invoice/com:SellerParty/com:ID (byte 1833)
    pie:Invoice/com:PaymentTerms/com:ID (byte 3183)
    pie:Invoice/com:PaymentTerms/com:RateAmount/@currencyID (byte 3228)
    pie:Invoice/com:PaymentTerms/com:RateAmount (byte 3245)
    pie:Invoice/com:PaymentTerms/com:SettlementDiscountRateNumeric (byte 3269)
    pie:Invoice/com:PaymentTerms/com:PenaltySurchargeRateNumeric (byte 3348)
    pie:Invoice/com:PaymentTerms/com:SettlementPeriod/com:EndDateTimeDate (byte 3450)
    pie:Invoice/com:PaymentTerms/com:PenaltyPeriod/com:StartDateTime (byte 3558)
    ");
}
