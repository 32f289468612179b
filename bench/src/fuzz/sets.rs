//! What is mutated: schemas, rule sets, and the documents that they are for.

/// A contract's parts, as paths below the folder of corpora; `@` stands for the folder of `differential`.
#[derive(Debug)]
pub(super) struct Set {
    pub(super) name: &'static str,
    pub(super) schema: Option<&'static str>,
    pub(super) rules: &'static [&'static str],
    /// Where there are none they are invented.
    pub(super) documents: &'static [&'static str],
    /// Local names of document elements that are taken.
    pub(super) roots: &'static [&'static str],
    /// How often its schemas and rules are mutated beside others: more where they are read sooner.
    pub(super) weight: u64,
}

impl Set {
    /// Whether it is a JSON Schema or a description in OpenAPI.
    pub(super) fn is_json(&self) -> bool {
        self.schema.is_some_and(|path| path.ends_with(".json"))
    }
}

const CII: &str = "en16931/cii/schema/D16B SCRDM (Subset)/uncoupled clm/CII/uncefact/data/standard/CrossIndustryInvoice_100pD16B.xsd";
const OIOUBL: &[&str] = &["oioubl-2.1/examples", "oioubl-2.1/scenarios-2.02"];
const PEPPOL_UBL: &[&str] = &[
    "peppol-bis-billing3/examples",
    "peppol-bis-billing3/unit-UBL-PEPPOL",
    "peppol-bis-billing3/unit-UBL-DK",
    "peppol-bis-billing3/unit-UBL-NO",
];

const fn oioubl(
    name: &'static str,
    schema: &'static str,
    rules: &'static [&'static str],
    roots: &'static [&'static str],
) -> Set {
    Set { name, schema: Some(schema), rules, documents: OIOUBL, roots, weight: 1 }
}

const fn json(
    name: &'static str,
    schema: &'static str,
    documents: &'static [&'static str],
    weight: u64,
) -> Set {
    Set { name, schema: Some(schema), rules: &[], documents, roots: &[], weight }
}

