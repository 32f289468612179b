//! What the published documents do not have: other ways of paying, several rates, allowances; and what is refused.

use crate::{
    fields::{Fields, differences, hundredths},
    judge::Contracts,
    translate::{Translation, shared},
};
use sluse_adapters::mapping::Way;

const INVOICE: &str = r#"<Invoice xmlns="http://rep.oio.dk/ubl/xml/schemas/0p71/pie/" xmlns:c="http://rep.oio.dk/ubl/xml/schemas/0p71/common/" xmlns:m="http://rep.oio.dk/ubl/xml/schemas/0p71/maindoc/">
<c:ID>7</c:ID><c:IssueDate>2009-02-28</c:IssueDate><c:TypeCode>PIE</c:TypeCode><m:InvoiceCurrencyCode>DKK</m:InvoiceCurrencyCode>
<c:BuyersReferenceID schemeID="EAN">5790000000012</c:BuyersReferenceID>
<c:ReferencedOrder><c:BuyersOrderID>n/a</c:BuyersOrderID><c:IssueDate>2009-02-01</c:IssueDate></c:ReferencedOrder>
<c:BuyerParty><c:ID schemeID="EAN">5790000000012</c:ID><c:BuyerContact><c:ID>n/a</c:ID></c:BuyerContact></c:BuyerParty>
<c:SellerParty><c:ID schemeID="CVR">12345678</c:ID><c:PartyTaxScheme><c:CompanyTaxID schemeID="CVR">12345678</c:CompanyTaxID></c:PartyTaxScheme></c:SellerParty>
PAYMENT
<c:TaxTotal><c:TaxTypeCode>VAT</c:TaxTypeCode><c:TaxAmounts><c:TaxableAmount currencyID="DKK">100.00</c:TaxableAmount><c:TaxAmount currencyID="DKK">25.00</c:TaxAmount></c:TaxAmounts><c:CategoryTotal><c:RateCategoryCodeID>VAT</c:RateCategoryCodeID><c:RatePercentNumeric>25</c:RatePercentNumeric><c:TaxAmounts><c:TaxableAmount currencyID="DKK">100.00</c:TaxableAmount><c:TaxAmount currencyID="DKK">25.00</c:TaxAmount></c:TaxAmounts></c:CategoryTotal></c:TaxTotal>
<c:LegalTotals><c:LineExtensionTotalAmount currencyID="DKK">100.00</c:LineExtensionTotalAmount><c:ToBePaidTotalAmount currencyID="DKK">125.00</c:ToBePaidTotalAmount></c:LegalTotals>
<c:InvoiceLine><c:ID>1</c:ID><c:InvoicedQuantity unitCode="HUR" unitCodeListAgencyID="n/a">2</c:InvoicedQuantity><c:LineExtensionAmount currencyID="DKK">100.00</c:LineExtensionAmount><c:Item><c:ID schemeID="n/a">n/a</c:ID><c:Description>Rengøring</c:Description></c:Item><c:BasePrice><c:PriceAmount currencyID="DKK">50.00</c:PriceAmount></c:BasePrice></c:InvoiceLine>
</Invoice>"#;

const TRANSFER: &str = "<c:PaymentMeans><c:TypeCodeID>null</c:TypeCodeID><c:PaymentDueDate>2009-03-30</c:PaymentDueDate><c:PaymentChannelCode>KONTOOVERFØRSEL</c:PaymentChannelCode><c:PayeeFinancialAccount><c:ID>12345678</c:ID><c:TypeCode>BANK</c:TypeCode><c:FiBranch><c:ID>1234</c:ID><c:FinancialInstitution><c:ID>null</c:ID></c:FinancialInstitution></c:FiBranch></c:PayeeFinancialAccount></c:PaymentMeans>";

/// A way of paying by a slip.
fn slip(kind: &str, number: &str, more: &str) -> String {
    format!(
        "<c:PaymentMeans><c:TypeCodeID>{kind}</c:TypeCodeID><c:PaymentDueDate>2009-03-30</c:PaymentDueDate>\
         <c:PaymentChannelCode>INDBETALINGSKORT</c:PaymentChannelCode>{number}{more}</c:PaymentMeans>"
    )
}

fn number(number: &str) -> String {
    format!("<c:PaymentID>{number}</c:PaymentID>")
}

const CREDITOR: &str = "<c:JointPaymentID>87654321</c:JointPaymentID>";
const ADVICE: &str =
    "<c:PaymentAdvice><c:LongAdvice>Tak for ordren</c:LongAdvice></c:PaymentAdvice>";
const GIRO: &str = "<c:PayeeFinancialAccount><c:ID>1234567</c:ID><c:TypeCode>GIRO</c:TypeCode><c:FiBranch><c:ID>null</c:ID><c:FinancialInstitution><c:ID>null</c:ID></c:FinancialInstitution></c:FiBranch></c:PayeeFinancialAccount>";

/// An invoice without tax on its second line.
fn two_rates() -> String {
    let (first, second) = (
        "<c:Tax><c:RateCategoryCodeID>VAT</c:RateCategoryCodeID><c:TypeCode>VAT</c:TypeCode><c:RatePercentNumeric>25</c:RatePercentNumeric></c:Tax>",
        "<c:Tax><c:RateCategoryCodeID>ZERO-RATED</c:RateCategoryCodeID><c:TypeCode>VAT</c:TypeCode><c:RatePercentNumeric>0</c:RatePercentNumeric></c:Tax>",
    );
    let line = INVOICE.lines().find(|line| line.starts_with("<c:InvoiceLine>")).unwrap();
    let other =
        line.replace("<c:ID>1<", "<c:ID>2<").replace("</c:Item>", &format!("{second}</c:Item>"));
    let own = line.replace("</c:Item>", &format!("{first}</c:Item>"));
    let tax = INVOICE.lines().find(|line| line.starts_with("<c:TaxTotal>")).unwrap();
    let zero = tax.replace(">25", ">0").replace(">VAT<", ">ZERO-RATED<");
    INVOICE
        .replace(line, &format!("{own}{other}"))
        .replace(tax, &format!("{tax}{zero}"))
        .replace("TotalAmount currencyID=\"DKK\">100.00", "TotalAmount currencyID=\"DKK\">200.00")
        .replace(">125.00<", ">225.00<")
        .replace("PAYMENT", TRANSFER)
}

/// An invoice with freight added and a rebate taken off.
fn allowances() -> String {
    let allowance = |id: &str, charge: &str, amount: &str| {
        format!(
            "<c:AllowanceCharge><c:ID>{id}</c:ID><c:ChargeIndicator>{charge}</c:ChargeIndicator><c:AllowanceChargeAmount currencyID=\"DKK\">{amount}</c:AllowanceChargeAmount></c:AllowanceCharge>"
        )
    };
    let both = [allowance("Fragt", "true", "30.00"), allowance("Rabat", "false", "10.00")].concat();
    INVOICE
        .replace("PAYMENT", &format!("{TRANSFER}{both}"))
        .replace(
            "TaxableAmount currencyID=\"DKK\">100.00",
            "TaxableAmount currencyID=\"DKK\">120.00",
        )
        .replace("TaxAmount currencyID=\"DKK\">25.00", "TaxAmount currencyID=\"DKK\">30.00")
        .replace(">125.00<", ">150.00<")
}

/// An invoice whose seller numbers his items himself.
fn own_numbers() -> String {
    let own = "<c:SellersItemIdentification><c:ID schemeID=\"n/a\">20-11</c:ID><c:Description>Gulve</c:Description></c:SellersItemIdentification>";
    INVOICE
        .replace("PAYMENT", "")
        .replace("<c:ID schemeID=\"n/a\">n/a<", "<c:ID schemeID=\"n/a\">20-11<")
        .replace("</c:Description></c:Item>", &format!("</c:Description>{own}</c:Item>"))
}

/// Each document, and what it is about.
fn documents() -> Vec<(&'static str, String)> {
    let paying = |payment: &str| INVOICE.replace("PAYMENT", payment);
    let foreign = TRANSFER
        .replace(">12345678<", ">DK5000400440116243<")
        .replace(">BANK<", ">IBAN<")
        .replace(">1234<", ">null<")
        .replace("Institution><c:ID>null", "Institution><c:ID>DABADKKK");
    vec![
        ("nothing", paying("")),
        ("transfer", paying(TRANSFER)),
        ("iban", paying(&foreign)),
        ("71", paying(&slip("71", &number("123456789012345"), CREDITOR))),
        ("73", paying(&slip("73", "", &format!("{CREDITOR}{ADVICE}")))),
        ("75", paying(&slip("75", &number("1234567890123456"), &format!("{CREDITOR}{ADVICE}")))),
        ("01", paying(&slip("01", "", GIRO))),
        ("04", paying(&slip("04", &number("1234567890123456"), GIRO))),
        ("15", paying(&slip("15", &number("1234567890123456"), GIRO))),
        ("two rates", two_rates()),
        ("allowances", allowances()),
        ("numbers of no list", own_numbers()),
    ]
}