/// All sets.
pub(super) const SETS: &[Set] = &[
    json("json-own", "@../fuzz/json/own/schema.json", &[], 10),
    json(
        "json-eformidling-digital",
        "eformidling/json-schema/dpi/innbyggerpost_dpi_digital_1_0.schema.json",
        &["eformidling/samples"],
        5,
    ),
    json(
        "json-eformidling-feil",
        "eformidling/json-schema/dpi/innbyggerpost_dpi_feil_1_0.schema.json",
        &["eformidling/samples"],
        5,
    ),
    json("openapi-own", "@../fuzz/json/own/api.json", &[], 10),
    json("openapi-altinn-broker", "eformidling/openapi/altinn-broker-v1.json", &[], 3),
    json(
        "openapi-altinn-correspondence",
        "eformidling/openapi/altinn-correspondence-v1.json",
        &[],
        2,
    ),
    oioubl(
        "oioubl-invoice",
        "oioubl-2.1/xsd/UBL_v2.1/maindoc/UBL-Invoice-2.1.xsd",
        &["oioubl-2.1/sch/OIOUBL_Invoice_Schematron.xml"],
        &["Invoice"],
    ),
    oioubl(
        "oioubl-catalogue",
        "oioubl-2.1/xsd/UBL_v2.1/maindoc/UBL-Catalogue-2.1.xsd",
        &["oioubl-2.1/sch/OIOUBL_Catalogue_Schematron.xml"],
        &["Catalogue"],
    ),
    oioubl(
        "oioubl-order",
        "oioubl-2.1/xsd/UBL_v2.1/maindoc/UBL-Order-2.1.xsd",
        &["oioubl-2.1/sch/OIOUBL_Order_Schematron.xml"],
        &["Order"],
    ),
    oioubl(
        "oioubl-application-response",
        "oioubl-2.1/xsd/UBL_v2.1/maindoc/UBL-ApplicationResponse-2.1.xsd",
        &["oioubl-2.1/sch/OIOUBL_ApplicationResponse_Schematron.xml"],
        &["ApplicationResponse"],
    ),
    Set {
        name: "en16931-ubl",
        schema: Some("oioubl-2.1/xsd/UBL_v2.1/maindoc/UBL-Invoice-2.1.xsd"),
        rules: &["en16931/ubl/EN16931-UBL-validation-preprocessed.sch"],
        documents: &["en16931/ubl/examples", "en16931/test"],
        roots: &["Invoice"],
        weight: 2,
    },
    Set {
        name: "en16931-cii",
        schema: Some(CII),
        rules: &["en16931/cii/EN16931-CII-validation-preprocessed.sch"],
        documents: &["en16931/cii/examples", "en16931/test/cii"],
        roots: &["CrossIndustryInvoice"],
        weight: 2,
    },
    Set {
        name: "en16931-edifact",
        schema: Some("en16931/edifact/schema/INVOIC_D14B_ISO20625.xsd"),
        rules: &["en16931/edifact/EN16931-EDIFACT-validation-preprocessed.sch"],
        documents: &["en16931/edifact/examples"],
        roots: &["M_INVOIC"],
        weight: 2,
    },
    Set {
        name: "peppol-ubl",
        schema: None,
        rules: &[
            "peppol-bis-billing3/sch/CEN-EN16931-UBL.sch",
            "peppol-bis-billing3/sch/PEPPOL-EN16931-UBL.sch",
        ],
        documents: PEPPOL_UBL,
        roots: &["Invoice", "CreditNote"],
        weight: 3,
    },
    Set {
        name: "peppol-cii",
        schema: None,
        rules: &[
            "peppol-bis-billing3/sch/CEN-EN16931-CII.sch",
            "peppol-bis-billing3/sch/PEPPOL-EN16931-CII.sch",
        ],
        documents: &["peppol-bis-billing3/unit-CII-PEPPOL", "peppol-bis-billing3/unit-CII-DK"],
        roots: &["CrossIndustryInvoice"],
        weight: 3,
    },
    Set {
        name: "oioxml-pie",
        schema: Some("oioxml-0.7/xsd/pieStrict.xsd"),
        rules: &["oioxml-0.7/schematron-xslt1/ublinvoice.xsl"],
        documents: &["oioxml-0.7/valid", "oioxml-0.7/invalid", "nemhandel-rasp/messages"],
        roots: &["Invoice"],
        weight: 5,
    },
    Set {
        name: "oioxml-pcm",
        schema: Some("oioxml-0.7/xsd/pcmStrict.xsd"),
        rules: &["oioxml-0.7/schematron-xslt1/ublinvoice.xsl"],
        documents: &["oioxml-0.7/valid", "oioxml-0.7/invalid", "nemhandel-rasp/messages"],
        roots: &["Invoice"],
        weight: 3,
    },
    Set {
        name: "medcom-2005",
        schema: Some("medcom-edifact/xsd/2005/08/07/EMessage.xsd"),
        rules: &[],
        documents: &["medcom-edifact/xml"],
        roots: &["Emessage"],
        weight: 5,
    },
    Set {
        name: "medcom-2012",
        schema: Some("medcom-edifact/xsd/2012/03/28/EMessage.xsd"),
        rules: &[],
        documents: &["medcom-edifact/xml"],
        roots: &["Emessage"],
        weight: 5,
    },
    Set {
        name: "sbdh",
        schema: Some("sbdh-1.3/StandardBusinessDocumentHeader.xsd"),
        rules: &[],
        documents: &["sbdh-1.3", "eformidling/samples"],
        roots: &["StandardBusinessDocument", "StandardBusinessDocumentHeader"],
        weight: 10,
    },
    Set {
        name: "nemhandel-ubl-20",
        schema: Some("nemhandel-rasp/ubl20-xsd/maindoc/UBL-Invoice-2.0.xsd"),
        rules: &[],
        documents: &["nemhandel-rasp/messages"],
        roots: &["Invoice"],
        weight: 1,
    },
    Set {
        name: "all-types",
        schema: Some("@types/schema.xsd"),
        rules: &[],
        documents: &["@types"],
        roots: &["types"],
        weight: 10,
    },
    Set {
        name: "eformidling-arkivmelding",
        schema: Some("eformidling/xsd/arkivmelding.xsd"),
        rules: &[],
        documents: &[],
        roots: &[],
        weight: 4,
    },
    Set {
        name: "fiks-arkiv-opprett",
        schema: Some("fiks-arkiv/V1/no.ks.fiks.arkiv.v1.arkivering.arkivmelding.opprett.xsd"),
        rules: &[],
        documents: &[],
        roots: &[],
        weight: 3,
    },
    Set {
        name: "serviceplatformen-organisation",
        schema: Some("serviceplatformen/sf1500-v6/xsd/6.0.STS-0/OrganisationOperationer.xsd"),
        rules: &[],
        documents: &[],
        roots: &[],
        weight: 3,
    },
    Set {
        name: "serviceplatformen-distribution",
        schema: Some("serviceplatformen/sf2900/DistributionServiceMsg.xsd"),
        rules: &[],
        documents: &[],
        roots: &[],
        weight: 3,
    },
];