#[test]
fn each_way_of_paying_each_rate_and_each_allowance_is_clean_and_comes_back() {
    let Some(rules) = shared("corpora/oioubl-2.1") else { return };
    let Some(legacy) = shared("corpora/oioxml-0.7") else { return };
    let contracts = Contracts::oioubl(&rules);
    let back = Contracts::oioxml(&legacy);
    let translation = Translation::shipped();
    for (name, document) in documents() {
        println!("{name}");
        let done = translation.run(Way::Forward, document.as_bytes()).unwrap();
        assert_eq!(done.lost, [""; 0], "{name}");
        assert_eq!(contracts.violations("invoice", &done.bytes), [""; 0], "{name}");
        let again = translation.run(Way::Reverse, &done.bytes).unwrap();
        assert_eq!(again.lost, [""; 0], "{name}");
        assert_eq!(back.violations("invoice", &again.bytes), [""; 0], "{name}");
        let values = |bytes: &[u8]| Fields::of(bytes).values();
        let differences = differences(&values(&again.bytes), &values(document.as_bytes()));
        assert_eq!(differences, [""; 0], "{name}");
    }
}

#[test]
fn taxes_of_several_rates_and_allowances_add_up() {
    let translation = Translation::shipped();
    let of = |document: String, path: &str| {
        let done = translation.run(Way::Forward, document.as_bytes()).unwrap();
        Fields::of(&done.bytes).root().get(path)
    };
    assert_eq!(of(two_rates(), "TaxTotal/TaxAmount"), "25.00");
    assert_eq!(of(two_rates(), "LegalMonetaryTotal/TaxInclusiveAmount"), "225.00");
    assert_eq!(hundredths(&of(allowances(), "LegalMonetaryTotal/AllowanceTotalAmount")), 1_000);
    assert_eq!(hundredths(&of(allowances(), "LegalMonetaryTotal/ChargeTotalAmount")), 3_000);
    let odd = INVOICE.replace("PAYMENT", "").replace(
        "Amount currencyID=\"DKK\">100.00</c:LineE",
        "Amount currencyID=\"DKK\">100.10</c:LineE",
    );
    // 25.025 is rounded to 25.03.
    assert_eq!(of(odd, "InvoiceLine/TaxTotal/TaxAmount"), "25.03");
}

#[test]
fn what_the_mapping_does_not_know_is_told_and_nothing_is_guessed() {
    let translation = Translation::shipped();
    let lost = |document: &str| {
        translation.run(Way::Forward, document.as_bytes()).map(|done| done.lost.join("\n"))
    };
    let clearing =
        INVOICE.replace("PAYMENT", &TRANSFER.replace("KONTOOVERFØRSEL", "NATIONAL CLEARING"));
    assert!(lost(&clearing).unwrap().contains("com:PaymentMeans/com:PaymentChannelCode"));
    let buyer = INVOICE.lines().find(|line| line.starts_with("<c:BuyerParty>")).unwrap();
    let two = INVOICE.replace("PAYMENT", "").replace(buyer, &buyer.repeat(2));
    assert!(lost(&two).unwrap().contains("com:BuyerParty/com:ID"), "{:?}", lost(&two));
    let rate = INVOICE.replace("PAYMENT", "").replace("CodeID>VAT<", "CodeID>canary<");
    let fault = lost(&rate).unwrap_err();
    assert!(fault.starts_with("V0951") && !fault.contains("canary"), "{fault}");
    let amount = INVOICE.replace("PAYMENT", "").replace(">125.00<", ">125,00<");
    assert!(lost(&amount).unwrap_err().starts_with("V0952"));
    let other = INVOICE.replace("0p71/pie/", "0p71/pix/");
    assert!(lost(&other).unwrap_err().starts_with("V0903"));
}
